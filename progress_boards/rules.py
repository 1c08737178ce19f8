"""Who may do what in this app that the kind of meeting does not say already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetings.rules import may
from progress_boards.slots import BEFORE_ISSUED
from trust.access import Actor, Answer, Capacity, allowed_if, first_denied

if TYPE_CHECKING:
    from progress_boards.models import ProgressBoard

# -- the year's plan -----------------------------------------------------------------------------


def may_plan_year(user: Actor) -> Answer:
    """Whoever keeps the trust's diary plans and dates the year's boards."""
    keeps = user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.CLERK)
    return allowed_if(
        keeps,
        "Only the chief executive, the Director of School Improvement or the clerk plans the year's boards",
    )


def may_agree_number(user: Actor) -> Answer:
    """ "The CEO uses the rag-rating to determine the number of Progress Boards a school has within a year" (seed 1)."""
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO),
        "Only the chief executive agrees the number of a school's boards",
    )


def may_remove_board(user: Actor, board: ProgressBoard) -> Answer:
    """A board leaves the plan only before its agenda is issued; later it is postponed or cancelled."""
    return first_denied(
        (
            may(user, board.meeting, "cancel"),
            allowed_if(
                board.meeting.state in BEFORE_ISSUED,
                "A board is removed only before its agenda is issued",
            ),
        )
    )
