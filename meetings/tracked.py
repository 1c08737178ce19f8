"""What somebody changed in a text, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """A run of words: kept, added or removed."""

    kind: str
    text: str


def changes(before: str, after: str) -> tuple[Piece, ...]:
    """Return the text after as pieces, with what was taken out shown where it stood."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("kept", "".join(new[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(new[j1:j2])))
    return tuple(pieces)


def count(pieces: tuple[Piece, ...]) -> int:
    """Return how many places were changed: a word put in another's place is one."""
    places = 0
    inside = False
    for piece in pieces:
        if piece.kind == "kept":
            inside = False
        elif not inside:
            places, inside = places + 1, True
    return places
