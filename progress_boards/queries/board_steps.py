"""How far a board is on its way: six steps, and what is to be said of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meetings.models import Meeting
from meetings.rules import step

STEPS = ("Planned", "Agenda", "With the school", "Held", "Minutes", "Final")
STEP_OF = {
    "planned": 0,
    "scheduled": 0,
    "agenda_draft": 1,
    "agenda_with_chair": 1,
    "issued": 2,
    "held": 3,
    "with_chair": 4,
    "accuracy_check": 4,
    "final": 5,
}


@dataclass(frozen=True)
class Step:
    """One step of the stepper."""

    label: str
    state: str
    small: str = ""


def steps_of(meeting: Meeting) -> tuple[Step, ...]:
    """The six steps of a board, with what is to be said of each."""
    state = meeting.state_left if meeting.state == "postponed" else meeting.state
    at = STEP_OF.get(state, 0)
    small = _small_lines(meeting, state)
    if meeting.state == "cancelled":
        small[at] = "Cancelled"
    if meeting.state == "postponed":
        small[at] = "Postponed"
    return tuple(
        Step(label, "done" if n < at else "current" if n == at else "todo", small.get(n, ""))
        for n, label in enumerate(STEPS)
    )


def _small_lines(meeting: Meeting, state: str) -> dict[int, str]:
    at = STEP_OF.get(state, 0)
    date = meeting.deadline
    lines = {
        0: "Scheduled" if state == "scheduled" else "",
        1: _agenda_line(meeting, state),
        2: _said("Who answers by", date("leaders")) if state == "issued" else _said("From", date("issued")),
        3: "Minutes: in draft" if state == "held" else _said("", meeting.day),
        4: "",
        5: _said("By", date("final")),
    }  # fmt: skip
    if state == "with_chair":
        lines[4] = _said("With the Chair, to sign by", date("chair")) or "With the Chair"
    elif state == "accuracy_check":
        lines[4] = _said("Accuracy check until", date("corrections"))
    if at == 5:
        lines[5] = _said("", meeting.finalised_at.date() if meeting.finalised_at else None)
    if at > 2:
        lines[2] = ""
    return lines


def _agenda_line(meeting: Meeting, state: str) -> str:
    if meeting.issued_at and STEP_OF.get(state, 0) > 1:
        return _said("Sent", meeting.issued_at.date())
    if state == "agenda_with_chair":
        return _said("With the Chair until", meeting.deadline("agenda_lapses")) or "With the Chair"
    if state == "agenda_draft":
        sees = step(meeting, "chair_sees_agenda") != "off"
        until = meeting.deadline("ceo" if sees else "issued")
        return _said("In draft, to the Chair by" if sees else "In draft, to the school by", until)
    return _said("Opens", meeting.deadline("draft"))


def _said(words: str, day: dt.date | None) -> str:
    return f"{words} {day.day} {day:%B}".strip() if day else ""
