"""Confirm and share: what a rating changes in the boards, now or on a date, and what it never touches."""

from __future__ import annotations

import datetime as dt

import pytest

from meetings.models import Meeting, MeetingKind
from progress_boards.actions.planning import plan_board
from progress_boards.actions.sharing import confirm_and_share, withdraw_and_replan
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.replanning import what_changes
from ratings import actions
from ratings.models import RatingAssessment
from schools.models import School
from tests import factories
from trust.access import Conflict
from trust.calendar import HALF_TERM_KEYS, clock_at
from trust.models import AuditEvent
from trust.work import run_due_work

pytestmark = pytest.mark.django_db
KEYS = list(HALF_TERM_KEYS)


def _boards(school: School, **states: str) -> dict[str, ProgressBoard]:
    """Boards of 2026/27 by half term, each in a state: `A2="final"`."""
    made = {}
    for key, state in states.items():
        half = factories.half_term(KEYS.index(key) + 1)
        signed = (
            {"signed_at": factories.at(half.starts_on), "signed_by": factories.UserFactory(),
             "signed_name": "Martin Yeo"}
            if state == "final" else {}
        )  # fmt: skip
        meeting = factories.MeetingFactory(school=school, state=state, **signed)
        made[key] = factories.ProgressBoardFactory(school=school, half_term=half, meeting=meeting)
    return made


def _keys(school: School) -> list[str]:
    orders = ProgressBoard.objects.filter(school=school).values_list("half_term__order", flat=True)
    return [KEYS[order - 1] for order in sorted(orders)]


def _year(school: School) -> tuple[int, int]:
    row = SchoolYear.objects.get(school=school, academic_year__starts_on=dt.date(2026, 9, 1))
    return row.by_policy, row.agreed


def test_share_red_on_20_january_adds_summer_1_and_offers_spring_1(school, shared, draft, ceo):
    shared(school, "G", on=dt.date(2026, 9, 10))
    _boards(school, A2="final", Sp2="scheduled", Su2="scheduled")
    with clock_at(dt.date(2027, 1, 20)):
        made = draft(school, "R")
        (change,) = what_changes(made)
        assert [s.key for s in change.short_notice] == ["Sp1"]
        assert (change.replan.planned, change.replan.agreed, change.replan.held) == (6, 4, 1)
        confirm_and_share(made, by=ceo)
    assert _keys(school) == ["A2", "Sp2", "Su1", "Su2"]
    assert _year(school) == (6, 4)
    added = ProgressBoard.objects.get(school=school, half_term__order=5)
    assert (added.because_of, added.meeting.state) == (made, "planned")


def test_share_red_with_spring_1_by_agreement_agrees_five(school, draft, ceo):
    _boards(school, A2="final", Sp2="scheduled", Su2="scheduled")
    with clock_at(dt.date(2027, 1, 20)):
        confirm_and_share(draft(school, "R"), by=ceo, by_agreement=["Sp1"])
    assert _keys(school) == ["A2", "Sp1", "Sp2", "Su1", "Su2"]
    assert _year(school) == (6, 5)


def test_share_green_on_20_april_removes_nothing_that_is_issued(school, shared, draft, ceo):
    shared(school, "R", on=dt.date(2026, 9, 10))
    _boards(school, A1="final", A2="final", Sp1="final", Sp2="final", Su1="issued", Su2="planned")
    with clock_at(dt.date(2027, 4, 20)):
        made = draft(school, "G")
        (change,) = what_changes(made)
        assert not change.changes_something
        confirm_and_share(made, by=ceo, removed=["Su1"])
    assert _keys(school) == KEYS
    assert _year(school) == (3, 6)
    assert RatingAssessment.objects.as_at(dt.date(2027, 6, 1)).get().overall.boards_per_year == 3


def test_share_green_on_13_january_removes_the_ticked_board_only(school, shared, draft, ceo):
    shared(school, "R", on=dt.date(2026, 9, 10))
    _boards(
        school, A1="final", A2="final", Sp1="scheduled", Sp2="planned", Su1="planned", Su2="planned"
    )
    with clock_at(dt.date(2027, 1, 13)):
        made = draft(school, "G")
        (change,) = what_changes(made)
        assert [s.key for s in change.offered] == ["Sp1", "Su1"]
        confirm_and_share(made, by=ceo, removed=["Su1"])
    assert _keys(school) == ["A1", "A2", "Sp1", "Sp2", "Su2"]
    assert _year(school) == (3, 5)
    assert not Meeting.objects.filter(school=school, state="cancelled").exists()
    removed = AuditEvent.objects.get(verb="remove_board")
    assert removed.detail["half_term"] == "Summer 1"


