"""Who holds which post, and what somebody may do about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from schools.models import Post, School
from schools.rules import may_appoint, may_end_post, may_name_delegate
from trust.access import CAPACITY_NAMES, Actor, Capacity


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


def post_lines(
    user: Actor, today: dt.date, *, school: School | None = None, ended: bool = False
) -> list[PostLine]:
    """Posts held now or to come (or those that ended), in one query."""
    posts = Post.objects.visible_to(user).select_related("person", "school", "delegate_of__person")
    if school is not None:
        posts = posts.at(school)
    past = posts.filter(ends_on__lt=today)
    rows = past if ended else posts.exclude(pk__in=past.values("pk"))
    order = list(CAPACITY_NAMES)
    lines = [_post_line(post, user, today) for post in rows]
    return sorted(lines, key=lambda n: (n.where.casefold(), order.index(n.post.capacity)))


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
        where=post.school.name if post.school else "Whole trust",
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
