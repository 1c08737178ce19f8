"""What the meeting engine does by itself: a round that nobody used ends, a deadline leaves a closed day."""

from __future__ import annotations

from meetings.actions.deadlines import meetings_with_closed_deadlines
from meetings.actions.scheduling import move_closed_deadlines
from meetings.actions.signing import close_minutes
from meetings.models import Meeting, PartBCorrection
from meetings.queries.pages import own_pages
from trust.calendar import today


def rounds_over() -> list[int]:
    """Meetings whose round is over without a correction, and without an open one in Part B."""
    waiting = Meeting.objects.filter(
        state="accuracy_check",
        corrections=None,
        deadlines__corrections__lt=today().isoformat(),
    )
    in_part_b = PartBCorrection.objects.filter(answer="").values("part__item__meeting")
    return list(waiting.exclude(pk__in=in_part_b).values_list("pk", flat=True))


def close_round(pk: int) -> None:
    """Make one meeting final under the signature it has."""
    close_minutes(Meeting.objects.get(pk=pk), by=None)


def served_with_closed_deadlines() -> list[int]:
    """Meetings without an app above to move their deadlines off a day that has been closed since."""
    rows = list(Meeting.objects.filter(pk__in=meetings_with_closed_deadlines()))
    served_above = own_pages(rows) if rows else {}
    return [meeting.pk for meeting in rows if meeting.pk not in served_above]


def reopen_deadlines(pk: int) -> None:
    """Move one meeting's deadlines to the next school day; My work shows the new date."""
    move_closed_deadlines(Meeting.objects.get(pk=pk))
