"""Settings as data: what may be set, by what default, in which words, and where it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model

from trust.models import TrustProfile

Values = Mapping[str, Any]
Check = Callable[[Values], dict[str, str]]


@dataclass(frozen=True)
class Setting:
    """One thing the trust may set: a whole number, or one of its choices."""

    name: str
    label: str
    default: Any
    field: str
    """The JSON field of the part's row that keeps it."""
    help: str = ""
    choices: tuple[tuple[Any, str], ...] = ()
    unit: str = ""
    least: int = 0
    most: int = 100
    sign: int = 1
    """-1: typed as so many days before, and kept as a negative number."""
    key: str = ""
    """Under which the field keeps it, where that is not its name."""
    always_written: bool = False
    """Kept even where it is the default, because the field is copied as it stands."""

    def words(self, value: Any) -> str:
        """A value as its readers say it."""
        if self.choices:
            return str(dict(self.choices).get(value, value))
        shown = self.sign * value
        unit = self.unit.replace("days", "day", 1) if shown == 1 else self.unit
        return f"{shown} {unit}".strip()


@dataclass(frozen=True)
class Preset:
    """Values of every setting that go together, put in at once."""

    slug: str
    title: str
    values: Values


@dataclass(frozen=True)
class Example:
    """What the settings come to in one case: a sentence, and its dates."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()


def _sound(values: Values) -> dict[str, str]:
    return {}


def _none(values: Values) -> Iterable[Example]:
    return ()


@dataclass(frozen=True)
class Part:
    """Settings on one page, kept in one row."""

    slug: str
    title: str
    lede: str
    takes_effect: str
    """What follows them from when, and what stays as it was."""
    row: Model
    settings: tuple[Setting, ...]
    presets: tuple[Preset, ...] = ()
    check: Check = _sound
    """Setting → what is wrong with values that are each in their bounds."""
    examples: Callable[[Values], Iterable[Example]] = _none
    default_title: str = "Default"

    @property
    def titles_beside(self) -> list[str]:
        """What stands beside a value: each preset, or the default."""
        return [preset.title for preset in self.presets] or [self.default_title]

    @property
    def values(self) -> dict[str, Any]:
        """What is in force."""
        return {s.name: self._kept(s).get(s.key or s.name, s.default) for s in self.settings}

    def said(self, changed: Values) -> list[str]:
        """Values in words, each with the name of its setting."""
        return [
            f"{s.label}: {s.words(changed[s.name])}" for s in self.settings if s.name in changed
        ]

    def differing(self) -> list[str]:
        """What is not as it came, in words."""
        values = self.values
        return self.said(
            {s.name: values[s.name] for s in self.settings if values[s.name] != s.default}
        )

    def based_on(self) -> str:
        """The values as a form carries them, to tell whether somebody else changed them since."""
        return json.dumps(self.values, sort_keys=True)

    def since(self, based_on: str) -> dict[str, Any]:
        """What is otherwise than it was when a form was opened."""
        try:
            was = dict(json.loads(based_on))
        except (TypeError, ValueError, RecursionError):
            return self.values
        return {name: value for name, value in self.values.items() if was.get(name) != value}

    def put(self, changed: Values) -> set[str]:
        """Write values into the row's fields, unsaved; what is the default is left out. Returns the fields."""
        for setting in self.settings:
            if setting.name not in changed:
                continue
            kept, value = dict(self._kept(setting)), changed[setting.name]
            kept.pop(key := setting.key or setting.name, None)
            if value != setting.default or setting.always_written:
                kept[key] = value
            setattr(self.row, setting.field, kept)
        return {s.field for s in self.settings if s.name in changed}

    def of(self, row: Model) -> Part:
        """The same part read from another copy of its row."""
        return replace(self, row=row)

    def _kept(self, setting: Setting) -> dict[str, Any]:
        kept: dict[str, Any] = getattr(self.row, setting.field)
        return kept


Provider = Callable[[TrustProfile], Iterable[Part]]
_providers: dict[str, tuple[int, Provider]] = {}


def register_parts(name: str, provide: Provider, *, order: int) -> None:
    """Add a room's settings to the page."""
    _providers[name] = (order, provide)


def parts() -> list[Part]:
    """Every part, in order."""
    profile = TrustProfile.current()
    ordered = sorted(_providers.values(), key=lambda each: each[0])
    return [part for _, provide in ordered for part in provide(profile)]
