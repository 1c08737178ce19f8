"""Priorities of the trust and its schools."""

from django.apps import AppConfig

SENTENCES = {
    "one_priority_per_number": "Somebody added a priority at the same moment. Nothing was changed",
    "only_a_schools_priority_serves_another": "Only a school's priority serves one of the trust's",
    "priority_budget_not_negative": "Enter a budget of £0 or more",
}


class ImprovementConfig(AppConfig):
    name = "improvement"
    label = "improvement"

    def ready(self) -> None:
        """Register what this app adds to the house."""
        from improvement import rules  # noqa: F401 - registers the rules of the machine
        from improvement.models import READ_EVERY, READ_OWN
        from trust.conflicts import register_sentences
        from trust.pages import register_menu

        register_sentences(SENTENCES)
        register_menu(
            "Priorities", "improvement:priority-list", "target", order=45,
            capacities=frozenset({*READ_EVERY, *READ_OWN}),
        )  # fmt: skip
