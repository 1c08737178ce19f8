"""The external Chair's annual report: "The external Chair writes an annual report for the Trust that informs the Board" (seed 1)."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from progress_boards.states import REPORT
from schools.models import School
from trust.access import Actor, Capacity
from trust.models import AcademicYear
from trust.people.models import Person, User
from trust.states import frozen, fsm, kept

IS_SIGNED = pgtrigger.Q(
    old__state__in=["signed", "presented"], new__state__in=["signed", "presented"]
)


class AnnualReportQuerySet(models.QuerySet["AnnualReport"]):
    def visible_to(self, user: Actor) -> Self:
        """The lead Chair, CEO, DSI and clerk always; Trust Board, Link Trustees, CFO and safeguarding lead once presented."""
        posts = user.posts
        if posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.CLERK):
            return self
        sees = Q(lead_id=user.person_id) if user.person_id else Q(pk__in=[])
        if posts.holds(
            Capacity.TRUSTEE, Capacity.LINK_TRUSTEE, Capacity.CFO, Capacity.SAFEGUARDING_LEAD
        ):
            sees |= Q(state="presented")
        return self.filter(sees)


class AnnualReport(models.Model):
    """One year's report: the facts as compiled at the cut-off, and the Chair's words beside them."""

    academic_year = models.OneToOneField(AcademicYear, models.PROTECT, related_name="annual_report")
    lead = models.ForeignKey(
        Person, models.PROTECT, related_name="+", help_text="The Chair who writes it"
    )
    state = models.CharField(max_length=12, choices=REPORT.choices, default=REPORT.initial)
    cut_off_on = models.DateField()
    facts = models.JSONField(default=dict, help_text="The year's facts, each with its boards")
    facts_compiled_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_name = models.CharField(max_length=120, blank=True)
    presented_at = models.DateTimeField(null=True, blank=True)
    presented_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    objects = AnnualReportQuerySet.as_manager()
    machine = REPORT

    class Meta:
        ordering = ["-academic_year__starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(signed_name=""),
                name="signed_report_is_signed",
            )
        ]
        triggers = [
            fsm(REPORT),
            frozen("signed_report_is_frozen", ["facts", "cut_off_on", "lead_id"], when=IS_SIGNED),
            kept("signed_report_is_kept", when=pgtrigger.Q(old__state__in=["signed", "presented"])),
        ]

    def __str__(self) -> str:
        return f"Annual report {self.academic_year}"


class ReportSection(models.Model):
    """The Chair's words for one section, or for one school's half page."""

    class Key(models.TextChoices):
        SUMMARY = "summary", "Summary"
        HOW_BOARDS_RAN = "how_boards_ran", "How boards ran"
        SCHOOL = "school", "School by school"
        TRAINING = "training", "Training and its impact"
        RECOMMENDATIONS = "recommendations", "Recommendations"

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=20, choices=Key.choices)
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "key", "school"], nulls_distinct=False, name="one_section_per_key"
            )
        ]
        triggers = [
            frozen(
                "sealed_section_is_frozen", ["text"],
                when=pgtrigger.Q(old__sealed_at__isnull=False, new__sealed_at__isnull=False),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.report}: {self.get_key_display()}"


class Recommendation(models.Model):
    """One numbered recommendation to the Trust Board."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="recommendations")
    order = models.PositiveSmallIntegerField()
    text = models.TextField()
    owner = models.CharField("owner proposed", max_length=120, blank=True)
    by_when = models.DateField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["report", "order", "pk"]

    def __str__(self) -> str:
        return f"{self.order}. {self.text[:80]}"


class ReportRead(models.Model):
    """That a member of the Trust Board opened the report."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="reads")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "person"], name="one_read_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.report} read by {self.person}"
