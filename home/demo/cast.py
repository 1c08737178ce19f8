"""The people of the story: who they are, what they hold, and how they act."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib.auth.hashers import make_password

from home.demo.timeline import story
from schools.actions import appoint_person, name_delegate
from schools.models import Post, School
from schools.queries import with_posts
from trust.access import Capacity
from trust.audit import record
from trust.calendar import today
from trust.people.actions import add_person
from trust.people.models import Person, User

DOMAIN = "marlfen.example"
PASSWORD = "marlfen-demo-2026"  # noqa: S105 - printed in the README; the demo answers on this computer only


class Cast:
    """Schools, people and accounts by their key in the story."""

    def __init__(self) -> None:
        self.schools: dict[str, School] = {}
        self.people: dict[str, Person] = {}
        self._users: dict[str, User] = {}
        self._known: dict[tuple[str, dt.date], User] = {}

    @cached_property
    def _hash(self) -> str:
        return make_password(PASSWORD)

    def by(self, key: str) -> User:
        """The account of somebody, with the posts held on the story's day, looked up once a day."""
        known = self._known.get((key, today()))
        if known is None:
            rows = User.objects.select_related("person")
            known = with_posts(rows.get(pk=self._users[key].pk), today())
            self._known[key, today()] = known
        return known

    def head_of(self, school: str) -> str:
        """The key of who heads a school on the story's day."""
        post = Post.objects.current(today()).get(
            school=self.schools[school], capacity=Capacity.HEAD, delegate_of=None
        )
        return next(k for k, p in self.people.items() if p.pk == post.person_id)

    def arrive(self) -> None:
        """Everybody and every school of the story, with their posts."""
        told = story("trust")
        for entry in told["schools"]:
            self.schools[entry["key"]] = self._school(entry)
        self._first_administrator(next(p for p in told["people"] if p["key"] == "admin"))
        for entry in told["people"]:
            self._person(entry)
        for entry in told["people"]:
            if whose := entry.get("delegate_of"):
                self._delegate(entry, whose)
        self._known.clear()  # posts were added one by one

    def _school(self, entry: dict[str, Any]) -> School:
        low, high = entry["ages"]
        school = School.objects.create(
            urn=entry["urn"], name=entry["name"], code=entry["code"], phase=entry["phase"],
            low_age=low, high_age=high, pupils=entry["pupils"], town=entry["town"],
            status="Open", type_group="Academies", joined_on=dt.date(2019, 9, 1),
            has_sixth_form=high > 16, local_authority="Marlfen",
        )  # fmt: skip
        record("enter_school", school, by=None)
        return school

    def _first_administrator(self, entry: dict[str, Any]) -> None:
        """The one appointment that nobody can make: of who makes all others."""
        person = Person.objects.create(name=entry["name"], email=self._address(entry))
        self.people[entry["key"]] = person
        self._account(entry, person)
        post = Post.objects.create(
            person=person, capacity=Capacity.ADMINISTRATOR, title=entry["posts"][0][2],
            starts_on=dt.date.fromisoformat(entry["posts"][0][3]),
        )  # fmt: skip
        record("appoint_person", post, by=None)

    def _person(self, entry: dict[str, Any]) -> None:
        key, admin = entry["key"], self.by("admin")
        if key == "admin":
            return
        person = add_person(by=admin, name=entry["name"], email=self._address(entry))
        self.people[key] = person
        heads = any(capacity == Capacity.HEAD for capacity, *_ in entry["posts"])
        if "account" in entry or heads:
            self._account(entry, person)
        since = entry.get("headship_since")
        for capacity, school, title, starts, ends, standing in entry["posts"]:
            appoint_person(
                by=admin,
                person=person,
                capacity=capacity,
                school=self.schools[school] if school else None,
                title=title,
                starts_on=dt.date.fromisoformat(starts),
                ends_on=dt.date.fromisoformat(ends) if ends else None,
                standing=standing,
                headship_since=dt.date.fromisoformat(since)
                if since and capacity == Capacity.HEAD
                else None,
                is_chair_of_trustees=bool(
                    entry.get("chair_of_trustees") and capacity == Capacity.TRUSTEE
                ),
            )

    def _delegate(self, entry: dict[str, Any], whose: str) -> None:
        post = Post.objects.get(person=self.people[whose], capacity=Capacity.HEAD)
        name_delegate(post, by=self.by(whose), person=self.people[entry["key"]], starts_on=today())

    def _account(self, entry: dict[str, Any], person: Person) -> None:
        """An account of the demo; a former head's is closed."""
        email = self._address(entry) or f"{entry['key'].replace('_', '.')}@{DOMAIN}"
        user = User(email=email, person=person, password=self._hash, is_active="account" in entry)
        user.save()
        self._users[entry["key"]] = user

    def _address(self, entry: dict[str, Any]) -> str:
        return f"{entry['account']}@{DOMAIN}" if "account" in entry else ""
