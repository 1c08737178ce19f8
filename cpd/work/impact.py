"""What waits at the end of training: reviews that are due or late, and the verdict after the last one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from cpd.models import TrainingPolicy
from cpd.queries.impact import review_name, reviews_waiting, verdicts_waiting
from cpd.rules import OF_SCHOOL
from trust.access import Capacity
from trust.templatetags.eyeline import day
from trust.work import WorkItem


def work_for(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Reviews and verdicts of one's own requests, and for a headteacher of every request of the school."""
    if user.person_id is None or not user.posts.holds(*OF_SCHOOL):
        return
    heads, leads = user.posts.schools(Capacity.HEAD), user.posts.schools(*OF_SCHOOL)
    policy = TrainingPolicy.current()
    for review in reviews_waiting(user.person_id, heads, leads, today):
        yield WorkItem(
            key=f"cpd.review.{review.pk}",
            title=f"Say what changed: {review.request.title}"[:140],
            why=f"{review.request.ref}, {review_name(review, policy)}",
            url=reverse("cpd:review", args=[review.pk]), button="Review impact",
            due=review.due_on, school=review.request.school.name, icon="graduation-cap",
            is_late=review.due_on < today,
        )  # fmt: skip
    for request in verdicts_waiting(user.person_id, heads, leads):
        yield WorkItem(
            key=f"cpd.verdict.{request.pk}",
            title=f"Give the verdict: {request.title}"[:140],
            why=f"{request.ref}, started {day(request.starts_on)}: every review is done",
            url=reverse("cpd:request-evaluate", args=[request.pk]), button="Give the verdict",
            school=request.school.name, icon="graduation-cap",
        )  # fmt: skip
