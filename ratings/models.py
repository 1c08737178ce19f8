"""RAG ratings: bands and levels of support as data, assessments, and the school's own view."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from evidence.models import Indicator, SchoolDocument, VisitRecord
from meetings.models import Action
from ratings.states import RATING
from schools.models import School
from trust.access import ROLE_NAMES, Actor, Capacity
from trust.models import AcademicYear, HalfTerm
from trust.people.models import User
from trust.states import frozen, fsm, kept

IS_SHARED = pgtrigger.Q(old__state__in=["shared", "superseded", "withdrawn"])


class LevelOfSupport(models.Model):
    """What the trust gives following a rating, such as Universal, Targeted, Intensive."""

    order = models.PositiveSmallIntegerField(unique=True, help_text="1 is the least support")
    name = models.CharField(max_length=40, unique=True)
    contents = models.JSONField(default=list, help_text="What it contains, a checklist")

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class Band(models.Model):
    """One band of the rating: its place, name, mark, boards a year and the level it suggests."""

    class Shape(models.TextChoices):
        CIRCLE = "circle", "Circle"
        DIAMOND = "diamond", "Diamond"
        SQUARE = "square", "Square"
        HEXAGON = "hexagon", "Hexagon"

    class Tone(models.TextChoices):
        GREEN = "g", "Green"
        AMBER = "a", "Amber"
        RED = "r", "Red"
        BLUE = "b", "Blue"

    position = models.PositiveSmallIntegerField(
        unique=True, help_text="0 above best, 1 best, 2 middle, 3 worst"
    )
    name = models.CharField(max_length=30, unique=True)
    letter = models.CharField(max_length=1)
    shape = models.CharField(max_length=10, choices=Shape.choices)
    tone = models.CharField(max_length=1, choices=Tone.choices)
    boards_per_year = models.PositiveSmallIntegerField()
    also_allowed = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Boards a year the CEO may choose instead, with a reason"
    )
    level = models.ForeignKey(LevelOfSupport, models.PROTECT)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(boards_per_year__gte=1, boards_per_year__lte=6),
                name="band_has_one_to_six_boards",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BoardPolicy(models.Model):
    """What the bands leave open: the boards of a school not yet rated, and which halves three boards stand in."""

    class Halves(models.TextChoices):
        SECOND = "second", "Second half of each term"
        FIRST = "first", "First half of each term"

    not_rated = models.PositiveSmallIntegerField("boards a year while not rated", default=3)
    halves = models.CharField(max_length=6, choices=Halves.choices, default=Halves.SECOND)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_board_policy"),
            models.CheckConstraint(
                condition=Q(not_rated__gte=1, not_rated__lte=6),
                name="not_rated_has_one_to_six_boards",
            ),
        ]

    def __str__(self) -> str:
        return f"Not rated: {self.not_rated} a year"

    @classmethod
    def current(cls) -> BoardPolicy:
        """The one row, or the defaults before set-up."""
        return cls.objects.first() or cls(pk=1)


class RatingAssessmentQuerySet(models.QuerySet["RatingAssessment"]):
    def visible_to(self, user: Actor) -> Self:
        """Drafts: CEO, DSI and, of their schools, the CEO's representative. Shared and earlier ones: head, Link Trustee, Chair of the school, and trustees; the lead Chair those of the year. Withdrawn: CEO and DSI."""
        posts = user.posts
        if any(
            h.capacity in (Capacity.CEO, Capacity.DSI) and not h.is_delegate for h in posts.holdings
        ):
            return self
        public = Q(state__in=("shared", "superseded"))
        sees = public & Q(
            school__in=posts.schools(
                Capacity.HEAD, Capacity.LINK_TRUSTEE, Capacity.CHAIR, Capacity.CEO_REPRESENTATIVE
            )
        )
        if posts.is_trust_wide(Capacity.TRUSTEE, Capacity.CEO, Capacity.DSI):
            sees |= public
        sees |= public & Q(academic_year__in=posts.years(Capacity.LEAD_CHAIR))
        represented = frozenset(
            h.school_id
            for h in posts.holdings
            if h.capacity == Capacity.CEO_REPRESENTATIVE and not h.is_delegate
        )
        sees |= Q(state="draft", school__in=represented)
        return self.filter(sees)

    def shared(self) -> Self:
        """Ratings that stand or stood: shared or superseded, never withdrawn or draft."""
        return self.filter(state__in=("shared", "superseded"))

    def as_at(self, day: dt.date) -> Self:
        """The one rating of each school that was current on a day."""
        return (
            self.shared()
            .filter(effective_on__lte=day)
            .order_by("school_id", "-effective_on", "-shared_at", "-pk")
            .distinct("school_id")
        )

    def due_to_share(self, day: dt.date) -> Self:
        """Drafts confirmed for sharing on a date that has come."""
        return self.filter(state="draft", confirmed_at__isnull=False, share_on__lte=day)


