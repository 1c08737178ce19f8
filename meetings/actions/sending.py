"""An agenda on its way to those who come, and who of them is told of what."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse

from meetings.actions.agenda import issue_agenda, open_draft, recall_agenda
from meetings.actions.amending import add_late_item, amend_issued_item
from meetings.actions.moves import locked
from meetings.models import AgendaItem, Meeting
from meetings.queries.pages import agenda_url
from trust.calendar import now
from trust.mail import queue_mail
from trust.people.models import User

ASKING = ("issued", "dated", "moved")
"""The news that asks whether one is coming."""


def send_out_agenda(meeting: Meeting, *, by: User) -> Meeting:
    """Issue the agenda to everybody with a seat and tell them; one not yet opened is opened with it."""
    with transaction.atomic():
        if locked(meeting).state == "scheduled":
            open_draft(meeting, by=by)
        issue_agenda(meeting, by=by)
        tell_the_seated(meeting, "issued", by=by)
    return meeting


def call_back_agenda(meeting: Meeting, *, by: User) -> Meeting:
    """Take an issued agenda back into draft, and say so to those who have it."""
    with transaction.atomic():
        recall_agenda(meeting, by=by)
        tell_the_seated(meeting, "recalled", by=by)
    return meeting


def amend_and_tell(item: AgendaItem, *, version: int, by: User, **changes: Any) -> AgendaItem:
    """Change an issued item; those who have the agenda are told of its new version."""
    with transaction.atomic():
        amend_issued_item(item, version=version, by=by, **changes)
        tell_the_seated(Meeting.objects.get(pk=item.meeting_id), "amended", by=by)
    return item


def add_late_and_tell(
    meeting: Meeting, *, by: User, taken_from: AgendaItem | None = None, **words: Any
) -> AgendaItem:
    """Add an item to an issued agenda; those who have it are told of its new version."""
    with transaction.atomic():
        item = add_late_item(meeting, by=by, taken_from=taken_from, purpose="", **words)
        tell_the_seated(Meeting.objects.get(pk=meeting.pk), "amended", by=by)
    return item


def tell_the_seated(meeting: Meeting, news: str, *, by: User, was: Any = None) -> None:
    """One mail to everybody with a seat but who did it: what happened, when it is and where; no reason, no name."""
    at = int(now().timestamp() * 1000)
    context = {
        "news": news,
        "kind": meeting.kind.name,
        "school": meeting.school.name if meeting.school else "",
        "was": was,
        "starts_at": meeting.starts_at if meeting.during else None,
        "minutes": meeting.minutes_length,
        "place": meeting.place,
        "is_online": meeting.is_online,
        "path": agenda_url(meeting),
    }
    seats = meeting.seats.filter(person__isnull=False).exclude(person=by.person_id)
    for seat in seats.select_related("person").order_by("person_id").distinct("person_id"):
        if seat.person is not None:
            key = f"meeting-{news}:{meeting.pk}:{at}:{seat.person_id}"
            reply = reverse("meetings:seat-reply", args=[seat.pk]) if news in ASKING else ""
            queue_mail(key, to=seat.person.email, template="meeting_news",
                       context={**context, "reply_path": reply})  # fmt: skip
