"""What a priority's page says of the boards that take it up."""

from __future__ import annotations

from django.db.models import Prefetch
from django.urls import reverse

from improvement.models import Priority
from improvement.queries.parts import Part, PartLine
from meetings.models import AgendaItem
from meetings.rules import may_read_agenda
from progress_boards.models import ProgressBoard
from progress_boards.queries.offers import day_words
from trust.access import Actor


def boards_about(priority: Priority, user: Actor) -> Part:
    """The boards with an item about the priority, the newest first, where this person may read the agenda."""
    about = AgendaItem.objects.filter(about_priority__priority=priority).order_by("order")
    boards = (
        ProgressBoard.objects.visible_to(user)
        .filter(meeting__items__about_priority__priority=priority)
        .with_meeting()
        .prefetch_related(Prefetch("meeting__items", about, to_attr="about"))
        .order_by("-meeting__starts_at", "-pk")
        .distinct()
    )
    lines = [_line(board) for board in boards if may_read_agenda(user, board.meeting)]
    return Part("Progress Boards that take it up", tuple(lines), order=20)


def _line(board: ProgressBoard) -> PartLine:
    meeting = board.meeting
    items: list[AgendaItem] = meeting.about  # type: ignore[attr-defined]
    day = day_words(meeting.day) if meeting.day else "Not dated yet"
    return PartLine(
        label=f"{board.half_term.name}, {day}",
        url=reverse("progress_boards:board-detail", args=[board.pk]),
        small="; ".join(f"Item {item.order}: {item.title}" for item in items),
        tag=("plain", meeting.state_label),
    )
