"""The register: schools, who holds which post where, term dates."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    label = "schools"
