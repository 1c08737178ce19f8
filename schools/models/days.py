"""Where a school's calendar differs from the trust's, and the days when nobody is in."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from schools.models.register import School
from trust.access import Actor
from trust.models import HalfTerm


class SchoolHalfTerm(models.Model):
    """One school's own dates of one half term, in place of the trust's."""

    school = models.ForeignKey(School, models.CASCADE, related_name="half_terms")
    half_term = models.ForeignKey(HalfTerm, models.CASCADE, related_name="overrides")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["school", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "half_term"], name="one_override_per_school_and_half_term"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="override_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.half_term} at {self.school}"


class NonSchoolDayQuerySet(models.QuerySet["NonSchoolDay"]):
    def visible_to(self, user: Actor) -> Self:
        """The days closed everywhere, and those of the schools this person may know of."""
        schools = School.objects.visible_to(user)
        return self.filter(Q(school__isnull=True) | Q(school__in=schools))


class NonSchoolDay(models.Model):
    """A weekday inside a half term without pupils, at one school or (school empty) at all."""

    class Kind(models.TextChoices):
        INSET = "inset", "INSET"
        BANK_HOLIDAY = "bank_holiday", "Bank holiday"
        OCCASIONAL = "occasional", "Occasional day"
        CLOSURE = "closure", "Closure"

    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="non_school_days"
    )
    day = models.DateField()
    kind = models.CharField(max_length=15, choices=Kind.choices)
    note = models.CharField(max_length=120, blank=True)

    objects = NonSchoolDayQuerySet.as_manager()

    class Meta:
        ordering = ["day", "school"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "day"],
                nulls_distinct=False,
                name="one_closing_per_school_and_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day}"


class BlackoutPeriod(models.Model):
    """Dates on which no board should (soft) or may (hard) be held: tests, exams, an inspection."""

    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="blackouts"
    )
    phase = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_hard = models.BooleanField(default=False)
    reason = models.CharField(max_length=120)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="blackout_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.reason
