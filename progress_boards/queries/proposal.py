"""A year's dates as they are proposed, and as they stand while somebody changes them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from progress_boards.models import ProgressBoard
from progress_boards.planner import hours_of, propose
from progress_boards.queries.date_check import (
    BY_HAND,
    TO_THE_LAST_DAY,
    DateCheck,
    Slot,
    lifted_out,
    look_at,
    nearest_free_slots,
    taken_elsewhere,
)
from progress_boards.queries.planning import (
    ROLE_WORDS,
    WITHOUT_A_DAY,
    key_of,
    moment,
    planning_of,
    request_of,
)
from progress_boards.queries.stand_ins import StandIn, StandIns
from progress_boards.queries.weeks import Card, Grid, grid_of
from progress_boards.scheduling import BoardRequest, DatedBoard, Planning
from trust.calendar import LONDON
from trust.models import AcademicYear, HalfTerm
from trust.templatetags.eyeline import clock

MOST_AT_ONCE = 60
"""Boards on one page; beyond that the page shows one half term."""
MOST_OPENINGS = 20
"""Boards without a slot for which stand-ins are tried: more than that is a matter of people, not of dates."""
TRIED = 4
"""Stand-ins tried for each seat."""


@dataclass(frozen=True)
class Opening:
    """A slot that would be free if somebody else sat there."""

    stand_in: StandIn
    slot: Slot


@dataclass(frozen=True)
class ProposedDate:
    """One board without a date: the slot proposed for it, or why there is none and what would open one."""

    board: ProgressBoard
    starts_at: dt.datetime | None
    reason: str = ""
    by_agreement: tuple[Slot, ...] = ()
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True)
class HalfChoice:
    """One half term and how many of its boards have no date."""

    key: str
    name: str
    count: int
    is_chosen: bool


def undated_boards(year: AcademicYear, half: str = "") -> list[ProgressBoard]:
    """The boards of a year, or of one half term, that are planned and have no date, with all that a proposal reads."""
    boards = (
        ProgressBoard.objects.of_year(year)
        .filter(meeting__state="planned")
        .with_meeting()
        .select_related("academic_year")
    )
    return [board for board in boards if not half or key_of(board.half_term) == half]


def half_choices(boards: Iterable[ProgressBoard], asked: str) -> tuple[HalfChoice, ...]:
    """The half terms that have boards without a date; one is chosen when it is asked for or they are too many."""
    boards = list(boards)
    counts = Counter(key_of(board.half_term) for board in boards)
    names = {key_of(board.half_term): board.half_term for board in boards}
    ordered = sorted(names, key=lambda key: names[key].order)
    chosen = asked if asked in counts else ""
    if not chosen and len(boards) > MOST_AT_ONCE:
        chosen = ordered[0]
    return tuple(HalfChoice(key, names[key].name, counts[key], key == chosen) for key in ordered)


def propose_year(year: AcademicYear, half: str = "") -> list[ProposedDate]:
    """A date for each board of the year that has none: a proposal, which changes nothing.

    All boards are placed together; with a half term only its own are returned.
    """
    boards = undated_boards(year)
    planning = planning_of({board.school for board in boards})
    proposal = propose([request_of(board) for board in boards], planning)
    by_key = {board.pk: board for board in boards if not half or key_of(board.half_term) == half}
    stand_ins = StandIns()
    undated = [each for each in proposal.undated if each.request.key in by_key]
    return [
        *(
            ProposedDate(by_key[d.request.key], moment(d.day, d.start))
            for d in proposal.dated
            if d.request.key in by_key
        ),
        *(
            _without_a_slot(by_key[u.request.key], u.request, u.reason, planning, stand_ins)
            if place < MOST_OPENINGS
            else ProposedDate(by_key[u.request.key], None, u.reason)
            for place, u in enumerate(undated)
        ),
    ]


def _without_a_slot(
    board: ProgressBoard,
    request: BoardRequest,
    reason: str,
    planning: Planning,
    stand_ins: StandIns,
) -> ProposedDate:
    """Why a board has no slot, those it would have by agreement, and those that a stand-in would open."""
    calendar = planning.calendars[request.school]
    half_term = calendar.half_term(request.half_term, request.year)
    if half_term is None:
        return ProposedDate(board, None, reason)
    middle = moment(half_term.start + (half_term.end - half_term.start) / 2, dt.time(9, 30))
    by_hand = replace(planning, rules=BY_HAND, offsets=TO_THE_LAST_DAY)
    agreed = nearest_free_slots(request, middle, by_hand, 2)
    openings = []
    seated = {seat.person_id for seat in board.meeting.seats.all()}
    for seat in board.meeting.seats.all():
        words = ROLE_WORDS.get(seat.role)
        if seat.person_id is None or words is None or words not in reason:
            continue
        free = (each for each in stand_ins.of(seat.role, request.school) if each.pk not in seated)
        for person, _ in zip(free, range(TRIED), strict=False):
            instead = tuple(
                replace(each, person=person.pk) if each.words == words else each
                for each in request.attendees
            )
            found = nearest_free_slots(replace(request, attendees=instead), middle, planning, 1)
            if found:
                openings.append(Opening(StandIn(seat.pk, person, words), Slot(found[0])))
                break
    return ProposedDate(board, None, reason, tuple(Slot(each) for each in agreed), tuple(openings))


# -- dates that somebody typed, dragged or chose -------------------------------------------------


def check_dates(rows: Mapping[ProgressBoard, dt.datetime]) -> dict[int, DateCheck]:
    """Look at each of these dates as if all the others were taken: two that clash are both named."""
    planning = planning_of({board.school for board in rows})
    as_sent = {board: placed(board, at) for board, at in rows.items()}
    people = {a.person for each in as_sent.values() for a in each.request.attendees}
    elsewhere = taken_elsewhere(people)
    set_already = {school: set(days) for school, days in planning.board_days.items()}
    for each in as_sent.values():
        planning.board_days.setdefault(each.request.school, set()).add(each.day)
        for hour in hours_of(each):
            planning.diary.add(hour)
            words = f"{each.request.school_name} at {clock(moment(each.day, each.start))}"
            elsewhere.setdefault((hour.person, each.day), []).append(words)
    stand_ins = StandIns()
    return {
        board.pk: _checked(
            board,
            each,
            _days_of_others(each, as_sent.values(), set_already),
            planning,
            stand_ins,
            elsewhere,
        )
        for board, each in as_sent.items()
    }


def _order(board: ProgressBoard) -> str:
    starts_at = board.meeting.starts_at
    return f"{starts_at.astimezone(LONDON):%H:%M}" if starts_at else ""


def placed(board: ProgressBoard, at: dt.datetime) -> DatedBoard:
    """The board as if it had this date, at its school."""
    local = at.astimezone(LONDON)
    end = (local + dt.timedelta(minutes=board.meeting.minutes_length)).time()
    return DatedBoard(request_of(board), local.date(), local.time(), end)


def _days_of_others(
    mine: DatedBoard, placed: Iterable[DatedBoard], set_already: Mapping[int, set[dt.date]]
) -> set[dt.date]:
    """The days of the school's other boards, which stay while this one is lifted out."""
    school = mine.request.school
    typed = {e.day for e in placed if e is not mine and e.request.school == school}
    return typed | set_already.get(school, set())


