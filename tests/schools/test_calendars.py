"""Each school's own calendar: the trust's half terms, its own dates instead of them, and closed days."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schools.models import NonSchoolDay, SchoolHalfTerm
from schools.queries import (
    add_school_days,
    calendars,
    is_school_day,
    school_calendar,
    trust_calendar,
)
from tests.schools.makers import make_school, make_year
from trust.calendar import NoSchoolDayError
from trust.models import HalfTerm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_house")]
INSET = NonSchoolDay.Kind.INSET


def test_school_calendar_without_differences_is_the_trusts() -> None:
    make_year()
    calendar = school_calendar(make_school())
    assert calendar == trust_calendar()
    assert len(calendar.school_days) == 193  # 192 without May Day
    assert [half.key for half in calendar.half_terms] == ["A1", "A2", "Sp1", "Sp2", "Su1", "Su2"]


def test_school_calendar_with_own_half_term_replaces_the_trusts() -> None:
    make_year()
    school, other = make_school(), make_school()
    autumn = HalfTerm.objects.get(order=1)
    SchoolHalfTerm.objects.create(
        school=school, half_term=autumn, starts_on=autumn.starts_on, ends_on=dt.date(2026, 10, 16)
    )
    day = dt.date(2026, 10, 19)  # two weeks of October break in one school, one in the other
    assert not is_school_day(school, day)
    assert is_school_day(other, day)


def test_is_school_day_on_closed_days_of_the_trust_and_of_the_school() -> None:
    make_year()
    school, other = make_school(), make_school()
    everywhere, here = dt.date(2026, 11, 27), dt.date(2026, 11, 30)
    NonSchoolDay.objects.create(day=everywhere, kind=INSET)
    NonSchoolDay.objects.create(school=school, day=here, kind=INSET)
    assert [is_school_day(s, d) for s in (school, other) for d in (everywhere, here)] == [
        False,
        False,
        False,
        True,
    ]


def test_add_school_days_counts_over_closed_days_and_holidays() -> None:
    make_year()
    school = make_school()
    NonSchoolDay.objects.create(school=school, day=dt.date(2026, 11, 27), kind=INSET)
    assert add_school_days(school, dt.date(2026, 11, 26), 1) == dt.date(2026, 11, 30)
    assert add_school_days(school, dt.date(2026, 10, 23), 1) == dt.date(2026, 11, 2)
    assert add_school_days(school, dt.date(2026, 11, 2), -1) == dt.date(2026, 10, 23)


def test_add_school_days_beyond_the_calendar_raises() -> None:
    with pytest.raises(NoSchoolDayError):
        add_school_days(make_school(), dt.date(2026, 11, 2), 1)


@pytest.mark.parametrize("number", [1, 3, 40])
def test_calendars_of_many_schools_take_three_queries(number: int) -> None:
    make_year()
    schools = [make_school() for _ in range(number)]
    for school in schools:
        NonSchoolDay.objects.create(school=school, day=dt.date(2026, 11, 27), kind=INSET)
    with CaptureQueriesContext(connection) as queries:
        found = calendars(schools)
    assert len(queries) == 3
    assert set(found) == {school.pk for school in schools}
