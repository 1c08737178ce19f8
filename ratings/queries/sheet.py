"""The sheet on which one school is rated, and the list of schools to choose from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from evidence.models import Indicator
from ratings.models import Band, LevelOfSupport, RatingAssessment
from ratings.queries.beside import EvidenceLine, evidence_since
from ratings.queries.makings import rated_indicators
from ratings.queries.standing import (
    current_rating,
    draft_of,
    has_director,
    is_headed_by_ceo,
    own_views,
    suggestion_from,
    term_before,
    term_words,
)
from ratings.rules import OWN_HEAD, may_rate, may_start, standing
from schools.models import School
from trust.access import ALLOWED, Actor, Answer, Capacity, Denied
from trust.calendar import today


def may_rate_school(school: School, user: Actor) -> Answer:
    """Whether this person rates this school now, given its draft and who heads it today."""
    answer = may_start(user, school)
    if not answer:
        return answer
    draft = draft_of(school)
    if draft is not None:
        return may_rate(user, draft)
    capacity, day = standing(user, school.pk), today()
    if capacity == Capacity.DSI and not is_headed_by_ceo(school, day):
        return Denied("Only the Chief Executive rates a school")
    if capacity == Capacity.HEAD and has_director(day):
        return Denied(OWN_HEAD)
    return ALLOWED


@dataclass(frozen=True)
class SheetRow:
    """One indicator of the sheet, with last time, the school's own view and the evidence beside it."""

    indicator: Indicator
    descriptors: tuple[tuple[Band, str], ...]
    last_band: Band | None
    last_words: str
    own_band: Band | None
    own_line: str
    evidence: tuple[EvidenceLine, ...]

    @property
    def last_seen_on(self) -> dt.date | None:
        """The day of the newest piece of evidence."""
        return self.evidence[0].seen_on if self.evidence else None

    @property
    def is_switched_on(self) -> bool:
        return not self.indicator.is_seeded


@dataclass(frozen=True)
class Sheet:
    """All that the page to rate a school shows and does not let type."""

    school: School
    draft: RatingAssessment | None
    former: RatingAssessment | None
    rows: tuple[SheetRow, ...]
    bands: tuple[Band, ...]
    levels: tuple[LevelOfSupport, ...]
    indicators: tuple[Indicator, ...]

    @property
    def picks(self) -> tuple[Band, ...]:
        """The bands as pickers show them, worst first."""
        return tuple(reversed(self.bands))

    @property
    def version(self) -> int:
        """0 while there is no draft: the first save starts it."""
        return self.draft.version if self.draft else 0


def rating_sheet(school: School, user: Actor) -> Sheet:
    """The sheet of one school: its draft, what stood before, and the evidence since then by indicator."""
    former, draft = current_rating(school), draft_of(school)
    indicators = tuple(Indicator.objects.active(today()).prefetch_related("descriptors"))
    bands = tuple(Band.objects.select_related("level"))
    last = rated_indicators(former)
    views = own_views(school, former.shared_at if former else None)
    evidence = evidence_since(school, user, former.effective_on if former else None)
    words = term_words(former.half_term, former.effective_on) if former else ""
    rows = tuple(
        SheetRow(
            indicator=each,
            descriptors=_descriptors(each, school.phase, bands),
            last_band=last[each.pk].band if each.pk in last else None,
            last_words=words if each.pk in last else "",
            own_band=views[each.pk].band if each.pk in views else None,
            own_line=views[each.pk].line if each.pk in views else "",
            evidence=tuple(evidence.get(each.pk, ())),
        )
        for each in indicators
    )
    levels = tuple(LevelOfSupport.objects.all())
    return Sheet(school, draft, former, rows, bands, levels, indicators)


def _descriptors(
    indicator: Indicator, phase: str, bands: Iterable[Band]
) -> tuple[tuple[Band, str], ...]:
    """What each band looks like in a school of this phase, else in every school."""
    texts: dict[int, str] = {}
    for row in indicator.descriptors.all():
        own = row.phase and row.phase.casefold() == phase.casefold()
        if own or (not row.phase and row.position not in texts):
            texts[row.position] = row.text
    return tuple((band, texts[band.position]) for band in bands if band.position in texts)


