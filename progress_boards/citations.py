"""References standing in words, such as ALD-26-A2/3: found, cut out as pieces, and put at the end of statements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

REFERENCE = re.compile(
    r"(?<![\w/-])(?=[A-Z0-9]*[A-Z])[A-Z0-9]{1,12}(?=[\w-]*\d)"
    r"(?:-[A-Za-z0-9]{1,12}){1,4}(?:/\d{1,3})?(?![\w/]|-\w)"
)
"""A code in capitals, and what follows it after dashes, with the number of an item after a stroke."""


@dataclass(frozen=True)
class Piece:
    """Some words, and where they lead when they are a reference that its reader may follow."""

    words: str
    url: str = ""


def statements_of(text: str) -> list[str]:
    """A text as its statements: what was typed on lines of its own stays so."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def cited_in(words: str) -> list[str]:
    """The references in some words, each once, in their order."""
    return list(dict.fromkeys(REFERENCE.findall(words)))


def cut(words: str, links: Mapping[str, str]) -> list[Piece]:
    """The words in pieces, those references apart that lead somewhere."""
    found, end = [], 0
    for match in REFERENCE.finditer(words):
        if url := links.get(match.group()):
            found += [Piece(words[end : match.start()]), Piece(match.group(), url)]
            end = match.end()
    return [piece for piece in (*found, Piece(words[end:])) if piece.words]


def cite(text: str, ref: str) -> str:
    """The text with a reference in brackets at the end of each of its statements that has not got it."""
    return "\n\n".join(
        words if ref in cited_in(words) else _cite(words, ref) for words in statements_of(text)
    )


def _cite(words: str, ref: str) -> str:
    end = "." if words.endswith(".") else ""
    return f"{words.removesuffix('.')} ({ref}){end}"
