"""Enter and change the years, the half terms and the days when a school is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from schools.calendar_file import ClosedDays, HalfTermLine, Line
from schools.models import NonSchoolDay, School, SchoolHalfTerm
from schools.queries import calendars, trust_calendar
from schools.rules import may_edit_school_calendar, may_edit_trust_calendar
from trust.access import Actor, Conflict, require
from trust.audit import record
from trust.calendar import HALF_TERM_KEYS, HalfTermDates
from trust.models import AcademicYear, HalfTerm, Term
from trust.term_dates import ENGLISH_YEARS

TERM_NAMES = ("Autumn term", "Spring term", "Summer term")
EARLIEST = dt.timedelta(days=31)
"""Some schools start in the last days of August."""


def year_name(year: int) -> str:
    return f"{year} to {year + 1}"


@transaction.atomic
def enter_academic_year(
    year: int, *, by: Actor | None, half_terms: Sequence[HalfTermDates]
) -> AcademicYear:
    """Enter the six half terms of the academic year that begins in that year; Conflict if it is there."""
    if by is not None:
        require(may_edit_trust_calendar(by, None))
    if AcademicYear.objects.filter(starts_on=dt.date(year, 9, 1)).exists():
        raise Conflict(f"The year {year_name(year)} has been entered already")
    if [each.key for each in sorted(half_terms, key=lambda h: h.start)] != list(HALF_TERM_KEYS):
        raise Conflict("A year has six half terms in their order")
    entered = AcademicYear.objects.create(
        name=year_name(year), starts_on=dt.date(year, 9, 1), ends_on=dt.date(year + 1, 8, 31)
    )
    terms = [
        Term.objects.create(academic_year=entered, name=name, order=order)
        for order, name in enumerate(TERM_NAMES, 1)
    ]
    for order, each in enumerate(sorted(half_terms, key=lambda h: h.start)):
        _check_inside(entered, each.start, each.end)
        HalfTerm.objects.create(
            term=terms[order // 2],
            name=each.name,
            order=order + 1,
            starts_on=each.start,
            ends_on=each.end,
        )
    _check_trust()
    record("enter_academic_year", entered, by=by, year=year)
    return entered


@transaction.atomic
def lay_down_default_calendar(year: int, *, by: Actor | None = None) -> AcademicYear:
    """Enter an ordinary English year with its bank holidays and two INSET days; one already there is left alone.

    Raises Conflict for a year whose dates are not known.
    """
    if by is not None:
        require(may_edit_trust_calendar(by, None))
    entered = AcademicYear.objects.filter(starts_on=dt.date(year, 9, 1)).first()
    if entered:
        return entered
    if year not in ENGLISH_YEARS:
        known = " and ".join(year_name(each) for each in ENGLISH_YEARS)
        raise Conflict(f"Ordinary dates are known for {known}: enter the six half terms yourself")
    dates = ENGLISH_YEARS[year]
    entered = enter_academic_year(year, by=by, half_terms=dates.half_terms)
    closed = [(day, NonSchoolDay.Kind.BANK_HOLIDAY, name) for day, name in dates.bank_holidays]
    closed += [(day, NonSchoolDay.Kind.INSET, "") for day in dates.inset_days]
    NonSchoolDay.objects.bulk_create(
        [NonSchoolDay(day=day, kind=kind, note=note) for day, kind, note in closed],
        ignore_conflicts=True,
    )
    return entered


@transaction.atomic
def set_half_term_dates(
    half_term: HalfTerm, *, by: Actor, starts_on: dt.date, ends_on: dt.date, name: str = ""
) -> HalfTerm:
    """Change the trust's dates of one half term, and its name when one is given."""
    require(may_edit_trust_calendar(by, None))
    changed = _change(half_term, (starts_on, ends_on), name, by=by)
    _check_trust()
    return changed


@transaction.atomic
def set_year_dates(
    year: AcademicYear, *, by: Actor, dates: Mapping[int, tuple[str, dt.date, dt.date]]
) -> None:
    """Change name and dates of several half terms of a year at once, by their keys."""
    require(may_edit_trust_calendar(by, year))
    for half_term in HalfTerm.objects.of_year(year).filter(pk__in=dates):
        name, starts_on, ends_on = dates[half_term.pk]
        _change(half_term, (starts_on, ends_on), name, by=by)
    _check_trust()


@transaction.atomic
def set_school_half_term(
    school: School, half_term: HalfTerm, *, by: Actor, starts_on: dt.date, ends_on: dt.date
) -> SchoolHalfTerm:
    """Give one school its own dates of a half term."""
    require(may_edit_school_calendar(by, school))
    own = _change_own(school, half_term, (starts_on, ends_on), by=by)
    _check_schools([school])
    return own


@transaction.atomic
def clear_school_half_term(school: School, half_term: HalfTerm, *, by: Actor) -> None:
    """Let one school follow the trust's dates of a half term again."""
    require(may_edit_school_calendar(by, school))
    _clear_own(school, half_term, by=by)
    _check_schools([school])


@transaction.atomic
def set_school_dates(
    school: School, *, by: Actor, dates: Mapping[int, tuple[dt.date, dt.date] | None]
) -> None:
    """Set a school's own dates of several half terms at once, by their keys; None follows the trust."""
    require(may_edit_school_calendar(by, school))
    for half_term in HalfTerm.objects.filter(pk__in=dates):
        own = dates[half_term.pk]
        if own is None or own == (half_term.starts_on, half_term.ends_on):
            _clear_own(school, half_term, by=by)
        else:
            _change_own(school, half_term, own, by=by)
    _check_schools([school])


