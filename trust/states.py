"""The one mechanism that changes a `state`: a table of moves as data, and `transition()` (ADR 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, TypeVar

import pgtrigger
from django.db import models, transaction

from trust.access import Actor, Conflict, NotAllowed, require, rule_named
from trust.audit import record
from trust.calendar import now


@dataclass(frozen=True)
class Move:
    """One verb of a machine: from which states, to which, under which rule."""

    verb: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    """Where it leads; the caller says which when there are several."""
    rule: str = ""
    """Name of the rule that must allow it; "" when only the software makes it."""
    stamp: str = ""
    """Name of the datetime field set to the time of the move, and `<stamp without _at>_by`."""
    by_software: bool = False
    needs_reason: str = ""
    """Name of the field that must hold a reason."""


@dataclass(frozen=True)
class Machine:
    """All states of a noun with their labels, and every move between them."""

    name: str
    states: dict[str, str]
    moves: tuple[Move, ...]
    initial: str
    final: tuple[str, ...] = ()
    _by_verb: dict[str, Move] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for move in self.moves:
            unknown = {*move.sources, *move.targets} - set(self.states)
            if unknown or move.verb in self._by_verb:
                raise ValueError(f"{self.name}.{move.verb}: {unknown or 'named twice'}")
            self._by_verb[move.verb] = move

    def move(self, verb: str) -> Move:
        return self._by_verb[verb]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return list(self.states.items())

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every (from, to) that some move makes."""
        seen = {(s, t) for move in self.moves for s in move.sources for t in move.targets}
        yield from sorted(pair for pair in seen if pair[0] != pair[1])


machines: dict[str, Machine] = {}
"""Every machine by the label of its model, for the diagrams and the tests."""

M = TypeVar("M", bound=models.Model)


def transition(
    obj: M,
    verb: str,
    *,
    by: Actor | None,
    to: str | None = None,
    acted_as: str = "",
    acted_for: int | None = None,
    detail: dict[str, Any] | None = None,
    **fields: Any,
) -> M:
    """Make one move of an object's machine, in one transaction, with its stamp and its audit row.

    Takes the row with `select_for_update` and asks the rule about the row as it is now. Returns `obj`
    with its new values. Raises NotAllowed with the rule's reason, Conflict when the row has moved on.
    """
    machine: Machine = obj.machine  # type: ignore[attr-defined]
    move = machine.move(verb)
    with transaction.atomic():
        row = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        state: str = row.state  # type: ignore[attr-defined]
        if state not in move.sources:
            raise Conflict(f"This is now: {machine.states[state].lower()}. Nothing was changed")
        _ask_rule(move, row, by)
        target = to or move.targets[0]
        if target not in move.targets:
            raise Conflict(f"{verb} does not lead to {target}")
        if move.needs_reason and not str(fields.get(move.needs_reason) or "").strip():
            raise Conflict("Give a reason")
        changes: dict[str, Any] = {**fields, "state": target, **_stamps(row, move, by)}
        for name, value in changes.items():
            setattr(row, name, value)
            setattr(obj, name, value)
        row.save(update_fields=list(changes))
        record(
            verb, row, by=by, acted_as=acted_as, acted_for=acted_for,
            **{"from": state, "to": target, **(detail or {})},
        )  # fmt: skip
    return obj


def _ask_rule(move: Move, row: models.Model, by: Actor | None) -> None:
    if by is None:
        if not move.by_software:
            raise NotAllowed("Only a person can do this")
    elif not move.rule:
        raise NotAllowed("Only the software does this")
    else:
        require(rule_named(move.rule)(by, row))


def _stamps(row: models.Model, move: Move, by: Actor | None) -> dict[str, Any]:
    if not move.stamp:
        return {}
    stamps: dict[str, Any] = {move.stamp: now()}
    who = move.stamp.removesuffix("_at") + "_by"
    if who in {f.name for f in row._meta.get_fields()}:
        stamps[who] = by
    return stamps


def fsm(machine: Machine) -> pgtrigger.FSM:
    """The same table as a trigger: PostgreSQL refuses a state change that no move makes."""
    return pgtrigger.FSM(
        name=f"{machine.name}_moves",
        field="state",
        transitions=list(machine.pairs()),
    )


def frozen(name: str, fields: Iterable[str], *, when: pgtrigger.Q) -> pgtrigger.Protect:
    """A trigger that refuses a change of the fields while `when` holds of the old row."""
    changed = reduce(
        or_, (pgtrigger.Q(**{f"old__{f}__df": pgtrigger.F(f"new__{f}")}) for f in fields)
    )
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update, condition=when & changed)


def kept(name: str, *, when: pgtrigger.Q | None = None) -> pgtrigger.Protect:
    """A trigger that refuses to delete a row (while `when` holds of it)."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete, condition=when)
