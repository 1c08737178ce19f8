"""Confirm and share a rating: what it changes in the boards happens in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from progress_boards.actions.notices import tell_shared
from progress_boards.actions.planning import plan_board, remove_board
from progress_boards.models import ProgressBoard, SchoolYear, SharingChoice
from progress_boards.queries.replanning import YearChange, changes_for, what_changes
from progress_boards.rules import may_remove_board
from progress_boards.slots import BEFORE_ISSUED
from ratings.actions import confirm_for_date, share_rating, withdraw_rating
from ratings.models import BoardPolicy, RatingAssessment
from ratings.queries import boards_of
from schools.models import School
from trust.audit import record
from trust.calendar import HALF_TERM_KEYS, today
from trust.models import HalfTerm
from trust.people.models import User


@transaction.atomic
def confirm_and_share(
    assessment: RatingAssessment,
    *,
    by: User,
    share_on: dt.date | None = None,
    removed: Collection[str] = (),
    by_agreement: Collection[str] = (),
) -> RatingAssessment:
    """Share a rating and re-plan its boards now; with a later `share_on`, keep it a draft until that day.

    `removed` are the half terms, of those offered, whose board goes; `by_agreement` those added at short
    notice. Raises Conflict when it is shared already or something is missing.
    """
    if share_on is not None and share_on > today():
        confirmed = confirm_for_date(assessment, by=by, share_on=share_on)
        SharingChoice.objects.update_or_create(
            assessment=confirmed,
            defaults={"removed": sorted(removed), "by_agreement": sorted(by_agreement)},
        )
        return confirmed
    shared = share_rating(assessment, by=by)
    _replan(
        shared, what_changes(shared, removed=removed, by_agreement=by_agreement), removed,
        by_agreement, by=by,
    )  # fmt: skip
    tell_shared(shared)
    return shared


@transaction.atomic
def confirm_and_share_all(
    assessments: Collection[RatingAssessment], *, by: User, share_on: dt.date | None = None
) -> list[RatingAssessment]:
    """Share several ratings, all or none; boards on offer to go stay, and none is added at short notice."""
    return [confirm_and_share(each, by=by, share_on=share_on) for each in assessments]


def share_due(pk: int) -> None:
    """Share one rating whose day has come, and re-plan its boards; a second run finds nothing to do."""
    with transaction.atomic():
        due = RatingAssessment.objects.due_to_share(today()).select_for_update(of=("self",))
        assessment = due.filter(pk=pk).first()
        if assessment is None:
            return
        choice = SharingChoice.objects.filter(assessment=assessment).first()
        removed = choice.removed if choice else ()
        by_agreement = choice.by_agreement if choice else ()
        shared = share_rating(assessment, by=None)
        changes = what_changes(shared, removed=removed, by_agreement=by_agreement)
        _replan(shared, changes, removed, by_agreement, by=None)
        tell_shared(shared)


def ratings_due() -> list[int]:
    """The ratings that the software shares today."""
    return list(RatingAssessment.objects.due_to_share(today()).values_list("pk", flat=True))


@transaction.atomic
def withdraw_and_replan(
    assessment: RatingAssessment,
    *,
    by: User,
    reason: str,
    plan_back: bool = True,
    removed: Collection[str] = (),
    by_agreement: Collection[str] = (),
) -> RatingAssessment | None:
    """Withdraw a rating; `plan_back` plans the boards as the former rating, or none, asks for them."""
    school = assessment.school
    former = withdraw_rating(assessment, by=by, reason=reason)
    if plan_back:
        boards = boards_without(former)
        changes = changes_for(school, boards, removed=removed, by_agreement=by_agreement)
        _replan(former or assessment, changes, removed, by_agreement, by=by)
    return former


def boards_without(former: RatingAssessment | None) -> int:
    """The boards a year that the former rating asked for, or those of a school not rated."""
    return (boards_of(former) if former else None) or BoardPolicy.current().not_rated


def _replan(
    because_of: RatingAssessment,
    changes: tuple[YearChange, ...],
    removed: Collection[str],
    by_agreement: Collection[str],
    *,
    by: User | None,
) -> None:
    """Make the planned rows of each year agree with what was shown and ticked."""
    school = because_of.school
    for change in changes:
        wanted = {*change.replan.added, *(set(by_agreement) & set(change.replan.short_notice))}
        gone = set(removed) & set(change.replan.offered)
        half_terms = HalfTerm.objects.of_year(change.year).select_related("term__academic_year")
        taken = ProgressBoard.objects.filter(school=school).values_list("half_term_id", flat=True)
        for half_term in half_terms.exclude(pk__in=taken):  # a cancelled board keeps its half term
            if HALF_TERM_KEYS[half_term.order - 1] in wanted:
                plan_board(school, half_term, because_of=because_of, by=by)
        for board in _boards_of(school, change):
            if HALF_TERM_KEYS[board.half_term.order - 1] in gone:
                allowed = by is None or may_remove_board(by, board)
                remove_board(board, because_of=because_of, by=by if allowed else None)
        _agree(school, change, because_of, by=by)


def _boards_of(school: School, change: YearChange) -> list[ProgressBoard]:
    """The boards that may still go, locked, so that no agenda is issued meanwhile."""
    boards = (
        ProgressBoard.objects.select_for_update(of=("self", "meeting"))
        .filter(school=school, academic_year=change.year, meeting__state__in=BEFORE_ISSUED)
        .select_related("meeting__kind", "half_term", "school", "academic_year")
        .prefetch_related("meeting__seats")
    )
    return list(boards)


def _agree(
    school: School, change: YearChange, because_of: RatingAssessment, *, by: User | None
) -> None:
    boards = ProgressBoard.objects.filter(school=school, academic_year=change.year)
    agreed = boards.exclude(meeting__state="cancelled").count()
    row, _ = SchoolYear.objects.update_or_create(
        school=school,
        academic_year=change.year,
        defaults={
            "by_policy": policy_of(because_of),
            "agreed": max(agreed, 1),
            "reason": because_of.boards_reason,
        },
    )
    record(
        "agree_boards", row, by=by, by_policy=row.by_policy, agreed=row.agreed,
        added=list(change.replan.added), rating=because_of.pk,
    )  # fmt: skip


def policy_of(assessment: RatingAssessment) -> int:
    """The boards a year of the band itself, whatever was chosen for this school; of no rating that stands, the trust's number."""
    if assessment.state == "withdrawn" or assessment.overall is None:
        return BoardPolicy.current().not_rated
    return assessment.overall.boards_per_year