def _change(
    half_term: HalfTerm, dates: tuple[dt.date, dt.date], name: str, *, by: Actor
) -> HalfTerm:
    half_term = HalfTerm.objects.select_for_update().get(pk=half_term.pk)
    _check_inside(half_term.term.academic_year, *dates)
    wanted = (*dates, name.strip() or half_term.name)
    if (half_term.starts_on, half_term.ends_on, half_term.name) != wanted:
        half_term.starts_on, half_term.ends_on, half_term.name = wanted
        half_term.save()
        record("set_half_term_dates", half_term, by=by, dates=[str(day) for day in dates])
    return half_term


def _change_own(
    school: School, half_term: HalfTerm, dates: tuple[dt.date, dt.date], *, by: Actor
) -> SchoolHalfTerm:
    _check_inside(half_term.term.academic_year, *dates)
    own = SchoolHalfTerm.objects.filter(school=school, half_term=half_term).first()
    if own is None or (own.starts_on, own.ends_on) != dates:
        own, _ = SchoolHalfTerm.objects.update_or_create(
            school=school,
            half_term=half_term,
            defaults={"starts_on": dates[0], "ends_on": dates[1]},
        )
        record("set_school_half_term", own, by=by, dates=[str(day) for day in dates])
    return own


def _clear_own(school: School, half_term: HalfTerm, *, by: Actor) -> None:
    own = SchoolHalfTerm.objects.filter(school=school, half_term=half_term).first()
    if own:
        record("clear_school_half_term", own, by=by)
        own.delete()


@transaction.atomic
def add_non_school_day(
    *, by: Actor, day: dt.date, kind: str, school: School | None = None, note: str = ""
) -> NonSchoolDay:
    """Close one school, or all, on a weekday; the same day again changes its kind and note."""
    _require_calendar(by, school)
    if day.weekday() > 4:
        raise Conflict("Choose a weekday: schools are closed on Saturdays and Sundays anyway")
    closed, made = NonSchoolDay.objects.get_or_create(
        school=school, day=day, defaults={"kind": kind, "note": note.strip()}
    )
    if made or (closed.kind, closed.note) != (kind, note.strip()):
        closed.kind, closed.note = kind, note.strip()
        closed.save()
        record("add_non_school_day", closed, by=by, day=str(day), kind=kind)
    return closed


@transaction.atomic
def remove_non_school_day(closed: NonSchoolDay, *, by: Actor) -> None:
    """Open the school or schools again on that day."""
    _require_calendar(by, closed.school)
    record("remove_non_school_day", closed, by=by, day=str(closed.day))
    closed.delete()


@transaction.atomic
def apply_calendar(lines: Iterable[Line], *, by: Actor) -> int:
    """Do what a calendar file says, all or nothing; gives the number of its lines.

    The half terms of a year that has not been entered must all six be there, for the whole trust.
    """
    lines = list(lines)
    schools = {school.pk: school for school in School.objects.visible_to(by)}
    for school_id in {line.school_id for line in lines}:
        _require_calendar(by, schools[school_id] if school_id else None)
    _enter_new_years([line for line in lines if isinstance(line, HalfTermLine)], by=by)
    found = HalfTerm.objects.select_related("term__academic_year")
    halves = {(half.term.academic_year.starts_on.year, half.order): half for half in found}
    for line in lines:
        school = schools[line.school_id] if line.school_id else None
        if isinstance(line, ClosedDays):
            for day in line.days:
                add_non_school_day(by=by, day=day, kind=line.kind, school=school, note=line.note)
            continue
        half = halves.get((line.year, HALF_TERM_KEYS.index(line.key) + 1))
        if half is None:
            raise Conflict(f"Enter the trust's dates of {year_name(line.year)} first")
        if school:
            _change_own(school, half, (line.starts_on, line.ends_on), by=by)
        else:
            _change(half, (line.starts_on, line.ends_on), "", by=by)
    _check_trust()
    return len(lines)


def _enter_new_years(lines: Iterable[HalfTermLine], *, by: Actor) -> None:
    years: dict[int, list[HalfTermDates]] = {}
    entered = {year.starts_on.year for year in AcademicYear.objects.all()}
    for line in lines:
        if line.year not in entered and line.school_id is None:
            dates = HalfTermDates(line.key, line.name, line.starts_on, line.ends_on)
            years.setdefault(line.year, []).append(dates)
    for year, dates_of_year in sorted(years.items()):
        enter_academic_year(year, by=by, half_terms=dates_of_year)


def _require_calendar(by: Actor, school: School | None) -> None:
    require(may_edit_school_calendar(by, school) if school else may_edit_trust_calendar(by, None))


def _check_inside(year: AcademicYear, starts_on: dt.date, ends_on: dt.date) -> None:
    if ends_on < starts_on:
        raise Conflict("A half term ends after it starts")
    if starts_on < year.starts_on - EARLIEST or ends_on > year.ends_on:
        raise Conflict(f"These dates lie outside the year {year}")


def _check_trust() -> None:
    """The trust's own half terms must not overlap, nor any school's with them."""
    try:
        trust_calendar()
    except ValueError as error:
        raise Conflict(str(error)) from error
    _check_schools(School.objects.filter(half_terms__isnull=False).distinct())


def _check_schools(schools: Iterable[School]) -> None:
    try:
        calendars(schools)
    except ValueError as error:
        raise Conflict(str(error)) from error
