"""Which PDFs of a board the person on the page may ask for: rules that read what the page has loaded."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from meetings.rules import may_read_agenda, may_read_minutes
from progress_boards.models import ProgressBoard
from progress_boards.rules import may_read_pack
from trust.access import Actor

register = template.Library()

WITH_AGENDA = (
    "agenda_draft",
    "agenda_with_chair",
    "issued",
    "held",
    "with_chair",
    "accuracy_check",
    "final",
)
WITH_MINUTES = ("held", "with_chair", "accuracy_check", "final")


@register.simple_tag
def documents_of(board: ProgressBoard, user: Actor) -> list[dict[str, Any]]:
    """The buttons: each with its words and the name of its address."""
    meeting = board.meeting
    found = []
    if (
        meeting.state in WITH_AGENDA
        and not meeting.entered_later
        and may_read_agenda(user, meeting)
    ):
        is_draft = meeting.state in ("agenda_draft", "agenda_with_chair")
        words = "Make the draft agenda’s PDF" if is_draft else "Make the agenda’s PDF"
        found.append({"label": words, "url_name": "progress_boards:agenda-pdf"})
    if meeting.state in WITH_MINUTES and may_read_minutes(user, meeting):
        is_final = meeting.state == "final"
        words = "Get the minutes’ PDF" if is_final else "Make the draft minutes’ PDF"
        found.append({"label": words, "url_name": "progress_boards:minutes-pdf"})
    return found


@register.simple_tag
def pack_of(board: ProgressBoard, user: Actor) -> str:
    """Where the pack is, for its readers; "" for all others and where a trust has none."""
    if not may_read_pack(user, board.meeting):
        return ""
    return reverse("progress_boards:pack", args=[board.pk])
