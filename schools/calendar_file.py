"""A CSV of term dates: school or blank, what, from, to; each fault by its row and column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from schools.cells import Unreadable, date
from schools.tabular import Columns, Refusal, Row, open_table
from trust.calendar import HALF_TERM_KEYS, academic_year_of
from trust.term_dates import HALF_TERM_NAMES

COLUMNS = Columns(
    required=("Kind", "From"),
    optional=("School", "To", "Note"),
    aliases={
        "Kind": ("What", "Type"),
        "From": ("Date", "Start"),
        "To": ("End",),
        "School": ("URN",),
    },
)
KINDS = {
    "inset": "inset",
    "inset day": "inset",
    "bank holiday": "bank_holiday",
    "occasional": "occasional",
    "occasional day": "occasional",
    "closure": "closure",
    "closed": "closure",
}
LONGEST_CLOSURE = 120


@dataclass(frozen=True)
class HalfTermLine:
    """The dates of one half term, of one school or (school empty) of the trust."""

    school_id: int | None
    key: str
    name: str
    year: int
    starts_on: dt.date
    ends_on: dt.date

    @property
    def what(self) -> str:
        return self.name

    @property
    def first(self) -> dt.date:
        return self.starts_on

    @property
    def last(self) -> dt.date:
        return self.ends_on


@dataclass(frozen=True)
class ClosedDays:
    """The weekdays from one date to another on which a school, or every school, is closed."""

    school_id: int | None
    kind: str
    days: tuple[dt.date, ...]
    note: str

    @property
    def what(self) -> str:
        """The kind in words."""
        return {"inset": "INSET"}.get(self.kind, self.kind.replace("_", " ").capitalize())

    @property
    def first(self) -> dt.date:
        return self.days[0]

    @property
    def last(self) -> dt.date:
        return self.days[-1]


Line = HalfTermLine | ClosedDays


@dataclass(frozen=True)
class SchoolNames:
    """How a file may name a school: by URN, by code or by its full name."""

    by_name: Mapping[str, int]

    def find(self, text: str) -> int | None:
        """Its key, or None for an empty cell; raises Unreadable for one that is not known."""
        if not text:
            return None
        try:
            return self.by_name[text.casefold()]
        except KeyError:
            raise Unreadable("the URN, code or name of a school of the trust, or nothing") from None


def read_calendar(
    stream: BinaryIO,
    file: str,
    schools: SchoolNames,
    own_names: Mapping[str, str] | None = None,
) -> tuple[list[Line], list[Refusal]]:
    """Read every line, or say what is wrong with it; the caller uses them only when none is refused.

    `own_names` are the trust's own names of the six half terms, by their keys.
    Raises FileRefused for what is no CSV of dates.
    """
    half_term_names = HALF_TERM_NAMES | dict(own_names or {})
    names = {key.casefold(): key for key in HALF_TERM_KEYS}
    names |= {name.casefold(): key for key, name in HALF_TERM_NAMES.items()}
    names |= {name.casefold(): key for key, name in half_term_names.items()}
    table = open_table(
        stream, file, COLUMNS, chooses="a header line with School, Kind, From, To, Note"
    )
    lines: list[Line] = []
    refused: list[Refusal] = []
    for row in table.rows:
        line = _line(row, file, schools, names, half_term_names)
        (refused if isinstance(line, Refusal) else lines).append(line)  # type: ignore[arg-type]
    return lines, refused


def _line(
    row: Row, file: str, schools: SchoolNames, keys: Mapping[str, str], names: Mapping[str, str]
) -> Line | Refusal:
    column = "School"
    try:
        school = schools.find(row.get("School"))
        column = "Kind"
        kind = row.get("Kind").casefold()
        if kind not in KINDS and kind not in keys:
            raise Unreadable(
                "a half term such as Autumn 1, or INSET, Bank holiday, Occasional day, Closure"
            )
        column = "From"
        start = date(row.get("From"))
        if start is None:
            raise Unreadable("a date, such as 02/11/2026")
        column = "To"
        end = date(row.get("To"))
        if kind in keys:
            if end is None:
                raise Unreadable("the last day of the half term")
            if end < start:
                raise Unreadable("a date after the first day")
            key = keys[kind]
            return HalfTermLine(school, key, names[key], academic_year_of(end), start, end)
        days = _weekdays(start, end or start)
        return ClosedDays(school, KINDS[kind], days, row.get("Note")[:120])
    except Unreadable as error:
        return Refusal(file, row.number, column, row.get(column)[:200], str(error))


def _weekdays(start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
    if not 0 <= (end - start).days <= LONGEST_CLOSURE:
        raise Unreadable(f"a date within {LONGEST_CLOSURE} days after the first day")
    every = (start + dt.timedelta(days=n) for n in range((end - start).days + 1))
    days = tuple(day for day in every if day.weekday() < 5)
    if not days:
        raise Unreadable("at least one weekday")
    return days
