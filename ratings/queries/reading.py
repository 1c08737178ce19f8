"""One rating, and the history of a school, as a reader may read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import QuerySet

from ratings.models import Band, RatingAssessment
from ratings.queries.standing import term_words
from ratings.rules import (
    may_comment,
    may_read_history,
    may_read_reasons,
    may_read_reasons_about_people,
    may_withdraw,
)
from schools.models import School
from trust import marks
from trust.access import Actor, Capacity
from trust.calendar import today
from trust.models import HalfTerm
from trust.pages import page_of, remembered, version


def direction(now: Band | None, before: Band | None) -> str:
    """improving, steady or declining since the last shared rating; "" when either is not rated."""
    if now is None or before is None:
        return ""
    if now.position == before.position:
        return "steady"
    return "improving" if now.position < before.position else "declining"


A_PAGE = 12
"""Ratings of a school on one page of its history: four years of three a year."""


@dataclass(frozen=True)
class IndicatorRead:
    """One indicator of a rating as this reader may read it."""

    name: str
    band: Band | None
    direction: str
    reason: str
    is_hidden: bool
    """There is a reason, and this reader may not read it."""
    is_switched_on: bool
    own_band: Band | None = None
    own_line: str = ""


@dataclass(frozen=True)
class RatingRead:
    """One rating as this reader may read it."""

    assessment: RatingAssessment
    rows: tuple[IndicatorRead, ...]
    direction: str
    term: str
    rated_words: str
    reads_reasons: bool
    reads_history: bool = False
    may_withdraw: bool = False
    may_comment: bool = False


def rated_words(assessment: RatingAssessment) -> str:
    """Who rated, as every page says it."""
    if assessment.rated_as == Capacity.HEAD:
        return "Rated by its own head"
    if assessment.rated_as == Capacity.CEO_REPRESENTATIVE:
        return f"Rated by {assessment.rated_by.display_name}, for the Chief Executive"
    return f"Rated by the {assessment.get_rated_as_display()}"


def read_rating(assessment: RatingAssessment, user: Actor) -> RatingRead:
    """One rating with its indicators; a reason about people only for those who may read it."""
    before = previous_of(assessment)
    earlier = {r.indicator_id: r.band for r in before.indicators.all()} if before else {}
    reasons = bool(may_read_reasons(user, assessment.school))
    personal = bool(may_read_reasons_about_people(user, assessment.school))
    views = {v.indicator_id: v for v in assessment.own_views.select_related("band")}
    rows = []
    for each in assessment.indicators.select_related("indicator", "band"):
        may_read = personal if each.indicator.about_people else reasons
        view = views.get(each.indicator_id) if personal else None
        rows.append(
            IndicatorRead(
                name=each.indicator.name,
                band=each.band,
                direction=direction(each.band, earlier.get(each.indicator_id)),
                reason=each.rationale if may_read else "",
                is_hidden=bool(each.rationale) and not may_read,
                is_switched_on=not each.indicator.is_seeded,
                own_band=view.band if view else None,
                own_line=view.line if view else "",
            )
        )
    return RatingRead(
        assessment=assessment,
        rows=tuple(rows),
        direction=direction(assessment.overall, before.overall if before else None),
        term=term_words(assessment.half_term, assessment.effective_on),
        rated_words=rated_words(assessment),
        reads_reasons=reasons,
        reads_history=bool(may_read_history(user, assessment.school)),
        may_withdraw=assessment.state == "shared" and bool(may_withdraw(user, assessment)),
        may_comment=bool(may_comment(user, assessment)),
    )


def previous_of(assessment: RatingAssessment) -> RatingAssessment | None:
    """The rating that stood before this one."""
    return (
        RatingAssessment.objects.shared()
        .filter(school_id=assessment.school_id, effective_on__lte=assessment.effective_on)
        .exclude(pk=assessment.pk)
        .exclude(effective_on=assessment.effective_on, pk__gt=assessment.pk)
        .order_by("-effective_on", "-shared_at", "-pk")
        .select_related("overall")
        .prefetch_related("indicators__band")
        .first()
    )


@dataclass(frozen=True)
class HistoryEntry:
    """One rating that stood, for the list of a school."""

    assessment: RatingAssessment
    term: str
    direction: str


@dataclass(frozen=True)
class SchoolHistory:
    """A school's ratings: the chart of the last terms, and a page of the ratings that stood."""

    terms: tuple[marks.Term, ...]
    entries: tuple[HistoryEntry, ...]
    current: RatingAssessment | None
    pages: Page[RatingAssessment]


