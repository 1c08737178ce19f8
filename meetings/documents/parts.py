"""What an app above prints under the items of a meeting's documents, such as the requests an item is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from meetings.models import Meeting

DocumentPart = Mapping[str, Any]
"""A "title", and "rows" of a label and a text each."""
PartsOf = Callable[[Meeting], Mapping[int, Sequence[DocumentPart]]]
_parts: list[PartsOf] = []


def register_document_parts(function: PartsOf) -> PartsOf:
    """Add what an app above prints, by item; it answers {} for a meeting that is none of its own."""
    if function not in _parts:
        _parts.append(function)
    return function


def document_parts_of(meeting: Meeting) -> dict[int, list[dict[str, Any]]]:
    """What every app above prints about a meeting, by item, as plain data for a snapshot."""
    found: dict[int, list[dict[str, Any]]] = {}
    for function in _parts:
        for item, parts in function(meeting).items():
            found.setdefault(item, []).extend(_plain(part) for part in parts)
    return found


def _plain(part: DocumentPart) -> dict[str, Any]:
    rows = [[str(label), str(text)] for label, text in part.get("rows", ())]
    return {"title": str(part.get("title", "")), "rows": rows}
