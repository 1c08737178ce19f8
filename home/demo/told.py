"""The boards of both years as the story tells them, put together from its files."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from home.demo.timeline import at, story

KEYS = ("A1", "A2", "Sp1", "Sp2", "Su1", "Su2")


@dataclass
class Told:
    """One board as the story tells it."""

    school: str
    half_term: str
    at: dt.datetime
    items: list[dict[str, Any]] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)
    is_timed: bool = False
    """Whether the clerk kept the clock of its items."""


def last_year() -> list[Told]:
    """The boards of 2025 to 2026, put together from themes, closings and actions."""
    told = story("boards_2025")
    return [
        Told(
            school,
            key,
            at(day, told["clock"][school]),
            [_theme_item(t, key) for t in told["themes"] if t["school"] == school and key in t["minutes"]],
            _closing(told, school, key),
        )
        for school, dates in told["dates"].items()
        for key, day in dates.items()
    ]  # fmt: skip


def _theme_item(theme: dict[str, Any], key: str) -> dict[str, Any]:
    letter, direction, discussion, asked_by, question, response = theme["minutes"][key]
    return {
        "type": "enquiry", "title": theme["title"], "question": theme["question"], "minutes": 14,
        "indicator": theme["indicator"], "by": theme["by"], "discussion": discussion,
        "challenges": [[asked_by, question, response, ""]], "judgement": [letter, direction, ""],
    }  # fmt: skip


def _closing(told: dict[str, Any], school: str, key: str) -> dict[str, Any]:
    half, holds, reason, words = next(c for c in told["close"][school] if c[0] == key)
    before = KEYS[: KEYS.index(half)]
    return {
        "holds": holds, "holds_reason": reason, "closing": words,
        "actions": [a for a in told["actions"][school] if a[0] == key],
        "former": [[text, fate] for half_term, text, _, _, fate in told["actions"][school] if half_term in before],
        "look_again": holds == "no" and key == "Su2",
    }  # fmt: skip


def this_year() -> list[Told]:
    """The boards of 2026 to 2027, those to come without items."""
    told = story("boards_2026")
    boards = [
        Told(
            b["school"], b["half_term"], at(b["at"][:10], b["at"][11:]), b.get("items", []), b, True
        )
        for b in told["boards"]
    ]
    later = [
        Told(school, key, at(when[:10], when[11:]), [], {"scheduled_only": True})
        for school, dates in told["later"].items()
        for key, when in dates.items()
    ]
    return boards + later
