"""What the overview reads: the same number of queries at any number of schools.

What seldom changes (terms, indicators, bands) is kept for one process under the newest audit row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import caches
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from evidence.models import Indicator
from meetings.models import Action, Seat
from progress_boards.models import AnnualReport, ProgressBoard
from progress_boards.slots import BEFORE_ISSUED, HELD
from ratings.models import Band, IndicatorRating, LevelOfSupport, RatingAssessment
from ratings.queries import last_half_terms, term_before
from schools.models import Post, School
from trust.access import Actor, Capacity
from trust.calendar import LONDON, now
from trust.models import AcademicYear, HalfTerm

TO_COME = (*BEFORE_ISSUED, "issued")


# -- what seldom changes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """The columns and the words of the grid on one day."""

    indicators: tuple[Indicator, ...]
    bands: tuple[Band, ...]
    levels: tuple[LevelOfSupport, ...]
    points: tuple[tuple[str, dt.date], ...]
    term_pk: int | None
    term: str
    year: AcademicYear | None
    stale_before: dt.date | None

    @property
    def band_of(self) -> dict[int, Band]:
        return {band.pk: band for band in self.bands}

    @property
    def worst_first(self) -> tuple[Band, ...]:
        return tuple(reversed(self.bands))


def frame_on(day: dt.date, at: int) -> Frame:
    key = f"overview-frame:{day}:{at}"
    found: Frame | None = caches["process"].get(key)
    if found is None:
        half = (
            HalfTerm.objects.filter(starts_on__lte=day)
            .select_related("term")
            .order_by("-starts_on")
            .first()
        )
        points = tuple(last_half_terms(day))
        found = Frame(
            indicators=tuple(Indicator.objects.active(day)),
            bands=tuple(Band.objects.select_related("level")),
            levels=tuple(LevelOfSupport.objects.all()),
            points=points,
            term_pk=half.term_id if half else None,
            term=points[-1][0] if points else f"{day:%B %Y}",
            year=AcademicYear.on(day),
            stale_before=term_before(day),
        )
        caches["process"].set(key, found, 600)
    return found


# -- rows read ---------------------------------------------------------------------------------------


class Rating(NamedTuple):
    """One shared rating, as far as the overview needs it."""

    pk: int
    school: int
    effective_on: dt.date
    state: str
    overall: int
    level: int
    boards: int | None
    summary: str
    reason: str


def ratings_since(user: Actor, since: dt.date) -> dict[int, list[Rating]]:
    """By school, the ratings that stood since a day and the one that stands, oldest first."""
    rows = (
        RatingAssessment.objects.visible_to(user)
        .shared()
        .filter(Q(effective_on__gte=since) | Q(state="shared"))
        .order_by("effective_on", "shared_at", "pk")
        .values_list(
            "pk", "school_id", "effective_on", "state", "overall_id", "level_id",
            "boards_per_year", "summary", "override_reason",
        )
    )  # fmt: skip
    found: dict[int, list[Rating]] = {}
    for row in rows:
        rating = Rating(*row)
        found.setdefault(rating.school, []).append(rating)
    return found


def indicator_bands(ratings: Sequence[int]) -> dict[int, dict[int, int | None]]:
    """By rating, the band of each indicator."""
    found: dict[int, dict[int, int | None]] = {}
    rows = IndicatorRating.objects.filter(assessment_id__in=ratings)
    for rating, indicator, band in rows.values_list("assessment_id", "indicator_id", "band_id"):
        found.setdefault(rating, {})[indicator] = band
    return found


@dataclass
class Boards:
    """The boards of the year, counted."""

    next_on: dict[int, dt.date]
    held_in_term: int = 0
    in_term: int = 0
    held: int = 0
    with_trustee: int = 0
    final: int = 0


def boards_of_the_year(frame: Frame, day: dt.date) -> Boards:
    found = Boards({})
    present = Seat.objects.filter(
        meeting_id=OuterRef("meeting_id"), role=Capacity.LINK_TRUSTEE, attendance__in=Seat.PRESENT
    )
    rows = (
        ProgressBoard.objects.filter(
            Q(academic_year=frame.year) | Q(meeting__starts_at__gte=now() - dt.timedelta(days=1))
        )
        .annotate(trustee_there=Exists(present))
        .values_list(
            "school_id", "academic_year_id", "half_term__term_id", "meeting__state",
            "meeting__starts_at", "trustee_there",
        )
    )  # fmt: skip
    for school, year, term, state, starts_at, trustee_there in rows:
        on = starts_at.astimezone(LONDON).date() if starts_at else None
        if state in TO_COME and on is not None and on >= day:
            found.next_on[school] = min(found.next_on.get(school, on), on)
        if frame.year is None or year != frame.year.pk or state == "cancelled":
            continue
        is_held = state in HELD
        found.held += is_held
        found.with_trustee += is_held and trustee_there
        found.final += state == "final"
        if term == frame.term_pk:
            found.in_term += 1
            found.held_in_term += is_held
    return found


def schools_of_the_trust(user: Actor, day: dt.date) -> list[School]:
    """The schools of the trust, each with whether a Link Trustee is in post, and its overdue actions."""
    links = Post.objects.current(day).filter(
        school_id=OuterRef("pk"), capacity=Capacity.LINK_TRUSTEE, person__isnull=False
    )
    late = (
        Action.objects.overdue(day)
        .filter(school_id=OuterRef("pk"))
        .order_by()
        .values("school_id")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return list(
        School.objects.visible_to(user)
        .in_trust(day)
        .only("name", "phase", "low_age", "high_age", "pupils")
        .annotate(has_link_trustee=Exists(links), overdue=Coalesce(Subquery(late), 0))
        .by_name()
    )


def newest_report(user: Actor, at: int) -> tuple[int, str] | None:
    """The newest annual report that this reader may open: its key and its year."""
    key = f"overview-report:{user.pk}:{at}"
    kept = caches["process"].get(key)
    if kept is None:
        kept = list(
            AnnualReport.objects.visible_to(user)
            .exclude(state="draft")
            .order_by("-academic_year__starts_on")
            .values_list("pk", "academic_year__name")[:1]
        )
        caches["process"].set(key, kept, 600)
    return kept[0] if kept else None
