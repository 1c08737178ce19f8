"""The bands and levels of support a trust starts with, as plain data."""

from __future__ import annotations

from typing import Any, Final

# Each level contains the one before it (seed 2: all schools are supported, so the first is never nothing).
UNIVERSAL: Final = [
    "One quality assurance review a year",
    "Trust networks",
    "The training offer",
    "One external safeguarding review a year",
]
TARGETED: Final = [
    *UNIVERSAL,
    "A named system leader",
    "3 to 6 days of support",
    "A review each term",
]
INTENSIVE: Final = [
    *TARGETED,
    "A written support plan",
    "Contact every week or fortnight",
    "An external school improvement partner",
    "10 days of support or more",
    "The Link Trustee briefed each half term",
]

LEVELS: Final[list[dict[str, Any]]] = [
    {"order": 1, "name": "Universal", "contents": UNIVERSAL},
    {"order": 2, "name": "Targeted", "contents": TARGETED},
    {"order": 3, "name": "Intensive", "contents": INTENSIVE},
]

# `level` is the order of the level each band suggests. Termly boards are 3 a year, half-termly 6 (seed 1).
BANDS: Final[list[dict[str, Any]]] = [
    {
        "position": 1,
        "name": "Green",
        "letter": "G",
        "shape": "circle",
        "tone": "g",
        "boards_per_year": 3,
        "also_allowed": None,
        "level": 1,
    },
    {
        "position": 2,
        "name": "Amber",
        "letter": "A",
        "shape": "diamond",
        "tone": "a",
        "boards_per_year": 6,
        "also_allowed": 3,
        "level": 2,
    },
    {
        "position": 3,
        "name": "Red",
        "letter": "R",
        "shape": "square",
        "tone": "r",
        "boards_per_year": 6,
        "also_allowed": None,
        "level": 3,
    },
]

NOT_RATED_BOARDS: Final = 3
