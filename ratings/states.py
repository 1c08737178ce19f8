"""How a rating moves: a draft only its makers see, shared, then superseded or withdrawn."""

from trust.states import Machine, Move, machines

RATING = Machine(
    name="rating",
    states={
        "draft": "Draft",
        "shared": "Shared",
        "superseded": "Superseded",
        "withdrawn": "Withdrawn",
    },
    initial="draft",
    final=("superseded", "withdrawn"),
    moves=(
        Move(
            "share",
            ("draft",),
            ("shared",),
            rule="ratings.share",
            stamp="shared_at",
            by_software=True,
        ),
        Move("supersede", ("shared",), ("superseded",), stamp="superseded_at", by_software=True),
        Move(
            "withdraw",
            ("shared",),
            ("withdrawn",),
            rule="ratings.withdraw",
            stamp="withdrawn_at",
            needs_reason="withdrawn_reason",
        ),
        Move("bring_back", ("superseded",), ("shared",), by_software=True),
        Move(
            "record_earlier",
            ("draft",),
            ("superseded", "shared"),
            rule="ratings.record_earlier",
            stamp="shared_at",
        ),
    ),
)
machines["ratings.ratingassessment"] = RATING
