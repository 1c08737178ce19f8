"""Who somebody is and how they sign in."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "trust.people"
    label = "people"

    def ready(self) -> None:
        from trust.access import Capacity
        from trust.conflicts import register_sentences
        from trust.pages import register_menu
        from trust.people.actions import SENTENCES

        register_sentences(SENTENCES)
        register_menu(
            "People",
            "people:people",
            "users",
            order=80,
            capacities=frozenset({Capacity.CEO, Capacity.ADMINISTRATOR}),
        )
