"""The ground floor as a Django app."""

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "trust"
    verbose_name = "Trust"

    def ready(self) -> None:
        from trust import checks  # noqa: F401 - registers them
