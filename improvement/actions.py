"""Priorities: set by the trust and by each school, changed, put in order, and reported on as they go."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime

from evidence.models import Indicator
from improvement.models import Priority
from improvement.queries.people import leads_for
from improvement.rules import may_add_priority, may_edit_priority
from improvement.states import LIVE
from schools.models import School
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.models import AcademicYear
from trust.people.models import Person, User
from trust.states import transition

CHANGEABLE = (
    "title", "outcome", "rationale", "indicator", "evaluation_area", "lead", "lead_role", "parent",
    "phase", "budget",
)  # fmt: skip
"""What may be changed of a priority; its school, its year and its number stay."""
TEXTS = ("title", "outcome", "rationale", "evaluation_area", "lead_role")


class Stale(Conflict):
    """Somebody saved the priority since it was opened; nothing was changed, and the caller still holds the text."""

    def __init__(self) -> None:
        super().__init__("Somebody changed this priority since you opened it. Nothing was changed")


def add_priority(
    *,
    school: School | None,
    academic_year: AcademicYear,
    title: str,
    outcome: str,
    by: User,
    rationale: str = "",
    indicator: Indicator | None = None,
    lead: Person | None = None,
    lead_role: str = "",
    parent: Priority | None = None,
    phase: str = Priority.Phase.EXPLORE,
    budget: Decimal | None = None,
    evaluation_area: str = "",
) -> Priority:
    """Set a priority of a school, or of the trust without one; it takes the next number of its year."""
    require(may_add_priority(by, school.pk if school else None))
    priority = Priority(
        school=school, academic_year=academic_year, title=title.strip(), outcome=outcome.strip(),
        rationale=rationale.strip(), indicator=indicator, lead=lead, lead_role=lead_role.strip(),
        parent=parent, phase=phase, budget=budget, evaluation_area=evaluation_area.strip(),
        created_by=by, created_at=now(),
    )  # fmt: skip
    _check(priority, was_led_by=None)
    with refusals_as_conflicts():
        _queue_up(school, academic_year)
        if _siblings(priority).filter(title__iexact=priority.title).exists():
            raise Conflict("There is a priority with this title in this year already")
        last = _siblings(priority).aggregate(last=Max("number"))["last"] or 0
        priority.number = last + 1
        priority.save()
        _note("add", priority, by=by, number=priority.number)
    return priority


def change_priority(priority: Priority, *, version: int, by: User, **changes: Any) -> Priority:
    """Change what a priority says, if nobody saved since `version`; raises Stale when somebody did."""
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"Not changed here: {', '.join(sorted(unknown))}")
    with refusals_as_conflicts():
        row = _locked(priority, by=by)
        if row.version != version:
            raise Stale
        led_by = row.lead_id
        changed = []
        for name, value in changes.items():
            value = value.strip() if name in TEXTS else value
            if getattr(row, name) != value:
                setattr(row, name, value)
                changed.append(name)
        if changed:
            _check(row, was_led_by=led_by)
            row.version += 1
            row.save()
            _note("change", row, by=by, fields=sorted(changed))
    return row


def report_priority(priority: Priority, *, state: str, by: User, note: str = "") -> Priority:
    """Say how a priority goes: still worked on, met, stopped with a reason, or taken up again.

    The same report of the same person on the same day is one report.
    """
    note = note.strip()
    with transaction.atomic():
        row = _locked(priority, by=by)
        if _is_said(row, state, note, by):
            return row
        verb = _verb(row.state, state)
        return transition(
            row, verb, by=by, to=state, report_note=note, **_standing(by, row.school_id)
        )


def _verb(now_is: str, target: str) -> str:
    if target not in LIVE:
        return {"met": "meet", "stopped": "stop"}.get(target, "report_progress")
    return "report_progress" if now_is in LIVE else "take_up"


def _is_said(row: Priority, state: str, note: str, by: User) -> bool:
    """Whether this very report was made today: a second click."""
    said_on = localtime(row.reported_at).date() if row.reported_at else None
    said = (row.state, row.report_note, row.reported_by_id, said_on)
    return said == (state, note, by.pk, today())


def move_priority(
    priority: Priority, *, up: bool, by: User, seen_at: int | None = None
) -> Priority:
    """Change places with the one above or below; does nothing at the end, or when it is not where it was seen."""
    with refusals_as_conflicts():
        require(may_add_priority(by, priority.school_id))
        _queue_up(priority.school, priority.academic_year)
        row = Priority.objects.select_for_update(of=("self",)).get(pk=priority.pk)
        beside = _siblings(row)
        other = (
            beside.filter(number__lt=row.number).order_by("-number").first()
            if up
            else beside.filter(number__gt=row.number).order_by("number").first()
        )
        if other is None or seen_at not in (None, row.number):
            return row
        row.number, other.number = other.number, row.number
        row.save(update_fields=["number"])
        other.save(update_fields=["number"])
        _note("move", row, by=by, number=row.number)
    return row


# -- what they share -----------------------------------------------------------------------------


def _siblings(priority: Priority) -> Any:
    return Priority.objects.filter(
        school=priority.school_id, academic_year=priority.academic_year_id
    )


def _queue_up(school: School | None, year: AcademicYear) -> None:
    """One number at a time: of a school by its row, of the trust by the row of the year."""
    rows: Any = School.objects if school else AcademicYear.objects
    rows.select_for_update(no_key=True).get(pk=school.pk if school else year.pk)


def _locked(priority: Priority, *, by: User) -> Priority:
    row = Priority.objects.select_for_update(of=("self",)).get(pk=priority.pk)
    require(may_edit_priority(by, row))
    return row


def _check(priority: Priority, *, was_led_by: int | None) -> None:
    """Raise Conflict with what to do, unless the priority can stand; gives the lead's post its words."""
    if not priority.title:
        raise Conflict("Enter a title")
    if not priority.outcome:
        raise Conflict("Enter what pupils will do better")
    if priority.budget is not None and priority.budget < 0:
        raise Conflict("Enter a budget of £0 or more")
    if priority.phase not in Priority.Phase.values:
        raise Conflict("Choose a phase")
    _check_parent(priority, priority.parent)
    _check_lead(priority, was_led_by, today())


