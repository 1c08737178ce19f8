"""One date of a board, looked at: what speaks against it, who else could sit there, where it would go instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from meetings.models import Meeting, Seat
from progress_boards.diary import Engagement
from progress_boards.models import ProgressBoard
from progress_boards.queries.planning import (
    first_upper,
    moment,
    planning_of,
    request_of,
    site_of,
)
from progress_boards.queries.stand_ins import StandIn, StandIns
from progress_boards.scheduling import (
    DEFAULT_PLAN_RULES,
    BoardRequest,
    Planning,
    reasons_against_day,
    reasons_against_time,
)
from trust.calendar import LONDON, today
from trust.templatetags.eyeline import clock, day
from trust.timetable import DEFAULT_OFFSETS

# By hand a board may be agreed at short notice, early in the year or in the last weeks of summer: the
# page warns. What is never agreed is a closed day, another half term, a blackout, or two boards too near.
BY_HAND = replace(DEFAULT_PLAN_RULES, notice=0, first_day_of_year=0)
TO_THE_LAST_DAY = replace(DEFAULT_OFFSETS, summer_final=0)

NINE = dt.time(9)
Elsewhere = Mapping[tuple[int, dt.date], Collection[str]]
"""Where a person is on a day, in words."""


@dataclass(frozen=True)
class DateCheck:
    """What speaks against a date: refusals stand, warnings may be agreed; who could sit there, and free slots."""

    refusals: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    free: tuple[dt.datetime, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()

    @property
    def why(self) -> str:
        return first_upper("; ".join(self.refusals))

    @property
    def warning(self) -> str:
        return first_upper("; ".join(self.warnings))

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(Slot(each) for each in self.free)

    @property
    def sentence(self) -> str:
        """The refusals and the ways out, for somebody who has to find another date."""
        said = [self.why, self._free_words]
        if self.stand_ins:
            names = ", ".join(each.words for each in self.stand_ins)
            said.append(f"Free in that hour: {names}")
        return ". ".join(said)

    @property
    def _free_words(self) -> str:
        if not self.free:
            return "No other slot is free in this half term"
        return f"Nearest free: {', '.join(slot_words(each) for each in self.free)}"


@dataclass(frozen=True)
class Slot:
    """A free slot, in words and as a form sends it."""

    starts_at: dt.datetime

    @property
    def words(self) -> str:
        return slot_words(self.starts_at)

    @property
    def on(self) -> str:
        return self.starts_at.astimezone(LONDON).date().isoformat()

    @property
    def at(self) -> str:
        return f"{self.starts_at.astimezone(LONDON):%H:%M}"


def slot_words(starts_at: dt.datetime) -> str:
    """4 December 2026 at 9:30am."""
    return f"{day(starts_at)} at {clock(starts_at)}"


# -- one date ------------------------------------------------------------------------------------


def check_date(
    board: ProgressBoard, starts_at: dt.datetime, *, place: str = "", is_online: bool = False
) -> DateCheck:
    """Look at a date for a board; the ways out are looked for only when it is refused."""
    planning = planning_of([board.school], besides=board)
    request = request_of(board, site_of(place or board.school.name, is_online))
    local = starts_at.astimezone(LONDON)
    people = [each.person for each in request.attendees]
    elsewhere = taken_elsewhere(people, local.date(), besides=board.meeting)
    return look_at(board, request, local, planning, StandIns(local.date()), elsewhere)


def look_at(
    board: ProgressBoard,
    request: BoardRequest,
    local: dt.datetime,
    planning: Planning,
    stand_ins: StandIns,
    elsewhere: Elsewhere,
) -> DateCheck:
    """Look at a date in what is known already; `local` is a wall clock in England."""
    on, at = local.date(), local.time()
    by_hand = replace(planning, rules=BY_HAND, offsets=TO_THE_LAST_DAY)
    refusals = reasons_against_day(request, on, by_hand)
    warnings = tuple(r for r in reasons_against_day(request, on, planning) if r not in refusals)
    engaged = reasons_against_time(request, on, at, planning)
    refusals += _in_words(request, engaged, on, elsewhere)
    if not refusals:
        return DateCheck((), warnings)
    free = nearest_free_slots(request, local, planning)
    return DateCheck(
        refusals,
        warnings,
        free or nearest_free_slots(request, local, by_hand),
        stand_ins.free(board, request, local, planning) if engaged else (),
    )


def _in_words(
    request: BoardRequest, reasons: Iterable[str], on: dt.date, elsewhere: Elsewhere
) -> tuple[str, ...]:
    """Who cannot be there, and where they are instead."""
    said = []
    for each in request.attendees:
        where = elsewhere.get((each.person, on), ())
        for reason in reasons:
            if not reason.startswith(each.words):
                continue
            if reason == f"{each.words} is engaged" and where:
                reason = f"{each.words} is booked at {' and '.join(where)} that day"
            said.append(reason)
    return tuple(said)


def taken_elsewhere(
    people: Collection[int], on: dt.date | None = None, *, besides: Meeting | None = None
) -> dict[tuple[int, dt.date], list[str]]:
    """Where these people sit by person and day, on one day or from today on, in one query."""
    seats = Seat.objects.filter(person__in=people, during__isnull=False)
    if on is not None:
        seats = seats.filter(meeting__starts_at__date=on)
    else:
        seats = seats.filter(meeting__starts_at__date__gte=today())
    if besides is not None:
        seats = seats.exclude(meeting=besides)
    found: dict[tuple[int, dt.date], list[str]] = {}
    for seat in seats.select_related("meeting__school").order_by("meeting__starts_at", "pk"):
        meeting = seat.meeting
        if meeting.day is None or seat.person_id is None:
            continue
        where = meeting.school.name if meeting.school else meeting.title
        found.setdefault((seat.person_id, meeting.day), []).append(
            f"{where} at {clock(meeting.starts_at)}"
        )
    return found


def nearest_free_slots(
    request: BoardRequest,
    wanted: dt.datetime,
    planning: Planning,
    count: int = 3,
    *,
    not_before: dt.date | None = None,
) -> tuple[dt.datetime, ...]:
    """The slots nearest to a wanted time that keep every rule, one a day, in order."""
    calendar = planning.calendars[request.school]
    half_term = calendar.half_term(request.half_term, request.year)
    if half_term is None:
        return ()
    days = list(calendar.school_days_of(half_term))
    following = calendar.half_term_after(half_term)
    if request.is_rebooked and following:
        days += calendar.school_days_of(following)[: planning.rules.rebooked_into_next]
    starts = sorted(
        planning.rules.starts(),
        key=lambda start: abs(moment(wanted.date(), start) - wanted),
    )
    found: list[dt.datetime] = []
    for each in sorted(days, key=lambda day_: abs(day_ - wanted.date())):
        if not_before is not None and each < not_before:
            continue
        if reasons_against_day(request, each, planning):
            continue
        free = (s for s in starts if not reasons_against_time(request, each, s, planning))
        start = next(free, None)
        if start is not None:
            found.append(moment(each, start))
        if len(found) == count:
            break
    return tuple(sorted(found))


def slots_for(board: ProgressBoard, *, after_its_week: bool = False) -> tuple[Slot, ...]:
    """Free slots for a board without a date; for one that is lost to an inspection, after the week of its date."""
    planning = planning_of([board.school], besides=board)
    request = request_of(board)
    meeting, on, since = board.meeting, planning.today or today(), None
    wanted = max(meeting.starts_at or moment(board.half_term.starts_on, NINE), moment(on, NINE))
    if after_its_week and meeting.day is not None:
        since = meeting.day + dt.timedelta(days=7 - meeting.day.weekday())
        request = replace(request, is_rebooked=True)
        wanted = moment(since, wanted.astimezone(LONDON).time())
        planning = replace(planning, today=max(on, since - dt.timedelta(days=1)))
    free = nearest_free_slots(request, wanted, planning, not_before=since)
    if not free and not after_its_week:
        by_hand = replace(planning, rules=BY_HAND, offsets=TO_THE_LAST_DAY)
        free = nearest_free_slots(request, wanted, by_hand)
    return tuple(Slot(each) for each in free)


@contextmanager
def lifted_out(
    planning: Planning, school: int, on: dt.date | None, hours: Iterable[Engagement]
) -> Iterator[None]:
    """Look at a year as if one of its boards had no date."""
    hours, days = list(hours), planning.board_days.setdefault(school, set())
    was_there = on in days
    for hour in hours:
        planning.diary.remove(hour)
    if on is not None:
        days.discard(on)
    try:
        yield
    finally:
        for hour in hours:
            planning.diary.add(hour)
        if on is not None and was_there:
            days.add(on)
