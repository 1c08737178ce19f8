"""The Strategy Group as a kind of meeting, as plain data."""

from __future__ import annotations

STRATEGY_GROUP = "strategy-group"

READERS = ["ceo", "dsi", "head", "cfo", "clerk", "seat:leader"]

ACTS: dict[str, list[str]] = {
    "read_schedule": ["ceo", "dsi", "head", "cfo", "clerk"],
    "schedule": ["ceo", "dsi", "clerk"],
    "cancel": ["ceo", "dsi"],
    "read_agenda_draft": ["ceo", "dsi", "clerk"],
    "prepare": ["ceo", "dsi", "clerk"],
    "issue_agenda": ["ceo", "dsi", "clerk"],
    "read_agenda": READERS,
    "read_minutes_draft": ["seat:clerk", "dsi"],
    "minute": ["seat:clerk", "dsi"],
    "sign": ["dsi"],
    "read_minutes": READERS,
    "close_actions": ["ceo", "dsi"],
}
"""Nothing here is answered by a school and nothing is approved: the Group advises."""

KINDS: dict[str, dict[str, object]] = {
    STRATEGY_GROUP: {
        "name": "School Improvement Strategy Group",
        "minutes_length": 90,
        "has_external_chair": False,
        "required_roles": ["dsi", "ceo"],
        "is_of_a_school": False,
        "acts": ACTS,
        "steps": {
            "chair_sees_agenda": "off",
            "papers": False,
            "accuracy_check": False,
            "judgement_per_item": False,
            "fills_its_time": False,
            "required_items": [],
        },
        "offsets": {"draft": -10, "ceo": -6, "issued": -5, "leaders": -5, "papers": -5, "pack": -5},
        "words": {
            "issued": "With the group",
            "with_chair": "Minutes to sign",
            "step:issued": "With the group",
        },
    }
}

SEATS = ("dsi", "ceo", "clerk")
"""The seats laid at every meeting; headteachers of the trust's schools are seated beside them."""
