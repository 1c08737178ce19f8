"""The grid on which one sitting rates every school: the sheets of them all, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence.models import Indicator
from ratings.models import Band, IndicatorRating, LevelOfSupport, RatingAssessment, SchoolView
from ratings.queries.beside import ByIndicator, evidence_of
from ratings.queries.sheet import SchoolToRate, Sheet, SheetRow, schools_to_rate
from ratings.queries.standing import (
    current_rating,
    draft_of,
    has_director,
    schools_headed_by_ceo,
    term_words,
)
from ratings.rules import standing
from schools.models import School
from trust.access import Actor, Capacity
from trust.calendar import today

Pair = tuple[School, RatingAssessment | None, RatingAssessment | None]
"""A school, its draft, and the rating that stands."""


@dataclass(frozen=True)
class GridSheet(Sheet):
    """A sheet that knows what is chosen in it, so that a row of the grid asks the database nothing."""

    bands_chosen: Mapping[int, Band | None]


def sheets_to_rate(user: Actor) -> list[GridSheet]:
    """The sheet of every school that this person rates now, by name."""
    rows, day = schools_to_rate(user), today()
    headed, director = schools_headed_by_ceo(day), has_director(day)
    mine = [row for row in rows if _may_rate_now(row, user, headed, director)]
    return _sheets([(row.school, row.draft, row.current) for row in mine], user)


def grid_sheet(school: School, user: Actor) -> GridSheet:
    """The sheet of one school as its row of the grid holds it."""
    return _sheets([(school, draft_of(school), current_rating(school))], user)[0]


def _may_rate_now(row: SchoolToRate, user: Actor, headed: set[int], director: bool) -> bool:
    """The answer of the school's own sheet, from what is read once for all schools."""
    if row.draft is not None:
        return row.may_rate
    capacity = standing(user, row.school.pk)
    if capacity == Capacity.DSI:
        return row.school.pk in headed
    return bool(capacity) and not (capacity == Capacity.HEAD and director)


def _sheets(pairs: list[Pair], user: Actor) -> list[GridSheet]:
    indicators = tuple(Indicator.objects.active(today()))
    bands = tuple(Band.objects.select_related("level"))
    levels = tuple(LevelOfSupport.objects.all())
    rated = _rated([each for _, *both in pairs for each in both if each is not None])
    views = _own_views({school.pk: former for school, _, former in pairs})
    since = {school.pk: former.effective_on if former else None for school, _, former in pairs}
    evidence = evidence_of(since, user)
    return [
        GridSheet(
            school=school,
            draft=draft,
            former=former,
            rows=_rows(
                indicators,
                former,
                rated.get(former.pk, {}) if former else {},
                views.get(school.pk, {}),
                evidence[school.pk],
            ),
            bands=bands,
            levels=levels,
            indicators=indicators,
            bands_chosen=rated.get(stands.pk, {}) if (stands := draft or former) else {},
        )
        for school, draft, former in pairs
    ]


def _rows(
    indicators: Iterable[Indicator],
    former: RatingAssessment | None,
    last: Mapping[int, Band | None],
    views: Mapping[int, SchoolView],
    evidence: ByIndicator,
) -> tuple[SheetRow, ...]:
    words = term_words(former.half_term, former.effective_on) if former else ""
    return tuple(
        SheetRow(
            indicator=each,
            descriptors=(),
            last_band=last.get(each.pk),
            last_words=words if each.pk in last else "",
            own_band=views[each.pk].band if each.pk in views else None,
            own_line=views[each.pk].line if each.pk in views else "",
            evidence=tuple(evidence.get(each.pk, ())),
        )
        for each in indicators
    )


def _rated(assessments: list[RatingAssessment]) -> dict[int, dict[int, Band | None]]:
    """The bands of several ratings: rating → indicator → band."""
    found: dict[int, dict[int, Band | None]] = {}
    for row in IndicatorRating.objects.filter(assessment__in=assessments).select_related("band"):
        found.setdefault(row.assessment_id, {})[row.indicator_id] = row.band
    return found


def _own_views(
    formers: Mapping[int, RatingAssessment | None],
) -> dict[int, dict[int, SchoolView]]:
    """The latest own view of each school and indicator since the rating that stands."""
    found: dict[int, dict[int, SchoolView]] = {}
    views = SchoolView.objects.filter(school__in=formers).select_related("band")
    for view in views.order_by("entered_at", "pk"):
        since: dt.datetime | None = (
            former.shared_at if (former := formers[view.school_id]) else None
        )
        if since is None or view.entered_at >= since:
            found.setdefault(view.school_id, {})[view.indicator_id] = view
    return found
