"""The parts of the training room, as tabs on each of its pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse

from trust.access import Actor


@dataclass(frozen=True)
class Tab:
    """One part, for those who hold one of its capacities."""

    label: str
    url_name: str
    order: int
    capacities: frozenset[str]
    url: str = ""
    current: bool = False


_tabs: dict[str, Tab] = {}


def register_tab(label: str, url_name: str, *, order: int, capacities: frozenset[str]) -> None:
    """Add a part of the room to its tabs."""
    _tabs[url_name] = Tab(label, url_name, order, capacities)


def tabs_for(user: Actor, path: str) -> list[Tab]:
    """The parts this person uses; the one with the longest address that begins the path is current."""
    held = user.posts.capacities
    shown = [
        replace(tab, url=reverse(tab.url_name))
        for tab in sorted(_tabs.values(), key=lambda t: t.order)
        if tab.capacities & held
    ]
    at = max((tab.url for tab in shown if path.startswith(tab.url)), key=len, default="")
    return [replace(tab, current=tab.url == at) for tab in shown]
