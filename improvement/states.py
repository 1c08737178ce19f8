"""How a priority stands: reported as it goes, met, stopped with a reason, taken up again."""

from trust.states import Machine, Move, machines

LIVE = ("not_started", "on_track", "at_risk", "off_track")

PRIORITY = Machine(
    name="priority",
    states={
        "not_started": "Not started",
        "on_track": "On track",
        "at_risk": "At risk",
        "off_track": "Off track",
        "met": "Met",
        "stopped": "Stopped",
    },
    initial="not_started",
    moves=(
        Move("report_progress", LIVE, LIVE, rule="improvement.edit", stamp="reported_at"),
        Move("meet", LIVE, ("met",), rule="improvement.edit", stamp="reported_at"),
        Move(
            "stop",
            LIVE,
            ("stopped",),
            rule="improvement.edit",
            stamp="reported_at",
            needs_reason="report_note",
        ),
        Move("take_up", ("met", "stopped"), LIVE, rule="improvement.edit", stamp="reported_at"),
    ),
)
machines["improvement.priority"] = PRIORITY
