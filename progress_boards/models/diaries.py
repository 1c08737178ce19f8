"""When those whom boards need cannot come, on which weekdays they would rather, and when the Trust Board meets."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from trust.people.models import Person, User


class AwayDays(models.Model):
    """Whole days on which one person cannot come; the planner plans no board with them then."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="away_days")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=80, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="away_days_end_after_start"
            ),
            models.UniqueConstraint(
                fields=["person", "starts_on", "ends_on"], name="away_days_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.starts_on} to {self.ends_on}"


class PreferredWeekdays(models.Model):
    """The weekdays on which one person would rather come; a wish, which a date may go against."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="preferred_weekdays")
    weekdays = models.JSONField(default=list, help_text="Monday is 0")

    def __str__(self) -> str:
        return f"{self.person}: {self.weekdays}"


class TrustBoardDay(models.Model):
    """A day on which the Trust Board or its standards committee meets; minutes should be final before."""

    day = models.DateField()
    name = models.CharField(max_length=60, default="Trust Board")

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["day", "name"], name="trust_board_day_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"
