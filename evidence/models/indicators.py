"""Indicators: what a school is rated by, and what evidence speaks to."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def active(self, day: dt.date) -> Self:
        """Indicators in use on a day; a retired one keeps its history."""
        return self.filter(active_from__lte=day).filter(
            Q(retired_on__isnull=True) | Q(retired_on__gt=day)
        )


class Indicator(models.Model):
    """One of the trust's indicators: "capacity to improve, proximity to inspection, standards, experience of leaders" (seed 1), or its own."""

    class Part(models.TextChoices):
        DECISIVE = "decisive", "Decisive"
        CORE = "core", "Core"
        ADDITIONAL = "additional", "Additional"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60, unique=True)
    short_name = models.CharField(max_length=16, help_text="For the head of a narrow column")
    help_text = models.CharField(max_length=200)
    part = models.CharField(
        "part in the suggestion", max_length=10, choices=Part.choices, default=Part.ADDITIONAL
    )
    about_people = models.BooleanField(
        default=False, help_text="Its reasons are personal data, read by few"
    )
    is_seeded = models.BooleanField(default=False, help_text="Comes with the product")
    order = models.PositiveSmallIntegerField()
    active_from = models.DateField()
    retired_on = models.DateField(null=True, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class IndicatorDescriptor(models.Model):
    """What one position of one indicator looks like, for a phase or (phase empty) for every school."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="descriptors")
    position = models.PositiveSmallIntegerField(help_text="1 best, 2 middle, 3 worst")
    phase = models.CharField(max_length=40, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["indicator", "phase", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "position", "phase"], name="one_descriptor_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.position}"
