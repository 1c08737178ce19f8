"""What somebody else saved of a priority while a form of it was open."""

from __future__ import annotations

from collections.abc import Mapping

from improvement.models import Priority

LABELS = {
    "title": "Title",
    "outcome": "What pupils will do better",
    "rationale": "Why this, and from what evidence",
    "indicator": "Indicator it speaks to",
    "evaluation_area": "Area of the evaluation",
    "lead": "Led by",
    "lead_role": "Post that leads it",
    "parent": "Trust priority it serves",
    "phase": "Phase",
    "budget": "Budget in pounds",
}


def saved_meanwhile(priority: Priority, typed: Mapping[str, object]) -> list[tuple[str, str]]:
    """Each field whose saved value differs from what was typed: its label, and what is saved."""
    found = []
    for name, words in LABELS.items():
        saved = getattr(priority, name)
        if name in typed and saved != typed[name]:
            shown = priority.get_phase_display() if name == "phase" else saved
            found.append((words, "Nothing" if shown in (None, "") else str(shown)))
    return found
