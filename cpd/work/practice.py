"""Shared practice as it waits for people: to join, to write a card, to finish a project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from cpd.queries.practice import waiting_findings
from cpd.queries.projects import asked_to_join, past_their_end
from trust.access import Actor, Capacity
from trust.work import WorkItem


def practice_work(user: Actor, today: dt.date) -> Iterator[WorkItem]:
    """Projects a headteacher is asked to join, findings that could become cards, projects past their end."""
    yield from _to_join(user)
    yield from _to_write(user)
    yield from _to_finish(user, today)


def _to_join(user: Actor) -> Iterator[WorkItem]:
    if not user.posts.schools(Capacity.HEAD):
        return
    for place in asked_to_join(user):
        yield WorkItem(
            key=f"cpd.join:{place.pk}",
            title=f"Answer whether your school joins “{place.project.title}”",
            why="A joint project begins when every school has joined",
            url=reverse("cpd:project", args=[place.project_id]),
            button="Read and answer",
            school=place.school.name,
            icon="share-2",
        )


def _to_write(user: Actor) -> Iterator[WorkItem]:
    if not user.posts.schools(Capacity.HEAD):
        return
    count = waiting_findings(user, Capacity.HEAD).count()
    if count:
        cards, were = ("a practice card", "1 finding was") if count == 1 else (
            f"{count} practice cards", f"{count} findings were")  # fmt: skip
        yield WorkItem(
            key="cpd.cards",
            title=f"Make {cards} of what visitors saw",
            why=f"{were} marked as good practice to share",
            url=reverse("cpd:practice-list"),
            button="See them",
            icon="lightbulb",
        )


def _to_finish(user: Actor, today: dt.date) -> Iterator[WorkItem]:
    if not user.posts.holds(Capacity.HEAD, Capacity.LEADER):
        return
    for project in past_their_end(user, today):
        yield WorkItem(
            key=f"cpd.finish:{project.pk}",
            title=f"Write up and finish “{project.title}”",
            why="The joint project is past its end",
            url=reverse("cpd:project", args=[project.pk]),
            button="Open the project",
            due=project.ends_on,
            icon="share-2",
            is_late=True,
        )
