"""Names in a record replaced by roles, everywhere; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

TITLES = r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Revd|Lord|Lady)\.?\s+)?"
_TITLE_WORDS = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev",
                "revd", "lord", "lady"}  # fmt: skip


NO_FIRST_NAME = frozenset(
    [
        "Amber",
        "Art",
        "Bill",
        "Chase",
        "Christian",
        "Dawn",
        "Dean",
        "Drew",
        "Faith",
        "Frank",
        "Grace",
        "Grant",
        "Guy",
        "Hope",
        "Ivy",
        "Joy",
        "June",
        "Mark",
        "May",
        "Max",
        "Miles",
        "Page",
        "Pat",
        "Penny",
        "Ray",
        "Rich",
        "Rob",
        "Robin",
        "Rose",
        "Ruby",
        "Sandy",
        "Star",
        "Summer",
        "Sue",
        "Terry",
        "Will",
        "Woody",
        "April",
        "Eve",
        "Hazel",
        "Heather",
        "Holly",
        "Iris",
        "Jade",
        "Lance",
        "Lily",
        "Nick",
        "Olive",
        "Violet",
        "Daisy",
    ]
)
"""First names that are words of their own: alone they are left to whoever reads the copy."""


def patterns_of(names: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """For each person a pattern of the full name in any case, of surname and of first name alone: longest first."""
    whole: dict[str, str] = {}
    alone: dict[str, str] = {}
    for name, role in names.items():
        words = [word for word in _plain(name).split() if not _is_title(word)]
        if not words:
            continue
        first, last = words[0], words[-1]
        for form in (
            " ".join(words),
            f"{first} {last}",
            f"{first[0]}. {last}",
            f"{first[0]} {last}",
        ):
            if len(words) > 1:
                whole.setdefault(form, role)
        alone.setdefault(last, role)
        alone.setdefault(last.upper(), role)
        if len(first) > 2 and first not in NO_FIRST_NAME:
            alone.setdefault(first, role)
    forms = [(form, role, re.IGNORECASE) for form, role in whole.items()]
    forms += [(form, role, re.NOFLAG) for form, role in alone.items()]
    return [
        (re.compile(rf"(?<!\w){TITLES}{_loose(form)}(?!\w)", flags), role)
        for form, role, flags in sorted(forms, key=lambda each: -len(each[0]))
    ]


def _is_title(word: str) -> bool:
    return word.strip(".").casefold() in _TITLE_WORDS


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split())


def _loose(form: str) -> str:
    """The form with either apostrophe, and any space between its words."""
    return re.escape(form).replace(r"\ ", r"\s+").replace("'", "['’]")


def full_names(names: Iterable[str], text: str) -> list[str]:
    """Those of the names that stand in a text with first name and surname."""
    said = _plain(text).casefold()
    found = []
    for name in names:
        words = [word for word in _plain(name).split() if not _is_title(word)]
        full = " ".join(words).casefold()
        if len(words) > 1 and full in said and re.search(rf"(?<!\w){re.escape(full)}(?!\w)", said):
            found.append(name)
    return found


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
    text = unicodedata.normalize("NFC", text)
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
