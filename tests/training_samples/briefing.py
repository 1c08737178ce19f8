"""What the access matrix asks for at the briefing of a board: an issued one."""

from __future__ import annotations

from tests.matrix_objects import Sample, World, _board, sample


@sample("progress_boards:briefing")
def _briefing(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued")
    return Sample({"pk": board.pk}, data={"board": "Ask about the interim", "version-board": "0"})
