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
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.mail import queue_mail
from trust.people.models import Invitation, KnownDevice, Person, SignInCode, User
from trust.people.queries import (
    code_hash,
    code_of_session,
    known_devices,
    password_mark,
    token_hash,
)
from trust.people.rules import may_deactivate, may_invite, may_manage_people, may_withdraw

if TYPE_CHECKING:
    from trust.access import Actor

INVITATION_LASTS = dt.timedelta(days=14)
CODE_AGAIN_AFTER = dt.timedelta(seconds=60)
CODES_AN_HOUR = 6
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


# -- the second step by e-mail; by the real clock, because a demo whose days stand still must not keep codes


def send_code(user: User, *, session_mark: str) -> SignInCode | None:
    """Mail a code that counts in this session only; within a minute the one on its way stays the one.

    Returns None once an hour's codes are used up, so that guessing gets no further with new codes.
    """
    at = timezone.now()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        held = code_of_session(user, session_mark)
        if held is not None and held.used_at is None and at < held.asked_at + CODE_AGAIN_AFTER:
            return held
        SignInCode.objects.filter(user=user, asked_at__lt=at - dt.timedelta(hours=1)).delete()
        if SignInCode.objects.filter(user=user).count() >= CODES_AN_HOUR:
            return None
        digits = f"{secrets.randbelow(10**SignInCode.DIGITS):0{SignInCode.DIGITS}d}"
        code = SignInCode(user=user, session_mark=session_mark, asked_at=at)
        code.code_hash = code_hash(code, digits)
        code.save(force_insert=True)
        record("send_code", user, by=user)
        # The key's first part tells the outbox to keep no words of it once it is sent.
        queue_mail(
            f"link:code:{code.pk}",
            to=user.email,
            template="sign_in_code",
            context={"code": f"{digits[:4]} {digits[4:]}", "asked_at": at},
        )
    return code


def take_code(user: User, *, session_mark: str, digits: str) -> bool:
    """Whether these are the digits of this session's open code; each is taken once, and each try counts."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # tries at one moment count one by one
        code = code_of_session(user, session_mark)
        if code is None or not code.is_open(timezone.now()):
            return False
        is_right = constant_time_compare(code_hash(code, digits), code.code_hash)
        code.tries += 1
        code.used_at = timezone.now() if is_right else None
        code.save(update_fields=["tries", "used_at"])
        record("take_code" if is_right else "refuse_code", user, by=user)
    return is_right


def remember_device(user: User, *, name: str, days: int) -> str:
    """Ask this browser for no code for some days; returns the secret of its cookie, of which only a hash is kept."""
    at = timezone.now()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        user.known_devices.exclude(pk__in=known_devices(user, at).values("pk")).delete()
        device = KnownDevice.objects.create(
            user=user,
            token_hash=token_hash(token),
            password_mark=password_mark(user),
            name=name,
            remembered_at=at,
            used_at=at,
            expires_at=at + dt.timedelta(days=days),
        )
        record("remember_device", user, by=user, device=device.pk)
    return token


def use_device(device: KnownDevice, *, by: User) -> None:
    """Note that somebody signed in on a known device."""
    with transaction.atomic():
        device.used_at = timezone.now()
        device.save(update_fields=["used_at"])
        record("use_device", by, by=by, device=device.pk)


def forget_device(device: KnownDevice, *, by: User) -> None:
    """Ask for a code again on one device; forgetting it twice changes nothing."""
    with transaction.atomic():
        if KnownDevice.objects.filter(pk=device.pk).delete()[0]:
            record("forget_device", by, by=by, device=device.pk)


def forget_devices(user: User, *, by: User) -> int:
    """Ask for a code again on every device; returns how many were known."""
    with transaction.atomic():
        known = known_devices(user, timezone.now()).count()
        user.known_devices.all().delete()
        if known:
            record("forget_devices", user, by=by, devices=known)
    return known
