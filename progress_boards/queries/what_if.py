"""What a year would be if ratings changed, schools left or one joined: with dates, and nothing is saved."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from meetings.models import Action
from progress_boards.defaults import SEATS
from progress_boards.diary import Attendee
from progress_boards.models import ProgressBoard
from progress_boards.planner import hours_of, propose
from progress_boards.queries.date_check import slot_words
from progress_boards.queries.planning import (
    ROLE_WORDS,
    WITHOUT_A_DAY,
    key_of,
    moment,
    planning_of,
    planning_with_hours,
    seat_holders,
    site_of,
)
from progress_boards.queries.replanning import KnownYears, YearChange, changes_in, years_known
from progress_boards.scheduling import BoardRequest, DateProposal, Planning
from progress_boards.slots import CANCELLED, HELD, Halves, leave, replan
from ratings.models import Band, BoardPolicy
from schools.models import School
from schools.queries import trust_calendar
from trust.access import Capacity
from trust.calendar import academic_year_of, today
from trust.models import AcademicYear, HalfTerm
from trust.people.models import Person
from trust.templatetags.eyeline import day

LEAVES = "leaves"
MOST_JOINING = 5
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


# -- one school, every rating --------------------------------------------------------------------


@dataclass(frozen=True)
class SchoolWhatIf:
    """One school: each band beside the others, and what leaving on a day would do."""

    school: School
    by_band: tuple[Consequence, ...]
    leaving: Consequence | None
    vacant: tuple[str, ...]


def what_if_at(school: School, *, leaves_on: dt.date | None = None) -> SchoolWhatIf:
    """Each rating tried today at one school, with dates for what it adds; a fixed number of queries."""
    known = years_known([school], today())[school.pk]
    holders = seat_holders([school], today())[school.pk]
    planning = planning_of([school], known={school.pk: known.calendar})
    choices: list[tuple[str, Band | None, int]] = [
        (band.name, band, band.boards_per_year) for band in Band.objects.order_by("position")
    ]
    choices.append(("Not rated", None, BoardPolicy.current().not_rated))
    found = []
    for label, band, boards in choices:
        changes = changes_in(known, boards)
        requests = _requests(known, changes, holders)
        proposal = _tried(requests, planning)
        found.append(
            _rated(label, band, boards, changes, _new_boards(proposal, known, requests), known)
        )
    return SchoolWhatIf(
        school,
        tuple(found),
        _left(known, leaves_on, _open_actions([school])) if leaves_on else None,
        tuple(ROLE_WORDS[role].removeprefix("the ") for role in SEATS if holders.get(role) is None),
    )


# -- the whole trust, whatever is supposed -------------------------------------------------------


@dataclass(frozen=True)
class TrustLine:
    """One school in the year: as it stands, and what is supposed of it."""

    school: School
    before: int
    supposed: str
    consequence: Consequence | None


@dataclass(frozen=True)
class TrustWhatIf:
    """The year as it would be."""

    lines: tuple[TrustLine, ...]
    joining: Consequence | None
    before: int
    after: int
    undated: int


def what_if_trust(
    schools: Sequence[School],
    year: AcademicYear,
    *,
    supposed: Mapping[int, str],
    joins: int = 0,
    on: dt.date | None = None,
) -> TrustWhatIf:
    """The schools re-rated, leaving or joining on a day, dated together; `supposed` is a band's key or LEAVES."""
    from_day = max(on or today(), today())
    known = years_known(schools, from_day)
    bands = {str(band.pk): band for band in Band.objects.all()}
    leaving = [s for s in schools if supposed.get(s.pk) == LEAVES]
    rated = [s for s in schools if supposed.get(s.pk) in bands]
    holders = seat_holders(rated, from_day)
    changes = {
        s.pk: _of_year_only(changes_in(known[s.pk], bands[supposed[s.pk]].boards_per_year), year)
        for s in rated
    }
    requests = [r for s in rated for r in _requests(known[s.pk], changes[s.pk], holders[s.pk])]
    newcomers = _newcomers(joins, year, from_day)
    proposal = _tried([*requests, *newcomers], _without(leaving, from_day, rated, newcomers))
    found: dict[int, Consequence] = {}
    for school in rated:
        mine = [r for r in requests if r.school == school.pk]
        band = bands[supposed[school.pk]]
        found[school.pk] = _rated(
            band.name, band, band.boards_per_year, changes[school.pk],
            _new_boards(proposal, known[school.pk], mine), known[school.pk],
        )  # fmt: skip
    actions = _open_actions(leaving)
    for school in leaving:
        found[school.pk] = _left(known[school.pk], from_day, actions, year)
    lines = tuple(
        TrustLine(s, _live(known[s.pk], year), supposed.get(s.pk, ""), found.get(s.pk))
        for s in schools
    )
    joining = _joined(newcomers, proposal, year) if joins else None
    before = sum(line.before for line in lines)
    after = sum(line.consequence.after if line.consequence else line.before for line in lines)
    return TrustWhatIf(
        lines,
        joining,
        before,
        after + (joining.after if joining else 0),
        sum(1 for each in proposal.undated),
    )


