"""Finds what looks like a pupil in typed words, so that a person can take it out (pure)."""

from __future__ import annotations

import re

_PATTERNS = (
    # A unique pupil number: a check letter, eleven digits, then a digit or a letter.
    ("a pupil number", re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[A-HJ-NP-RT-Z\d]\b")),
    ("a date of birth", re.compile(r"\bD\.?O\.?B\.?\b|\bdate of birth\b|\bborn on\b", re.IGNORECASE)),
    # Initials beside a year group: "J.S. in Year 4", "AB (Y4)".
    (
        "initials with a year group",
        re.compile(r"\b(?:[A-Z]\.\s?[A-Z]\.?|(?!RE\b|PE\b|IT\b|DT\b|KS\b|EY\b|TA\b)[A-Z]{2})\s*,?\s*(?:\(|in\s+|of\s+)?(?:Year\s|Yr\s?|Y)\d{1,2}\b"),
    ),
)  # fmt: skip


def pupil_traces(*texts: str) -> list[str]:
    """What the texts seem to hold, in words, each once and with the place it was found."""
    found = []
    for words, pattern in _PATTERNS:
        match = next((m for m in map(pattern.search, texts) if m), None)
        if match:
            found.append(f"{words} (“{match.group(0).strip()}”)")
    return found
