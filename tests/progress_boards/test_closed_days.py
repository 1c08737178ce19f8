"""A day that closes after the dates were given, a clock change, and a school that left: the last edge rules."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.timezone import localtime

from meetings.models import Meeting
from progress_boards.actions.dating import boards_with_closed_deadlines, date_board
from progress_boards.actions.planning import plan_board
from progress_boards.models import ProgressBoard
from progress_boards.queries.report import compile_facts
from schools.models import NonSchoolDay, School
from tests import factories
from tests.factories import at, half_term
from trust.calendar import clock_at
from trust.models import AcademicYear, AuditEvent, Mail
from trust.people.models import User
from trust.work import run_due_work

pytestmark = pytest.mark.django_db
DECEMBER_3 = dt.date(2026, 12, 3)
NOVEMBER_24 = dt.date(2026, 11, 24)  # six school days before: papers


@pytest.fixture
def board(school: School, ceo: User, chair: User, head: User) -> ProgressBoard:
    with clock_at(dt.date(2026, 9, 10)):
        planned = plan_board(school, half_term(2), by=ceo)
        return date_board(planned, starts_at=at(DECEMBER_3), by=ceo)


def snow(school: School) -> None:
    NonSchoolDay.objects.create(school=school, day=NOVEMBER_24, kind=NonSchoolDay.Kind.CLOSURE)


def deadline(board: ProgressBoard, name: str) -> dt.date | None:
    return Meeting.objects.get(pk=board.meeting_id).deadline(name)


def test_deadline_on_a_day_closed_since_moves_to_the_next_school_day(board, school):
    assert deadline(board, "papers") == NOVEMBER_24
    snow(school)
    with clock_at(dt.date(2026, 11, 23)):
        run_due_work()
    assert deadline(board, "papers") == dt.date(2026, 11, 25)
    assert deadline(board, "draft") == dt.date(2026, 11, 11)
    assert board.meeting.starts_at == at(DECEMBER_3)


def test_deadline_moved_tells_everybody_with_a_seat_once(board, school):
    snow(school)
    with clock_at(dt.date(2026, 11, 23)):
        run_due_work()
        run_due_work()
        assert boards_with_closed_deadlines() == []
    mails = Mail.objects.filter(key__startswith="deadlines_moved:")
    seated = board.meeting.seats.filter(person__email__gt="").values("person").distinct().count()
    assert mails.count() == seated > 0
    assert AuditEvent.objects.filter(verb="move_deadlines").count() == 1


def test_deadline_already_past_stays_when_its_day_is_closed_afterwards(board, school):
    snow(school)
    with clock_at(dt.date(2026, 11, 30)):
        run_due_work()
    assert deadline(board, "papers") == NOVEMBER_24


@pytest.mark.parametrize(("day", "offset"), [(dt.date(2026, 10, 22), 1), (dt.date(2026, 11, 5), 0)])
def test_board_on_either_side_of_the_clock_change_is_one_hour_at_half_past_nine(
    school, ceo, day, offset
):
    with clock_at(dt.date(2026, 9, 1)):
        order = 1 if day.month == 10 else 2
        board = date_board(plan_board(school, half_term(order), by=ceo), starts_at=at(day), by=ceo)
    meeting = Meeting.objects.get(pk=board.meeting_id)
    assert meeting.during.upper - meeting.during.lower == dt.timedelta(hours=1)
    assert localtime(meeting.starts_at).time() == dt.time(9, 30)
    assert localtime(meeting.starts_at).utcoffset() == dt.timedelta(hours=offset)


def test_school_that_left_stays_in_the_years_report_for_what_was_held(school, other_school, ceo):
    for each in (school, other_school):
        factories.ProgressBoardFactory(
            school=each, half_term=half_term(2), day=dt.date(2026, 11, 12), meeting__state="final",
            meeting__entered_later=True,
        )  # fmt: skip
    School.objects.filter(pk=school.pk).update(left_on=dt.date(2027, 3, 31))
    year = AcademicYear.objects.get(starts_on__year=2026)
    with clock_at(dt.date(2027, 8, 1)):
        facts = compile_facts(year, dt.date(2027, 7, 31))
    held = {row["name"]: row["held"] for row in facts["schools"]}
    assert set(held) == {"Alderfen Primary Academy", "Cressmere High"}
