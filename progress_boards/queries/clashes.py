"""Dates that were right once and are no longer: what each breaks now, which slots are free, who could sit there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.urls import reverse

from meetings.models import Seat
from progress_boards.models import AwayDays, ProgressBoard
from progress_boards.queries.date_check import (
    BY_HAND,
    TO_THE_LAST_DAY,
    Slot,
    lifted_out,
    nearest_free_slots,
)
from progress_boards.queries.planning import (
    ROLE_WORDS,
    WITHOUT_A_DAY,
    hard_blackouts,
    moment,
    planning_with_hours,
    request_of,
)
from progress_boards.queries.stand_ins import StandIn, StandIns
from progress_boards.scheduling import DEFAULT_PLAN_RULES, is_far_enough
from progress_boards.slots import HELD
from schools.queries import calendars
from trust.calendar import LONDON, SchoolCalendar, today
from trust.models import AcademicYear
from trust.templatetags.eyeline import day

WANTED = 3


@dataclass(frozen=True)
class Clash:
    """What is wrong with a date that was right once, the page on which it is moved, and the ways out once looked for."""

    board: int
    sentence: str
    url: str
    school: str
    people: frozenset[int]
    """Whoever holds a seat at the board."""
    seats: tuple[int, ...]
    """The seats whose people cannot come."""
    free: tuple[Slot, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()


@dataclass(frozen=True)
class _Dated:
    """A board with a day, as far as it may clash."""

    pk: int
    school_id: int
    school: str
    meeting: int
    on: dt.date
    is_to_come: bool


@dataclass(frozen=True)
class _Seated:
    """One seat of a board still to come."""

    pk: int
    role: str
    person: int | None
    is_required: bool
    reply: str


def clashes_of_year(year: AcademicYear) -> tuple[Clash, ...]:
    """What the dates still to come of a year break now, soonest first: a day closed since, a blackout, a neighbour, somebody who cannot come."""
    dated = _dated(year)
    to_come = [board for board in dated if board.is_to_come]
    if not to_come:
        return ()
    known = calendars({board.school_id for board in to_come})
    too_near = _too_near(dated, known)
    blackouts, away, seats = hard_blackouts(), _away_from_today(), _seats_by_meeting(year)
    found = []
    for board in to_come:
        reasons = [b.reason for b in blackouts if b.covers(board.school_id, board.on)]
        if not known[board.school_id].is_school_day(board.on):
            reasons.append("it is not a school day of the school")
        if board.pk in too_near:
            spacing = DEFAULT_PLAN_RULES.spacing
            reasons.append(
                f"it is less than {spacing} school days from another board of the school"
            )
        mine = seats.get(board.meeting, [])
        cannot, gone = _missing(mine, board.on, away)
        reasons += [f"{ROLE_WORDS[seat.role]} cannot come" for seat in cannot]
        reasons += [f"{ROLE_WORDS[seat.role]} is away that day" for seat in gone]
        if reasons:
            found.append(
                Clash(
                    board.pk,
                    f"{board.school}, {day(board.on)}: {'; '.join(reasons)}",
                    reverse("progress_boards:board-date", kwargs={"pk": board.pk}),
                    board.school,
                    frozenset(seat.person for seat in mine if seat.person),
                    tuple(dict.fromkeys(seat.pk for seat in (*cannot, *gone))),
                )
            )
    return tuple(found)


def _dated(year: AcademicYear) -> list[_Dated]:
    """The boards of the year that have a day, in order."""
    rows = (
        ProgressBoard.objects.of_year(year)
        .filter(meeting__starts_at__isnull=False)
        .exclude(meeting__state__in=WITHOUT_A_DAY)
        .order_by("meeting__starts_at", "pk")
        .values_list(
            "pk", "school_id", "school__name", "meeting_id", "meeting__starts_at",
            "meeting__state", "meeting__during",
        )
    )  # fmt: skip
    found = []
    for pk, school_id, school, meeting, starts_at, state, during in rows:
        if starts_at is not None:
            on = starts_at.astimezone(LONDON).date()
            to_come = on >= today() and during is not None and state not in HELD
            found.append(_Dated(pk, school_id, school, meeting, on, to_come))
    return found


def _too_near(dated: Iterable[_Dated], known: Mapping[int, SchoolCalendar]) -> set[int]:
    """The boards whose neighbour at the same school, before or after, is too near."""
    by_school: dict[int, list[_Dated]] = {}
    for board in dated:
        if board.school_id in known:
            by_school.setdefault(board.school_id, []).append(board)
    near: set[int] = set()
    for school, boards in by_school.items():
        for one, other in pairwise(boards):
            if not is_far_enough(known[school], one.on, other.on, DEFAULT_PLAN_RULES.spacing):
                near |= {one.pk, other.pk}
    return near


def _seats_by_meeting(year: AcademicYear) -> dict[int, list[_Seated]]:
    """By meeting, the seats of the year's boards from today on."""
    rows = Seat.objects.filter(
        meeting__progress_board__academic_year=year,
        meeting__starts_at__gte=moment(today(), dt.time.min),
    )
    found: dict[int, list[_Seated]] = {}
    for meeting, pk, role, person, is_required, reply in rows.order_by("pk").values_list(
        "meeting_id", "pk", "role", "person_id", "is_required", "reply"
    ):
        found.setdefault(meeting, []).append(_Seated(pk, role, person, is_required, reply))
    return found


