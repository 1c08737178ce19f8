"""Boards held before the software: "entered later", with no signature invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meetings.actions.follow_up import raise_action
from meetings.actions.scheduling import record_past_meeting
from meetings.models import MeetingKind
from progress_boards.actions.planning import board_code
from progress_boards.defaults import PROGRESS_BOARD
from progress_boards.models import ProgressBoard, SchoolYear
from schools.models import School
from trust.access import Conflict
from trust.audit import record
from trust.calendar import LONDON, now
from trust.conflicts import refusals_as_conflicts
from trust.models import HalfTerm
from trust.people.models import Person, User
from trust.uploads import CleanUpload

Attendance = Mapping[str, tuple[Person | None, str]]


@dataclass(frozen=True)
class PastAction:
    """An action still open from a board held before the software."""

    text: str
    owner_role: str
    due_on: dt.date
    owner: Person | None = None


def record_past_board(
    school: School,
    half_term: HalfTerm,
    *,
    starts_at: dt.datetime,
    attendance: Attendance,
    by: User,
    minutes: CleanUpload | None = None,
    open_actions: Iterable[PastAction] = (),
) -> ProgressBoard:
    """Record a board held before the software: final at once, in the report, and last time for the next one.

    A planned board of that half term without a date gives way to it. Raises Conflict when there is another.
    """
    year = half_term.term.academic_year
    if not year.starts_on <= starts_at.astimezone(LONDON).date() <= year.ends_on:
        raise Conflict(f"Enter a date within {year}")
    with refusals_as_conflicts():
        _make_room(school, half_term, by=by)
        meeting = record_past_meeting(
            kind=MeetingKind.objects.get(slug=PROGRESS_BOARD),
            school=school,
            academic_year=year,
            title=f"Progress Board, {half_term.name}",
            code=board_code(year, half_term),
            starts_at=starts_at,
            attendance=attendance,
            minutes_file=minutes,
            by=by,
        )
        board = ProgressBoard.objects.create(
            meeting=meeting,
            school=school,
            academic_year=year,
            half_term=half_term,
            sealed_at=now(),
        )
        for each in open_actions:
            raise_action(school=school, meeting=meeting, text=each.text, owner=each.owner,
                         owner_role=each.owner_role, due_on=each.due_on, by=by)  # fmt: skip
        _count(board)
        record("record_past_board", board, by=by, half_term=half_term.name, meeting=meeting.pk)
    return board


def _make_room(school: School, half_term: HalfTerm, *, by: User) -> None:
    """A board that was only planned was this one all along; any other has to be dealt with first."""
    there = ProgressBoard.objects.filter(school=school, half_term=half_term).with_meeting().first()
    if there is None:
        return
    if there.meeting.state != "planned":
        raise Conflict(f"{school} has a board in {half_term} already")
    record("give_way", there, by=by, half_term=half_term.name)
    there.meeting.delete()


def _count(board: ProgressBoard) -> None:
    """A board that was held counts as agreed; a year not laid out yet is counted when it is."""
    school, year = board.school, board.academic_year
    row = SchoolYear.objects.filter(school=school, academic_year=year).first()
    boards = ProgressBoard.objects.of_year(year).filter(school=school).count()
    if row is not None and boards > row.agreed:
        row.agreed = boards
        row.save(update_fields=["agreed"])
