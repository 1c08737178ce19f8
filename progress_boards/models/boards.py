"""The Progress Board beside its meeting, and what its Chair and Link Trustee say."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from meetings.models import AgendaItem, Meeting, Seat
from ratings.models import Band, IndicatorRating, RatingAssessment
from schools.models import School
from trust.access import Actor
from trust.models import AcademicYear, HalfTerm
from trust.people.models import Person, User
from trust.states import frozen

IS_SEALED = pgtrigger.Q(old__sealed_at__isnull=False)


class SchoolYear(models.Model):
    """How many boards one school has in one year: by policy, and as last agreed."""

    school = models.ForeignKey(School, models.PROTECT, related_name="board_years")
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    by_policy = models.PositiveSmallIntegerField()
    agreed = models.PositiveSmallIntegerField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["academic_year", "school"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "academic_year"], name="one_number_of_boards_per_school_and_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.academic_year}: {self.agreed}"


class ProgressBoardQuerySet(models.QuerySet["ProgressBoard"]):
    def visible_to(self, user: Actor) -> Self:
        """Boards whose meeting this person may see in the calendar."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def of_year(self, year: AcademicYear) -> Self:
        return self.filter(academic_year=year)

    def with_meeting(self) -> Self:
        return self.select_related(
            "meeting__kind",
            "meeting__school",
            "meeting__academic_year",
            "school",
            "academic_year",
            "half_term__term",
        ).prefetch_related(
            models.Prefetch("meeting__seats", Seat.objects.select_related("person", "for_person"))
        )


class ProgressBoard(models.Model):
    """One hour for one school: "The Trust uses termly or half termly Progress Boards to evaluate the performance of schools" (seed 1)."""

    class Holds(models.TextChoices):
        BLANK = "", "Not answered"
        YES = "yes", "Yes"
        IN_PART = "in_part", "In part"
        NO = "no", "No"
        NOT_ENOUGH = "not_enough", "Not enough evidence"

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="progress_board")
    school = models.ForeignKey(School, models.PROTECT, related_name="progress_boards")
    academic_year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    half_term = models.ForeignKey(HalfTerm, models.PROTECT, related_name="+")
    because_of = models.ForeignKey(
        RatingAssessment, models.PROTECT, null=True, blank=True, related_name="boards_added",
        help_text="The rating that planned it",
    )  # fmt: skip
    closing_statement = models.TextField("the Chair's closing statement", blank=True)
    evaluation_validated = models.CharField(
        max_length=10, choices=Holds.choices, default=Holds.BLANK, blank=True
    )
    evaluation_reason = models.TextField(blank=True)
    advises_new_rating = models.BooleanField(
        "I advise the CEO to look again at the rating", default=False
    )
    version = models.PositiveIntegerField(default=1)
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = ProgressBoardQuerySet.as_manager()

    class Meta:
        ordering = ["half_term__starts_on", "school", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "half_term"], name="one_board_per_school_and_half_term"
            ),
            models.CheckConstraint(
                condition=Q(evaluation_validated__in=("", "yes")) | ~Q(evaluation_reason=""),
                name="evaluation_has_its_reason_unless_yes",
            ),
        ]
        triggers = [
            frozen(
                "sealed_board_is_frozen",
                ["closing_statement", "evaluation_validated", "evaluation_reason",
                 "advises_new_rating", "school_id", "half_term_id"],
                when=IS_SEALED,
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.school}, {self.half_term}"


class ItemRating(models.Model):
    """That an agenda item comes from the rating of an indicator: a link the later noun owns."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="rating_links")
    rating = models.ForeignKey(IndicatorRating, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "rating"], name="item_rating_once")]

    def __str__(self) -> str:
        return f"{self.item}: {self.rating}"


class ItemJudgement(models.Model):
    """The Chair's judgement of one enquiry; may be blank."""

    class Value(models.TextChoices):
        BAND = "band", "A band"
        TOO_EARLY = "too_early", "Too early to judge"

    class Direction(models.TextChoices):
        NONE = "", "Not said"
        IMPROVING = "improving", "Improving"
        STEADY = "steady", "Steady"
        DECLINING = "declining", "Declining"

    item = models.OneToOneField(AgendaItem, models.CASCADE, related_name="judgement")
    value = models.CharField(max_length=10, choices=Value.choices)
    band = models.ForeignKey(Band, models.PROTECT, null=True, blank=True, related_name="+")
    direction = models.CharField(
        max_length=10, choices=Direction.choices, default=Direction.NONE, blank=True
    )
    reason = models.TextField(blank=True)
    evaluation = models.CharField(
        "leaders' evaluation of this holds",
        max_length=10,
        choices=ProgressBoard.Holds.choices,
        default=ProgressBoard.Holds.BLANK,
        db_default="",
        blank=True,
    )
    judged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(value="band", band__isnull=False)
                | Q(value="too_early", band__isnull=True),
                name="judgement_is_a_band_or_too_early",
            )
        ]
        triggers = [
            frozen(
                "sealed_judgement_is_frozen",
                ["value", "band_id", "direction", "reason", "evaluation"],
                when=IS_SEALED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.band or self.get_value_display()}"


class Review(models.Model):
    """That a Link Trustee has read the final minutes; a note, not a condition."""

    board = models.ForeignKey(ProgressBoard, models.CASCADE, related_name="reviews")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "person"], name="one_review_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.board} reviewed by {self.person}"


class ReviewQuestion(models.Model):
    """A Link Trustee's question to the CEO about a board, answered in place."""

    board = models.ForeignKey(ProgressBoard, models.CASCADE, related_name="questions")
    item = models.ForeignKey(AgendaItem, models.CASCADE, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["board", "asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="answer_has_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
