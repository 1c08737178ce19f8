"""What a changed setting does: to the dates of the next board, its proposed agenda, and the year of the report."""

from __future__ import annotations

import datetime as dt

import pytest

from evidence.actions import days_to_reply
from meetings.actions.agenda import fill_in_hand
from meetings.actions.follow_up import due_by_default
from meetings.actions.scheduling import move_meeting
from progress_boards.actions.agenda import issue_board
from progress_boards.actions.proposing import propose_draft
from progress_boards.actions.report import open_report
from progress_boards.models import ProgressBoard
from progress_boards.queries.agenda import gather
from progress_boards.queries.report_dates import report_dates
from progress_boards.queries.year_boards import boards_of_report
from schools.models import School
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.lives import DRAFTED, Table
from tests.progress_boards.report_year import small_year
from trust.calendar import clock_at
from trust.models import Mail, TrustProfile
from trust.people.models import User
from trust.preferences.actions import change_settings
from trust.preferences.parts import parts
from trust.work import run_due_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(trust_set_up: TrustProfile) -> User:
    return factories.user_with(("administrator", None), name="administrator")


def change(slug: str, by: User, **values: object) -> None:
    part = next(each for each in parts() if each.slug == slug)
    change_settings(part, values, based_on=part.based_on(), by=by)


# -- deadlines and steps -------------------------------------------------------------------------


def test_changed_deadlines_date_the_next_board_and_leave_this_one_until_it_moves(
    scheduled: ProgressBoard, table: Table, administrator: User
) -> None:
    before = scheduled.meeting.deadlines
    assert (before["draft"], before["leaders"], before["final"]) == (
        "2026-11-11", "2026-11-20", "2027-01-08",
    )  # fmt: skip
    change("deadlines", administrator, draft=-14, leaders=-7, final=14)
    assert lives.fresh(scheduled).meeting.deadlines == before
    with clock_at(dt.date(2026, 9, 11)):
        move_meeting(
            scheduled.meeting, starts_at=factories.at(lives.BOARD_DAY, "11:00"), by=table.ceo
        )
    moved = lives.fresh(scheduled).meeting.deadlines
    assert moved == before | {"draft": "2026-11-12", "leaders": "2026-11-23", "final": "2027-01-07"}


def test_days_of_actions_and_of_replies_follow_the_settings(
    scheduled: ProgressBoard, administrator: User
) -> None:
    with clock_at(lives.BOARD_DAY):
        was = due_by_default(scheduled.meeting)
        change("deadlines", administrator, action_most=20, visit_reply=7)
        assert due_by_default(scheduled.meeting) == dt.date(2027, 1, 15) < was
    assert days_to_reply() == 7


def test_step_switched_off_leaves_no_state_date_or_mail_at_the_next_board(
    table: Table, administrator: User
) -> None:
    change("steps", administrator, papers=False, accuracy_check=False, chair_sees_agenda="off")
    lives.rate(table.school, {"standards": 3})
    lives.leader_of(table.school, "Rob Leigh")
    board = lives.schedule(lives.board_at(table), table)
    assert not {"papers", "pack", "corrections", "final"} & set(board.meeting.deadlines)
    with clock_at(DRAFTED):
        propose_draft(board, by=table.ceo)
        fill_in_hand(board.meeting, by=table.ceo)
        issue_board(lives.fresh(board), by=table.ceo)
    for day in (dt.date(2026, 11, 24), dt.date(2026, 11, 26), dt.date(2026, 12, 2)):
        with clock_at(day):
            run_due_work()
    assert lives.fresh(board).meeting.state == "issued"
    told = Mail.objects.values_list("key", flat=True)
    assert [key for key in told if key.startswith(("papers_", "pack_", "agenda_with_chair"))] == []
    assert any(key.startswith("leaders_outstanding") for key in told)


# -- scores --------------------------------------------------------------------------------------


def test_scores_of_the_trust_change_what_the_agenda_proposes_first(
    scheduled: ProgressBoard, table: Table, administrator: User
) -> None:
    lives.rate(table.school, {"capacity-to-improve": 2})
    lives.finding(table.school, "Absence rises on Mondays", indicator="experience-of-leaders")

    def scores() -> list[int]:
        return [item.enquiry.score for item in gather(scheduled, DRAFTED).proposal.items]

    assert scores() == [80, 50]
    change("agenda-scores", administrator, middle_band=95)
    assert scores() == [95, 80]
    assert gather(scheduled, DRAFTED).proposal.items[0].enquiry.title == "Capacity to improve"


# -- the annual report ---------------------------------------------------------------------------


def test_cut_off_moves_for_reports_opened_from_now_on(
    school: School, other_school: School, chair: User, administrator: User
) -> None:
    made = small_year(school, other_school)
    with clock_at(dt.date(2026, 8, 3)):
        kept = open_report(made.year, lead=chair.person, by=chair)
        change("annual-report", administrator, cut_off_day=31, cut_off_month=5, accuracy_days=7)
        kept.refresh_from_db()
        assert kept.cut_off_on == dt.date(2026, 7, 31)
    with clock_at(dt.date(2026, 11, 21)):
        following = open_report(factories.make_year(2026), lead=chair.person, by=chair)
    assert following.cut_off_on == dt.date(2027, 5, 31)
    assert report_dates().accuracy_days == 7


def test_board_after_the_cut_off_belongs_to_the_next_report_and_to_no_other(
    school: School, other_school: School, administrator: User
) -> None:
    made = small_year(school, other_school)
    change("annual-report", administrator, cut_off_day=31, cut_off_month=5)
    following = factories.make_year(2026)
    this = {b.day for b in boards_of_report(made.year, dt.date(2026, 5, 31))}
    then = {b.day for b in boards_of_report(following, dt.date(2027, 5, 31))}
    assert dt.date(2026, 3, 12) in this
    assert dt.date(2026, 6, 18) not in this
    assert then == {dt.date(2026, 6, 18)}
