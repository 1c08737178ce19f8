"""The term dates a trust starts with: an ordinary English calendar, to be changed on screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trust.calendar import HALF_TERM_KEYS, HalfTermDates, SchoolCalendar

HALF_TERM_NAMES = {
    "A1": "Autumn 1",
    "A2": "Autumn 2",
    "Sp1": "Spring 1",
    "Sp2": "Spring 2",
    "Su1": "Summer 1",
    "Su2": "Summer 2",
}


@dataclass(frozen=True)
class YearDates:
    """The half terms, INSET days and bank holidays of one academic year: 190 school days."""

    year: int
    half_terms: tuple[HalfTermDates, ...]
    inset_days: tuple[date, ...]
    bank_holidays: tuple[tuple[date, str], ...]

    @property
    def closed_days(self) -> frozenset[date]:
        """Return every day on which pupils are not in school although it may be a weekday."""
        return frozenset(self.inset_days) | {day for day, _ in self.bank_holidays}


def _half_terms(*dates: tuple[date, date]) -> tuple[HalfTermDates, ...]:
    """Name six pairs of dates in the order of the year."""
    return tuple(
        HalfTermDates(key, HALF_TERM_NAMES[key], start, end)
        for key, (start, end) in zip(HALF_TERM_KEYS, dates, strict=True)
    )


ENGLISH_YEARS: dict[int, YearDates] = {
    2025: YearDates(
        year=2025,
        half_terms=_half_terms(
            (date(2025, 9, 3), date(2025, 10, 24)),
            (date(2025, 11, 3), date(2025, 12, 19)),
            (date(2026, 1, 6), date(2026, 2, 13)),
            (date(2026, 2, 23), date(2026, 3, 27)),
            (date(2026, 4, 13), date(2026, 5, 22)),
            (date(2026, 6, 1), date(2026, 7, 20)),
        ),
        inset_days=(date(2025, 11, 28), date(2026, 6, 1)),
        bank_holidays=(
            (date(2025, 12, 25), "Christmas Day"),
            (date(2025, 12, 26), "Boxing Day"),
            (date(2026, 1, 1), "New Year's Day"),
            (date(2026, 4, 3), "Good Friday"),
            (date(2026, 4, 6), "Easter Monday"),
            (date(2026, 5, 4), "May Day"),
            (date(2026, 5, 25), "Spring Bank Holiday"),
            (date(2026, 8, 31), "Late Summer Bank Holiday"),
        ),
    ),
    2026: YearDates(
        year=2026,
        half_terms=_half_terms(
            (date(2026, 9, 3), date(2026, 10, 23)),
            (date(2026, 11, 2), date(2026, 12, 18)),
            (date(2027, 1, 5), date(2027, 2, 12)),
            (date(2027, 2, 22), date(2027, 3, 25)),
            (date(2027, 4, 12), date(2027, 5, 28)),
            (date(2027, 6, 7), date(2027, 7, 21)),
        ),
        inset_days=(date(2026, 11, 27), date(2027, 6, 7)),
        bank_holidays=(
            (date(2026, 12, 25), "Christmas Day"),
            (date(2026, 12, 28), "Boxing Day (substitute day)"),
            (date(2027, 1, 1), "New Year's Day"),
            (date(2027, 3, 26), "Good Friday"),
            (date(2027, 3, 29), "Easter Monday"),
            (date(2027, 5, 3), "May Day"),
            (date(2027, 5, 31), "Spring Bank Holiday"),
            (date(2027, 8, 30), "Late Summer Bank Holiday"),
        ),
    ),
}


def default_english_calendar(*years: int) -> SchoolCalendar:
    """Return the default calendar of the academic years that begin in the years given; KeyError for others."""
    chosen = [ENGLISH_YEARS[year] for year in years]
    return SchoolCalendar(
        half_terms=tuple(each for year in chosen for each in year.half_terms),
        closed_days=frozenset[date]().union(*(year.closed_days for year in chosen)),
    )
