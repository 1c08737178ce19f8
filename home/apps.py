"""The roof: the one place that looks at every app."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
