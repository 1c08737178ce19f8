"""The hard rules of a board's date: what speaks against a day for a school, and against an hour for its people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from progress_boards.diary import (
    UNKNOWN_PLACE,
    Attendee,
    Blackout,
    Diary,
    Place,
)
from trust.calendar import HalfTermDates, NoSchoolDayError, SchoolCalendar
from trust.timetable import DEFAULT_OFFSETS, Offsets, last_safe_day


@dataclass(frozen=True)
class PlanRules:
    """The rules of a year's dates; days are school days, all of them settings of the trust."""

    spacing: int = 20
    notice: int = 20
    first_day_of_year: int = 16  # the draft agenda of the first board opens on the first school day
    chaired_a_day: int = 3
    minutes: int = 60
    first_start: time = time(9)
    last_end: time = time(15)
    step: int = 30
    rebooked_into_next: int = 10  # a lost board may use the first two weeks of the next half term

    def starts(self) -> Iterator[time]:
        """Yield the times of day at which a board may start."""
        at = datetime.combine(date.min, self.first_start)
        last = datetime.combine(date.min, self.last_end) - timedelta(minutes=self.minutes)
        while at <= last:
            yield at.time()
            at += timedelta(minutes=self.step)

    def end_of(self, start: time) -> time:
        """Return the end of a board that starts at a time."""
        return (datetime.combine(date.min, start) + timedelta(minutes=self.minutes)).time()


DEFAULT_PLAN_RULES = PlanRules()


@dataclass(frozen=True)
class BoardRequest:
    """A board to be dated: its opaque key, its school, its half term and the people it needs."""

    key: int
    school: int
    school_name: str
    year: int
    half_term: str
    attendees: tuple[Attendee, ...] = ()
    place: Place = UNKNOWN_PLACE
    is_rebooked: bool = False


@dataclass(frozen=True)
class DatedBoard:
    """A request with the day and the hour proposed for it."""

    request: BoardRequest
    day: date
    start: time
    end: time


@dataclass(frozen=True)
class UndatedBoard:
    """A request for which no slot keeps every hard rule, with the reason in words."""

    request: BoardRequest
    reason: str


@dataclass(frozen=True)
class DateProposal:
    """The dates proposed for a year, in order, and the boards that found none."""

    dated: tuple[DatedBoard, ...]
    undated: tuple[UndatedBoard, ...]


@dataclass(frozen=True)
class Wishes:
    """What makes a slot less good, in points; a trust may change them, and 0 switches a wish off."""

    unsettled: int = 40  # outside the settled weeks of the half term
    settle_in: int = 10  # school days of a half term before its third week
    run_out: int = 3  # its last school days
    settled_days: int = 15  # weeks three to five
    later: int = 1  # a school day further into the settled weeks
    monday: int = 15  # when Ofsted calls
    friday_afternoon: int = 15
    near: int = 25  # another board of the school within `near_days`
    near_days: int = 25
    discouraged: int = 30  # a soft blackout
    other_weekday: int = 12  # a required person who prefers other weekdays
    alone: int = 10  # a Chair, and half of it a Link Trustee, who comes for this board only
    before_trust_board: int = 20  # minutes would not be final in time for it
    trust_board_days: int = 15


DEFAULT_WISHES = Wishes()


@dataclass
class Planning:
    """What is known while a year is dated: calendars, diaries, board days so far, blackouts, today."""

    calendars: Mapping[int, SchoolCalendar]
    diary: Diary
    board_days: dict[int, set[date]] = field(default_factory=dict)
    blackouts: Sequence[Blackout] = ()
    today: date | None = None
    rules: PlanRules = DEFAULT_PLAN_RULES
    offsets: Offsets = DEFAULT_OFFSETS
    wishes: Wishes = DEFAULT_WISHES
    discouraged: Sequence[Blackout] = ()
    """The soft blackouts."""
    weekdays: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """The weekdays that a person prefers, Monday 0; whoever is not named has none."""
    trust_board_days: Sequence[date] = ()


def is_far_enough(calendar: SchoolCalendar, a: date, b: date, spacing: int = 20) -> bool:
    """Tell whether two boards of one school lie at least so many school days apart."""
    return abs(calendar.school_days_between(a, b)) >= spacing


