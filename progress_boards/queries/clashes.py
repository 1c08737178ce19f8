"""Dates that were right once and are no longer: what each breaks now, which slots are free, who could sit there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from trust.calendar import LONDON, SchoolCalendar, today
from trust.templatetags.eyeline import day

MOST_WITH_WAYS = 20
"""Clashes beside which the ways out stand; the page of a board shows them for every one."""
WANTED = 3


@dataclass(frozen=True)
class Clash:
    """What is wrong with a date that was right once, the page on which it is moved, and the ways out."""

    sentence: str
    url: str
    school: str
    free: tuple[Slot, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()


@dataclass
class _Wrong:
    """A board whose date breaks something: the reasons, and the seats whose people cannot come."""

    board: ProgressBoard
    on: dt.date
    reasons: list[str] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return f"{self.board.school}, {day(self.on)}: {'; '.join(self.reasons)}"


def clashes_of(
    boards: Iterable[ProgressBoard],
    everything: Iterable[ProgressBoard],
    known: Mapping[int, SchoolCalendar],
) -> dict[int, list[Clash]]:
    """By board still to come, what its date breaks now: a day closed since, a blackout, a neighbour, somebody who cannot come."""
    blackouts, away = hard_blackouts(), _away_from_today()
    days: dict[int, list[tuple[int, dt.date]]] = {}
    for board in everything:
        if board.meeting.day and board.meeting.state not in WITHOUT_A_DAY:
            days.setdefault(board.school_id, []).append((board.pk, board.meeting.day))
    found = []
    for board in boards:
        on = board.meeting.day
        if on is None or on < today() or board.meeting.during is None:
            continue
        if board.meeting.state in HELD:
            continue
        wrong = _Wrong(board, on, [b.reason for b in blackouts if b.covers(board.school_id, on)])
        others = [other for pk, other in days[board.school_id] if pk != board.pk]
        _look_at_day(wrong, known[board.school_id], others)
        _look_at_people(wrong, away)
        if wrong.reasons:
            found.append(wrong)
    ways = _ways_out(found[:MOST_WITH_WAYS], known)
    return {
        each.board.pk: [
            Clash(each.sentence, _page(each.board), each.board.school.name, *ways.get(each.board.pk, ()))
        ]
        for each in found
    }  # fmt: skip


def _page(board: ProgressBoard) -> str:
    return reverse("progress_boards:board-date", kwargs={"pk": board.pk})


def _look_at_day(wrong: _Wrong, calendar: SchoolCalendar, others: Iterable[dt.date]) -> None:
    if not calendar.is_school_day(wrong.on):
        wrong.reasons.append("it is not a school day of the school")
    spacing = DEFAULT_PLAN_RULES.spacing
    if any(not is_far_enough(calendar, wrong.on, other, spacing) for other in others):
        wrong.reasons.append(
            f"it is less than {spacing} school days from another board of the school"
        )


def _look_at_people(wrong: _Wrong, away: Mapping[int, Sequence[tuple[dt.date, dt.date]]]) -> None:
    required = [
        s for s in wrong.board.meeting.seats.all() if s.is_required and s.role in ROLE_WORDS
    ]
    cannot = [seat for seat in required if seat.reply == Seat.Reply.CANNOT]
    gone = [
        seat
        for seat in required
        if any(first <= wrong.on <= last for first, last in away.get(seat.person_id or 0, ()))
    ]
    wrong.reasons += [f"{ROLE_WORDS[seat.role]} cannot come" for seat in cannot]
    wrong.reasons += [f"{ROLE_WORDS[seat.role]} is away that day" for seat in gone]
    wrong.seats += [*cannot, *(seat for seat in gone if seat not in cannot)]


def _away_from_today() -> dict[int, list[tuple[dt.date, dt.date]]]:
    """By person, the days away still to come."""
    found: dict[int, list[tuple[dt.date, dt.date]]] = {}
    rows = AwayDays.objects.filter(ends_on__gte=today())
    for person, first, last in rows.values_list("person_id", "starts_on", "ends_on"):
        found.setdefault(person, []).append((first, last))
    return found


def _ways_out(
    found: Sequence[_Wrong], known: Mapping[int, SchoolCalendar]
) -> dict[int, tuple[tuple[Slot, ...], tuple[StandIn, ...]]]:
    """By board, the nearest free slots on other days and who could sit for those who cannot come."""
    if not found:
        return {}
    planning, hours = planning_with_hours({each.board.school for each in found}, known)
    by_hand = replace(planning, rules=BY_HAND, offsets=TO_THE_LAST_DAY)
    stand_ins = StandIns()
    ways = {}
    for each in found:
        board, request = each.board, request_of(each.board)
        wanted = (board.meeting.starts_at or moment(each.on, dt.time(9))).astimezone(LONDON)
        with lifted_out(planning, board.school_id, each.on, hours.get(board.meeting_id, ())):
            slots = nearest_free_slots(request, wanted, planning, WANTED + 1)
            slots = slots or nearest_free_slots(request, wanted, by_hand, WANTED + 1)
            free = [at for at in slots if at.date() != each.on][:WANTED]
            people = [
                stand_in
                for seat in each.seats
                for stand_in in stand_ins.for_seat(seat, board, request, wanted, planning)
            ]
        ways[board.pk] = (tuple(Slot(at) for at in free), tuple(people))
    return ways
