"""Who could help whom: needs beside the cards and offers of other schools, by words and by indicator.

Only what schools themselves wrote and shared is compared. Nothing here reads a rating: what a school
would like to gain is what it says it would like to gain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

SHOWN = 3

# Words that every school's text holds, as PostgreSQL stems them: they make nothing alike.
COMMON = (
    "pupil", "school", "teach", "teacher", "class", "lesson", "year", "children", "child", "learn",
    "use", "work", "help", "practic", "staff", "day", "week", "would", "like", "gain", "offer",
)  # fmt: skip

# The lexemes of a need, or-ed, are its question to every card and offer. Two words in common make two
# texts alike, or one where the need's title has no more than one.
PAIRS = r"""
WITH supply AS (
    SELECT 'card' AS kind, id, school_id, title, indicator_id, search FROM cpd_practicecard
    WHERE shared_at IS NOT NULL AND retired_at IS NULL
    UNION ALL
    SELECT 'offer', id, school_id, title, indicator_id, search FROM cpd_practicenotice
    WHERE kind = 'offer' AND closed_at IS NULL
), need AS (
    SELECT n.id, n.school_id, n.title, n.indicator_id, words.asked, words.query,
           length(to_tsvector('english', n.title)) AS in_title
    FROM cpd_practicenotice n
    CROSS JOIN LATERAL (
        SELECT array_agg(lexeme) AS asked,
               string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | ')
                   ::tsquery AS query
        FROM unnest(n.search) WHERE lexeme <> ALL(%(common)s)
    ) words
    WHERE n.kind = 'need' AND n.closed_at IS NULL
), pair AS (
    SELECT need.id AS need_id, need.title AS need_title, need_school.name AS need_school,
           supply.kind, supply.id, supply.title, supply_school.name AS school,
           COALESCE(need.indicator_id = supply.indicator_id, false) AS is_same,
           COALESCE(ts_rank(supply.search, need.query), 0) AS rank,
           (SELECT count(*) FROM unnest(supply.search) WHERE lexeme = ANY(need.asked))
               >= GREATEST(1, LEAST(2, need.in_title)) AS is_alike,
           indicator.name AS indicator
    FROM need
    JOIN supply ON supply.school_id <> need.school_id
        AND (supply.indicator_id = need.indicator_id OR supply.search @@ need.query)
    JOIN schools_school need_school ON need_school.id = need.school_id
    JOIN schools_school supply_school ON supply_school.id = supply.school_id
    LEFT JOIN evidence_indicator indicator ON indicator.id = need.indicator_id
    WHERE need.id = ANY(%(needs)s)
       OR (supply.kind = 'card' AND supply.id = ANY(%(cards)s))
       OR (supply.kind = 'offer' AND supply.id = ANY(%(offers)s))
)
SELECT need_id, need_title, need_school, kind, id, title, school, is_same, is_alike, indicator
FROM pair WHERE is_same OR is_alike
ORDER BY is_same AND is_alike DESC, rank DESC, is_same DESC, title, id, need_title, need_id
"""


@dataclass(frozen=True)
class Match:
    """What another school wrote that fits, and why it is shown."""

    pk: int
    kind: str
    """ "card", "offer" or "need"."""
    title: str
    school: str
    why: str
    url: str


@dataclass(frozen=True)
class Matches:
    """Matches by what was asked about, best first, at most three each."""

    of_need: dict[int, list[Match]]
    of_offer: dict[int, list[Match]]
    of_card: dict[int, list[Match]]


def find_matches(
    *, needs: Iterable[int] = (), cards: Iterable[int] = (), offers: Iterable[int] = ()
) -> Matches:
    """Pairs of an open need with shared cards and open offers of other schools, in one query."""
    asked = {"needs": list(needs), "cards": list(cards), "offers": list(offers)}
    found = Matches(defaultdict(list), defaultdict(list), defaultdict(list))
    if not any(asked.values()):
        return found
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {**asked, "common": list(COMMON)})
        rows = cursor.fetchall()
    for need, need_title, need_school, kind, pk, title, school, is_same, is_alike, name in rows:
        why = _why(is_same, is_alike, name)
        url = _url(kind, pk)
        _put(found.of_need[need], Match(pk, kind, title, school, why, url))
        back = found.of_card if kind == "card" else found.of_offer
        _put(back[pk], Match(need, "need", need_title, need_school, why, _url("need", need)))
    return found


def _put(matches: list[Match], match: Match) -> None:
    if len(matches) < SHOWN:
        matches.append(match)


def _why(is_same: bool, is_alike: bool, indicator: str | None) -> str:
    words = [f"both about {indicator}"] if is_same else []
    return " and ".join([*words, *(["similar words"] if is_alike else [])])


def _url(kind: str, pk: int) -> str:
    if kind == "card":
        return reverse("cpd:practice", args=[pk])
    return f"{reverse('cpd:notice-list')}#notice-{pk}"
