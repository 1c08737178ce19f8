"""Who holds which post, where, from when to when."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from schools.models.register import School
from trust.access import CAPACITY_NAMES, FOR_A_YEAR, Actor, Capacity
from trust.models import AcademicYear
from trust.people.models import Person

AT_SCHOOLS = (
    Capacity.HEAD,
    Capacity.LEADER,
    Capacity.LINK_TRUSTEE,
    Capacity.CHAIR,
    Capacity.CEO_REPRESENTATIVE,
    Capacity.LOCAL_COMMITTEE,
    Capacity.PROVIDER,
)
"""Capacities held at a school; all others are held for the whole trust."""


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: Actor) -> Self:
        """Posts of the schools this person may know of, and the trust's own posts."""
        schools = School.objects.visible_to(user)
        return self.filter(Q(school__isnull=True) | Q(school__in=schools))

    def current(self, day: dt.date) -> Self:
        """Posts held on a day: access begins and ends with the term of office."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def at(self, school: School) -> Self:
        return self.filter(school=school)


class Post(models.Model):
    """A dated appointment of a person in a capacity, at one school or for the trust."""

    class Standing(models.TextChoices):
        PERMANENT = "permanent", "Permanent"
        ACTING = "acting", "Acting"
        INTERIM = "interim", "Interim"
        SECONDED = "seconded", "Seconded"
        VACANT = "vacant", "Vacant"

    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    capacity = models.CharField(max_length=20, choices=list(CAPACITY_NAMES.items()))
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    title = models.CharField(
        max_length=80, blank=True, help_text="As the school says it, such as Reading lead"
    )
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.PERMANENT)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    headship_since = models.DateField(
        null=True, blank=True, help_text="First day of any headship, anywhere"
    )
    delegate_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="delegates"
    )
    is_chair_of_trustees = models.BooleanField(default=False)
    academic_year = models.ForeignKey(
        AcademicYear, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Of a post held for one year (ADR 15)",
    )  # fmt: skip

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["capacity", Lower("person__name"), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="post_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(standing="vacant"),
                name="post_without_person_is_vacant",
            ),
            models.CheckConstraint(
                condition=Q(capacity__in=AT_SCHOOLS, school__isnull=False)
                | (~Q(capacity__in=AT_SCHOOLS) & Q(school__isnull=True))
                | Q(capacity="provider"),
                name="post_has_a_school_where_it_must",
            ),
            models.CheckConstraint(
                condition=~Q(is_chair_of_trustees=True) | Q(capacity="trustee"),
                name="chair_of_trustees_is_a_trustee",
            ),
            models.CheckConstraint(
                condition=Q(capacity__in=sorted(FOR_A_YEAR), academic_year__isnull=False)
                | (~Q(capacity__in=sorted(FOR_A_YEAR)) & Q(academic_year__isnull=True)),
                name="post_has_a_year_where_it_must",
            ),
        ]
        indexes = [models.Index(fields=["person", "starts_on", "ends_on"])]

    def __str__(self) -> str:
        return f"{self.person or 'Vacant'}, {self.label}"

    @property
    def label(self) -> str:
        """The post's own title, or the capacity's name; a post for one year is said with what it is for."""
        name = CAPACITY_NAMES[self.capacity]
        return f"{name}, {self.title}" if self.academic_year_id else self.title or name
