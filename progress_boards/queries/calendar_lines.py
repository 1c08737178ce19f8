"""How the year's boards are drawn: a cell for each half term, a line for each board, a card for each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from meetings.states import DATED
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.planning import (
    WITHOUT_A_DAY,
)
from progress_boards.queries.weeks import Card, Grid, grid_of_month
from progress_boards.slots import HELD
from ratings.models import Band
from schools.models import School
from schools.rules import may_read_profile
from trust.access import Actor, Capacity
from trust.calendar import LONDON
from trust.models import AcademicYear, HalfTerm
from trust.templatetags.eyeline import clock, day

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


def school_lines(
    user: Actor,
    year: AcademicYear,
    schools: Sequence[School],
    half_terms: Sequence[HalfTerm],
    boards: Sequence[ProgressBoard],
    clashing: Collection[int],
    bands: Mapping[int, Band],
    *,
    may_plan: bool,
) -> tuple[SchoolLine, ...]:
    """A row for each school, in the order given, with its band as far as ratings are read."""
    agreed = {
        row.school_id: row
        for row in SchoolYear.objects.filter(academic_year=year, school__in=schools).order_by()
    }
    by_place = {(board.school_id, board.half_term_id): board for board in boards}
    lines = []
    for school in schools:
        cells = [
            _cell(by_place[school.pk, half.pk], may_plan=may_plan,
                  is_clash=by_place[school.pk, half.pk].pk in clashing)
            if (school.pk, half.pk) in by_place
            else Cell(half.name)
            for half in half_terms
        ]  # fmt: skip
        lines.append(
            SchoolLine(
                school=school,
                reads_rating=user.posts.holds(*READ_RATINGS, school=school.pk),
                band=bands.get(getattr(school, "band_id", None) or 0),
                number=_number_words(agreed.get(school.pk), boards, school),
                cells=tuple(cells),
                url=_school_url(user, year, school, may_plan=may_plan),
            )
        )
    return tuple(lines)


def _school_url(user: Actor, year: AcademicYear, school: School, *, may_plan: bool) -> str:
    """Where a school's name leads: its year for who plans it, else its page; nowhere for who may not open that."""
    if may_plan:
        plan = reverse("progress_boards:school-year", kwargs={"school_pk": school.pk})
        return f"{plan}?year={year.starts_on.year}"
    return reverse("school", kwargs={"pk": school.pk}) if may_read_profile(user, school) else ""


def _number_words(row: SchoolYear | None, boards: Sequence[ProgressBoard], school: School) -> str:
    if row is None:
        number = sum(b.school_id == school.pk and b.meeting.state != "cancelled" for b in boards)
    else:
        number = row.agreed
    words = f"{number} board{'' if number == 1 else 's'}"
    return (
        f"{words}, with a reason" if row and row.agreed != row.by_policy and row.reason else words
    )


def board_line(board: ProgressBoard, clashing: Collection[int], *, may_plan: bool) -> BoardLine:
    """One board in the plain list: when, and how it stands."""
    meeting = board.meeting
    has_day = meeting.state not in WITHOUT_A_DAY and meeting.starts_at
    when = f"{day(meeting.starts_at)}, {clock(meeting.starts_at)}" if has_day else "No date"
    if board.pk in clashing:
        return BoardLine(board, when, "Clash", "late", _url("board-detail", board))
    tag = {"planned": "todo", "scheduled": "todo", "final": "done", "cancelled": "plain"}
    kind = "late" if meeting.state == "postponed" else tag.get(meeting.state, "doing")
    cell = _cell(board, is_clash=False, may_plan=may_plan)
    return BoardLine(board, when, meeting.state_label, kind, cell.url)


def months_of(
    lines: Iterable[BoardLine], clashing: Collection[int], *, may_plan: bool
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
            card = _card(line, is_clash=line.board.pk in clashing, may_plan=may_plan)
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
