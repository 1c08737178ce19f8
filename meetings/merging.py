"""Two texts of one item put together: what both say stands once, what only one says stands too."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\n+|[^\S\n]+|\S+")


def together(there: str, typed: str) -> str:
    """Return one text that holds every word of both; a passage they share stands once.

    Nothing is decided here: where they differ, the text that is there comes first, and a person reads it.
    """
    if not there.strip() or not typed.strip():
        return there if there.strip() else typed
    old, new = _WORDS.findall(there), _WORDS.findall(typed)
    runs = [_run(old[i1:i2], new[j1:j2]) for i1, i2, j1, j2 in _stretches(old, new)]
    return "".join(runs)


def _stretches(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Where the two agree and where they differ; a blank alone between two differences is no agreement."""
    joined: list[tuple[bool, int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = tag == "equal" and bool("".join(old[i1:i2]).strip())
        if joined and not same and not joined[-1][0]:
            _, first, _, begun, _ = joined.pop()
            joined.append((False, first, i2, begun, j2))
        else:
            joined.append((same, i1, i2, j1, j2))
    return [stretch for _, *stretch in joined]  # type: ignore[misc]


def _run(old: list[str], new: list[str]) -> str:
    there, typed = "".join(old), "".join(new)
    if there == typed:
        return there
    if not there.strip() or not typed.strip():
        return typed if typed.strip() else there
    blank = "" if there[-1:].isspace() or typed[:1].isspace() else " "
    return f"{there}{blank}{typed}"
