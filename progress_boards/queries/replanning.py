"""What a rating changes in the boards of a year, before and while it is shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.slots import CANCELLED, Halves, PlannedBoard, Replan, replan
from ratings.models import BoardPolicy, RatingAssessment
from ratings.queries import boards_of
from schools.models import School
from schools.queries import calendars
from trust.calendar import HALF_TERM_KEYS, SchoolCalendar, academic_year_of, today
from trust.models import AcademicYear, HalfTerm, TrustProfile
from trust.timetable import Offsets


@dataclass(frozen=True)
class Square:
    """One half term of the year as the panel draws it."""

    key: str
    name: str
    short: str
    look: str
    """on (there is a board), new (it would be added) or "" (none)."""
    words: str


@dataclass(frozen=True)
class Slot:
    """A half term that can be ticked: its key, its name, and what is there now."""

    key: str
    name: str
    words: str


@dataclass(frozen=True)
class YearChange:
    """What a number of boards changes in one academic year of one school."""

    year: AcademicYear
    replan: Replan
    agreed_before: int
    squares: tuple[Square, ...]
    added: tuple[Slot, ...]
    offered: tuple[Slot, ...]
    short_notice: tuple[Slot, ...]
    sentence: str

    @property
    def changes_something(self) -> bool:
        return bool(self.added or self.offered or self.short_notice)


def what_changes(
    assessment: RatingAssessment,
    *,
    boards: int | None = None,
    removed: Collection[str] = (),
    by_agreement: Collection[str] = (),
    on: dt.date | None = None,
) -> tuple[YearChange, ...]:
    """What sharing this rating on a day (today) would change, year by year; nothing without a judgement.

    A tick that is not on offer is left out: an agenda may have been issued since.
    """
    wanted = boards or boards_of(assessment)
    if wanted is None:
        return ()
    return changes_for(assessment.school, wanted, removed=removed, by_agreement=by_agreement, on=on)


def changes_for(
    school: School,
    boards: int,
    *,
    removed: Collection[str] = (),
    by_agreement: Collection[str] = (),
    on: dt.date | None = None,
) -> tuple[YearChange, ...]:
    """The same for any number of boards a year, such as that of a school not rated."""
    known = years_known([school], on or today())[school.pk]
    return changes_in(known, boards, removed=removed, by_agreement=by_agreement)


# -- what is read once, for any number of schools and of ratings to try ---------------------------


@dataclass(frozen=True)
class KnownYear:
    """A school's boards of one year: the board in each half term, by its key, and the half terms' names."""

    year: AcademicYear
    names: dict[str, str]
    boards: dict[str, ProgressBoard]


@dataclass(frozen=True)
class KnownYears:
    """What a new number of boards is compared with at one school from a day on."""

    school: School
    calendar: SchoolCalendar
    from_day: dt.date
    halves: Halves
    years: tuple[KnownYear, ...]
    offsets: Offsets


def years_known(schools: Collection[School], from_day: dt.date) -> dict[int, KnownYears]:
    """By school, the year of the day and each later one that is planned for it already; a fixed number of queries."""
    known = calendars(schools)
    halves: Halves = "first" if BoardPolicy.current().halves == "first" else "second"
    offsets = Offsets.of(TrustProfile.current().offsets)
    years = list(AcademicYear.objects.filter(ends_on__gte=from_day).order_by("starts_on"))
    planned = set(
        SchoolYear.objects.filter(school__in=schools).values_list("school_id", "academic_year_id")
    )
    names: dict[int, dict[str, str]] = {year.pk: {} for year in years}
    for half in HalfTerm.objects.filter(term__academic_year__in=years).select_related("term"):
        names[half.term.academic_year_id][HALF_TERM_KEYS[half.order - 1]] = half.name
    rows = ProgressBoard.objects.filter(school__in=schools, academic_year__in=years)
    boards: dict[tuple[int, int], dict[str, ProgressBoard]] = {}
    for board in rows.select_related("meeting__kind", "half_term"):
        mine = boards.setdefault((board.school_id, board.academic_year_id), {})
        mine[HALF_TERM_KEYS[board.half_term.order - 1]] = board
    return {
        school.pk: KnownYears(
            school,
            known[school.pk],
            from_day,
            halves,
            tuple(
                KnownYear(year, names[year.pk], boards.get((school.pk, year.pk), {}))
                for year in years
                if year.starts_on <= from_day or (school.pk, year.pk) in planned
            ),
            offsets,
        )
        for school in schools
    }


def changes_in(
    known: KnownYears,
    boards: int,
    *,
    removed: Collection[str] = (),
    by_agreement: Collection[str] = (),
) -> tuple[YearChange, ...]:
    """What so many boards a year change in each year known; asks nothing."""
    return tuple(_of_year(known, year, boards, removed, by_agreement) for year in known.years)


def _of_year(
    known: KnownYears,
    year: KnownYear,
    boards: int,
    removed: Collection[str],
    by_agreement: Collection[str],
) -> YearChange:
    planned = [PlannedBoard(key, board.meeting.state) for key, board in year.boards.items()]
    ends_in = academic_year_of(year.year.starts_on)
    first = replan(
        boards, planned, known.calendar, year=ends_in, from_day=known.from_day, halves=known.halves,
        offsets=known.offsets,
    )  # fmt: skip
    chosen = replan(
        boards,
        planned,
        known.calendar,
        year=ends_in,
        from_day=known.from_day,
        halves=known.halves,
        offsets=known.offsets,
        removed=set(removed) & set(first.offered),
        by_agreement=set(by_agreement) & set(first.short_notice),
    )
    names = year.names
    kept = {
        key: board.meeting.state_label
        for key, board in year.boards.items()
        if board.meeting.state != CANCELLED
    }

    def slots(keys: Collection[str]) -> tuple[Slot, ...]:
        return tuple(Slot(key, names.get(key, key), kept.get(key, "")) for key in keys)

    return YearChange(
        year=year.year,
        replan=chosen,
        agreed_before=len(kept),
        squares=tuple(_square(key, names.get(key, key), kept, chosen) for key in HALF_TERM_KEYS),
        added=slots(chosen.added),
        offered=slots(chosen.offered),
        short_notice=slots(chosen.short_notice),
        sentence=_sentence(chosen, names),
    )


def _square(key: str, name: str, kept: dict[str, str], change: Replan) -> Square:
    look, words = "", "no board"
    if key in kept:
        look, words = "on", f"board, {kept[key].lower()}"
    elif key in change.added:
        look, words = "new", "board added"
    first, _, second = name.rpartition(" ")
    return Square(key, name, f"{first[:3]} {second}".strip(), look, words)


def _sentence(change: Replan, names: dict[str, str]) -> str:
    """Say in words what is added, offered and too late."""

    def listed(keys: Collection[str]) -> str:
        words = [names.get(key, key) for key in keys]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

    found = []
    if change.added:
        found.append(f"Adds {_boards(len(change.added))} in {listed(change.added)}.")
    if change.short_notice:
        found.append(f"Too late for full notice, by agreement only: {listed(change.short_notice)}.")
    if change.offered:
        found.append(f"You may remove {listed(change.offered)}: you tick which before sharing.")
    return " ".join(found) or "No board is added or removed."


def _boards(count: int) -> str:
    return "a board" if count == 1 else "boards"
