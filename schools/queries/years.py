"""The term dates of a year, for the trust and for a school."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from schools.models import NonSchoolDay, School, SchoolHalfTerm
from schools.queries.calendars import school_calendar, trust_calendar
from schools.rules import may_edit_school_calendar, may_edit_trust_calendar
from trust.access import Actor, Capacity
from trust.calendar import academic_year_of
from trust.models import AcademicYear, HalfTerm
from trust.term_dates import ENGLISH_YEARS


@dataclass(frozen=True)
class HalfTermLineOf:
    """One half term as a school keeps it: its own dates, or the trust's."""

    half_term: HalfTerm
    starts_on: dt.date
    ends_on: dt.date
    is_own: bool


def half_term_lines(year: AcademicYear, school: School | None = None) -> list[HalfTermLineOf]:
    """The six half terms of a year, with a school's own dates where it has any."""
    own: dict[int, SchoolHalfTerm] = {}
    if school is not None:
        overrides = SchoolHalfTerm.objects.filter(
            school=school, half_term__term__academic_year=year
        )
        own = {each.half_term_id: each for each in overrides}
    lines = []
    for half in HalfTerm.objects.of_year(year).order_by("order"):
        dates = own.get(half.pk, half)
        lines.append(HalfTermLineOf(half, dates.starts_on, dates.ends_on, half.pk in own))
    return lines


@dataclass(frozen=True)
class ClosedLine:
    """A closed day, where it is, and whether this person may open the schools again."""

    closed: NonSchoolDay
    where: str
    may_remove: bool


@dataclass(frozen=True)
class YearPage:
    """The term dates of one year, for the trust or for one school."""

    year: AcademicYear
    number: int
    school: School | None
    half_terms: list[HalfTermLineOf]
    closed: list[ClosedLine]
    differing: list[School]
    may_edit: bool
    may_close: bool
    school_days: int


def year_page(year: AcademicYear, school: School | None, user: Actor) -> YearPage:
    """The half terms and closed days of a year, and how many school days that leaves."""
    calendar = school_calendar(school) if school else trust_calendar()
    number = year.starts_on.year
    days = sum(len(calendar.school_days_of(h)) for h in calendar.half_terms if h.year == number)
    may_edit = (
        may_edit_school_calendar(user, school) if school else may_edit_trust_calendar(user, None)
    )
    return YearPage(
        year=year,
        number=number,
        school=school,
        half_terms=half_term_lines(year, school),
        closed=closed_days(year, school, user),
        differing=[] if school else differing_schools(year, user),
        may_edit=bool(may_edit),
        may_close=bool(may_edit),
        school_days=days,
    )


@dataclass(frozen=True)
class YearLine:
    number: int
    name: str
    is_entered: bool
    is_current: bool
    has_default: bool


@dataclass(frozen=True)
class YearList:
    """The years entered and those that may be entered next, and the schools whose dates one may see."""

    years: list[YearLine]
    schools: list[School]
    number: int
    """The year for the schools' links: the present one, else the last one entered."""
    may_edit: bool
    may_import: bool


def year_list(user: Actor, today: dt.date) -> YearList:
    entered = {year.starts_on.year: year for year in AcademicYear.objects.all()}
    present = academic_year_of(today)
    may_edit = bool(may_edit_trust_calendar(user, None))
    numbers = set(entered) | ({present, present + 1} if may_edit else set())
    return YearList(
        years=[
            YearLine(
                number,
                f"{number} to {number + 1}",
                number in entered,
                number == present,
                number in ENGLISH_YEARS,
            )
            for number in sorted(numbers, reverse=True)
        ],
        schools=list(School.objects.visible_to(user).in_trust(today).by_name()) if entered else [],
        number=present if present in entered else max(entered, default=present),
        may_edit=may_edit,
        may_import=may_edit_any_calendar(user),
    )


def may_edit_any_calendar(user: Actor) -> bool:
    """Whether there is any calendar, the trust's or a school's, that this person keeps."""
    return bool(may_edit_trust_calendar(user, None)) or bool(user.posts.schools(Capacity.HEAD))


def closed_days(year: AcademicYear, school: School | None, user: Actor) -> list[ClosedLine]:
    """The closed days of a year: everywhere, and at this school or at every school one may know of."""
    days = NonSchoolDay.objects.visible_to(user).filter(day__range=(year.starts_on, year.ends_on))
    if school is not None:
        days = days.filter(Q(school=school) | Q(school__isnull=True))
    everywhere = bool(may_edit_trust_calendar(user, None))
    return [
        ClosedLine(
            closed,
            closed.school.name if closed.school else "Every school",
            bool(may_edit_school_calendar(user, closed.school)) if closed.school else everywhere,
        )
        for closed in days.select_related("school").order_by("day", "school__name")
    ]


def differing_schools(year: AcademicYear, user: Actor) -> list[School]:
    """Schools with half terms of their own in a year."""
    own = SchoolHalfTerm.objects.filter(half_term__term__academic_year=year).values("school")
    return list(School.objects.visible_to(user).filter(pk__in=own).by_name())
