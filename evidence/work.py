"""What waits for a visitor, and for the headteacher to whom a record was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from evidence.models import VisitRecord
from evidence.queries.visits import days_after
from schools.queries import calendars
from trust.access import Capacity
from trust.work import WorkItem


def work_for(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Own drafts to finish, and records of the own school to answer."""
    yield from _drafts(user, today)
    yield from _to_answer(user, today)


def _drafts(user: Any, today: dt.date) -> Iterator[WorkItem]:
    if user.person_id is None:
        return
    drafts = list(
        VisitRecord.objects.visible_to(user)
        .filter(state="draft", visitor_id=user.person_id)
        .select_related("school", "kind")
    )
    found = calendars(draft.school for draft in drafts) if drafts else {}
    for draft in drafts:
        due = days_after(found[draft.school_id], draft.visited_on)
        yield WorkItem(
            key=f"visit-{draft.pk}",
            title=f"Finish and send your record: {draft.kind.name}",
            why=f"You visited on {draft.visited_on.day} {draft.visited_on:%B %Y}",
            url=reverse("evidence:visit-edit", args=[draft.pk]),
            button="Go on writing",
            due=due,
            school=draft.school.name,
            icon="notebook-text",
            is_late=due is not None and due < today,
        )


def _to_answer(user: Any, today: dt.date) -> Iterator[WorkItem]:
    schools = user.posts.schools(Capacity.HEAD)
    if not schools:
        return
    sent = VisitRecord.objects.filter(state="sent", reply="", school__in=schools)
    for visit in sent.select_related("school", "kind"):
        yield WorkItem(
            key=f"visit-reply-{visit.pk}",
            title=f"Read and answer a record of visit: {visit.kind.name}",
            why="Without a reply it files itself after this day",
            url=reverse("evidence:visit-page", args=[visit.pk]),
            button="Read the record",
            due=visit.reply_by,
            school=visit.school.name,
            icon="notebook-text",
        )
