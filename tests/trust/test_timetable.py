"""The deadlines of a board, day by day, on the trust's calendar of 2026/27 (190 school days)."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.calendar import NoSchoolDayError, SchoolCalendar
from trust.term_dates import default_english_calendar
from trust.timetable import Offsets, Timetable, action_due_on, deadlines, last_safe_day

CALENDAR = default_english_calendar(2026)
TWO_YEARS = default_english_calendar(2025, 2026)
COLUMNS = (
    "draft_on",
    "ceo_on",
    "issued_on",
    "leaders_on",
    "papers_on",
    "pack_on",
    "draft_minutes_on",
    "chair_on",
    "corrections_on",
    "final_on",
)


def _dates(*pairs: str) -> tuple[date | None, ...]:
    """Read ISO dates; a dash is no date."""
    return tuple(None if each == "-" else date.fromisoformat(each) for each in pairs)


TABLE = {
    date(2026, 12, 3): _dates(
        "2026-11-11",
        "2026-11-16",
        "2026-11-18",
        "2026-11-20",
        "2026-11-24",
        "2026-11-25",
        "2026-12-10",
        "2026-12-15",
        "2027-01-07",
        "2027-01-08",
    ),
    date(2027, 1, 14): _dates(
        "2026-12-09",
        "2026-12-14",
        "2026-12-16",
        "2026-12-18",
        "2027-01-07",
        "2027-01-07",
        "2027-01-21",
        "2027-01-26",
        "2027-02-02",
        "2027-02-04",
    ),
    date(2027, 3, 11): _dates(
        "2027-02-11",
        "2027-02-23",
        "2027-02-25",
        "2027-03-01",
        "2027-03-03",
        "2027-03-04",
        "2027-03-18",
        "2027-03-23",
        "2027-04-14",
        "2027-04-16",
    ),
    date(2027, 7, 1): _dates(
        "2027-06-10",
        "2027-06-15",
        "2027-06-17",
        "2027-06-21",
        "2027-06-23",
        "2027-06-24",
        "2027-07-08",
        "2027-07-13",
        "2027-07-20",
        "-",
    ),
}


@pytest.mark.parametrize("board_day", TABLE)
def test_deadlines_of_the_four_boards_are_the_trusts_own_table(board_day):
    timetable = deadlines(board_day, CALENDAR, compress=False)
    assert tuple(getattr(timetable, column) for column in COLUMNS) == TABLE[board_day]
    assert timetable.is_compressed is False


@pytest.mark.parametrize("board_day", list(TABLE)[:3])
def test_deadlines_before_summer_are_the_same_when_compression_is_allowed(board_day):
    assert deadlines(board_day, CALENDAR) == deadlines(board_day, CALENDAR, compress=False)


def test_deadlines_include_the_action_list_of_the_next_school_day():
    assert deadlines(date(2026, 12, 3), CALENDAR).action_list_on == date(2026, 12, 4)
    assert deadlines(date(2026, 12, 18), CALENDAR).action_list_on == date(2027, 1, 5)


def test_deadlines_in_july_are_compressed_to_3_5_8_and_10_days():
    timetable = deadlines(date(2027, 7, 1), CALENDAR)
    assert timetable.is_compressed is True
    assert (
        timetable.draft_minutes_on,
        timetable.chair_on,
        timetable.corrections_on,
        timetable.final_on,
    ) == _dates("2027-07-06", "2027-07-08", "2027-07-13", "2027-07-15")


def test_deadlines_in_july_do_not_roll_into_september_when_the_next_year_is_entered():
    timetable = deadlines(date(2026, 7, 1), TWO_YEARS, compress=False)
    assert timetable.final_on is None
    assert deadlines(date(2026, 7, 1), TWO_YEARS).final_on == date(2026, 7, 15)


def test_deadlines_after_the_last_safe_day_have_no_final_date():
    assert deadlines(date(2027, 7, 7), CALENDAR).final_on == date(2027, 7, 21)
    assert deadlines(date(2027, 7, 8), CALENDAR).final_on is None


def test_last_safe_day_is_7_july_compressed_and_30_june_with_the_normal_offsets():
    assert last_safe_day(CALENDAR, date(2027, 3, 1)) == date(2027, 7, 7)
    assert last_safe_day(CALENDAR, date(2027, 3, 1), compress=False) == date(2027, 6, 30)
    with pytest.raises(NoSchoolDayError):
        last_safe_day(CALENDAR, date(2030, 3, 1))


def test_deadlines_of_the_first_possible_board_open_the_draft_on_the_first_school_day():
    assert deadlines(date(2026, 9, 24), CALENDAR).draft_on == date(2026, 9, 3)
    assert deadlines(date(2026, 9, 23), CALENDAR).draft_on is None


def test_pack_waits_for_papers_that_moved_to_the_third_day():
    timetable = deadlines(date(2027, 1, 13), CALENDAR)
    assert CALENDAR.add_school_days(date(2027, 1, 13), -6) == date(2027, 1, 5)
    assert CALENDAR.add_school_days(date(2027, 1, 13), -5) == date(2027, 1, 6)
    assert (timetable.papers_on, timetable.pack_on) == (date(2027, 1, 7), date(2027, 1, 7))


def test_leaders_of_12_november_move_to_the_day_of_the_papers():
    timetable = deadlines(date(2026, 11, 12), CALENDAR)
    assert CALENDAR.add_school_days(date(2026, 11, 12), -8) == date(2026, 11, 2)
    assert timetable.leaders_on == timetable.papers_on == date(2026, 11, 4)


def test_deadlines_follow_the_trusts_own_offsets():
    timetable = deadlines(date(2026, 12, 3), CALENDAR, Offsets(issued=-7, final=10))
    assert (timetable.issued_on, timetable.final_on) == _dates("2026-11-23", "2026-12-17")


def test_deadlines_count_in_the_schools_own_calendar():
    inset = SchoolCalendar(CALENDAR.half_terms, CALENDAR.closed_days | {date(2026, 11, 25)})
    assert deadlines(date(2026, 12, 3), inset).pack_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("board_day", "next_board", "due"),
    [
        (date(2026, 12, 3), date(2027, 2, 4), date(2027, 1, 28)),
        # Sixty school days end on Monday 22 February, the first day back.
        (date(2026, 11, 5), date(2027, 3, 11), date(2027, 2, 24)),
        # Never before ten school days, however soon the next board.
        (date(2026, 11, 5), date(2026, 11, 16), date(2026, 11, 19)),
        (date(2026, 11, 5), None, date(2027, 2, 24)),
        # The calendar ends first.
        (date(2027, 7, 14), None, date(2027, 7, 21)),
    ],
)
def test_action_due_on_is_before_the_next_board_within_bounds(board_day, next_board, due):
    assert action_due_on(CALENDAR, board_day, next_board) == due


@given(st.sampled_from(TWO_YEARS.school_days))
def test_deadlines_of_a_school_never_fall_on_the_first_two_days_of_a_half_term(board_day):
    timetable = deadlines(board_day, TWO_YEARS)
    for day in (timetable.leaders_on, timetable.papers_on, timetable.corrections_on):
        if day is not None:
            half_term = TWO_YEARS.half_term_of(day)
            assert half_term is not None
            assert day not in TWO_YEARS.school_days_of(half_term)[:2]


@given(st.sampled_from(TWO_YEARS.school_days))
def test_deadlines_stand_in_the_order_of_the_work(board_day):
    timetable = deadlines(board_day, TWO_YEARS)
    names = [each.name for each in fields(Timetable) if each.name.endswith("_on")]
    after = names[names.index("action_list_on") :]
    before = ("draft_on", "ceo_on", "issued_on", "leaders_on", "papers_on", "pack_on")
    for column in (before, after):
        days = [getattr(timetable, name) for name in column]
        days = [day for day in days if day is not None]
        assert days == sorted(days)
