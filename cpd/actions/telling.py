"""Whom a school's training is told to by mail: its headteacher, and whoever asked for it."""

from __future__ import annotations

from typing import Any

from cpd.models import CpdRequest
from cpd.rules import OF_SCHOOL
from schools.models import Post, School
from trust.access import Capacity
from trust.calendar import today
from trust.mail import queue_mail
from trust.people.models import Person


def heads_of(school: School) -> list[Person]:
    """Who heads a school today, delegates too."""
    posts = Post.objects.current(today()).filter(school=school, capacity=Capacity.HEAD)
    people = {p.person.pk: p.person for p in posts.select_related("person") if p.person}
    return [people[pk] for pk in sorted(people)]


def asks_and_decides(request: CpdRequest) -> list[Person]:
    """The headteacher, and the requester while still in post at the school."""
    posts = Post.objects.current(today()).filter(school=request.school, capacity__in=OF_SCHOOL)
    people = {
        p.person.pk: p.person
        for p in posts.select_related("person")
        if p.person and (p.capacity == Capacity.HEAD or p.person_id == request.requester_id)
    }
    return [people[pk] for pk in sorted(people)]


def tell(people: list[Person], *, key: str, template: str, **context: Any) -> None:
    """One mail to each, once a key and person; it says what waits and where, and judges nothing."""
    for person in people:
        queue_mail(f"{key}:{person.pk}", to=person.email, template=template, context=context)
