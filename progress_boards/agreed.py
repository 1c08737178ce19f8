"""Dates already agreed, as they are pasted from a list or a sheet: one board a line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from schools import cells

COLUMNS = ("School", "Date", "Time", "Chair")
MOST = 1_000


@dataclass(frozen=True)
class AgreedLine:
    """One line as it was typed, with what it says or, cell by cell, why it cannot be read."""

    row: int
    text: str
    school: str = ""
    day: date | None = None
    start: time | None = None
    chair: str = ""
    problems: tuple[str, ...] = ()


def read_agreed(text: str) -> list[AgreedLine]:
    """Read School, Date, Time and Chair from each line, parted by tabs, semicolons or commas.

    A heading line and empty lines are passed over; what follows the first 1,000 lines is not read.
    """
    lines = text.replace("\ufeff", "").replace("\x00", "").splitlines()[:MOST]
    found = []
    for row, line in enumerate(lines, 1):
        parts = _parts(line)
        if not any(parts) or (row == 1 and parts[0].casefold() == "school"):
            continue
        found.append(_line(row, line, parts))
    return found


def _parts(line: str) -> list[str]:
    parting = "\t" if "\t" in line else ";" if ";" in line else ","
    try:
        parts = next(csv.reader(io.StringIO(line), delimiter=parting, skipinitialspace=True), [])
    except csv.Error:
        parts = [line]
    return [part.strip() for part in parts] or [""]


def _line(row: int, text: str, parts: list[str]) -> AgreedLine:
    school, day, start, chair = (*parts, "", "", "", "")[:4]
    problems = list(_problems(row, school, day, start, len(parts)))
    return AgreedLine(
        row, text, school, _day(day), _start(start), chair, tuple(problems)
    )  # fmt: skip


def _problems(row: int, school: str, day: str, start: str, cells_found: int) -> Iterator[str]:
    if cells_found > len(COLUMNS):
        yield f"Row {row}: found {cells_found} cells, expected School, Date, Time and Chair"
    if not school:
        yield f"Row {row}, School: expected the URN, code or name of a school"
    if _day(day) is None:
        yield f"Row {row}, Date: found “{day[:40]}”, expected a date such as 3 December 2026"
    if _start(start) is None:
        yield f"Row {row}, Time: found “{start[:40]}”, expected a time such as 9:30am or 09:30"


def _day(text: str) -> date | None:
    plain = re.sub(
        r"^(mon|tues?|wed(nes)?|thur?s?|fri|sat(ur)?|sun)(day)?,?\s+", "", text, flags=re.I
    )
    plain = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", plain, flags=re.I)
    try:
        return cells.date(plain)
    except cells.Unreadable:
        return _written_out(plain)


def _written_out(text: str) -> date | None:
    """A date such as 3 December 2026 or 3 Dec 2026."""
    found = re.fullmatch(r"(\d{1,2})\s+([a-z]{3,9})\.?,?\s+(\d{4})", text.strip(), flags=re.I)
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    if found is None or found[2][:3].casefold() not in months:
        return None
    try:
        return date(int(found[3]), months.index(found[2][:3].casefold()) + 1, int(found[1]))
    except ValueError:
        return None


def _start(text: str) -> time | None:
    found = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", text.strip(), flags=re.I)
    if found is None or (found[2] is None and found[3] is None):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").casefold()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    return time(hour, minute) if hour < 24 and minute < 60 else None
