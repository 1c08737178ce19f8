"""What ratings are made of in this trust: indicators, bands and levels."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.models import Indicator
from ratings.models import Band, BoardPolicy, IndicatorRating, LevelOfSupport, RatingAssessment
from trust.calendar import today


@dataclass(frozen=True)
class IndicatorPage:
    """One indicator with its descriptors by band, for the page that says how schools are rated."""

    indicator: Indicator
    descriptors: tuple[tuple[Band, str, str], ...]
    """Band, phase ("" for every school), text."""


@dataclass(frozen=True)
class HowRated:
    """The trust's indicators, bands and levels, to be read."""

    indicators: tuple[IndicatorPage, ...]
    bands: tuple[Band, ...]
    levels: tuple[LevelOfSupport, ...]
    not_rated_boards: int


def how_rated() -> HowRated:
    """What a rating is made of in this trust, all of it data."""
    bands = tuple(Band.objects.select_related("level"))
    at = {band.position: band for band in bands}
    indicators = Indicator.objects.active(today()).prefetch_related("descriptors")
    pages = tuple(
        IndicatorPage(
            each,
            tuple(
                (at[d.position], d.phase, d.text)
                for d in sorted(each.descriptors.all(), key=lambda d: (d.phase, d.position))
                if d.position in at
            ),
        )
        for each in indicators
    )
    return HowRated(
        pages, bands, tuple(LevelOfSupport.objects.all()), BoardPolicy.current().not_rated
    )


def rated_indicators(assessment: RatingAssessment | None) -> dict[int, IndicatorRating]:
    """The indicator ratings of an assessment by indicator; none for None."""
    if assessment is None or assessment.pk is None:
        return {}
    return {r.indicator_id: r for r in assessment.indicators.select_related("band")}
