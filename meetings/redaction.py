"""Names in a record replaced by roles, everywhere; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

TITLES = r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Revd|Lord|Lady)\.?\s+)?"
_TITLE_WORDS = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev"}


def patterns_of(names: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """For each person a pattern of the full name, and of the surname alone: longest first."""
    forms: dict[str, str] = {}
    for name, role in names.items():
        words = [word for word in name.split() if word.strip(".").casefold() not in _TITLE_WORDS]
        if not words:
            continue
        initials = [f"{word[0]}. {words[-1]}" for word in words[:1] if len(words) > 1]
        for form in (" ".join(words), *initials, words[-1]):
            forms.setdefault(_plain(form), role)
    return [
        (re.compile(rf"(?<!\w){TITLES}{_loose(form)}(?!\w)"), role)
        for form, role in sorted(forms.items(), key=lambda pair: -len(pair[0]))
    ]


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def _loose(form: str) -> str:
    """The form with either apostrophe, and any space between its words."""
    return re.escape(form).replace(r"\ ", r"\s+").replace("'", "['’]")


def redacted(
    value: Any, patterns: Iterable[tuple[re.Pattern[str], str]], keep: Iterable[str] = ()
) -> Any:
    """A snapshot with every name replaced; the values of the keys in `keep` stay."""
    patterns, keep = list(patterns), frozenset(keep)
    if isinstance(value, str):
        return _replaced(value, patterns)
    if isinstance(value, Mapping):
        return {
            key: each if key in keep else redacted(each, patterns, keep)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(each, patterns, keep) for each in value]
    return value


def _replaced(text: str, patterns: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, role in patterns:
        text = pattern.sub(role.replace("\\", r"\\"), text)
    # "External Chair (External Chair)" and "Maths lead (maths lead)" say it once.
    return re.sub(r"\b([^;:.()]+?) \((?i:\1)\)", r"\1", text)


def read_words(lines: str) -> tuple[dict[str, str], list[str]]:
    """Words somebody adds, "name = role" a line each; and the lines that say no such thing."""
    found: dict[str, str] = {}
    strange: list[str] = []
    for line in lines.splitlines():
        name, equals, role = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if name and equals and role:
            found[name] = role
        else:
            strange.append(line.strip())
    return found, strange
