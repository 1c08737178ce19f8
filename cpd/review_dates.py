"""When a training's impact is reviewed, in the school days of the school's own calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trust.calendar import NoSchoolDayError, SchoolCalendar

USE = 4
"""Guskey's level of "use of new knowledge": the level of the short form's one review."""
TERM_WEEKS = 13
"""A third of the thirty-nine weeks of a school year: how a term is counted where no dates are entered."""


@dataclass(frozen=True)
class PlannedReview:
    """One review to come: at which level, on which day."""

    level: int
    due_on: dt.date
    is_combined: bool = False


def short_plan(starts_on: dt.date, weeks: int, calendar: SchoolCalendar) -> list[PlannedReview]:
    """The short form's one review, levels 3 and 4 in one question."""
    day = day_for_school(starts_on + dt.timedelta(weeks=weeks), calendar)
    return [PlannedReview(USE, day, is_combined=True)]


def full_plan(
    starts_on: dt.date, steps: Iterable[Mapping[str, int]], calendar: SchoolCalendar
) -> list[PlannedReview]:
    """One review a level, so many weeks or terms after the start.

    "n terms" is read as the end of the n-th term after the one the training starts in: its last school
    day. A start in a holiday counts to the term that follows.
    """
    return [
        PlannedReview(
            step["level"],
            end_of_term(starts_on, step["terms"], calendar)
            if "terms" in step
            else day_for_school(starts_on + dt.timedelta(weeks=step["weeks"]), calendar),
        )
        for step in steps
    ]


def day_for_school(day: dt.date, calendar: SchoolCalendar) -> dt.date:
    """The day moved to a school day, and off the first two of a half term to the third.

    Where no school day is entered so far ahead, the next weekday.
    """
    try:
        return calendar.third_day_rule(day)
    except NoSchoolDayError:
        return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def end_of_term(starts_on: dt.date, terms: int, calendar: SchoolCalendar) -> dt.date:
    """The last school day of the n-th term after the one the day is in, or in a holiday, before."""
    ends: dict[tuple[int, str], dt.date] = {}
    for half_term in calendar.half_terms:
        days = calendar.school_days_of(half_term)
        if days:
            # "A1" and "A2" are one term, "Sp1" and "Sp2" the next.
            ends[half_term.year, half_term.key[:-1]] = days[-1]
    later = [day for day in ends.values() if day >= starts_on]
    if len(later) > terms:
        return later[terms]
    return day_for_school(starts_on + dt.timedelta(weeks=TERM_WEEKS * terms), calendar)
