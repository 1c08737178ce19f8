"""What was ticked when a rating was confirmed for a later day."""

from __future__ import annotations

from django.db import models

from ratings.models import RatingAssessment


class SharingChoice(models.Model):
    """The half terms ticked with a sharing set for a date: boards that go, and those at short notice."""

    assessment = models.OneToOneField(
        RatingAssessment, models.CASCADE, related_name="sharing_choice"
    )
    removed = models.JSONField(default=list)
    by_agreement = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Choice for {self.assessment}"
