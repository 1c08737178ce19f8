"""Who somebody is on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from schools.models import Post
from trust.access import NO_POSTS, Actor, Capacity, Holding, Posts

U = TypeVar("U", bound=Actor)


def posts_of(person_id: int | None, on: dt.date) -> Posts:
    """What a person holds on a day, in one query; a delegate's holding counts while both posts last."""
    if person_id is None:
        return NO_POSTS
    rows: Iterable[tuple[Any, ...]] = (
        Post.objects.current(on)
        .filter(person_id=person_id)
        .exclude(standing=Post.Standing.VACANT)
        .order_by("pk")
        .values_list(
            "capacity",
            "school_id",
            "is_chair_of_trustees",
            "delegate_of_id",
            "delegate_of__capacity",
            "delegate_of__school_id",
            "delegate_of__person_id",
            "delegate_of__starts_on",
            "delegate_of__ends_on",
            "academic_year_id",
        )
    )
    held: list[Holding] = []
    years: list[Holding] = []
    for capacity, school, mark, of, of_capacity, of_school, of_person, start, end, year in rows:
        if year is not None:
            years.append(Holding(Capacity(capacity), year_id=year))
        elif of is None:
            held.append(Holding(Capacity(capacity), school, is_mark=mark))
        elif of_person is not None and start <= on and (end is None or on <= end):
            held.append(Holding(Capacity(of_capacity), of_school, for_person_id=of_person))
    return Posts(tuple(held), person_id, tuple(years))


def with_posts(user: U, on: dt.date) -> U:
    """The user with the posts held on a day, for actions outside a request."""
    user.posts = posts_of(user.person_id, on)
    return user


def posts_in_words(person_ids: Collection[int], on: dt.date) -> dict[int, list[str]]:
    """The posts of each person on a day in words, such as "Headteacher, Alderfen Primary Academy", in one query."""
    lines: dict[int, list[str]] = {}
    held = (
        Post.objects.current(on)
        .filter(person_id__in=person_ids)
        .exclude(standing=Post.Standing.VACANT)
        .select_related("school", "delegate_of__person")
        .order_by("capacity", "pk")
    )
    for post in held:
        words = f"{post.label}, {post.school}" if post.school else post.label
        if post.delegate_of and post.delegate_of.person:
            words = f"{words} (for {post.delegate_of.person})"
        lines.setdefault(post.person_id or 0, []).append(words)
    return lines
