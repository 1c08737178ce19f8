"""Sharing a rating, now or on a date, and withdrawing one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ratings.actions.drafts import acting_as, locked, suggested_band
from ratings.actions.evidence import keep_evidence
from ratings.models import (
    RatingAssessment,
    SchoolView,
)
from ratings.queries import (
    boards_of,
    current_rating,
    missing_for_sharing,
    year_and_half_term,
)
from ratings.rules import (
    may_share,
)
from schools.models import School
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.people.models import User
from trust.states import transition


@transaction.atomic
def confirm_for_date(
    assessment: RatingAssessment, *, by: User, share_on: dt.date
) -> RatingAssessment:
    """Confirm a draft to be shared by the software on a day to come; until then it stays a draft."""
    draft = locked(assessment)
    _require_whole(draft, by)
    if share_on <= today():
        raise Conflict("Choose a date after today, or share now")
    keep_evidence(draft, by=by)
    draft.confirmed_at = now()
    draft.confirmed_by = by
    draft.share_on = share_on
    draft.save(update_fields=["confirmed_at", "confirmed_by", "share_on"])
    record("confirm_rating", draft, by=by, acted_as=acting_as(by, draft), share_on=str(share_on))
    return draft


@transaction.atomic
def take_back_date(assessment: RatingAssessment, *, by: User) -> RatingAssessment:
    """Take a sharing set for a date back; the draft stays."""
    draft = locked(assessment)
    require(may_share(by, draft))
    if draft.state != "draft":
        raise Conflict("This rating has been shared")
    draft.confirmed_at = draft.confirmed_by = draft.share_on = None
    draft.save(update_fields=["confirmed_at", "confirmed_by", "share_on"])
    record("take_back_date", draft, by=by, acted_as=acting_as(by, draft))
    return draft


def _require_whole(draft: RatingAssessment, by: User) -> None:
    if draft.state != "draft":
        raise Conflict("This rating has been shared")
    require(may_share(by, draft))
    missing = missing_for_sharing(draft, suggested_band(draft))
    if missing:
        raise Conflict(next(iter(missing.values())))


@transaction.atomic
def share_rating(assessment: RatingAssessment, *, by: User | None) -> RatingAssessment:
    """Share a draft: the former rating is superseded and every judgement sealed, all in one transaction.

    `by` is None when the software shares what was confirmed for a date. Plans no boards: that is the act
    of the app that owns them. Raises Conflict when something is missing or it is shared already.
    """
    School.objects.select_for_update().get(pk=assessment.school_id)
    draft = locked(assessment)
    if draft.state != "draft":
        raise Conflict(f"This is now: {draft.get_state_display().lower()}. Nothing was changed")
    if by is not None:
        _require_whole(draft, by)
        keep_evidence(draft, by=by)
    elif draft.confirmed_at is None or draft.overall is None:
        raise Conflict("Nobody has confirmed this rating")
    former = current_rating(draft.school)
    if former is not None:
        transition(former, "supersede", by=None)
    year, half_term = year_and_half_term(today())
    shared = transition(
        draft,
        "share",
        by=by,
        acted_as=acting_as(by, draft) if by else "",
        suggested=suggested_band(draft),
        level=draft.level or (draft.overall and draft.overall.level),
        boards_per_year=boards_of(draft),
        effective_on=today(),
        academic_year=year or draft.academic_year,
        half_term=half_term,
        confirmed_at=draft.confirmed_at or now(),
        confirmed_by=draft.confirmed_by or by,
    )
    _seal(shared)
    return shared


def _seal(assessment: RatingAssessment) -> None:
    """Freeze the indicator ratings, and keep the school's own view of that day beside them."""
    assessment.indicators.filter(sealed_at__isnull=True).update(sealed_at=now())
    SchoolView.objects.filter(school_id=assessment.school_id, assessment__isnull=True).update(
        assessment=assessment
    )


@transaction.atomic
def withdraw_rating(
    assessment: RatingAssessment, *, by: User, reason: str
) -> RatingAssessment | None:
    """Withdraw a rating entered in error, and bring the former one back; returns that one, or None.

    The withdrawn one is kept in the audit and left out of charts, counts and reports.
    """
    School.objects.select_for_update().get(pk=assessment.school_id)
    transition(
        assessment,
        "withdraw",
        by=by,
        acted_as=acting_as(by, assessment),
        withdrawn_reason=reason.strip(),
    )
    former = (
        RatingAssessment.objects.filter(school_id=assessment.school_id, state="superseded")
        .order_by("-effective_on", "-shared_at", "-pk")
        .first()
    )
    if former is None:
        return None
    return transition(former, "bring_back", by=None, superseded_at=None)
