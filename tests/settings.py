"""The demo's settings, with a database of its own, fast passwords and mail kept in memory."""

import os
import tempfile
from pathlib import Path

os.environ["DEMO"] = "1"
os.environ["DEBUG"] = ""
os.environ.setdefault("SECRET_KEY", "only-for-the-tests-of-this-checkout")
os.environ["CELERY_BROKER_URL"] = ""
os.environ["EYELINE_AS_OF"] = "2026-11-21"

from trust.settings import *
from trust.settings import DATABASES, INSTALLED_APPS, LOGGING

# Reads migrations for steps that would lock or lose (run.py check).
INSTALLED_APPS += ["django_migration_linter"]
TEST_DATABASE = os.environ.get("EYELINE_TEST_DB", "test_eyeline")
DATABASES["default"]["TEST"] = {"NAME": TEST_DATABASE}
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"eyeline-{os.getuid()}-media-{TEST_DATABASE}"
LOGGING["root"]["level"] = "WARNING"
LOGGING["loggers"]["django"]["level"] = "ERROR"
