"""Priorities: "Trust priorities are set from the level of need or risk" (seed 2), and each school has its own."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Deferrable, Q

from evidence.models import Indicator
from improvement.states import LIVE, PRIORITY
from meetings.models import AgendaItem
from schools.models import School
from trust.access import Actor, Capacity
from trust.models import AcademicYear
from trust.people.models import Person, User
from trust.states import fsm

READ_EVERY = (
    Capacity.CEO,
    Capacity.DSI,
    Capacity.TRUSTEE,
    Capacity.CLERK,
    Capacity.CFO,
)
READ_OWN = (
    Capacity.CEO_REPRESENTATIVE,
    Capacity.HEAD,
    Capacity.LEADER,
    Capacity.LINK_TRUSTEE,
    Capacity.CHAIR,
    Capacity.PROVIDER,
    Capacity.LOCAL_COMMITTEE,
)


class PriorityQuerySet(models.QuerySet["Priority"]):
    def visible_to(self, user: Actor) -> Self:
        """The trust's by every reader; a school's by those whose post is there, and by trust-wide readers."""
        posts = user.posts
        if posts.is_trust_wide(*READ_EVERY):
            return self
        if not posts.holds(*READ_OWN):
            return self.none()
        return self.filter(Q(school__isnull=True) | Q(school__in=posts.schools(*READ_OWN)))

    def live(self) -> Self:
        """Priorities still being worked on."""
        return self.filter(state__in=LIVE)


class Priority(models.Model):
    """One priority of the trust (no school) or of a school, for one academic year."""

    class Phase(models.TextChoices):
        EXPLORE = "explore", "Explore"
        PREPARE = "prepare", "Prepare"
        DELIVER = "deliver", "Deliver"
        SUSTAIN = "sustain", "Sustain"

    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="priorities"
    )
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="priorities")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    rationale = models.TextField("why this, and from what evidence", blank=True)
    outcome = models.TextField("what pupils will do better")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    evaluation_area = models.CharField(max_length=80, blank=True)
    lead = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="priorities_led"
    )
    lead_role = models.CharField(max_length=80, blank=True, help_text="The post that leads it")
    budget = models.DecimalField(
        "budget in pounds", max_digits=9, decimal_places=2, null=True, blank=True
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children",
        help_text="The trust's priority it serves",
    )  # fmt: skip
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.EXPLORE)
    state = models.CharField(max_length=12, choices=PRIORITY.choices, default=PRIORITY.initial)
    report_note = models.CharField(max_length=300, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = PriorityQuerySet.as_manager()
    machine = PRIORITY

    class Meta:
        ordering = ["academic_year", "school", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "academic_year", "number"],
                nulls_distinct=False,
                deferrable=Deferrable.DEFERRED,
                name="one_priority_per_number",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(school__isnull=False),
                name="only_a_schools_priority_serves_another",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="priority_budget_not_negative",
            ),
        ]
        triggers = [fsm(PRIORITY)]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class ItemPriority(models.Model):
    """The priority that an agenda item is about."""

    item = models.OneToOneField(AgendaItem, models.CASCADE, related_name="about_priority")
    priority = models.ForeignKey(Priority, models.PROTECT, related_name="items")

    def __str__(self) -> str:
        return f"{self.item}: {self.priority}"
