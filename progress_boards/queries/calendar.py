"""The year's boards by school and half term, as each capacity may see them: gaps, clashes, a plain list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from progress_boards.defaults import SEATS
from progress_boards.models import ProgressBoard
from progress_boards.queries.calendar_lines import (
    BoardLine,
    Month,
    SchoolLine,
    board_line,
    by_date,
    months_of,
    school_lines,
)
from progress_boards.queries.clashes import Clash, clashes_of
from progress_boards.queries.planning import (
    WITHOUT_A_DAY,
    key_of,
)
from progress_boards.queries.readiness import readiness_by_board
from progress_boards.rules import may_plan_year
from progress_boards.slots import SLOTS
from ratings.models import Band, BoardPolicy
from schools.models import School
from schools.queries import calendars
from trust.access import Actor, Capacity
from trust.calendar import LONDON, today
from trust.models import AcademicYear, HalfTerm
from trust.numbers import whole_number

VIEWS = {"year": "Year", "term": "This term", "month": "Months", "list": "List"}
EVERYONE, MINE = "", "mine"


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class CalendarPage:
    """The page of the year's boards."""

    year: AcademicYear
    view: str
    half_terms: tuple[HalfTerm, ...]
    schools: tuple[SchoolLine, ...]
    boards: tuple[BoardLine, ...]
    months: tuple[Month, ...]
    clashes: tuple[Clash, ...]
    people: tuple[Choice, ...]
    years: tuple[Choice, ...]
    number: int
    policy: str
    notes: tuple[str, ...]
    may_plan: bool


def calendar_page(
    user: Actor, year: AcademicYear, *, view: str = "", who: str = ""
) -> CalendarPage:
    """Everything the page shows, in a fixed number of queries however many schools there are."""
    may_plan = bool(may_plan_year(user))
    everything = _boards(user, year)
    boards = [board for board in everything if _has_seat(board, who, user)]
    half_terms = list(HalfTerm.objects.of_year(year).select_related("term").order_by("order"))
    schools = _schools(user, year, boards, only_with_boards=bool(who))
    known = calendars(schools)
    clashes = clashes_of(boards, everything, known) if may_plan else {}
    shown = _of_this_term(half_terms, year) if view == "term" else half_terms
    ready = readiness_by_board(boards, user) if view in ("list", "month") else {}
    lines = tuple(
        replace(
            board_line(board, clashes, may_plan=may_plan),
            ready=ready[board.pk].words if board.pk in ready else "",
        )
        for board in by_date(boards)
    )
    return CalendarPage(
        year=year,
        view=view if view in VIEWS else "year",
        half_terms=tuple(shown),
        schools=school_lines(user, year, schools, shown, boards, clashes, may_plan=may_plan),
        boards=lines,
        months=months_of(lines, clashes, may_plan=may_plan) if view == "month" else (),
        clashes=tuple(c for mine in clashes.values() for c in mine),
        people=_people(user, everything, who),
        years=_years(year),
        number=sum(board.meeting.state != "cancelled" for board in boards),
        policy=_policy(),
        notes=_notes(half_terms, boards, may_plan=may_plan),
        may_plan=may_plan,
    )


EXPORT_COLUMNS = (
    "School", "URN", "Half term", "Date", "Starts", "Minutes", "Where", "State", "Chair",
    "Chief Executive", "Link Trustee", "Headteacher", "Clerk",
)  # fmt: skip


def export_rows(page: CalendarPage) -> Iterator[tuple[str, ...]]:
    """One row a board, as the list shows it, with who sits there."""
    for line in page.boards:
        meeting, school = line.board.meeting, line.board.school
        seats = {seat.role: str(seat.person or "") for seat in meeting.seats.all()}
        dated = meeting.state not in WITHOUT_A_DAY and meeting.starts_at
        yield (
            school.name, str(school.urn), line.board.half_term.name,
            f"{meeting.day:%Y-%m-%d}" if dated else "",
            f"{meeting.starts_at.astimezone(LONDON):%H:%M}" if dated and meeting.starts_at else "",
            str(meeting.minutes_length),
            "Online" if meeting.is_online else meeting.place, meeting.state_label,
            *(seats.get(role, "") for role in SEATS),
        )  # fmt: skip


# -- what is read --------------------------------------------------------------------------------


def _boards(user: Actor, year: AcademicYear) -> list[ProgressBoard]:
    return list(ProgressBoard.objects.visible_to(user).of_year(year).with_meeting())


