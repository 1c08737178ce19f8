"""How far a school has prepared a board: items chosen, and items whose leaders are ready."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

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
    sees = may(user, meeting, "assign") or may(user, meeting, "prepare")
    return meeting.state == "issued" and bool(sees)


def readiness_by_board(boards: Iterable[ProgressBoard], user: Actor) -> dict[int, Readiness]:
    """By board whose readiness this person may see, in one query however many boards there are."""
    seen = {board.meeting_id: board.pk for board in boards if may_see_readiness(user, board)}
    if not seen:
        return {}
    rows = (
        AgendaItem.objects.filter(meeting__in=seen)
        .exclude(type__in=AgendaItem.ASSIGNED_BY_NOBODY)
        .values("meeting")
        .annotate(
            asked=Count("pk"),
            chosen=Count("pk", filter=Q(answered_by__isnull=False)),
            ready=Count("pk", filter=Q(is_ready=True)),
        )
        .order_by()
    )
    return {
        seen[row["meeting"]]: Readiness(row["asked"], row["chosen"], row["ready"]) for row in rows
    }
