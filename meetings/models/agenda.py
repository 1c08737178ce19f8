"""The agenda: items, where each comes from, and papers."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from evidence.models import Finding, Indicator, MarkedPassage, SchoolDocument
from meetings.models.meeting import Meeting, MeetingKind
from trust.people.models import Person, User
from trust.states import frozen, kept

IS_SEALED = pgtrigger.Q(old__sealed_at__isnull=False)


class AgendaItem(models.Model):
    """One item: what it asks, how long it has, and who of the school answers."""

    class Type(models.TextChoices):
        WELCOME = "welcome", "Welcome"
        ACTIONS = "actions", "Actions"
        ENQUIRY = "enquiry", "Enquiry"
        BUSINESS = "business", "Item"
        SUCCESS = "success", "Practice to share"
        IN_HAND = "in_hand", "Discussion in hand"
        CLOSE = "close", "Close"

    class Purpose(models.TextChoices):
        CHALLENGE = "challenge", "Challenge"
        VALIDATE = "validate", "Validate"
        CELEBRATE = "celebrate", "Celebrate"

    ASSIGNED_BY_NOBODY = ("welcome", "business", "close", "in_hand")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.ENQUIRY)
    title = models.CharField(max_length=120)
    question = models.TextField("line of enquiry", blank=True)
    purpose = models.CharField(
        max_length=10, choices=Purpose.choices, default=Purpose.CHALLENGE, blank=True
    )
    minutes = models.PositiveSmallIntegerField(default=10)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="items_answered"
    )
    second = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="items_seconded"
    )
    answered_by_role = models.CharField(
        max_length=80, blank=True, help_text="The post as it was then, such as reading lead"
    )
    assigned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(null=True, blank=True)
    leader_note = models.TextField("note of the leader who answers", blank=True)
    is_ready = models.BooleanField(default=False)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to"
    )
    carry_forward = models.BooleanField("take to the next meeting", default=False)
    version = models.PositiveIntegerField(default=1)
    since_version = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="The issued version that brought it; 0 = the first"
    )
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="Set while the meeting is at this item"
    )
    seconds_spent = models.PositiveIntegerField(default=0, db_default=0)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["meeting", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "order"],
                name="one_item_per_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=240), name="item_minutes_in_range"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(assigned_at__isnull=False),
                name="answering_has_who_and_when",
            ),
        ]
        triggers = [
            frozen(
                "sealed_item_is_frozen",
                ["order", "type", "title", "question", "minutes", "answered_by_id",
                 "answered_by_role", "indicator_id", "meeting_id"],
                when=IS_SEALED,
            ),
            kept("sealed_item_is_kept", when=IS_SEALED),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order}. {self.title}"

    @property
    def is_for_school(self) -> bool:
        """Whether somebody of the school answers it."""
        return self.type not in self.ASSIGNED_BY_NOBODY


class ItemSource(models.Model):
    """Where an item comes from. The school reads the reason too, so it says only what was seen where."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="sources")
    label = models.CharField(max_length=160)
    seen_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True)
    passage = models.ForeignKey(MarkedPassage, models.PROTECT, null=True, blank=True)
    document = models.ForeignKey(SchoolDocument, models.PROTECT, null=True, blank=True)
    action = models.ForeignKey("meetings.Action", models.PROTECT, null=True, blank=True)
    former_item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["item", "pk"]

    def __str__(self) -> str:
        return self.label


class Paper(models.Model):
    """A paper for a meeting or one of its items: a file, or a school document already there."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="papers")
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="papers"
    )
    title = models.CharField(max_length=160)
    file = models.FileField(upload_to="papers/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField(default=0)
    document = models.ForeignKey(SchoolDocument, models.PROTECT, null=True, blank=True)
    is_late = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "item__order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(file="") & Q(document__isnull=True))
                | (Q(file="") & Q(document__isnull=False)),
                name="paper_is_a_file_or_a_document",
            )
        ]

    def __str__(self) -> str:
        return self.title


class StandingItem(models.Model):
    """An item that every agenda of a kind of meeting has, or that of some half terms: data of the trust."""

    class Place(models.TextChoices):
        FIRST = "first", "After the welcome and the actions"
        LAST = "last", "Before the close"

    kind = models.ForeignKey(MeetingKind, models.PROTECT, related_name="standing_items")
    place = models.CharField(max_length=5, choices=Place.choices, default=Place.LAST)
    order = models.PositiveSmallIntegerField(default=1)
    type = models.CharField(
        max_length=10, choices=AgendaItem.Type.choices, default=AgendaItem.Type.ENQUIRY
    )
    title = models.CharField(max_length=120)
    question = models.TextField("line of enquiry", blank=True)
    minutes = models.PositiveSmallIntegerField(default=5)
    half_terms = models.JSONField(
        default=list, blank=True, help_text="Numbers 1 to 6; none = each half term"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["kind", "place", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=240), name="standing_minutes_in_range"
            )
        ]

    def __str__(self) -> str:
        return self.title


class AgendaVersion(models.Model):
    """One issued version of an agenda as it was read, and in words what it changed."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda_versions")
    number = models.PositiveSmallIntegerField()
    items = models.JSONField(help_text="Order, type, title, question and minutes of each item")
    changes = models.JSONField(default=list, help_text="What changed, a sentence each")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_agenda_per_version")
        ]
        triggers = [pgtrigger.Protect(name="agenda_version_is_frozen", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"Agenda {self.number} of {self.meeting}"
