"""Whether another school asks for the same: PostgreSQL's full-text search on title, need and provider."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, QuerySet

from cpd.models import CpdRequest, TrainingPolicy
from cpd.rules import READ_RAISED
from trust.calendar import today
from trust.people.models import User

ONE_WORD = 0.0607927
"""What `ts_rank` gives for one lexeme found once, out of one asked for: a rank over this is the share found."""
SHARE_OF_NAME = 0.45
"""How much of the title's and provider's own words must be found in the other request."""
SHARE_OF_ALL = 0.6
MOST_LEXEMES = 60
EVERYDAY = frozenset(
    [
        "train",
        "cours",
        "programm",
        "session",
        "day",
        "half",
        "year",
        "whole",
        "school",
        "staff",
        "pupil",
        "teacher",
        "lead",
        "leader",
        "support",
        "workshop",
        "launch",
        "class",
        "children",
        "work",
        "use",
        "new",
        "one",
        "two",
        "three",
        "term",
        "learn",
        "teach",
        "key",
        "stage",
        "improv",
    ]
)
"""Lexemes that nearly every request has: they tell nothing of what it is about."""
NAMED = ("raised", "going_ahead", "evaluated", "listed")


@dataclass(frozen=True)
class AlikeRequest:
    """A raised request of another school, as anybody who may draft one reads it."""

    pk: int
    ref: str
    school: str
    title: str
    provider: str
    staff: int
    total: Decimal
    starts_on: dt.date | None
    is_linked: bool


@dataclass(frozen=True)
class Alike:
    """Like requests of other schools; of drafts, only that there is one."""

    requests: tuple[AlikeRequest, ...] = ()
    is_drafted: bool = False

    def __bool__(self) -> bool:
        return bool(self.requests) or self.is_drafted


def lexemes(text: str) -> list[str]:
    """The words of a text as the search keeps them, without the everyday ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector('english', %s))", [text.replace("\0", " ")[:8000]]
        )
        found: list[str] = cursor.fetchone()[0]
    return [word for word in found if word not in EVERYDAY and len(word) > 1][:MOST_LEXEMES]


def any_of(words: list[str]) -> SearchQuery:
    """A query for any of the lexemes, each quoted as `tsquery` takes it."""
    quoted = ("'" + w.replace("\\", "\\\\").replace("'", "''") + "'" for w in words)
    return SearchQuery(" | ".join(quoted), config="simple", search_type="raw")


def alike(*, title: str, provider: str, need: str, school_id: int, user: User) -> Alike:
    """Requests of other schools within the trust's months that ask for much the same, nearest first."""
    named = lexemes(f"{title} {provider}")
    if not named:
        return Alike()
    everything = lexemes(f"{title} {provider} {need}")
    since = today() - dt.timedelta(days=30 * TrainingPolicy.current().alike_months)
    rows = _near(named, everything).exclude(school=school_id).filter(created_at__date__gte=since)
    near = list(rows.filter(state__in=(*NAMED, "draft"))[:20])
    raised = [each for each in near if each.state != "draft"][:3]
    linked = user.posts.holds(*READ_RAISED)
    return Alike(
        tuple(_told(each, linked) for each in raised),
        is_drafted=not raised and any(each.state == "draft" for each in near),
    )


def _near(named: list[str], everything: list[str]) -> QuerySet[CpdRequest, Any]:
    rows = CpdRequest.objects.annotate(
        by_name=SearchRank(F("search"), any_of(named)) / ONE_WORD,
        by_all=SearchRank(F("search"), any_of(everything)) / ONE_WORD,
    ).filter(search=any_of(named))
    close = rows.filter(by_name__gte=SHARE_OF_NAME) | rows.filter(by_all__gte=SHARE_OF_ALL)
    return close.select_related("school", "provider").order_by("-by_name", "-by_all", "-pk")


def _told(row: CpdRequest, linked: bool) -> AlikeRequest:
    return AlikeRequest(
        row.pk, row.ref, row.school.name, row.title, row.provider_words, row.staff, row.total,
        row.starts_on, linked,
    )  # fmt: skip


def alike_to(request: CpdRequest, user: User) -> Alike:
    """What other schools ask for that is like this request."""
    return alike(
        title=request.title, provider=request.provider_words, need=request.need,
        school_id=request.school_id, user=user,
    )  # fmt: skip
