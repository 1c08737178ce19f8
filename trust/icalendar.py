"""Meetings as entries of a calendar (RFC 5545): what a mail carries so that a diary follows the board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

FOLD = 75
"""Octets of a line; a longer one goes on in the next, after a space."""


@dataclass(frozen=True)
class Entry:
    """One meeting; `uid` and a growing `sequence` let a later mail move or cancel the entry of an earlier one."""

    uid: str
    sequence: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    place: str = ""
    url: str = ""
    is_cancelled: bool = False


def calendar_text(
    entries: Iterable[Entry], *, now: dt.datetime, organizer: str, attendee: str
) -> str:
    """The entries for one person: one as a request or its cancellation, several as a list to take over."""
    rows = list(entries)
    method = "PUBLISH"
    if len(rows) == 1:
        method = "CANCEL" if rows[0].is_cancelled else "REQUEST"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Eyeline//Progress Boards//EN",
             "CALSCALE:GREGORIAN", f"METHOD:{method}"]  # fmt: skip
    for entry in rows:
        lines += _event(entry, now, organizer, attendee)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(entry: Entry, now: dt.datetime, organizer: str, attendee: str) -> list[str]:
    said = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(entry.starts_at)}",
        f"DTEND:{_utc(entry.ends_at)}",
        f"SUMMARY:{_escaped(entry.summary)}",
        f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:{attendee}",
        f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}",
    ]
    if entry.place:
        said.append(f"LOCATION:{_escaped(entry.place)}")
    if entry.url:
        said.append(f"URL:{entry.url}")
    return [*said, "END:VEVENT"]


def _utc(at: dt.datetime) -> str:
    """A moment in UTC, so that the hour stays the hour across a clock change."""
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    flat = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return flat.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line cut where it grows too long, never inside a character."""
    parts: list[str] = []
    now = ""
    for letter in line:
        if len((now + letter).encode()) > FOLD - (1 if parts else 0):
            parts.append(now)
            now = ""
        now += letter
    return "\r\n ".join([*parts, now])
