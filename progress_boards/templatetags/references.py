"""References standing in words, as links where the reader of the page may follow them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from progress_boards.citations import cut

register = template.Library()


@register.inclusion_tag("progress_boards/pieces.html")
def referenced(words: str, links: Mapping[str, str]) -> dict[str, Any]:
    """The words, each reference in `links` leading to its thread; all of them escaped."""
    return {"pieces": cut(words, links)}