def reasons_against_day(request: BoardRequest, day: date, planning: Planning) -> tuple[str, ...]:
    """Return every hard rule that the day breaks for the school, in words; empty when it may be."""
    calendar = planning.calendars[request.school]
    rules = planning.rules
    half_term = calendar.half_term(request.half_term, request.year)
    if half_term is None:
        return (f"The half term {request.half_term} of {request.year} is not in the calendar",)
    found = []
    if not calendar.is_school_day(day):
        found.append("not a school day of the school")
    allowed = days_allowed(request, calendar, half_term, planning)
    if not allowed or not allowed[0] <= day <= allowed[-1]:
        found.append(f"outside {half_term.name}")
    found += [each.reason for each in planning.blackouts if each.covers(request.school, day)]
    found += _too_early(request, calendar, day, planning)
    if any(
        not is_far_enough(calendar, day, other, rules.spacing)
        for other in planning.board_days.get(request.school, ())
    ):
        found.append(f"less than {rules.spacing} school days from another board of the school")
    try:
        if day > last_safe_day(calendar, half_term.end, planning.offsets):
            found.append("after the last day whose minutes can be final before the summer")
    except NoSchoolDayError:
        found.append("the year is not in the calendar")
    return tuple(found)


def reasons_against_time(
    request: BoardRequest, day: date, start: time, planning: Planning
) -> tuple[str, ...]:
    """Return everybody who cannot be there at that time, in words; empty when all can."""
    end = planning.rules.end_of(start)
    found = []
    for each in request.attendees:
        if planning.diary.is_engaged(each.person, day, start, end, request.place):
            found.append(f"{each.words} is engaged")
        elif (
            each.is_chair
            and planning.diary.boards_chaired(each.person, day) >= planning.rules.chaired_a_day
        ):
            found.append(f"{each.words} chairs {planning.rules.chaired_a_day} boards that day")
    return tuple(found)


def _too_early(
    request: BoardRequest, calendar: SchoolCalendar, day: date, planning: Planning
) -> list[str]:
    """Return which start of the year or notice the day does not keep."""
    rules = planning.rules
    found: list[str] = []
    first = next(each for each in calendar.half_terms if each.year == request.year)
    first_days = calendar.school_days_of(first)[: rules.first_day_of_year]
    if first_days and day < first_days[-1]:
        found.append(f"before school day {rules.first_day_of_year} of the year")
    if planning.today is None:
        return found
    if day < planning.today:
        found.append("the day has passed")
    # A year planned before it begins needs no notice: its dates go out in summer.
    elif (
        not request.is_rebooked
        and first_days
        and planning.today >= first_days[0]
        and calendar.school_days_between(planning.today, day) < rules.notice
    ):
        found.append(f"less than {rules.notice} school days of notice")
    return found


def days_allowed(
    request: BoardRequest,
    calendar: SchoolCalendar,
    half_term: HalfTermDates,
    planning: Planning,
) -> tuple[date, ...]:
    """Return the school days of the half term; for a lost board with no week left in it, of the next one too.

    The week in which a board is lost is the week of the inspection.
    """
    days = calendar.school_days_of(half_term)
    following = calendar.half_term_after(half_term)
    today = planning.today
    if not request.is_rebooked or following is None or today is None:
        return days
    week_ends = today + timedelta(days=6 - today.weekday())
    if any(day > week_ends for day in days):
        return days
    left = tuple(day for day in days if day > today)
    return left + calendar.school_days_of(following)[: planning.rules.rebooked_into_next]


def why_none(request: BoardRequest, planning: Planning, met: Counter[str]) -> str:
    """Say why no slot was found: the people when days were open, else the rules the days break."""
    calendar = planning.calendars[request.school]
    half_term = calendar.half_term(request.half_term, request.year)
    if half_term is None:
        return f"The half term {request.half_term} of {request.year} is not in the calendar"
    if not met:
        for day in days_allowed(request, calendar, half_term, planning):
            met.update(reasons_against_day(request, day, planning))
    reasons = "; ".join(reason for reason, _ in met.most_common(3)) or "it has no school day"
    return f"No free slot in {half_term.name}: {reasons}"
