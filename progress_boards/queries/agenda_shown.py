"""The candidates of a draft as its page shows them: on the agenda or not, their score, and how often deferred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from improvement.models import ItemPriority
from meetings.models import AgendaItem, ItemSource
from progress_boards.queries.agenda import Gathered
from progress_boards.queries.deferrals import deferred_words
from progress_boards.queries.offers import GROUPS, Offer
from ratings.models import Band


@dataclass(frozen=True)
class ShownOffer:
    """One offer on the page of the draft: whether it is on the agenda, and its score."""

    key: str
    title: str
    small: str
    why: str
    score: int
    band: Band | None
    on_agenda: bool
    deferred: str = ""

    @property
    def words(self) -> str:
        """What it is, its score, and at how many boards it was deferred."""
        return " · ".join(
            part for part in (self.small, f"score {self.score}", self.deferred) if part
        )


def evidence_groups(
    gathered: Gathered, items: Iterable[AgendaItem]
) -> list[tuple[str, list[ShownOffer]]]:
    """The offers by where they come from, the strongest first; items need sources and rating links loaded."""
    items = list(items)
    groups: list[tuple[str, list[ShownOffer]]] = []
    for name in GROUPS:
        shown = [
            ShownOffer(
                offer.key, offer.label, offer.small, offer.candidate.reason,
                offer.candidate.score + offer.candidate.adds, offer.band,
                item_of(offer, items) is not None,
                deferred_words(gathered.deferrals.count(offer.candidate)),
            )
            for offer in gathered.offers
            if offer.group == name
        ]  # fmt: skip
        if shown:
            groups.append((name, sorted(shown, key=lambda o: (-o.score, o.title))))
    return groups


def item_of(offer: Offer, items: Iterable[AgendaItem]) -> AgendaItem | None:
    """The item of the agenda that already names this source; the items come `with_links`."""
    for item in items:
        linked: Any = item
        if offer.rating and offer.rating.pk in linked.rating_ids:
            return item
        if offer.priority and _about(item) == offer.priority.pk:
            return item
        if offer.review and offer.review.pk in linked.review_ids:
            return item
        if any(_names(source, offer) for source in item.sources.all()):
            return item
    return None


def _about(item: AgendaItem) -> int | None:
    link: ItemPriority | None = getattr(item, "about_priority", None)
    return link.priority_id if link else None


def _names(source: ItemSource, offer: Offer) -> bool:
    if not offer.links:
        return source.label == offer.label
    return all(getattr(source, f"{name}_id") == row.pk for name, row in offer.links.items())


def not_taken(gathered: Gathered, items: Iterable[AgendaItem]) -> list[Offer]:
    """The offers that no item names, and whose indicator or priority none is about, the strongest first."""
    items = list(items)
    topics = {f"indicator-{item.indicator_id}" for item in items if item.indicator_id}
    topics |= {f"priority-{_about(item)}" for item in items if _about(item)}
    left = [
        offer
        for offer in gathered.offers
        if offer.candidate.topic not in topics and item_of(offer, items) is None
    ]
    return sorted(left, key=lambda o: (-o.candidate.score - o.candidate.adds, o.label))


def deferred_items(gathered: Gathered, items: Iterable[AgendaItem]) -> dict[int, str]:
    """By item of a draft whose matter other boards deferred, in how many words."""
    items = list(items)
    found: dict[int, int] = {}
    for offer in gathered.offers:
        count = gathered.deferrals.count(offer.candidate)
        item = item_of(offer, items) if count else None
        if item is not None:
            found[item.pk] = max(count, found.get(item.pk, 0))
    return {pk: deferred_words(count) for pk, count in found.items()}
