"""What one issued version of an agenda changed against another, as sentences and word by word. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from meetings.tracked import Piece, changes

Line = Mapping[str, Any]
"""One item as a version keeps it: pk, order, type, title, question, minutes, since."""


@dataclass(frozen=True)
class Compared:
    """One item of the later version beside the earlier one; `mark` is "", Added, Changed or Taken off."""

    order: int
    mark: str
    title: tuple[Piece, ...]
    question: tuple[Piece, ...]
    minutes: int
    minutes_before: int | None = None


def changes_between(before: Sequence[Line], after: Sequence[Line]) -> list[str]:
    """Say each change in one sentence: added, taken off, moved, renamed, asked anew, longer or shorter."""
    before = _paired(before, after)
    old = {line["pk"]: line for line in before}
    new = {line["pk"]: line for line in after}
    said = [f"Added: {_named(line)}, {_minutes(line)}" for line in after if line["pk"] not in old]
    said += [f"Taken off: {_named(line)}" for line in before if line["pk"] not in new]
    for pk in _moved(list(old), list(new)):
        said.append(f"Moved: {_named(new[pk])} is now item {new[pk]['order']}")
    for line in after:
        if line["pk"] in old:
            said += _said_of(old[line["pk"]], line)
    return said


def _paired(before: Sequence[Line], after: Sequence[Line]) -> list[Line]:
    """The earlier lines, one taken off and put back by its name counted as the same item."""
    known = {line["pk"] for line in before}
    anew = {line["title"]: line["pk"] for line in after if line["pk"] not in known}
    kept = {line["pk"] for line in after}
    return [
        line if line["pk"] in kept else {**line, "pk": anew.get(line["title"], line["pk"])}
        for line in before
    ]


def _said_of(before: Line, after: Line) -> Iterable[str]:
    if before["title"] != after["title"]:
        yield f"Renamed: {_named(before)} is now {_named(after)}"
    if before["question"] != after["question"]:
        yield f"New line of enquiry: {_named(after)}"
    if before["minutes"] != after["minutes"]:
        yield f"{_named(after)} has {_minutes(after)} instead of {before['minutes']}"


def _named(line: Line) -> str:
    return f"“{line['title']}”"


def _minutes(line: Line) -> str:
    return "1 minute" if line["minutes"] == 1 else f"{line['minutes']} minutes"


def _moved(old: list[int], new: list[int]) -> list[int]:
    """The items that changed places among those that both versions have."""
    was = [pk for pk in old if pk in new]
    now = [pk for pk in new if pk in old]
    kept: set[int] = set()
    for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks():
        kept |= set(now[block.b : block.b + block.size])
    return [pk for pk in now if pk not in kept]


def compare(before: Sequence[Line], after: Sequence[Line]) -> list[Compared]:
    """Each item of the later version against the earlier one, then what was taken off."""
    before = _paired(before, after)
    old = {line["pk"]: line for line in before}
    kept = {line["pk"] for line in after}
    rows = [_beside(old.get(line["pk"]), line) for line in after]
    return rows + [_gone(line) for line in before if line["pk"] not in kept]


def _beside(before: Line | None, after: Line) -> Compared:
    was = before or after
    same = all(was[name] == after[name] for name in ("title", "question", "minutes"))
    mark = "Added" if before is None else "" if same else "Changed"
    return Compared(
        after["order"], mark, changes(was["title"], after["title"]),
        changes(was["question"], after["question"]), after["minutes"],
        was["minutes"] if was["minutes"] != after["minutes"] else None,
    )  # fmt: skip


def _gone(line: Line) -> Compared:
    title, question = changes(line["title"], ""), changes(line["question"], "")
    return Compared(line["order"], "Taken off", title, question, line["minutes"])
