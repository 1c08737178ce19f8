"""Who may change the register, the posts and the term dates."""

from __future__ import annotations

from typing import Any, Protocol

from trust.access import ALLOWED, Actor, Answer, Capacity, allowed_if, rule

KEEPERS = (Capacity.CEO, Capacity.DSI, Capacity.ADMINISTRATOR)
TERM_DATE_KEEPERS = (*KEEPERS, Capacity.CLERK)


class PostLike(Protocol):
    """What the rules read of a post."""

    capacity: str
    school_id: int | None
    person_id: int | None


@rule("schools.import_register")
def may_import_register(user: Actor, run: Any) -> Answer:
    """The trust's own office brings in the register."""
    return allowed_if(
        user.posts.is_trust_wide(*KEEPERS),
        "The Chief Executive, the Director of School Improvement or the administrator brings in the register",
    )


@rule("schools.edit_school")
def may_edit_school(user: Actor, school: Any) -> Answer:
    """The office keeps every school's profile, a headteacher the own school's."""
    return allowed_if(
        user.posts.is_trust_wide(*KEEPERS) or user.posts.holds(Capacity.HEAD, school=school.pk),
        "The trust's office or the school's headteacher keeps a school's profile",
    )


@rule("schools.mark_membership")
def may_mark_membership(user: Actor, school: Any) -> Answer:
    """That a school joined or left is the office's to say."""
    return allowed_if(
        user.posts.is_trust_wide(*KEEPERS), "The trust's office records who joined and left"
    )


@rule("schools.appoint")
def may_appoint(user: Actor, post: PostLike) -> Answer:
    """The administrator makes every post, CEO and DSI those at schools, a head the own school's leaders."""
    posts = user.posts
    if posts.is_trust_wide(Capacity.ADMINISTRATOR):
        return ALLOWED
    if post.school_id is None:
        return allowed_if(False, "The administrator makes the posts held for the whole trust")
    if posts.is_trust_wide(Capacity.CEO, Capacity.DSI):
        return ALLOWED
    return allowed_if(
        post.capacity == Capacity.LEADER and posts.holds(Capacity.HEAD, school=post.school_id),
        "A headteacher names the leaders of the own school",
    )


@rule("schools.end_post")
def may_end_post(user: Actor, post: PostLike) -> Answer:
    """Whoever may make a post may end it."""
    return may_appoint(user, post)


@rule("schools.name_delegate")
def may_name_delegate(user: Actor, post: PostLike) -> Answer:
    """The Chief Executive and each headteacher name one delegate; the administrator may enter it for them."""
    if post.capacity not in (Capacity.CEO, Capacity.HEAD):
        return allowed_if(False, "Only the Chief Executive and headteachers have a delegate")
    return allowed_if(
        user.posts.is_trust_wide(Capacity.ADMINISTRATOR)
        or (user.person_id is not None and user.person_id == post.person_id),
        "Whoever holds the post names the delegate",
    )


@rule("schools.edit_trust_calendar")
def may_edit_trust_calendar(user: Actor, year: Any) -> Answer:
    """The office and the clerk keep the trust's term dates."""
    return allowed_if(
        user.posts.is_trust_wide(*TERM_DATE_KEEPERS),
        "The trust's office or the clerk keeps the trust's term dates",
    )


@rule("schools.edit_school_calendar")
def may_edit_school_calendar(user: Actor, school: Any) -> Answer:
    """Academies set their own dates: the headteacher's, the office's and the clerk's to enter."""
    return allowed_if(
        user.posts.is_trust_wide(*TERM_DATE_KEEPERS)
        or user.posts.holds(Capacity.HEAD, school=school.pk),
        "The trust's office, the clerk or the school's headteacher keeps a school's term dates",
    )


@rule("schools.read_posts")
def may_read_posts(user: Actor, trust: Any) -> Answer:
    """Who holds which post, and the term dates, are for everybody in the trust, not for providers."""
    return allowed_if(
        user.posts.capacities - {Capacity.PROVIDER},
        "The posts and term dates are for people of the trust",
    )


@rule("schools.read_profile")
def may_read_profile(user: Actor, school: Any) -> Answer:
    """An external provider knows a school by its name only."""
    others = tuple(capacity for capacity in Capacity if capacity != Capacity.PROVIDER)
    return allowed_if(
        user.posts.holds(*others, school=school.pk),
        "External providers know a school by its name",
    )
