"""Reviews of impact as pages show them: one with what was promised, the list, the panel on a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from cpd.models import CpdRequest, ImpactReview, ReviewFile, TrainingPolicy
from cpd.queries.panels import Panel
from cpd.rules import may_evaluate, may_read_evidence, may_review
from evidence.pupil_traces import pupil_traces
from trust.access import Actor, Answer
from trust.calendar import today as current_day
from trust.people.models import User
from trust.templatetags.eyeline import day

SOON = dt.timedelta(days=10)
COMBINED = "Levels 3 and 4: organisation support and use of new knowledge"


def level_words(review: ImpactReview) -> str:
    """Which of Guskey's levels it asks about, in words."""
    return COMBINED if review.is_combined else f"Level {review.level}: {_level(review)}"


def _level(review: ImpactReview) -> str:
    return str(review.get_level_display()).lower()


def review_name(review: ImpactReview, policy: TrainingPolicy) -> str:
    """What it is called beside its training, such as "12-week review"."""
    if review.follows_id:
        return "follow-up review"
    if review.is_combined:
        return f"{policy.short_review_weeks}-week review"
    step: dict[str, int] = next((s for s in policy.review_plan if s["level"] == review.level), {})
    if "weeks" in step:
        return f"{step['weeks']}-week review"
    terms = step.get("terms")
    return f"review after {terms} terms" if terms else f"review at level {review.level}"


@dataclass(frozen=True)
class ReviewRow:
    """One review as everybody who reads the request may know it: no evidence."""

    review: ImpactReview
    level: str
    kind: str
    status: str
    icon: str
    url: str
    may_record: bool = False

    @property
    def is_late(self) -> bool:
        return self.kind == "late"

    @property
    def tag(self) -> str:
        """The status where the day stands beside it."""
        return {"late": "Late", "todo": "To come"}.get(self.kind, self.status)


def review_row(review: ImpactReview, today: dt.date, user: Actor | None = None) -> ReviewRow:
    """How far a review is; reads `review.request`."""
    kind, status, icon = _status(review, today)
    may = user is not None and not review.outcome and bool(may_review(user, review))
    url = reverse("cpd:review", args=[review.pk])
    return ReviewRow(review, level_words(review), kind, status, icon, url, may)


def _status(review: ImpactReview, today: dt.date) -> tuple[str, str, str]:
    if review.outcome:
        return "done", str(review.get_outcome_display()), "check"
    if review.request.state not in ("going_ahead", "evaluated"):
        return "none", "Not to be reviewed", ""
    if review.due_on < today:
        return "late", f"Late: due {day(review.due_on)}", "clock"
    return "todo", f"Due {day(review.due_on)}", ""


# -- one review ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewPage:
    row: ReviewRow
    request: CpdRequest
    promised: list[tuple[str, str]]
    reads_evidence: bool
    may_record: Answer
    files: list[ReviewFile] = field(default_factory=list)
    follow_up: ImpactReview | None = None
    others: list[ReviewRow] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    """What looks like a pupil's name in the words of the review."""


def reviews_with_request() -> QuerySet[ImpactReview]:
    """Reviews with all that one page reads."""
    return ImpactReview.objects.select_related(
        "request__school", "request__provider", "reviewed_by__person", "followed_by"
    )


def review_page(review: ImpactReview, user: User, today: dt.date) -> ReviewPage:
    """What was promised, what was seen (for whoever reads evidence), and the training's other reviews."""
    request = review.request
    reads = may_read_evidence(user, request)
    others = request.reviews.exclude(pk=review.pk).select_related("request")
    return ReviewPage(
        row=review_row(review, today),
        request=request,
        promised=_promised(request, reads_evidence=reads),
        reads_evidence=reads,
        may_record=may_review(user, review),
        files=list(review.files.all()) if reads else [],
        follow_up=getattr(review, "followed_by", None),
        others=[review_row(each, today) for each in others],
        traces=pupil_traces(review.evidence, review.measured) if reads else [],
    )


