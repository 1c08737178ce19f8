"""Who may lead a priority, and where somebody may set one."""

from __future__ import annotations

import datetime as dt

from improvement.rules import may_add_priority
from meetings.queries.people import AT_SCHOOL, OF_TRUST, Owner
from schools.models import Post, School
from trust.access import Actor


def leads_for(school: School | None, day: dt.date) -> list[Owner]:
    """The school's head and leaders, or the trust's own people, each once, by name, in one query."""
    wanted = AT_SCHOOL if school else OF_TRUST
    posts = Post.objects.current(day).filter(school=school, capacity__in=wanted)
    found: dict[int, Owner] = {}
    for post in posts.exclude(person=None).select_related("person"):
        if post.person:
            owner = Owner(post.person.pk, post.person.name, post.label)
            found.setdefault(owner.person_id, owner)
    return sorted(found.values(), key=lambda owner: (owner.name.lower(), owner.person_id))


def places_to_set(user: Actor, day: dt.date) -> list[School | None]:
    """Where this person sets priorities: None is the trust itself, which comes first."""
    schools = School.objects.visible_to(user).in_trust(day).by_name()
    places: list[School | None] = [None, *schools]
    return [p for p in places if may_add_priority(user, p.pk if p else None)]
