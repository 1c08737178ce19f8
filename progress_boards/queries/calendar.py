"""The year's boards by school and half term, as each capacity may see them: gaps, clashes, a plain list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from meetings.states import DATED
from progress_boards.defaults import SEATS
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.clashes import Clash, clashes_of
from progress_boards.queries.planning import (
    WITHOUT_A_DAY,
    key_of,
)
from progress_boards.queries.readiness import readiness_by_board
from progress_boards.queries.weeks import Card, Grid, grid_of_month
from progress_boards.rules import may_plan_year
from progress_boards.slots import HELD, SLOTS
from ratings.models import Band, BoardPolicy, RatingAssessment
from schools.models import School
from schools.queries import calendars
from trust.access import Actor, Capacity
from trust.calendar import LONDON, today
from trust.models import AcademicYear, HalfTerm
from trust.numbers import whole_number
from trust.templatetags.eyeline import clock, day

VIEWS = {"year": "Year", "term": "This term", "month": "Months", "list": "List"}
EVERYONE, MINE = "", "mine"
READ_RATINGS = (
    Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI, Capacity.TRUSTEE, Capacity.HEAD,
    Capacity.LINK_TRUSTEE, Capacity.CHAIR,
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One half term of one school: `look` is "", held, clash, none (a gap), or empty (no board)."""

    half_term: str
    look: str = "empty"
    day: str = ""
    words: str = ""
    icon: str = ""
    url: str = ""


@dataclass(frozen=True)
class SchoolLine:
    """One school's row: its rating where it may be read, its number, its half terms."""

    school: School
    reads_rating: bool
    band: Band | None
    number: str
    cells: tuple[Cell, ...]
    url: str = ""


@dataclass(frozen=True)
class BoardLine:
    """One board in the plain list."""

    board: ProgressBoard
    when: str
    state: str
    tag: str
    url: str
    ready: str = ""
    """3 of 5 ready: for the head and whoever prepares the agenda, while the school prepares."""


@dataclass(frozen=True)
class Month:
    """The boards of one month, in order and as weeks; those without a day come last, under a name of their own."""

    name: str
    boards: tuple[BoardLine, ...]
    grid: Grid | None = None


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
            _board_line(board, clashes, may_plan=may_plan),
            ready=ready[board.pk].words if board.pk in ready else "",
        )
        for board in _by_date(boards)
    )
    return CalendarPage(
        year=year,
        view=view if view in VIEWS else "year",
        half_terms=tuple(shown),
        schools=_school_lines(user, year, schools, shown, boards, clashes, may_plan=may_plan),
        boards=lines,
        months=_months(lines, clashes, may_plan=may_plan) if view == "month" else (),
        clashes=tuple(c for mine in clashes.values() for c in mine),
        people=_people(user, everything, who),
        years=_years(year),
        number=sum(board.meeting.state != "cancelled" for board in boards),
        policy=_policy(),
        notes=_notes(half_terms, boards, may_plan=may_plan),
        may_plan=may_plan,
    )


def _months(
    lines: Iterable[BoardLine], clashes: dict[int, list[Clash]], *, may_plan: bool
) -> tuple[Month, ...]:
    """The lines by the month of their day, and the same month as weeks."""
    found: dict[str, list[BoardLine]] = {}
    cards: dict[dt.date, list[Card]] = {}
    days: dict[str, dt.date] = {}
    for line in lines:
        on = line.board.meeting.day if line.board.meeting.state not in WITHOUT_A_DAY else None
        name = f"{on:%B %Y}" if on else "Without a date"
        found.setdefault(name, []).append(line)
        if on is not None:
            days.setdefault(name, on)
            card = _card(line, is_clash=line.board.pk in clashes, may_plan=may_plan)
            cards.setdefault(on, []).append(card)
    return tuple(
        Month(name, tuple(boards), grid_of_month(days[name], cards) if name in days else None)
        for name, boards in found.items()
    )


def _card(line: BoardLine, *, is_clash: bool, may_plan: bool) -> Card:
    """A board on its day; one still to come is dragged by the planners onto a day that is then looked at."""
    meeting = line.board.meeting
    moves = may_plan and meeting.state in DATED
    look = "held" if meeting.state in HELD else "clash" if is_clash else ""
    order = f"{meeting.starts_at.astimezone(LONDON):%H:%M}" if meeting.starts_at else ""
    return Card(
        clock(meeting.starts_at), line.board.school.name, line.url, look,
        note=f"{line.state}, {line.ready}" if line.ready else line.state, order=order,
        field=f"on-{line.board.pk}" if moves else "",
        move_url=_url("board-date", line.board) if moves else "",
    )  # fmt: skip


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


# -- how it is drawn -----------------------------------------------------------------------------


def _url(name: str, board: ProgressBoard) -> str:
    return reverse(f"progress_boards:{name}", kwargs={"pk": board.pk})


