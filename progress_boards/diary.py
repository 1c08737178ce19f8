"""Who is engaged when: the clashes of one hour, travel included, and the blackouts of a school."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta


@dataclass(frozen=True)
class Attendee:
    """A required person: the key of their one diary and the words that name them."""

    person: int
    words: str
    is_chair: bool = False
    is_trustee: bool = False


@dataclass(frozen=True)
class Place:
    """Where a meeting is: online, or on a site; an unknown site is like no other."""

    site: str | None = None
    is_online: bool = False


UNKNOWN_PLACE = Place()


@dataclass(frozen=True)
class Engagement:
    """A person's time already taken, in London's wall-clock time; by default the whole day."""

    person: int
    day: date
    start: time = time.min
    end: time = time.max
    place: Place = UNKNOWN_PLACE
    is_chairing: bool = False  # an hour of a Progress Board in the Chair


@dataclass(frozen=True)
class Blackout:
    """Days on which no board may be, for some schools or (None) for all."""

    start: date
    end: date
    reason: str
    schools: frozenset[int] | None = None

    def covers(self, school: int, day: date) -> bool:
        """Tell whether it forbids the day to the school."""
        return self.start <= day <= self.end and (self.schools is None or school in self.schools)


@dataclass(frozen=True)
class Travel:
    """The minutes a person needs between two meetings."""

    on_site: int = 30
    online: int = 10
    same_site: int = 0

    def minutes(self, a: Place, b: Place) -> int:
        """Return the minutes from one place to the other, in either direction."""
        if a.is_online and b.is_online:
            return self.online
        if not a.is_online and not b.is_online and a.site is not None and a.site == b.site:
            return self.same_site
        return self.on_site

    def between(self, a: Place, b: Place) -> timedelta:
        """Return the time from one place to the other, in either direction."""
        return timedelta(minutes=self.minutes(a, b))


DEFAULT_TRAVEL = Travel()


DAY = 24 * 60


def minute_of(at: time) -> int:
    """Return the minute of the day; the last moment counts as its end."""
    return DAY if at == time.max else at.hour * 60 + at.minute


class Diary:
    """The engagements of everybody, by person and day, to which new boards are added."""

    def __init__(self, engagements: Iterable[Engagement], travel: Travel = DEFAULT_TRAVEL) -> None:
        """Take the engagements that exist."""
        self._travel = travel
        self._by_person_and_day: dict[tuple[int, date], list[Engagement]] = {}
        for each in engagements:
            self.add(each)

    def add(self, engagement: Engagement) -> None:
        """Take one more engagement."""
        key = (engagement.person, engagement.day)
        self._by_person_and_day.setdefault(key, []).append(engagement)

    def remove(self, engagement: Engagement) -> None:
        """Give back one engagement that was added; raises ValueError when it is not there."""
        self._by_person_and_day[engagement.person, engagement.day].remove(engagement)

    def on(self, person: int, day: date) -> Sequence[Engagement]:
        """Return what the person has that day."""
        return self._by_person_and_day.get((person, day), ())

    def in_the_way(
        self, person: int, day: date, start: time, end: time, place: Place
    ) -> list[Engagement]:
        """Return what keeps the person from being there from start to end, travel to and fro included."""
        found = self._by_person_and_day.get((person, day))
        if not found:
            return []
        begins, ends = minute_of(start), minute_of(end)
        return [
            each
            for each in found
            if begins < minute_of(each.end) + (way := self._travel.minutes(each.place, place))
            and minute_of(each.start) - way < ends
        ]

    def is_engaged(self, person: int, day: date, start: time, end: time, place: Place) -> bool:
        """Tell whether the person cannot be there from start to end, travel to and fro included."""
        return bool(self.in_the_way(person, day, start, end, place))

    def boards_chaired(self, person: int, day: date) -> int:
        """Return how many boards the person chairs on the day."""
        return sum(each.is_chairing for each in self.on(person, day))
