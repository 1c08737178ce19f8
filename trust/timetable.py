"""The deadlines round a Progress Board, in school days of the school's own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from trust.calendar import NoSchoolDayError, SchoolCalendar


@dataclass(frozen=True)
class Offsets:
    """School days before (negative) and after a board; all of them settings of the trust."""

    draft: int = -15
    ceo: int = -12
    issued: int = -10
    leaders: int = -8
    papers: int = -6
    pack: int = -5
    action_list: int = 1
    draft_minutes: int = 5
    chair: int = 8
    corrections: int = 13
    final: int = 15
    # The last weeks of summer: used when the normal final date falls after the last school day.
    summer_draft_minutes: int = 3
    summer_chair: int = 5
    summer_corrections: int = 8
    summer_final: int = 10
    # An action is due before the next board, never too soon and never too far ahead.
    action_before_next: int = -5
    action_least: int = 10
    action_most: int = 60
    # Counted from the day of the act itself.
    chair_lapse: int = 2
    visit_reply: int = 5

    @classmethod
    def of(cls, *set_here: Mapping[str, Any]) -> Offsets:
        """The defaults as changed by each of these in turn; a name that is no offset is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{k: v for each in set_here for k, v in each.items() if k in known})


DEFAULT_OFFSETS = Offsets()


@dataclass(frozen=True)
class Timetable:
    """Every deadline of one board; None where the calendar has no school day left for it."""

    board_on: date
    draft_on: date | None
    ceo_on: date | None
    issued_on: date | None
    leaders_on: date | None
    papers_on: date | None
    pack_on: date | None
    action_list_on: date | None
    draft_minutes_on: date | None
    chair_on: date | None
    corrections_on: date | None
    final_on: date | None
    is_compressed: bool


def deadlines(
    board_day: date,
    calendar: SchoolCalendar,
    offsets: Offsets = DEFAULT_OFFSETS,
    *,
    compress: bool = True,
) -> Timetable:
    """Return the timetable of a board held on a day, compressed at the end of summer unless refused."""

    def at(n: int) -> date | None:
        return _within_year(calendar, board_day, n)

    def for_school(n: int) -> date | None:
        # No deadline of a school falls on the first two school days of a half term.
        day = at(n)
        return calendar.third_day_rule(day) if day else None

    short = compress and at(offsets.final) is None
    papers = for_school(offsets.papers)
    pack = at(offsets.pack)
    return Timetable(
        board_on=board_day,
        draft_on=at(offsets.draft),
        ceo_on=at(offsets.ceo),
        issued_on=at(offsets.issued),
        leaders_on=for_school(offsets.leaders),
        papers_on=papers,
        pack_on=max(pack, papers) if pack and papers else pack,  # the pack waits for the papers
        action_list_on=at(offsets.action_list),
        draft_minutes_on=at(offsets.summer_draft_minutes if short else offsets.draft_minutes),
        chair_on=at(offsets.summer_chair if short else offsets.chair),
        corrections_on=for_school(offsets.summer_corrections if short else offsets.corrections),
        final_on=at(offsets.summer_final if short else offsets.final),
        is_compressed=short,
    )


def _within_year(calendar: SchoolCalendar, day: date, n: int) -> date | None:
    """Return the day n school days away, or None when it is not entered or lies in the next year."""
    try:
        found = calendar.add_school_days(day, n)
        return None if n > 0 and found > calendar.last_school_day_of_year(day) else found
    except NoSchoolDayError:
        return None


def last_safe_day(
    calendar: SchoolCalendar,
    day: date,
    offsets: Offsets = DEFAULT_OFFSETS,
    *,
    compress: bool = True,
) -> date:
    """Return the last day of that day's year on which a board can still become final in it; raises NoSchoolDayError."""
    last = calendar.last_school_day_of_year(day)
    return calendar.add_school_days(last, -(offsets.summer_final if compress else offsets.final))


def action_due_on(
    calendar: SchoolCalendar,
    board_day: date,
    next_board_day: date | None,
    offsets: Offsets = DEFAULT_OFFSETS,
) -> date:
    """Return the default due date of an action: before the next board, within bounds, never a half term's first two days."""
    latest = _or_last(calendar, board_day, offsets.action_most)
    earliest = _or_last(calendar, board_day, offsets.action_least)
    due = latest
    if next_board_day is not None:
        due = min(calendar.add_school_days(next_board_day, offsets.action_before_next), latest)
    return calendar.third_day_rule(max(due, earliest))


def _or_last(calendar: SchoolCalendar, day: date, n: int) -> date:
    """Return the day n school days ahead, or the last one entered when the calendar ends sooner."""
    try:
        return calendar.add_school_days(day, n)
    except NoSchoolDayError:
        return calendar.school_days[-1]
