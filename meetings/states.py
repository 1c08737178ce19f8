"""How a meeting moves from planned to final, and an action from open to closed."""

from trust.states import Machine, Move, machines

BEFORE_HELD = ("planned", "scheduled", "agenda_draft", "agenda_with_chair", "issued")
DATED = ("scheduled", "agenda_draft", "agenda_with_chair", "issued")

MEETING = Machine(
    name="meeting",
    states={
        "planned": "Planned",
        "scheduled": "Scheduled",
        "agenda_draft": "Agenda in draft",
        "agenda_with_chair": "Agenda with Chair",
        "issued": "With the school",
        "held": "Held: minutes in draft",
        "with_chair": "Minutes with Chair",
        "accuracy_check": "Accuracy check",
        "final": "Final",
        "postponed": "Postponed",
        "cancelled": "Cancelled",
    },
    initial="planned",
    final=("final", "cancelled"),
    moves=(
        Move("schedule", ("planned",), ("scheduled",), rule="meetings.schedule"),
        Move(
            "open_draft",
            ("scheduled",),
            ("agenda_draft",),
            rule="meetings.prepare",
            stamp="draft_opened_at",
            by_software=True,
        ),
        Move(
            "send_agenda_to_chair",
            ("agenda_draft",),
            ("agenda_with_chair",),
            rule="meetings.send_agenda_to_chair",
            stamp="agenda_sent_at",
        ),
        Move(
            "return_agenda",
            ("agenda_with_chair",),
            ("agenda_draft",),
            rule="meetings.return_agenda",
            needs_reason="return_note",
        ),
        Move(
            "issue",
            ("agenda_with_chair", "agenda_draft"),
            ("issued",),
            rule="meetings.issue",
            stamp="issued_at",
        ),
        Move("recall", ("issued",), ("agenda_draft",), rule="meetings.recall"),
        Move("start", ("issued",), ("held",), rule="meetings.minute", stamp="started_at"),
        Move(
            "send_minutes",
            ("held",),
            ("with_chair",),
            rule="meetings.minute",
            stamp="minutes_sent_at",
        ),
        Move(
            "return_minutes",
            ("with_chair",),
            ("held",),
            rule="meetings.sign",
            needs_reason="return_note",
        ),
        Move("take_back_minutes", ("with_chair",), ("held",), rule="meetings.take_back_minutes"),
        Move(
            "sign",
            ("with_chair",),
            ("accuracy_check", "final"),
            rule="meetings.sign",
            stamp="signed_at",
        ),
        Move(
            "take_back_signature",
            ("accuracy_check",),
            ("with_chair",),
            rule="meetings.take_back_signature",
        ),
        Move(
            "close",
            ("accuracy_check",),
            ("final",),
            rule="meetings.sign",
            stamp="finalised_at",
            by_software=True,
        ),
        Move(
            "postpone",
            DATED,
            ("postponed",),
            rule="meetings.schedule",
            needs_reason="postponed_reason",
        ),
        Move("rebook", ("postponed",), DATED, rule="meetings.schedule"),
        Move(
            "cancel",
            (*BEFORE_HELD, "postponed"),
            ("cancelled",),
            rule="meetings.cancel",
            by_software=True,
            needs_reason="cancelled_reason",
        ),
        Move(
            "record_past",
            ("planned",),
            ("final",),
            rule="meetings.record_past",
            stamp="finalised_at",
        ),
    ),
)
machines["meetings.meeting"] = MEETING

ACTION = Machine(
    name="action",
    states={
        "draft": "Not yet read back",
        "open": "Open",
        "done": "Done",
        "closed": "Closed",
        "dropped": "Dropped",
        "superseded": "Superseded",
    },
    initial="draft",
    final=("closed", "dropped", "superseded"),
    moves=(
        Move("read_back", ("draft",), ("open",), rule="meetings.record_action", by_software=True),
        Move("mark_done", ("open",), ("done",), rule="meetings.mark_action_done", stamp="done_at"),
        Move("reopen", ("done",), ("open",), rule="meetings.close_action"),
        Move(
            "close_action",
            ("open", "done"),
            ("closed",),
            rule="meetings.close_action",
            stamp="closed_at",
        ),
        Move("carry", ("open", "done"), ("open",), rule="meetings.close_action"),
        Move(
            "drop",
            ("open", "done"),
            ("dropped",),
            rule="meetings.close_action",
            stamp="closed_at",
            needs_reason="closing_note",
        ),
        Move(
            "supersede",
            ("draft", "open", "done"),
            ("superseded",),
            stamp="closed_at",
            by_software=True,
            needs_reason="closing_note",
        ),
    ),
)
machines["meetings.action"] = ACTION

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Planned", ("planned", "scheduled")),
    ("Agenda", ("agenda_draft", "agenda_with_chair")),
    ("With the school", ("issued",)),
    ("Held", ("held",)),
    ("Minutes", ("with_chair", "accuracy_check")),
    ("Final", ("final",)),
)
"""The stepper: each step's word, and the states that stand at it."""

DUE_IN: dict[str, str] = {
    "scheduled": "draft",
    "agenda_draft": "ceo",
    "agenda_with_chair": "issued",
    "issued": "leaders",
    "held": "draft_minutes",
    "with_chair": "chair",
    "accuracy_check": "corrections",
}
"""The deadline that a meeting in a state runs towards."""
