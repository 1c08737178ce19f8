"""What waits of requests: a draft to finish, a decision to record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from cpd.models import Advice, CpdRequest
from schools.queries import calendars
from trust.access import Capacity
from trust.calendar import NoSchoolDayError, SchoolCalendar
from trust.templatetags.eyeline import day
from trust.work import WorkItem

UNTOUCHED = dt.timedelta(days=3)
STARTS_SOON = dt.timedelta(days=21)
DECIDE_WITHIN = 10
"""School days before the start from which a request without a decision is named."""


def work_for(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Own drafts to finish, and for the headteacher requests to decide."""
    yield from _to_write(user, today)
    yield from _to_decide(user, today)


def _to_write(user: Any, today: dt.date) -> Iterator[WorkItem]:
    if user.person_id is None:
        return
    soon = Q(starts_on__lte=today + STARTS_SOON)
    rows = (
        CpdRequest.objects.visible_to(user)
        .filter(state="draft", requester_id=user.person_id)
        .filter(soon | Q(saved_at__date__lte=today - UNTOUCHED))
        .select_related("school")
    )
    for row in rows:
        starts = f"It starts on {day(row.starts_on)}" if row.starts_on else "It has no start yet"
        yield WorkItem(
            key=f"cpd-write-{row.pk}",
            title=f"Finish your CPD request: {row.title or row.ref}",
            why=f"{starts}; a draft is read by your school only",
            url=reverse("cpd:request-edit", args=[row.pk]),
            button="Go on writing",
            due=row.starts_on,
            school=row.school.name,
            icon="graduation-cap",
            is_late=row.starts_on is not None and row.starts_on < today,
        )


def _to_decide(user: Any, today: dt.date) -> Iterator[WorkItem]:
    schools = user.posts.schools(Capacity.HEAD)
    if not schools:
        return
    rows: list[Any] = list(
        CpdRequest.objects.filter(state="raised", school__in=schools)
        .annotate(is_advised=Exists(Advice.objects.filter(request=OuterRef("pk"))))
        .select_related("school")
    )
    found = calendars(row.school_id for row in rows) if rows else {}
    for row in rows:
        soon = _starts_soon(row.starts_on, today, found[row.school_id])
        if not (row.is_advised or soon):
            continue
        why = "The Strategy Group has advised" if row.is_advised else "The Group has not advised yet; the decision is yours"  # fmt: skip
        starts = f" and it starts on {day(row.starts_on)}" if row.starts_on else ""
        yield WorkItem(
            key=f"cpd-decide-{row.pk}",
            title=f"Decide on training: {row.title}",
            why=f"{why}{starts}",
            url=f"{reverse('cpd:request', args=[row.pk])}#decide",
            button="Decide",
            due=row.starts_on,
            school=row.school.name,
            icon="graduation-cap",
            is_late=row.starts_on is not None and row.starts_on < today,
        )


def _starts_soon(starts_on: dt.date | None, today: dt.date, calendar: SchoolCalendar) -> bool:
    """Whether the start is within the school days in which a decision is due; counted in days where none are entered."""
    if starts_on is None:
        return False
    try:
        return starts_on <= calendar.add_school_days(today, DECIDE_WITHIN)
    except NoSchoolDayError:
        return starts_on <= today + dt.timedelta(days=14)
