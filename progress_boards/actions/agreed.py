"""Taking dates already agreed as they are, and saying which clash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from meetings.actions.scheduling import set_seats
from progress_boards.actions.dating import date_board
from progress_boards.actions.inviting import tell_of_dates
from progress_boards.agreed import AgreedLine
from progress_boards.models import ProgressBoard
from progress_boards.queries.planning import moment
from progress_boards.rules import may_plan_year
from schools.models import Post, School
from schools.queries import calendars
from trust.access import Capacity, Conflict, require
from trust.calendar import HALF_TERM_KEYS
from trust.people.models import Person, User


@dataclass(frozen=True)
class Taken:
    """What becomes of one agreed line: the board that has its date, or why not."""

    line: AgreedLine
    board: ProgressBoard | None = None
    problem: str = ""


class _OnlyLooking(Exception):
    pass


def look_at_agreed(lines: Iterable[AgreedLine], *, by: User) -> list[Taken]:
    """What taking the lines would do, line after line; nothing is changed."""
    found: list[Taken] = []
    try:
        with transaction.atomic():
            found = take_agreed(lines, by=by)
            raise _OnlyLooking
    except _OnlyLooking:
        return found


def take_agreed(lines: Iterable[AgreedLine], *, by: User) -> list[Taken]:
    """Date each board as agreed; a line that cannot be taken leaves the others taken, with its reason.

    One transaction with the mails that tell of them: no date stands of which nobody is told.
    """
    require(may_plan_year(by))
    lines = list(lines)
    schools = _schools(by)
    known = {line.row: schools.get(line.school.casefold()) for line in lines}
    boards = _planned_boards({school for school in known.values() if school})
    undated = {b.pk for own in boards.values() for b in own if b.meeting.state == "planned"}
    with transaction.atomic():
        taken = [_take(line, known[line.row], boards, by) for line in lines]
        tell_of_dates([t.board for t in taken if t.board and t.board.pk in undated], by=by)
    return taken


def _schools(by: User) -> dict[str, School]:
    named: dict[str, School] = {}
    for school in School.objects.visible_to(by):
        for word in (str(school.urn), school.code, school.name):
            if word:
                named[word.casefold()] = school
    return named


Boards = dict[int, list[ProgressBoard]]


def _planned_boards(schools: set[School]) -> Boards:
    found: Boards = {}
    rows = ProgressBoard.objects.filter(school__in=schools).with_meeting()
    for board in rows.select_related("academic_year"):
        found.setdefault(board.school_id, []).append(board)
    return found


def _take(line: AgreedLine, school: School | None, boards: Boards, by: User) -> Taken:
    if line.problems:
        return Taken(line, problem=". ".join(line.problems))
    if school is None or line.day is None or line.start is None:
        return Taken(
            line, problem=f"Row {line.row}, School: “{line.school}” is no school of the trust"
        )
    board = _board_on(line, school, boards)
    if isinstance(board, str):
        return Taken(line, problem=f"Row {line.row}: {board}")
    try:
        with transaction.atomic():
            if line.chair:
                _seat_chair(board, line.chair, by)
            return Taken(line, _dated(board, line.day, line.start, by))
    except Conflict as clash:
        return Taken(line, problem=f"Row {line.row}: {clash}")


def _dated(board: ProgressBoard, day: dt.date, start: dt.time, by: User) -> ProgressBoard:
    return date_board(board, starts_at=moment(day, start), by=by, tells=False)


def _board_on(line: AgreedLine, school: School, boards: Boards) -> ProgressBoard | str:
    """The school's board of the half term in which the day lies, or why there is none to date."""
    day = line.day
    half_term = calendars([school])[school.pk].half_term_of(day) if day else None
    if half_term is None:
        return f"{school} has no half term on that day"
    for board in boards.get(school.pk, []):
        if (
            HALF_TERM_KEYS[board.half_term.order - 1] == half_term.key
            and board.academic_year.starts_on.year == half_term.year
        ):
            if board.meeting.state != "planned" and board.meeting.day != day:
                return f"{school} has a board in {half_term.name} already, which is {board.meeting.state_label.lower()}"
            return board
    return f"No board of {school} is planned in {half_term.name}: plan it first"


def _seat_chair(board: ProgressBoard, name: str, by: User) -> None:
    """Seat the Chair who is named, of those appointed to the school on the day."""
    posts = Post.objects.filter(capacity=Capacity.CHAIR, school=board.school, person__isnull=False)
    person = next((p.person for p in posts.select_related("person") if _is(p.person, name)), None)
    if person is None:
        raise Conflict(f"“{name}” is not appointed as a Chair of {board.school}")
    seat = next((s for s in board.meeting.seats.all() if s.role == Capacity.CHAIR), None)
    if seat is None or seat.person_id != person.pk:
        set_seats(board.meeting, roles={Capacity.CHAIR: person}, by=by)


def _is(person: Person | None, name: str) -> bool:
    """Whether a name in a list is this person's: the whole name, or the surname alone."""
    if person is None:
        return False
    own, said = person.name.casefold(), name.casefold().strip()
    return said in (own, own.split()[-1])
