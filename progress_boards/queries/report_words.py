"""The Chair's words as pages show them: each statement with its references as links, and the way to its thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from progress_boards.citations import Piece, cut, statements_of
from progress_boards.models import ReportSection
from progress_boards.queries.report_addresses import anchor_of, statement_url

HELD = ("Final", "Held")


@dataclass(frozen=True)
class Citable:
    """A reference offered to whoever writes: what it names, and its thread where the writer may follow it."""

    ref: str
    words: str
    url: str


@dataclass(frozen=True)
class Line:
    """One statement of a section: its words in pieces, where it stands on the page, and its thread."""

    pieces: tuple[Piece, ...]
    anchor: str = ""
    thread_url: str = ""


def citable_in(
    facts: Mapping[str, Any], section: ReportSection, links: Mapping[str, str]
) -> list[Citable]:
    """What a section may cite: of a school its boards, lines of enquiry and actions; else every board held."""
    if section.school_id is None:
        told = [(b.get("ref"), b["label"]) for b in facts["boards"] if b["state"].startswith(HELD)]
    else:
        own = next((s for s in facts["schools"] if s["id"] == section.school_id), None)
        told = _of_school(own, facts["boards"]) if own else []
    return [Citable(ref, words, links.get(ref, "")) for ref, words in told if ref]


def _of_school(
    own: Mapping[str, Any], boards: Iterable[Mapping[str, Any]]
) -> list[tuple[str | None, str]]:
    return [
        *((b.get("ref"), f"{b['half_term']}, {b['day']}") for b in boards if b["id"] in own["boards"]),
        *((e.get("ref"), e["title"]) for e in own["enquiries"]),
        *((ref, "Action, open" if ref in own["open"] else "Action") for ref in own.get("actions", ())),
    ]  # fmt: skip


def plain_lines(text: str, links: Mapping[str, str]) -> tuple[Line, ...]:
    """The statements of words that are no part of the report."""
    return tuple(Line(tuple(cut(words, links))) for words in statements_of(text))


def lines_of(section: ReportSection, links: Mapping[str, str]) -> tuple[Line, ...]:
    """The statements of a section in their order, numbered from one."""
    return tuple(
        Line(tuple(cut(words, links)), anchor_of(section, n), statement_url(section, n))
        for n, words in enumerate(statements_of(section.text), 1)
    )
