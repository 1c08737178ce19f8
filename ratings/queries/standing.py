"""What stands: the current rating, the draft, the suggestion and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Min, QuerySet

from evidence.models import Indicator
from ratings.models import Band, RatingAssessment, SchoolView
from ratings.suggestion import IndicatorPosition, Suggestion, suggest
from schools.models import Post, School
from trust.access import Capacity
from trust.calendar import today
from trust.models import AcademicYear, HalfTerm

LEAST_REASON = 20
"""How long a reason is at least: shorter ones explain nothing to the Chair and the Trust Board."""


def is_headed_by_ceo(school: School, on: dt.date) -> bool:
    """Whether the Chief Executive is this school's headteacher on a day."""
    return _heads_who_are_chief(on).filter(school=school).exists()


def schools_headed_by_ceo(on: dt.date) -> set[int]:
    """The keys of the schools whose headteacher on a day is the Chief Executive."""
    return {key for key in _heads_who_are_chief(on).values_list("school_id", flat=True) if key}


def _heads_who_are_chief(on: dt.date) -> QuerySet[Post]:
    posts = Post.objects.current(on).filter(delegate_of__isnull=True)
    chiefs = posts.filter(capacity=Capacity.CEO).values("person_id")
    return posts.filter(capacity=Capacity.HEAD, person_id__in=chiefs)


def has_director(on: dt.date) -> bool:
    """Whether the trust has a Director of School Improvement on a day."""
    posts = Post.objects.current(on).filter(capacity=Capacity.DSI, delegate_of__isnull=True)
    return posts.filter(person__isnull=False).exists()


def year_and_half_term(day: dt.date) -> tuple[AcademicYear | None, HalfTerm | None]:
    """The academic year of a day, and its half term: in a holiday the one just ended."""
    year = AcademicYear.on(day)
    if year is None:
        return None, None
    begun = HalfTerm.objects.of_year(year).filter(starts_on__lte=day)
    return year, begun.order_by("-starts_on").first()


def term_words(half_term: HalfTerm | None, day: dt.date) -> str:
    """Which term a rating belongs to, in words such as "Summer 2026"."""
    if half_term is None:
        return f"{day:%B %Y}"
    return f"{half_term.term.name.removesuffix(' term')} {half_term.starts_on.year}"


def current_rating(school: School) -> RatingAssessment | None:
    """The rating of a school that is shared now, or None while not rated."""
    return (
        RatingAssessment.objects.filter(school=school, state="shared")
        .select_related("overall", "level", "half_term__term", "academic_year")
        .first()
    )


def draft_of(school: School) -> RatingAssessment | None:
    """The school's one draft, or None."""
    return (
        RatingAssessment.objects.filter(school=school, state="draft", entered_later=False)
        .select_related("overall", "level", "suggested", "half_term__term", "academic_year")
        .first()
    )


def indicators_in_use(on: dt.date) -> list[Indicator]:
    """The trust's indicators on a day, in order."""
    return list(Indicator.objects.active(on))


def suggestion_from(
    indicators: Iterable[Indicator], chosen: Mapping[int, Band | None], bands: Iterable[Band]
) -> Suggestion:
    """The suggested position for a band per indicator, said in the trust's own names."""
    words = {band.position: band.name.lower() for band in bands}
    return suggest(
        [
            IndicatorPosition(
                each.name,
                each.part,  # type: ignore[arg-type]
                band.position if (band := chosen.get(each.pk)) else None,
            )
            for each in indicators
        ],
        words,
    )


def suggestion_of(assessment: RatingAssessment) -> Suggestion:
    """The suggestion that the indicator ratings of an assessment lead to today."""
    rated = assessment.indicators.select_related("band")
    chosen = {each.indicator_id: each.band for each in rated}
    return suggestion_from(indicators_in_use(today()), chosen, Band.objects.all())


def missing_for_sharing(assessment: RatingAssessment, suggested: Band | None) -> dict[str, str]:
    """What still keeps a draft from being shared: field → what to do."""
    overall = assessment.overall
    if overall is None:
        return {"overall": "Choose your overall judgement"}
    found = {}
    if suggested is None:
        pass  # no suggestion binds nobody; the indicators not rated are said beside it
    elif overall.pk != suggested.pk and len(assessment.override_reason.strip()) < LEAST_REASON:
        found["override_reason"] = (
            f"Enter why your judgement differs from the suggestion, in {LEAST_REASON} characters or more"
        )
    level = assessment.level
    if level and level.pk != overall.level_id and not assessment.level_reason.strip():
        found["level_reason"] = "Enter why the level of support differs"
    boards = assessment.boards_per_year
    if boards and boards != overall.boards_per_year and not assessment.boards_reason.strip():
        found["boards_reason"] = f"Enter why the school has {boards} boards this year"
    if not assessment.summary.strip():
        found["summary"] = "Enter the summary that all who see the rating read"
    return found


def boards_of(assessment: RatingAssessment) -> int | None:
    """The boards a year this rating asks for: those chosen, else those of its band."""
    if assessment.boards_per_year:
        return assessment.boards_per_year
    return assessment.overall.boards_per_year if assessment.overall else None


def own_views(school: School, since: dt.datetime | None = None) -> dict[int, SchoolView]:
    """The latest own view of each indicator, by indicator; `since` leaves older ones out."""
    views = SchoolView.objects.filter(school=school).select_related("band")
    if since is not None:
        views = views.filter(entered_at__gte=since)
    return {view.indicator_id: view for view in views.order_by("entered_at", "pk")}


def own_view_asked(school: School) -> RatingAssessment | None:
    """The draft for which the school's own view is asked; of it a head learns only that."""
    draft = draft_of(school)
    return draft if draft and draft.own_view_asked_at else None


def stale_schools(day: dt.date) -> list[School]:
    """The trust's schools whose rating is older than one term, or that have none: a prompt, never a re-rating."""
    before = term_before(day)
    fresh = RatingAssessment.objects.filter(state="shared")
    if before is not None:
        fresh = fresh.filter(effective_on__gte=before)
    return list(School.objects.in_trust(day).exclude(pk__in=fresh.values("school_id")).by_name())


def stale_ratings(day: dt.date) -> list[School]:
    """Those of them that have a rating: one given more than a term ago, which still stands."""
    rated = set(RatingAssessment.objects.filter(state="shared").values_list("school_id", flat=True))
    return [school for school in stale_schools(day) if school.pk in rated]


def term_before(day: dt.date) -> dt.date | None:
    """The first day of the term before the one of this day; a rating given earlier is over a term old."""
    starts = (
        HalfTerm.objects.filter(starts_on__lte=day)
        .values("term_id")
        .annotate(start=Min("starts_on"))
        .order_by("-start")
        .values_list("start", flat=True)
    )
    found = list(starts[:2])
    return found[1] if len(found) == 2 else None
