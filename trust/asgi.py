"""The door for an ASGI server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trust.settings")
os.environ.setdefault("EYELINE_PROCESS", "web")

from django.core.asgi import get_asgi_application

from trust.celery import app as celery_app

application = get_asgi_application()

__all__ = ["application", "celery_app"]
