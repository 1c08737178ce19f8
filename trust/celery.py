"""The Celery app: `celery -A trust.celery worker`, `celery -A trust.celery beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trust.settings")

app = Celery("eyeline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
