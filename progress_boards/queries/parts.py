"""What a Progress Board adds to the engine's page of minutes: the Chair's judgements, statement and answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from meetings.models import Meeting
from meetings.queries.pages import OwnPages
from meetings.queries.parts import Part, Parts
from progress_boards.models import ItemJudgement, ProgressBoard

SIGNED = ("accuracy_check", "final")


def parts_of(meeting: Meeting) -> Parts | None:
    """Before the signature only the way to the board; what the Chair has not signed is nobody else's to read."""
    board = ProgressBoard.objects.filter(meeting=meeting).first()
    if board is None:
        return None
    crumbs = (("Progress Boards", reverse("progress_boards:board-list")),)
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


def pages_of(meetings: Iterable[Meeting]) -> dict[int, OwnPages]:
    """A board's own pages: its agenda from evidence, and the Chair's validation with the signature."""
    boards = ProgressBoard.objects.filter(meeting__in=[meeting.pk for meeting in meetings])
    return {
        meeting: OwnPages(
            reverse("progress_boards:board-detail", args=[pk]),
            reverse("progress_boards:chair-sign", args=[pk]),
            "progress_boards:seat-cannot",
        )
        for pk, meeting in boards.values_list("pk", "meeting_id")
    }


def meetings_of_boards() -> QuerySet[Any, Any]:
    """The keys of all boards' meetings."""
    return ProgressBoard.objects.values("meeting")
