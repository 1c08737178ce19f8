"""Minutes, item by item, and the one round in which those present check their accuracy."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from meetings.models.agenda import IS_SEALED, AgendaItem
from meetings.models.meeting import Meeting
from trust.access import ROLE_NAMES
from trust.people.models import Person, User
from trust.states import frozen, kept


class Minute(models.Model):
    """The text of one item; typed live, so saved under a version check that never loses text."""

    item = models.OneToOneField(AgendaItem, models.CASCADE, related_name="minute")
    discussion = models.TextField(blank=True)
    sent_discussion = models.TextField(
        blank=True, help_text="As the clerk sent it: what the Chair's changes are shown against"
    )
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["item"]
        triggers = [
            frozen("sealed_minute_is_frozen", ["discussion", "item_id"], when=IS_SEALED),
            kept("sealed_minute_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return f"Minute of {self.item}"


class MinuteConflict(models.Model):
    """The text of a save that came second: kept until its author has put it where it belongs."""

    minute = models.ForeignKey(Minute, models.CASCADE, related_name="conflicts")
    text = models.TextField()
    based_on_version = models.PositiveIntegerField()
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"Kept text of {self.minute}"


class Challenge(models.Model):
    """One challenge and the answer to it, by roles and not by names."""

    minute = models.ForeignKey(Minute, models.CASCADE, related_name="challenges")
    order = models.PositiveSmallIntegerField(default=1)
    asked_by = models.CharField("asked by (role)", max_length=80)
    question = models.TextField()
    response = models.TextField(blank=True)
    answered_by = models.CharField("answered by (role)", max_length=80, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["minute", "order", "pk"]
        triggers = [
            frozen(
                "sealed_challenge_is_frozen",
                ["asked_by", "question", "response", "answered_by"],
                when=IS_SEALED,
            ),
            kept("sealed_challenge_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return self.question[:80]


class EvidenceSeen(models.Model):
    """What was put forward, and how it was seen."""

    class How(models.TextChoices):
        IN_ROOM = "in_room", "Seen in the room"
        PAPER = "paper", "Paper"
        VISIT = "visit", "Record of visit"
        STATED = "stated", "Stated"

    minute = models.ForeignKey(Minute, models.CASCADE, related_name="evidence")
    order = models.PositiveSmallIntegerField(default=1)
    what = models.CharField(max_length=200)
    how = models.CharField(max_length=10, choices=How.choices)
    link = models.URLField(max_length=300, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["minute", "order", "pk"]
        triggers = [
            frozen("sealed_evidence_is_frozen", ["what", "how", "link"], when=IS_SEALED),
            kept("sealed_evidence_is_kept", when=IS_SEALED),
        ]

    def __str__(self) -> str:
        return self.what


class AccuracyReply(models.Model):
    """That one person pressed "Nothing to correct"; silence leaves no row."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="accuracy_replies")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person", "role"], name="one_reply_per_person_and_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: nothing to correct"


class Correction(models.Model):
    """A proposed correction and the Chair's answer to it; both kept."""

    class Answer(models.TextChoices):
        OPEN = "", "Not yet answered"
        ACCEPTED = "accepted", "Accepted"
        EDITED = "edited", "Accepted with changes"
        REFUSED = "refused", "Refused"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="corrections")
    item = models.ForeignKey(
        AgendaItem, models.CASCADE, null=True, blank=True, related_name="corrections"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.CharField(
        max_length=10, choices=Answer.choices, default=Answer.OPEN, blank=True
    )
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["meeting", "item__order", "at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="correction_answer_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(answer="refused") | ~Q(answer_reason=""), name="refusal_has_its_reason"
            ),
        ]
        triggers = [
            frozen(
                "sealed_correction_is_frozen", ["text", "answer", "answer_reason"], when=IS_SEALED
            ),
            pgtrigger.Protect(name="corrections_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Erratum(models.Model):
    """A mistake found after the minutes were final: stated beside them, never changed in them."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="errata")
    number = models.PositiveSmallIntegerField()
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="errata"
    )
    text = models.TextField("what it says, and what it should say")
    reason = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "number"]
        verbose_name_plural = "errata"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_erratum_per_number")
        ]
        triggers = [
            pgtrigger.Protect(
                name="erratum_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"Erratum {self.number} of {self.meeting}"
