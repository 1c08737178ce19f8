"""How many boards a rating asks for, in which half terms, and what a new rating changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from trust.calendar import HALF_TERM_KEYS, HalfTermDates, NoSchoolDayError, SchoolCalendar
from trust.timetable import DEFAULT_OFFSETS, Offsets, last_safe_day

Halves = Literal["second", "first"]

# Each row contains the one before it, so that one board more or less moves no other.
SLOTS: Final[dict[Halves, dict[int, tuple[str, ...]]]] = {
    # Second halves leave time for learning walks, visits and assessment windows.
    "second": {
        1: ("Sp2",),
        2: ("A2", "Sp2"),
        3: ("A2", "Sp2", "Su2"),
        4: ("A2", "Sp1", "Sp2", "Su2"),
        5: ("A2", "Sp1", "Sp2", "Su1", "Su2"),
        6: HALF_TERM_KEYS,
    },
    "first": {
        1: ("Sp1",),
        2: ("A1", "Sp1"),
        3: ("A1", "Sp1", "Su1"),
        4: ("A1", "Sp1", "Sp2", "Su1"),
        5: ("A1", "A2", "Sp1", "Sp2", "Su1"),
        6: HALF_TERM_KEYS,
    },
}

BEFORE_ISSUED: Final = frozenset({"planned", "scheduled", "agenda_draft", "agenda_with_chair"})
HELD: Final = frozenset({"held", "with_chair", "accuracy_check", "final"})
CANCELLED: Final = "cancelled"

NOTICE = 20
ACCESS_AFTER_LEAVING = timedelta(days=30)


@dataclass(frozen=True)
class RatingPolicy:
    """The boards a year that each position of a band asks for; None is not rated."""

    best: int = 3
    middle: int = 6
    worst: int = 6
    not_rated: int = 3

    def boards_for(self, position: int | None) -> int:
        """Return the boards a year for a position: 1 best, 2 middle, 3 worst, 0 the band above best."""
        if position is None:
            return self.not_rated
        return {0: self.best, 1: self.best, 2: self.middle, 3: self.worst}[position]


DEFAULT_POLICY = RatingPolicy()


def slots_of_year(boards: int, halves: Halves = "second") -> tuple[str, ...]:
    """Return the keys of the half terms that hold so many boards a year; raises ValueError beyond 1 to 6."""
    if boards not in SLOTS[halves]:
        raise ValueError(f"A year has 1 to 6 boards, not {boards}")
    return SLOTS[halves][boards]


def position_counting_for(year: int, ratings: Iterable[tuple[date, int | None]]) -> int | None:
    """Return the position current on the 1 June before the academic year: it sets that year's number."""
    until = [rating for rating in ratings if rating[0] <= date(year, 6, 1)]
    return max(until, key=lambda rating: rating[0])[1] if until else None


@dataclass(frozen=True)
class PlannedBoard:
    """One board of the school in the year: the key of its half term and its state."""

    half_term: str
    state: str


@dataclass(frozen=True)
class Replan:
    """What a number of boards changes in a year from a day on, each half term by its key.

    `offered` wait for the CEO's ticks; `short_notice` may be added by agreement only.
    """

    added: tuple[str, ...]
    offered: tuple[str, ...]
    kept: tuple[str, ...]
    short_notice: tuple[str, ...]
    planned: int
    agreed: int
    held: int
    reasons: tuple[str, ...]


