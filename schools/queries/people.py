"""Who holds which post, and what somebody may do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower

from schools.models import Post, School
from schools.rules import may_appoint, may_end_post, may_name_delegate
from trust.access import CAPACITY_NAMES, Actor, Capacity

WHOLE_TRUST = "Whole trust"


@dataclass(frozen=True)
class PostLine:
    """One post with what this person may do about it."""

    post: Post
    holder: str
    what: str
    where: str
    standing: str
    may_end: bool
    may_delegate: bool
    is_coming: bool
    has_ended: bool


def posts_listed(
    user: Actor, today: dt.date, *, school: School | None = None, ended: bool = False
) -> QuerySet[Post]:
    """Posts held now or to come (or those that ended), by place and in the order of the capacities."""
    posts = Post.objects.visible_to(user).select_related("person", "school", "delegate_of__person")
    if school is not None:
        posts = posts.at(school)
    past = Q(ends_on__isnull=False, ends_on__lt=today)
    order = Case(
        *(When(capacity=capacity, then=place) for place, capacity in enumerate(CAPACITY_NAMES))
    )
    where = Coalesce(Lower("school__name"), Value(WHOLE_TRUST.casefold()))
    return posts.filter(past if ended else ~past).order_by(
        where, order, Lower("person__name"), "pk"
    )


def post_lines(user: Actor, today: dt.date, posts: Iterable[Post]) -> list[PostLine]:
    """These posts with what this person may do about each; no query more than theirs."""
    return [_post_line(post, user, today) for post in posts]


def _post_line(post: Post, user: Actor, today: dt.date) -> PostLine:
    what, standing = CAPACITY_NAMES[post.capacity], ""
    if post.delegate_of:
        standing = f"Delegate of {post.delegate_of.person}"
    elif post.standing != Post.Standing.PERMANENT:
        standing = post.get_standing_display()
    if post.is_chair_of_trustees:
        standing = "Chair of trustees"
    ended = post.ends_on is not None and post.ends_on < today
    return PostLine(
        post=post,
        holder=post.person.name if post.person else "Vacant",
        what=what,
        where=post.school.name if post.school else WHOLE_TRUST,
        standing=standing,
        may_end=not ended and bool(may_end_post(user, post)),
        may_delegate=not ended
        and post.delegate_of is None
        and post.person_id is not None
        and bool(may_name_delegate(user, post)),
        is_coming=post.starts_on > today,
        has_ended=ended,
    )


def may_appoint_anybody(user: Actor) -> bool:
    """Whether there is any post that this person may make."""
    places = [None, *user.posts.schools(Capacity.HEAD)]
    office = user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI)
    return office or any(
        may_appoint(user, Post(capacity=Capacity.LEADER, school_id=place)) for place in places
    )
