"""Before the hour: the briefing, which the school never sees, and questions in advance, which it does."""

from __future__ import annotations

from django.db import models

from meetings.models import AgendaItem
from progress_boards.models.boards import ProgressBoard
from trust.access import ROLE_NAMES
from trust.people.models import Person, User


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


class AdvanceQuestion(models.Model):
    """What the Chair or the Link Trustee asks about an item before the hour; the school reads it and prepares."""

    board = models.ForeignKey(ProgressBoard, models.CASCADE, related_name="advance_questions")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="advance_questions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    text = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["board", "item__order", "asked_at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Deferral(models.Model):
    """That a matter stood among a board's candidates when the agenda was issued, and was not taken."""

    board = models.ForeignKey(ProgressBoard, models.CASCADE, related_name="deferrals")
    source_kind = models.CharField(max_length=20)
    source_pk = models.PositiveBigIntegerField()
    topic = models.CharField(max_length=60, blank=True, help_text="Indicator or priority")
    title = models.CharField(max_length=200)
    score = models.PositiveSmallIntegerField()
    deferred_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who took it off the agenda; nobody when it was never on it",
    )  # fmt: skip
    at = models.DateTimeField()

    class Meta:
        ordering = ["board", "-score", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "source_kind", "source_pk"], name="deferred_once_per_board"
            )
        ]
        indexes = [models.Index(fields=["source_kind", "source_pk"])]

    def __str__(self) -> str:
        return f"{self.title} deferred at {self.board}"


class ReviewComment(models.Model):
    """What the Link Trustee says under an item of the final minutes; read by those who follow the board up."""

    board = models.ForeignKey(ProgressBoard, models.CASCADE, related_name="review_comments")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="review_comments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField()
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["board", "item__order", "at"]

    def __str__(self) -> str:
        return self.text[:80]
