"""The library of practice: cards with search and filters, offers and needs, and what waits to become a card."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from cpd.models import PracticeCard, PracticeNotice
from cpd.queries.matching import Match, find_matches
from cpd.rules import OF_SCHOOL, READ_PRACTICE, may_edit_card
from evidence.models import Finding, Indicator, VisitRecord
from schools.models import School
from trust.access import Actor, Answer, allowed_if
from trust.calendar import today
from trust.numbers import whole_number

PER_PAGE = 20
WAITING_SHOWN = 3


def may_read_practice(user: Actor) -> Answer:
    return allowed_if(user.posts.holds(*READ_PRACTICE), "Staff and those who govern read this")


def own_schools(user: Actor) -> QuerySet[School]:
    """The schools for which this person writes."""
    return School.objects.filter(pk__in=user.posts.schools(*OF_SCHOOL)).by_name()


def waiting_findings(user: Actor, *capacities: str) -> QuerySet[Finding]:
    """Findings marked as good practice at the schools this person leads, readable by them, without a card."""
    schools = user.posts.schools(*(capacities or OF_SCHOOL))
    visits = VisitRecord.objects.visible_to(user).sent().filter(school__in=schools)
    return (
        Finding.objects.filter(visit__in=visits.filter(is_restricted=False), good_practice=True)
        .exclude(text="")
        .filter(practice_card__isnull=True)
        .select_related("visit__kind", "visit__school", "indicator")
        .order_by("-visit__visited_on", "order", "pk")
    )


# -- search and filters --------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything it does not know is left out."""

    q: str = ""
    school: int | None = None
    indicator: int | None = None
    show: str = ""
    page: str = ""

    @property
    def query(self) -> str:
        """The filters as an address again, without the page."""
        asked = {"q": self.q, "school": self.school, "indicator": self.indicator, "show": self.show}
        return urlencode({name: value for name, value in asked.items() if value})


def read_filters(asked: Mapping[str, str], shows: Collection[str]) -> Filters:
    show = asked.get("show", "")
    return Filters(
        q=asked.get("q", "").strip()[:200],
        school=whole_number(asked.get("school", "")),
        indicator=whole_number(asked.get("indicator", "")),
        show=show if show in shows else "",
        page=asked.get("page", ""),
    )


def filtered(rows: QuerySet[Any], asked: Filters, *order: str) -> QuerySet[Any]:
    """Rows with a `search` vector by words, school and indicator; best first when there are words."""
    if asked.school:
        rows = rows.filter(school_id=asked.school)
    if asked.indicator:
        rows = rows.filter(indicator_id=asked.indicator)
    if not asked.q:
        return rows.order_by(*order)
    query = SearchQuery(asked.q, config="english", search_type="websearch")
    ranked: QuerySet[Any] = rows.filter(search=query).annotate(rank=SearchRank(F("search"), query))
    return ranked.order_by("-rank", *order)


@dataclass(frozen=True)
class Choices:
    """What the filters offer."""

    schools: list[School]
    indicators: list[Indicator]


def choices() -> Choices:
    """Every school of the trust, because every school shares; and the indicators in use."""
    return Choices(
        list(School.objects.in_trust(today()).by_name()), list(Indicator.objects.active(today()))
    )


# -- cards ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardLine:
    """One card in the library, with the needs of other schools it could meet."""

    pk: int
    title: str
    school: str
    indicator: str
    seen: str
    what: str
    status: str
    matches: list[Match]


@dataclass(frozen=True)
class Library:
    """The page of all cards."""

    cards: list[CardLine]
    page: Page[PracticeCard]
    filters: Filters
    choices: Choices
    waiting: list[Finding]
    waiting_more: int
    own: list[School]

    @property
    def may_write(self) -> bool:
        return bool(self.own)

    @property
    def shows(self) -> list[tuple[str, str]]:
        """What else whoever writes cards may look at."""
        return list(CARD_SHOWS.items()) if self.own else []


CARD_SHOWS = {"drafts": "Our drafts", "retired": "Our retired cards"}


