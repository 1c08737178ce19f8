"""The deadlines of a meeting, counted in the school’s own days, and new ones where a day has been closed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from meetings.models import Meeting, MeetingKind
from meetings.states import DATED
from schools.queries import calendars, school_calendar, trust_calendar
from trust.calendar import SchoolCalendar, today
from trust.models import TrustProfile
from trust.timetable import Offsets, deadlines


def calendar_of(meeting: Meeting) -> SchoolCalendar:
    """The calendar in which a meeting's days are counted: its school's, or the trust's."""
    return school_calendar(meeting.school) if meeting.school else trust_calendar()


def offsets_of(kind: MeetingKind | None = None) -> Offsets:
    """The deadlines of a kind: its own, which go before the trust's, which go before the defaults."""
    return Offsets.of(TrustProfile.current().offsets, kind.offsets if kind else {})


def timetable_of(
    day: dt.date,
    calendar: SchoolCalendar,
    steps: Mapping[str, object],
    offsets: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """The deadlines of a meeting on a day as ISO dates; a step switched off leaves no date.

    `offsets` are those of the kind; they go before the trust's, which go before the defaults.
    """
    own = Offsets.of(TrustProfile.current().offsets, offsets or {})
    table = deadlines(day, calendar, own)
    dates = {f.name[:-3]: getattr(table, f.name) for f in fields(table) if f.name.endswith("_on")}
    del dates["board"]
    dates["recall"] = dates["pack"]
    if not steps.get("papers"):
        dates["papers"] = dates["pack"] = None
    if not steps.get("accuracy_check"):
        dates["corrections"] = dates["final"] = None
    return {name: date.isoformat() for name, date in dates.items() if date}


def _not_before(day: dt.date, dates: dict[str, str], meeting_on: dt.date) -> dict[str, str]:
    """Dates of a short notice: what would lie in the past is due today, at the latest on the day."""
    earliest = min(day, meeting_on).isoformat()
    return {name: max(date, earliest) for name, date in dates.items()}


OF_THE_SCHOOL = ("leaders", "papers", "corrections")
"""Deadlines of a school, which never fall on the first two school days of a half term."""


WITH_DEADLINES = (*DATED, "held", "with_chair", "accuracy_check")


def reopened_deadlines(
    deadlines: Mapping[str, str], calendar: SchoolCalendar, day: dt.date
) -> dict[str, str]:
    """Deadlines still to come that now lie on a closed day, each with the next school day instead.

    "A snow day": the day was a school day when the date was given. Days already past stay as they are.
    """
    moved = {}
    for name, iso in deadlines.items():
        was = dt.date.fromisoformat(iso)
        if was < day or was not in calendar.closed_days:
            continue
        becomes = calendar.next_school_day(was)
        if name in OF_THE_SCHOOL:
            becomes = calendar.third_day_rule(becomes)
        moved[name] = becomes.isoformat()
    papers, pack = moved.get("papers"), moved.get("pack") or deadlines.get("pack")
    if papers and pack and pack < papers:  # the pack waits for the papers
        moved["pack"] = papers
    return moved


def meetings_with_closed_deadlines() -> list[int]:
    """Meetings with a deadline on a day that has been closed since."""
    rows = Meeting.objects.filter(state__in=WITH_DEADLINES).exclude(deadlines={})
    found = list(rows.values_list("pk", "school_id", "deadlines"))
    known = calendars({school for _, school, _ in found if school is not None})
    of_trust = trust_calendar() if any(school is None for _, school, _ in found) else None
    day = today()
    dated = (
        (pk, deadlines, known[school] if school else of_trust) for pk, school, deadlines in found
    )
    return [pk for pk, dates, own in dated if own and reopened_deadlines(dates, own, day)]
