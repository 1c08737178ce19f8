"""Ratings given on paper before the software came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from evidence.models import Indicator
from ratings.actions.drafts import new_assessment
from ratings.models import (
    Band,
    IndicatorRating,
    LevelOfSupport,
    RatingAssessment,
)
from ratings.queries import (
    current_rating,
)
from ratings.rules import (
    may_record_earlier,
)
from schools.models import School
from trust.access import Capacity, Conflict, require
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User
from trust.states import transition


def record_earlier_rating(
    school: School,
    *,
    by: User,
    effective_on: dt.date,
    overall: Band,
    level: LevelOfSupport | None = None,
    bands: Mapping[Indicator, Band] | None = None,
    boards_per_year: int | None = None,
    summary: str = "",
) -> RatingAssessment:
    """Enter a rating given on paper, with its date: it counts for trend and "as at", plans and mails nothing."""
    if effective_on > today():
        raise Conflict("Enter a date that is not after today")
    with refusals_as_conflicts():
        School.objects.select_for_update().get(pk=school.pk)
        current = current_rating(school)
        is_latest = current is None or current.effective_on < effective_on
        if current and current.effective_on == effective_on:
            raise Conflict("The school has a rating of that date")
        earlier = new_assessment(
            school,
            by=by,
            rated_as=Capacity.CEO,
            on=effective_on,
            entered_later=True,
            overall=overall,
            level=level or overall.level,
            boards_per_year=boards_per_year or overall.boards_per_year,
            summary=summary.strip(),
        )
        require(may_record_earlier(by, earlier))
        IndicatorRating.objects.bulk_create(
            IndicatorRating(assessment=earlier, indicator=indicator, band=band)
            for indicator, band in (bands or {}).items()
        )
        if is_latest and current is not None:
            transition(current, "supersede", by=None)
        transition(
            earlier,
            "record_earlier",
            by=by,
            acted_as=Capacity.CEO,
            to="shared" if is_latest else "superseded",
            superseded_at=None if is_latest else now(),
        )
        earlier.indicators.update(sealed_at=now())
    return earlier
