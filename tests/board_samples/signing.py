"""What the access matrix asks for at signing and after it: comments, actions raised, seats that cannot come."""

from __future__ import annotations

from tests import factories
from tests.matrix_objects import Sample, World, _board, sample
from trust.calendar import now
from trust.pages import new_key


@sample("progress_boards:board-comment")
def _comment(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "final")
    item = board.meeting.items.first()
    assert item is not None
    data = {"text": "Ask again in March", "idempotency_key": new_key()}
    return Sample({"pk": board.pk, "item": item.pk}, data)


@sample("progress_boards:comment-take-back")
def _comment_of_today(world: World, ownership: str) -> Sample:
    board, author = _board(world, ownership, "final"), world.users["link_trustee"]
    comment = board.review_comments.create(
        item=board.meeting.items.first(), person=author.person, text="Ask again in March",
        saved_by=author, at=now(),
    )  # fmt: skip
    return Sample({"pk": board.pk, "comment": comment.pk})


@sample("ratings:action-raise")
def _action_of_a_rating(world: World, ownership: str) -> Sample:
    rating = factories.RatingAssessmentFactory(school=world.school_for(ownership), shared=True)
    data = {"text": "Plan with named groups", "owner_role": "Maths director"}
    return Sample({"pk": rating.pk}, data | {"idempotency_key": new_key()})


@sample("progress_boards:seat-cannot")
def _seat_that_cannot_come(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "scheduled")
    seat = board.meeting.seats.get(role="link_trustee")
    seat.reply, seat.replied_at = "cannot", now()
    seat.save()
    return Sample({"pk": seat.pk})
