"""The roof: the one place that looks at every app."""

import gc

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
        # The last room to be ready. What starting has made lives as long as the process, so that the
        # collector need not walk it again: not at each command, and not in each worker.
        gc.freeze()
