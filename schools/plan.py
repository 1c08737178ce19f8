"""What an import would do: the file's schools against those held, without a clock or a database."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class HeldSchool:
    """A school as the trust has it now."""

    urn: int
    name: str
    values: Mapping[str, Any]
    left_on: dt.date | None
    links: frozenset[tuple[int, int, str, str, dt.date | None]] = frozenset()


@dataclass(frozen=True)
class FileSchool:
    """A school of the trust as the file has it."""

    urn: int
    values: Mapping[str, Any]
    is_open: bool
    joined_on: dt.date | None = None
    links: tuple[tuple[int, int, str, str, dt.date | None], ...] = ()


@dataclass(frozen=True)
class FieldChange:
    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class SchoolChange:
    urn: int
    name: str
    values: tuple[FieldChange, ...]


@dataclass(frozen=True)
class NewSchool:
    urn: int
    name: str
    facts: str
    joined_on: dt.date | None


@dataclass(frozen=True)
class LeftSchool:
    urn: int
    name: str
    left_on: dt.date
    reason: str


@dataclass(frozen=True)
class ImportPlan:
    """New, changed, left, unchanged and refused: shown first, then done."""

    new: tuple[NewSchool, ...]
    changed: tuple[SchoolChange, ...]
    left: tuple[LeftSchool, ...]
    unchanged: tuple[tuple[int, str], ...]
    links: tuple[tuple[int, tuple[int, int, str, str, dt.date | None]], ...]
    """School and link, for links not held yet or held otherwise."""
    refused_rows: int

    @property
    def key(self) -> str:
        """A mark of exactly this plan: another one when a school was changed meanwhile."""
        text = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "values": sum(len(change.values) for change in self.changed),
            "left": len(self.left),
            "unchanged": len(self.unchanged),
            "refused": self.refused_rows,
            "links": len(self.links),
        }

    @property
    def changes_nothing(self) -> bool:
        return not (self.new or self.changed or self.left or self.links)


@dataclass(frozen=True)
class Circumstances:
    """What else bears on an import: the labels of fields, where known schools are, and the day."""

    labels: Mapping[str, str]
    elsewhere: Mapping[int, str]
    refused_urns: frozenset[int]
    refused_rows: int
    is_first: bool
    day: dt.date


def plan_of(
    file: Mapping[int, FileSchool], held: Mapping[int, HeldSchool], about: Circumstances
) -> ImportPlan:
    """Compare the file with what is held; a refused school keeps what it has, a closed one is not added."""
    new, changed, unchanged = [], [], []
    for urn, school in sorted(file.items()):
        if urn in about.refused_urns:
            continue
        if urn not in held:
            if school.is_open:
                new.append(_new(school, about))
            continue
        values = _changes(school, held[urn], about.labels)
        if values:
            changed.append(SchoolChange(urn, held[urn].name, values))
        elif school.is_open:
            unchanged.append((urn, held[urn].name))
    left = [_left(h, file.get(h.urn), about) for h in held.values() if _is_gone(h, file, about)]
    taken = {n.urn for n in new} | set(held)
    links = [
        (urn, link)
        for urn, school in sorted(file.items())
        if urn in taken and urn not in about.refused_urns
        for link in school.links
        if urn not in held or link not in held[urn].links
    ]
    return ImportPlan(
        new=tuple(sorted(new, key=lambda n: n.name.casefold())),
        changed=tuple(sorted(changed, key=lambda c: c.name.casefold())),
        left=tuple(sorted(left, key=lambda each: each.name.casefold())),
        unchanged=tuple(sorted(unchanged, key=lambda u: u[1].casefold())),
        links=tuple(links),
        refused_rows=about.refused_rows,
    )


def _is_gone(held: HeldSchool, file: Mapping[int, FileSchool], about: Circumstances) -> bool:
    if held.left_on or held.urn in about.refused_urns:
        return False
    return held.urn not in file or not file[held.urn].is_open


def _left(held: HeldSchool, school: FileSchool | None, about: Circumstances) -> LeftSchool:
    closed = school.values.get("closed_on") if school else None
    if school:
        reason = str(school.values["status"]).lower()
    else:
        reason = about.elsewhere.get(held.urn, "no longer in the file")
    return LeftSchool(held.urn, held.name, closed or about.day, reason)


def _new(school: FileSchool, about: Circumstances) -> NewSchool:
    joined = school.joined_on or (None if about.is_first else about.day)
    return NewSchool(school.urn, school.values["name"], _facts(school.values), joined)


def _facts(values: Mapping[str, Any]) -> str:
    facts = [str(values.get("phase") or "")]
    if values.get("low_age") is not None and values.get("high_age") is not None:
        facts.append(f"{values['low_age']} to {values['high_age']}")
    if values.get("capacity"):
        facts.append(f"{values['capacity']:,} places")
    return ", ".join(fact for fact in facts if fact)


def _changes(
    school: FileSchool, held: HeldSchool, labels: Mapping[str, str]
) -> tuple[FieldChange, ...]:
    found = [
        FieldChange(name, labels[name], shown(held.values[name]), shown(value))
        for name, value in school.values.items()
        if held.values[name] != value
    ]
    if school.is_open and held.left_on:
        found.append(FieldChange("left_on", "Left the trust", shown(held.left_on), shown(None)))
    return tuple(found)


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
