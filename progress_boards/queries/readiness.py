"""How far a school has prepared a board: items chosen, and items whose leaders are ready."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from meetings.models import AgendaItem
from meetings.rules import may
from progress_boards.models import ProgressBoard
from trust.access import Actor


@dataclass(frozen=True)
class Readiness:
    """Of the items the school answers, how many have somebody, and how many are prepared."""

    asked: int
    chosen: int
    ready: int

    @property
    def words(self) -> str:
        """3 of 5 ready."""
        return f"{self.ready} of {self.asked} ready"

    @property
    def chosen_words(self) -> str:
        """4 of 5 chosen."""
        return f"{self.chosen} of {self.asked} chosen"

    @property
    def meter(self) -> str:
        """How much is ready, of a hundred."""
        return f"{100 * self.ready / (self.asked or 1):.1f}"


def readiness_of(items: Iterable[AgendaItem]) -> Readiness:
    """Count over items that are loaded."""
    asked = [item for item in items if item.is_for_school]
    return Readiness(
        len(asked),
        sum(1 for item in asked if item.answered_by_id),
        sum(1 for item in asked if item.is_ready),
    )


def may_see_readiness(user: Actor, board: ProgressBoard) -> bool:
    """The head, and whoever prepares the agenda, while it is with the school."""
    meeting = board.meeting
    if meeting.state != "issued":
        return False
    return bool(may(user, meeting, "assign") or may(user, meeting, "prepare"))


def with_readiness(boards: QuerySet[ProgressBoard]) -> QuerySet[ProgressBoard]:
    """The boards with the counts of their items, and with the seats that say who may see these: one query more."""
    asked = (
        AgendaItem.objects.filter(meeting=OuterRef("meeting"))
        .exclude(type__in=AgendaItem.ASSIGNED_BY_NOBODY)
        .order_by()
        .values("meeting")
    )

    def number(**only: object) -> Subquery:
        return Subquery(asked.annotate(number=Count("pk", filter=Q(**only))).values("number"))

    return boards.annotate(
        items_asked=number(),
        items_chosen=number(answered_by__isnull=False),
        items_ready=number(is_ready=True),
    ).prefetch_related("meeting__seats")


def readiness_by_board(boards: Iterable[ProgressBoard], user: Actor) -> dict[int, Readiness]:
    """By board whose readiness this person may see; the boards come `with_readiness()`."""
    return {
        board.pk: Readiness(board.items_asked, board.items_chosen, board.items_ready)  # type: ignore[attr-defined]
        for board in boards
        if board.items_asked and may_see_readiness(user, board)  # type: ignore[attr-defined]
    }
