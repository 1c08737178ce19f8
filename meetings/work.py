"""What waits for whom at meetings: minutes to send, minutes to check, actions to do, seats to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from meetings.models import Action, Meeting, PartBCorrection, Seat
from meetings.part_b_rules import signs
from meetings.queries.pages import OwnPages, own_pages
from meetings.queries.way import signer_word, when_words
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
    yield from _agendas_and_signatures(user, today)
    yield from _minutes(user, today)
    yield from _part_b(user, today)
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


def _agendas_and_signatures(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Agendas to make and minutes to sign, where an app above has no page of its own that tells of them."""
    waiting = list(
        Meeting.objects.visible_to(user)
        .filter(
            Q(state__in=("agenda_draft", "with_chair", "accuracy_check"))
            | Q(state="scheduled", deadlines__draft__lte=today.isoformat())
        )
        .with_seats()
        .prefetch_related("corrections")
    )
    pages = own_pages(waiting) if waiting else {}
    for meeting in waiting:
        own = pages.get(meeting.pk, OwnPages())
        if meeting.state in ("scheduled", "agenda_draft"):
            if not own.agenda and may(user, meeting, "prepare"):
                yield _to_prepare(meeting, today)
        elif not own.sign and may(user, meeting, "sign"):
            yield from _to_sign(meeting, today)


def _to_prepare(meeting: Meeting, today: dt.date) -> WorkItem:
    due = meeting.deadline("issued")
    return WorkItem(
        key=f"meetings.prepare.{meeting.pk}", title="Prepare and issue the agenda",
        why=f"{meeting.kind.name}, {when_words(meeting)}",
        url=reverse("meetings:agenda", args=[meeting.pk]), button="Open the agenda",
        due=due, school=_school(meeting), icon="notebook-text",
        is_late=due is not None and due < today,
    )  # fmt: skip


def _to_sign(meeting: Meeting, today: dt.date) -> Iterator[WorkItem]:
    """The signature, and in the accuracy round what waits for an answer."""
    corrections = list(meeting.corrections.all())
    open_ones = sum(1 for c in corrections if not c.answer)
    if meeting.state == "with_chair":
        title, due = "Read and sign the minutes", meeting.deadline("chair")
    elif not corrections:
        return
    else:
        noun = "correction" if open_ones == 1 else "corrections"
        title = f"Answer {open_ones} {noun}" if open_ones else "Sign the minutes again"
        due = meeting.deadline("final")
    yield WorkItem(
        key=f"meetings.sign.{meeting.pk}", title=title,
        why=f"{meeting.kind.name}, {when_words(meeting)}",
        url=reverse("meetings:minutes-sign", args=[meeting.pk]), button="Open the minutes",
        due=due, school=_school(meeting), icon="square-pen",
        is_late=due is not None and due < today,
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


def _part_b(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Corrections in Part B that wait for whoever signs; that there is one, and no word of it."""
    open_ones = PartBCorrection.objects.filter(
        answer="", part__item__meeting__state="accuracy_check"
    ).values("part__item__meeting")
    for meeting in Meeting.objects.filter(pk__in=open_ones).with_seats():
        if not signs(user, meeting):
            continue
        due = meeting.deadline("final")
        yield WorkItem(
            key=f"meetings.part_b.{meeting.pk}", title="Answer a correction in Part B",
            why=f"{meeting.kind.name}, {when_words(meeting)}",
            url=reverse("meetings:part-b", args=[meeting.pk]), button="Open Part B",
            due=due, school=_school(meeting), icon="lock-keyhole",
            is_late=due is not None and due < today,
        )  # fmt: skip


def _to_send(meeting: Meeting, today: dt.date) -> WorkItem:
    due = meeting.deadline("draft_minutes")
    why = "Returned with a note" if meeting.return_note else f"Held {when_words(meeting)}"
    if meeting.state == "issued":
        why = f"{meeting.kind.name}, {when_words(meeting)}"
    return WorkItem(
        key=f"meetings.minutes.{meeting.pk}",
        title="Write the minutes"
        if meeting.state == "issued"
        else f"Send the minutes to the {signer_word(meeting.kind)}",
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
        why=f"Accuracy only: the {signer_word(meeting.kind)} has signed them",
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
