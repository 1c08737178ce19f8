"""The calendar as a trust reads it: school days, half terms and the days nobody is asked for anything."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust import calendar
from trust.calendar import (
    HALF_TERM_KEYS,
    LONDON,
    HalfTermDates,
    NoSchoolDayError,
    SchoolCalendar,
    academic_year_of,
    bank_holidays_england,
)
from trust.term_dates import ENGLISH_YEARS, default_english_calendar

CALENDAR = default_english_calendar(2026)
TWO_YEARS = default_english_calendar(2025, 2026)
HOLIDAY_DAY = date(2026, 10, 28)


@pytest.mark.parametrize("year", [2025, 2026])
def test_school_days_of_a_default_year_are_190(year):
    assert len(default_english_calendar(year).school_days) == 190


def test_school_days_by_half_term_before_inset_are_those_of_the_trust():
    without_inset = SchoolCalendar(
        CALENDAR.half_terms, CALENDAR.closed_days - set(ENGLISH_YEARS[2026].inset_days)
    )
    counted = {h.key: len(without_inset.school_days_of(h)) for h in without_inset.half_terms}
    assert counted == {"A1": 37, "A2": 35, "Sp1": 29, "Sp2": 24, "Su1": 34, "Su2": 33}


@pytest.mark.parametrize("year", [2025, 2026])
def test_bank_holidays_of_a_default_year_agree_with_the_published_ones(year):
    published = {**bank_holidays_england(year), **bank_holidays_england(year + 1)}
    in_year = [day for day in published if academic_year_of(day) == year]
    assert [day for day, _ in ENGLISH_YEARS[year].bank_holidays] == in_year


def test_bank_holidays_england_carry_names():
    assert bank_holidays_england(2027)[date(2027, 3, 26)] == "Good Friday"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 3), True),
        (date(2026, 9, 2), False),  # before the first day
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 27), False),  # INSET
        (date(2027, 5, 3), False),  # bank holiday
        (HOLIDAY_DAY, False),
        (date(2027, 7, 22), False),  # after the last day
    ],
)
def test_is_school_day_is_true_only_when_pupils_are_in(day, expected):
    assert CALENDAR.is_school_day(day) is expected


def test_add_school_days_from_a_holiday_counts_from_the_first_day_back():
    assert CALENDAR.add_school_days(HOLIDAY_DAY, 1) == date(2026, 11, 2)
    assert CALENDAR.add_school_days(HOLIDAY_DAY, -1) == date(2026, 10, 23)
    assert CALENDAR.add_school_days(HOLIDAY_DAY, 0) == date(2026, 11, 2)


def test_add_school_days_rolls_from_one_year_into_the_next():
    assert TWO_YEARS.add_school_days(date(2026, 7, 20), 1) == date(2026, 9, 3)


def test_add_school_days_past_the_calendar_is_refused():
    with pytest.raises(NoSchoolDayError):
        CALENDAR.add_school_days(date(2027, 7, 21), 1)
    with pytest.raises(NoSchoolDayError):
        CALENDAR.add_school_days(date(2026, 9, 3), -1)


def test_next_school_day_of_a_snow_day_is_the_day_after():
    snow = date(2027, 1, 14)
    closed = SchoolCalendar(CALENDAR.half_terms, CALENDAR.closed_days | {snow})
    assert CALENDAR.next_school_day(snow) == snow
    assert closed.next_school_day(snow) == date(2027, 1, 15)


def test_school_days_between_3_december_and_14_january_are_19():
    assert CALENDAR.school_days_between(date(2026, 12, 3), date(2027, 1, 14)) == 19
    assert CALENDAR.school_days_between(date(2027, 1, 14), date(2026, 12, 3)) == -19


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2026, 11, 2), date(2026, 11, 4)),  # first of Autumn 2
        (date(2027, 1, 6), date(2027, 1, 7)),  # second of Spring 1
        (date(2027, 1, 7), date(2027, 1, 7)),  # third stays
        (HOLIDAY_DAY, date(2026, 11, 4)),  # a holiday moves to the first day, and on
        (date(2026, 12, 15), date(2026, 12, 15)),
    ],
)
def test_third_day_rule_moves_the_first_two_school_days_to_the_third(day, moved):
    assert CALENDAR.third_day_rule(day) == moved


def test_third_day_rule_leaves_a_half_term_of_two_days_alone():
    stub = SchoolCalendar((HalfTermDates("A1", "A1", date(2026, 9, 3), date(2026, 9, 4)),))
    assert stub.third_day_rule(date(2026, 9, 3)) == date(2026, 9, 3)


def test_half_term_of_a_day_knows_its_year_and_a_holiday_has_none():
    autumn = TWO_YEARS.half_term_of(date(2026, 11, 21))
    assert autumn is not None
    assert (autumn.key, autumn.year) == ("A2", 2026)
    assert TWO_YEARS.half_term_of(HOLIDAY_DAY) is None
    assert TWO_YEARS.half_term("Su2", 2025).end == date(2026, 7, 20)
    assert TWO_YEARS.half_term("Su2", 2024) is None


def test_half_term_that_starts_in_august_belongs_to_the_coming_year():
    early = HalfTermDates("A1", "Autumn 1", date(2026, 8, 27), date(2026, 10, 16))
    assert early.year == 2026


def test_half_term_after_the_last_is_none():
    assert CALENDAR.half_term_after(CALENDAR.half_terms[0]) == CALENDAR.half_terms[1]
    assert CALENDAR.half_term_after(CALENDAR.half_terms[-1]) is None


def test_nth_school_day_counts_from_one_and_refuses_what_is_not_there():
    autumn = CALENDAR.half_terms[0]
    assert CALENDAR.nth_school_day(autumn, 1) == date(2026, 9, 3)
    assert CALENDAR.nth_school_day(autumn, 16) == date(2026, 9, 24)
    for n in (0, 38):
        with pytest.raises(NoSchoolDayError):
            CALENDAR.nth_school_day(autumn, n)


def test_last_school_day_of_year_is_of_the_year_of_the_day():
    assert TWO_YEARS.last_school_day_of_year(date(2026, 8, 3)) == date(2026, 7, 20)
    assert TWO_YEARS.last_school_day_of_year(date(2026, 9, 1)) == date(2027, 7, 21)
    with pytest.raises(NoSchoolDayError):
        TWO_YEARS.last_school_day_of_year(date(2028, 1, 10))


def test_calendar_sorts_its_half_terms_and_refuses_an_overlap():
    first, second = CALENDAR.half_terms[:2]
    assert SchoolCalendar((second, first)).half_terms == (first, second)
    overlapping = HalfTermDates("A2", "Autumn 2", first.end, second.end)
    with pytest.raises(ValueError, match="Autumn 2 starts before Autumn 1 ends"):
        SchoolCalendar((first, overlapping))
    with pytest.raises(ValueError, match="ends before it starts"):
        HalfTermDates("A1", "Autumn 1", first.end, first.start)


def test_default_calendar_has_six_half_terms_a_year_and_refuses_an_unknown_year():
    assert tuple(h.key for h in TWO_YEARS.half_terms) == HALF_TERM_KEYS * 2
    with pytest.raises(KeyError):
        default_english_calendar(1999)


@given(st.dates(date(2025, 8, 1), date(2027, 8, 31)), st.integers(-60, 60))
def test_add_school_days_lands_n_school_days_away_or_says_so(day, n):
    try:
        found = TWO_YEARS.add_school_days(day, n)
    except NoSchoolDayError:
        return
    assert TWO_YEARS.is_school_day(found)
    if n > 0 or (n < 0 and TWO_YEARS.is_school_day(day)):
        assert TWO_YEARS.school_days_between(day, found) == n
    elif n == 0:
        assert found >= day
    else:
        assert TWO_YEARS.school_days_between(found, day) == -n - 1


@pytest.mark.parametrize("as_of", [date(2026, 11, 21), "2026-11-21"])
def test_today_in_the_demo_stands_still_while_the_time_of_day_runs(settings, as_of):
    settings.EYELINE_AS_OF = as_of
    assert calendar.today() == date(2026, 11, 21)
    stamped = calendar.now()
    assert stamped.tzinfo is UTC
    assert stamped.astimezone(LONDON).date() == date(2026, 11, 21)
    real = datetime.now(LONDON).replace(tzinfo=None)
    shown = stamped.astimezone(LONDON).replace(tzinfo=None)
    seconds = abs((real - shown).total_seconds()) % 86400
    assert min(seconds, 86400 - seconds) < 60


def test_today_without_a_standing_clock_is_the_day_in_london(settings, time_machine_at):
    settings.EYELINE_AS_OF = None
    # Half past eleven at night in UTC is already tomorrow in London in summer.
    with time_machine_at(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)):
        assert calendar.today() == date(2026, 7, 2)
        assert calendar.now() == datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def time_machine_at():
    import time_machine

    return lambda instant: time_machine.travel(instant, tick=False)
