"""References standing in words, as links where the reader of the page may follow them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from progress_boards.citations import Piece, cut

register = template.Library()


@register.simple_tag
def linked(pieces: Iterable[Piece]) -> SafeString:
    """Words in pieces, those with an address as links; all of them escaped."""
    return format_html_join("", "{}", ((_shown(piece),) for piece in pieces))


@register.simple_tag
def referenced(words: str, links: Mapping[str, str]) -> SafeString:
    """The words, each reference in `links` leading to its thread."""
    return linked(cut(words, links))


def _shown(piece: Piece) -> str:
    return format_html('<a href="{}">{}</a>', piece.url, piece.words) if piece.url else piece.words
