"""What the trust has set for training, each school's budget, and the trust's central fund."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from schools.models import School
from trust.models import AcademicYear

REVIEW_PLAN: list[dict[str, int]] = [
    {"level": 1, "weeks": 1},
    {"level": 2, "weeks": 2},
    {"level": 3, "weeks": 6},
    {"level": 4, "weeks": 12},
    {"level": 5, "terms": 2},
]
"""When each of Guskey's levels is asked about, after the start of the training."""


def default_review_plan() -> list[dict[str, int]]:
    return [dict(step) for step in REVIEW_PLAN]


class TrainingPolicy(models.Model):
    """The trust's settings for training: one row."""

    short_cost = models.DecimalField(
        "short form up to, pounds", max_digits=9, decimal_places=2, default=Decimal("500")
    )
    short_staff = models.PositiveSmallIntegerField("short form up to, staff", default=5)
    supply_day_rate = models.DecimalField(
        "supply, pounds a day", max_digits=7, decimal_places=2, default=Decimal("160")
    )
    short_review_weeks = models.PositiveSmallIntegerField(default=12)
    review_plan = models.JSONField(default=default_review_plan)
    alike_months = models.PositiveSmallIntegerField(
        default=12, help_text="How far back a like request of another school is looked for"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_training_policy")]

    def __str__(self) -> str:
        return "Training policy"

    @classmethod
    def current(cls) -> TrainingPolicy:
        """The one row, or an unsaved one with the defaults."""
        return cls.objects.first() or cls(pk=1)

    def takes_short_form(self, total: Decimal, staff: int) -> bool:
        """Whether a request of this cost, cover included, and size is made on the short form."""
        return total <= self.short_cost and staff <= self.short_staff


class TrainingBudget(models.Model):
    """What one school means to spend on training in one year."""

    school = models.ForeignKey(School, models.PROTECT, related_name="training_budgets")
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "academic_year"], name="one_training_budget_per_school_and_year"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="training_budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.school}, {self.academic_year}"


class CentralFund(models.Model):
    """What the trust holds for shared training in one year; the only money that anybody agrees to."""

    academic_year = models.OneToOneField(AcademicYear, models.PROTECT, related_name="training_fund")
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="central_fund_not_negative")
        ]

    def __str__(self) -> str:
        return f"Central fund {self.academic_year}"


class Provider(models.Model):
    """An organisation that trains: what it offers and charges, its checks and its conflicts."""

    name = models.CharField(max_length=120, unique=True)
    contact = models.CharField(max_length=200, blank=True)
    expertise = models.CharField(max_length=300, blank=True)
    day_rate = models.DecimalField(
        "pounds a day", max_digits=8, decimal_places=2, null=True, blank=True
    )
    rates_note = models.CharField(max_length=200, blank=True)
    checks_seen_on = models.DateField("safeguarding checks seen on", null=True, blank=True)
    contract_from = models.DateField(null=True, blank=True)
    contract_until = models.DateField(null=True, blank=True)
    conflicts = models.CharField("conflicts of interest", max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day_rate__isnull=True) | Q(day_rate__gte=0),
                name="provider_rate_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(contract_until__isnull=True)
                | Q(contract_from__isnull=True)
                | Q(contract_until__gte=models.F("contract_from")),
                name="provider_contract_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name
