"""Where a printed reference leads: from ALD-26-A2, ALD-26-A2/3, ALD-26-A2-03, V57-2 or AR-2026-1/3 to the thing itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from django.db.models import Q

from meetings.queries.refs import meetings_named
from progress_boards.citations import cited_in
from progress_boards.queries.thread_reports import recommendations
from progress_boards.queries.thread_seen import Knot, actions, boards, findings, items, knots
from trust.access import Actor
from trust.calendar import HALF_TERM_KEYS

FINDING = re.compile(r"V(\d{1,9})-(\d{1,4})")
ITEM = re.compile(r"(.+)/(\d{1,3})")
PRINTED = {key.upper(): key for key in HALF_TERM_KEYS}
RECOMMENDATION = re.compile(r"AR-(\d{4})-(\d{1,4})/(\d{1,3})")


def spellings(typed: str) -> list[str]:
    """A reference as it was typed, and as it is printed: in capitals, but for Sp1 and the like."""
    parts = re.split("([-/])", typed.upper())
    return list(dict.fromkeys((typed, "".join(PRINTED.get(part, part) for part in parts))))


def named(refs: Collection[str], user: Actor) -> dict[str, Knot]:
    """What these references name, as far as this reader may read it, in as many queries for many as for one."""
    found = [
        *_recommendations([m for ref in refs if (m := RECOMMENDATION.fullmatch(ref))], user),
        *_findings([m for ref in refs if (m := FINDING.fullmatch(ref))], user),
        *_of_meetings([r for r in refs if not (RECOMMENDATION.fullmatch(r) or FINDING.fullmatch(r))], user),
    ]  # fmt: skip
    by_ref = {knot.ref: knot for knot in reversed(found)}
    return {ref: by_ref[ref] for ref in refs if ref in by_ref}


def links_in(texts: Iterable[str], user: Actor) -> dict[str, str]:
    """Each reference that stands in these texts with its thread; what this reader may not read is not among them."""
    refs = dict.fromkeys(ref for text in texts for ref in cited_in(text))
    return {ref: knot.thread_url for ref, knot in named(refs, user).items()}


def _recommendations(matches: list[re.Match[str]], user: Actor) -> list[Knot]:
    if not matches:
        return []
    asked = Q()
    for match in matches:
        year, draft, order = (int(part) for part in match.groups())
        asked |= Q(
            order=order, report__draft_number=draft, report__academic_year__ends_on__year=year
        )
    return knots(recommendations(asked, user))


def _findings(matches: list[re.Match[str]], user: Actor) -> list[Knot]:
    if not matches:
        return []
    asked = Q()
    for match in matches:
        visit, order = (int(part) for part in match.groups())
        asked |= Q(visit=visit, order=order)
    return knots(findings(asked, user))


def _of_meetings(refs: list[str], user: Actor) -> list[Knot]:
    """Actions, items and boards, whose references begin with that of a meeting."""
    if not refs:
        return []
    orders = {ref: m.groups() for ref in refs if (m := ITEM.fullmatch(ref))}
    plain = [ref for ref in refs if ref not in orders]
    meetings = meetings_named({*plain, *(prefix for prefix, _ in orders.values())})
    held = {meetings[prefix] for prefix, _ in orders.values() if prefix in meetings}
    places = {int(order) for _, order in orders.values()}
    named_alone = {meetings[ref] for ref in plain if ref in meetings}
    return [
        *(knots(actions(Q(ref__in=plain), user)) if plain else ()),
        *(knots(items(Q(meeting__in=held, order__in=places), user)) if held else ()),
        *(knots(boards(Q(meeting__in=named_alone), user)) if named_alone else ()),
    ]