def library(user: Actor, asked: Mapping[str, str]) -> Library:
    """Shared cards of every school, or one's own school's drafts or retired cards, by the address's filters."""
    filters = read_filters(asked, CARD_SHOWS)
    own = list(own_schools(user))
    rows = PracticeCard.objects.visible_to(user).select_related("school", "indicator")
    mine = rows.filter(school__in=own)
    shown = {
        "": rows.shared(),
        "drafts": mine.filter(shared_at__isnull=True, retired_at__isnull=True),
        "retired": mine.filter(retired_at__isnull=False),
    }[filters.show]
    page = Paginator(filtered(shown, filters, "-shared_at", "-pk"), PER_PAGE).get_page(filters.page)
    waiting = list(waiting_findings(user)) if own else []
    matches = find_matches(cards=[card.pk for card in page]).of_card
    return Library(
        cards=[_card_line(card, matches.get(card.pk, [])) for card in page],
        page=page, filters=filters, choices=choices(), waiting=waiting[:WAITING_SHOWN],
        waiting_more=max(0, len(waiting) - WAITING_SHOWN), own=own,
    )  # fmt: skip


def card_status(card: PracticeCard) -> str:
    """ "Draft", "Retired", or nothing for a card in the library."""
    if card.retired_at:
        return "Retired"
    return "" if card.shared_at else "Draft"


def _card_line(card: PracticeCard, matches: list[Match]) -> CardLine:
    return CardLine(
        pk=card.pk,
        title=card.title,
        school=card.school.name,
        indicator=card.indicator.name if card.indicator else "",
        seen=card.seen_by,
        what=card.what,
        status=card_status(card),
        matches=matches,
    )


@dataclass(frozen=True)
class CardPage:
    """One card, what it could do for whom, and what its reader may do."""

    card: PracticeCard
    status: str
    matches: list[Match]
    projects: list[Any]
    visit_url: str
    may_edit: bool
    may_propose: bool


def card_page(card: PracticeCard, user: Actor) -> CardPage:
    """Everything the page of a card shows; the visit only to whoever may read its record."""
    visit = card.finding.visit_id if card.finding else None
    reads = visit and VisitRecord.objects.visible_to(user).filter(pk=visit).exists()
    return CardPage(
        card=card,
        status=card_status(card),
        matches=find_matches(cards=[card.pk]).of_card.get(card.pk, []),
        projects=list(card.projects.all()),
        visit_url=reverse("evidence:visit-page", args=[visit]) if reads else "",
        may_edit=bool(may_edit_card(user, card)),
        may_propose=bool(user.posts.holds(*OF_SCHOOL)) and card_status(card) == "",
    )


# -- offers and needs ----------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeLine:
    """One offer or need, with what other schools wrote that fits."""

    notice: PracticeNotice
    matches: list[Match]
    is_own: bool


@dataclass(frozen=True)
class Notices:
    """The page of offers and needs."""

    needs: list[NoticeLine]
    offers: list[NoticeLine]
    page: Page[PracticeNotice]
    filters: Filters
    choices: Choices
    may_post: bool

    @property
    def shows(self) -> list[tuple[str, str]]:
        """What else whoever posts may look at."""
        return list(NOTICE_SHOWS.items()) if self.may_post else []


NOTICE_SHOWS = {"closed": "Our closed ones"}


def notices(user: Actor, asked: Mapping[str, str]) -> Notices:
    """Open offers and needs of every school, or one's own school's closed ones, with their matches."""
    filters = read_filters(asked, NOTICE_SHOWS)
    own = user.posts.schools(*OF_SCHOOL)
    rows = PracticeNotice.objects.visible_to(user).select_related("school", "indicator")
    rows = rows.filter(closed_at__isnull=False, school__in=own) if filters.show else rows.open()
    page = Paginator(filtered(rows, filters, "-posted_at", "-pk"), PER_PAGE).get_page(filters.page)
    is_open = not filters.show
    matches = find_matches(
        needs=[n.pk for n in page if is_open and n.kind == "need"],
        offers=[n.pk for n in page if is_open and n.kind == "offer"],
    )
    lines = [
        NoticeLine(
            notice,
            (matches.of_need if notice.kind == "need" else matches.of_offer).get(notice.pk, []),
            notice.school_id in own,
        )
        for notice in page
    ]
    return Notices(
        needs=[line for line in lines if line.notice.kind == "need"],
        offers=[line for line in lines if line.notice.kind == "offer"],
        page=page, filters=filters, choices=choices(), may_post=bool(own),
    )  # fmt: skip
