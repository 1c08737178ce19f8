"""An issued agenda of a board amended: told again to everybody who has it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from meetings.actions import amending
from meetings.models import AgendaItem
from progress_boards.actions.deferring import taken_late
from progress_boards.actions.proposing import fields_of, hang_on
from progress_boards.actions.telling import tell_issued
from progress_boards.models import ProgressBoard
from progress_boards.queries.agenda import gather
from progress_boards.queries.offers import Offer
from trust.access import Conflict
from trust.calendar import today
from trust.people.models import User

LEAST, MOST = 3, 30
"""Minutes an enquiry may have by hand."""


def within_bounds(kind: str, minutes: int) -> None:
    """Raise Conflict unless an item of this type may have these minutes."""
    if kind == AgendaItem.Type.ENQUIRY and not LEAST <= minutes <= MOST:
        raise Conflict(f"Give an enquiry {LEAST} to {MOST} minutes")


def amend_item(
    item: AgendaItem,
    *,
    version: int,
    by: User,
    balance: AgendaItem | None = None,
    **changes: Any,
) -> AgendaItem:
    """Change an issued item; what it gains in minutes comes from `balance`, what it loses goes there."""
    gained = changes.get("minutes", item.minutes) - item.minutes
    if balance is not None and gained:
        within_bounds(balance.type, balance.minutes - gained)
    with transaction.atomic():
        amending.amend_issued_item(item, version=version, by=by, balance=balance, **changes)
        tell_issued(_board_of(item))
    return item


def add_late(
    board: ProgressBoard,
    *,
    type: str,
    title: str,
    question: str,
    minutes: int,
    by: User,
    taken_from: AgendaItem | None = None,
    key: str = "",
) -> AgendaItem:
    """Add an item to the issued agenda, from one offer of the evidence (`key`) or of one's own.

    Its minutes come from another item, and everybody who has the agenda is told of the new version.
    """
    within_bounds(type, minutes)
    if taken_from is not None:
        within_bounds(taken_from.type, taken_from.minutes - minutes)
    with transaction.atomic():
        offer = _offered(board, key)
        fields = fields_of(offer.candidate, [offer]) if offer else {}
        item = amending.add_late_item(
            board.meeting, title=title, question=question, minutes=minutes, by=by,
            taken_from=taken_from, **{**fields, "type": type},
        )  # fmt: skip
        if offer:
            hang_on([(item, [offer])])
            taken_late(board, offer)
        tell_issued(_board_of(item))
    return item


def _offered(board: ProgressBoard, key: str) -> Offer | None:
    if not key:
        return None
    offer = next((o for o in gather(board, today()).offers if o.key == key), None)
    if offer is None:
        raise Conflict("This evidence is no longer offered. Nothing was changed")
    return offer


def _board_of(item: AgendaItem) -> ProgressBoard:
    return ProgressBoard.objects.select_related("meeting", "school").get(meeting=item.meeting_id)
