"""Pure dates: school days, half terms and the deadlines counted from a Progress Board."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

#: The six half terms of a year in order; the key stays, the name is the trust's ("Term 1" in Kent).
HALF_TERM_KEYS = ("A1", "A2", "Sp1", "Sp2", "Su1", "Su2")


_clock: ContextVar[datetime | None] = ContextVar("clock", default=None)


class NoSchoolDayError(LookupError):
    """The calendar holds no such school day: the year is not entered, or it has none left."""


def today() -> date:
    """Return today's date in London, or the day on which the demo's clock stands still."""
    clock = _clock.get()
    if clock is not None:
        return clock.astimezone(LONDON).date()
    return _as_of() or datetime.now(LONDON).date()


def now() -> datetime:
    """Return the present instant in UTC; in the demo its day is the standing day, its time is real."""
    clock = _clock.get()
    if clock is not None:
        return clock.astimezone(UTC)
    present = datetime.now(LONDON)
    standing = _as_of()
    if standing is not None:
        present = datetime.combine(standing, present.time(), tzinfo=LONDON)
    return present.astimezone(UTC)


@contextmanager
def clock_at(moment: datetime | date) -> Iterator[None]:
    """Let the clock stand at a moment (a date means nine in the morning in London) for what is done inside.

    For the demo's story, for records entered later, and for tests.
    """
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 9, tzinfo=LONDON)
    token = _clock.set(moment)
    try:
        yield
    finally:
        _clock.reset(token)


def _as_of() -> date | None:
    """Return the demo's standing day from the settings, given as a date or in ISO form."""
    from django.conf import settings

    value = getattr(settings, "EYELINE_AS_OF", None)
    if not value:
        return None
    return value if isinstance(value, date) else date.fromisoformat(value)


def academic_year_of(day: date) -> int:
    """Return the year in which the academic year (1 September to 31 August) of the day begins."""
    return day.year if day.month >= 9 else day.year - 1


def bank_holidays_england(year: int) -> dict[date, str]:
    """Return the weekday bank holidays of one calendar year in England, in order, with their names."""
    import holidays

    found = holidays.country_holidays("GB", subdiv="ENG", years=year)
    # A bank holiday on a Saturday or Sunday is kept on its substitute day, which is listed as well.
    return {day: name for day, name in sorted(found.items()) if day.weekday() < 5}


@dataclass(frozen=True)
class HalfTermDates:
    """The first and last day of one half term, both included."""

    key: str
    name: str
    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a half term that ends before it starts."""
        if self.end < self.start:
            raise ValueError(f"{self.name} ends before it starts")

    @property
    def year(self) -> int:
        """Return the year in which its academic year begins, told by its end: some start in August."""
        return academic_year_of(self.end)

    def __contains__(self, day: date) -> bool:
        """Tell whether the day lies between its first and last day."""
        return self.start <= day <= self.end


@dataclass(frozen=True)
class SchoolCalendar:
    """The half terms and closed days of one school over one or more years."""

    half_terms: tuple[HalfTermDates, ...]
    closed_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Put the half terms in order and refuse two that overlap."""
        ordered = tuple(sorted(self.half_terms, key=lambda each: each.start))
        for earlier, later in pairwise(ordered):
            if later.start <= earlier.end:
                raise ValueError(f"{later.name} starts before {earlier.name} ends")
        object.__setattr__(self, "half_terms", ordered)
        object.__setattr__(self, "closed_days", frozenset(self.closed_days))

    @cached_property
    def school_days(self) -> tuple[date, ...]:
        """Return every school day in order."""
        return tuple(
            day
            for half_term in self.half_terms
            for day in _days(half_term.start, half_term.end)
            if day.weekday() < 5 and day not in self.closed_days
        )

    def is_school_day(self, day: date) -> bool:
        """Tell whether pupils are in school on the day."""
        place = bisect_left(self.school_days, day)
        return place < len(self.school_days) and self.school_days[place] == day

    def add_school_days(self, day: date, n: int) -> date:
        """Return the n-th school day after (before, when negative) a day that need not be one itself.

        With 0 the day itself, or the first school day after it. Raises NoSchoolDayError.
        """
        days = self.school_days
        place = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        if not 0 <= place < len(days):
            raise NoSchoolDayError(f"No school day {n:+d} from {day.isoformat()} in this calendar")
        return days[place]

    def next_school_day(self, day: date) -> date:
        """Return the day itself when it is a school day, else the first one after it; raises NoSchoolDayError."""
        return self.add_school_days(day, 0)

    def school_days_between(self, a: date, b: date) -> int:
        """Return how many school days it takes from a to b: a not counted, b counted; negative backwards."""
        if b < a:
            return -self.school_days_between(b, a)
        return bisect_right(self.school_days, b) - bisect_right(self.school_days, a)

    def half_term_of(self, day: date) -> HalfTermDates | None:
        """Return the half term that contains the day, or None in a holiday."""
        return next((each for each in self.half_terms if day in each), None)

    def half_term(self, key: str, year: int) -> HalfTermDates | None:
        """Return the half term of that key in the academic year that begins in that year, if entered."""
        return next((h for h in self.half_terms if h.key == key and h.year == year), None)

    def half_term_after(self, half_term: HalfTermDates) -> HalfTermDates | None:
        """Return the next half term, or None after the last one entered."""
        return next((each for each in self.half_terms if each.start > half_term.end), None)

    def school_days_of(self, half_term: HalfTermDates) -> tuple[date, ...]:
        """Return the school days of a half term in order."""
        days = self.school_days
        return days[bisect_left(days, half_term.start) : bisect_right(days, half_term.end)]

    def nth_school_day(self, half_term: HalfTermDates, n: int) -> date:
        """Return the n-th school day of a half term, counted from 1; raises NoSchoolDayError."""
        days = self.school_days_of(half_term)
        if not 1 <= n <= len(days):
            raise NoSchoolDayError(f"{half_term.name} has no school day number {n}")
        return days[n - 1]

    def third_day_rule(self, day: date) -> date:
        """Return the day, moved to the third school day of its half term when it is the first or second.

        A closed day moves to the next school day first. Raises NoSchoolDayError.
        """
        day = self.next_school_day(day)
        half_term = self.half_term_of(day)
        days = self.school_days_of(half_term) if half_term else ()
        return days[2] if day in days[:2] and len(days) > 2 else day

    def last_school_day_of_year(self, day: date) -> date:
        """Return the last school day of the academic year that contains the day; raises NoSchoolDayError."""
        half_term = self.half_term_of(day)
        year = half_term.year if half_term else academic_year_of(day)
        days = [d for h in self.half_terms if h.year == year for d in self.school_days_of(h)[-1:]]
        if not days:
            raise NoSchoolDayError(f"The year {year}/{(year + 1) % 100:02d} has no school day")
        return days[-1]


def _days(start: date, end: date) -> Iterable[date]:
    """Yield every day from start to end, both included."""
    return (date.fromordinal(n) for n in range(start.toordinal(), end.toordinal() + 1))
