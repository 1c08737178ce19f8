"""Dates for the boards of a year: each gets the best slot that keeps every hard rule, or a named reason.

Greedy, half term by half term, the school with the fewest days first; a board that finds no slot may ask
one board placed before it to move. The same question gets the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from progress_boards.diary import (
    DEFAULT_TRAVEL,
    Attendee,
    Blackout,
    Diary,
    Engagement,
    Travel,
)
from progress_boards.scheduling import (
    DEFAULT_PLAN_RULES,
    DEFAULT_WISHES,
    BoardRequest,
    DatedBoard,
    DateProposal,
    Planning,
    PlanRules,
    UndatedBoard,
    Wishes,
    days_allowed,
    is_far_enough,
    reasons_against_day,
    reasons_against_time,
    why_none,
)
from trust.calendar import SchoolCalendar
from trust.timetable import DEFAULT_OFFSETS, Offsets

NOON = time(12)
TRIES = 400
"""Slots of one board at which another is asked to move, before it is given up."""


def propose_dates(
    requests: Iterable[BoardRequest],
    calendars: Mapping[int, SchoolCalendar],
    busy: Iterable[Engagement] = (),
    blackouts: Iterable[Blackout] = (),
    *,
    board_days: Mapping[int, Iterable[date]] | None = None,
    today: date | None = None,
    rules: PlanRules = DEFAULT_PLAN_RULES,
    offsets: Offsets = DEFAULT_OFFSETS,
    travel: Travel = DEFAULT_TRAVEL,
    wishes: Wishes = DEFAULT_WISHES,
    discouraged: Iterable[Blackout] = (),
    weekdays: Mapping[int, frozenset[int]] | None = None,
    trust_board_days: Iterable[date] = (),
) -> DateProposal:
    """Return a date for each request, or why it has none.

    `board_days` are the days already agreed by school; `today` asks for notice (None waives it);
    `blackouts` are the hard ones, `discouraged` the soft; `weekdays` are those a person prefers.
    """
    planning = Planning(
        calendars,
        Diary(busy, travel),
        {school: set(days) for school, days in (board_days or {}).items()},
        tuple(blackouts),
        today,
        rules,
        offsets,
        wishes,
        tuple(discouraged),
        weekdays or {},
        tuple(sorted(trust_board_days)),
    )
    return propose(requests, planning)


def propose(requests: Iterable[BoardRequest], planning: Planning) -> DateProposal:
    """Return a date for each request in what is known; `planning` takes what is placed.

    One without a date has no free slot left at the end either: a slot given up since is tried again.
    """
    placing = _Placing(planning)
    undated: list[BoardRequest] = []
    for request in sorted(requests, key=placing.urgency):
        if not placing.place(request) and not placing.place_by_moving_another(request):
            undated.append(request)
    while again := [request for request in undated if placing.place(request)]:
        undated = [request for request in undated if request not in again]
    dated = sorted(
        placing.dated.values(), key=lambda each: (each.day, each.start, each.request.school_name)
    )
    why = (UndatedBoard(request, placing.why_none(request)) for request in undated)
    return DateProposal(tuple(dated), tuple(why))


@dataclass
class _Placing:
    """A year while it is laid out."""

    planning: Planning
    dated: dict[int, DatedBoard] = field(default_factory=dict)
    _days: dict[int, tuple[date, ...]] = field(default_factory=dict)
    _starts: tuple[time, ...] = ()

    def __post_init__(self) -> None:
        self._starts = tuple(self.planning.rules.starts())

    # -- days -----------------------------------------------------------------------------------

    def urgency(self, request: BoardRequest) -> tuple[date, int, str, int]:
        """Order requests: by half term, then those with the fewest days, then by school."""
        half_term = self.planning.calendars[request.school].half_term(
            request.half_term, request.year
        )
        start = half_term.start if half_term else date.max
        return (start, len(self._open_days(request)), request.school_name, request.key)

    def _all_days(self, request: BoardRequest) -> tuple[date, ...]:
        calendar = self.planning.calendars[request.school]
        half_term = calendar.half_term(request.half_term, request.year)
        if half_term is None:
            return ()
        return days_allowed(request, calendar, half_term, self.planning)

    def _open_days(self, request: BoardRequest) -> tuple[date, ...]:
        """The days that keep the hard rules but the distance to boards placed meanwhile."""
        found = self._days.get(request.key)
        if found is None:
            found = self._days[request.key] = tuple(
                day
                for day in self._all_days(request)
                if not reasons_against_day(request, day, self.planning)
            )
        return found

    def _near(self, request: BoardRequest, day: date) -> list[date]:
        """The school's boards that are too near to a day."""
        calendar = self.planning.calendars[request.school]
        return [
            other
            for other in self.planning.board_days.get(request.school, ())
            if not is_far_enough(calendar, day, other, self.planning.rules.spacing)
        ]

    # -- slots ----------------------------------------------------------------------------------

    def place(self, request: BoardRequest) -> bool:
        """Give the request its best free slot; False when it has none."""
        best = min(self._free_slots(request), default=None)
        if best is None:
            return False
        _, day, start = best
        self._put(request, day, start)
        return True

    def _free_slots(self, request: BoardRequest) -> Iterator[tuple[int, date, time]]:
        planning = self.planning
        diary = planning.diary
        for day in self._open_days(request):
            if self._near(request, day):
                continue
            chairs_enough = any(
                each.is_chair
                and diary.boards_chaired(each.person, day) >= planning.rules.chaired_a_day
                for each in request.attendees
            )
            if chairs_enough:
                continue
            busy = [each for each in request.attendees if diary.on(each.person, day)]
            price = self._price_of_day(request, day, busy)
            for start in self._starts:
                end = planning.rules.end_of(start)
                if any(
                    diary.is_engaged(each.person, day, start, end, request.place) for each in busy
                ):
                    continue
                afternoon = day.weekday() == 4 and end > NOON
                yield price + planning.wishes.friday_afternoon * afternoon, day, start

    def _price_of_day(self, request: BoardRequest, day: date, busy: Sequence[Attendee]) -> int:
        """What speaks softly against a day, in points."""
        planning, wishes = self.planning, self.planning.wishes
        calendar = planning.calendars[request.school]
        price = self._price_of_place(request, day)
        price += wishes.monday * (day.weekday() == 0)
        price += wishes.near * any(
            not is_far_enough(calendar, day, other, wishes.near_days)
            for other in planning.board_days.get(request.school, ())
        )
        price += wishes.discouraged * any(
            each.covers(request.school, day) for each in planning.discouraged
        )
        for each in request.attendees:
            preferred = planning.weekdays.get(each.person)
            price += wishes.other_weekday * bool(preferred and day.weekday() not in preferred)
            if each not in busy:
                price += wishes.alone * each.is_chair + wishes.alone // 2 * each.is_trustee
        following = next((d for d in planning.trust_board_days if d >= day), None)
        if following is not None:
            is_late = calendar.school_days_between(day, following) < wishes.trust_board_days
            price += wishes.before_trust_board * is_late
        return price

    def _price_of_place(self, request: BoardRequest, day: date) -> int:
        """Weeks three to five of a half term first; within them the sooner the better."""
        wishes = self.planning.wishes
        days = self._all_days(request)
        at = days.index(day)
        last = min(wishes.settle_in + wishes.settled_days, len(days) - wishes.run_out)
        if wishes.settle_in <= at < last:
            return wishes.later * (at - wishes.settle_in)
        away = wishes.settle_in - at if at < wishes.settle_in else at - last + 1
        return (wishes.unsettled + wishes.later * away) if wishes.unsettled else wishes.later * at

    def _put(self, request: BoardRequest, day: date, start: time) -> None:
        board = DatedBoard(request, day, start, self.planning.rules.end_of(start))
        self.dated[request.key] = board
        self.planning.board_days.setdefault(request.school, set()).add(day)
        for each in hours_of(board):
            self.planning.diary.add(each)

    def _take(self, board: DatedBoard) -> None:
        del self.dated[board.request.key]
        self.planning.board_days[board.request.school].discard(board.day)
        for each in hours_of(board):
            self.planning.diary.remove(each)

    # -- asking another to move ------------------------------------------------------------------

    def place_by_moving_another(self, request: BoardRequest) -> bool:
        """Place the request where one board of this proposal stands, if that one finds another slot."""
        tries = 0
        for day, start in self._slots(request):
            in_the_way = self._boards_in_the_way(request, day, start)
            if in_the_way is None or len(in_the_way) != 1:
                continue
            tries += 1
            if tries > TRIES:
                return False
            (other,) = in_the_way
            self._take(other)
            if not self._near(request, day) and not reasons_against_time(
                request, day, start, self.planning
            ):
                self._put(request, day, start)
                if self.place(other.request):
                    return True
                self._take(self.dated[request.key])
            self._put(other.request, other.day, other.start)
        return False

    def _slots(self, request: BoardRequest) -> Iterator[tuple[date, time]]:
        for day in self._open_days(request):
            for start in self._starts:
                yield day, start

    def _boards_in_the_way(
        self, request: BoardRequest, day: date, start: time
    ) -> list[DatedBoard] | None:
        """The boards of this proposal that hold the slot; None when something else holds it."""
        end = self.planning.rules.end_of(start)
        mine = {hour: b for b in self._on(day) for hour in hours_of(b)}
        found: dict[int, DatedBoard] = {}
        for each in request.attendees:
            for hour in self.planning.diary.in_the_way(each.person, day, start, end, request.place):
                if hour not in mine:
                    return None
                found[mine[hour].request.key] = mine[hour]
        for other in self._near(request, day):
            boards = [b for b in self._on(other) if b.request.school == request.school]
            if not boards:
                return None
            found |= {b.request.key: b for b in boards}
        return list(found.values())

    def _on(self, day: date) -> list[DatedBoard]:
        return [board for board in self.dated.values() if board.day == day]

    # -- why not ---------------------------------------------------------------------------------

    def why_none(self, request: BoardRequest) -> str:
        """The reasons met most often, in words."""
        met: Counter[str] = Counter()
        for day, start in self._slots(request):
            if not self._near(request, day):
                met.update(reasons_against_time(request, day, start, self.planning))
        return why_none(request, self.planning, met)


def hours_of(board: DatedBoard) -> list[Engagement]:
    """The hour in the diary of everybody the board needs."""
    return [
        Engagement(
            each.person, board.day, board.start, board.end, board.request.place, each.is_chair
        )
        for each in board.request.attendees
    ]
