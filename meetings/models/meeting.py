"""Kinds of meeting as data, meetings, and who sits at them."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value

from meetings.states import MEETING
from schools.models import School
from trust.access import ROLE_NAMES, Actor, Capacity
from trust.models import AcademicYear
from trust.people.models import Person, User
from trust.states import frozen, fsm, kept

IS_FINAL = pgtrigger.Q(old__state="final")


def point(field: str) -> Func:
    """An id as a range of one, so that an exclusion constraint needs no extension (ADR 2)."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


class MeetingKind(models.Model):
    """A kind of meeting as data: its length, its roles, its steps, and which capacities may do which act."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60, unique=True)
    minutes_length = models.PositiveSmallIntegerField(help_text="Length in minutes", default=60)
    has_external_chair = models.BooleanField(default=False)
    required_roles = models.JSONField(
        default=list, help_text="Seat roles without whom it is not fully attended"
    )
    is_of_a_school = models.BooleanField(default=True)
    steps = models.JSONField(
        default=dict, blank=True, help_text="Optional steps that differ from the trust's setting"
    )
    acts = models.JSONField(
        default=dict, help_text="Act → capacities or 'seat:<role>' that may do it, read acts too"
    )
    offsets = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="Deadlines in school days that differ from the trust's",
    )
    words = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="State, or 'step:<state>' of the stepper → what this kind calls it",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def _seated(user: Actor) -> Q:
    """Meetings at which this person sits; a school's final ones as `rules.seat_of` counts a seat."""
    if user.person_id is None:
        return Q(pk__in=[])
    posts = user.posts
    named = Q(seats__for_person__isnull=False) | Q(seats__is_external_chair=False)
    counts = ~Q(state="final") | Q(school__isnull=True) | named | Q(seats__role=Capacity.CLERK)
    for capacity in posts.capacities:
        there = Q() if posts.is_trust_wide(capacity) else Q(school__in=posts.schools(capacity))
        counts |= Q(seats__role__in=(capacity, Capacity.LEADER)) & there
    return Q(seats__person_id=user.person_id) & counts


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Actor) -> Self:
        """Meetings whose date and place this person may read: by the kind's readers, or by a seat.

        Whoever holds no post any more sees none, from whatever seat. A post for one year sees that year's.
        """
        posts = user.posts
        sees = _seated(user) if posts.holdings else Q(pk__in=[])
        for held in posts.for_a_year:
            reads = Q(kind__acts__read_schedule__contains=[str(held.capacity)])
            sees |= reads & Q(academic_year=held.year_id)
        for capacity in posts.capacities:
            reads = Q(kind__acts__read_schedule__contains=[str(capacity)])
            if posts.is_trust_wide(capacity):
                sees |= reads
            else:
                # A meeting of no school is everybody's who holds the capacity at any.
                there = Q(school__in=posts.schools(capacity)) | Q(school__isnull=True)
                sees |= reads & there
        return self.filter(pk__in=self.model.objects.filter(sees).values("pk"))

    def of_year(self, year: AcademicYear) -> Self:
        return self.filter(academic_year=year)

    def with_seats(self) -> Self:
        """What rules and pages read of a meeting, in a fixed number of queries."""
        return self.select_related("kind", "school", "academic_year").prefetch_related(
            models.Prefetch("seats", Seat.objects.select_related("person", "for_person"))
        )

    def for_rules(self) -> Self:
        """Only what rules read of a meeting: its state, its kind and who sits there, no names."""
        seats = Seat.objects.only(
            "meeting", "role", "person", "for_person", "attendance", "is_external_chair"
        )  # fmt: skip
        rows = self.select_related("kind").order_by("pk")
        return rows.only(
            "state",
            "school",
            "academic_year",
            "starts_at",
            "steps",
            "deadlines",
            "kind__acts",
            "kind__steps",
        ).prefetch_related(models.Prefetch("seats", seats.order_by("pk")))

    def held_or_later(self) -> Self:
        return self.filter(state__in=("held", "with_chair", "accuracy_check", "final"))


