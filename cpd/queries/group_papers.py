"""The papers of one meeting of the Strategy Group, as a snapshot that any member of it may read.

Never the priority, the finding, the evidence of need or a review's evidence: those are the school's.
"""

from __future__ import annotations

from typing import Any

from cpd.models import GroupMeeting, PracticeCard
from cpd.queries.group import SOON, reviews_due
from cpd.queries.group_cards import Card, cards_of
from cpd.queries.group_page import (
    clock_range_of,
    open_purchases,
    practice_of,
    since_of,
    title_of,
)
from trust.access import Capacity, Holding, Posts
from trust.models import TrustProfile
from trust.templatetags.eyeline import day, money


class _Member:
    """Whom the papers are written for: somebody who reads what any school has raised, and no more."""

    pk = 0
    person_id: int | None = None
    posts = Posts(holdings=(Holding(Capacity.CFO),))


def papers_snapshot(group: GroupMeeting) -> dict[str, Any]:
    """Requests with figures, reviews due, purchases open to join, practice to share, and last time's advice."""
    meeting, member = group.meeting, _Member()
    at = meeting.day or group.half_term.ends_on
    return {
        "title": f"Papers, {title_of(meeting)}",
        "trust": TrustProfile.current().name,
        "heading": title_of(meeting),
        "status": "Papers for the members of the group",
        "when": clock_range_of(meeting),
        "requests": [_request(card) for card in cards_of(group, member)],
        "reviews": [
            {"title": r.request.title, "school": str(r.request.school), "due": day(r.due_on),
             "level": r.get_level_display(), "late": r.due_on < at}
            for r in reviews_due(at + SOON)
        ],
        "purchases": [_purchase(p) for p in open_purchases()],
        "practice": [_practice(c) for c in practice_of(group, member)],
        "since": [{"title": s.title, "words": s.words, "status": s.status} for s in since_of(group, member)],
    }  # fmt: skip


def _request(card: Card) -> dict[str, Any]:
    return {
        "title": card.title,
        "tag": card.tag,
        "refs": ", ".join(line.request.ref for line in card.lines),
        "who": card.who,
        "figures": [
            {"label": f.label, "value": f"{f.value} {f.small}".strip()} for f in card.figures
        ],
        "needs": list(card.needs),
        "facts": list(card.facts),
    }


def _purchase(purchase: Any) -> dict[str, str]:
    places = list(purchase.schools.all())
    joined = [str(p.school) for p in places if p.answer == "joined"]
    open_ = [str(p.school) for p in places if not p.answer]
    return {
        "title": purchase.title,
        "quote": money(purchase.quote),
        "joined": ", ".join(joined),
        "open": ", ".join(open_),
        "lead": str(purchase.lead_school or ""),
    }


def _practice(card: PracticeCard) -> dict[str, str]:
    return {"title": card.title, "school": str(card.school), "what": card.what,
            "effect": card.effect, "ask": card.contact_role}  # fmt: skip
