"""What every snapshot of a board is made of, in words ready to print."""

from __future__ import annotations

from typing import Any

from meetings.documents.pieces import lower_first, when_and_where
from meetings.models import AgendaItem
from meetings.queries.refs import meeting_ref
from progress_boards.models import ProgressBoard, SchoolYear
from ratings.models import Band
from trust.models import TrustProfile
from trust.templatetags.eyeline import day

CHAIRS = (AgendaItem.Type.WELCOME, AgendaItem.Type.CLOSE)


def band_words(band: Band | None) -> dict[str, str] | None:
    """A band as a snapshot holds it."""
    if band is None:
        return None
    return {"name": band.name, "shape": band.shape, "letter": band.letter, "tone": band.tone}


def heading(board: ProgressBoard) -> dict[str, Any]:
    """Trust, school, when, where and which board of the year it is."""
    meeting = board.meeting
    when = when_and_where(meeting, "at the school")
    return {
        "trust": TrustProfile.current().name,
        "school": board.school.name,
        "when": when or "Date to be agreed",
        "day": day(meeting.starts_at),
        "board": _place_in_year(board),
        "ref": meeting_ref(meeting),
        "state": meeting.state,
        "state_words": meeting.state_label,
    }


def _place_in_year(board: ProgressBoard) -> str:
    held = ProgressBoard.objects.filter(school=board.school, academic_year=board.academic_year)
    order = list(
        held.exclude(meeting__state="cancelled")
        .order_by("half_term__starts_on")
        .values_list("pk", flat=True)
    )
    agreed = SchoolYear.objects.filter(school=board.school, academic_year=board.academic_year)
    number = max(agreed.values_list("agreed", flat=True).first() or 0, len(order))
    where = f"{board.half_term.name}, academic year {board.academic_year.name}"
    return f"{order.index(board.pk) + 1} of {number}, {where}" if board.pk in order else where


def answered_words(item: AgendaItem, *, names: bool) -> str:
    """Who answers an item; minutes say roles and not names."""
    if item.type in CHAIRS:
        return "Chair"
    if not item.is_for_school:
        return "All"
    person = item.answered_by
    if person is None:
        return "School to choose"
    role = item.answered_by_role
    if not names:
        return role or person.name
    return f"{person.name}, {lower_first(role)}" if role else person.name


def load(board: ProgressBoard) -> ProgressBoard:
    """The board with what every snapshot reads of it."""
    return ProgressBoard.objects.with_meeting().select_related("academic_year").get(pk=board.pk)
