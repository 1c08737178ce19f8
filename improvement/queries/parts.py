"""What rooms above say of a priority on its page: each registers one function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from improvement.models import Priority
from trust.access import Actor


@dataclass(frozen=True)
class PartLine:
    """One thing that points at the priority: its words, its page, and a tag of two words (kind, text)."""

    label: str
    url: str = ""
    small: str = ""
    tag: tuple[str, str] | None = None


@dataclass(frozen=True)
class Part:
    """A panel of the page; one without lines is not shown."""

    title: str
    lines: tuple[PartLine, ...]
    order: int = 50


PartOf = Callable[[Priority, Actor], Part]
_parts: dict[str, PartOf] = {}


def register_part(name: str, part_of: PartOf) -> None:
    """Add a panel to the page of a priority; the function gives only what the reader may see."""
    _parts[name] = part_of


def parts_of(priority: Priority, user: Actor) -> tuple[Part, ...]:
    """Every panel that has something to say to this reader."""
    made = (part_of(priority, user) for part_of in _parts.values())
    return tuple(sorted((part for part in made if part.lines), key=lambda p: (p.order, p.title)))
