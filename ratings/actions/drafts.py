"""Rating a school: everything that happens before it is shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from evidence.models import Indicator
from ratings.models import (
    Band,
    IndicatorRating,
    LevelOfSupport,
    RatingAssessment,
)
from ratings.queries import (
    current_rating,
    draft_of,
    indicators_in_use,
    missing_for_sharing,
    suggestion_of,
    year_and_half_term,
)
from ratings.queries.sheet import may_rate_school
from ratings.rules import (
    may_ask_own_view,
    may_rate,
    standing,
)
from schools.models import School
from trust.access import Actor, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User

WORDS = (
    "override_reason", "level_reason", "boards_reason", "summary", "strengths", "risks", "trigger",
)  # fmt: skip
"""The typed words of a rating that a draft saves as they stand."""


def start_rating(school: School, *, by: User) -> RatingAssessment:
    """The school's draft: the one there is, else a new one with every band carried forward.

    Raises Conflict when the academic year is not entered, NotAllowed when somebody else rates the school.
    """
    require(may_rate_school(school, by))
    with refusals_as_conflicts():
        School.objects.select_for_update().get(pk=school.pk)
        draft = draft_of(school)
        if draft is not None:
            return draft
        draft = new_assessment(school, by=by, rated_as=standing(by, school.pk), on=today())
        former = current_rating(school)
        last = {r.indicator_id: r for r in former.indicators.all()} if former else {}
        IndicatorRating.objects.bulk_create(
            IndicatorRating(
                assessment=draft,
                indicator=each,
                band_id=last[each.pk].band_id if each.pk in last else None,
                carried_forward=each.pk in last,
            )
            for each in indicators_in_use(today())
        )
        record("start_rating", draft, by=by, acted_as=draft.rated_as)
    return draft


def new_assessment(
    school: School, *, by: User, rated_as: str, on: dt.date, **fields: Any
) -> RatingAssessment:
    year, half_term = year_and_half_term(on)
    if year is None:
        raise Conflict(f"Enter the academic year of {on.day} {on:%B %Y} first")
    return RatingAssessment.objects.create(
        school=school,
        academic_year=year,
        half_term=half_term,
        effective_on=on,
        rated_by=by,
        rated_as=rated_as,
        created_at=now(),
        **fields,
    )


@dataclass(frozen=True)
class DraftText:
    """All that one save of a draft carries; an indicator that is left out stays as it is."""

    bands: Mapping[int, Band | None] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    overall: Band | None = None
    level: LevelOfSupport | None = None
    """None follows the judgement."""
    boards_per_year: int | None = None
    """None follows the judgement."""
    words: Mapping[str, str] = field(default_factory=dict)


class OlderVersion(Conflict):
    """The draft was saved by somebody else since it was opened; nothing was saved."""


@transaction.atomic
def save_draft(
    assessment: RatingAssessment, text: DraftText, *, by: User, version: int
) -> RatingAssessment:
    """Save a draft as it stands, whole or not, and recompute the suggestion.

    A change undoes a sharing that was set for a date. Raises OlderVersion when `version` is not the newest.
    """
    draft = locked(assessment)
    require(may_rate(by, draft))
    if draft.version != version:
        raise OlderVersion("Somebody else saved this rating after you opened it")
    _save_indicators(draft, text)
    draft.overall = text.overall
    draft.level = text.level
    draft.boards_per_year = text.boards_per_year
    for name in WORDS:
        setattr(draft, name, text.words.get(name, getattr(draft, name)))
    return _save_changed(draft, "save_rating", by=by)


def locked(assessment: RatingAssessment) -> RatingAssessment:
    return RatingAssessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)


def _save_changed(
    draft: RatingAssessment, verb: str, *, by: User, **detail: Any
) -> RatingAssessment:
    draft.suggested = suggested_band(draft)
    draft.version += 1
    draft.confirmed_at = draft.confirmed_by = draft.share_on = None
    draft.save()
    record(verb, draft, by=by, acted_as=acting_as(by, draft), version=draft.version, **detail)
    return draft


def acting_as(by: Actor, assessment: RatingAssessment) -> str:
    return standing(by, assessment.school_id, assessment.rated_as)


def suggested_band(assessment: RatingAssessment) -> Band | None:
    position = suggestion_of(assessment).position
    return Band.objects.filter(position=position).first() if position is not None else None


def _save_indicators(draft: RatingAssessment, text: DraftText) -> None:
    rows = {row.indicator_id: row for row in draft.indicators.all()}
    for key in {*text.bands, *text.reasons}:
        row = rows.get(key) or IndicatorRating(assessment=draft, indicator_id=key)
        before = (row.pk, row.band_id, row.rationale)
        if key in text.bands:
            band = text.bands[key]
            row.carried_forward = row.carried_forward and row.band_id == (band.pk if band else None)
            row.band = band
        row.rationale = text.reasons.get(key, row.rationale).strip()
        row.carried_forward = row.carried_forward and not row.rationale
        if (row.pk, row.band_id, row.rationale) != before or row.pk is None:
            row.save()


@transaction.atomic
def rate_indicator(
    assessment: RatingAssessment,
    *,
    by: User,
    indicator: Indicator,
    band: Band | None,
    rationale: str = "",
    confidence: str = "",
) -> IndicatorRating:
    """Rate one indicator of a draft, with its reason, and recompute the suggestion."""
    draft = locked(assessment)
    require(may_rate(by, draft))
    row, _ = IndicatorRating.objects.update_or_create(
        assessment=draft,
        indicator=indicator,
        defaults={
            "band": band,
            "rationale": rationale.strip(),
            "confidence": confidence,
            "carried_forward": False,
        },
    )
    _save_changed(draft, "rate_indicator", by=by, indicator=indicator.slug)
    return row


@transaction.atomic
def judge_overall(
    assessment: RatingAssessment,
    *,
    by: User,
    overall: Band,
    override_reason: str = "",
    level: LevelOfSupport | None = None,
    level_reason: str = "",
    boards_per_year: int | None = None,
    boards_reason: str = "",
    summary: str = "",
    strengths: str = "",
    risks: str = "",
) -> RatingAssessment:
    """Judge a draft as a whole; the level and the boards follow the band unless chosen otherwise.

    Raises Conflict naming the first reason that is missing: the Chief Executive decides, and says why.
    """
    draft = locked(assessment)
    require(may_rate(by, draft))
    draft.overall = overall
    draft.override_reason = override_reason.strip()
    draft.level = level or overall.level
    draft.level_reason = level_reason.strip()
    draft.boards_per_year = boards_per_year or overall.boards_per_year
    draft.boards_reason = boards_reason.strip()
    draft.summary = summary.strip() or draft.summary
    draft.strengths = strengths.strip() or draft.strengths
    draft.risks = risks.strip() or draft.risks
    missing = missing_for_sharing(draft, suggested_band(draft))
    missing.pop("summary", None)
    if missing:
        raise Conflict(next(iter(missing.values())))
    return _save_changed(draft, "judge_overall", by=by, position=overall.position)


@transaction.atomic
def delete_draft(assessment: RatingAssessment, *, by: User) -> None:
    """Throw a draft away; the audit keeps that there was one."""
    draft = locked(assessment)
    require(may_rate(by, draft))
    record("delete_draft", draft, by=by, acted_as=acting_as(by, draft))
    draft.delete()


@transaction.atomic
def ask_own_view(assessment: RatingAssessment, *, by: User) -> RatingAssessment:
    """Ask the headteacher for the school's own view before the rating is shared."""
    draft = locked(assessment)
    require(may_ask_own_view(by, draft))
    if draft.own_view_asked_at is None:
        draft.own_view_asked_at = now()
        draft.save(update_fields=["own_view_asked_at"])
        record("ask_own_view", draft, by=by, acted_as=acting_as(by, draft))
    return draft
