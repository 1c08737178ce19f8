"""The Progress Board as a kind of meeting: its hour, its seats and who may do what, as plain data."""

from __future__ import annotations

PROGRESS_BOARD = "progress-board"

ACTS: dict[str, list[str]] = {
    "read_schedule": [
        "ceo", "ceo_representative", "dsi", "head", "leader", "link_trustee", "trustee", "chair",
        "clerk", "local_committee", "lead_chair",
    ],
    "schedule": ["ceo", "dsi", "clerk"],
    "cancel": ["ceo"],
    "read_agenda_draft": ["ceo", "ceo_representative", "dsi", "seat:chair", "seat:clerk"],
    "prepare": ["ceo", "ceo_representative", "dsi"],
    "issue_agenda": ["ceo"],
    "check_agenda": ["seat:chair"],
    "read_agenda": [
        "ceo", "ceo_representative", "dsi", "head", "leader", "link_trustee", "seat:link_trustee",
        "seat:chair", "clerk",
    ],
    # "school leaders decide which leader in their school will respond to which item" (seed 1): nobody else.
    "assign": ["head"],
    "add_papers": ["head", "leader"],
    "read_minutes_draft": ["seat:clerk", "seat:chair"],
    "minute": ["seat:clerk"],
    "sign": ["seat:chair"],
    "check_accuracy": ["seat:head", "seat:ceo", "seat:link_trustee", "seat:leader"],
    "read_minutes": [
        "ceo", "ceo_representative", "dsi", "head", "leader", "link_trustee", "trustee", "chair",
        "clerk", "local_committee", "lead_chair",
    ],
    "review": ["link_trustee"],
    "close_actions": ["ceo", "dsi"],
}  # fmt: skip

KINDS: dict[str, dict[str, object]] = {
    PROGRESS_BOARD: {
        "name": "Progress Board",
        # "Progress Boards last for one hour" (seed 1).
        "minutes_length": 60,
        "has_external_chair": True,
        "required_roles": ["chair", "ceo", "link_trustee", "head"],
        "is_of_a_school": True,
        "acts": ACTS,
    }
}

SEATS = ("chair", "ceo", "link_trustee", "head", "clerk")
"""The seats laid at every board. The clerk's time is kept too, but a board is fully attended without one."""
