"""Planning the boards of a year: one hour for one school in one half term."""

from __future__ import annotations

from meetings.models import Meeting, MeetingKind
from progress_boards.defaults import PROGRESS_BOARD
from progress_boards.models import ProgressBoard
from ratings.models import RatingAssessment
from schools.models import School
from trust.access import Actor
from trust.audit import record
from trust.calendar import HALF_TERM_KEYS, now
from trust.conflicts import refusals_as_conflicts
from trust.models import HalfTerm


def plan_board(
    school: School,
    half_term: HalfTerm,
    *,
    because_of: RatingAssessment | None,
    by: Actor | None,
) -> ProgressBoard:
    """Plan a board in a half term, without a date yet; `because_of` is the rating that asks for it.

    Raises Conflict when the school has a board in that half term.
    """
    year = half_term.term.academic_year
    kind = MeetingKind.objects.get(slug=PROGRESS_BOARD)
    with refusals_as_conflicts():
        meeting = Meeting.objects.create(
            kind=kind,
            school=school,
            academic_year=year,
            title=f"Progress Board, {school.name}, {half_term.name}",
            code=f"{year.starts_on:%y}-{HALF_TERM_KEYS[half_term.order - 1]}",
            minutes_length=kind.minutes_length,
            created_at=now(),
        )
        board = ProgressBoard.objects.create(
            meeting=meeting,
            school=school,
            academic_year=year,
            half_term=half_term,
            because_of=because_of,
        )
        record(
            "plan_board", board, by=by, half_term=half_term.name,
            rating=because_of.pk if because_of else None,
        )  # fmt: skip
    return board


def remove_board(board: ProgressBoard, *, because_of: RatingAssessment, by: Actor | None) -> None:
    """Take a board out of the year's plan: neither cancelled nor missed; only the audit keeps it."""
    record(
        "remove_board", board, by=by, half_term=board.half_term.name, rating=because_of.pk,
        state=board.meeting.state,
    )  # fmt: skip
    board.meeting.delete()
