"""What the Chief Executive tells the Chair and the Link Trustee before the hour; the school never sees it."""

from __future__ import annotations

from django.db import models

from meetings.models import AgendaItem
from progress_boards.models.boards import ProgressBoard
from trust.people.models import User


class BriefingNote(models.Model):
    """Why an item is asked, or (item empty) what to know of the whole board."""

    board = models.ForeignKey(ProgressBoard, models.CASCADE, related_name="briefing_notes")
    item = models.ForeignKey(
        AgendaItem, models.CASCADE, null=True, blank=True, related_name="briefing_notes"
    )
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["board", "item__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "item"], nulls_distinct=False, name="one_briefing_note_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"Briefing of {self.board}"
