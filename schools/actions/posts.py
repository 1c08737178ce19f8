"""Appoint people to posts, end posts, and name delegates."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from schools.models import Post, School
from schools.models.posts import AT_SCHOOLS
from schools.rules import may_appoint, may_end_post, may_name_delegate
from trust.access import CAPACITY_NAMES, FOR_A_YEAR, Actor, Capacity, Conflict, require
from trust.audit import record
from trust.calendar import today
from trust.models import AcademicYear
from trust.people.models import Person


def _overlapping(starts_on: dt.date, ends_on: dt.date | None) -> QuerySet[Post]:
    found = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    return found.filter(starts_on__lte=ends_on) if ends_on else found


@transaction.atomic
def appoint_person(
    *,
    by: Actor,
    person: Person | None,
    capacity: str,
    starts_on: dt.date,
    school: School | None = None,
    ends_on: dt.date | None = None,
    title: str = "",
    standing: str = Post.Standing.PERMANENT,
    headship_since: dt.date | None = None,
    is_chair_of_trustees: bool = False,
    new_name: str = "",
    new_email: str = "",
) -> Post:
    """Make a dated post; without a person it is vacant. Raises Conflict when it is held already.

    `new_name` and `new_email` name somebody who is not known yet: they need no account.
    """
    if person is None and new_name.strip():
        person = Person(name=new_name.strip(), email=new_email.strip().lower())
    post = Post(
        person=person,
        capacity=capacity,
        school=school,
        title=title.strip(),
        standing=standing if person else Post.Standing.VACANT,
        starts_on=starts_on,
        ends_on=ends_on,
        headship_since=headship_since,
        is_chair_of_trustees=is_chair_of_trustees,
    )
    require(may_appoint(by, post))
    _check_shape(post)
    if person is not None and person._state.adding:
        person.save()
        post.person = person
        record("enter_person", person, by=by)
    elif person is not None:
        Person.objects.select_for_update().get(pk=person.pk)
        same = _overlapping(starts_on, ends_on).filter(
            person=person, capacity=capacity, school=school, title=post.title, delegate_of=None
        )
        if same.exists():
            raise Conflict(f"{person} already holds this post in that time")
    post.save()
    record("appoint_person", post, by=by, capacity=capacity, holder=person.pk if person else None)
    return post


def _check_shape(post: Post) -> None:
    name = CAPACITY_NAMES[post.capacity]
    if post.capacity in FOR_A_YEAR:
        raise Conflict(f"Nobody is appointed {name} by hand: it comes with what it is for")
    if post.ends_on and post.ends_on < post.starts_on:
        raise Conflict("A post ends after it starts")
    if post.capacity in AT_SCHOOLS and post.capacity != Capacity.PROVIDER and post.school is None:
        raise Conflict(f"Choose the school: {name} is a post at a school")
    if post.capacity not in AT_SCHOOLS and post.school is not None:
        raise Conflict(f"Leave the school empty: {name} is a post for the whole trust")
    if post.is_chair_of_trustees and post.capacity != Capacity.TRUSTEE:
        raise Conflict("The Chair of trustees is a trustee")
    if post.person is not None and post.standing == Post.Standing.VACANT:
        raise Conflict("A vacant post has nobody in it")


@transaction.atomic
def end_post(post: Post, *, by: Actor, on: dt.date) -> Post:
    """End a post on its last day: access ends with it, a delegate's too. The same day twice is once."""
    require(may_end_post(by, post))
    post = Post.objects.select_for_update().get(pk=post.pk)
    if on < post.starts_on:
        raise Conflict("A post ends after it starts")
    if post.ends_on != on:
        post.ends_on = on
        post.save(update_fields=["ends_on"])
        record("end_post", post, by=by, capacity=post.capacity, on=on.isoformat())
    return post


@transaction.atomic
def name_delegate(
    post: Post, *, by: Actor, person: Person, starts_on: dt.date, ends_on: dt.date | None = None
) -> Post:
    """Name the one delegate of the Chief Executive or of a head, for everything but rating, sharing and signing."""
    require(may_name_delegate(by, post))
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.delegate_of_id or post.person_id is None:
        raise Conflict("Only somebody who holds the post names a delegate")
    if person.pk == post.person_id:
        raise Conflict("A delegate is somebody else")
    if ends_on and ends_on < starts_on:
        raise Conflict("A delegate's last day is after the first")
    if _overlapping(starts_on, ends_on).filter(delegate_of=post).exists():
        raise Conflict("There is a delegate in that time already: end that first")
    delegate = Post.objects.create(
        person=person,
        capacity=post.capacity,
        school_id=post.school_id,
        title="Delegate",
        standing=Post.Standing.ACTING,
        starts_on=starts_on,
        ends_on=ends_on,
        delegate_of=post,
    )
    record("name_delegate", delegate, by=by, holder=person.pk, of=post.pk)
    return delegate


# -- held for one year ---------------------------------------------------------------------------


@transaction.atomic
def appoint_for_year(
    person: Person, year: AcademicYear, *, capacity: str, title: str, by: Actor
) -> Post:
    """Give somebody a post for one academic year, from today and without a last day; held already, it stays.

    Asks no rule of its own: it is part of the act that names the person, and that act has asked.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    held = Post.objects.current(today()).filter(
        person=person, capacity=capacity, academic_year=year
    )
    post = held.first()
    if post is None:
        post = Post.objects.create(
            person=person, capacity=capacity, academic_year=year, title=title, starts_on=today()
        )
        record("appoint_person", post, by=by, capacity=capacity, holder=person.pk, year=year.name)
    return post


@transaction.atomic
def end_for_year(year: AcademicYear, *, capacity: str, by: Actor) -> None:
    """Today is the last day of whoever holds the capacity for the year; part of the act that completes its work."""
    held = Post.objects.filter(capacity=capacity, academic_year=year, ends_on=None)
    for post in held.select_for_update(of=("self",)).order_by("pk"):
        post.ends_on = today()
        post.save(update_fields=["ends_on"])
        record("end_post", post, by=by, capacity=capacity, on=today().isoformat())