def replan(
    boards: int,
    existing: Iterable[PlannedBoard],
    calendar: SchoolCalendar,
    *,
    year: int,
    from_day: date,
    halves: Halves = "second",
    removed: Collection[str] = (),
    by_agreement: Collection[str] = (),
    notice: int = NOTICE,
    offsets: Offsets = DEFAULT_OFFSETS,
) -> Replan:
    """Return what a rating shared, or a school joining, on a day changes in the year's boards.

    `removed` are the offered half terms that the CEO ticked, `by_agreement` the short-notice ones
    that were agreed; both count in `agreed`. Raises ValueError when either was not on offer.
    """
    wanted = slots_of_year(boards, halves)
    existing = tuple(existing)
    taken = {each.half_term for each in existing}  # a cancelled board keeps its half term
    live = {each.half_term: each.state for each in existing if each.state != CANCELLED}
    added, short_notice, reasons = [], [], []
    for half_term in _open_half_terms(calendar, year, from_day):
        if half_term.key not in wanted or half_term.key in taken:
            continue
        if _leaves_notice(calendar, half_term, from_day, notice, offsets):
            added.append(half_term.key)
            reasons.append(f"{half_term.name}: board added")
        else:
            short_notice.append(half_term.key)
            reasons.append(
                f"{half_term.name}: too late for {notice} school days of notice, by agreement only"
            )
    offered = [
        key for key in HALF_TERM_KEYS if key not in wanted and live.get(key) in BEFORE_ISSUED
    ]
    reasons += [f"{_name(calendar, key, year)}: may be removed" for key in offered]
    reasons += [
        f"{_name(calendar, key, year)}: stays, its agenda is issued or it was held"
        for key in HALF_TERM_KEYS
        if key in live and key not in wanted and key not in offered
    ]
    _refuse_strangers(removed, offered, "offered for removal")
    _refuse_strangers(by_agreement, short_notice, "open to agreement")
    return Replan(
        added=tuple(added),
        offered=tuple(offered),
        kept=tuple(key for key in HALF_TERM_KEYS if key in live and key not in offered),
        short_notice=tuple(short_notice),
        planned=boards,
        agreed=len(live) + len(added) + len(set(by_agreement)) - len(set(removed)),
        held=sum(state in HELD for state in live.values()),
        reasons=tuple(reasons),
    )


@dataclass(frozen=True)
class Leaving:
    """What a school's leaving the trust does to its boards of the year, by half term."""

    cancelled: tuple[str, ...]
    kept: tuple[str, ...]
    reason: str
    access_ends_on: date


def leave(existing: Iterable[PlannedBoard], leaves_on: date) -> Leaving:
    """Return the boards that a school leaving on a day cancels, and the day on which access ends."""
    live = [each for each in existing if each.state != CANCELLED]
    return Leaving(
        cancelled=tuple(each.half_term for each in live if each.state not in HELD),
        kept=tuple(each.half_term for each in live if each.state in HELD),
        reason="School left the trust",
        access_ends_on=leaves_on + ACCESS_AFTER_LEAVING,
    )


def _open_half_terms(calendar: SchoolCalendar, year: int, from_day: date) -> list[HalfTermDates]:
    """Return the half terms of the year that are not over on the day."""
    return [each for each in calendar.half_terms if each.year == year and each.end >= from_day]


def _leaves_notice(
    calendar: SchoolCalendar,
    half_term: HalfTermDates,
    from_day: date,
    notice: int,
    offsets: Offsets,
) -> bool:
    """Tell whether a day of the half term lies so many school days ahead and is safe for the minutes."""
    days = calendar.school_days_of(half_term)
    if not days:
        return False
    if calendar.school_days[0] > from_day:
        return True  # the year has not begun: the count cannot start before the calendar does
    try:
        latest = min(days[-1], last_safe_day(calendar, half_term.end, offsets))
        return calendar.add_school_days(from_day, notice) <= latest
    except NoSchoolDayError:
        return False


def _name(calendar: SchoolCalendar, key: str, year: int) -> str:
    """Return the trust's name of a half term, or its key when the year is not entered."""
    half_term = calendar.half_term(key, year)
    return half_term.name if half_term else key


def _refuse_strangers(ticked: Collection[str], offer: Collection[str], words: str) -> None:
    """Raise ValueError for a half term that was ticked without being on offer."""
    strangers = sorted(set(ticked) - set(offer))
    if strangers:
        raise ValueError(f"{', '.join(strangers)}: not {words}")
