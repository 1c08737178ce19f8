"""Records of visit: learning walks, external providers' records and every other kind."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from evidence.models.indicators import Indicator
from evidence.states import VISIT
from schools.models import School
from trust.access import Actor, Capacity
from trust.people.models import Person, User
from trust.states import frozen, fsm, kept

IS_FILED = pgtrigger.Q(old__state="filed")
IS_SEALED = pgtrigger.Q(old__sealed_at__isnull=False)
FROZEN_WHEN_FILED = [
    "school_id", "kind_id", "visited_on", "days", "visitor_id", "visitor_names", "organisation",
    "is_external", "commissioned_by", "cost", "accompanied_by", "focus", "indicator_id", "lessons",
    "books", "pupils", "activities", "overall", "progress", "feedback_to", "sent_at", "reply_by",
    "reply", "reply_text", "replied_at", "filed_at",
]  # fmt: skip
"""All but two: whether the headteacher opens the record to leaders, and whether it is restricted."""


class VisitKind(models.Model):
    """A kind of visit as data: its name, whether it is external, and whether its form is for lay people."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60, unique=True)
    is_external = models.BooleanField(default=False)
    is_lay = models.BooleanField(
        default=False,
        help_text="Governors and trustees visit as lay people, never judging teaching",
    )
    is_short = models.BooleanField(
        default=False, help_text="May be a short record: focus, strengths, to develop"
    )
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


def _own_records(user: Actor) -> Q:
    """Records this person made, where a post is still held: access ends with the term of office."""
    own = Q(created_by_id=user.pk)
    if user.person_id:
        own |= Q(visitor_id=user.person_id)
    if user.posts.is_trust_wide(Capacity.PROVIDER, Capacity.SAFEGUARDING_LEAD):
        return own
    return own & Q(school__in=user.posts.schools(*Capacity))


class VisitRecordQuerySet(models.QuerySet["VisitRecord"]):
    def visible_to(self, user: Actor) -> Self:
        """Drafts by CEO, DSI and the visitor; sent ones by head and Link Trustee; filed ones by Chair and local committee.

        The visitor's own records stay open to the visitor as long as a post is held at the school. A
        restricted one goes no further than the head whose school it is, and a review of safeguarding to
        its lead.
        """
        posts = user.posts
        if posts.is_trust_wide(Capacity.CEO, Capacity.DSI):
            return self
        sent = ~Q(state="draft")
        closely = _own_records(user) | sent & Q(school__in=posts.schools(Capacity.HEAD))
        if posts.is_trust_wide(Capacity.SAFEGUARDING_LEAD):
            closely |= Q(kind__slug="safeguarding-review")
        sees = Q(school__in=posts.schools(Capacity.CEO_REPRESENTATIVE))
        if posts.is_trust_wide(Capacity.CLERK):
            sees |= sent
        sees |= sent & Q(school__in=posts.schools(Capacity.LINK_TRUSTEE))
        sees |= sent & Q(school__in=posts.schools(Capacity.LEADER), open_to_leaders=True)
        sees |= Q(state="filed", school__in=posts.schools(Capacity.CHAIR, Capacity.LOCAL_COMMITTEE))
        return self.filter(closely | sees & Q(is_restricted=False))

    def sent(self) -> Self:
        """Records the school has: sent or filed."""
        return self.exclude(state="draft")

    def due_to_file(self, day: dt.date) -> Self:
        """Sent records whose days for a reply are over."""
        return self.filter(state="sent", reply_by__lt=day)


