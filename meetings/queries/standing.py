"""The standing items of a kind of meeting, and how many minutes they take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from meetings.models import MeetingKind, StandingItem
from trust.models import HalfTerm

HALF_TERMS = range(1, 7)
WhatIsLeft = Callable[[int], str]
_what_is_left: dict[str, WhatIsLeft] = {}


def register_what_is_left(slug: str, function: WhatIsLeft) -> None:
    """Say of one kind of meeting, in a sentence, what the minutes of its standing items leave of it."""
    _what_is_left[slug] = function


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
class StandingRows:
    """The standing items of a kind: in force by their place, and retired."""

    groups: tuple[StandingGroup, ...]
    retired: tuple[StandingRow, ...]
    minutes: int
    """In the half term that has most of them."""
    left: str
    """What they leave of the meeting, in the words of the app above; "" when none says."""


def standing_rows(kind: MeetingKind) -> StandingRows:
    """Read the standing items of a kind, in two queries."""
    items = list(kind.standing_items.select_related("kind"))
    names = dict(HalfTerm.objects.order_by("starts_on").values_list("order", "name"))
    live = [item for item in items if item.retired_at is None]
    groups = (
        StandingGroup(str(place.label), tuple(_row(i, names) for i in live if i.place == place))
        for place in StandingItem.Place
    )
    minutes, says = busiest(live), _what_is_left.get(kind.slug)
    return StandingRows(
        groups=tuple(group for group in groups if group.rows),
        retired=tuple(_row(item, names) for item in items if item.retired_at),
        minutes=minutes,
        left=says(minutes) if says else "",
    )


def _row(item: StandingItem, names: dict[int, str]) -> StandingRow:
    numbers = [names.get(number, f"Half term {number}") for number in item.half_terms]
    return StandingRow(item, ", ".join(numbers) or "Every half term")
