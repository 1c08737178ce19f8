"""School documents: what the school wrote, and the passages readers mark in it."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from evidence.models.indicators import Indicator
from schools.models import School
from trust.access import Actor, Capacity
from trust.people.models import User


class DocumentKind(models.Model):
    """A kind of school document as data, such as the self-evaluation."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    is_expected = models.BooleanField(
        default=False, help_text="Missing or expired, it may come to an agenda"
    )
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class SchoolDocumentQuerySet(models.QuerySet["SchoolDocument"]):
    def visible_to(self, user: Actor) -> Self:
        """CEO, DSI and clerk read all; head, leaders and Link Trustee their schools'; a Chair only what is on an agenda (given there)."""
        posts = user.posts
        if posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.CLERK):
            return self
        sees = Q(
            school__in=posts.schools(
                Capacity.HEAD,
                Capacity.LEADER,
                Capacity.LINK_TRUSTEE,
                Capacity.CEO_REPRESENTATIVE,
            )
        )
        if posts.is_trust_wide(Capacity.SAFEGUARDING_LEAD):
            sees |= Q(kind__slug="safeguarding")
        if posts.is_trust_wide(Capacity.CFO):
            sees |= Q(kind__slug="finance")
        return self.filter(sees)

    def current(self, day: dt.date) -> Self:
        """Documents in force on a day."""
        return self.filter(valid_from__lte=day, replaced_by__isnull=True)


class SchoolDocument(models.Model):
    """One version of one document of a school."""

    school = models.ForeignKey(School, models.PROTECT, related_name="documents")
    kind = models.ForeignKey(DocumentKind, models.PROTECT)
    title = models.CharField(max_length=160)
    version_label = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    file = models.FileField(upload_to="documents/")
    file_name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    replaced_by = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaces"
    )

    objects = SchoolDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["school", "kind", "-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="document_valid_until_after_from",
            )
        ]

    def __str__(self) -> str:
        return self.title


class MarkedPassageQuerySet(models.QuerySet["MarkedPassage"]):
    def visible_to(self, user: Actor) -> Self:
        """Marks are read with their document."""
        return self.filter(document__in=SchoolDocument.objects.visible_to(user))


class MarkedPassage(models.Model):
    """A passage a reader marked: the page, the words, and whether it goes to the Progress Board."""

    document = models.ForeignKey(SchoolDocument, models.CASCADE, related_name="passages")
    page = models.PositiveSmallIntegerField(null=True, blank=True)
    quote = models.TextField()
    note = models.CharField(max_length=300, blank=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    take_to_board = models.BooleanField("take to Progress Board", default=True)
    marked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()

    objects = MarkedPassageQuerySet.as_manager()

    class Meta:
        ordering = ["document", "page", "pk"]

    def __str__(self) -> str:
        return self.quote[:80]


class DocumentJudgement(models.Model):
    """The self-evaluation's own judgement of one indicator, entered by a reader."""

    document = models.ForeignKey(SchoolDocument, models.CASCADE, related_name="judgements")
    indicator = models.ForeignKey(Indicator, models.PROTECT)
    position = models.PositiveSmallIntegerField(help_text="1 best, 2 middle, 3 worst")
    page = models.PositiveSmallIntegerField(null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "indicator"], name="one_judgement_per_document_and_indicator"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.position}"
