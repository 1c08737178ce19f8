"""The Strategy Group's agenda, proposed: what asks for its time, in which order, and what has no room.

Pure: candidates and a length in, a proposal out. The same candidates give the same proposal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

REQUESTS, REVIEW, PURCHASE, PRACTICE = "requests", "review", "purchase", "practice"
KINDS = (REQUESTS, REVIEW, PURCHASE, PRACTICE)
"""In the order in which the meeting takes them."""


@dataclass(frozen=True)
class Candidate:
    """One thing that asks for the Group's time, with the reason that the agenda gives."""

    key: str
    """What it is about, such as "requests:3,7" or "review:12"."""
    kind: str
    title: str
    reason: str
    day: dt.date | None = None
    """The day that presses: the training starts, the review is due; the earliest comes first."""


@dataclass(frozen=True)
class Rules:
    """Minutes of the items that are always there, and the least and the most of each kind."""

    welcome: int = 5
    actions: int = 10
    close: int = 5
    least: Mapping[str, int] = field(
        default_factory=lambda: {REQUESTS: 5, REVIEW: 3, PURCHASE: 3, PRACTICE: 5}
    )
    most: Mapping[str, int] = field(
        default_factory=lambda: {REQUESTS: 12, REVIEW: 6, PURCHASE: 6, PRACTICE: 10}
    )


@dataclass(frozen=True)
class Placed:
    """A candidate on the agenda, with its minutes."""

    candidate: Candidate
    minutes: int


@dataclass(frozen=True)
class Proposal:
    """What the agenda holds and what it does not; together they are all candidates."""

    welcome: int
    actions: int
    close: int
    chosen: tuple[Placed, ...]
    left: tuple[Candidate, ...]

    @property
    def total(self) -> int:
        fixed = self.welcome + self.actions + self.close
        return fixed + sum(placed.minutes for placed in self.chosen)


DEFAULT_RULES = Rules()


def propose(
    candidates: Iterable[Candidate], *, length: int, rules: Rules = DEFAULT_RULES
) -> Proposal:
    """An agenda within the meeting's length: the first of each kind, then by kind and day.

    Each gets its least minutes while there is room; what is left over is spread, never over the most of
    its kind. A meeting too short for all fixed items keeps the close, then the welcome, then the actions.
    """
    free, fixed = length, {}
    for name in ("close", "welcome", "actions"):
        wanted = getattr(rules, name)
        fixed[name] = wanted if wanted <= free else 0
        free -= fixed[name]
    chosen: dict[str, int] = {}
    ranked = _ranked(candidates)
    for candidate in ranked:
        least = rules.least[candidate.kind]
        if least <= free:
            chosen[candidate.key] = least
            free -= least
    _spread(chosen, ranked, free, rules.most)
    placed = [Placed(c, chosen[c.key]) for c in ranked if c.key in chosen]
    placed.sort(key=lambda p: _order(p.candidate))
    left = sorted((c for c in ranked if c.key not in chosen), key=_order)
    return Proposal(chosen=tuple(placed), left=tuple(left), **fixed)


def _order(candidate: Candidate) -> tuple[int, dt.date, str, str]:
    return (
        KINDS.index(candidate.kind),
        candidate.day or dt.date.max,
        candidate.title,
        candidate.key,
    )


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """By kind and day, with the first of each kind before every second one: no kind is crowded out."""
    ordered = sorted({c.key: c for c in candidates}.values(), key=_order)
    first = {c.kind: c for c in reversed(ordered)}
    return sorted(ordered, key=lambda c: (first[c.kind] is not c, *_order(c)))


def _spread(
    chosen: dict[str, int], ranked: Sequence[Candidate], free: int, most: Mapping[str, int]
) -> None:
    """Give what is left out, a minute each in turn, to those with less than the most."""
    growing = [c for c in ranked if c.key in chosen]
    while free > 0 and growing:
        for candidate in list(growing):
            if free == 0:
                return
            if chosen[candidate.key] >= most[candidate.kind]:
                growing.remove(candidate)
                continue
            chosen[candidate.key] += 1
            free -= 1


# -- what is alike -------------------------------------------------------------------------------

ENOUGH = 0.5
"""How much of the words of two titles must be the same."""


@dataclass(frozen=True)
class Asked:
    """What of a request says whether another is like it."""

    pk: int
    school: int
    provider: str
    words: frozenset[str] = frozenset()
    """The stems of its title that tell what it is about."""
    purchases: frozenset[int] = frozenset()


def groups_of(asked: Iterable[Asked]) -> list[tuple[int, ...]]:
    """Requests put together when alike and of different schools, each in one group, in order of their keys.

    Alike: in one open shared purchase, with one provider, or with titles that say the same.
    """
    rows = sorted(asked, key=lambda a: a.pk)
    group = {a.pk: a.pk for a in rows}
    for index, one in enumerate(rows):
        for other in rows[index + 1 :]:
            if one.school != other.school and are_alike(one, other):
                old, new = sorted((group[one.pk], group[other.pk]), reverse=True)
                group = {pk: new if root == old else root for pk, root in group.items()}
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(group[row.pk], []).append(row.pk)
    return [tuple(found[root]) for root in sorted(found)]


def are_alike(one: Asked, other: Asked) -> bool:
    """ "Could buy once": the same purchase, the same provider, or the same topic."""
    if one.purchases & other.purchases:
        return True
    provider = _plain(one.provider)
    if provider and provider == _plain(other.provider):
        return True
    both = one.words & other.words
    return len(both) > 1 and len(both) / len(one.words | other.words) >= ENOUGH


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
