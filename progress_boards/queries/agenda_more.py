"""What a board could ask about beside ratings, visits, documents and the last board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.utils.timezone import localtime

from improvement.models import Priority
from progress_boards.agenda import Candidate, ScoreWeights
from progress_boards.models import ProgressBoard
from progress_boards.queries.offers import PRIORITIES, Offer, day_words, short, topic_of


def _from_priorities(board: ProgressBoard, day: dt.date, weights: ScoreWeights) -> Iterator[Offer]:
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


MORE: tuple[Callable[[ProgressBoard, dt.date, ScoreWeights], Iterator[Offer]], ...] = (
    _from_priorities,
)
"""Every gatherer of this file; each is asked with the board, the day and the weights."""