def test_share_red_of_a_school_that_joined_adds_summer_1(school, draft, ceo):
    _boards(school, Sp2="planned", Su2="planned")
    with clock_at(dt.date(2027, 1, 20)):
        confirm_and_share(draft(school, "R"), by=ceo)
    assert _keys(school) == ["Sp2", "Su1", "Su2"]


def test_share_amber_at_three_boards_keeps_the_policy_beside_the_number(school, draft, ceo, band):
    with clock_at(dt.date(2026, 9, 7)):
        made = actions.judge_overall(
            draft(school, "A"), by=ceo, overall=band("A"), boards_per_year=3,
            boards_reason="A settled team",
        )  # fmt: skip
        confirm_and_share(made, by=ceo)
    assert _keys(school) == ["A2", "Sp2", "Su2"]
    assert _year(school) == (6, 3)


def test_share_in_a_year_without_boards_plans_each_with_its_seats(school, draft, ceo, head, chair):
    with clock_at(dt.date(2026, 9, 7)):
        confirm_and_share(draft(school, "G"), by=ceo)
    board = ProgressBoard.objects.filter(school=school).first()
    seats = {s.role: s.person for s in board.meeting.seats.all()}
    assert (seats["head"], seats["chair"]) == (head.person, chair.person)


def test_share_on_a_date_moves_nothing_until_that_day(school, draft, ceo, head, as_of):
    made = confirm_and_share(draft(school, "R"), by=ceo, share_on=dt.date(2026, 11, 26))
    run_due_work()
    made.refresh_from_db()
    assert (made.state, _keys(school)) == ("draft", [])
    assert not RatingAssessment.objects.visible_to(head).exists()
    as_of("2026-11-26")
    run_due_work()
    run_due_work()
    made.refresh_from_db()
    assert (made.state, made.effective_on) == ("shared", dt.date(2026, 11, 26))
    assert _keys(school) == ["Sp1", "Sp2", "Su1", "Su2"]
    assert RatingAssessment.objects.visible_to(head).get() == made
    assert AuditEvent.objects.filter(verb="share", user_id=None).count() == 1


def test_share_on_a_date_removes_what_was_ticked_if_it_still_may(school, draft, ceo, as_of):
    boards = _boards(school, Sp1="planned", Sp2="planned", Su1="planned", Su2="planned")
    confirm_and_share(
        draft(school, "G"), by=ceo, share_on=dt.date(2026, 11, 26), removed=["Sp1", "Su1"]
    )
    Meeting.objects.filter(pk=boards["Sp1"].meeting_id).delete()
    issued = factories.MeetingFactory(school=school, state="issued")
    factories.ProgressBoardFactory(school=school, half_term=factories.half_term(3), meeting=issued)
    as_of("2026-11-27")
    run_due_work()
    assert _keys(school) == ["Sp1", "Sp2", "Su2"]


def test_share_twice_plans_once(school, draft, ceo):
    made = draft(school, "R")
    again = RatingAssessment.objects.get(pk=made.pk)
    confirm_and_share(made, by=ceo)
    before = _keys(school)
    with pytest.raises(Conflict):
        confirm_and_share(again, by=ceo)
    assert _keys(school) == before


def test_share_that_fails_at_the_boards_shares_nothing(school, draft, ceo):
    made = draft(school, "R")
    MeetingKind.objects.all().delete()
    with pytest.raises(MeetingKind.DoesNotExist):
        confirm_and_share(made, by=ceo)
    made.refresh_from_db()
    assert (made.state, SchoolYear.objects.count()) == ("draft", 0)


def test_withdraw_plans_the_boards_back(school, shared, draft, ceo):
    former = shared(school, "G", on=dt.date(2026, 9, 10))
    _boards(school, A2="final", Sp2="scheduled", Su2="scheduled")
    wrong = confirm_and_share(draft(school, "R"), by=ceo)
    assert _keys(school) == ["A2", "Sp1", "Sp2", "Su1", "Su2"]
    back = withdraw_and_replan(
        wrong, by=ceo, reason="Entered for the wrong school", removed=["Sp1", "Su1"]
    )
    assert back == former
    assert _keys(school) == ["A2", "Sp2", "Su2"]
    assert _year(school) == (3, 3)


def test_plan_board_twice_plans_once(school, ceo):
    half = factories.half_term(4)
    assert plan_board(school, half, by=ceo) == plan_board(school, half, by=ceo)
