"""Whom an action of a meeting may be given to: those at its table and the leaders of its school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from meetings.models import Meeting
from schools.models import Post, School
from schools.models.posts import PostQuerySet
from trust.access import Capacity
from trust.people.models import Person

AT_SCHOOL = (Capacity.HEAD, Capacity.LEADER)
OF_TRUST = (Capacity.CEO, Capacity.DSI, Capacity.CFO, Capacity.SAFEGUARDING_LEAD)


@dataclass(frozen=True)
class Owner:
    """A person and the post in which they would own an action."""

    person_id: int
    name: str
    role: str

    @property
    def label(self) -> str:
        return f"{self.role}, {self.name}"

    def as_person(self) -> Person:
        """The person as a row to point to."""
        return Person(pk=self.person_id, name=self.name)


def owners_of(meeting: Meeting, today: dt.date) -> list[Owner]:
    """Everybody at the table and every leader of the school, each once, in two queries at most."""
    seats = [
        Owner(seat.person_id, seat.person.name, seat.get_role_display())
        for seat in meeting.seats.all()
        if seat.person_id and seat.person and seat.role != Capacity.LEADER
    ]
    return _once([*seats, *_posted(Post.objects.filter(school=meeting.school), today)])


def owners_at(schools: Iterable[School], today: dt.date) -> list[Owner]:
    """Leaders of these schools and the trust's own people, each once."""
    trust = Post.objects.filter(school=None, capacity__in=OF_TRUST)
    return _once([*_posted(Post.objects.filter(school__in=schools), today), *_held(trust, today)])


def _posted(posts: PostQuerySet, today: dt.date) -> list[Owner]:
    return _held(posts.filter(capacity__in=AT_SCHOOL), today)


def _held(posts: PostQuerySet, today: dt.date) -> list[Owner]:
    rows = posts.current(today).exclude(person=None).select_related("person")
    return [Owner(post.person.pk, post.person.name, post.label) for post in rows if post.person]


def _once(owners: Iterable[Owner]) -> list[Owner]:
    found: dict[int, Owner] = {}
    for owner in owners:
        found.setdefault(owner.person_id, owner)
    return list(found.values())