class Meeting(models.Model):
    """One meeting, from planned to final."""

    kind = models.ForeignKey(MeetingKind, models.PROTECT, related_name="meetings")
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    code = models.CharField(
        max_length=12, blank=True, help_text="Part of the references of its actions, such as 26-A2"
    )
    state = models.CharField(max_length=20, choices=MEETING.choices, default=MEETING.initial)
    state_left = models.CharField(
        max_length=20, blank=True, help_text="To which a rebooking returns"
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes_length = models.PositiveSmallIntegerField(default=60)
    during = DateTimeRangeField(null=True, blank=True, help_text="The hour itself, for the school")
    place = models.CharField(max_length=120, blank=True)
    is_online = models.BooleanField(default=False)
    link = models.URLField(max_length=300, blank=True)
    deadlines = models.JSONField(default=dict, blank=True, help_text="Name → ISO date")
    steps = models.JSONField(
        default=dict, blank=True, help_text="The optional steps as they were at scheduling"
    )
    draft_wanted_at = models.DateTimeField(null=True, blank=True)
    draft_opened_at = models.DateTimeField(null=True, blank=True)
    agenda_sent_at = models.DateTimeField(null=True, blank=True)
    agenda_version = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    minutes_sent_at = models.DateTimeField(null=True, blank=True)
    minutes_opened_at = models.DateTimeField(
        null=True, blank=True, help_text="First opened by whom they were sent to"
    )
    return_note = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_name = models.CharField(max_length=120, blank=True)
    signature_opened_at = models.DateTimeField(
        null=True, blank=True, help_text="First opened by somebody else after signing"
    )
    finalised_at = models.DateTimeField(null=True, blank=True)
    school_note = models.TextField(blank=True)
    postponed_reason = models.CharField(max_length=120, blank=True)
    cancelled_reason = models.CharField(max_length=120, blank=True)
    entered_later = models.BooleanField(default=False)
    past_minutes = models.FileField(upload_to="past-minutes/", blank=True)
    past_minutes_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = MeetingQuerySet.as_manager()
    machine = MEETING

    class Meta:
        ordering = [F("starts_at").asc(nulls_last=True), "pk"]
        constraints = [
            ExclusionConstraint(
                name="one_meeting_at_a_time_per_school",
                expressions=[
                    (point("school_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(school__isnull=False, during__isnull=False),
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=~Q(state="final")
                | Q(entered_later=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(signed_name=""),
                name="final_minutes_are_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("planned", "postponed", "cancelled"))
                | Q(during__isnull=True),
                name="undated_meeting_holds_no_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="postponed") | ~Q(postponed_reason=""),
                name="postponed_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_reason=""),
                name="cancelled_has_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["state"]), models.Index(fields=["school", "starts_at"])]
        triggers = [
            fsm(MEETING),
            frozen(
                "final_meeting_is_frozen",
                ["starts_at", "started_at", "finished_at", "signed_at", "signed_by_id", "signed_name",
                 "school_id", "title", "school_note"],
                when=IS_FINAL,
            ),
            kept("final_meeting_is_kept", when=IS_FINAL),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def state_label(self) -> str:
        """How far it is, in the words of its kind."""
        return str(self.kind.words.get(self.state) or MEETING.states[self.state])

    @property
    def day(self) -> dt.date | None:
        """The day it is on, as a wall calendar in England shows it."""
        from django.utils.timezone import localtime

        return localtime(self.starts_at).date() if self.starts_at else None

    def deadline(self, name: str) -> dt.date | None:
        """One date of its timetable, or None when it has none."""
        value = self.deadlines.get(name)
        return dt.date.fromisoformat(value) if value else None


class Seat(models.Model):
    """One person's place at one meeting, in one role: empty, replied, attended."""

    class Reply(models.TextChoices):
        NONE = "", "No reply"
        COMING = "coming", "Coming"
        CANNOT = "cannot", "Cannot come"

    class Attendance(models.TextChoices):
        UNKNOWN = "", "Not recorded"
        PRESENT = "present", "Present in person"
        ONLINE = "online", "Present online"
        LATE = "late", "Joined late"
        LEFT = "left", "Left early"
        APOLOGIES = "apologies", "Apologies"
        ABSENT = "absent", "Absent without apologies"
        OBSERVER = "observer", "In attendance"

    PRESENT = ("present", "online", "late", "left")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="seats")
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="seats")
    for_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Set for a substitute: whom they sit for",
    )  # fmt: skip
    is_required = models.BooleanField(default=False)
    is_external_chair = models.BooleanField(
        default=True, help_text="False when a trustee presides in the Chair's place"
    )
    during = DateTimeRangeField(null=True, blank=True, help_text="With the way there and back")
    reply = models.CharField(max_length=10, choices=Reply.choices, default=Reply.NONE, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    attendance = models.CharField(
        max_length=10, choices=Attendance.choices, default=Attendance.UNKNOWN, blank=True
    )
    interests = models.CharField("declaration of interest", max_length=300, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["meeting", "pk"]
        constraints = [
            ExclusionConstraint(
                name="one_place_at_a_time_per_person",
                expressions=[
                    (point("person_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(person__isnull=False, during__isnull=False),
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["meeting", "role", "person"],
                nulls_distinct=False,
                name="one_seat_per_person_and_role",
            ),
        ]
        triggers = [
            frozen(
                "sealed_seat_is_frozen",
                ["person_id", "role", "attendance", "interests"],
                when=pgtrigger.Q(old__sealed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person or 'empty'}"

    @property
    def is_present(self) -> bool:
        return self.attendance in self.PRESENT
