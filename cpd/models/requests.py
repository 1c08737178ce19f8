"""A school's request for training, as it was at each version."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from cpd.costs import pennies
from cpd.models.policy import Provider
from cpd.rules import OF_SCHOOL, READ_RAISED
from cpd.states import REQUEST
from evidence.models import Finding, Indicator
from improvement.models import Priority
from schools.models import School
from trust.access import Actor, Capacity
from trust.models import AcademicYear
from trust.people.models import Person, User
from trust.states import fsm, kept


class CpdRequestQuerySet(models.QuerySet["CpdRequest"]):
    def visible_to(self, user: Actor) -> Self:
        """The school's own people every one of theirs; heads, CEO, DSI, CFO and clerk what any school has raised.

        A draft, and one withdrawn before it was raised, is read by its own school only.
        """
        posts = user.posts
        sees = Q(school__in=posts.schools(*OF_SCHOOL))
        if posts.holds(*READ_RAISED):
            sees |= Q(raised_at__isnull=False) & ~Q(state="draft")
        sees |= Q(
            school__in=posts.schools(Capacity.CEO_REPRESENTATIVE), raised_at__isnull=False
        ) & ~Q(state="draft")
        return self.filter(sees)

    def raised(self) -> Self:
        """What the Strategy Group has been told of, whatever became of it."""
        return self.filter(raised_at__isnull=False).exclude(state="draft")

    def to_advise_on(self) -> Self:
        """Raised, or booked and raised after the fact, without advice; never what is listed only."""
        return self.filter(state__in=("raised", "going_ahead"), listing="", advice__isnull=True)

    def spending(self) -> Self:
        """What schools spend on: going ahead, evaluated, or listed only."""
        return self.filter(state__in=("going_ahead", "evaluated", "listed"))

    def of_year(self, year: AcademicYear) -> Self:
        """Requests of an academic year: by the day the training starts."""
        return self.filter(starts_on__gte=year.starts_on, starts_on__lte=year.ends_on)


class CpdRequest(models.Model):
    """What training a school wants, for whom, at what cost, and what pupils will do better."""

    class Kind(models.TextChoices):
        COURSE = "course", "External course"
        IN_HOUSE = "in_house", "In-house training"
        COACHING = "coaching", "Coaching"
        NPQ = "npq", "National professional qualification"
        NETWORK = "network", "Network"
        CONFERENCE = "conference", "Conference"
        VISIT = "visit", "Visit to a school"
        CONSULTANCY = "consultancy", "Consultancy"
        SUBSCRIPTION = "subscription", "Subscription"
        JPD = "jpd", "Joint practice development"

    class Audience(models.TextChoices):
        TEACHERS = "teachers", "Teachers"
        ASSISTANTS = "assistants", "Teaching assistants"
        LEADERS = "leaders", "Leaders"
        GOVERNORS = "governors", "Governors or local committee"
        OFFICE = "office", "Office and site staff"
        WHOLE = "whole", "Whole staff"

    class Listing(models.TextChoices):
        """Training that is listed, with no advice and no review."""

        ADVISED = "", "Raised with the Strategy Group"
        STATUTORY = "statutory", "Statutory training"
        NATIONAL = "national", "Nationally funded programme"

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", "In person"
        ONLINE = "online", "Online"
        BLENDED = "blended", "Some of each"

    class Funding(models.TextChoices):
        SCHOOL = "school", "School budget"
        GRANT = "grant", "Grant"
        PUPIL_PREMIUM = "pupil_premium", "Pupil premium"
        SPORTS_PREMIUM = "sports_premium", "Sports premium"
        CENTRAL = "central", "Central fund, in whole or part"

    class Decision(models.TextChoices):
        NONE = "", "Not yet decided"
        PROCEED = "proceed", "Proceed"
        AMENDED = "amended", "Proceed amended"
        JOIN = "join", "Join shared purchase"
        WITHDRAW = "withdraw", "Withdraw"
        DESPITE = "despite", "Proceed despite advice"

    class Verdict(models.TextChoices):
        NONE = "", "No verdict yet"
        REPEAT = "repeat", "Repeat"
        ADAPT = "adapt", "Adapt"
        STOP = "stop", "Stop"
        SCALE = "scale", "Scale to the trust"

    number = models.PositiveIntegerField(unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="cpd_requests")
    requester = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cpd_requests"
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    # -- the training
    title = models.CharField("what it is", max_length=120, blank=True)
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.COURSE)
    listing = models.CharField(
        max_length=10, choices=Listing.choices, default=Listing.ADVISED, blank=True
    )
    provider = models.ForeignKey(
        Provider, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    provider_name = models.CharField(max_length=120, blank=True)
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.TEACHERS)
    staff = models.PositiveSmallIntegerField("how many staff", default=0)
    hours_each = models.DecimalField(max_digits=6, decimal_places=1, default=0)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, blank=True)
    # -- what for
    priority = models.ForeignKey(
        Priority, models.PROTECT, null=True, blank=True, related_name="cpd_requests"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True)
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="cpd_requests"
    )
    need = models.TextField("what pupils will do that they cannot do now", blank=True)
    need_evidence = models.TextField("evidence of the need", blank=True)
    practice_change = models.TextField("what staff will do differently", blank=True)
    success_measure = models.CharField(max_length=300, blank=True)
    baseline = models.CharField(max_length=300, blank=True)
    evidence_base = models.CharField(max_length=300, blank=True)
    alternatives = models.TextField("alternatives looked at within the trust", blank=True)
    follow_up = models.TextField("sessions and follow-up over time", blank=True)
    could_join = models.CharField("who else could join", max_length=300, blank=True)
    sharing_plan = models.TextField("how it will be shared", blank=True)
    mechanisms = models.JSONField(default=list, blank=True)
    standard = models.JSONField(default=dict, blank=True)
    would_join = models.BooleanField("we would join a shared purchase", default=False)
    # -- what it costs
    fee = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    materials = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    travel = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    supply_days = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    supply_rate = models.DecimalField(
        max_digits=7, decimal_places=2, default=0, help_text="Pounds a day, as it was then"
    )
    total = models.GeneratedField(
        expression=F("fee") + F("materials") + F("travel") + F("supply_days") * F("supply_rate"),
        output_field=models.DecimalField(max_digits=11, decimal_places=2),
        db_persist=True,
    )
    funding = models.CharField(max_length=14, choices=Funding.choices, default=Funding.SCHOOL)
    # -- its way
    state = models.CharField(max_length=12, choices=REQUEST.choices, default=REQUEST.initial)
    state_left = models.CharField(
        max_length=12, blank=True, help_text="To which undoing a withdrawal returns"
    )
    is_full = models.BooleanField("on the full form", default=False)
    booked_first = models.BooleanField("booked before the Group met", default=False)
    raised_at = models.DateTimeField(null=True, blank=True)
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(
        max_length=10, choices=Decision.choices, default=Decision.NONE, blank=True
    )
    decision_reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(
        max_length=8, choices=Verdict.choices, default=Verdict.NONE, blank=True
    )
    verdict_note = models.TextField(blank=True)
    would_use_again = models.BooleanField("would use the provider again", null=True, blank=True)
    provider_note = models.CharField(
        "what the school says of the provider", max_length=300, blank=True
    )
    evaluated_at = models.DateTimeField(null=True, blank=True)
    evaluated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    search = models.GeneratedField(
        expression=SearchVector("title", "need", "provider_name", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CpdRequestQuerySet.as_manager()
    machine = REQUEST

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    fee__gte=0,
                    materials__gte=0,
                    travel__gte=0,
                    supply_days__gte=0,
                    supply_rate__gte=0,
                    hours_each__gte=0,
                ),
                name="cpd_costs_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="withdrawn") | Q(raised_at__isnull=False),
                name="raised_request_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="training_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("going_ahead", "evaluated"))
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""),
                name="decision_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(decision="despite") | ~Q(decision_reason=""),
                name="despite_advice_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="evaluated") | ~Q(verdict=""), name="evaluated_has_its_verdict"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="cpd_request_search"),
            models.Index(fields=["school", "state"]),
            models.Index(fields=["starts_on"]),
        ]
        triggers = [
            fsm(REQUEST),
            kept("raised_request_is_kept", when=pgtrigger.Q(old__raised_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def ref(self) -> str:
        """Its reference, such as CPD-014."""
        return f"CPD-{self.number:03d}"

    @property
    def provider_words(self) -> str:
        return self.provider.name if self.provider else self.provider_name

    @property
    def supply_cost(self) -> Decimal:
        return pennies(self.supply_days * self.supply_rate)


class RequestVersion(models.Model):
    """A raised request as it stood at one version: what advice was given on stays readable."""

    request = models.ForeignKey(CpdRequest, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    total = models.DecimalField(max_digits=11, decimal_places=2)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["request", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "number"], name="one_row_per_request_version"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="versions_are_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.request.ref}, version {self.number}"


class ImpactReviewQuerySet(models.QuerySet["ImpactReview"]):
    def visible_to(self, user: Actor) -> Self:
        """That a review is due, of whatever request this person reads; see `cpd.rules` for its evidence."""
        return self.filter(request__in=CpdRequest.objects.visible_to(user))

    def open(self) -> Self:
        """Not yet answered, of training that the school goes ahead with."""
        return self.filter(outcome="", request__state__in=("going_ahead", "evaluated"))

    def due(self, day: dt.date) -> Self:
        """Open, and to be answered by that day."""
        return self.open().filter(due_on__lte=day)

    def late(self, day: dt.date) -> Self:
        """Open, and its day is past."""
        return self.open().filter(due_on__lt=day)

    def not_asked_since(self, moment: dt.datetime) -> Self:
        return self.filter(Q(asked_at__isnull=True) | Q(asked_at__lte=moment))


class ImpactReview(models.Model):
    """One level of Guskey's asked about on its day: what was seen, and whether it was met."""

    class Level(models.IntegerChoices):
        REACTION = 1, "Reaction"
        LEARNING = 2, "Learning"
        ORGANISATION = 3, "Organisation support"
        USE = 4, "Use of new knowledge"
        PUPILS = 5, "Pupil outcomes"

    class Outcome(models.TextChoices):
        NONE = "", "Not yet reviewed"
        MET = "met", "Met"
        PARTLY = "partly", "Partly met"
        NOT = "not", "Not met"
        EARLY = "early", "Too early to say"

    request = models.ForeignKey(CpdRequest, models.CASCADE, related_name="reviews")
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    is_combined = models.BooleanField(
        default=False, help_text="The short form's one review: levels 3 and 4 in one question"
    )
    due_on = models.DateField()
    outcome = models.CharField(
        max_length=8, choices=Outcome.choices, default=Outcome.NONE, blank=True
    )
    evidence = models.TextField("what was seen", blank=True)
    measured = models.CharField("the measure now", max_length=300, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="Last asked for by mail")
    times_asked = models.PositiveSmallIntegerField(default=0)
    follows = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by",
        help_text="The review that said it was too early",
    )  # fmt: skip

    objects = ImpactReviewQuerySet.as_manager()

    class Meta:
        ordering = ["request", "due_on", "level", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "level", "due_on"], name="one_review_per_level_and_day"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", reviewed_at__isnull=True)
                | ~Q(outcome="") & Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="review_has_who_and_when",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "due_on"])]

    def __str__(self) -> str:
        return f"{self.request.ref}: {self.get_level_display()}"


class ReviewFileQuerySet(models.QuerySet["ReviewFile"]):
    def visible_to(self, user: Actor) -> Self:
        """Evidence: the school's own people, the Chief Executive and the Director of School Improvement."""
        files = self.filter(review__in=ImpactReview.objects.visible_to(user))
        if user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI):
            return files
        return files.filter(review__request__school__in=user.posts.schools(*OF_SCHOOL))


class ReviewFile(models.Model):
    """Evidence attached to an impact review."""

    review = models.ForeignKey(ImpactReview, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="impact/")
    size = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = ReviewFileQuerySet.as_manager()

    class Meta:
        ordering = ["review", "pk"]

    def __str__(self) -> str:
        return self.name
