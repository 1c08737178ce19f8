"""What a board was offered and did not take: written when its agenda is issued, and counted."""

from __future__ import annotations

from meetings.models import AgendaItem
from progress_boards.models import Deferral, ProgressBoard
from progress_boards.queries.agenda import gather
from progress_boards.queries.agenda_shown import item_of, not_taken
from progress_boards.queries.board_items import items_of
from progress_boards.queries.offers import Offer
from trust.audit import record
from trust.calendar import now, today
from trust.people.models import User


def defer_what_is_left(board: ProgressBoard) -> int:
    """Write a deferral for each candidate that the issued agenda does not take; return how many.

    Issued again after a recall, the agenda as it is now counts: what was taken meanwhile is deferred no more.
    """
    left = not_taken(gather(board, today()), items_of(board.meeting_id))
    sources = {offer.candidate.source for offer in left}
    for row in board.deferrals.all():
        if (row.source_kind, row.source_pk) not in sources:
            row.delete()
    for offer in left:
        _defer(board, offer, by=None)
    record("defer", board, by=None, candidates=len(left))
    return len(left)


def took_off(item: AgendaItem, *, by: User) -> None:
    """Keep who took a candidate off the draft: it counts once the agenda is issued without it."""
    board = ProgressBoard.objects.filter(meeting=item.meeting_id).select_related(
        "meeting", "half_term"
    )
    for each in board:
        rows = [row for row in items_of(item.meeting_id) if row.pk == item.pk]
        for offer in gather(each, today()).offers:
            if item_of(offer, rows) is not None:
                _defer(each, offer, by=by)


def taken_late(board: ProgressBoard, offer: Offer) -> None:
    """A late item takes up what was deferred."""
    kind, pk = offer.candidate.source
    board.deferrals.filter(source_kind=kind, source_pk=pk).delete()


def _defer(board: ProgressBoard, offer: Offer, *, by: User | None) -> None:
    candidate = offer.candidate
    kind, pk = candidate.source
    Deferral.objects.update_or_create(
        board=board, source_kind=kind, source_pk=pk,
        defaults={
            "topic": candidate.topic or "", "title": offer.label[:200], "at": now(),
            "score": candidate.score + candidate.adds, **({"deferred_by": by} if by else {}),
        },
    )  # fmt: skip
