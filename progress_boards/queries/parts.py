"""What a Progress Board adds to the engine's page of minutes: the Chair's judgements, statement and answer."""

from __future__ import annotations

from django.urls import reverse

from meetings.models import Meeting
from meetings.queries.parts import Part, Parts
from progress_boards.models import ItemJudgement, ProgressBoard

SIGNED = ("accuracy_check", "final")


def parts_of(meeting: Meeting) -> Parts | None:
    """Before the signature only the way to the board; what the Chair has not signed is nobody else's to read."""
    board = ProgressBoard.objects.filter(meeting=meeting).first()
    if board is None:
        return None
    crumbs = (("Progress Board", reverse("progress_boards:board-detail", args=[board.pk])),)
    if meeting.state not in SIGNED:
        return Parts(crumbs=crumbs)
    judgements = ItemJudgement.objects.filter(item__meeting=meeting).select_related("band")
    template = "progress_boards/review_judgement.html"
    closing = Part("progress_boards/review_closing.html", {"board": board, "meeting": meeting})
    return Parts(
        by_item={judgement.item_id: Part(template, judgement) for judgement in judgements},
        closing=(closing,) if board.closing_statement else (),
        crumbs=crumbs,
    )
