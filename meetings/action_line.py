"""An action typed in one line, "@maths director by 26 November Revised plan": who, by when, what."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
ISO = r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
SLASH = r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:/(?P<y>\d{4}))?"
WORDS = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m>[a-z]{3,9})(?:\s+(?P<y>\d{4}))?"
DATES = [re.compile(f"{pattern}\\b[\\s,:.–-]*", re.IGNORECASE) for pattern in (ISO, SLASH, WORDS)]


@dataclass(frozen=True)
class ActionLine:
    """What was read from one line; `problem` says in words what is missing."""

    text: str
    role: str = ""
    due_on: dt.date | None = None
    problem: str = ""


def read_line(line: str, *, today: dt.date, roles: Iterable[str] = ()) -> ActionLine:
    """Read one line; without "@" it is the action's text alone. A date without a year is the next such day."""
    line = " ".join(line.split())
    if not line.startswith("@"):
        return ActionLine(line)
    body = line[1:].strip()
    role, _, rest = body.partition(" by ")
    if rest and (found := _date_first(rest, today)):
        return _whole(role.strip(), found[0], found[1])
    if re.match(r"[\d]", rest) and role:
        return ActionLine(
            line,
            role.strip(),
            problem=f"“{rest[:20]}” does not begin with a date. Write 26 November",
        )
    for known in sorted(roles, key=len, reverse=True):
        if known and body.casefold().startswith(known.casefold()):
            return _whole(known, None, body[len(known) :].lstrip(" :,–-"))
    role, colon, rest = body.partition(":")
    if colon:
        return _whole(role.strip(), None, rest.strip())
    return ActionLine(
        line,
        problem="Write @who by when and what, such as @reading lead by 11 December Keep-up timetable",
    )


def _whole(role: str, due_on: dt.date | None, text: str) -> ActionLine:
    problem = "" if text else "Write what is to be done"
    return ActionLine(text, role, due_on, problem)


def _date_first(text: str, today: dt.date) -> tuple[dt.date, str] | None:
    """The date with which a text begins, and what follows it."""
    for pattern in DATES:
        if (match := pattern.match(text)) and (day := _day(match, today)):
            return day, text[match.end() :].strip()
    return None


def _day(match: re.Match[str], today: dt.date) -> dt.date | None:
    month = match["m"].casefold()
    number = (
        MONTHS.index(month[:3]) + 1 if month[:3] in MONTHS else int(month) if month.isdigit() else 0
    )
    try:
        if match["y"]:
            return dt.date(int(match["y"]), number, int(match["d"]))
        this_year = dt.date(today.year, number, int(match["d"]))
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    except ValueError:
        return None
