"""The external Chair's annual report: "The external Chair writes an annual report for the Trust that informs the Board" (seed 1)."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from progress_boards.report_rules import WRITTEN_IN
from progress_boards.states import REPORT
from schools.models import School
from trust.access import ROLE_NAMES, Actor, Capacity
from trust.models import AcademicYear, TrustProfile
from trust.people.models import Person, User
from trust.states import frozen, fsm, kept

IS_SIGNED = pgtrigger.Q(
    old__state__in=["signed", "presented"], new__state__in=["signed", "presented"]
)


class AnnualReportQuerySet(models.QuerySet["AnnualReport"]):
    def visible_to(self, user: Actor) -> Self:
        """The whole report: CEO, DSI and clerk always; its lead while a Chair or until it is presented; Trust Board, Link Trustees, CFO and safeguarding lead once presented."""
        posts = user.posts
        if posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.CLERK):
            return self
        # "A Chair's account lasts until the report is presented": after that only an appointment reads it.
        sees = Q(pk__in=[])
        if user.person_id:
            as_chair = (
                Q()
                if posts.holds(Capacity.CHAIR)
                else Q(academic_year__in=posts.years(Capacity.LEAD_CHAIR))
            )
            sees = Q(lead_id=user.person_id) & as_chair
        if posts.holds(
            Capacity.TRUSTEE, Capacity.LINK_TRUSTEE, Capacity.CFO, Capacity.SAFEGUARDING_LEAD
        ):
            sees |= Q(state="presented")
        return self.filter(sees)

    def written_with(self, user: Actor) -> Self:
        """Reports of which this person writes all or a part: a Chair who contributes reads only what is his or hers to write."""
        if not user.person_id or not user.posts.holds(Capacity.CHAIR, in_person=True):
            return self.visible_to(user)
        mine = ReportSection.objects.filter(report=OuterRef("pk"), writer=user.person_id)
        whole = self.model.objects.visible_to(user).values("pk")
        return self.filter(Exists(mine) | Q(pk__in=whole))

    def read_in_part(self, user: Actor, school: int) -> Self:
        """Reports of which this person may read the part of one school: its head, while it is checked and once presented."""
        whole = Q(pk__in=self.model.objects.visible_to(user).values("pk"))
        if user.posts.holds(Capacity.HEAD, school=school):
            whole |= Q(state="accuracy")
        if user.posts.holds(
            Capacity.HEAD, Capacity.LOCAL_COMMITTEE, school=school
        ) and TrustProfile.current().step("report_to_schools"):
            whole |= Q(state="presented")
        return self.filter(whole)


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
    signed_hash = models.CharField(
        max_length=64, blank=True, db_default="", help_text="Of the words and figures as signed"
    )
    draft_number = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="One more each time it is taken back to be written on"
    )
    presented_at = models.DateTimeField(null=True, blank=True)
    presented_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accuracy_sent_at = models.DateTimeField(null=True, blank=True)
    accuracy_until = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(
        null=True, blank=True, help_text="When the Chair submitted it to the Trust Board"
    )
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    response = models.TextField(
        "the CEO's response", blank=True, db_default="", help_text="Apart from the Chair's words"
    )
    response_version = models.PositiveIntegerField(default=1, db_default=1)
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    objects = AnnualReportQuerySet.as_manager()
    machine = REPORT

    class Meta:
        ordering = ["-academic_year__starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "accuracy"))
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(signed_name=""),
                name="signed_report_is_signed",
            )
        ]
        triggers = [
            fsm(REPORT),
            frozen(
                "signed_report_is_frozen",
                ["facts", "cut_off_on", "lead_id", "signed_hash"],
                when=IS_SIGNED,
            ),
            kept("signed_report_is_kept", when=pgtrigger.Q(old__state__in=["signed", "presented"])),
        ]

    def __str__(self) -> str:
        return f"Annual report {self.academic_year}"

    @property
    def reference(self) -> str:
        """Its number: the year in which its year ended, and which draft of it this is."""
        return f"AR-{self.academic_year.ends_on.year}-{self.draft_number}"


class ReportSectionQuerySet(models.QuerySet["ReportSection"]):
    def visible_to(self, user: Actor) -> Self:
        """Every section of a report that is read whole, and the half pages read in part."""
        whole = AnnualReport.objects.visible_to(user).values("pk")
        return self.filter(Q(report__in=whole) | _in_part(user))

    def read_in_part(self, user: Actor) -> Self:
        """Half pages: its own for a Chair who contributes it, and the own school's for its head and local committee."""
        whole = AnnualReport.objects.visible_to(user).values("pk")
        return self.filter(_in_part(user)).exclude(report__in=whole)


