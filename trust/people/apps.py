"""Who somebody is and how they sign in."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "trust.people"
    label = "people"
