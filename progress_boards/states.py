"""How the external Chair's annual report moves: written, signed, presented to the Trust Board."""

from trust.states import Machine, Move, machines

REPORT = Machine(
    name="annual_report",
    states={
        "draft": "Being written",
        "accuracy": "With the schools and the CEO for accuracy",
        "signed": "Signed by the Chair",
        "presented": "With the Trust Board",
    },
    initial="draft",
    final=("presented",),
    moves=(
        Move(
            "send_for_accuracy",
            ("draft",),
            ("accuracy",),
            rule="progress_boards.sign_report",
            stamp="accuracy_sent_at",
        ),
        Move("write_on", ("accuracy",), ("draft",), rule="progress_boards.sign_report"),
        Move(
            "sign_report",
            ("draft", "accuracy"),
            ("signed",),
            rule="progress_boards.sign_report",
            stamp="signed_at",
        ),
        Move("take_back_report", ("signed",), ("draft",), rule="progress_boards.sign_report"),
        Move(
            "present",
            ("signed",),
            ("presented",),
            rule="progress_boards.present_report",
            stamp="presented_at",
        ),
    ),
)
machines["progress_boards.annualreport"] = REPORT
