"""The meeting engine: assumes no school, no Chair, no 60 minutes."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    label = "meetings"
