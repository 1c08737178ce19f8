"""What other parts of training show on a request's page: a registry, so that the page knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cpd.models import CpdRequest
from trust.people.models import User


@dataclass(frozen=True)
class Panel:
    """A template, given `content` under that name, `cpd_request`, and the page's own context."""

    template: str
    content: Any


PanelOf = Callable[[CpdRequest, User], "Panel | None"]
_panels: dict[PanelOf, int] = {}


def register_panel(function: PanelOf, *, order: int) -> None:
    """Add what a part shows on a request's page; it answers None when it has nothing for this reader."""
    _panels[function] = order


def panels_for(cpd_request: CpdRequest, user: User) -> list[Panel]:
    """Every panel of the request's page for this reader, in order."""
    found = (make(cpd_request, user) for make in sorted(_panels, key=lambda f: _panels[f]))
    return [panel for panel in found if panel is not None]
