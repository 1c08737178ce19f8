"""Who writes priorities: the trust's by CEO and DSI, a school's by its head, its own progress by its lead."""

from __future__ import annotations

from typing import Protocol

from trust.access import Actor, Answer, Capacity, allowed_if, rule


class PriorityLike(Protocol):
    """What the rules read of a priority."""

    school_id: int | None
    lead_id: int | None


def may_add_priority(user: Actor, school_id: int | None) -> Answer:
    """The trust's own: CEO and DSI; a school's: its headteacher or the DSI."""
    if school_id is None:
        return allowed_if(
            user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI),
            "Only the Chief Executive or the Director of School Improvement sets the trust's priorities",
        )
    return allowed_if(
        user.posts.is_trust_wide(Capacity.DSI) or user.posts.holds(Capacity.HEAD, school=school_id),
        "Only the headteacher or the Director of School Improvement sets a school's priorities",
    )


def may_add_somewhere(user: Actor) -> Answer:
    """Whether there is a place, the trust or a school, whose priorities this person sets."""
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI)
        or user.posts.schools(Capacity.HEAD)
        or user.posts.is_trust_wide(Capacity.HEAD),
        "Only the Chief Executive, the Director of School Improvement and headteachers set priorities",
    )


@rule("improvement.edit")
def may_edit_priority(user: Actor, priority: PriorityLike) -> Answer:
    """Whoever may set it, and the leader who leads it."""
    sets = may_add_priority(user, priority.school_id)
    leads = user.person_id is not None and user.person_id == priority.lead_id
    at_school = priority.school_id is not None and user.posts.holds(
        Capacity.LEADER, school=priority.school_id
    )
    return sets if not (leads and at_school) else allowed_if(True, "")
