"""Who records an action, says it is done, closes it, raises one apart from a meeting, and takes the list away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trust.access import (
    Actor,
    Answer,
    Capacity,
    Denied,
    allowed_if,
    rule,
)

if TYPE_CHECKING:
    from meetings.models import Action
from meetings.rules import may


@rule("meetings.record_action")
def may_record_action(user: Actor, action: Action) -> Answer:
    return may(user, action.meeting, "minute") if action.meeting else Denied("Not of a meeting")


@rule("meetings.mark_action_done")
def may_mark_action_done(user: Actor, action: Action) -> Answer:
    """The owner, or the head of the owner's school for an owner without an account."""
    owns = user.person_id is not None and user.person_id == action.owner_id
    heads = user.posts.holds(Capacity.HEAD, school=action.school_id) and action.school_id
    return allowed_if(owns or heads, "Only the owner marks an action as done")


@rule("meetings.close_action")
def may_close_action(user: Actor, action: Action) -> Answer:
    """Those of `may_close_sooner`, and who minutes at a later meeting; an owner never closes their own."""
    sooner = may_close_sooner(user, action)
    owns = user.person_id is not None and user.person_id == action.owner_id
    if sooner or owns:
        return sooner
    minutes = action.meeting is not None and may(user, action.meeting, "minute")
    return allowed_if(minutes or user.posts.holds(Capacity.CLERK), sooner.reason)


def may_close_sooner(user: Actor, action: Action) -> Answer:
    """Whom the kind of its meeting lets close actions before the next one; CEO or DSI where there is none."""
    if user.person_id is not None and user.person_id == action.owner_id:
        return Denied("An owner never closes their own action")
    if action.meeting is not None:
        return may(user, action.meeting, "close_actions")
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI),
        "Only the Chief Executive or the Director of School Improvement can close actions",
    )


def may_raise_action(user: Actor, school_id: int | None) -> Answer:
    return allowed_if(
        user.posts.holds(Capacity.CEO, Capacity.DSI, Capacity.CLERK, school=school_id),
        "Only the Chief Executive, the Director of School Improvement or a clerk adds an action",
    )


ACTION_EXPORTERS = (
    Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI, Capacity.CLERK, Capacity.HEAD,
    Capacity.LINK_TRUSTEE,
)  # fmt: skip


def may_export_actions(user: Actor) -> Answer:
    """Those of the trust who follow actions up; an external Chair's or provider's account exports nothing in bulk."""
    return allowed_if(
        user.posts.holds(*ACTION_EXPORTERS), "Actions are exported by those of the trust"
    )


def may_update_action(user: Actor, action: Action) -> Answer:
    owns = user.person_id is not None and user.person_id == action.owner_id
    follows_up = [Capacity.CEO, Capacity.DSI, Capacity.CLERK]
    if action.school_id is not None:  # an action of no school is no headteacher's but its owner's
        follows_up.append(Capacity.HEAD)
    may_act = owns or user.posts.holds(*follows_up, school=action.school_id)
    return allowed_if(may_act, "Only the owner and those who follow it up say how it goes")
