"""The story's clock: what happens when, in order, up to the day on which the demo stands."""

from __future__ import annotations

import datetime as dt
import heapq
import tomllib
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from trust.calendar import LONDON, clock_at

STORY = Path(__file__).parent / "story"
Step = Callable[[], object]


def story(name: str) -> dict[str, Any]:
    """One file of the story."""
    return tomllib.loads((STORY / f"{name}.toml").read_text(encoding="utf-8"))


def at(day: dt.date | str, clock: str = "09:00") -> dt.datetime:
    """A moment in London."""
    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), tzinfo=LONDON)


class Timeline:
    """Steps by moment; a step may add later ones."""

    def __init__(self) -> None:
        self._steps: list[tuple[dt.datetime, int, Step]] = []
        self._order = count()

    def add(self, moment: dt.datetime, step: Step) -> None:
        heapq.heappush(self._steps, (moment, next(self._order), step))

    def run(self, until: dt.date) -> Iterator[dt.datetime]:
        """Live through every step to the end of a day, each at its own time; yields the times."""
        while self._steps and self._steps[0][0].astimezone(LONDON).date() <= until:
            moment, _, step = heapq.heappop(self._steps)
            with clock_at(moment):
                step()
            yield moment