class RatingAssessment(models.Model):
    """The CEO's rating of one school: "The CEO uses a range of data and indicators … to rag-rate schools and the level of support they require" (seed 1)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="ratings")
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    half_term = models.ForeignKey(HalfTerm, models.PROTECT, null=True, blank=True, related_name="+")
    effective_on = models.DateField()
    state = models.CharField(max_length=12, choices=RATING.choices, default=RATING.initial)
    overall = models.ForeignKey(Band, models.PROTECT, null=True, blank=True, related_name="+")
    suggested = models.ForeignKey(Band, models.PROTECT, null=True, blank=True, related_name="+")
    override_reason = models.TextField(blank=True)
    level = models.ForeignKey(
        LevelOfSupport, models.PROTECT, null=True, blank=True, related_name="+"
    )
    level_reason = models.TextField(blank=True)
    boards_per_year = models.PositiveSmallIntegerField(null=True, blank=True)
    boards_reason = models.TextField(blank=True)
    summary = models.TextField("summary, read by all who see the rating", blank=True)
    strengths = models.TextField(blank=True)
    risks = models.TextField(blank=True)
    trigger = models.CharField(max_length=120, blank=True)
    rated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    rated_as = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    moderated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    moderation_note = models.TextField(blank=True)
    own_view_asked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    share_on = models.DateField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)
    head_comment = models.TextField(blank=True)
    head_comment_at = models.DateTimeField(null=True, blank=True)
    head_comment_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_later = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = RatingAssessmentQuerySet.as_manager()
    machine = RATING

    class Meta:
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=Q(state="shared"), name="one_shared_rating_per_school"
            ),
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(state="draft", entered_later=False),
                name="one_draft_rating_per_school",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(shared_at__isnull=False, overall__isnull=False, level__isnull=False),
                name="shared_rating_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(entered_later=True)
                | Q(suggested__isnull=True)
                | Q(overall=F("suggested"))
                | ~Q(override_reason=""),
                name="differing_judgement_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                name="withdrawn_rating_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(boards_per_year__isnull=True)
                | Q(boards_per_year__gte=1, boards_per_year__lte=6),
                name="rating_gives_one_to_six_boards",
            ),
        ]
        indexes = [models.Index(fields=["school", "-effective_on"])]
        triggers = [
            fsm(RATING),
            frozen(
                "shared_rating_is_frozen",
                ["school_id", "effective_on", "overall_id", "suggested_id", "override_reason",
                 "level_id", "level_reason", "boards_per_year", "boards_reason", "summary",
                 "strengths", "risks", "rated_by_id", "shared_at", "entered_later"],
                when=IS_SHARED,
            ),
            kept("shared_rating_is_kept", when=IS_SHARED),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.school}: {self.overall or 'not rated'}, {self.effective_on:%d %B %Y}"


class IndicatorRating(models.Model):
    """The band of one indicator, and why; a reason about people is read by few."""

    class Confidence(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    assessment = models.ForeignKey(RatingAssessment, models.CASCADE, related_name="indicators")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    band = models.ForeignKey(Band, models.PROTECT, null=True, blank=True, related_name="+")
    rationale = models.TextField(blank=True)
    confidence = models.CharField(max_length=6, choices=Confidence.choices, blank=True)
    carried_forward = models.BooleanField(default=False)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["assessment", "indicator__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "indicator"], name="one_band_per_indicator"
            )
        ]
        triggers = [
            frozen(
                "sealed_indicator_rating_is_frozen",
                ["band_id", "rationale", "confidence", "indicator_id"],
                when=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
            kept("sealed_indicator_rating_is_kept", when=pgtrigger.Q(old__sealed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.band or 'not rated'}"


class EvidenceLink(models.Model):
    """What a rating of an indicator rests on."""

    rating = models.ForeignKey(IndicatorRating, models.CASCADE, related_name="evidence")
    visit = models.ForeignKey(VisitRecord, models.PROTECT, null=True, blank=True, related_name="+")
    document = models.ForeignKey(
        SchoolDocument, models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=160)
    url = models.URLField(max_length=300, blank=True)
    quote = models.TextField(blank=True)
    seen_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["rating", "-seen_on", "pk"]

    def __str__(self) -> str:
        return self.label


class SchoolView(models.Model):
    """The school's own view of one indicator: a band and a line, before the rating is shared."""

    school = models.ForeignKey(School, models.PROTECT, related_name="own_views")
    assessment = models.ForeignKey(
        RatingAssessment, models.SET_NULL, null=True, blank=True, related_name="own_views"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    band = models.ForeignKey(Band, models.PROTECT, related_name="+")
    line = models.CharField(max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["school", "indicator__order", "-entered_at"]
        indexes = [models.Index(fields=["school", "indicator", "-entered_at"])]

    def __str__(self) -> str:
        return f"{self.school} sees {self.indicator} as {self.band}"


class ActionOfRating(models.Model):
    """That an action was raised from a shared rating: a link the later noun owns."""

    rating = models.ForeignKey(RatingAssessment, models.PROTECT, related_name="actions_raised")
    action = models.OneToOneField(Action, models.CASCADE, related_name="raised_by_rating")

    class Meta:
        verbose_name_plural = "actions of ratings"

    def __str__(self) -> str:
        return f"{self.action} from {self.rating}"
