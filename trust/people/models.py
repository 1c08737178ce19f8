"""Who somebody is (Person), how they sign in (User, codes, known devices), and how they were asked in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from trust.access import NO_POSTS, Actor, Posts


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: Actor) -> Self:
        """People are looked up by whoever is signed in and holds a post; others see themselves."""
        if user.posts.holdings:
            return self
        return self.filter(pk=user.person_id) if user.person_id else self.none()


class Person(models.Model):
    """Somebody who is named: posts, seats, answers and actions point here, account or not (ADR 4)."""

    name = models.CharField(max_length=120)
    email = models.EmailField("work e-mail", blank=True)
    telephone = models.CharField(max_length=30, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="one_person_per_email"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a sign-in; without a password it can only be entered by link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """How somebody signs in; known only to sessions, `by=` and the audit."""

    email = models.EmailField(unique=True)
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="user"
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    posts: Posts = NO_POSTS
    """Set once a request by schools.middleware, or by `with_posts`."""
    took_second_step: bool = False
    """Set once a request: whether this session may open what needs a second step of signing in."""

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        return self.person.name if self.person else self.email


class Invitation(models.Model):
    """A link, sent once, by which a Person gets an account; only its hash is kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Invitation of {self.email}"

    @property
    def is_open(self) -> bool:
        """Whether it has been neither used nor withdrawn; it may have run out."""
        return self.accepted_at is None and self.withdrawn_at is None

    def refusal(self, now: dt.datetime) -> str:
        """Why the link no longer works, in words for whoever opened it; empty while it does."""
        if self.accepted_at is not None:
            return "This invitation has been used. Sign in with the password you chose"
        if self.withdrawn_at is not None:
            return "This invitation was withdrawn. Ask your trust’s administrator for a new one"
        if self.expires_at <= now:
            return "This invitation has run out. Ask your trust’s administrator for a new one"
        return ""


class SignInCode(models.Model):
    """A code sent by e-mail as second step (ADR 16): for one session, once, for ten minutes; only its hash is kept."""

    LASTS: ClassVar[dt.timedelta] = dt.timedelta(minutes=10)
    TRIES: ClassVar[int] = 5
    DIGITS: ClassVar[int] = 8

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    session_mark = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "asked_at"], name="code_by_user")]

    def __str__(self) -> str:
        return f"Code of {self.asked_at}"

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can still be given: not used, not too old, not guessed at too often."""
        return self.used_at is None and self.tries < self.TRIES and now < self.asked_at + self.LASTS


class KnownDeviceQuerySet(models.QuerySet["KnownDevice"]):
    def visible_to(self, user: Actor) -> Self:
        """Everybody sees their own devices and nobody else's."""
        return self.filter(user_id=user.pk)


class KnownDevice(models.Model):
    """A browser that gave a code and is not asked again for a while; its cookie's hash, bound to the password."""

    user = models.ForeignKey(User, models.CASCADE, related_name="known_devices")
    token_hash = models.CharField(max_length=64, unique=True)
    password_mark = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    remembered_at = models.DateTimeField()
    used_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = KnownDeviceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
