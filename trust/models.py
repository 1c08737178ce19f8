"""What belongs to the trust as a whole: its profile, its years, its audit and its documents."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from trust.leases import Leased

LIGHT: dict[str, object] = {
    "chair_sees_agenda": "off",
    "papers": False,
    "accuracy_check": True,
    "judgement_per_item": True,
    "actions_closed_by": "next_meeting",
    "visit_reply": True,
    "report_to_schools": True,
}
FULL: dict[str, object] = LIGHT | {"chair_sees_agenda": "lapses", "papers": True}
PRESETS = {"light": LIGHT, "full": FULL}


class TrustProfile(models.Model):
    """The trust itself: one row, because one deployment serves one trust (ADR 1)."""

    name = models.CharField(max_length=200)
    group_uid = models.CharField("group UID", max_length=10, blank=True)
    group_id = models.CharField("TR number", max_length=10, blank=True)
    companies_house_number = models.CharField(max_length=8, blank=True)
    ukprn = models.CharField("UKPRN", max_length=8, blank=True)
    words = models.JSONField(
        default=dict, blank=True, help_text="What this trust calls things, by our own word"
    )
    steps = models.JSONField(
        default=dict, help_text="The steps this trust has on, lapsing or off (presets Light, Full)"
    )
    offsets = models.JSONField(
        default=dict, blank=True, help_text="Deadlines in school days that differ from the default"
    )
    scores = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="Scores of the proposed agenda that differ from the default",
    )
    report = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="Dates of the Chair's annual report that differ from the default",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_trust_per_deployment"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> TrustProfile:
        """The one row, or an unsaved one named "This trust" before set-up."""
        return cls.objects.first() or cls(pk=1, name="This trust", steps=dict(FULL))

    def step(self, name: str) -> object:
        """The setting of one optional step; a step never set follows the Full preset."""
        return self.steps.get(name, FULL[name])

    def word(self, ours: str) -> str:
        """The trust's own word for one of ours."""
        return str(self.words.get(ours, ours))


class AcademicYear(models.Model):
    """1 September to 31 August."""

    name = models.CharField(max_length=20, unique=True)
    starts_on = models.DateField(unique=True)
    ends_on = models.DateField(unique=True)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="academic_year_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def on(cls, day: dt.date) -> AcademicYear | None:
        """The academic year of a day, or None when it has not been entered."""
        return cls.objects.filter(starts_on__lte=day, ends_on__gte=day).first()


class Term(models.Model):
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="terms")
    name = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["academic_year", "order"]
        constraints = [
            models.UniqueConstraint(fields=["academic_year", "order"], name="term_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.academic_year}"


class HalfTermQuerySet(models.QuerySet["HalfTerm"]):
    def of_year(self, year: AcademicYear) -> Self:
        return self.filter(term__academic_year=year)


class HalfTerm(models.Model):
    """One of the six half terms of a year, with the trust's default dates."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="half_terms")
    name = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(help_text="1 to 6 within the academic year")
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = HalfTermQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="half_term_ends_after_start"
            ),
            models.UniqueConstraint(fields=["term", "order"], name="half_term_once_a_term"),
        ]

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """One act: who, as what, for whom, on what, when. Append-only, without foreign keys (ADR 7)."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True, blank=True)
    person_id = models.BigIntegerField(null=True, blank=True)
    acted_as = models.CharField(max_length=40, blank=True)
    acted_for_id = models.BigIntegerField(null=True, blank=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    school_id = models.BigIntegerField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["school_id", "-at"]),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class Document(Leased):
    """A PDF asked for: a frozen snapshot, its content hash, and where the finished file lies (ADR 6)."""

    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    snapshot = models.JSONField()
    content_hash = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    requested_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "content_hash"],
                name="one_document_per_content",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(sha256=""), name="done_document_has_its_hash"
            ),
        ]
        indexes = [models.Index(fields=["state", "next_attempt_at"])]
        triggers = [
            pgtrigger.Protect(
                name="snapshot_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__snapshot__df=pgtrigger.F("new__snapshot"))
                | pgtrigger.Q(old__content_hash__df=pgtrigger.F("new__content_hash")),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Mail(Leased):
    """One e-mail to send: written with the act that causes it, sent once."""

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    calendar = models.TextField(
        "entry for the reader's calendar, as iCalendar", blank=True, default="", db_default=""
    )

    class Meta:
        indexes = [models.Index(fields=["state", "next_attempt_at"])]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class SubmittedForm(models.Model):
    """A form already taken: the second click is led to the first one's result."""

    key = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    url = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.key)
