"""The year's boards by school and half term, as each capacity may see them: gaps, clashes, a plain list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Lower

from meetings.models import Seat
from progress_boards.defaults import SEATS
from progress_boards.models import ProgressBoard
from progress_boards.models.boards import ProgressBoardQuerySet
from progress_boards.queries.calendar_lines import (
    BoardLine,
    Month,
    SchoolLine,
    board_line,
    months_of,
    school_lines,
)
from progress_boards.queries.clashes import Clash, clashes_of_year, with_ways_out
from progress_boards.queries.planning import (
    WITHOUT_A_DAY,
    key_of,
)
from progress_boards.queries.readiness import readiness_by_board, with_readiness
from progress_boards.rules import may_plan_year
from progress_boards.slots import CANCELLED, SLOTS
from ratings.models import Band, BoardPolicy, RatingAssessment
from schools.models import School
from trust.access import Actor, Capacity
from trust.calendar import LONDON, today
from trust.models import AcademicYear, HalfTerm
from trust.numbers import whole_number
from trust.pages import page_of, remembered, version

VIEWS = {"year": "Year", "term": "This term", "month": "Months", "list": "List"}
EVERYONE, MINE = "", "mine"
SCHOOLS_A_PAGE, BOARDS_A_PAGE, CLASHES_A_PAGE = 30, 50, 10


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Frame:
    """What stands around every year's boards, whoever looks."""

    half_terms: tuple[HalfTerm, ...]
    years: tuple[AcademicYear, ...]
    bands: dict[int, Band]
    policy: str
    where_three_stand: str


@dataclass(frozen=True)
class Counts:
    """How many schools and boards one person sees in a year, and whose seats those are."""

    schools: int
    boards: int
    live: int
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CalendarPage:
    """The page of the year's boards: of all schools and boards as many as one page draws."""

    year: AcademicYear
    view: str
    who: str
    half_terms: tuple[HalfTerm, ...]
    schools: tuple[SchoolLine, ...]
    boards: tuple[BoardLine, ...]
    months: tuple[Month, ...]
    clashes: tuple[Clash, ...]
    clash_pages: Page[Clash]
    pages: Page[Any] | None
    people: tuple[Choice, ...]
    years: tuple[Choice, ...]
    number: int
    policy: str
    notes: tuple[str, ...]
    may_plan: bool


def calendar_page(
    user: Actor,
    year: AcademicYear,
    *,
    view: str = "",
    who: str = "",
    page: str | None = None,
    clash_page: str | None = None,
    at: int | None = None,
) -> CalendarPage:
    """Everything the page shows, in a fixed number of queries however many schools there are; `at` is the newest audit row."""
    at = version() if at is None else at
    view = view if view in VIEWS else "year"
    who = who if who == MINE else str(whole_number(who) or EVERYONE)
    may_plan, whose = bool(may_plan_year(user)), f"{user.pk}:{hash(user.posts)}:{today()}"
    frame = remembered(f"calendar:{year.pk}", at, lambda: _frame(year))
    seen = boards_seen(user, year, who)
    counts = remembered(
        f"calendar:{year.pk}:{who}:{whose}", at, lambda: _counts(user, year, seen, who)
    )
    clashes = _clashes(user, year, who, at) if may_plan else ()
    clash_pages = Paginator(clashes, CLASHES_A_PAGE).get_page(clash_page)
    shown = frame.half_terms
    if view == "term":
        shown = _of_this_term(shown, year)
    clashing = {clash.board for clash in clashes}
    pages: Page[Any] | None = None
    lines: tuple[BoardLine, ...] = ()
    rows: tuple[SchoolLine, ...] = ()
    if view in ("year", "term"):
        of_schools = page_of(_schools(user, year, seen, who), counts.schools, SCHOOLS_A_PAGE, page)
        pages, schools = of_schools, list(of_schools)
        boards = list(_drawn(seen.filter(school__in=schools)))
        rows = school_lines(
            user, year, schools, shown, boards, clashing, frame.bands, may_plan=may_plan
        )
    else:
        listed = with_readiness(_drawn(seen))
        if view == "list":
            pages = page_of(listed, counts.boards, BOARDS_A_PAGE, page)
        boards = list(listed if pages is None else pages)
        lines = _lines(boards, user, clashing, may_plan=may_plan)
    return CalendarPage(
        year=year,
        view=view,
        who=who,
        half_terms=tuple(shown),
        schools=rows,
        boards=lines,
        months=months_of(lines, clashing, may_plan=may_plan) if view == "month" else (),
        clashes=_ways_out(clash_pages, year, who, at),
        clash_pages=clash_pages,
        pages=pages,
        people=_people(counts.people, who),
        years=tuple(Choice(str(y.starts_on.year), y.name, y.pk == year.pk) for y in frame.years),
        number=counts.live,
        policy=frame.policy,
        notes=_notes(frame, boards, may_plan=may_plan),
        may_plan=may_plan,
    )


