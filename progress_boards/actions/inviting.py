"""Dates on their way into diaries: a mail to everybody with a seat, with the entry for their calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from meetings.models import Meeting, Seat
from progress_boards.models import ProgressBoard
from trust.audit import record
from trust.calendar import now
from trust.icalendar import Entry, calendar_text
from trust.mail import queue_mail
from trust.people.models import Person, User


def entry_of(board: ProgressBoard, sequence: int, was: dt.datetime | None = None) -> Entry | None:
    """A board as an entry; one that lost its hour as the cancellation of the hour it had."""
    meeting = board.meeting
    starts_at = meeting.starts_at if meeting.during else was
    if starts_at is None:
        return None
    path = reverse("progress_boards:board-detail", args=[board.pk])
    return Entry(
        uid=f"board-{board.pk}@{urlsplit(settings.SITE_URL).hostname or 'eyeline'}",
        sequence=sequence,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=meeting.minutes_length),
        summary=f"{meeting.kind.name}, {board.school.name}",
        place="Online" if meeting.is_online else meeting.place,
        url=f"{settings.SITE_URL}{path}",
        is_cancelled=not meeting.during,
    )


def calendar_for(person: Person, entries: Iterable[Entry]) -> str:
    """What goes with one person's mail; "" when there is no hour to say."""
    rows = list(entries)
    if not rows:
        return ""
    organizer = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return calendar_text(rows, now=now(), organizer=organizer, attendee=person.email)


def seated_at(meeting: Meeting, *, besides: User | None) -> list[Person]:
    """Everybody with a seat, each once, but who did it."""
    people = {s.person.pk: s.person for s in meeting.seats.select_related("person") if s.person}
    people.pop((besides.person_id if besides else 0) or 0, None)
    return [people[pk] for pk in sorted(people)]


def tell_of_dates(boards: Iterable[ProgressBoard], *, by: User) -> None:
    """Tell everybody with a seat of the dates set in one act: one mail each, however many boards it dated."""
    dated: dict[int, tuple[Person, list[ProgressBoard]]] = {}
    rows = sorted(boards, key=lambda board: (board.meeting.starts_at or now(), board.pk))
    seats = Seat.objects.filter(meeting__in=[board.meeting_id for board in rows])
    seats = seats.exclude(person=by.person_id).exclude(person=None).select_related("person")
    people: dict[int, dict[int, Person]] = {}
    for seat in seats:
        if seat.person:
            people.setdefault(seat.meeting_id, {})[seat.person.pk] = seat.person
    for board in rows:
        for key, person in sorted(people.get(board.meeting_id, {}).items()):
            dated.setdefault(key, (person, []))[1].append(board)
    if not dated:
        return
    event = record("tell_of_dates", rows[0], by=by, boards=[board.pk for board in rows])
    for person, own in dated.values():
        entries = [entry for board in own if (entry := entry_of(board, event.pk))]
        queue_mail(
            f"boards-dated:{event.pk}:{person.pk}", to=person.email, template="boards_dated",
            context={"boards": [_said(board) for board in own]},
            calendar=calendar_for(person, entries),
        )  # fmt: skip


def _said(board: ProgressBoard) -> dict[str, object]:
    """All that a mail says of one board: where and when, and how to reply."""
    meeting = board.meeting
    return {
        "school": board.school.name, "half_term": board.half_term.name,
        "starts_at": meeting.starts_at, "minutes": meeting.minutes_length,
        "place": meeting.place, "is_online": meeting.is_online,
        "path": reverse("progress_boards:board-detail", args=[board.pk]),
    }  # fmt: skip
