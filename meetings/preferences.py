"""What the engine adds to the settings: the deadlines round a meeting, and what a kind of meeting has of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from meetings.actions.deadlines import timetable_of
from meetings.models import MeetingKind
from schools.models import School
from schools.queries import school_calendar, trust_calendar
from trust.calendar import NoSchoolDayError, SchoolCalendar, today
from trust.models import TrustProfile
from trust.preferences.parts import Example, Part, Setting, Values
from trust.preferences.steps import STEPS
from trust.templatetags.eyeline import day as day_words
from trust.timetable import DEFAULT_OFFSETS, Offsets, last_safe_day

BEFORE, AFTER = "school days before", "school days after"
SUMMER = "In the last weeks of summer: "
"""Before the dates that are used when the normal ones fall after the last school day of the year."""


def _deadline(
    name: str, label: str, help: str, unit: str, least: int = 0, most: int = 40
) -> Setting:
    sign = -1 if unit == BEFORE else 1
    default = getattr(DEFAULT_OFFSETS, name)
    return Setting(
        name, label, default, "offsets", help, unit=unit, sign=sign, least=least, most=most
    )


# A date is fixed at least 20 school days ahead, so nothing before a board is due sooner.
DEADLINES: tuple[Setting, ...] = (
    _deadline("draft", "Draft agenda opens", "By the software, from the evidence", BEFORE, 1, 20),
    _deadline("ceo", "Draft sent to the Chair", "Chief Executive", BEFORE, 0, 20),
    _deadline("chair_lapse", "Chair’s check lapses", "Then the Chief Executive may issue the agenda",
              "school days after it was sent", 1, 10),
    _deadline("issued", "Agenda issued to the school", "Chair, or the Chief Executive", BEFORE, 0, 20),
    _deadline("leaders", "Who answers each item", "Headteacher", BEFORE, 0, 20),
    _deadline("papers", "Papers, if any", "Headteacher", BEFORE, 0, 20),
    _deadline("pack", "Pack sent out, agenda no longer recalled", "By the software; it waits for the papers",
              BEFORE, 0, 20),
    _deadline("action_list", "Action list to owners", "Clerk", AFTER),
    _deadline("draft_minutes", "Draft minutes to the Chair", "Clerk", AFTER),
    _deadline("chair", "Minutes signed", "Chair", AFTER),
    _deadline("corrections", "Corrections proposed", "Headteacher, Chief Executive, Link Trustee", AFTER),
    _deadline("final", "Minutes final", "At the latest, when the Chair has answered corrections", AFTER),
    _deadline("summer_draft_minutes", f"{SUMMER}draft minutes", "Clerk", AFTER),
    _deadline("summer_chair", f"{SUMMER}minutes signed", "Chair", AFTER),
    _deadline("summer_corrections", f"{SUMMER}corrections", "Headteacher, Chief Executive, Link Trustee",
              AFTER),
    _deadline("summer_final", f"{SUMMER}minutes final", "Used when the normal day is after the last school day",
              AFTER),
    _deadline("action_before_next", "Action due before the next board", "Unless the board says another day",
              BEFORE, 0, 20),
    _deadline("action_least", "Action due at the soonest", "", AFTER),
    _deadline("action_most", "Action due at the latest", "", AFTER, 1, 190),
    _deadline("visit_reply", "School’s reply to a visit record", "Headteacher; then it files itself",
              "school days after it was sent", 1, 20),
)  # fmt: skip

IN_ORDER: tuple[tuple[str, ...], ...] = (
    ("draft", "ceo", "issued", "leaders", "papers", "pack"),
    ("draft_minutes", "chair", "corrections", "final"),
    ("summer_draft_minutes", "summer_chair", "summer_corrections", "summer_final"),
    ("summer_final", "final"),
    ("action_least", "action_most"),
)
"""Deadlines of which none comes before the one it follows."""
OF_A_KIND = (
    "draft",
    "issued",
    "leaders",
    "papers",
    "pack",
    "draft_minutes",
    "chair",
    "corrections",
    "final",
)
"""Deadlines that a kind of meeting may have of its own."""
STEPS_OF_A_KIND = ("papers", "accuracy_check", "actions_closed_by")
"""Steps that a meeting without an external Chair may have too."""


def deadlines_part(profile: TrustProfile) -> Iterable[Part]:
    """The deadlines of the trust."""
    yield Part(
        slug="deadlines",
        title="Deadlines",
        lede="School days before and after a board, counted in the calendar of its school",
        takes_effect="Boards that are given a date from now on follow them, and boards given another date. "
        "Other boards keep the deadlines they have. An annual report still in draft counts minutes on time by "
        "the deadlines in force when its figures are compiled. No deadline of a school falls on the first two school "
        "days of a half term: it moves to the third",
        row=profile,
        settings=DEADLINES,
        check=out_of_order,
        examples=lambda values: _boards_at(profile.steps, values),
    )


def kind_parts(profile: TrustProfile) -> Iterable[Part]:
    """What each kind of meeting without an external Chair has of its own; the rest is as the trust has it."""
    own = Offsets.of(profile.offsets)
    as_trust = [replace(s, default=getattr(own, s.name)) for s in DEADLINES if s.name in OF_A_KIND]
    steps = [
        replace(
            s, name=f"step_{s.name}", key=s.name, default=profile.step(s.name), always_written=False
        )
        for s in STEPS
        if s.name in STEPS_OF_A_KIND
    ]
    for kind in MeetingKind.objects.filter(has_external_chair=False):
        yield Part(
            slug=f"kind-{kind.slug}",
            title=kind.name,
            lede="Steps and deadlines of these meetings that differ from the trust’s",
            takes_effect="Meetings that are given a date from now on follow them; "
            "those that have their date keep the steps and deadlines they have",
            row=kind,
            settings=tuple(steps + as_trust),
            check=out_of_order,
            default_title="The trust",
        )


def out_of_order(values: Values) -> dict[str, str]:
    """Each deadline that comes before the one it follows, with what to enter instead."""
    found = {}
    known = {s.name: s for s in DEADLINES}
    for chain in IN_ORDER:
        for earlier, later in pairwise([name for name in chain if name in values]):
            if values[later] < values[earlier]:
                first, then = known[earlier], known[later]
                bound = f"{'at most' if then.sign < 0 else 'at least'} {abs(values[earlier])}"
                found[later] = f"{then.label}: enter {bound}, because “{first.label}” comes first"
    return found


# -- what they come to ---------------------------------------------------------------------------

AHEAD = 20
"""School days after which a board planned today could be."""
THURSDAY = 3


def _boards_at(steps: Mapping[str, Any], values: Values) -> Iterable[Example]:
    """The dates of a board some weeks ahead, and of the last board of the year, at the first school."""
    school = School.objects.in_trust(today()).by_name().first()
    calendar = school_calendar(school) if school else trust_calendar()
    where = f" at {school}" if school else ""
    try:
        ahead = calendar.add_school_days(today(), AHEAD)
        days = [d for d in calendar.school_days if d >= ahead]
        board_on = next((d for d in days if d.weekday() == THURSDAY), ahead)
        last = last_safe_day(calendar, board_on, Offsets.of(values))
    except NoSchoolDayError:
        return
    yield _board_on(
        board_on, calendar, steps, values, f"A board on {board_on:%A} {day_words(board_on)}{where}"
    )
    yield _board_on(
        last,
        calendar,
        steps,
        values,
        f"The last day for a board of that year, {last:%A} {day_words(last)}",
    )


def _board_on(
    on: dt.date, calendar: SchoolCalendar, steps: Mapping[str, Any], values: Values, title: str
) -> Example:
    dates = timetable_of(on, calendar, steps, values)
    lines = [
        (s.label, f"{date:%A} {day_words(date)}")
        for s in DEADLINES
        if s.name in dates and (date := dt.date.fromisoformat(dates[s.name]))
    ]
    return Example(title, tuple(lines))
