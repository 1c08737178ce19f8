"""An agenda brought as far as a test needs it: in draft, filled, with the school."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from meetings.actions.agenda import fill_in_hand
from progress_boards.actions import agenda as acts
from progress_boards.actions.proposing import propose_draft
from progress_boards.models import ProgressBoard
from tests.progress_boards import lives
from tests.progress_boards.lives import DRAFTED, Table
from trust.calendar import clock_at


def draft_of(board: ProgressBoard, table: Table) -> ProgressBoard:
    with clock_at(DRAFTED):
        propose_draft(board, by=table.ceo)
    return lives.fresh(board)


def minutes_of(board: ProgressBoard) -> list[int]:
    return [item.minutes for item in board.meeting.items.order_by("order")]


def filled(board: ProgressBoard, table: Table) -> ProgressBoard:
    """The draft with the whole hour filled."""
    with clock_at(DRAFTED):
        if sum(minutes_of(board)) < 60:
            fill_in_hand(board.meeting, by=table.ceo)
    return lives.fresh(board)


def url(name: str, board: ProgressBoard, *more: int) -> str:
    return reverse(f"progress_boards:{name}", args=[board.pk, *more])


def issued(board: ProgressBoard, table: Table) -> ProgressBoard:
    board = filled(draft_of(board, table), table)
    with clock_at(dt.date(2026, 11, 16)):
        acts.send_board_to_chair(board, by=table.ceo)
        acts.issue_board(lives.fresh(board), by=table.chair)
    return lives.fresh(board)
