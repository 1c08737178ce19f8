"""What was agreed to be done: by whom, by when, and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from evidence.models import Finding, Indicator
from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting
from meetings.states import ACTION
from schools.models import School
from trust.access import Actor, Capacity
from trust.people.models import Person, User
from trust.states import fsm, kept


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: Actor) -> Self:
        """Actions by capacity: CEO, DSI and clerk all; schools' people and Chair their schools'; an owner their own; for one year, those of its meetings. Drafts only where minutes are written."""
        posts = user.posts
        if posts.is_trust_wide(Capacity.CLERK):
            return self
        read_back = ~Q(state="draft")
        if posts.is_trust_wide(Capacity.CEO, Capacity.DSI):
            return self.filter(read_back)
        chaired = Q(school__in=posts.schools(Capacity.CHAIR))
        sees = read_back & Q(
            school__in=posts.schools(
                Capacity.HEAD,
                Capacity.LINK_TRUSTEE,
                Capacity.LOCAL_COMMITTEE,
                Capacity.CEO_REPRESENTATIVE,
            )
        )
        sees |= chaired
        # A meeting of no school: whoever reads its minutes follows up what it agreed.
        for capacity in posts.capacities:
            reads = Q(meeting__kind__acts__read_minutes__contains=[str(capacity)])
            sees |= read_back & reads & Q(school__isnull=True, meeting__isnull=False)
        if user.person_id and posts.holdings:
            sees |= read_back & Q(owner_id=user.person_id)
        for held in posts.for_a_year:
            reads = Q(meeting__kind__acts__read_minutes__contains=[str(held.capacity)])
            sees |= read_back & reads & Q(meeting__academic_year=held.year_id)
        return self.filter(sees)

    def open(self) -> Self:
        """Actions that still wait for something."""
        return self.filter(state__in=("open", "done"))

    def overdue(self, day: dt.date) -> Self:
        return self.filter(state="open", due_on__lt=day)


class Action(models.Model):
    """An action: it counts from "read back" at the close of its meeting."""

    ref = models.CharField(max_length=30, unique=True)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    text = models.TextField()
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="actions_owned"
    )
    owner_role = models.CharField(max_length=80, help_text="The post that owns it, as minuted")
    due_on = models.DateField()
    success_measure = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=ACTION.choices, default=ACTION.initial)
    times_carried = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    done_note = models.TextField("evidence that it is done", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at_meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="actions_closed"
    )
    closing_note = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ActionQuerySet.as_manager()
    machine = ACTION

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("closed", "dropped", "superseded"))
                | Q(closed_at__isnull=False),
                name="closed_action_has_its_time",
            )
        ]
        indexes = [models.Index(fields=["school", "state", "due_on"])]
        triggers = [
            fsm(ACTION),
            kept("read_back_action_is_kept", when=~pgtrigger.Q(old__state="draft")),
        ]

    def __str__(self) -> str:
        return self.ref


class ActionUpdate(models.Model):
    """What the owner says of an action, with evidence."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="updates")
    text = models.TextField()
    file = models.FileField(upload_to="actions/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text[:80]


class ActionMark(models.Model):
    """What a later meeting decided of an action: closed, carried or dropped, once a meeting."""

    class Mark(models.TextChoices):
        CLOSED = "closed", "Closed"
        CARRIED = "carried", "Carried"
        DROPPED = "dropped", "Dropped"

    action = models.ForeignKey(Action, models.CASCADE, related_name="marks")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="action_marks")
    mark = models.CharField(max_length=10, choices=Mark.choices)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "action"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "meeting"], name="one_mark_per_action_and_meeting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.get_mark_display()}"
