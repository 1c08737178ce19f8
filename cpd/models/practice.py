"""Joint practice development: practice worth sharing, offers and needs, and projects of two schools or more."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from cpd.rules import OF_SCHOOL, READ_PRACTICE
from cpd.states import PROJECT
from evidence.models import Finding, Indicator
from schools.models import School
from trust.access import Actor
from trust.people.models import Person, User
from trust.states import fsm


class PracticeCardQuerySet(models.QuerySet["PracticeCard"]):
    def visible_to(self, user: Actor) -> Self:
        """Shared cards by all staff and those who govern; a card in draft by its own school."""
        sees = Q(school__in=user.posts.schools(*OF_SCHOOL))
        if user.posts.holds(*READ_PRACTICE):
            sees |= Q(shared_at__isnull=False, retired_at__isnull=True)
        return self.filter(sees)

    def shared(self) -> Self:
        return self.filter(shared_at__isnull=False, retired_at__isnull=True)


class PracticeCard(models.Model):
    """One practice worth sharing: what it is, where it was seen, and what pupils gained."""

    school = models.ForeignKey(School, models.PROTECT, related_name="practice_cards")
    finding = models.OneToOneField(
        Finding, models.PROTECT, null=True, blank=True, related_name="practice_card"
    )
    title = models.CharField(max_length=120)
    what = models.TextField("what we do")
    effect = models.TextField("what pupils gained, and how we know", blank=True)
    conditions = models.TextField("what it needs to work elsewhere", blank=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    contact_role = models.CharField("whom to ask (role)", max_length=80, blank=True)
    seen_on = models.DateField(null=True, blank=True)
    seen_by = models.CharField("how it was seen", max_length=160, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    search = models.GeneratedField(
        expression=SearchVector("title", "what", "effect", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PracticeCardQuerySet.as_manager()

    class Meta:
        ordering = ["-shared_at", "-pk"]
        indexes = [GinIndex(fields=["search"], name="practice_card_search")]

    def __str__(self) -> str:
        return self.title


class PracticeNoticeQuerySet(models.QuerySet["PracticeNotice"]):
    def visible_to(self, user: Actor) -> Self:
        """All staff and those who govern, as practice cards."""
        return self if user.posts.holds(*READ_PRACTICE) else self.none()

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class PracticeNotice(models.Model):
    """What a school can offer to another, or would like to gain from one."""

    class Kind(models.TextChoices):
        OFFER = "offer", "Can offer"
        NEED = "need", "Would like to gain"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    school = models.ForeignKey(School, models.PROTECT, related_name="practice_notices")
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("title", "words", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PracticeNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-posted_at", "-pk"]
        indexes = [GinIndex(fields=["search"], name="practice_notice_search")]

    def __str__(self) -> str:
        return self.title


class JointProjectQuerySet(models.QuerySet["JointProject"]):
    def visible_to(self, user: Actor) -> Self:
        """All staff and those who govern, as practice cards."""
        return self if user.posts.holds(*READ_PRACTICE) else self.none()


class JointProject(models.Model):
    """Two schools or more on one shared question; each gives and each gains."""

    title = models.CharField(max_length=120)
    question = models.TextField("the shared question")
    card = models.ForeignKey(
        PracticeCard, models.PROTECT, null=True, blank=True, related_name="projects"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    baseline = models.TextField("where pupils stand at the start", blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    practice_changed = models.TextField("what changed in practice", blank=True)
    pupils_changed = models.TextField("what changed for pupils", blank=True)
    product = models.TextField("what is there to share", blank=True)
    state = models.CharField(max_length=10, choices=PROJECT.choices, default=PROJECT.initial)
    begun_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    stopped_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = JointProjectQuerySet.as_manager()
    machine = PROJECT

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_start",
            )
        ]  # fmt: skip
        triggers = [fsm(PROJECT)]

    def __str__(self) -> str:
        return self.title


class ProjectSchoolQuerySet(models.QuerySet["ProjectSchool"]):
    def visible_to(self, user: Actor) -> Self:
        """As their projects."""
        return self.filter(project__in=JointProject.objects.visible_to(user))


class ProjectSchool(models.Model):
    """One school in a joint project: who leads there, what it gives and what it gained."""

    project = models.ForeignKey(JointProject, models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, models.PROTECT, related_name="joint_projects")
    lead = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    lead_role = models.CharField(max_length=80, blank=True)
    brings = models.TextField("what it brings", blank=True)
    gained = models.TextField("what it gained", blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    joined_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ProjectSchoolQuerySet.as_manager()

    class Meta:
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "school"], name="one_place_per_school_and_project"
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} in {self.project}"


class ProjectVisit(models.Model):
    """One visit of a joint project: who went where, and what was learned."""

    project = models.ForeignKey(JointProject, models.CASCADE, related_name="visits")
    visitor = models.ForeignKey(
        ProjectSchool, models.CASCADE, related_name="visits_made", verbose_name="school that visits"
    )
    host = models.ForeignKey(
        ProjectSchool, models.CASCADE, related_name="visits_hosted", verbose_name="school visited"
    )
    visited_on = models.DateField()
    learned = models.TextField("what was seen and learned", blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["project", "visited_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(visitor=F("host")), name="a_school_visits_another")
        ]

    def __str__(self) -> str:
        return f"{self.visited_on}"