EXPORT_COLUMNS = (
    "School", "URN", "Half term", "Date", "Starts", "Minutes", "Where", "State", "Chair",
    "Chief Executive", "Link Trustee", "Headteacher", "Clerk",
)  # fmt: skip


def export_rows(user: Actor, year: AcademicYear, who: str) -> Iterator[tuple[str, ...]]:
    """One row for each board of the year, as the list shows it, with who sits there."""
    for board in _by_date(boards_seen(user, year, who).with_meeting()):
        meeting, school = board.meeting, board.school
        seats = {seat.role: str(seat.person or "") for seat in meeting.seats.all()}
        dated = meeting.state not in WITHOUT_A_DAY and meeting.starts_at
        yield (
            school.name, str(school.urn), board.half_term.name,
            f"{meeting.day:%Y-%m-%d}" if dated else "",
            f"{meeting.starts_at.astimezone(LONDON):%H:%M}" if dated and meeting.starts_at else "",
            str(meeting.minutes_length),
            "Online" if meeting.is_online else meeting.place, meeting.state_label,
            *(seats.get(role, "") for role in SEATS),
        )  # fmt: skip


# -- what is read --------------------------------------------------------------------------------


def boards_seen(user: Actor, year: AcademicYear, who: str) -> ProgressBoardQuerySet:
    """The boards of a year that this person may see, of everyone or where one person sits."""
    boards = ProgressBoard.objects.visible_to(user).of_year(year)
    person = user.person_id if who == MINE else whole_number(who)
    if who != MINE and person is None:
        return boards
    return boards.filter(Exists(Seat.objects.filter(meeting=OuterRef("meeting"), person=person)))


def _by_date(boards: QuerySet[ProgressBoard]) -> QuerySet[ProgressBoard]:
    """Dated boards in order, then those without a date by half term."""
    day = Case(When(meeting__state__in=WITHOUT_A_DAY, then=None), default="meeting__starts_at")
    return boards.order_by(
        day.asc(nulls_last=True), "half_term__order", Lower("school__name"), "pk"
    )


def _drawn(boards: QuerySet[ProgressBoard]) -> QuerySet[ProgressBoard]:
    """The boards with what a cell, a line or a card of one shows."""
    return _by_date(boards).select_related("meeting__kind", "school", "half_term")


def _frame(year: AcademicYear) -> Frame:
    half_terms = tuple(HalfTerm.objects.of_year(year).select_related("term").order_by("order"))
    bands = {band.pk: band for band in Band.objects.order_by("position")}
    return Frame(
        half_terms,
        tuple(AcademicYear.objects.order_by("-starts_on")),
        bands,
        _policy(bands.values()),
        _where_three_stand(half_terms),
    )


def _counts(user: Actor, year: AcademicYear, seen: QuerySet[ProgressBoard], who: str) -> Counts:
    boards = seen.order_by().aggregate(
        all=Count("pk"), live=Count("pk", filter=~Q(meeting__state=CANCELLED))
    )
    return Counts(
        _schools(user, year, seen, who).count(),
        boards["all"],
        boards["live"],
        _seated(user, boards_seen(user, year, EVERYONE)),
    )


def _clashes(user: Actor, year: AcademicYear, who: str, at: int) -> tuple[Clash, ...]:
    """The clashes of the year that are of one person, or all."""
    every = remembered(f"clashes:{year.pk}:{today()}", at, lambda: clashes_of_year(year))
    if who == EVERYONE:
        return every
    person = user.person_id if who == MINE else whole_number(who)
    return tuple(clash for clash in every if person in clash.people)


def _ways_out(clashes: Page[Clash], year: AcademicYear, who: str, at: int) -> tuple[Clash, ...]:
    shown = tuple(clashes.object_list)
    key = f"ways-out:{year.pk}:{hash(tuple(clash.board for clash in shown))}:{today()}"
    return remembered(key, at, lambda: with_ways_out(shown)) if shown else ()


