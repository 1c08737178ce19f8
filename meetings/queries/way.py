"""How far a meeting is on its way, and who sits and answers, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meetings.models import AgendaItem, Meeting, MeetingKind, Seat
from meetings.rules import step
from meetings.states import DUE_IN, STEPS
from trust.access import CAPACITY_NAMES

CHAIRED = (AgendaItem.Type.WELCOME, AgendaItem.Type.BUSINESS, AgendaItem.Type.CLOSE)
"""Items that an external Chair leads; a discussion in hand is everybody's."""


@dataclass(frozen=True)
class Step:
    """One step of the stepper."""

    label: str
    state: str
    small: str = ""


def steps_of(meeting: Meeting) -> list[Step]:
    """The stepper of a meeting; one postponed or cancelled stands where it left, and says so."""
    at = meeting.state_left or meeting.state
    place = next((i for i, (_, states) in enumerate(STEPS) if at in states), 0)
    small = _small(meeting)
    labels = [_step_label(meeting, label, states) for label, states in STEPS]
    return [
        Step(
            label,
            "done" if i < place else "current" if i == place else "todo",
            small if i == place and small != label else "",
        )
        for i, label in enumerate(labels)
    ]


def _step_label(meeting: Meeting, label: str, states: tuple[str, ...]) -> str:
    """A step in the words of its kind, such as "With the group"."""
    return str(meeting.kind.words.get(f"step:{states[0]}", label))


def _small(meeting: Meeting) -> str:
    if meeting.state == "final":
        return ""
    words = {"held": "Minutes: in draft"}.get(meeting.state, meeting.state_label)
    until = meeting.deadline(due_name(meeting))
    return f"{words}, by {until.day} {until:%B}" if until else words


def due_name(meeting: Meeting) -> str:
    """The name of the deadline towards which a meeting runs, but for steps that its kind does not have."""
    name = DUE_IN.get(meeting.state, "")
    if name == "leaders" and not meeting.kind.acts.get("assign"):
        return ""
    return "issued" if name == "ceo" and step(meeting, "chair_sees_agenda") == "off" else name


def answered_words(item: AgendaItem) -> str:
    """Who answers an item, as text: "Answered by the maths lead", "School to choose"."""
    if not item.is_for_school or not item.meeting.kind.acts.get("assign"):
        chairs = item.meeting.kind.has_external_chair and item.type in CHAIRED
        return "Answered by the Chair" if chairs else ""
    if item.answered_by_role:
        return f"Answered by the {lower_first(item.answered_by_role)}"
    return "School to choose"


def lower_first(words: str) -> str:
    """A post inside a sentence: "Maths lead" becomes "maths lead", "SENDCo" stays."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def everybody_required_came(seats: list[Seat]) -> str:
    """Whether all required were present, in words; "" while attendance is not recorded."""
    required = [seat for seat in seats if seat.is_required]
    if not required or all(seat.attendance == "" for seat in required):
        return ""
    missing = [seat.get_role_display() for seat in required if not seat.is_present]
    return f"Not present: {', '.join(missing)}" if missing else "All required present"


def titles_of(meeting: Meeting, items: list[AgendaItem]) -> dict[int, str]:
    """The post in which each person answers at a meeting, by person."""
    return {item.answered_by_id: item.answered_by_role for item in items if item.answered_by_id}


@dataclass(frozen=True)
class SeatLine:
    """One person at the table."""

    seat: Seat
    label: str
    name: str


def seat_lines(seats: list[Seat], labels: dict[int, str], titles: dict[int, str]) -> list[SeatLine]:
    """Everybody at the table: the role, or the leader's own post, and the name; "for ..." when standing in."""
    lines = []
    for seat in seats:
        title = titles.get(seat.person_id or 0, "") if seat.role == "leader" else ""
        name = seat.person.name if seat.person else "Vacant"
        if seat.for_person:
            name = f"{name}, for {seat.for_person.name}"
        lines.append(SeatLine(seat, title or labels[seat.pk], name))
    return lines


def when_words(meeting: Meeting) -> str:
    """The day of a meeting as the house writes it, or "not yet dated"."""
    day: dt.date | None = meeting.day
    return f"{day.day} {day:%B %Y}" if day else "not yet dated"


def signer_word(kind: MeetingKind) -> str:
    """Who signs the minutes of a kind, as a sentence says it."""
    if kind.has_external_chair:
        return "Chair"
    signers = [CAPACITY_NAMES[w.removeprefix("seat:")] for w in kind.acts.get("sign", ())]
    return " or ".join(dict.fromkeys(signers)) or "signatory"


def statement_of(kind: MeetingKind) -> str:
    """What a signature says of the minutes, in the words of the kind."""
    own = kind.words.get("statement")
    chaired = f"I chaired this {kind.name} and this is a true record of it"
    return str(
        own or (chaired if kind.has_external_chair else "This is a true record of the meeting")
    )


def after_sending(meeting: Meeting) -> tuple[str, ...]:
    """What follows once the minutes are sent, in sentences for the clerk."""
    signer = signer_word(meeting.kind)
    first = f"The {signer} reads, edits and signs. You do not write that part."
    if not step(meeting, "accuracy_check"):
        return (first, "Then they are final.")
    roles = [w.removeprefix("seat:") for w in meeting.kind.acts.get("check_accuracy", ())]
    names = list(dict.fromkeys(CAPACITY_NAMES[role] for role in roles))
    return (first, f"Then those who were present check accuracy: {', '.join(names)}.")


def blocked_because(meeting: Meeting) -> str:
    """Why the agenda cannot go out as it is, in words; "" when it can."""
    items = list(meeting.items.all())
    total = sum(item.minutes for item in items)
    length = meeting.minutes_length
    if not items:
        return "The agenda has no items yet"
    there = {item.type for item in items}
    for needed in required_items(meeting):
        if needed not in there:
            return f"Add an item of the type {AgendaItem.Type(needed).label}"
    if total > length:
        over = total - length
        return f"Take {_minutes(over)} off: the items need {total} of {length}"
    if total < length and step(meeting, "fills_its_time") is not False:
        short = length - total
        return f"Add {_minutes(short)}, or one click adds Discussion in hand, {short} min"
    return ""


def _minutes(n: int) -> str:
    return "1 minute" if n == 1 else f"{n} minutes"


def required_items(meeting: Meeting) -> tuple[str, ...]:
    """The types of item without which an agenda of this kind is not complete; the close reads actions back."""
    named = step(meeting, "required_items")
    return tuple(named) if isinstance(named, list) else (AgendaItem.Type.CLOSE.value,)
