"""How a record of visit moves: written, sent to the school, filed."""

from trust.states import Machine, Move, machines

VISIT = Machine(
    name="visit_record",
    states={"draft": "Draft", "sent": "Sent to the school", "filed": "Filed"},
    initial="draft",
    final=("filed",),
    moves=(
        Move("send", ("draft",), ("sent", "filed"), rule="evidence.send", stamp="sent_at"),
        Move("file", ("sent",), ("filed",), stamp="filed_at", by_software=True),
    ),
)
machines["evidence.visitrecord"] = VISIT
