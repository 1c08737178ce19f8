"""What the meeting engine does by itself: an accuracy round that nobody used ends."""

from __future__ import annotations

from meetings.actions.signing import close_minutes
from meetings.models import Meeting
from trust.calendar import today


def rounds_over() -> list[int]:
    """Meetings whose round is over without a correction."""
    waiting = Meeting.objects.filter(
        state="accuracy_check",
        corrections=None,
        deadlines__corrections__lt=today().isoformat(),
    )
    return list(waiting.values_list("pk", flat=True))


def close_round(pk: int) -> None:
    """Make one meeting final under the signature it has."""
    close_minutes(Meeting.objects.get(pk=pk), by=None)
