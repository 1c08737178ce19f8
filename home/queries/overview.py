"""How every school is doing: ratings by indicator with their trend, boards and actions, side by side."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from home.queries.overview_rows import (
    Boards,
    Frame,
    Rating,
    boards_of_the_year,
    frame_on,
    indicator_bands,
    newest_report,
    ratings_since,
    schools_of_the_trust,
)
from ratings.models import Band, LevelOfSupport
from ratings.queries import band_as_at, direction
from ratings.rules import standing
from schools.models import School
from trust import marks
from trust.access import Actor, Capacity
from trust.numbers import whole_number

A_PAGE = 30
SORTS = {"concern": "Most concern first", "name": "School name", "next": "Next board"}


# -- the page ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One school as far as it is filtered and sorted by; drawn only when it is on the page."""

    school: School
    ratings: Sequence[Rating]
    current: Rating | None
    former: Rating | None
    overall: Band | None
    level: LevelOfSupport | None
    next_on: dt.date | None
    overdue: int


@dataclass(frozen=True)
class Row:
    """One school of the grid."""

    school: School
    small: str
    url: str
    overall: Band | None
    spark: SafeString
    cells: SafeString
    level: LevelOfSupport | None
    next_on: dt.date | None
    boards_words: str
    overdue: int


@dataclass(frozen=True)
class Moved:
    """A school whose overall band is another one than at the end of last term."""

    school: School
    url: str
    was: Band | None
    now: Band | None
    reason: str


@dataclass(frozen=True)
class Choice:
    """One filter as a link or an option."""

    label: str
    url: str
    value: str
    chosen: bool


@dataclass(frozen=True)
class Overview:
    """The trust overview as its template shows it."""

    day: dt.date
    term: str
    frame: Frame
    rows: tuple[Row, ...]
    total: int
    bands: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    band: str
    mix: str
    bar: SafeString
    boards: Boards
    overdue: int
    overdue_schools: int
    stale: tuple[School, ...]
    moved: tuple[Moved, ...]
    moved_since: str
    linked: int
    schools: int
    report: tuple[int, str] | None
    may_rate: bool
    earlier_url: str
    later_url: str
    is_starred: bool


def overview(user: Actor, asked: Mapping[str, str], day: dt.date, *, at: int) -> Overview:
    """How every school is doing on a day, filtered and sorted as the address asks; `at` is the newest audit row."""
    frame = frame_on(day, at)
    first = frame.points[0][1] if frame.points else day
    schools = schools_of_the_trust(user, day)
    ratings = ratings_since(user, first - dt.timedelta(days=366))
    boards = boards_of_the_year(frame, day)
    overdue = {school.pk: late for school in schools if (late := getattr(school, "overdue", 0))}
    lines = [
        _line(school, ratings.get(school.pk, []), boards, overdue, frame) for school in schools
    ]
    shown = _filtered(lines, asked)
    page = _page_number(asked, len(shown))
    of_page = shown[(page - 1) * A_PAGE : page * A_PAGE]
    parts = indicator_bands([r.pk for line in of_page for r in (line.current, line.former) if r])
    stale = tuple(line.school for line in lines if _is_stale(line, frame))
    counts = Counter(line.overall.pk if line.overall else 0 for line in lines)
    return Overview(
        day=day,
        term=frame.term,
        frame=frame,
        rows=tuple(_row(line, parts, frame) for line in of_page),
        total=len(shown),
        bands=_band_choices(asked, counts, frame, len(lines)),
        levels=_level_choices(asked, frame),
        sorts=tuple(
            Choice(label, "", key, key == asked.get("sort", "concern"))
            for key, label in SORTS.items()
        ),
        band=asked.get("band", ""),
        mix=_mix(counts, frame),
        bar=marks.bar([(b, counts[b.pk]) for b in frame.worst_first] + [(None, counts[0])]),
        boards=boards,
        overdue=sum(overdue.values()),
        overdue_schools=len(overdue),
        stale=stale,
        moved=_moved(schools, ratings, frame),
        moved_since=frame.points[-2][0] if len(frame.points) > 1 else "",
        linked=sum(bool(getattr(school, "has_link_trustee", False)) for school in schools),
        schools=len(schools),
        report=newest_report(user, at),
        may_rate=any(standing(user, school.pk) not in ("", Capacity.DSI) for school in schools[:1]),
        earlier_url=_url(asked, page=str(page - 1)) if page > 1 else "",
        later_url=_url(asked, page=str(page + 1)) if page * A_PAGE < len(shown) else "",
        is_starred=any(not each.is_seeded for each in frame.indicators),
    )


def _current_and_former(mine: Sequence[Rating]) -> list[Rating]:
    """The rating that stands and the one before it."""
    stands = next((i for i, r in enumerate(mine) if r.state == "shared"), None)
    return [] if stands is None else list(mine[max(stands - 1, 0) : stands + 1])


def _line(
    school: School,
    mine: Sequence[Rating],
    boards: Boards,
    overdue: Mapping[int, int],
    frame: Frame,
) -> Line:
    pair = _current_and_former(mine)
    current = pair[-1] if pair else None
    return Line(
        school,
        mine,
        current,
        pair[0] if len(pair) > 1 else None,
        frame.band_of.get(current.overall) if current else None,
        next((lv for lv in frame.levels if current and lv.pk == current.level), None),
        boards.next_on.get(school.pk),
        overdue.get(school.pk, 0),
    )


