"""The meeting engine: assumes no school, no Chair, no 60 minutes."""

from django.apps import AppConfig

SENTENCES = {
    "one_place_at_a_time_per_person": "Somebody who must be there is at another meeting then. Choose another time, or name a substitute",
    "one_meeting_at_a_time_per_school": "The school has another meeting then. Choose another time",
    "one_seat_per_person_and_role": "This person already has that seat",
    "one_item_per_place": "Somebody moved an item at the same moment. Nothing was changed",
    "item_minutes_in_range": "Give the item at least 1 minute",
    "one_open_grant_per_person": "This person may read it already",
    "one_erratum_per_number": "Somebody recorded an erratum at the same moment. Send yours again",
}


class MeetingsConfig(AppConfig):
    name = "meetings"
    label = "meetings"

    def ready(self) -> None:
        """Register what waits for whom, what the software does by itself, the menu and the refusals."""
        from evidence.finding_links import register_finding_links
        from meetings import action_rules, documents, rules  # noqa: F401 - registers the rules of the machines
        from meetings.actions import agreed_actions, reminders, stages
        from meetings.preferences import deadlines_part, kind_parts
        from meetings.queries.findings import action_links
        from meetings.tasks import (
            close_round,
            reopen_deadlines,
            rounds_over,
            served_with_closed_deadlines,
        )
        from meetings.work import work_for
        from trust.access import Capacity
        from trust.conflicts import register_sentences
        from trust.pages import register_menu
        from trust.preferences.parts import register_parts
        from trust.work import register_due, register_work

        register_sentences(SENTENCES)
        register_work(work_for)
        register_finding_links(action_links)
        register_parts("deadlines", deadlines_part, order=20)
        register_parts("kinds", kind_parts, order=30)
        documents.register()
        register_due(
            "meetings.remind", find=reminders.actions_to_remind, run=reminders.remind_of_action
        )
        register_due(
            "meetings.late_actions",
            find=reminders.schools_with_late_actions,
            run=reminders.tell_head_of_late_actions,
        )
        register_due(
            "meetings.actions_agreed",
            find=agreed_actions.meetings_to_tell,
            run=agreed_actions.tell_owners,
        )
        register_due(
            "meetings.minutes_soon", find=stages.minutes_soon_due, run=stages.remind_of_minutes
        )
        register_due("meetings.close", find=rounds_over, run=close_round)
        register_due(
            "meetings.closed_days", find=served_with_closed_deadlines, run=reopen_deadlines
        )
        readers = frozenset(Capacity) - {Capacity.PROVIDER, Capacity.ADMINISTRATOR}
        register_menu(
            "Actions", "meetings:action-list", "square-check-big", order=50, capacities=readers
        )
