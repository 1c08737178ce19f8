"""What waits for a person in ratings: drafts to finish, the school's own view, ratings over a term old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from ratings.models import RatingAssessment, SchoolView
from ratings.queries import stale_schools
from schools.models import School
from trust.access import Capacity
from trust.people.models import User
from trust.work import WorkItem


def work_for(user: User, today: dt.date) -> Iterator[WorkItem]:
    """The software prompts; it never rates."""
    if user.posts.holds(Capacity.CEO, in_person=True):
        yield from _drafts(user)
        yield from _stale(user, today)
    heads = user.posts.schools(Capacity.HEAD)
    if heads:
        yield from _own_views(heads)


def _drafts(user: User) -> Iterator[WorkItem]:
    drafts = (
        RatingAssessment.objects.visible_to(user)
        .filter(state="draft", entered_later=False, share_on__isnull=True)
        .select_related("school")
    )
    for draft in drafts:
        yield WorkItem(
            key=f"rating-{draft.pk}",
            title=f"Finish the rating of {draft.school}",
            why="Your draft is not shared: the school sees nothing, and no board moves",
            url=reverse("progress_boards:rate", args=[draft.school_id]),
            button="Rate the school",
            school=draft.school.name,
            icon="pencil",
        )


def _stale(user: User, today: dt.date) -> Iterator[WorkItem]:
    stale = stale_schools(today)
    if stale:
        names = ", ".join(school.name for school in stale[:3])
        yield WorkItem(
            key="ratings-stale",
            title=f"Look again at {len(stale)} rating{'s' if len(stale) > 1 else ''}",
            why=f"Over a term old, or not rated: {names}{' and others' if len(stale) > 3 else ''}",
            url=reverse("progress_boards:schools-to-rate"),
            button="Choose a school",
            icon="history",
        )


def _own_views(heads: frozenset[int]) -> Iterator[WorkItem]:
    asked = RatingAssessment.objects.filter(
        school__in=heads, state="draft", own_view_asked_at__isnull=False
    ).exclude(pk__in=SchoolView.objects.filter(assessment__isnull=False).values("assessment_id"))
    for school in School.objects.filter(pk__in=asked.values("school_id")):
        yield WorkItem(
            key=f"own-view-{school.pk}",
            title="Enter the school's own view",
            why="The Chief Executive asks how you see the school before rating it",
            url=reverse("ratings:own-view", args=[school.pk]),
            button="Enter your view",
            school=school.name,
            icon="message-square",
        )
