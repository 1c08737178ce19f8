"""What the access matrix asks for beside final minutes: a comment under an item."""

from __future__ import annotations

from tests.matrix_objects import Sample, World, _board, sample
from trust.pages import new_key


@sample("progress_boards:board-comment")
def _comment(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "final")
    item = board.meeting.items.first()
    assert item is not None
    data = {"text": "Ask again in March", "idempotency_key": new_key()}
    return Sample({"pk": board.pk, "item": item.pk}, data)