def _in_part(user: Actor) -> Q:
    posts, parts = user.posts, Q(pk__in=[])
    if user.person_id and posts.holds(Capacity.CHAIR, in_person=True):
        parts |= Q(writer=user.person_id, report__state__in=WRITTEN_IN)
    parts |= Q(school__in=posts.schools(Capacity.HEAD), report__state="accuracy")
    readers = posts.schools(Capacity.HEAD, Capacity.LOCAL_COMMITTEE)
    if readers and TrustProfile.current().step("report_to_schools"):
        parts |= Q(school__in=readers, report__state="presented")
    return Q(key=ReportSection.Key.SCHOOL) & parts


class ReportSection(models.Model):
    """The Chair's words for one section, or for one school's half page."""

    class Key(models.TextChoices):
        SUMMARY = "summary", "Summary"
        REMIT = "remit", "Remit, independence and interests"
        HOW_BOARDS_RAN = "how_boards_ran", "How boards ran"
        THEMES = "themes", "Themes across the trust"
        SCHOOL = "school", "School by school"
        SUPPORT = "support", "Quality and impact of the trust’s support"
        TRAINING = "training", "Training and its impact"
        READINESS = "readiness", "Inspection readiness and outcomes"
        EFFECTIVENESS = "effectiveness", "Effectiveness of Progress Boards"
        FOLLOW_UP = "follow_up", "Follow-up of last year’s recommendations"
        RECOMMENDATIONS = "recommendations", "Recommendations"

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=20, choices=Key.choices)
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    writer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="A Chair who contributes it; empty = the lead",
    )  # fmt: skip
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = ReportSectionQuerySet.as_manager()

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
    """One numbered recommendation to the Trust Board, followed into next year's report."""

    class Progress(models.TextChoices):
        OPEN = "", "Not yet answered"
        ACCEPTED = "accepted", "Accepted"
        UNDER_WAY = "under_way", "Under way"
        DONE = "done", "Done"
        NOT_TAKEN = "not_taken", "Not taken up"

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="recommendations")
    order = models.PositiveSmallIntegerField()
    text = models.TextField()
    owner = models.CharField("owner proposed", max_length=120, blank=True)
    by_when = models.DateField(null=True, blank=True)
    progress = models.CharField(
        max_length=10, choices=Progress.choices, default=Progress.OPEN, db_default="", blank=True
    )
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["report", "order", "pk"]
        triggers = [
            frozen(
                "sealed_recommendation_is_frozen", ["text", "order", "owner", "by_when"],
                when=pgtrigger.Q(old__sealed_at__isnull=False, new__sealed_at__isnull=False),
            ),
            kept("sealed_recommendation_is_kept", when=pgtrigger.Q(old__sealed_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order}. {self.text[:80]}"

    @property
    def reference(self) -> str:
        """AR-2026-1/3: the third recommendation of that report."""
        return f"{self.report.reference}/{self.order}"


class RecommendationUpdate(models.Model):
    """What became of a recommendation: said by the trust, and read in next year's report."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="updates")
    progress = models.CharField(max_length=10, choices=Recommendation.Progress.choices, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["recommendation", "at"]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.get_progress_display()}"


class ReportComment(models.Model):
    """A factual correction of the report, proposed while its accuracy is checked, and the Chair's answer; both kept."""

    class Answer(models.TextChoices):
        OPEN = "", "Not yet answered"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Not accepted"

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="comments")
    section = models.ForeignKey(
        ReportSection, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(blank=True, help_text="Empty: nothing to correct")
    at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["report", "section", "at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer="refused") | ~Q(answer_reason=""),
                name="report_refusal_has_its_reason",
            )
        ]
        triggers = [pgtrigger.Protect(name="report_comments_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:80]


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