@dataclass(frozen=True)
class Judgement:
    """What the typed judgement leads to, before it is saved."""

    suggested: Band | None
    because: tuple[str, ...]
    overall: Band | None
    level: LevelOfSupport | None
    level_words: str
    differs: bool
    boards: int | None
    alternatives: tuple[int, ...]
    """Boards a year to choose from, when the band leaves a choice."""


def judgement_of(
    sheet: Sheet,
    chosen: Mapping[int, Band | None],
    overall: Band | None,
    level: LevelOfSupport | None,
    boards: int | None,
) -> Judgement:
    """The suggestion and the consequences of what is chosen now."""
    suggestion = suggestion_from(sheet.indicators, chosen, sheet.bands)
    at = {band.position: band for band in sheet.bands}
    suggested = at.get(suggestion.position) if suggestion.position is not None else None
    level = level or (overall.level if overall else None)
    before = sheet.former.level if sheet.former else None
    level_words = ""
    if level is not None and before is not None:
        level_words = "no change" if level.pk == before.pk else f"was {before.name}"
    choice: tuple[int, ...] = ()
    if overall is not None and overall.also_allowed:
        choice = (overall.boards_per_year, overall.also_allowed)
    if boards is not None and boards not in choice:
        boards = None
    return Judgement(
        suggested=suggested,
        because=suggestion.reasons,
        overall=overall,
        level=level,
        level_words=level_words,
        differs=bool(overall and suggested and overall.pk != suggested.pk),
        boards=boards or (overall.boards_per_year if overall else None),
        alternatives=choice,
    )


@dataclass(frozen=True)
class SchoolToRate:
    """One line of the list: what stands, whether it is over a term old, and the draft."""

    school: School
    current: RatingAssessment | None
    draft: RatingAssessment | None
    is_stale: bool
    may_rate: bool


def schools_listed_to_rate(user: Actor) -> QuerySet[School]:
    """The trust's schools that this person may know of, by name."""
    return School.objects.visible_to(user).in_trust(today()).by_name()


def schools_to_rate(user: Actor, listed: Iterable[School] | None = None) -> list[SchoolToRate]:
    """The trust's schools, or those given, with their ratings and drafts, as this person may see and rate them."""
    day = today()
    schools = list(schools_listed_to_rate(user) if listed is None else listed)
    seen = list(
        RatingAssessment.objects.visible_to(user)
        .filter(Q(state="shared") | Q(state="draft", entered_later=False), school__in=schools)
        .select_related("overall", "level", "half_term__term")
    )
    current = {r.school_id: r for r in seen if r.state == "shared"}
    drafts = {r.school_id: r for r in seen if r.state == "draft"}
    before = term_before(day)
    found = []
    for school in schools:
        draft = drafts.get(school.pk)
        may = may_rate(user, draft) if draft else _may_start(user, school)
        found.append(
            SchoolToRate(
                school,
                current.get(school.pk),
                draft,
                is_stale(current.get(school.pk), before),
                bool(may),
            )
        )
    return found


def next_to_rate(draft: RatingAssessment, user: Actor) -> School | None:
    """The school after this one in the list that this person rates, and none after the last."""
    rows = schools_to_rate(user)
    places = [n for n, row in enumerate(rows) if row.school.pk == draft.school_id]
    after = rows[places[0] + 1 :] if places else []
    return next((row.school for row in after if row.may_rate), None)


def is_stale(current: RatingAssessment | None, before: dt.date | None) -> bool:
    """Whether a school's rating is missing, or older than the term before this one."""
    return current is None or (before is not None and current.effective_on < before)


def _may_start(user: Actor, school: School) -> bool:
    """In the list a Director rates only what has a draft: whose head is who is asked on the page."""
    return standing(user, school.pk) in (Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.HEAD)


def chosen_in(
    draft: RatingAssessment | None, former: RatingAssessment | None
) -> dict[int, Band | None]:
    """The bands of the draft, or those carried forward when there is none yet."""
    return {key: row.band for key, row in rated_indicators(draft or former).items()}
