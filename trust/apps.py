"""The ground floor as a Django app."""

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "trust"
    verbose_name = "Trust"

    def ready(self) -> None:
        from trust import checks  # noqa: F401 - registers them
        from trust.pages import register_menu
        from trust.preferences.parts import register_parts
        from trust.preferences.rules import READERS
        from trust.preferences.steps import steps_part

        register_parts("steps", steps_part, order=10)
        register_menu(
            "Settings", "settings:part-list", "sliders-horizontal", order=90, capacities=READERS
        )
