"""Every write to people, invitations and accounts."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.mail import queue_mail
from trust.people.models import Invitation, Person, User
from trust.people.queries import token_hash
from trust.people.rules import may_deactivate, may_invite, may_manage_people, may_withdraw

if TYPE_CHECKING:
    from trust.access import Actor

INVITATION_LASTS = dt.timedelta(days=14)
SENTENCES = {
    "one_person_per_email": "Somebody with this work e-mail is in the list already",
    "people_user_email_key": "Somebody signs in with this e-mail address already",
}


def add_person(*, by: Actor, name: str, email: str = "", telephone: str = "") -> Person:
    """Name somebody, so that posts, seats and actions can point to them; no account comes of it."""
    require(may_manage_people(by, None))
    with refusals_as_conflicts():
        person = Person.objects.create(name=name, email=email.lower(), telephone=telephone)
        record("add", person, by=by)
    return person


def change_person(person: Person, *, by: Actor, name: str, email: str, telephone: str) -> Person:
    """Change name, work e-mail or telephone; the sign-in follows the e-mail, and an open invitation ends."""
    require(may_manage_people(by, None))
    with refusals_as_conflicts():
        person = Person.objects.select_for_update().get(pk=person.pk)
        given = {"name": name, "email": email.lower(), "telephone": telephone}
        changed = [field for field, value in given.items() if getattr(person, field) != value]
        if not changed:
            return person
        for field in changed:
            setattr(person, field, given[field])
        person.save(update_fields=changed)
        if "email" in changed:
            _follow_email(person, by=by)
        record("change", person, by=by, fields=changed)
    return person


def _follow_email(person: Person, *, by: Actor) -> None:
    """A link sent to the old address must not open an account of the new one."""
    for invitation in person.invitations.filter(accepted_at=None, withdrawn_at=None):
        withdraw_invitation(invitation, by=by)
    user = User.objects.filter(person=person).first()
    if user is not None and person.email:
        user.email = person.email
        user.save(update_fields=["email"])
        _prove_address(user)
        end_sessions(user)


def invite_person(person: Person, *, by: Actor) -> Invitation:
    """Send a link that lets this person choose a password, for 14 days; an earlier link ends."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        require(may_invite(by, person))
        for earlier in person.invitations.filter(accepted_at=None, withdrawn_at=None):
            withdraw_invitation(earlier, by=by)
        token = secrets.token_urlsafe(32)
        invitation = Invitation.objects.create(
            person=person,
            email=person.email,
            token_hash=token_hash(token),
            invited_by_id=by.pk,
            sent_at=now(),
            expires_at=now() + INVITATION_LASTS,
        )
        record("invite", person, by=by, invitation=invitation.pk)
        queue_mail(
            f"link:invitation:{invitation.pk}",
            to=person.email,
            template="invitation",
            context={
                "link": settings.SITE_URL + reverse("people:accept-invitation", args=[token]),
                "expires_at": invitation.expires_at,
            },
        )
    return invitation


def withdraw_invitation(invitation: Invitation, *, by: Actor) -> None:
    """End an invitation that has not been used."""
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        require(may_withdraw(by, invitation))
        invitation.withdrawn_at = now()
        invitation.save(update_fields=["withdrawn_at"])
        record("withdraw_invitation", invitation.person, by=by, invitation=invitation.pk)


def accept_invitation(token: str, *, password: str) -> User:
    """Turn a link into an account with this password. Raises Conflict in words when the link is used up.

    Raises Invitation.DoesNotExist for a link nobody sent. The password has passed the validators.
    """
    with refusals_as_conflicts():
        invitation = Invitation.objects.select_for_update().get(token_hash=token_hash(token))
        refusal = invitation.refusal(now())
        if refusal:
            raise Conflict(refusal)
        person = invitation.person
        user = User.objects.filter(person=person).first() or User(person=person)
        user.email = invitation.email.lower()
        user.is_active = True
        user.set_password(password)
        user.save()
        invitation.accepted_at = now()
        invitation.save(update_fields=["accepted_at"])
        _prove_address(user)
        record("accept_invitation", person, by=user, invitation=invitation.pk)
    return user


def _prove_address(user: User) -> None:
    """Tell allauth that the address is proved: the link went there, or the administrator vouches."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def deactivate_user(user: User, *, by: Actor) -> None:
    """Close an account and end its sessions at once; the person and what they did stay."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        require(may_deactivate(by, user))
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions(user)
        record("deactivate", user.person or user, by=by, account=user.pk)


def end_sessions(user: User) -> None:
    """Sign the user out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()