def _is_stale(line: Line, frame: Frame) -> bool:
    """Whether a school's rating is missing, or older than the term before this one."""
    before = frame.stale_before
    return line.current is None or (before is not None and line.current.effective_on < before)


def _row(line: Line, parts: Mapping[int, Mapping[int, int | None]], frame: Frame) -> Row:
    band_of, school = frame.band_of, line.school
    current, former = line.current, line.former
    now_bands = parts.get(current.pk, {}) if current else {}
    old_bands = parts.get(former.pk, {}) if former else {}
    url = (
        reverse("ratings:rating-detail", args=[current.pk])
        if current
        else reverse("ratings:school-history", args=[school.pk])
    )
    cells = []
    for each in frame.indicators:
        band = band_of.get(now_bands.get(each.pk) or 0)
        before = band_of.get(old_bands.get(each.pk) or 0)
        label = each.short_name if each.is_seeded else f"{each.short_name}*"
        cells.append((band, direction(band, before), label))
    stood = [(r.effective_on, band_of.get(r.overall)) for r in line.ratings]
    return Row(
        school=school,
        small=" · ".join(
            words
            for words in (
                school.ages or school.phase,
                f"{school.pupils:,} pupils" if school.pupils else "",
            )
            if words
        ),
        url=reverse("school", args=[school.pk]),
        overall=line.overall,
        spark=marks.spark([band_as_at(stood, end) for _, end in frame.points]),
        cells=marks.cells(url, cells),
        level=line.level,
        next_on=line.next_on,
        boards_words=_boards_words(current, line.overall),
        overdue=line.overdue,
    )


def _boards_words(current: Rating | None, overall: Band | None) -> str:
    if current is None or overall is None or current.boards is None:
        return ""
    if current.boards != overall.boards_per_year:
        return f"{current.boards}, with a reason"
    return f"{current.boards} a year"


# -- filters, sort and page ------------------------------------------------------------------------------


def _filtered(rows: Sequence[Line], asked: Mapping[str, str]) -> list[Line]:
    shown = list(rows)
    if band := asked.get("band"):
        shown = [r for r in shown if (r.overall.name.lower() if r.overall else "none") == band]
    if level := asked.get("level"):
        shown = [r for r in shown if r.level and str(r.level.order) == level]
    sort = asked.get("sort", "concern")
    if sort == "next":
        shown.sort(key=lambda r: r.next_on or dt.date.max)
    elif sort != "name":
        shown.sort(key=lambda r: (-(r.overall.position if r.overall else -1), -r.overdue))
    return shown


def _page_number(asked: Mapping[str, str], total: int) -> int:
    given = asked.get("page", "1")
    last = max((total + A_PAGE - 1) // A_PAGE, 1)
    return min(max(whole_number(given) or 1, 1), last)


def _url(asked: Mapping[str, str], **changed: str) -> str:
    """The address with something changed, and the page left out unless it is what changed."""
    kept = {k: asked[k] for k in ("band", "level", "sort") if asked.get(k)}
    return "?" + urlencode({k: v for k, v in {**kept, **changed}.items() if v})


def _band_choices(
    asked: Mapping[str, str], counts: Mapping[int, int], frame: Frame, total: int
) -> tuple[Choice, ...]:
    chosen = asked.get("band", "")
    found = [Choice(f"All {total}", _url(asked, band=""), "", not chosen)]
    for band in frame.worst_first:
        value = band.name.lower()
        label = f"{band.name} {counts.get(band.pk, 0)}"
        found.append(Choice(label, _url(asked, band=value), value, chosen == value))
    if counts.get(0):
        label = f"Not rated {counts[0]}"
        found.append(Choice(label, _url(asked, band="none"), "none", chosen == "none"))
    return tuple(found)


def _level_choices(asked: Mapping[str, str], frame: Frame) -> tuple[Choice, ...]:
    chosen = asked.get("level", "")
    return tuple(
        Choice(each.name, "", str(each.order), chosen == str(each.order)) for each in frame.levels
    )


def _mix(counts: Mapping[int, int], frame: Frame) -> str:
    words = [f"{counts[b.pk]} {b.name.lower()}" for b in frame.worst_first if counts.get(b.pk)]
    if counts.get(0):
        words.append(f"{counts[0]} not rated")
    return ", ".join(words)


# -- what moved ----------------------------------------------------------------------------------------


def _moved(
    schools: Sequence[School], ratings: Mapping[int, Sequence[Rating]], frame: Frame
) -> tuple[Moved, ...]:
    """The schools whose band changed since the end of last term, worst first, with the CEO's own words."""
    if len(frame.points) < 2:
        return ()
    band_of = frame.band_of
    found = []
    for school in schools:
        mine = ratings.get(school.pk, [])
        pair = _current_and_former(mine)
        if not pair:
            continue
        current = pair[-1]
        stood = [(r.effective_on, band_of.get(r.overall)) for r in mine]
        was, is_now = band_as_at(stood, frame.points[-2][1]), band_of.get(current.overall)
        if was is None or is_now is None or was.pk == is_now.pk:
            continue
        url = reverse("ratings:rating-detail", args=[current.pk])
        found.append(Moved(school, url, was, is_now, current.summary or current.reason))
    return tuple(sorted(found, key=lambda m: -(m.now.position if m.now else 0)))
