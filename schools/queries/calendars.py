"""The calendar of one school, of many at once, and of the trust."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from schools.models import NonSchoolDay, School, SchoolHalfTerm
from trust.calendar import HALF_TERM_KEYS, HalfTermDates, SchoolCalendar
from trust.models import HalfTerm


def calendars(schools: Iterable[School | int]) -> dict[int, SchoolCalendar]:
    """The calendar of each school, by its key, in three queries however many schools there are."""
    keys = [school if isinstance(school, int) else school.pk for school in schools]
    terms = list(HalfTerm.objects.order_by("starts_on"))
    own: dict[int, dict[int, SchoolHalfTerm]] = {key: {} for key in keys}
    for override in SchoolHalfTerm.objects.filter(school_id__in=keys):
        own[override.school_id][override.half_term_id] = override
    everywhere: set[dt.date] = set()
    closed: dict[int, set[dt.date]] = {key: set() for key in keys}
    days = NonSchoolDay.objects.filter(Q(school__isnull=True) | Q(school_id__in=keys))
    for school_id, day in days.values_list("school_id", "day"):
        (everywhere if school_id is None else closed[school_id]).add(day)
    return {
        key: SchoolCalendar(
            tuple(_dates(term, own[key].get(term.pk)) for term in terms),
            frozenset(everywhere | closed[key]),
        )
        for key in keys
    }


def _dates(term: HalfTerm, override: SchoolHalfTerm | None) -> HalfTermDates:
    dates = override or term
    return HalfTermDates(HALF_TERM_KEYS[term.order - 1], term.name, dates.starts_on, dates.ends_on)


def school_calendar(school: School | int) -> SchoolCalendar:
    """The calendar of one school: the trust's dates, its own instead of them, and its closed days."""
    return next(iter(calendars([school]).values()))


def trust_calendar() -> SchoolCalendar:
    """The trust's own dates and the days closed everywhere, with no school's differences."""
    days = NonSchoolDay.objects.filter(school__isnull=True).values_list("day", flat=True)
    terms = HalfTerm.objects.order_by("starts_on")
    return SchoolCalendar(tuple(_dates(term, None) for term in terms), frozenset(days))


def is_school_day(school: School | int, day: dt.date) -> bool:
    """Whether pupils are in this school on the day."""
    return school_calendar(school).is_school_day(day)


def add_school_days(school: School | int, day: dt.date, n: int) -> dt.date:
    """The n-th school day of this school after (before, when negative) a day; raises NoSchoolDayError."""
    return school_calendar(school).add_school_days(day, n)
