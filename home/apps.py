"""The roof: the one place that looks at every app."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    label = "home"

    def ready(self) -> None:
        from trust.pages import ANYBODY, register_menu

        register_menu("My work", "home:my-work", "house", order=0, capacities=ANYBODY)
        register_menu(
            "Trust overview", "home:overview", "layout-grid", order=10,
            capacities=frozenset({"ceo", "dsi", "trustee"}),
        )  # fmt: skip
