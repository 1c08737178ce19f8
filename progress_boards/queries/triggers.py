"""A Chair's advice to look again at a rating that no newer rating has followed."""

from __future__ import annotations

from progress_boards.models import ProgressBoard
from ratings.models import RatingAssessment


def advice_waiting(school_id: int) -> ProgressBoard | None:
    """The latest board of a school whose Chair advised it, unless a rating was shared since its minutes were final."""
    boards = ProgressBoard.objects.filter(
        school=school_id, advises_new_rating=True, meeting__state="final",
        meeting__finalised_at__isnull=False,
    ).select_related("meeting")  # fmt: skip
    board = boards.order_by("-meeting__finalised_at").first()
    if board is None:
        return None
    since = board.meeting.finalised_at
    newer = RatingAssessment.objects.filter(
        school=school_id, shared_at__gte=since, entered_later=False
    ).exclude(state="withdrawn")  # fmt: skip
    return None if newer.exists() else board
