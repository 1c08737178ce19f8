"""The dates of a whole year taken at once: looked at together, dated one by one, told of in one mail each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from meetings.actions.scheduling import schedule_meeting
from meetings.models import Meeting
from meetings.rules import may
from progress_boards.actions.inviting import tell_of_dates
from progress_boards.actions.planning import Holders, seat_people
from progress_boards.models import ProgressBoard
from progress_boards.planner import hours_of
from progress_boards.queries.date_check import look_at, taken_elsewhere
from progress_boards.queries.planning import moment, planning_of, seat_holders
from progress_boards.queries.proposal import placed
from progress_boards.queries.stand_ins import StandIns
from progress_boards.scheduling import DatedBoard, Planning
from trust.access import Conflict, require
from trust.calendar import LONDON
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User
from trust.templatetags.eyeline import clock


@dataclass(frozen=True)
class Accepted:
    """What became of a year's dates: the boards that have theirs, and why others have none."""

    dated: tuple[ProgressBoard, ...]
    refused: dict[int, str]


def accept_dates(rows: Iterable[tuple[ProgressBoard, dt.datetime]], *, by: User) -> Accepted:
    """Date each board as accepted; one that is refused leaves the others dated. A board dated since is left.

    One transaction with the mails that tell of them: no date stands of which nobody is told. The year is
    read once, and each date is looked at in what is known with those before it.
    """
    wanted = {board.pk: starts_at for board, starts_at in rows}
    dated, refused = [], {}
    with transaction.atomic():
        boards = _undated(wanted)
        known = _Known.of(boards, wanted)
        for board in boards:
            try:
                with refusals_as_conflicts():
                    dated.append(known.accept(board, wanted[board.pk], by=by))
            except Conflict as conflict:
                refused[board.pk] = str(conflict)
        tell_of_dates(dated, by=by)
    return Accepted(tuple(dated), refused)


def _undated(wanted: Mapping[int, dt.datetime]) -> list[ProgressBoard]:
    """Those that still have no date, in the order of those they get; nobody else dates them meanwhile."""
    free = Meeting.objects.select_for_update().filter(
        progress_board__in=wanted.keys(), state="planned"
    )
    held = list(free.order_by("pk").values_list("pk", flat=True))
    boards = ProgressBoard.objects.with_meeting().filter(meeting__in=held)
    return sorted(boards, key=lambda board: (wanted[board.pk], board.pk))


@dataclass(frozen=True)
class _Known:
    """The year while its dates are taken: each one taken counts for those after it."""

    planning: Planning
    holders: dict[tuple[int, dt.date], Holders]
    elsewhere: dict[tuple[int, dt.date], list[str]]

    @classmethod
    def of(cls, boards: Sequence[ProgressBoard], wanted: Mapping[int, dt.datetime]) -> _Known:
        by_day: dict[dt.date, list[ProgressBoard]] = {}
        for board in boards:
            by_day.setdefault(_day(wanted[board.pk]), []).append(board)
        holders: dict[tuple[int, dt.date], Holders] = {}
        for on, there in by_day.items():
            for school, held in seat_holders([board.school for board in there], on).items():
                holders[school, on] = held
        people = {p.pk for held in holders.values() for p in held.values() if p}
        people |= {s.person_id for b in boards for s in b.meeting.seats.all() if s.person_id}
        return cls(planning_of({b.school for b in boards}), holders, taken_elsewhere(people))

    def accept(self, board: ProgressBoard, starts_at: dt.datetime, *, by: User) -> ProgressBoard:
        """Date one board; raises Conflict in words, with the nearest free slots."""
        require(may(by, board.meeting, "schedule"))
        on = _day(starts_at)
        if seat_people(board.meeting, self.holders[board.school_id, on], by=by, on=on):
            board = ProgressBoard.objects.with_meeting().get(pk=board.pk)
        mine = placed(board, starts_at)
        check = look_at(
            board, mine.request, moment(mine.day, mine.start), self.planning, StandIns(on),
            self.elsewhere,
        )  # fmt: skip
        if check.refusals:
            raise Conflict(check.sentence)
        schedule_meeting(
            board.meeting, starts_at=starts_at, by=by, place=board.school.name,
            calendar=self.planning.calendars[board.school_id],
        )  # fmt: skip
        self._take(mine)
        return board

    def _take(self, mine: DatedBoard) -> None:
        self.planning.board_days.setdefault(mine.request.school, set()).add(mine.day)
        words = f"{mine.request.school_name} at {clock(moment(mine.day, mine.start))}"
        for hour in hours_of(mine):
            self.planning.diary.add(hour)
            self.elsewhere.setdefault((hour.person, mine.day), []).append(words)


def _day(starts_at: dt.datetime) -> dt.date:
    return starts_at.astimezone(LONDON).date()
