"""A board of one school with its whole table seated, for tests of its life."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from evidence.models import Finding, Indicator
from meetings.actions.minutes import record_attendance, start_meeting
from meetings.actions.scheduling import schedule_meeting
from meetings.models import Meeting, MeetingKind, Seat
from progress_boards.models import ProgressBoard
from ratings.models import Band, IndicatorRating, RatingAssessment
from schools.models import School
from schools.queries import with_posts
from tests import factories
from trust.access import Capacity
from trust.calendar import clock_at
from trust.people.models import Person, User

BOARD_DAY = dt.date(2026, 12, 3)
DRAFTED = dt.date(2026, 11, 12)
ROLES = (Capacity.CHAIR, Capacity.CEO, Capacity.LINK_TRUSTEE, Capacity.HEAD, Capacity.CLERK)


@dataclass
class Table:
    """Everybody who sits at the board of one school."""

    school: School
    ceo: User
    chair: User
    clerk: User
    head: User
    link_trustee: User


def kind_with(steps: dict[str, object]) -> MeetingKind:
    kind = factories.board_kind()
    kind.steps = steps
    kind.save()
    return kind


def board_at(table: Table, *, half_term: int = 2, day: dt.date = BOARD_DAY, state: str = "planned",
             steps: dict[str, object] | None = None, **fields: Any) -> ProgressBoard:  # fmt: skip
    """A planned board with its seats filled; in another state without having lived through it."""
    board = factories.ProgressBoardFactory(
        school=table.school,
        half_term=factories.half_term(half_term),
        day=None if state == "planned" else day,
        meeting__kind=kind_with(steps or {}),
        meeting__state=state,
        meeting__code=f"26-H{half_term}",
        **fields,
    )
    users = {role: getattr(table, role.value) for role in ROLES}
    for role, user in users.items():
        factories.seat(board.meeting, user.person, role, required=role != Capacity.CLERK)
    return board


def schedule(
    board: ProgressBoard, table: Table, *, on: dt.date = dt.date(2026, 9, 10)
) -> ProgressBoard:
    """Give it its date, early enough for every deadline."""
    with clock_at(on):
        schedule_meeting(
            board.meeting, starts_at=factories.at(BOARD_DAY), by=table.ceo, place="The school"
        )
    return fresh(board)


def fresh(board: ProgressBoard) -> ProgressBoard:
    """The board as the database has it."""
    return ProgressBoard.objects.with_meeting().get(pk=board.pk)


def rate(
    school: School, positions: dict[str, int], *, on: dt.date = dt.date(2026, 10, 20)
) -> RatingAssessment:
    """A shared rating with these indicators in the bands of these positions."""
    rating = factories.RatingAssessmentFactory(
        school=school, shared=True, position=max(positions.values()), effective_on=on
    )
    for slug, position in positions.items():
        IndicatorRating.objects.create(
            assessment=rating,
            indicator=Indicator.objects.get(slug=slug),
            band=Band.objects.get(position=position),
        )
    return rating


def finding(school: School, text: str, *, indicator: str | None = None, state: str = "filed",
            day: dt.date = dt.date(2026, 11, 5), kind: str = "develop", flagged: bool = True,
            **visit: Any) -> Finding:  # fmt: skip
    record = factories.VisitRecordFactory(
        school=school, state=state, visited_on=day,
        sent_at=None if state == "draft" else factories.at(day), **visit,
    )  # fmt: skip
    return Finding.objects.create(
        visit=record, kind=kind, text=text, take_to_board=flagged,
        indicator=Indicator.objects.get(slug=indicator) if indicator else None,
    )  # fmt: skip


def hold(board: ProgressBoard, table: Table) -> ProgressBoard:
    """Start it on its day and record everybody as present."""
    with clock_at(factories.at(BOARD_DAY)):
        start_meeting(board.meeting, by=table.clerk)
        there = {seat.pk: (Seat.Attendance.PRESENT, "") for seat in board.meeting.seats.all()}
        record_attendance(fresh(board).meeting, there, by=table.clerk)
    return fresh(board)


def leader_of(school: School, name: str, title: str = "") -> Person:
    """Somebody of the school with a post and no account."""
    person = factories.PersonFactory(name=name)
    factories.PostFactory(person=person, capacity=Capacity.LEADER, school=school, title=title)
    return person


def again(user: User) -> User:
    """The user with the posts held today."""
    return with_posts(User.objects.get(pk=user.pk), factories.TODAY)


def meeting_of(board: ProgressBoard) -> Meeting:
    return fresh(board).meeting
