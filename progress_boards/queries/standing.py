"""The standing items of Progress Boards as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.models import MeetingKind
from meetings.queries.standing import StandingGroup, StandingRow, standing_rows
from progress_boards.agenda import DEFAULT_RULES


@dataclass(frozen=True)
class StandingPage:
    """The standing items in force by their place, those retired, and what is left of the hour."""

    groups: tuple[StandingGroup, ...]
    retired: tuple[StandingRow, ...]
    minutes: int
    """In the half term that has most of them."""
    left: int
    enquiries: int


def standing_page(kind: MeetingKind) -> StandingPage:
    """Read the standing items of a kind, in two queries."""
    rows = standing_rows(kind)
    rules = DEFAULT_RULES.with_standing(rows.minutes)
    return StandingPage(
        groups=rows.groups,
        retired=rows.retired,
        minutes=rows.minutes,
        left=rules.for_enquiries,
        enquiries=rules.enquiries,
    )
