"""What an app above says about a meeting on the engine's pages, such as the Chair's judgement of an item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from meetings.models import Meeting


@dataclass(frozen=True)
class Part:
    """A template of the app above, and what it shows as `part`."""

    template: str
    content: Any


@dataclass(frozen=True)
class Parts:
    """Under which items, and after the last one, something more is shown; and pages to go to."""

    by_item: dict[int, Part] = field(default_factory=dict)
    closing: tuple[Part, ...] = ()
    crumbs: tuple[tuple[str, str], ...] = ()
    """Labels and addresses of the pages above this meeting's."""
    links: tuple[tuple[str, str], ...] = ()
    """Labels and addresses of what else can be done, such as a PDF."""


PartsOf = Callable[[Meeting], Parts | None]
_parts: list[PartsOf] = []


def register_parts(function: PartsOf) -> PartsOf:
    """Add what an app above shows; it answers None for a meeting that is none of its own."""
    if function not in _parts:
        _parts.append(function)
    return function


def parts_of(meeting: Meeting) -> Parts:
    """What every app above shows about a meeting, put together."""
    found = [parts for function in _parts if (parts := function(meeting)) is not None]
    by_item = {item: part for parts in found for item, part in parts.by_item.items()}
    closing = tuple(part for parts in found for part in parts.closing)
    crumbs = tuple(crumb for parts in found for crumb in parts.crumbs)
    return Parts(by_item, closing, crumbs, tuple(link for parts in found for link in parts.links))