def _has_seat(board: ProgressBoard, who: str, user: Actor) -> bool:
    person = user.person_id if who == MINE else whole_number(who)
    if who == EVERYONE or (person is None and who != MINE):
        return True
    return any(seat.person_id == person for seat in board.meeting.seats.all())


def _schools(
    user: Actor, year: AcademicYear, boards: Iterable[ProgressBoard], *, only_with_boards: bool
) -> list[School]:
    """Schools with a board here, and all others of the year that the person may know of."""
    found = {board.school_id: board.school for board in boards}
    if not only_with_boards:
        readable = School.objects.visible_to(user).in_trust(
            min(max(today(), year.starts_on), year.ends_on)
        )
        if not user.posts.is_trust_wide(*SCHEDULE_OF_ALL):
            readable = readable.filter(pk__in=user.posts.schools(*SCHEDULE_OF_OWN))
        found |= {school.pk: school for school in readable}
    return sorted(found.values(), key=lambda school: (school.name.casefold(), school.pk))


SCHEDULE_OF_ALL = (Capacity.CEO, Capacity.DSI, Capacity.TRUSTEE, Capacity.CLERK)
SCHEDULE_OF_OWN = (
    Capacity.CEO_REPRESENTATIVE, Capacity.HEAD, Capacity.LEADER, Capacity.LINK_TRUSTEE,
    Capacity.CHAIR, Capacity.LOCAL_COMMITTEE,
)  # fmt: skip


def _of_this_term(half_terms: list[HalfTerm], year: AcademicYear) -> list[HalfTerm]:
    """The half terms of the term that is on, or comes next, within the year."""
    current = next((half for half in half_terms if half.ends_on >= today()), None)
    if current is None or today() < year.starts_on:
        current = half_terms[0] if half_terms and today() < year.starts_on else None
    if current is None:
        return half_terms[-2:]
    return [half for half in half_terms if half.term_id == current.term_id]


def _people(user: Actor, boards: Iterable[ProgressBoard], who: str) -> tuple[Choice, ...]:
    """Everyone, oneself, and each person who holds a seat at one of these boards."""
    seats = {
        seat.person_id: seat
        for board in boards
        for seat in board.meeting.seats.all()
        if seat.person_id and seat.role in SEATS and seat.person_id != user.person_id
    }
    named = sorted(seats.values(), key=lambda s: (SEATS.index(s.role), str(s.person).casefold()))
    return (
        Choice(EVERYONE, "Everyone’s boards", who == EVERYONE),
        Choice(MINE, "My boards", who == MINE),
        *(
            Choice(str(s.person_id), f"{s.person}, {s.get_role_display()}", who == str(s.person_id))
            for s in named
        ),
    )


def _years(year: AcademicYear) -> tuple[Choice, ...]:
    years = AcademicYear.objects.order_by("-starts_on")
    return tuple(Choice(str(y.starts_on.year), y.name, y.pk == year.pk) for y in years)


def _policy() -> str:
    """How many boards each band has, such as "3 for a green school, 6 for amber or red; 3 for amber with a reason"."""
    bands = list(Band.objects.order_by("position"))
    by_number: dict[int, list[str]] = {}
    for band in bands:
        by_number.setdefault(band.boards_per_year, []).append(band.name.lower())
    parts = [
        f"{number} for {'a ' if not place else ''}{' or '.join(names)}{' school' if not place else ''}"
        for place, (number, names) in enumerate(sorted(by_number.items()))
    ]
    instead = [
        f"{b.also_allowed} for {b.name.lower()} with a reason" for b in bands if b.also_allowed
    ]
    return "; ".join([", ".join(parts), *instead])


def _notes(
    half_terms: Sequence[HalfTerm], boards: Sequence[ProgressBoard], *, may_plan: bool
) -> tuple[str, ...]:
    """Where three boards stand, and for the planners what was postponed and why."""
    names = {key_of(half): half.name for half in half_terms}
    three = [names[key] for key in SLOTS[BoardPolicy.current().halves][3] if key in names]  # type: ignore[index]
    notes = []
    if len(three) == 3:
        notes.append(
            f"Three boards a year stand in {three[0]}, {three[1]} and {three[2]}; six boards stand in every half term."
        )
    if may_plan:
        notes += [
            f"{board.school}’s {board.half_term} board was postponed: {board.meeting.postponed_reason}."
            for board in boards
            if board.meeting.postponed_reason
        ]
    return tuple(notes)
