"""Minutes wait at somebody's stage: two school days before the day, and once more when it is only theirs to write.

Found by state and sent once a day it is due on; a deadline moved is a new reminder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from meetings.models import Meeting
from meetings.queries.pages import own_pages, sign_url
from meetings.rules import checking_seats
from schools.models import Post
from schools.queries import calendars, trust_calendar
from trust.calendar import NoSchoolDayError, SchoolCalendar, today
from trust.mail import queue_mail
from trust.models import Mail
from trust.people.models import Person

BEFORE = 2
"""School days before the deadline."""
WAITING = ("held", "with_chair", "accuracy_check")


@dataclass(frozen=True)
class Stage:
    """Whose turn it is at a meeting's minutes, by when, and what for."""

    meeting: Meeting
    verb: str
    due: dt.date
    people: tuple[Person, ...]

    @property
    def key(self) -> str:
        return f"minutes-soon:{self.meeting.pk}:{self.verb}:{self.due.isoformat()}"


def minutes_soon_due() -> list[int]:
    """Meetings whose minutes are due in two school days or less, and somebody there was not yet reminded."""
    due = list(_due(_waiting()))
    keys = {
        f"{stage.key}:{person.pk}": stage.meeting.pk for stage in due for person in stage.people
    }
    told = set(Mail.objects.filter(key__in=keys).values_list("key", flat=True))
    return sorted({pk for key, pk in keys.items() if key not in told})


def remind_of_minutes(pk: int) -> None:
    """Remind those whose stage it is, each once for a deadline."""
    for stage in _due(_waiting().filter(pk=pk)):
        meeting = stage.meeting
        context = {
            "verb": stage.verb, "kind": meeting.kind.name, "day": meeting.day, "due": stage.due,
            "school": meeting.school.name if meeting.school else "", "path": _path(stage),
        }  # fmt: skip
        for person in stage.people:
            queue_mail(f"{stage.key}:{person.pk}", to=person.email, template="minutes_soon",
                       context=context)  # fmt: skip


def _waiting() -> QuerySet[Meeting]:
    rows = Meeting.objects.with_seats().filter(state__in=WAITING, entered_later=False)
    return rows.prefetch_related("corrections", "accuracy_replies")


def _due(meetings: Iterable[Meeting]) -> Iterator[Stage]:
    rows = list(meetings)
    known = calendars({row.school_id for row in rows if row.school_id})
    trust = trust_calendar() if any(row.school_id is None for row in rows) else None
    for row in rows:
        calendar = known[row.school_id] if row.school_id else trust
        for verb, name in _turns(row):
            due = row.deadline(name)
            if calendar and due and today() <= due and _opens(due, calendar) <= today():
                people = tuple(p for p in _people(row, verb) if p.email)
                if people:
                    yield Stage(row, verb, due, people)


def _opens(due: dt.date, calendar: SchoolCalendar) -> dt.date:
    try:
        return calendar.add_school_days(due, -BEFORE)
    except NoSchoolDayError:
        return due - dt.timedelta(days=BEFORE)


def _turns(meeting: Meeting) -> list[tuple[str, str]]:
    """What waits in the state there is, and the deadline it runs to."""
    if meeting.state == "held":
        return [("write", "draft_minutes")]
    if meeting.state == "with_chair":
        return [("sign", "chair")]
    turns = [("check", "corrections")]
    if meeting.corrections.all():
        turns.append(("answer", "final"))
    return turns


def _people(meeting: Meeting, verb: str) -> list[Person]:
    if verb == "check":
        spoke = {(r.person_id, r.role) for r in meeting.accuracy_replies.all()}
        spoke |= {(c.person_id, c.role) for c in meeting.corrections.all()}
        silent = [s for s in checking_seats(meeting) if (s.person_id, s.role) not in spoke]
        return _once(s.person for s in silent)
    return _once(_who_may(meeting, "minute" if verb == "write" else "sign"))


def _who_may(meeting: Meeting, act: str) -> Iterator[Person | None]:
    """Those in the seats, or holding the posts, that the kind of meeting lets do it."""
    named = meeting.kind.acts.get(act, ())
    roles = {who.removeprefix("seat:") for who in named}
    seated = [s.person for s in meeting.seats.all() if s.role in roles and s.person]
    yield from seated
    posts = [who for who in named if not who.startswith("seat:")]
    if posts and not seated:
        held = Post.objects.current(today()).filter(
            capacity__in=posts, school__in=[meeting.school_id] if meeting.school_id else []
        ) | Post.objects.current(today()).filter(capacity__in=posts, school=None)
        yield from (post.person for post in held.select_related("person"))


def _once(people: Iterable[Person | None]) -> list[Person]:
    return list({person.pk: person for person in people if person}.values())


def _path(stage: Stage) -> str:
    meeting = stage.meeting
    if stage.verb == "write":
        return reverse("meetings:minutes-edit", args=[meeting.pk])
    if stage.verb == "check":
        return reverse("meetings:minutes", args=[meeting.pk])
    return sign_url(meeting, own_pages([meeting]).get(meeting.pk))