def last_half_terms(day: dt.date, terms: int = 6) -> list[tuple[str, dt.date]]:
    """The last terms up to a day, oldest first: name such as "Autumn 2026" and last day that counts."""
    # A term before these is never among the last ones, however old the trust is.
    since = day - dt.timedelta(days=366 * (terms // 3 + 2))
    rows = (
        HalfTerm.objects.filter(starts_on__lte=day, starts_on__gte=since)
        .select_related("term")
        .order_by("term__academic_year__starts_on", "term__order", "order")
    )
    ends: dict[int, tuple[str, dt.date]] = {}
    starts: dict[int, int] = {}
    for row in rows:
        year = starts.setdefault(row.term_id, row.starts_on.year)
        words = f"{row.term.name.removesuffix(' term')} {year}"
        ends[row.term_id] = (words, min(row.ends_on, day))
    return list(ends.values())[-terms:]


def band_as_at(ratings: Iterable[tuple[dt.date, Band | None]], day: dt.date) -> Band | None:
    """The band that stood on a day, of ratings given oldest first."""
    found = None
    for effective_on, band in ratings:
        if effective_on <= day:
            found = band
    return found


def school_history(
    school: School, user: Actor, *, at: int | None = None, page: str | None = None
) -> SchoolHistory:
    """The ratings of a school that this reader may see, newest first and a page of them, with the chart of all.

    `at` is the newest audit row.
    """
    at, day = version() if at is None else at, today()
    seen = RatingAssessment.objects.shared().visible_to(user).filter(school=school)
    key = f"stood:{school.pk}:{user.pk}:{hash(user.posts)}:{day}"
    stood = remembered(key, at, lambda: _stood(seen))
    newest = seen.select_related("overall", "level", "half_term__term", "rated_by__person")
    pages = page_of(newest.order_by("-effective_on", "-shared_at", "-pk"), len(stood), A_PAGE, page)
    shown = list(pages)
    # The rating before the first of the page is the next older one, which may be on the page after it.
    older = len(stood) - pages.start_index()
    entries = [
        HistoryEntry(
            each,
            term_words(each.half_term, each.effective_on),
            direction(each.overall, stood[older - n - 1][1] if older > n else None),
        )
        for n, each in enumerate(shown)
    ]
    current = next((each for each in shown if each.state == "shared"), None)
    if current is None and pages.has_previous():
        current = newest.filter(state="shared").first()
    if current is not None:
        current.school = school  # whose rules the reader of the rating asks next
    points = remembered(f"terms:{day}", at, lambda: last_half_terms(day))
    chart = tuple(marks.Term(words, band_as_at(stood, end)) for words, end in points)
    return SchoolHistory(chart if stood else (), tuple(entries), current, pages)


def _stood(seen: QuerySet[RatingAssessment]) -> list[tuple[dt.date, Band | None]]:
    """The bands that stood, oldest first, each with the day from which it did."""
    bands = Band.objects.in_bulk()
    rows = seen.order_by("effective_on", "shared_at", "pk").values_list(
        "effective_on", "overall_id"
    )
    return [(effective_on, bands.get(overall or 0)) for effective_on, overall in rows]


@dataclass(frozen=True)
class RatingPanel:
    """A school's ratings as its page shows them: the chart of the terms, and the rating that stands."""

    history: SchoolHistory
    read: RatingRead | None


def rating_panel(school: School, user: Actor, *, at: int | None = None) -> RatingPanel | None:
    """The panel of a school's page, or None for whoever reads no ratings of this school; `at` is the newest audit row."""
    if not may_read_history(user, school):
        return None
    history = school_history(school, user, at=at)
    read = read_rating(history.current, user) if history.current else None
    return RatingPanel(history, read)
