"""The standing items of Progress Boards as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.models import MeetingKind, StandingItem
from meetings.queries.standing import HALF_TERMS, applies
from progress_boards.agenda import DEFAULT_RULES
from trust.models import HalfTerm


@dataclass(frozen=True)
class StandingRow:
    """One standing item, and the half terms whose agendas have it, in words."""

    item: StandingItem
    when: str


@dataclass(frozen=True)
class StandingGroup:
    """The standing items of one place of the agenda."""

    name: str
    rows: tuple[StandingRow, ...]


@dataclass(frozen=True)
class StandingPage:
    """The standing items in force by their place, those retired, and what is left of the hour."""

    groups: tuple[StandingGroup, ...]
    retired: tuple[StandingRow, ...]
    minutes: int
    """In the half term that has most of them."""
    left: int
    enquiries: int


def standing_page(kind: MeetingKind) -> StandingPage:
    """Read the standing items of a kind, in two queries."""
    items = list(kind.standing_items.all())
    names = dict(HalfTerm.objects.order_by("starts_on").values_list("order", "name"))
    live = [item for item in items if item.retired_at is None]
    groups = (
        StandingGroup(str(place.label), tuple(_row(i, names) for i in live if i.place == place))
        for place in StandingItem.Place
    )
    minutes = max(sum(i.minutes for i in live if applies(i, number)) for number in HALF_TERMS)
    rules = DEFAULT_RULES.with_standing(minutes)
    return StandingPage(
        groups=tuple(group for group in groups if group.rows),
        retired=tuple(_row(item, names) for item in items if item.retired_at),
        minutes=minutes,
        left=rules.for_enquiries,
        enquiries=rules.enquiries,
    )


def _row(item: StandingItem, names: dict[int, str]) -> StandingRow:
    numbers = [names.get(number, f"Half term {number}") for number in item.half_terms]
    return StandingRow(item, ", ".join(numbers) or "Every half term")
