"""The list of people with their posts and the state of their accounts."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac

from trust.access import NO_POSTS, Actor, Posts
from trust.calendar import LONDON
from trust.checks import is_loopback
from trust.people.models import (
    Invitation,
    KnownDevice,
    KnownDeviceQuerySet,
    Person,
    SignInCode,
    User,
)

PostLines = Callable[[Collection[int], dt.date], dict[int, list[str]]]
_post_lines: list[PostLines] = []
PostsOn = Callable[[int | None, dt.date], Posts]
_posts_on: list[PostsOn] = []

DEMO_HOST = "@marlfen.example"
DEMO_ROLES = (
    ("ceo", "Chief Executive"),
    ("dsi", "Director of School Improvement"),
    ("head.alderfen", "Headteacher, Alderfen"),
    ("leader.alderfen", "School leader, Alderfen"),
    ("trustee.alderfen", "Link Trustee, Alderfen"),
    ("trustee", "Trustee"),
    ("chair", "External Chair"),
    ("clerk", "Clerk"),
    ("cfo", "Chief Financial Officer"),
    ("provider", "External provider"),
    ("administrator", "Trust administrator"),
)
"""The demo's accounts in the order of their buttons: the part before the @, and the role."""


def register_post_lines(function: PostLines) -> None:
    """Let the app that owns posts say, for people and a day, which posts each holds: this floor knows none."""
    if function not in _post_lines:
        _post_lines.append(function)


def register_posts(function: PostsOn) -> None:
    """Let the app that owns posts say what somebody holds on a day, before their session has begun."""
    _posts_on[:] = [function]


def posts_on(person_id: int | None, on: dt.date) -> Posts:
    """What somebody holds on a day."""
    return _posts_on[0](person_id, on) if _posts_on else NO_POSTS


def post_lines(person_ids: Collection[int], on: dt.date) -> dict[int, list[str]]:
    """What each person holds on a day, in words such as "Headteacher, Alderfen Primary Academy"."""
    lines: dict[int, list[str]] = {}
    for function in _post_lines:
        for person, words in function(person_ids, on).items():
            lines.setdefault(person, []).extend(words)
    return lines


@dataclass(frozen=True)
class Account:
    """How somebody's account stands: words, a tag's kind, and the open invitation if there is one."""

    words: str
    kind: str = "plain"
    invitation: Invitation | None = None


def account_of(person: Person, now: dt.datetime) -> Account:
    """Read from the person with `user` and `invitations` loaded."""
    user: User | None = getattr(person, "user", None)
    if user is not None and user.is_active:
        return Account("Active", "done")
    open_ones = [i for i in person.invitations.all() if i.is_open]
    if open_ones:
        newest = max(open_ones, key=lambda i: i.sent_at)
        last = newest.expires_at.astimezone(LONDON)
        words = f"{last.day} {last:%B %Y}"
        if newest.expires_at > now:
            return Account(f"Invited until {words}", "todo", newest)
        return Account(f"Invitation ran out on {words}", "late", newest)
    return Account("Closed") if user is not None else Account("No account")


@dataclass(frozen=True)
class PersonRow:
    """One line of the list."""

    name: str
    url: str
    email: str
    posts: str
    account: str


def people_list(user: Actor, *, on: dt.date, now: dt.datetime, search: str = "") -> list[PersonRow]:
    """The list, by name: as many queries for forty people as for one."""
    newest_first = Prefetch("invitations", Invitation.objects.order_by("-sent_at"))
    found = Person.objects.visible_to(user).select_related("user").prefetch_related(newest_first)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search))
    people = list(found)
    lines = post_lines([person.pk for person in people], on)
    return [
        PersonRow(
            person.name,
            reverse("people:person", args=[person.pk]),
            person.email,
            "; ".join(lines.get(person.pk, [])),
            account_of(person, now).words,
        )
        for person in people
    ]


def token_hash(token: str) -> str:
    """What is kept of a link: the token itself is known only to the mail."""
    return hashlib.sha256(token.encode()).hexdigest()


# -- codes and known devices -----------------------------------------------------------------------


def code_hash(code: SignInCode, digits: str) -> str:
    """What is kept of a code: keyed, because eight digits alone are guessed from a bare hash in seconds."""
    return salted_hmac(
        "people.sign_in_code", f"{code.pk}:{code.user_id}:{digits}", algorithm="sha256"
    ).hexdigest()


def code_of_session(user: User, session_mark: str) -> SignInCode | None:
    """The newest code that this session asked for; the ones before it no longer count."""
    return (
        SignInCode.objects.filter(user=user, session_mark=session_mark)
        .order_by("-asked_at")
        .first()
    )


def password_mark(user: User) -> str:
    """What a known device is bound to: another password makes it strange."""
    return salted_hmac("people.known_device", user.password, algorithm="sha256").hexdigest()


def known_devices(user: User, now: dt.datetime) -> KnownDeviceQuerySet:
    """The devices on which this user is not asked for a code, newest use first."""
    return KnownDevice.objects.filter(
        user=user, password_mark=password_mark(user), expires_at__gt=now
    ).order_by("-used_at", "-pk")


# -- the demo's sign-in ----------------------------------------------------------------------------


@dataclass(frozen=True)
class DemoAccount:
    """One button of the sign-in page."""

    key: str
    label: str
    post_url: str


def demo_is_open() -> bool:
    """One-click sign-in exists in the demo, and only while it listens to this computer alone."""
    return bool(settings.DEMO) and is_loopback(settings.EYELINE_BIND)


def demo_accounts() -> list[DemoAccount]:
    """The demo's accounts that are there, in the order of `DEMO_ROLES`; none outside the demo."""
    if not demo_is_open():
        return []
    there = set(
        User.objects.filter(is_active=True, email__endswith=DEMO_HOST).values_list(
            "email", flat=True
        )
    )
    url = reverse("people:demo-sign-in")
    return [
        DemoAccount(key, label, url) for key, label in DEMO_ROLES if f"{key}{DEMO_HOST}" in there
    ]


def demo_user(key: str) -> User | None:
    """The account of one button, or None."""
    if key not in {account.key for account in demo_accounts()}:
        return None
    return User.objects.get(email=f"{key}{DEMO_HOST}")
