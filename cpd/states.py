"""How a request, the central fund's part of it, a shared purchase and a joint project move.

"Schools have autonomy over the training they require for their staff" (seed 1): no move of a request is
made by the Strategy Group, none asks whether advice was given, and advice is no state. What the Group
says is a row beside the request (`cpd.Advice`).
"""

from trust.states import Machine, Move, machines

REQUEST = Machine(
    name="cpd_request",
    states={
        "draft": "Draft",
        "raised": "Raised",
        "listed": "Listed only",
        "going_ahead": "School: going ahead",
        "withdrawn": "School: withdrawn",
        "evaluated": "Evaluated",
    },
    initial="draft",
    moves=(
        Move(
            "raise_request", ("draft",), ("raised", "listed"), rule="cpd.raise", stamp="raised_at"
        ),
        Move("take_back", ("raised", "listed"), ("draft",), rule="cpd.take_back"),
        Move("book_first", ("draft",), ("going_ahead",), rule="cpd.decide", stamp="decided_at"),
        Move("go_ahead", ("raised",), ("going_ahead",), rule="cpd.decide", stamp="decided_at"),
        Move("reconsider", ("going_ahead",), ("raised",), rule="cpd.reconsider"),
        Move(
            "withdraw",
            ("draft", "raised", "listed", "going_ahead"),
            ("withdrawn",),
            rule="cpd.withdraw",
            stamp="withdrawn_at",
            by_software=True,
        ),
        Move(
            "reinstate",
            ("withdrawn",),
            ("draft", "raised", "listed", "going_ahead"),
            rule="cpd.withdraw",
        ),
        Move(
            "evaluate", ("going_ahead",), ("evaluated",), rule="cpd.evaluate", stamp="evaluated_at"
        ),
        Move("look_again", ("evaluated",), ("going_ahead",), rule="cpd.evaluate"),
    ),
)
machines["cpd.request"] = REQUEST

FUNDING = Machine(
    name="central_part",
    states={
        "asked": "Waiting for the central fund",
        "agreed": "Agreed from the central fund",
        "declined": "Not from the central fund",
        "withdrawn": "No longer asked for",
    },
    initial="asked",
    moves=(
        Move("agree", ("asked",), ("agreed",), rule="cpd.fund", stamp="decided_at"),
        Move(
            "decline",
            ("asked",),
            ("declined",),
            rule="cpd.fund",
            stamp="decided_at",
            needs_reason="decided_reason",
        ),
        Move("reopen", ("agreed", "declined"), ("asked",), rule="cpd.fund"),
        Move(
            "withdraw_part",
            ("asked", "agreed", "declined"),
            ("withdrawn",),
            rule="cpd.ask_funding",
            by_software=True,
        ),
        Move("ask_again", ("withdrawn", "declined"), ("asked",), rule="cpd.ask_funding"),
    ),
)
machines["cpd.central_part"] = FUNDING

PURCHASE = Machine(
    name="shared_purchase",
    states={"open": "Open to join", "bought": "Bought", "dissolved": "Dissolved"},
    initial="open",
    moves=(
        Move("buy", ("open",), ("bought",), rule="cpd.buy", stamp="bought_at"),
        Move(
            "dissolve",
            ("open",),
            ("dissolved",),
            rule="cpd.lead_purchase",
            needs_reason="dissolved_reason",
        ),
        Move("open_again", ("dissolved",), ("open",), rule="cpd.lead_purchase"),
    ),
)
machines["cpd.shared_purchase"] = PURCHASE

PROJECT = Machine(
    name="joint_project",
    states={
        "proposed": "Proposed",
        "active": "Under way",
        "finished": "Finished",
        "stopped": "Stopped",
    },
    initial="proposed",
    moves=(
        # By the head whose school joins last, or by itself when the one school still asked leaves.
        Move(
            "begin",
            ("proposed",),
            ("active",),
            rule="cpd.join_project",
            stamp="begun_at",
            by_software=True,
        ),
        Move("finish", ("active",), ("finished",), rule="cpd.edit_project", stamp="finished_at"),
        Move(
            "stop",
            ("proposed", "active"),
            ("stopped",),
            rule="cpd.edit_project",
            needs_reason="stopped_reason",
        ),
        Move("take_up", ("stopped",), ("proposed", "active"), rule="cpd.edit_project"),
        Move("reopen", ("finished",), ("active",), rule="cpd.edit_project"),
    ),
)
machines["cpd.joint_project"] = PROJECT
