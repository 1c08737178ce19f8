"""Who may look after the list of people and their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trust.access import Actor, Answer, Capacity, allowed_if, first_denied, rule

if TYPE_CHECKING:
    from trust.people.models import Invitation, Person, User

NEEDS_SECOND_FACTOR = frozenset(
    {Capacity.CEO, Capacity.DSI, Capacity.CLERK, Capacity.CFO, Capacity.ADMINISTRATOR}
)
"""Capacities whose account is worth most to an attacker: they read or keep what concerns every school."""


@rule("people.read")
def may_read_people(user: Actor, trust: Any) -> Answer:
    """The administrator looks after accounts; the Chief Executive reads who has one."""
    return allowed_if(
        user.posts.holds(Capacity.ADMINISTRATOR, Capacity.CEO),
        "The trust's administrator looks after people and their accounts",
    )


@rule("people.manage")
def may_manage_people(user: Actor, trust: Any) -> Answer:
    """Only the administrator adds people, changes them and asks them in."""
    return allowed_if(
        user.posts.holds(Capacity.ADMINISTRATOR),
        "The trust's administrator looks after people and their accounts",
    )


@rule("people.invite")
def may_invite(user: Actor, person: Person) -> Answer:
    """Somebody with a work e-mail and no open account can be asked in."""
    account: User | None = getattr(person, "user", None)
    return first_denied(
        (
            may_manage_people(user, None),
            allowed_if(person.email, "Add a work e-mail first: the invitation goes there"),
            allowed_if(
                account is None or not account.is_active, f"{person.name} has an account already"
            ),
        )
    )


@rule("people.withdraw")
def may_withdraw(user: Actor, invitation: Invitation) -> Answer:
    """An invitation can be withdrawn until it is used."""
    return first_denied(
        (
            may_manage_people(user, None),
            allowed_if(
                invitation.accepted_at is None and invitation.withdrawn_at is None,
                "This invitation is no longer open",
            ),
        )
    )


@rule("people.deactivate")
def may_deactivate(user: Actor, account: User) -> Answer:
    """Nobody closes their own account, or the last administrator could lock the trust out."""
    return first_denied(
        (
            may_manage_people(user, None),
            allowed_if(account.pk != user.pk, "Somebody else must close your account"),
            allowed_if(account.is_active, "This account is closed already"),
        )
    )
