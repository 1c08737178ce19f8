"""The settings of the tests, with connections kept as a server keeps them."""

import os

os.environ.pop("DATABASE_URL", None)
os.environ.pop("DATABASE_URL_FILE", None)
os.environ["EYELINE_TEST_DB"] = "bench"

from tests.settings import *
from tests.settings import DATABASES

DATABASES["default"]["CONN_MAX_AGE"] = 60
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