def _missing(
    seats: Iterable[_Seated], on: dt.date, away: Mapping[int, Sequence[tuple[dt.date, dt.date]]]
) -> tuple[list[_Seated], list[_Seated]]:
    """Of those who must be there, who said that they cannot come, and who is away that day."""
    required = [seat for seat in seats if seat.is_required and seat.role in ROLE_WORDS]
    return (
        [seat for seat in required if seat.reply == Seat.Reply.CANNOT],
        [
            seat
            for seat in required
            if any(first <= on <= last for first, last in away.get(seat.person or 0, ()))
        ],
    )


def _away_from_today() -> dict[int, list[tuple[dt.date, dt.date]]]:
    """By person, the days away still to come."""
    found: dict[int, list[tuple[dt.date, dt.date]]] = {}
    rows = AwayDays.objects.filter(ends_on__gte=today())
    for person, first, last in rows.values_list("person_id", "starts_on", "ends_on"):
        found.setdefault(person, []).append((first, last))
    return found


def with_ways_out(clashes: Sequence[Clash]) -> tuple[Clash, ...]:
    """The same with the nearest free slots on other days, and who could sit for those who cannot come."""
    if not clashes:
        return ()
    boards = ProgressBoard.objects.with_meeting().in_bulk([each.board for each in clashes])
    planning, hours = planning_with_hours({board.school for board in boards.values()})
    by_hand = replace(planning, rules=BY_HAND, offsets=TO_THE_LAST_DAY)
    stand_ins = StandIns()
    found = []
    for each in clashes:
        board = boards[each.board]
        meeting, request = board.meeting, request_of(board)
        if meeting.starts_at is None:
            continue
        wanted = meeting.starts_at.astimezone(LONDON)
        on = wanted.date()
        with lifted_out(planning, board.school_id, on, hours.get(meeting.pk, ())):
            slots = nearest_free_slots(request, wanted, planning, WANTED + 1)
            slots = slots or nearest_free_slots(request, wanted, by_hand, WANTED + 1)
            people = tuple(
                stand_in
                for seat in meeting.seats.all()
                if seat.pk in each.seats
                for stand_in in stand_ins.for_seat(seat, board, request, wanted, planning)
            )
        free = tuple(Slot(at) for at in slots if at.date() != on)[:WANTED]
        found.append(replace(each, free=free, stand_ins=people))
    return tuple(found)
