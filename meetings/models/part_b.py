"""Part B: what only those who stayed for it read; a text, its readers and its own accuracy check.

A text here is its own object with its own permission and its own PDF; Part A says only "Item n recorded
in Part B". Nothing else reads these rows: no search, mail, feed, export, report or audit entry.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from meetings.models.agenda import IS_SEALED, AgendaItem
from trust.access import ROLE_NAMES
from trust.people.models import Person, User
from trust.states import frozen, kept


class PartB(models.Model):
    """The confidential text of one item, saved under a version check that never loses text."""

    item = models.OneToOneField(AgendaItem, models.CASCADE, related_name="part_b")
    text = models.TextField(blank=True)
    sent_text = models.TextField(blank=True, help_text="As the clerk sent it")
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["item"]
        triggers = [
            frozen("sealed_part_b_is_frozen", ["text", "item_id"], when=IS_SEALED),
            kept("sealed_part_b_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return f"Part B of item {self.item_id}"


class PartBKept(models.Model):
    """A save that came second: kept until its author has put it where it belongs."""

    part = models.ForeignKey(PartB, models.CASCADE, related_name="kept")
    text = models.TextField()
    based_on_version = models.PositiveIntegerField()
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"Kept text of {self.part}"


class StayedForB(models.Model):
    """That somebody stayed for the Part B of an item, and so may read it."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="stayed_for_b")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ticked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["item", "person__name"]
        constraints = [
            models.UniqueConstraint(fields=["item", "person"], name="stayed_once_per_item")
        ]

    def __str__(self) -> str:
        return f"{self.person} stayed for item {self.item_id}"


class PartBGrant(models.Model):
    """That the CEO lets somebody else read a Part B, by name and with a reason."""

    part = models.ForeignKey(PartB, models.CASCADE, related_name="grants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["part", "granted_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_its_reason"),
            models.UniqueConstraint(
                fields=["part", "person"],
                condition=Q(ended_at__isnull=True),
                name="one_open_grant_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} granted to {self.person}"


class PartBCorrection(models.Model):
    """A correction of a Part B, proposed and answered among its readers only."""

    part = models.ForeignKey(PartB, models.CASCADE, related_name="corrections")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.CharField(
        max_length=10,
        blank=True,
        choices=[
            ("", "Not yet answered"),
            ("accepted", "Accepted"),
            ("edited", "Accepted with changes"),
            ("refused", "Refused"),
        ],
    )
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["part", "at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer="refused") | ~Q(answer_reason=""),
                name="part_b_refusal_has_its_reason",
            )
        ]
        triggers = [
            frozen(
                "sealed_part_b_correction_is_frozen",
                ["part_id", "text", "answer", "answer_reason"],
                when=IS_SEALED,
            ),
            pgtrigger.Protect(name="part_b_corrections_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Correction of {self.part}"


class PartBReply(models.Model):
    """That one reader pressed "Nothing to correct"; silence leaves no row."""

    part = models.ForeignKey(PartB, models.CASCADE, related_name="replies")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["part", "at"]
        constraints = [
            models.UniqueConstraint(fields=["part", "person"], name="one_part_b_reply_per_person")
        ]
        triggers = [
            frozen("sealed_part_b_reply_is_frozen", ["part_id", "person_id", "role", "at"],
                   when=IS_SEALED),
            kept("sealed_part_b_reply_is_kept", when=IS_SEALED),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Nothing to correct in {self.part}"