def _checked(
    board: ProgressBoard,
    mine: DatedBoard,
    other_days: set[dt.date],
    planning: Planning,
    stand_ins: StandIns,
    elsewhere: Mapping[tuple[int, dt.date], list[str]],
) -> DateCheck:
    own = f"{mine.request.school_name} at {clock(moment(mine.day, mine.start))}"
    others = {
        key: [where for where in places if where != own]
        for key, places in elsewhere.items()
        if key[1] == mine.day
    }
    with lifted_out(planning, mine.request.school, mine.day, hours_of(mine)):
        if mine.day in other_days:
            planning.board_days[mine.request.school].add(mine.day)
        wanted = moment(mine.day, mine.start)
        return look_at(board, mine.request, wanted, planning, stand_ins, others)


# -- the proposal as a calendar ------------------------------------------------------------------


def proposal_grids(
    year: AcademicYear,
    rows: Sequence[tuple[ProgressBoard, dt.datetime | None]],
    halves: Sequence[str],
) -> tuple[Grid, ...]:
    """The weeks of these half terms with the dates proposed, which may be moved, and those set already."""
    cards: dict[dt.date, list[Card]] = {}
    for board, at in rows:
        if at is not None:
            local = at.astimezone(LONDON)
            cards.setdefault(local.date(), []).append(
                Card(clock(local), board.school.name, f"#id_{board.pk}-on", "none",
                     field=f"id_{board.pk}-on", tick=f"id_{board.pk}-take", order=f"{local:%H:%M}")
            )  # fmt: skip
    dated = ProgressBoard.objects.of_year(year).filter(meeting__starts_at__isnull=False)
    for board in dated.exclude(meeting__state__in=WITHOUT_A_DAY).select_related(
        "meeting", "school"
    ):
        url = reverse("progress_boards:board-detail", kwargs={"pk": board.pk})
        if board.meeting.day is not None:
            cards.setdefault(board.meeting.day, []).append(
                Card(clock(board.meeting.starts_at), board.school.name, url, order=_order(board))
            )
    known = HalfTerm.objects.of_year(year).select_related("term").order_by("order")
    return tuple(
        grid_of(half.name, half.starts_on, half.ends_on, cards)
        for half in known
        if key_of(half) in halves
    )
