"""What waits for whom at meetings: minutes to send, minutes to check, actions to do, seats to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from meetings.models import Action, Meeting, Seat
from meetings.queries.way import when_words
from meetings.rules import accuracy_role, accuracy_seat, may
from meetings.states import DATED
from trust.work import WorkItem

SOON = dt.timedelta(days=14)
"""How long before its day an action waits for its owner."""


def work_for(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Everything of the meeting engine that waits for this person."""
    if user.person_id is None:
        return
    yield from _seats(user, today)
    yield from _minutes(user, today)
    yield from _actions(user, today)


def _school(meeting: Meeting) -> str:
    return meeting.school.name if meeting.school else ""


def _seats(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Seats that have not replied, from the day the agenda is drafted."""
    seats = Seat.objects.filter(
        person_id=user.person_id, reply="", meeting__state__in=DATED, meeting__starts_at__date__gte=today
    )  # fmt: skip
    for seat in seats.select_related("meeting__kind", "meeting__school"):
        meeting = seat.meeting
        draft_on = meeting.deadline("draft")
        if draft_on is not None and draft_on <= today:
            yield WorkItem(
                key=f"meetings.reply.{seat.pk}", title="Say whether you are coming",
                why=f"{meeting.kind.name}, {when_words(meeting)}",
                url=reverse("meetings:seat-reply", args=[seat.pk]), button="Reply",
                due=meeting.day, school=_school(meeting), icon="calendar-check",
            )  # fmt: skip


def _minutes(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Minutes to write and send, and signed ones to check."""
    waiting = (
        Meeting.objects.visible_to(user)
        .filter(state__in=("issued", "held", "accuracy_check"), starts_at__date__lte=today)
        .with_seats()
        .prefetch_related("corrections", "accuracy_replies")
    )
    for meeting in waiting:
        if meeting.state in ("issued", "held") and may(user, meeting, "minute"):
            yield _to_send(meeting, today)
        elif meeting.state == "accuracy_check" and _has_to_check(user, meeting):
            yield _to_check(meeting, today)


def _to_send(meeting: Meeting, today: dt.date) -> WorkItem:
    due = meeting.deadline("draft_minutes")
    why = "Returned with a note" if meeting.return_note else f"Held {when_words(meeting)}"
    if meeting.state == "issued":
        why = f"{meeting.kind.name}, {when_words(meeting)}"
    return WorkItem(
        key=f"meetings.minutes.{meeting.pk}",
        title="Write the minutes" if meeting.state == "issued" else "Send the minutes to the Chair",
        why=why,
        url=reverse("meetings:minutes-edit", args=[meeting.pk]),
        button="Write minutes",
        due=due,
        school=_school(meeting),
        icon="square-pen",
        is_late=due is not None and due < today,
    )


def _has_to_check(user: Any, meeting: Meeting) -> bool:
    seat = accuracy_seat(user, meeting)
    if seat is None or accuracy_role(user, meeting) is None:
        return False
    spoke = {(c.person_id, c.role) for c in meeting.corrections.all()}
    spoke |= {(r.person_id, r.role) for r in meeting.accuracy_replies.all()}
    return (seat.person_id, seat.role) not in spoke


def _to_check(meeting: Meeting, today: dt.date) -> WorkItem:
    due = meeting.deadline("corrections")
    return WorkItem(
        key=f"meetings.check.{meeting.pk}", title=f"Check the minutes of {when_words(meeting)}",
        why="Accuracy only: the Chair has signed them",
        url=reverse("meetings:minutes", args=[meeting.pk]), button="Check minutes",
        due=due, school=_school(meeting), icon="list-checks",
        is_late=due is not None and due < today,
    )  # fmt: skip


def _actions(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """One's own actions, from two weeks before their day."""
    mine = Action.objects.filter(owner_id=user.person_id, state="open", due_on__lte=today + SOON)
    for action in mine.select_related("school"):
        yield WorkItem(
            key=f"meetings.action.{action.pk}", title=f"Show that this is done: {action.text}"[:140],
            why=action.ref, url=reverse("meetings:action", args=[action.pk]), button="Update",
            due=action.due_on, school=action.school.name if action.school else "",
            icon="square-check-big", is_late=action.due_on < today,
        )  # fmt: skip
