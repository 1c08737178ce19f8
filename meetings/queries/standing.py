"""The standing items of a kind of meeting, and how many minutes they take."""

from __future__ import annotations

from collections.abc import Iterable

from meetings.models import StandingItem

HALF_TERMS = range(1, 7)


def standing_items(kind_id: int, half_term: int) -> tuple[StandingItem, ...]:
    """Those of one half term, counted from 1, in their order: after the actions, then before the close."""
    items = StandingItem.objects.filter(kind=kind_id, retired_at=None).order_by(
        "place", "order", "pk"
    )
    return tuple(item for item in items if applies(item, half_term))


def applies(item: StandingItem, half_term: int) -> bool:
    """Whether it stands on the agendas of a half term; with none named, of each."""
    return not item.half_terms or half_term in item.half_terms


def busiest(items: Iterable[StandingItem]) -> int:
    """The minutes they take in the half term that has most of them."""
    items = list(items)
    return max(sum(i.minutes for i in items if applies(i, number)) for number in HALF_TERMS)
