"""Whom an action of a meeting may be given to: those at its table and the leaders of its school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from meetings.models import Meeting
from schools.models import Post, School
from schools.models.posts import PostQuerySet
from trust.access import Capacity
from trust.calendar import today as on_today
from trust.people.models import Person

AT_SCHOOL = (Capacity.HEAD, Capacity.LEADER)
OF_TRUST = (Capacity.CEO, Capacity.DSI, Capacity.CFO, Capacity.SAFEGUARDING_LEAD)


@dataclass(frozen=True)
class Owner:
    """A person and the post in which they would own an action."""

    person_id: int
    name: str
    role: str
    capacity: str = Capacity.LEADER

    @property
    def label(self) -> str:
        return f"{self.role}, {self.name}"

    def as_person(self) -> Person:
        """The person as a row to point to."""
        return Person(pk=self.person_id, name=self.name)


def owners_of(meeting: Meeting, today: dt.date) -> list[Owner]:
    """Everybody at the table and every leader of the school, each once; where there is no school, the table."""
    labels = table_labels(meeting)
    is_of_school = meeting.school_id is not None
    seats = [
        Owner(seat.person_id, seat.person.name, labels[seat.pk], seat.role)
        for seat in meeting.seats.all()
        if seat.person_id and seat.person and not (is_of_school and seat.role == Capacity.LEADER)
    ]
    if not is_of_school:
        return _once(seats)
    return _once([*seats, *_posted(Post.objects.filter(school=meeting.school), today)])


def table_labels(meeting: Meeting) -> dict[int, str]:
    """What each seat is called: the role, and at a meeting of no school the post there, "Headteacher, Alderfen"."""
    seats = list(meeting.seats.all())
    labels = {seat.pk: seat.get_role_display() for seat in seats}
    if meeting.school_id is not None or not seats:
        return labels
    people = [seat.person_id for seat in seats if seat.person_id]
    posts = Post.objects.current(meeting.day or on_today()).filter(
        person__in=people, school__isnull=False
    )
    held: dict[tuple[int | None, str], list[str]] = {}
    for post in posts.select_related("school").order_by("pk"):
        label = f"{post.label}, {post.school.name}" if post.school else post.label
        held.setdefault((post.person_id, post.capacity), []).append(label)
    for seat in seats:
        if found := held.get((seat.person_id, seat.role)):
            labels[seat.pk] = " and ".join(dict.fromkeys(found))[:80]
    return labels


def guests_of(meeting: Meeting, today: dt.date) -> list[Owner]:
    """Who may come without a seat: the school's leaders, or where there is no school any school's and the trust's."""
    if meeting.school_id is not None:
        there = owners_of(meeting, today)
    else:
        leaders = _labelled_by_school(today)
        there = [*leaders, *_held(Post.objects.filter(school=None, capacity__in=OF_TRUST), today)]
    seated = {seat.person_id for seat in meeting.seats.all()}
    return [owner for owner in _once(there) if owner.person_id not in seated]


def _labelled_by_school(today: dt.date) -> list[Owner]:
    posts = Post.objects.current(today).filter(capacity__in=AT_SCHOOL, school__isnull=False)
    rows = posts.exclude(person=None).select_related("person", "school").order_by("person__name")
    return [
        Owner(
            post.person.pk,
            post.person.name,
            f"{post.label}, {post.school.name}"[:80],
            post.capacity,
        )
        for post in rows
        if post.person and post.school
    ]


def owners_at(schools: Iterable[School], today: dt.date) -> list[Owner]:
    """Leaders of these schools and the trust's own people, each once."""
    trust = Post.objects.filter(school=None, capacity__in=OF_TRUST)
    return _once([*_posted(Post.objects.filter(school__in=schools), today), *_held(trust, today)])


def _posted(posts: PostQuerySet, today: dt.date) -> list[Owner]:
    return _held(posts.filter(capacity__in=AT_SCHOOL), today)


def _held(posts: PostQuerySet, today: dt.date) -> list[Owner]:
    rows = posts.current(today).exclude(person=None).select_related("person")
    return [
        Owner(post.person.pk, post.person.name, post.label, post.capacity)
        for post in rows
        if post.person
    ]


def _once(owners: Iterable[Owner]) -> list[Owner]:
    found: dict[int, Owner] = {}
    for owner in owners:
        found.setdefault(owner.person_id, owner)
    return list(found.values())