def _cell(board: ProgressBoard, *, is_clash: bool, may_plan: bool) -> Cell:
    meeting, name = board.meeting, board.half_term.name
    detail = _url("board-detail", board)
    if meeting.state == "planned":
        if may_plan:
            return Cell(
                name, "none", words="Set a date", icon="plus", url=_url("board-date", board)
            )
        return Cell(name, "none", words="No date yet", url=detail)
    if meeting.state == "postponed":
        url = _url("board-rebook", board) if may_plan else detail
        return Cell(name, "none", words="Postponed", icon="refresh-cw", url=url)
    if meeting.state == "cancelled":
        return Cell(name, "held", words="Cancelled", icon="x", url=detail)
    on = f"{meeting.day.day} {meeting.day:%b}" if meeting.day else "No day"
    if meeting.state in HELD:
        return Cell(name, "held", on, "Held", "check", detail)
    if is_clash:
        return Cell(name, "clash", on, "Clash", "circle-alert", detail)
    if meeting.postponed_reason:
        return Cell(name, "", on, "Rebooked", "refresh-cw", detail)
    return Cell(name, "", on, clock(meeting.starts_at), url=detail)


def _school_lines(
    user: Actor,
    year: AcademicYear,
    schools: Sequence[School],
    half_terms: Sequence[HalfTerm],
    boards: Sequence[ProgressBoard],
    clashes: dict[int, list[Clash]],
    *,
    may_plan: bool,
) -> tuple[SchoolLine, ...]:
    keys = [school.pk for school in schools]
    bands = {
        rating.school_id: rating.overall
        for rating in RatingAssessment.objects.visible_to(user)
        .filter(state="shared", school__in=keys)
        .select_related("overall")
    }
    agreed = {row.school_id: row for row in SchoolYear.objects.filter(academic_year=year)}
    by_place = {(board.school_id, board.half_term_id): board for board in boards}
    lines = []
    for school in schools:
        cells = [
            _cell(by_place[school.pk, half.pk], may_plan=may_plan,
                  is_clash=by_place[school.pk, half.pk].pk in clashes)
            if (school.pk, half.pk) in by_place
            else Cell(half.name)
            for half in half_terms
        ]  # fmt: skip
        lines.append(
            SchoolLine(
                school=school,
                reads_rating=user.posts.holds(*READ_RATINGS, school=school.pk),
                band=bands.get(school.pk),
                number=_number_words(agreed.get(school.pk), boards, school),
                cells=tuple(cells),
                url=_school_url(user, year, school, may_plan=may_plan),
            )
        )
    return tuple(sorted(lines, key=_worst_first))


def _school_url(user: Actor, year: AcademicYear, school: School, *, may_plan: bool) -> str:
    """Where a school's name leads: its year for who plans it, its ratings for who may read them."""
    if may_plan:
        plan = reverse("progress_boards:school-year", kwargs={"school_pk": school.pk})
        return f"{plan}?year={year.starts_on.year}"
    return reverse("school", kwargs={"pk": school.pk})


def _worst_first(line: SchoolLine) -> tuple[int, str, int]:
    """Schools in the order of their rating, as far as it is read, then by name."""
    position = line.band.position if line.band else -1
    return (-position, line.school.name.casefold(), line.school.pk)


def _number_words(row: SchoolYear | None, boards: Sequence[ProgressBoard], school: School) -> str:
    if row is None:
        number = sum(b.school_id == school.pk and b.meeting.state != "cancelled" for b in boards)
    else:
        number = row.agreed
    words = f"{number} board{'' if number == 1 else 's'}"
    return (
        f"{words}, with a reason" if row and row.agreed != row.by_policy and row.reason else words
    )


def _by_date(boards: Iterable[ProgressBoard]) -> list[ProgressBoard]:
    """Dated boards in order, then those without a date by half term."""
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(
        boards,
        key=lambda b: (
            (b.meeting.starts_at or last) if b.meeting.state not in WITHOUT_A_DAY else last,
            b.half_term.order,
            b.school.name.casefold(),
        ),
    )


def _board_line(
    board: ProgressBoard, clashes: dict[int, list[Clash]], *, may_plan: bool
) -> BoardLine:
    meeting = board.meeting
    has_day = meeting.state not in WITHOUT_A_DAY and meeting.starts_at
    when = f"{day(meeting.starts_at)}, {clock(meeting.starts_at)}" if has_day else "No date"
    if board.pk in clashes:
        return BoardLine(board, when, "Clash", "late", _url("board-detail", board))
    tag = {"planned": "todo", "scheduled": "todo", "final": "done", "cancelled": "plain"}
    kind = "late" if meeting.state == "postponed" else tag.get(meeting.state, "doing")
    cell = _cell(board, is_clash=False, may_plan=may_plan)
    return BoardLine(board, when, meeting.state_label, kind, cell.url)


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
