"""What one supposition comes to: the boards it would add with their slots, those it offers or ends."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meetings.models import Action
from progress_boards.defaults import SEATS
from progress_boards.diary import Attendee
from progress_boards.models import ProgressBoard
from progress_boards.planner import hours_of, propose
from progress_boards.queries.date_check import slot_words
from progress_boards.queries.planning import (
    ROLE_WORDS,
    WITHOUT_A_DAY,
    moment,
    site_of,
)
from progress_boards.queries.replanning import KnownYears, YearChange
from progress_boards.scheduling import BoardRequest, DateProposal, Planning
from progress_boards.slots import CANCELLED, HELD, leave
from ratings.models import Band
from schools.models import School
from trust.access import Capacity
from trust.calendar import academic_year_of
from trust.models import AcademicYear
from trust.people.models import Person
from trust.templatetags.eyeline import day

Holders = Mapping[str, Person | None]


@dataclass(frozen=True)
class NewBoard:
    """A board that would be added: its half term, and the slot it would get or why there is none."""

    half_term: str
    starts_at: dt.datetime | None
    reason: str = ""

    @property
    def words(self) -> str:
        if self.starts_at is None:
            return f"{self.half_term}: {self.reason}"
        return f"{self.half_term}: {slot_words(self.starts_at)}"


@dataclass(frozen=True)
class Consequence:
    """What one supposition changes at one school."""

    label: str
    band: Band | None
    boards: int
    before: int
    after: int
    added: tuple[NewBoard, ...] = ()
    offered: tuple[str, ...] = ()
    short_notice: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    note: str = ""
    changes: tuple[YearChange, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether it changes no board."""
        return not (self.added or self.offered or self.short_notice or self.cancelled)


# -- boards that do not exist --------------------------------------------------------------------


def attendees_of_posts(holders: Holders) -> tuple[Attendee, ...]:
    """Those whose time a board would need: for the Chief Executive the representative, where there is one."""
    ceo = holders.get(Capacity.CEO)
    sits = {role: holders.get(role) for role in SEATS}
    if ceo is not None:
        sits[Capacity.CEO] = holders.get(Capacity.CEO_REPRESENTATIVE) or ceo
    return tuple(
        Attendee(person.pk, ROLE_WORDS[role], role == Capacity.CHAIR, role == Capacity.LINK_TRUSTEE)
        for role, person in sits.items()
        if person is not None
    )


def requests_of(
    known: KnownYears, changes: Iterable[YearChange], holders: Holders
) -> list[BoardRequest]:
    """The boards that these changes would add; their keys are of no board."""
    attendees = attendees_of_posts(holders)
    return [
        BoardRequest(
            key=-(known.school.pk * 1000 + academic_year_of(change.year.starts_on) % 100 * 10 + place),
            school=known.school.pk,
            school_name=known.school.name,
            year=academic_year_of(change.year.starts_on),
            half_term=slot.key,
            attendees=attendees,
            place=site_of(known.school.name, is_online=False),
        )
        for change in changes
        for place, slot in enumerate(change.added)
    ]  # fmt: skip


def tried(requests: list[BoardRequest], planning: Planning) -> DateProposal:
    """Dates for boards that do not exist; what is known is as before."""
    proposal = propose(requests, planning)
    for board in proposal.dated:
        planning.board_days[board.request.school].discard(board.day)
        for hour in hours_of(board):
            planning.diary.remove(hour)
    return proposal


def new_boards(
    proposal: DateProposal, known: KnownYears, requests: Iterable[BoardRequest]
) -> tuple[NewBoard, ...]:
    """The boards asked for, in their order, with the slot each would get."""
    dated = {d.request.key: moment(d.day, d.start) for d in proposal.dated}
    why = {u.request.key: u.reason for u in proposal.undated}
    names = {
        (academic_year_of(each.year.starts_on), key): name
        for each in known.years
        for key, name in each.names.items()
    }
    return tuple(
        NewBoard(names.get((r.year, r.half_term), r.half_term), dated.get(r.key), why.get(r.key, ""))
        for r in requests
    )  # fmt: skip


# -- what each supposition comes to --------------------------------------------------------------


def as_rated(
    label: str,
    band: Band | None,
    boards: int,
    changes: tuple[YearChange, ...],
    added: tuple[NewBoard, ...],
    known: KnownYears,
) -> Consequence:
    by_key = {
        (each.year.pk, key): board for each in known.years for key, board in each.boards.items()
    }
    return Consequence(
        label=label,
        band=band,
        boards=boards,
        before=sum(change.agreed_before for change in changes),
        after=sum(change.agreed_before + len(change.added) for change in changes),
        added=added,
        offered=tuple(
            _board_words(by_key[change.year.pk, slot.key])
            for change in changes
            for slot in change.offered
        ),
        short_notice=tuple(slot.name for change in changes for slot in change.short_notice),
        changes=changes,
    )


def _board_words(board: ProgressBoard) -> str:
    """Spring 1: 4 February 2027 at 9:30am."""
    meeting = board.meeting
    if meeting.starts_at is None or meeting.state in WITHOUT_A_DAY:
        return f"{board.half_term.name}: no date yet"
    return f"{board.half_term.name}: {slot_words(meeting.starts_at)}"


def as_left(
    known: KnownYears,
    leaves_on: dt.date,
    actions: Mapping[int, int],
    year: AcademicYear | None = None,
) -> Consequence:
    """A school leaving: boards from that day on are cancelled; what is held by then stays in the report."""
    boards = {
        (each.year.pk, key): board
        for each in known.years
        if year is None or each.year.pk == year.pk
        for key, board in each.boards.items()
        if board.meeting.state != CANCELLED
    }
    to_come = [board for board in boards.values() if not _is_over(board, leaves_on)]
    ends_on = leave((), leaves_on).access_ends_on
    count = actions.get(known.school.pk, 0)
    said = f"{count} open action{'' if count == 1 else 's'} superseded. " if count else ""
    return Consequence(
        "Leaves the trust", None, 0, len(boards), len(boards) - len(to_come),
        cancelled=tuple(_board_words(board) for board in to_come),
        note=f"{said}Access ends on {day(ends_on)}; what was held stays in the report",
    )  # fmt: skip


def _is_over(board: ProgressBoard, on: dt.date) -> bool:
    meeting = board.meeting
    has_day = meeting.day is not None and meeting.state not in WITHOUT_A_DAY
    return meeting.state in HELD or (has_day and meeting.day is not None and meeting.day < on)


def open_actions(schools: Sequence[School]) -> dict[int, int]:
    """By school, the actions that leaving would supersede."""
    if not schools:
        return {}
    rows = Action.objects.filter(school__in=schools, state__in=("draft", "open", "done"))
    return dict(Counter(rows.values_list("school_id", flat=True)))