def _schools(
    user: Actor, year: AcademicYear, boards: QuerySet[ProgressBoard], who: str
) -> QuerySet[School]:
    """Schools with a board here, and all others of the year that the person may know of.

    The worst rated come first, as far as the person reads ratings, then by name.
    """
    wanted = Q(pk__in=boards.order_by().values("school"))
    if who == EVERYONE:
        readable = School.objects.visible_to(user).in_trust(
            min(max(today(), year.starts_on), year.ends_on)
        )
        if not user.posts.is_trust_wide(*SCHEDULE_OF_ALL):
            readable = readable.filter(pk__in=user.posts.schools(*SCHEDULE_OF_OWN))
        wanted |= Q(pk__in=readable.values("pk"))
    rating = RatingAssessment.objects.visible_to(user).filter(state="shared", school=OuterRef("pk"))
    return (
        School.objects.filter(wanted)
        .annotate(
            band_id=Subquery(rating.values("overall")[:1]),
            position=Subquery(rating.values("overall__position")[:1]),
        )
        .order_by(F("position").desc(nulls_last=True), Lower("name"), "pk")
    )


SCHEDULE_OF_ALL = (Capacity.CEO, Capacity.DSI, Capacity.TRUSTEE, Capacity.CLERK)
SCHEDULE_OF_OWN = (
    Capacity.CEO_REPRESENTATIVE, Capacity.HEAD, Capacity.LEADER, Capacity.LINK_TRUSTEE,
    Capacity.CHAIR, Capacity.LOCAL_COMMITTEE,
)  # fmt: skip


def _of_this_term(half_terms: Sequence[HalfTerm], year: AcademicYear) -> tuple[HalfTerm, ...]:
    """The half terms of the term that is on, or comes next, within the year."""
    current = next((half for half in half_terms if half.ends_on >= today()), None)
    if current is None or today() < year.starts_on:
        current = half_terms[0] if half_terms and today() < year.starts_on else None
    if current is None:
        return tuple(half_terms[-2:])
    return tuple(half for half in half_terms if half.term_id == current.term_id)


def _lines(
    boards: Sequence[ProgressBoard], user: Actor, clashing: set[int], *, may_plan: bool
) -> tuple[BoardLine, ...]:
    ready = readiness_by_board(boards, user)
    return tuple(
        replace(
            board_line(board, clashing, may_plan=may_plan),
            ready=ready[board.pk].words if board.pk in ready else "",
        )
        for board in boards
    )


def _seated(user: Actor, boards: QuerySet[ProgressBoard]) -> tuple[tuple[str, str], ...]:
    """Each other person who holds a seat at one of these boards, with the role, in the order of the seats."""
    seats = (
        Seat.objects.filter(meeting__in=boards.order_by().values("meeting"), role__in=SEATS)
        .exclude(person=None)
        .exclude(person=user.person_id)
        .order_by("meeting__starts_at", "pk")
        .values_list("person_id", "person__name", "role")
    )
    last = {person: (SEATS.index(role), name or "", role) for person, name, role in seats}
    named = sorted(last.items(), key=lambda each: (each[1][0], each[1][1].casefold()))
    return tuple(
        (str(person), f"{name}, {Seat(role=role).get_role_display()}")
        for person, (_, name, role) in named
    )


def _people(others: Iterable[tuple[str, str]], who: str) -> tuple[Choice, ...]:
    """Everyone, oneself, and each person who holds a seat at one of these boards."""
    named = ((EVERYONE, "Everyone’s boards"), (MINE, "My boards"), *others)
    return tuple(Choice(value, label, value == who) for value, label in named)


def _policy(bands: Iterable[Band]) -> str:
    """How many boards each band has, such as "3 for a green school, 6 for amber or red; 3 for amber with a reason"."""
    bands = list(bands)
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


def _where_three_stand(half_terms: Iterable[HalfTerm]) -> str:
    names = {key_of(half): half.name for half in half_terms}
    three = [names[key] for key in SLOTS[BoardPolicy.current().halves][3] if key in names]  # type: ignore[index]
    if len(three) != 3:
        return ""
    return f"Three boards a year stand in {three[0]}, {three[1]} and {three[2]}; six boards stand in every half term."


def _notes(frame: Frame, boards: Iterable[ProgressBoard], *, may_plan: bool) -> tuple[str, ...]:
    """Where three boards stand, and for the planners what was postponed of these boards and why."""
    notes = [frame.where_three_stand] if frame.where_three_stand else []
    if may_plan:
        notes += [
            f"{board.school}’s {board.half_term} board was postponed: {board.meeting.postponed_reason}."
            for board in boards
            if board.meeting.postponed_reason
        ]
    return tuple(notes)
