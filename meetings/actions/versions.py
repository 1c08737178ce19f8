"""Each issued version of an agenda, kept as it was read."""

from __future__ import annotations

from typing import Any

from meetings.models import AgendaVersion, Meeting
from meetings.versions import changes_between
from trust.calendar import now
from trust.people.models import User


def keep_version(meeting: Meeting, *, by: User | None) -> AgendaVersion:
    """Keep the agenda as it is now under its number, with what it changed against the one before."""
    before = meeting.agenda_versions.order_by("-number").first()
    items = lines_of(meeting)
    return AgendaVersion.objects.create(
        meeting=meeting,
        number=meeting.agenda_version,
        items=items,
        changes=changes_between(before.items, items) if before else [],
        issued_by=by,
        issued_at=now(),
    )


def lines_of(meeting: Meeting) -> list[dict[str, Any]]:
    """The items as plain data; who answers is the school's to change and no part of a version."""
    return [
        {
            "pk": item.pk, "order": item.order, "type": item.type, "title": item.title,
            "question": item.question, "minutes": item.minutes, "since": item.since_version,
        }
        for item in meeting.items.order_by("order")
    ]  # fmt: skip
