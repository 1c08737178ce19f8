"""What a training changed: reviews planned, recorded by the school, asked for when late; the verdict at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from cpd.actions.telling import asks_and_decides, tell
from cpd.models import CpdRequest, ImpactReview, ReviewFile, TrainingPolicy
from cpd.review_dates import PlannedReview, day_for_school, full_plan, short_plan
from cpd.rules import OF_SCHOOL, may_review
from schools.queries.calendars import school_calendar
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User
from trust.states import transition
from trust.uploads import CleanUpload

Outcome = ImpactReview.Outcome
ASK_EVERY = dt.timedelta(days=7)
LOOK_AGAIN_IN = dt.timedelta(weeks=6)
"""When a review that came too early is asked about again, unless the school says when."""
LARGEST_TOGETHER = 200 * 1024 * 1024


# -- planned with the school's decision ------------------------------------------------------------


@transaction.atomic
def plan_reviews(request: CpdRequest) -> list[ImpactReview]:
    """Lay the reviews not yet answered from the start of the training; what is answered stays as it is.

    Short form: one review at 12 weeks. Full form: the trust's plan. "No deadline for a school falls on
    the first two school days of a half term: it moves to the third." Asked again (the start moved),
    it moves what is still to come. Nothing is planned for what is listed only or has no start.
    """
    if request.listing or request.starts_on is None:
        return []
    policy = TrainingPolicy.current()
    calendar = school_calendar(request.school_id)
    plan = (
        full_plan(request.starts_on, policy.review_plan, calendar)
        if request.is_full
        else short_plan(request.starts_on, policy.short_review_weeks, calendar)
    )
    there = {
        review.level: review
        for review in request.reviews.select_for_update(of=("self",)).filter(follows__isnull=True)
    }
    planned = [_lay(request, step, there.get(step.level)) for step in plan]
    _drop(review for level, review in there.items() if level not in {s.level for s in plan})
    early = request.reviews.filter(outcome=Outcome.EARLY, followed_by__isnull=True)
    for review in early.select_related("request"):
        _ask_again(review, None)  # undoing a withdrawal brings back what was still to come
    record("plan_reviews", request, by=None, reviews=[review.pk for review in planned])
    return planned


def _lay(request: CpdRequest, step: PlannedReview, there: ImpactReview | None) -> ImpactReview:
    if there is None:
        return ImpactReview.objects.create(
            request=request, level=step.level, due_on=step.due_on, is_combined=step.is_combined
        )
    # A day already past is not put off by planning again: a late review stays late.
    if not there.outcome and (there.due_on >= today() or step.due_on > there.due_on):
        there.due_on, there.is_combined = step.due_on, step.is_combined
        there.save(update_fields=["due_on", "is_combined"])
    return there


@transaction.atomic
def unplan_reviews(request: CpdRequest) -> None:
    """Take away the reviews nobody answered; one that stands on an agenda stays, and is not due."""
    _drop(request.reviews.select_for_update(of=("self",)))
    record("unplan_reviews", request, by=None)


def _drop(reviews: Iterable[ImpactReview]) -> None:
    keys = [review.pk for review in reviews if not review.outcome]
    ImpactReview.objects.filter(pk__in=keys, items__isnull=True).delete()


# -- recorded by the school ------------------------------------------------------------------------


def record_review(
    review: ImpactReview,
    *,
    outcome: str,
    by: User,
    evidence: str,
    measured: str = "",
    files: Iterable[CleanUpload] = (),
    next_due: dt.date | None = None,
    seen: dt.datetime | None = None,
) -> ImpactReview:
    """Write what was seen at one level; "too early" asks again, in six weeks or on the day given.

    `seen` is the time of the record this one corrects; None for the first. The same words twice are
    one record. Raises Conflict when somebody recorded it in between, and when a word is missing.
    """
    with transaction.atomic(), refusals_as_conflicts():
        request = CpdRequest.objects.select_for_update(of=("self",)).get(pk=review.request_id)
        row = ImpactReview.objects.select_for_update(of=("self",)).filter(pk=review.pk).first()
        review.request = request
        require(may_review(by, review))
        if row is None:  # taken away while it was being written
            raise Conflict("This review is no longer due: the school planned its reviews anew")
        row.request = request
        said = {"outcome": outcome, "evidence": evidence.strip(), "measured": measured.strip()}
        if row.reviewed_at is not None and row.reviewed_at != seen:
            return _same_or_conflict(row, said)
        _check_words(said, next_due)
        for name, value in said.items():
            setattr(row, name, value)
        row.reviewed_at, row.reviewed_by = now(), by
        row.save(update_fields=[*said, "reviewed_at", "reviewed_by"])
        _ask_again(row, next_due)
        added = [_attach(row, upload, by=by).pk for upload in files]
        record(
            "record_review", row, by=by, **standing(by, request.school_id),
            request=request.pk, level=row.level, outcome=outcome, files=added,
        )  # fmt: skip
    return row


def _same_or_conflict(row: ImpactReview, said: dict[str, str]) -> ImpactReview:
    if all(getattr(row, name) == value for name, value in said.items()):
        return row
    who = row.reviewed_by.display_name if row.reviewed_by else "Somebody"
    raise Conflict(f"{who} recorded this review in the meantime. Read it before you change it")


def _check_words(said: dict[str, str], next_due: dt.date | None) -> None:
    if said["outcome"] not in Outcome.values or not said["outcome"]:
        raise Conflict("Say whether it was met, partly met or not, or that it is too early to say")
    if said["outcome"] != Outcome.EARLY and not said["evidence"]:
        raise Conflict("Write what was seen")
    if next_due is not None and next_due <= today():
        raise Conflict("Give a day after today for the next review")


def _ask_again(row: ImpactReview, next_due: dt.date | None) -> None:
    """One follow-up for a review that came too early, and none for one that no longer does."""
    follow_up = ImpactReview.objects.filter(follows=row).first()
    if row.outcome != Outcome.EARLY:
        if follow_up is not None:
            _drop([follow_up])
        return
    calendar = school_calendar(row.request.school_id)
    day = day_for_school(next_due or today() + LOOK_AGAIN_IN, calendar)
    taken = set(
        row.request.reviews.filter(level=row.level).exclude(follows=row).values_list("due_on")
    )
    while (day,) in taken:
        day = day_for_school(day + dt.timedelta(days=1), calendar)
    if follow_up is None:
        ImpactReview.objects.create(
            request=row.request, level=row.level, is_combined=row.is_combined, due_on=day, follows=row
        )  # fmt: skip
    elif not follow_up.outcome and next_due is not None:
        follow_up.due_on = day
        follow_up.save(update_fields=["due_on"])


def _attach(row: ImpactReview, upload: CleanUpload, *, by: User) -> ReviewFile:
    held = sum(row.files.values_list("size", flat=True))
    if held + upload.size > LARGEST_TOGETHER:
        raise Conflict("The files of one review may have 200 MB together")
    kept = ReviewFile(review=row, name=upload.name, size=upload.size, added_by=by, added_at=now())
    kept.file.save(upload.stored_name, upload.content, save=False)
    kept.save()
    return kept


# -- the verdict at the end ------------------------------------------------------------------------


def evaluate_request(
    request: CpdRequest,
    *,
    verdict: str,
    by: User,
    note: str = "",
    would_use_again: bool | None = None,
    provider_note: str = "",
) -> CpdRequest:
    """Give the school's verdict once something was reviewed; reviews still to come stay due.

    The same verdict twice is one; another one first looks again.
    """
    said: dict[str, Any] = {
        "verdict": verdict,
        "verdict_note": note.strip(),
        "would_use_again": would_use_again,
        "provider_note": provider_note.strip(),
    }
    with transaction.atomic():
        row = CpdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if row.state == "evaluated" and all(getattr(row, n) == v for n, v in said.items()):
            return row
        if verdict not in CpdRequest.Verdict.values or not verdict:
            raise Conflict("Choose what comes next: repeat, adapt, stop or scale to the trust")
        if not row.reviews.exclude(outcome="").exists():
            raise Conflict("Record a review first: the verdict rests on what was seen")
        return transition(request, "evaluate", by=by, **standing(by, row.school_id), **said)


def look_again_request(request: CpdRequest, *, by: User) -> CpdRequest:
    """Take the verdict back and keep its words, so that the school may give another."""
    with transaction.atomic():
        row = CpdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if row.state == "going_ahead":
            return row
        return transition(request, "look_again", by=by, verdict="", **standing(by, row.school_id))


def standing(by: User, school_id: int) -> dict[str, Any]:
    """As what, and for whom, somebody acts for a school: its headteacher before its leader."""
    held = by.posts.holding(Capacity.HEAD, school=school_id)
    held = held or by.posts.holding(*OF_SCHOOL, school=school_id)
    return {"acted_as": held.capacity, "acted_for": held.for_person_id} if held else {}


# -- asked for by mail -----------------------------------------------------------------------------


def reviews_to_ask_for() -> list[int]:
    """Reviews that are due or late and were not asked for in the last week."""
    due = ImpactReview.objects.due(today())
    return list(due.not_asked_since(now() - ASK_EVERY).values_list("pk", flat=True))


def ask_for_review(pk: int) -> None:
    """Ask the requester and the headteacher for one review, once a week at most."""
    with transaction.atomic():
        review = (
            ImpactReview.objects.due(today()).not_asked_since(now() - ASK_EVERY)
            .select_for_update(of=("self",)).select_related("request__school").filter(pk=pk).first()
        )  # fmt: skip
        if review is None:
            return
        review.asked_at, review.times_asked = now(), review.times_asked + 1
        review.save(update_fields=["asked_at", "times_asked"])
        people = asks_and_decides(review.request)
        tell(
            people, key=f"cpd_review:{review.pk}:{review.times_asked}", template="cpd_review",
            title=str(review.request), school=review.request.school.name, due=review.due_on,
            review_pk=review.pk,
        )  # fmt: skip
        record("ask_for_review", review, by=None, people=[person.pk for person in people])