def _of_year_only(changes: Iterable[YearChange], year: AcademicYear) -> tuple[YearChange, ...]:
    return tuple(each for each in changes if each.year.pk == year.pk)


def _live(known: KnownYears, year: AcademicYear | None = None) -> int:
    return sum(
        board.meeting.state != CANCELLED
        for each in known.years
        if year is None or each.year.pk == year.pk
        for board in each.boards.values()
    )


# -- boards that do not exist --------------------------------------------------------------------


def _attendees(holders: Holders) -> tuple[Attendee, ...]:
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


def _requests(
    known: KnownYears, changes: Iterable[YearChange], holders: Holders
) -> list[BoardRequest]:
    """The boards that these changes would add; their keys are of no board."""
    attendees = _attendees(holders)
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


def _tried(requests: list[BoardRequest], planning: Planning) -> DateProposal:
    """Dates for boards that do not exist; what is known is as before."""
    proposal = propose(requests, planning)
    for board in proposal.dated:
        planning.board_days[board.request.school].discard(board.day)
        for hour in hours_of(board):
            planning.diary.remove(hour)
    return proposal


def _new_boards(
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


def _without(
    leaving: Sequence[School],
    from_day: dt.date,
    rated: Iterable[School],
    newcomers: Iterable[BoardRequest],
) -> Planning:
    """What is known when the boards of those leaving are gone from a day on, and who joins has the trust's dates."""
    planning, hours = planning_with_hours(rated)
    gone = ProgressBoard.objects.filter(
        school__in=leaving, meeting__during__isnull=False, meeting__starts_at__date__gte=from_day
    )
    for meeting in gone.values_list("meeting_id", flat=True):
        for hour in hours.get(meeting, ()):
            planning.diary.remove(hour)
    joining = {request.school for request in newcomers}
    if not joining:
        return planning
    own = dict.fromkeys(joining, trust_calendar())
    return replace(planning, calendars={**planning.calendars, **own})


# -- a school that joins -------------------------------------------------------------------------


def _newcomers(joins: int, year: AcademicYear, from_day: dt.date) -> list[BoardRequest]:
    """The boards of schools that join on a day, each not rated; only who is the trust's own is known to sit there."""
    if not joins:
        return []
    policy, ends_in = BoardPolicy.current(), academic_year_of(year.starts_on)
    halves: Halves = "first" if policy.halves == "first" else "second"
    change = replan(
        policy.not_rated, (), trust_calendar(), year=ends_in, from_day=from_day, halves=halves
    )
    trusts_own = seat_holders([], from_day, of_trust=True)[0]
    return [
        BoardRequest(
            key=-(place * 10 + n),
            school=-place,
            school_name=f"Joining school {place}",
            year=ends_in,
            half_term=key,
            attendees=_attendees(trusts_own),
        )
        for place in range(1, min(joins, MOST_JOINING) + 1)
        for n, key in enumerate(change.added)
    ]


def _joined(
    newcomers: Sequence[BoardRequest], proposal: DateProposal, year: AcademicYear
) -> Consequence:
    names = {key_of(half): half.name for half in HalfTerm.objects.of_year(year)}
    dated = {d.request.key: moment(d.day, d.start) for d in proposal.dated}
    why = {u.request.key: u.reason for u in proposal.undated}
    boards = BoardPolicy.current().not_rated
    return Consequence(
        "Joins, not rated", None, boards, 0, len(newcomers),
        added=tuple(
            NewBoard(f"{r.school_name}, {names.get(r.half_term, r.half_term)}",
                     dated.get(r.key), why.get(r.key, ""))
            for r in newcomers
        ),
        note="Chair, Link Trustee and headteacher count once they are appointed",
    )  # fmt: skip


# -- what each supposition comes to --------------------------------------------------------------


def _rated(
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


def _left(
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


def _open_actions(schools: Sequence[School]) -> dict[int, int]:
    """By school, the actions that leaving would supersede."""
    if not schools:
        return {}
    rows = Action.objects.filter(school__in=schools, state__in=("draft", "open", "done"))
    return dict(Counter(rows.values_list("school_id", flat=True)))
