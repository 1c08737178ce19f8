"""The door for gunicorn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trust.settings")
os.environ.setdefault("EYELINE_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

from trust.celery import app as celery_app

application = get_wsgi_application()

__all__ = ["application", "celery_app"]
