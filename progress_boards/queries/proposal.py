"""A year's dates as they are proposed, and as they stand while somebody changes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from progress_boards.models import ProgressBoard
from progress_boards.planner import propose
from progress_boards.queries.planning import moment, planning_of, request_of
from trust.models import AcademicYear


@dataclass(frozen=True)
class ProposedDate:
    """One board without a date: the slot proposed for it, or why there is none."""

    board: ProgressBoard
    starts_at: dt.datetime | None
    reason: str = ""


def undated_boards(year: AcademicYear) -> list[ProgressBoard]:
    """The boards of a year that are planned and have no date, with all that a proposal reads."""
    return list(
        ProgressBoard.objects.of_year(year)
        .filter(meeting__state="planned")
        .with_meeting()
        .select_related("academic_year")
    )


def propose_year(year: AcademicYear) -> list[ProposedDate]:
    """A date for each board of the year that has none: a proposal, which changes nothing."""
    boards = undated_boards(year)
    planning = planning_of({board.school for board in boards})
    proposal = propose([request_of(board) for board in boards], planning)
    by_key = {board.pk: board for board in boards}
    return [
        *(ProposedDate(by_key[d.request.key], moment(d.day, d.start)) for d in proposal.dated),
        *(ProposedDate(by_key[u.request.key], None, u.reason) for u in proposal.undated),
    ]