class VisitRecord(models.Model):
    """What a visitor saw at a school, with findings and next steps."""

    class Reply(models.TextChoices):
        NONE = "", "No reply"
        AGREED = "agreed", "Agreed"
        COMMENTED = "commented", "Agreed with comment"
        DISPUTED = "disputed", "Disputed"

    school = models.ForeignKey(School, models.PROTECT, related_name="visits")
    kind = models.ForeignKey(VisitKind, models.PROTECT)
    visited_on = models.DateField()
    days = models.DecimalField(max_digits=4, decimal_places=1, default=0.5, help_text="Half days")
    visitor = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="visits_made"
    )
    visitor_names = models.CharField(
        max_length=200, blank=True, help_text="Visitors without an account, and with whom"
    )
    organisation = models.CharField(max_length=120, blank=True)
    is_external = models.BooleanField(default=False)
    commissioned_by = models.CharField(max_length=80, blank=True)
    cost = models.DecimalField(
        "cost in pounds", max_digits=9, decimal_places=2, null=True, blank=True
    )
    accompanied_by = models.CharField("accompanied by (roles)", max_length=200, blank=True)
    focus = models.CharField(max_length=300, blank=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    lessons = models.PositiveSmallIntegerField(null=True, blank=True)
    books = models.PositiveSmallIntegerField(null=True, blank=True)
    pupils = models.PositiveSmallIntegerField(null=True, blank=True)
    activities = models.CharField(max_length=300, blank=True)
    overall = models.TextField("overall, against the focus", blank=True)
    progress = models.TextField("progress on last recommendations", blank=True)
    feedback_to = models.CharField("feedback given to (role, date)", max_length=200, blank=True)
    is_restricted = models.BooleanField(default=False)
    open_to_leaders = models.BooleanField("opened to leaders by the headteacher", default=False)
    state = models.CharField(max_length=10, choices=VISIT.choices, default=VISIT.initial)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reply_by = models.DateField(null=True, blank=True)
    reply = models.CharField(max_length=10, choices=Reply.choices, default=Reply.NONE, blank=True)
    reply_text = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = VisitRecordQuerySet.as_manager()
    machine = VISIT

    class Meta:
        ordering = ["-visited_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(sent_at__isnull=False),
                name="sent_visit_has_its_time",
            )
        ]
        indexes = [models.Index(fields=["school", "-visited_on"])]
        triggers = [
            fsm(VISIT),
            frozen(
                "filed_visit_is_frozen",
                FROZEN_WHEN_FILED,
                when=IS_FILED,
            ),
            kept("filed_visit_is_kept", when=IS_FILED),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.school}, {self.visited_on:%d %B %Y}"


class Finding(models.Model):
    """One thing seen: a strength, an area to develop or a concern, and where it goes."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", "Strength"
        DEVELOP = "develop", "Area to develop"
        CONCERN = "concern", "Concern"

    visit = models.ForeignKey(VisitRecord, models.CASCADE, related_name="findings")
    order = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    evaluation_area = models.CharField(max_length=80, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    take_to_board = models.BooleanField("take to Progress Board", default=False)
    good_practice = models.BooleanField("good practice to share", default=False)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["visit", "order", "pk"]
        triggers = [
            frozen(
                "sealed_finding_is_frozen",
                [
                    "visit_id", "order", "kind", "text", "indicator_id", "evaluation_area",
                    "evidence", "take_to_board", "good_practice", "sealed_at",
                ],
                when=IS_SEALED,
            ),
            kept("sealed_finding_is_kept", when=IS_SEALED),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text[:80]


class NextStep(models.Model):
    """What the visitor recommends, with a suggested owner and date."""

    visit = models.ForeignKey(VisitRecord, models.CASCADE, related_name="next_steps")
    order = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()
    suggested_owner = models.CharField(max_length=120, blank=True)
    by_when = models.DateField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["visit", "order", "pk"]
        triggers = [
            frozen(
                "sealed_step_is_frozen",
                ["visit_id", "order", "text", "suggested_owner", "by_when", "sealed_at"],
                when=IS_SEALED,
            ),
            kept("sealed_step_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class VisitAttachmentQuerySet(models.QuerySet["VisitAttachment"]):
    def visible_to(self, user: Actor) -> Self:
        """Files go with their record."""
        return self.filter(visit__in=VisitRecord.objects.visible_to(user))


class VisitAttachment(models.Model):
    """A file that goes with a record of visit."""

    visit = models.ForeignKey(VisitRecord, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="visits/")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    size = models.PositiveIntegerField(default=0)
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = VisitAttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["visit", "pk"]
        triggers = [
            frozen(
                "sealed_file_is_frozen", ["visit_id", "name", "file", "sealed_at"], when=IS_SEALED
            ),
            kept("sealed_file_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return self.name
