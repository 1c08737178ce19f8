"""What a rating changes in the boards of a year, before and while it is shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.slots import Halves, PlannedBoard, Replan, replan
from ratings.models import BoardPolicy, RatingAssessment
from ratings.queries import boards_of
from schools.models import School
from schools.queries import school_calendar
from trust.calendar import HALF_TERM_KEYS, SchoolCalendar, academic_year_of, today
from trust.models import AcademicYear, HalfTerm


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
    day = on or today()
    calendar = school_calendar(school)
    halves: Halves = "first" if BoardPolicy.current().halves == "first" else "second"
    return tuple(
        _of_year(school, year, boards, calendar, day, halves, removed, by_agreement)
        for year in _years(school, day)
    )


def _years(school: School, day: dt.date) -> list[AcademicYear]:
    """The year of the day, and each later one that is planned for the school already."""
    planned = SchoolYear.objects.filter(school=school).values("academic_year_id")
    later = AcademicYear.objects.filter(starts_on__gt=day, pk__in=planned)
    current = AcademicYear.objects.filter(starts_on__lte=day, ends_on__gte=day)
    return [*current, *later]


def _of_year(
    school: School,
    year: AcademicYear,
    boards: int,
    calendar: SchoolCalendar,
    day: dt.date,
    halves: Halves,
    removed: Collection[str],
    by_agreement: Collection[str],
) -> YearChange:
    rows = ProgressBoard.objects.filter(school=school, academic_year=year)
    existing = {
        HALF_TERM_KEYS[order - 1]: (state, label)
        for order, state, label in (
            (board.half_term.order, board.meeting.state, board.meeting.state_label)
            for board in rows.select_related("meeting__kind", "half_term")
        )
    }
    planned = [PlannedBoard(key, state) for key, (state, _) in existing.items()]
    ends_in = academic_year_of(year.starts_on)
    first = replan(boards, planned, calendar, year=ends_in, from_day=day, halves=halves)
    chosen = replan(
        boards,
        planned,
        calendar,
        year=ends_in,
        from_day=day,
        halves=halves,
        removed=set(removed) & set(first.offered),
        by_agreement=set(by_agreement) & set(first.short_notice),
    )
    names = dict(zip(HALF_TERM_KEYS, _names(year), strict=False))
    kept = {key: label for key, (state, label) in existing.items() if state != "cancelled"}

    def slots(keys: Collection[str]) -> tuple[Slot, ...]:
        return tuple(Slot(key, names.get(key, key), kept.get(key, "")) for key in keys)

    return YearChange(
        year=year,
        replan=chosen,
        agreed_before=len(kept),
        squares=tuple(_square(key, names.get(key, key), kept, chosen) for key in HALF_TERM_KEYS),
        added=slots(chosen.added),
        offered=slots(chosen.offered),
        short_notice=slots(chosen.short_notice),
        sentence=_sentence(chosen, names),
    )


def _names(year: AcademicYear) -> list[str]:
    return list(HalfTerm.objects.of_year(year).order_by("order").values_list("name", flat=True))


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
