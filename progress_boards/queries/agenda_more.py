"""What a board could ask about beside ratings, visits, documents and the last board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.utils.timezone import localtime

from cpd.models import ImpactReview, TrainingPolicy
from cpd.queries.impact import review_name
from improvement.models import Priority
from progress_boards.agenda import Candidate, ScoreWeights
from progress_boards.models import ProgressBoard
from progress_boards.queries.offers import (
    PRIORITIES,
    TRAINING,
    Offer,
    day_words,
    short,
    topic_of,
)

LOOKS_BACK = dt.timedelta(days=366)
HELD = ("held", "with_chair", "accuracy_check", "final")
"""Boards that were held, whatever became of their minutes since."""


def from_priorities(board: ProgressBoard, day: dt.date, weights: ScoreWeights) -> Iterator[Offer]:
    """The school's priorities of the board's year that were reported off track."""
    off_track = (
        Priority.objects.filter(
            school=board.school_id, academic_year=board.academic_year_id, state="off_track"
        )
        .select_related("indicator")
        .order_by("number", "pk")
    )
    for priority in off_track:
        yield _off_track(priority, weights)


def _off_track(priority: Priority, weights: ScoreWeights) -> Offer:
    """Only what was reported and when: the school reads the reason too."""
    reported_on = localtime(priority.reported_at).date() if priority.reported_at else None
    when = f" on {day_words(reported_on)}" if reported_on else ""
    said = f": “{priority.report_note}”" if priority.report_note else ""
    reason = f"Reported off track{when}"
    candidate = Candidate(
        kind="priority_off_track",
        score=weights.priority_off_track,
        title=short(priority.title, 120),
        question=(
            f"The school's priority {priority.number} was reported off track{when}{said}. "
            "What stands in the way, and what will be different by the next board?"
        ),
        reason=short(f"{reason}{said}", 300),
        source=("priority", priority.pk),
        evidence_on=reported_on,
        topic=topic_of(priority.indicator) or f"priority-{priority.pk}",
    )
    return Offer(
        candidate, PRIORITIES, short(f"Priority {priority.number}: {priority.title}", 160), reason,
        indicator=priority.indicator, priority=priority,
    )  # fmt: skip


# -- what training changed -------------------------------------------------------------------------


def from_training(
    board: ProgressBoard, day: dt.date, weights: ScoreWeights, *, since: dt.date
) -> Iterator[Offer]:
    """Impact reviews due before the board, and impact the school has claimed since the day of its last one.

    Claimed: a review of practice or of pupils (levels 4 and 5) that says met or partly met. What was seen
    stays with the school and the trust: an agenda tells that it is due, or what the school says of it.
    """
    board_on = board.meeting.day or day
    claimed = Q(
        level__gte=ImpactReview.Level.USE, outcome__in=("met", "partly"),
        request__state__in=("going_ahead", "evaluated"),
        reviewed_at__date__gt=since, reviewed_at__date__lte=day,
    )  # fmt: skip
    due = Q(pk__in=ImpactReview.objects.due(board_on).values("pk"))
    reviews = list(
        ImpactReview.objects.filter(due | claimed, request__school=board.school_id)
        .select_related("request__indicator", "request__priority")
        .order_by("reviewed_at", "due_on", "pk")
    )
    for review in reviews:
        if review.reviewed_at is None:
            yield _trained(review, weights, reason=f"Impact review due on {day_words(review.due_on)}",
                           seen_on=review.due_on)  # fmt: skip
    done = [review for review in reviews if review.reviewed_at is not None]
    if not done:
        return
    policy = TrainingPolicy.current()
    for review in done:
        aim = "met its aim" if review.outcome == "met" else "partly met its aim"
        yield _trained(review, weights, reason=f"The school says it {aim}: {review_name(review, policy)}",
                       seen_on=localtime(review.reviewed_at).date())  # fmt: skip


def _trained(
    review: ImpactReview, weights: ScoreWeights, *, reason: str, seen_on: dt.date
) -> Offer:
    request = review.request
    candidate = Candidate(
        kind="cpd_review",
        score=weights.cpd_review,
        title=short(f"{request.title}: what it changed", 120),
        question="What do staff do differently since the training, what do pupils do better, and how do leaders know?",
        reason=reason,
        source=("review", review.pk),
        evidence_on=seen_on,
        topic=topic_of(request.indicator)
        or (f"priority-{request.priority_id}" if request.priority_id else f"cpd-{request.pk}"),
    )
    return Offer(
        candidate, TRAINING, short(f"{request.ref} {request.title}", 160), reason,
        indicator=request.indicator, review=review,
    )  # fmt: skip