def _check_parent(priority: Priority, parent: Priority | None) -> None:
    if parent is None:
        return
    if priority.school_id is None:
        raise Conflict("Only a school's priority serves one of the trust's")
    if parent.school_id is not None or parent.academic_year_id != priority.academic_year_id:
        raise Conflict("Choose one of the trust's priorities of the same year")


def _check_lead(priority: Priority, was_led_by: int | None, day: dt.date) -> None:
    if priority.lead_id is None:
        return
    posts = {lead.person_id: lead.role for lead in leads_for(priority.school, day)}
    if priority.lead_id not in posts and priority.lead_id != was_led_by:
        raise Conflict("Choose somebody who holds a post there today to lead it")
    if not priority.lead_role:
        priority.lead_role = posts.get(priority.lead_id, "")[:80]


def _standing(by: User, school_id: int | None) -> dict[str, Any]:
    """In which capacity and for whom somebody acts, as the audit keeps it."""
    posts = by.posts
    if school_id is None:
        held = posts.holding(Capacity.CEO, Capacity.DSI)
    else:
        held = (
            posts.holding(Capacity.HEAD, school=school_id)
            or posts.holding(Capacity.DSI)
            or posts.holding(Capacity.LEADER, school=school_id)
        )
    return {"acted_as": held.capacity, "acted_for": held.for_person_id} if held else {}


def _note(verb: str, priority: Priority, *, by: User, **detail: Any) -> None:
    record(verb, priority, by=by, **_standing(by, priority.school_id), **detail)
