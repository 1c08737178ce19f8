"""Buying once: like requests of several schools as one purchase, and the part the central fund pays."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from cpd.models.policy import Provider
from cpd.models.requests import CpdRequest
from cpd.rules import OF_SCHOOL, READ_RAISED
from cpd.states import FUNDING, PURCHASE
from schools.models import School
from trust.access import Actor
from trust.models import AcademicYear
from trust.people.models import User
from trust.states import frozen, fsm, kept

IS_BOUGHT = pgtrigger.Q(old__state="bought")


class SharedPurchaseQuerySet(models.QuerySet["SharedPurchase"]):
    def visible_to(self, user: Actor) -> Self:
        """Whoever reads raised requests; leaders those their school is asked to join."""
        if user.posts.holds(*READ_RAISED):
            return self
        mine = self.model.objects.filter(schools__school__in=user.posts.schools(*OF_SCHOOL))
        return self.filter(pk__in=mine.values("pk"))


class SharedPurchase(models.Model):
    """One purchase for several schools: the quote, who leads, how it is recharged."""

    class Split(models.TextChoices):
        HEAD = "head", "Per member of staff"
        SCHOOL = "school", "Equally per school"
        ROLL = "roll", "By pupils on roll"

    title = models.CharField(max_length=120)
    provider = models.ForeignKey(
        Provider, models.PROTECT, null=True, blank=True, related_name="purchases"
    )
    provider_name = models.CharField(max_length=120, blank=True)
    lead_school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="purchases_led"
    )
    quote = models.DecimalField(
        "quote for all, pounds", max_digits=10, decimal_places=2, null=True, blank=True
    )
    split = models.CharField(max_length=6, choices=Split.choices, default=Split.HEAD)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=PURCHASE.choices, default=PURCHASE.initial)
    dissolved_reason = models.CharField(max_length=300, blank=True)
    bought_at = models.DateTimeField(null=True, blank=True)
    bought_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    cost = models.DecimalField(
        "what it cost", max_digits=10, decimal_places=2, null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = SharedPurchaseQuerySet.as_manager()
    machine = PURCHASE

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quote__isnull=True) | Q(quote__gte=0), name="quote_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(state="bought")
                | Q(cost__isnull=False, lead_school__isnull=False, bought_at__isnull=False),
                name="bought_purchase_has_cost_and_lead",
            ),
        ]
        triggers = [
            fsm(PURCHASE),
            frozen(
                "bought_purchase_is_frozen",
                ["title", "lead_school_id", "quote", "cost", "split", "provider_id"],
                when=IS_BOUGHT,
            ),
            kept("bought_purchase_is_kept", when=IS_BOUGHT),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def provider_words(self) -> str:
        return self.provider.name if self.provider else self.provider_name


class PurchaseSchool(models.Model):
    """One school asked to join a purchase, what it answered, and its share once it is bought."""

    class Answer(models.TextChoices):
        NONE = "", "Not yet answered"
        JOINED = "joined", "Joined"
        DECLINED = "declined", "Not joining"

    purchase = models.ForeignKey(SharedPurchase, models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, models.PROTECT, related_name="purchase_places")
    request = models.ForeignKey(
        CpdRequest, models.PROTECT, null=True, blank=True, related_name="purchase_places"
    )
    staff = models.PositiveSmallIntegerField("how many staff", default=0)
    answer = models.CharField(
        max_length=10, choices=Answer.choices, default=Answer.NONE, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    share = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    remainder = models.DecimalField(
        "pennies over, borne by this school", max_digits=6, decimal_places=2, default=0
    )

    class Meta:
        ordering = ["purchase", "school__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "school"], name="one_place_per_school_and_purchase"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(answer="joined"), name="only_joiners_pay"
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="purchase_answer_has_who_and_when",
            ),
        ]
        triggers = [
            frozen(
                "share_is_frozen",
                ["share", "remainder", "answer", "staff", "school_id"],
                when=pgtrigger.Q(old__share__isnull=False),
            ),
            kept("share_is_kept", when=pgtrigger.Q(old__share__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.school}: {self.get_answer_display()}"


class CentralPart(models.Model):
    """The part of a request that the trust's central fund is asked to pay: the only part that waits."""

    request = models.OneToOneField(CpdRequest, models.CASCADE, related_name="central_part")
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    amount = models.DecimalField("pounds asked for", max_digits=9, decimal_places=2)
    state = models.CharField(max_length=10, choices=FUNDING.choices, default=FUNDING.initial)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_reason = models.CharField(max_length=300, blank=True)

    machine = FUNDING

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="central_part_is_some_money"),
            models.CheckConstraint(
                condition=~Q(state__in=("agreed", "declined"))
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="fund_decision_has_who_and_when",
            ),
        ]
        triggers = [fsm(FUNDING)]

    def __str__(self) -> str:
        return f"{self.request.ref}: {self.amount}"
