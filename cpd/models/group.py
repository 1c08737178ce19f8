"""The Strategy Group: its meeting, what its items are about, members' scores and its advice."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from cpd.models.practice import JointProject, PracticeCard
from cpd.models.purchases import SharedPurchase
from cpd.models.requests import CpdRequest, ImpactReview
from meetings.models import AgendaItem, Meeting
from trust.access import Actor
from trust.models import HalfTerm
from trust.people.models import Person, User
from trust.states import frozen, kept

IS_SEALED = pgtrigger.Q(old__sealed_at__isnull=False)


class GroupMeetingQuerySet(models.QuerySet["GroupMeeting"]):
    def visible_to(self, user: Actor) -> Self:
        """Whoever the kind lets know of the meeting."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class GroupMeeting(models.Model):
    """One half-termly meeting of the School Improvement Strategy Group, beside its `meetings.Meeting`."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="group_meeting")
    half_term = models.ForeignKey(HalfTerm, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the agenda proposed itself"
    )

    objects = GroupMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at", "-pk"]

    def __str__(self) -> str:
        return str(self.meeting)


class TrainingItem(models.Model):
    """What an agenda item is about: one request, review, shared purchase, practice card or project.

    Items of the Strategy Group and of Progress Boards alike. A group of like requests is one row each.
    """

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="training")
    request = models.ForeignKey(
        CpdRequest, models.PROTECT, null=True, blank=True, related_name="items"
    )
    review = models.ForeignKey(
        ImpactReview, models.PROTECT, null=True, blank=True, related_name="items"
    )
    purchase = models.ForeignKey(
        SharedPurchase, models.PROTECT, null=True, blank=True, related_name="items"
    )
    card = models.ForeignKey(
        PracticeCard, models.PROTECT, null=True, blank=True, related_name="items"
    )
    project = models.ForeignKey(
        JointProject, models.PROTECT, null=True, blank=True, related_name="items"
    )

    class Meta:
        ordering = ["item", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(request__isnull=False, review__isnull=True, purchase__isnull=True, card__isnull=True, project__isnull=True)
                | Q(request__isnull=True, review__isnull=False, purchase__isnull=True, card__isnull=True, project__isnull=True)
                | Q(request__isnull=True, review__isnull=True, purchase__isnull=False, card__isnull=True, project__isnull=True)
                | Q(request__isnull=True, review__isnull=True, purchase__isnull=True, card__isnull=False, project__isnull=True)
                | Q(request__isnull=True, review__isnull=True, purchase__isnull=True, card__isnull=True, project__isnull=False),
                name="training_item_is_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["item", "request", "review", "purchase", "card", "project"],
                nulls_distinct=False,
                name="one_row_per_item_and_thing",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.item}"


class MemberScore(models.Model):
    """What one member of the Group thinks of one request: likely impact and value for money, 1 to 4."""

    request = models.ForeignKey(CpdRequest, models.CASCADE, related_name="scores")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="cpd_scores")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    impact = models.PositiveSmallIntegerField(null=True, blank=True)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    conflict = models.CharField(
        "conflict of interest", max_length=300, blank=True,
        help_text="A member with a conflict declares it and does not score",
    )  # fmt: skip
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["request", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "meeting", "person"], name="one_score_per_member"
            ),
            models.CheckConstraint(
                condition=(Q(impact__isnull=True) | Q(impact__range=(1, 4)))
                & (Q(value__isnull=True) | Q(value__range=(1, 4))),
                name="scores_from_one_to_four",
            ),
            models.CheckConstraint(
                condition=~Q(conflict="") & Q(impact__isnull=True, value__isnull=True)
                | Q(conflict="") & Q(impact__isnull=False, value__isnull=False),
                name="scored_or_in_conflict",
            ),
        ]
        triggers = [
            frozen("sealed_score_is_frozen", ["impact", "value", "conflict"], when=IS_SEALED),
            kept("sealed_score_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.request.ref}"


class Advice(models.Model):
    """What the Strategy Group says of a request: one of five, never yes or no to the school.

    "... this is raised at the School Improvement Strategy Group to ensure that it is value for money and
    likely to have maximum impact" (seed 1).
    """

    class Words(models.TextChoices):
        SUPPORT = "support", "Support"
        SUGGESTION = "suggestion", "Support with a suggestion"
        ALTERNATIVE = "alternative", "Suggest an alternative"
        MORE = "more", "Ask for more"
        AGAINST = "against", "Advise against"

    request = models.ForeignKey(CpdRequest, models.PROTECT, related_name="advice")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="cpd_advice")
    advice = models.CharField(max_length=12, choices=Words.choices)
    impact = models.PositiveSmallIntegerField("likely impact, 1 to 4", null=True, blank=True)
    value = models.PositiveSmallIntegerField("value for money, 1 to 4", null=True, blank=True)
    note = models.TextField(blank=True)
    request_version = models.PositiveIntegerField(help_text="The version that was advised on")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["request", "-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "meeting"], name="one_advice_per_request_and_meeting"
            ),
            models.CheckConstraint(
                condition=(Q(impact__isnull=True) | Q(impact__range=(1, 4)))
                & (Q(value__isnull=True) | Q(value__range=(1, 4))),
                name="advice_scores_from_one_to_four",
            ),
            models.CheckConstraint(
                condition=Q(advice="support") | ~Q(note=""), name="advice_has_its_note"
            ),
        ]
        triggers = [
            frozen(
                "sealed_advice_is_frozen",
                ["advice", "impact", "value", "note", "request_version"],
                when=IS_SEALED,
            ),
            kept("sealed_advice_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return f"{self.request.ref}: {self.get_advice_display()}"
