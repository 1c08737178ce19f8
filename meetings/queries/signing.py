"""The draft minutes as whoever signs them reads them: what was changed since they were sent, and what follows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meetings.models import Correction, Meeting
from meetings.queries.checking import Check, checks_of
from meetings.queries.minutes import Line, MinutesPage, minutes_page
from meetings.queries.way import signer_word, statement_of
from meetings.rules import step
from meetings.tracked import Piece, changes, count
from trust.people.models import User


@dataclass(frozen=True)
class SignLine:
    """One item with what was changed in it since the minutes were sent."""

    line: Line
    pieces: tuple[Piece, ...]
    changed: int


@dataclass(frozen=True)
class SignPage:
    """The whole page."""

    minutes: MinutesPage
    lines: tuple[SignLine, ...]
    changed: int
    signer: str
    statement: str
    checks: bool
    until: dt.date | None
    sign_by: dt.date | None
    corrections: tuple[Correction, ...]
    open_corrections: int
    checks_of: tuple[Check, ...]


def sign_page(meeting: Meeting, *, reader: User) -> SignPage:
    """Read the minutes of a meeting for whoever signs them, in a fixed number of queries."""
    minutes = minutes_page(meeting, reader=reader)
    lines = tuple(_line(line) for line in minutes.lines)
    corrections = (*minutes.corrections, *(c for line in minutes.lines for c in line.corrections))
    return SignPage(
        minutes=minutes,
        lines=lines,
        changed=sum(line.changed for line in lines),
        signer=signer_word(meeting.kind),
        statement=statement_of(meeting.kind),
        checks=bool(step(meeting, "accuracy_check")),
        until=meeting.deadline("corrections"),
        sign_by=meeting.deadline("chair"),
        corrections=corrections,
        open_corrections=sum(1 for c in corrections if not c.answer),
        checks_of=tuple(checks_of(minutes)) if meeting.signed_at else (),
    )


def _line(line: Line) -> SignLine:
    pieces = changes(line.sent_text, line.text)
    return SignLine(line, pieces, count(pieces))
