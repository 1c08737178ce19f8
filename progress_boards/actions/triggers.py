"""What made the Chief Executive look again at a rating, kept with the rating that follows."""

from __future__ import annotations

from django.db import transaction

from progress_boards.queries.triggers import advice_waiting
from ratings.models import RatingAssessment
from trust.audit import record
from trust.people.models import User


def keep_trigger(draft: RatingAssessment, *, by: User) -> RatingAssessment:
    """Write into a draft that the Chair advised it, when that advice waits; what is there already stays."""
    if draft.trigger or draft.state != "draft":
        return draft
    board = advice_waiting(draft.school_id)
    if board is None or board.meeting.day is None:
        return draft
    day = board.meeting.day
    words = f"The Chair advised it at the Progress Board of {day.day} {day:%B %Y}"
    with transaction.atomic():
        RatingAssessment.objects.filter(pk=draft.pk, trigger="").update(trigger=words)
        record("keep_trigger", draft, by=by, board=board.pk)
    draft.trigger = words
    return draft
