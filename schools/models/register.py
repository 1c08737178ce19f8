"""Schools as the national register knows them, how they follow each other, and each import."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from trust.access import Actor, Capacity

READ_EVERY_SCHOOL = (
    Capacity.CEO,
    Capacity.DSI,
    Capacity.TRUSTEE,
    Capacity.CLERK,
    Capacity.CFO,
    Capacity.SAFEGUARDING_LEAD,
    Capacity.ADMINISTRATOR,
)
KEEP_THE_REGISTER = (Capacity.CEO, Capacity.DSI, Capacity.ADMINISTRATOR)
READ_OWN_SCHOOLS = (
    Capacity.CEO_REPRESENTATIVE,
    Capacity.HEAD,
    Capacity.LEADER,
    Capacity.LINK_TRUSTEE,
    Capacity.CHAIR,
    Capacity.PROVIDER,
    Capacity.LOCAL_COMMITTEE,
)


class SchoolQuerySet(models.QuerySet["School"]):
    def visible_to(self, user: Actor) -> Self:
        """Schools this person may know of: all for trust-wide capacities, else those of the posts."""
        if user.posts.is_trust_wide(*READ_EVERY_SCHOOL):
            return self
        return self.filter(pk__in=user.posts.schools(*READ_EVERY_SCHOOL, *READ_OWN_SCHOOLS))

    def in_trust(self, day: dt.date) -> Self:
        """Schools that belong to the trust on a day."""
        return self.filter(Q(joined_on__isnull=True) | Q(joined_on__lte=day)).filter(
            Q(left_on__isnull=True) | Q(left_on__gt=day)
        )

    def by_name(self) -> Self:
        return self.order_by(Lower("name"), "pk")


class School(models.Model):
    """A school of the trust, now or once; never deleted, because its record stays."""

    urn = models.PositiveIntegerField("URN", unique=True)
    ukprn = models.CharField("UKPRN", max_length=8, blank=True)
    laestab = models.CharField("LAESTAB", max_length=7, blank=True)
    name = models.CharField(max_length=200)
    code = models.CharField(
        max_length=5, blank=True, help_text="Short code in references such as ALD-26-A2-03"
    )
    local_authority = models.CharField(max_length=80, blank=True)
    type_name = models.CharField("type of establishment", max_length=80, blank=True)
    type_group = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=40, blank=True)
    phase = models.CharField(max_length=40, blank=True)
    low_age = models.PositiveSmallIntegerField(null=True, blank=True)
    high_age = models.PositiveSmallIntegerField(null=True, blank=True)
    has_nursery = models.BooleanField(null=True, blank=True)
    has_sixth_form = models.BooleanField(null=True, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    religious_character = models.CharField(max_length=60, blank=True)
    diocese = models.CharField(max_length=80, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    pupils = models.PositiveIntegerField("number of pupils", null=True, blank=True)
    percentage_fsm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    census_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    street = models.CharField(max_length=120, blank=True)
    town = models.CharField(max_length=80, blank=True)
    county = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    website = models.URLField(max_length=300, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    easting = models.IntegerField(null=True, blank=True)
    northing = models.IntegerField(null=True, blank=True)
    joined_on = models.DateField("joined the trust on", null=True, blank=True)
    left_on = models.DateField("left the trust on", null=True, blank=True)
    register_changed_on = models.DateField(null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def school_id(self) -> int:
        """Its own key, so that the audit files a school's own acts under it."""
        return self.pk

    @property
    def ages(self) -> str:
        """The statutory age range in words, such as "3 to 11"."""
        if self.low_age is None or self.high_age is None:
            return ""
        return f"{self.low_age} to {self.high_age}"


class SchoolLink(models.Model):
    """That one URN preceded another, as the register says; kept by URN, because either may be unknown here."""

    school = models.ForeignKey(School, models.CASCADE, related_name="links")
    urn = models.PositiveIntegerField("URN")
    linked_urn = models.PositiveIntegerField("linked URN")
    linked_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    linked_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["school", "urn", "linked_urn"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "urn", "linked_urn", "kind"], name="one_link_per_pair_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.linked_name} ({self.linked_urn})"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: Actor) -> Self:
        """Imports are the office's: nobody else knows of them."""
        return self if user.posts.is_trust_wide(*KEEP_THE_REGISTER) else self.none()


class ImportRun(models.Model):
    """One reading of register files: what they were, what they would do, and whether it was done."""

    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True, blank=True)
    files = models.JSONField(help_text="Kind, name, sha256, date in the name, rows read: a list")
    trust_row = models.JSONField(help_text="The trust as the groups file has it")
    rows = models.JSONField(help_text="The trust's own parsed rows, which Apply uses")
    counts = models.JSONField(help_text="new, changed, left, refused, unchanged")
    refused = models.JSONField(default=list, help_text="File, row, column, found, expected: a list")
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"Register of {self.made_at:%d %B %Y}"
