"""Which boards a rating plans, and what a new rating, joining or leaving changes in the year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress_boards.slots import (
    PlannedBoard,
    RatingPolicy,
    leave,
    position_counting_for,
    replan,
    slots_of_year,
)
from trust.calendar import HALF_TERM_KEYS
from trust.term_dates import default_english_calendar

CALENDAR = default_english_calendar(2026)
GREEN, AMBER, RED = 1, 2, 3
POLICY = RatingPolicy()


def _boards(**states):
    """Make boards from half term and state."""
    return [PlannedBoard(half_term, state) for half_term, state in states.items()]


def _replan(position, existing, from_day, **options):
    """Re-plan the year 2026/27 of a school by the default policy."""
    boards = POLICY.boards_for(position)
    return replan(boards, existing, CALENDAR, year=2026, from_day=from_day, **options)


@pytest.mark.parametrize(
    ("position", "boards"), [(GREEN, 3), (AMBER, 6), (RED, 6), (None, 3), (0, 3)]
)
def test_boards_for_a_rating_follow_the_default_policy(position, boards):
    assert POLICY.boards_for(position) == boards


def test_boards_for_amber_may_be_three():
    assert RatingPolicy(middle=3).boards_for(AMBER) == 3


def test_slots_of_year_for_the_two_named_rhythms():
    assert slots_of_year(3) == ("A2", "Sp2", "Su2")
    assert slots_of_year(3, "first") == ("A1", "Sp1", "Su1")
    assert slots_of_year(6) == slots_of_year(6, "first") == HALF_TERM_KEYS


@pytest.mark.parametrize("halves", ["second", "first"])
@pytest.mark.parametrize("boards", range(1, 7))
def test_slots_of_year_are_as_many_as_asked_in_order_and_contain_the_fewer(halves, boards):
    slots = slots_of_year(boards, halves)
    assert len(set(slots)) == boards
    assert sorted(slots, key=HALF_TERM_KEYS.index) == list(slots)
    if boards > 1:
        assert set(slots_of_year(boards - 1, halves)) < set(slots)


@pytest.mark.parametrize("boards", [0, 7])
def test_slots_of_year_beyond_one_to_six_are_refused(boards):
    with pytest.raises(ValueError, match="1 to 6 boards"):
        slots_of_year(boards)


def test_replan_of_green_turned_red_on_20_january_adds_summer_1():
    existing = _boards(A2="final", Sp2="planned", Su2="planned")
    change = _replan(RED, existing, date(2027, 1, 20))
    assert CALENDAR.add_school_days(date(2027, 1, 20), 20) == date(2027, 2, 24)
    assert change.added == ("Su1",)
    assert change.short_notice == ("Sp1",)
    assert change.kept == ("A2", "Sp2", "Su2")
    assert change.offered == ()
    assert (change.planned, change.agreed, change.held) == (6, 4, 1)
    assert change.reasons == (
        "Spring 1: too late for 20 school days of notice, by agreement only",
        "Summer 1: board added",
    )


def test_replan_with_the_short_notice_board_agreed_has_five():
    existing = _boards(A2="final", Sp2="planned", Su2="planned")
    change = _replan(RED, existing, date(2027, 1, 20), by_agreement=["Sp1"])
    assert (change.planned, change.agreed, change.held) == (6, 5, 1)


def test_replan_of_red_turned_green_on_20_april_removes_nothing():
    existing = _boards(
        A1="final", A2="final", Sp1="final", Sp2="final", Su1="issued", Su2="scheduled"
    )
    change = _replan(GREEN, existing, date(2027, 4, 20))
    assert (change.added, change.offered, change.short_notice) == ((), (), ())
    assert change.kept == HALF_TERM_KEYS
    assert (change.planned, change.agreed, change.held) == (3, 6, 4)
    assert "Summer 1: stays, its agenda is issued or it was held" in change.reasons


def test_position_counting_for_next_year_is_the_one_current_on_1_june():
    ratings = [(date(2026, 9, 20), RED), (date(2027, 4, 20), GREEN), (date(2027, 6, 2), RED)]
    assert position_counting_for(2027, ratings) == GREEN
    assert POLICY.boards_for(position_counting_for(2027, ratings)) == 3
    assert position_counting_for(2026, ratings) is None


def test_replan_of_red_turned_green_on_13_january_offers_spring_1_and_summer_1():
    existing = _boards(
        A1="final", A2="final", Sp1="scheduled", Sp2="planned", Su1="planned", Su2="planned"
    )
    change = _replan(GREEN, existing, date(2027, 1, 13))
    assert change.offered == ("Sp1", "Su1")
    assert change.kept == ("A1", "A2", "Sp2", "Su2")
    assert (change.planned, change.agreed, change.held) == (3, 6, 2)
    ticked = _replan(GREEN, existing, date(2027, 1, 13), removed=["Su1"])
    assert (ticked.planned, ticked.agreed, ticked.held) == (3, 5, 2)


def test_replan_of_a_school_joining_on_1_january_then_red_has_three():
    joined = _replan(None, [], date(2027, 1, 1))
    assert CALENDAR.add_school_days(date(2027, 1, 1), 20) == date(2027, 2, 1)
    assert joined.added == ("Sp2", "Su2")
    assert joined.short_notice == ()
    rated = _replan(RED, _boards(Sp2="planned", Su2="planned"), date(2027, 1, 20))
    assert rated.added == ("Su1",)
    assert rated.short_notice == ("Sp1",)
    assert rated.agreed == 3


def test_leave_on_31_march_cancels_summer_and_keeps_what_was_held():
    existing = _boards(A2="final", Sp2="accuracy_check", Su1="issued", Su2="postponed")
    leaving = leave([*existing, PlannedBoard("Sp1", "cancelled")], date(2027, 3, 31))
    assert leaving.cancelled == ("Su1", "Su2")
    assert leaving.kept == ("A2", "Sp2")
    assert leaving.reason == "School left the trust"
    assert leaving.access_ends_on == date(2027, 4, 30)


def test_replan_before_the_year_adds_every_slot_of_the_policy():
    assert _replan(RED, [], date(2026, 7, 6)).added == HALF_TERM_KEYS


def test_replan_adds_no_board_to_a_half_term_whose_board_was_cancelled():
    change = _replan(RED, _boards(Su1="cancelled"), date(2027, 1, 20))
    assert change.added == ("Sp2", "Su2")
    assert change.agreed == 2


def test_replan_adds_no_board_that_would_fall_after_the_last_safe_day():
    # 20 school days from 10 June end on 8 July, one day after the last safe day.
    assert _replan(GREEN, [], date(2027, 6, 9)).added == ("Su2",)
    assert _replan(GREEN, [], date(2027, 6, 10)).short_notice == ("Su2",)


def test_replan_touches_no_postponed_board():
    change = _replan(GREEN, _boards(Sp1="postponed"), date(2027, 1, 13))
    assert "Sp1" in change.kept


def test_replan_refuses_ticks_that_were_not_on_offer():
    existing = _boards(A1="final", Sp1="scheduled")
    with pytest.raises(ValueError, match="A1: not offered for removal"):
        _replan(GREEN, existing, date(2027, 1, 13), removed=["A1"])
    with pytest.raises(ValueError, match="A2: not open to agreement"):
        _replan(GREEN, existing, date(2027, 1, 13), by_agreement=["A2"])


STATES = ["planned", "agenda_with_chair", "issued", "held", "final", "postponed", "cancelled"]


@given(
    st.sampled_from([1, 2, 3, 4, 5, 6]),
    st.dictionaries(st.sampled_from(HALF_TERM_KEYS), st.sampled_from(STATES)),
    st.dates(date(2026, 7, 1), date(2027, 8, 31)),
)
def test_replan_never_offers_what_is_issued_and_never_adds_beyond_the_policy(boards, states, day):
    change = replan(boards, _boards(**states), CALENDAR, year=2026, from_day=day)
    live = {key for key, state in states.items() if state != "cancelled"}
    assert set(change.kept) | set(change.offered) == live
    assert not set(change.kept) & set(change.offered)
    assert not set(change.added) & live
    assert set(change.added) | set(change.short_notice) <= set(slots_of_year(boards))
    assert all(states[key] in ("planned", "agenda_with_chair") for key in change.offered)
