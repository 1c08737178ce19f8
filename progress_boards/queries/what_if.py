"""What a year would be if ratings changed, schools left or one joined: with dates, and nothing is saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from progress_boards.defaults import SEATS
from progress_boards.models import ProgressBoard
from progress_boards.queries.planning import (
    ROLE_WORDS,
    key_of,
    moment,
    planning_of,
    planning_with_hours,
    seat_holders,
)
from progress_boards.queries.replanning import KnownYears, YearChange, changes_in, years_known
from progress_boards.queries.supposed import (
    Consequence,
    NewBoard,
    as_left,
    as_rated,
    attendees_of_posts,
    new_boards,
    open_actions,
    requests_of,
    tried,
)
from progress_boards.scheduling import BoardRequest, DateProposal, Planning
from progress_boards.slots import CANCELLED, Halves, replan
from ratings.models import Band, BoardPolicy
from schools.models import School
from schools.queries import trust_calendar
from trust.calendar import academic_year_of, today
from trust.models import AcademicYear, HalfTerm, TrustProfile
from trust.timetable import Offsets

LEAVES = "leaves"
MOST_JOINING = 5


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
        requests = requests_of(known, changes, holders)
        proposal = tried(requests, planning)
        found.append(
            as_rated(label, band, boards, changes, new_boards(proposal, known, requests), known)
        )
    return SchoolWhatIf(
        school,
        tuple(found),
        as_left(known, leaves_on, open_actions([school])) if leaves_on else None,
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
    requests = [r for s in rated for r in requests_of(known[s.pk], changes[s.pk], holders[s.pk])]
    newcomers = _newcomers(joins, year, from_day)
    proposal = tried([*requests, *newcomers], _without(leaving, from_day, rated, newcomers))
    found: dict[int, Consequence] = {}
    for school in rated:
        mine = [r for r in requests if r.school == school.pk]
        band = bands[supposed[school.pk]]
        found[school.pk] = as_rated(
            band.name, band, band.boards_per_year, changes[school.pk],
            new_boards(proposal, known[school.pk], mine), known[school.pk],
        )  # fmt: skip
    actions = open_actions(leaving)
    for school in leaving:
        found[school.pk] = as_left(known[school.pk], from_day, actions, year)
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


def _live(known: KnownYears, year: AcademicYear | None = None) -> int:
    return sum(
        board.meeting.state != CANCELLED
        for each in known.years
        if year is None or each.year.pk == year.pk
        for board in each.boards.values()
    )


# -- a school that joins -------------------------------------------------------------------------


def _newcomers(joins: int, year: AcademicYear, from_day: dt.date) -> list[BoardRequest]:
    """The boards of schools that join on a day, each not rated; only who is the trust's own is known to sit there."""
    if not joins:
        return []
    policy, ends_in = BoardPolicy.current(), academic_year_of(year.starts_on)
    halves: Halves = "first" if policy.halves == "first" else "second"
    change = replan(
        policy.not_rated, (), trust_calendar(), year=ends_in, from_day=from_day, halves=halves,
        offsets=Offsets.of(TrustProfile.current().offsets),
    )  # fmt: skip
    trusts_own = seat_holders([], from_day, of_trust=True)[0]
    return [
        BoardRequest(
            key=-(place * 10 + n),
            school=-place,
            school_name=f"Joining school {place}",
            year=ends_in,
            half_term=key,
            attendees=attendees_of_posts(trusts_own),
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
