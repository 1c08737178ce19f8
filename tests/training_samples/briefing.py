"""What the access matrix asks for at the briefing of a board and its questions in advance: an issued one."""

from __future__ import annotations

from progress_boards.models import AdvanceQuestion
from tests.matrix_objects import Sample, World, _board, sample
from trust.calendar import now


@sample("progress_boards:briefing")
def _briefing(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued")
    return Sample({"pk": board.pk}, data={"board": "Ask about the interim", "version-board": "0"})


@sample("progress_boards:in-advance")
def _in_advance(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued")
    item = next(i for i in board.meeting.items.all() if i.is_for_school)
    return Sample({"pk": board.pk}, data={"item": item.pk, "text": "What changed since October?"})


@sample("progress_boards:in-advance-remove")
def _question_taken_back(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued")
    item = next(i for i in board.meeting.items.all() if i.is_for_school)
    question = AdvanceQuestion.objects.create(
        board=board, item=item, person=world.users["chair"].person, role="chair",
        text="What changed?", asked_by=world.users["chair"], asked_at=now(),
    )  # fmt: skip
    return Sample({"pk": board.pk, "question": question.pk})
