"""What the clerk's page shows while the hour runs: the clock of each item and of the meeting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from meetings.models import AgendaItem, Meeting


@dataclass(frozen=True)
class Clock:
    """How long an item, or the meeting, has taken of the minutes it has."""

    seconds: int
    minutes: int
    is_running: bool = False

    @property
    def length(self) -> int:
        """The time it has, in seconds."""
        return self.minutes * 60

    @property
    def over(self) -> int:
        """By how many seconds it has run over; 0 when it has not."""
        return max(0, self.seconds - self.length)

    @property
    def words(self) -> str:
        """ "6:05 of 14 min", and "16:05 of 14 min, 2:05 over" once it is over."""
        said = f"{_face(self.seconds)} of {self.minutes} min"
        return f"{said}, {_face(self.over)} over" if self.over else said

    @property
    def as_data(self) -> dict[str, Any]:
        """What the page's own clock counts on from."""
        return {"spent": self.seconds, "running": self.is_running, "words": self.words}


def _face(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def clock_of_item(item: AgendaItem, now: dt.datetime) -> Clock:
    """The clock of one item, counting on while the meeting is at it."""
    running = item.begun_at is not None
    since = int((now - item.begun_at).total_seconds()) if item.begun_at else 0
    return Clock(item.seconds_spent + max(0, since), item.minutes, running)


def clock_of_hour(meeting: Meeting, now: dt.datetime) -> Clock | None:
    """The clock of the whole meeting; None before it starts."""
    if meeting.started_at is None:
        return None
    until = meeting.finished_at or now
    seconds = max(0, int((until - meeting.started_at).total_seconds()))
    return Clock(seconds, meeting.minutes_length, meeting.finished_at is None)


def clocks_of(meeting: Meeting, now: dt.datetime) -> dict[str, dict[str, Any]]:
    """Every item's clock by the id of its place on the page."""
    return {f"clock-{i.pk}": clock_of_item(i, now).as_data for i in meeting.items.all()}