def _promised(request: CpdRequest, *, reads_evidence: bool) -> list[tuple[str, str]]:
    """The need, which whoever reads the request reads; measure and baseline for whoever reads evidence."""
    facts = [("What pupils will do that they cannot do now", request.need)]
    if reads_evidence:
        facts += [
            ("What staff will do differently", request.practice_change),
            ("Success measure", request.success_measure),
            ("Baseline", request.baseline),
        ]
    return [(label, text) for label, text in facts if text.strip()]


# -- the list --------------------------------------------------------------------------------------

SHOWS = (
    ("open", "To review"),
    ("late", "Late"),
    ("answered", "Reviewed"),
)


def reviews_shown(user: Actor, *, show: str, school: int | None, today: dt.date) -> Any:
    """Reviews of the requests this person reads: what is to come soonest first, what was answered newest first."""
    reviews = ImpactReview.objects.visible_to(user).select_related("request__school")
    if school is not None:
        reviews = reviews.filter(request__school=school)
    if show == "answered":
        return reviews.exclude(outcome="").order_by("-reviewed_at", "-pk")
    found = reviews.late(today) if show == "late" else reviews.open()
    return found.order_by("due_on", "request__number", "level", "pk")


def schools_with_reviews(user: Actor) -> Any:
    """The schools whose reviews this person may know of."""
    return ImpactReview.objects.visible_to(user).values("request__school")


def review_counts(user: Actor, today: dt.date) -> dict[str, int]:
    """How many are late and how many come soon, of the requests this person reads."""
    open_ones = ImpactReview.objects.visible_to(user).open()
    found: dict[str, int] = open_ones.aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        soon=Count("pk", filter=Q(due_on__gte=today, due_on__lte=today + SOON)),
        all=Count("pk"),
    )
    return found


# -- the panel on a request's page -----------------------------------------------------------------


@dataclass(frozen=True)
class ImpactPanel:
    rows: list[ReviewRow]
    reads_evidence: bool
    verdict: str
    evaluate_url: str
    look_again_url: str


def impact_panel(cpd_request: CpdRequest, user: User) -> Panel | None:
    """The reviews of a request, each with its link, and the school's verdict."""
    rows = [
        review_row(each, current_day(), user)
        for each in cpd_request.reviews.select_related("request", "reviewed_by__person")
    ]
    if not rows:
        return None
    evaluates = bool(may_evaluate(user, cpd_request))
    recorded = any(row.review.outcome for row in rows)
    is_over = cpd_request.state == "evaluated"
    args = [cpd_request.pk]
    content = ImpactPanel(
        rows=rows,
        reads_evidence=may_read_evidence(user, cpd_request),
        verdict=str(cpd_request.get_verdict_display()) if is_over else "",
        evaluate_url=reverse("cpd:request-evaluate", args=args)
        if evaluates and recorded and cpd_request.state == "going_ahead"
        else "",
        look_again_url=reverse("cpd:request-look-again", args=args)
        if evaluates and is_over
        else "",
    )
    return Panel("cpd/review_panel.html", content)


# -- what waits ------------------------------------------------------------------------------------


def reviews_waiting(
    person_id: int, heads: Iterable[int], leads: Iterable[int], today: dt.date
) -> Any:
    """Reviews due within ten days or late: all of the schools one heads, one's own where one leads."""
    mine = Q(request__school__in=heads) | Q(request__school__in=leads, request__requester=person_id)
    return (
        ImpactReview.objects.due(today + SOON)
        .filter(mine)
        .select_related("request__school")
        .order_by("due_on", "pk")
    )


def verdicts_waiting(person_id: int, heads: Iterable[int], leads: Iterable[int]) -> Any:
    """Training whose last review is done and that has no verdict yet."""
    mine = Q(school__in=heads) | Q(school__in=leads, requester=person_id)
    return (
        CpdRequest.objects.filter(mine, state="going_ahead")
        .annotate(
            open_reviews=Count("reviews", filter=Q(reviews__outcome="")),
            all_reviews=Count("reviews"),
        )
        .filter(open_reviews=0, all_reviews__gt=F("open_reviews"))
        .select_related("school")
        .order_by("number")
    )
