"""A word in every Part B, its kept text, its corrections and their answers, and in every briefing note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetings.models import (
    AgendaItem,
    PartB,
    PartBCorrection,
    PartBGrant,
    PartBKept,
    StayedForB,
)
from progress_boards.models import BriefingNote
from trust.calendar import now
from trust.people.models import User

if TYPE_CHECKING:
    from tests.attack.planting import Planted

WRITTEN = {"with_chair": "with_chair", "accuracy_check": "check", "final": "final"}
"""The states with a Part B, and what their words are called."""


def plant_part_b(made: Planted, users: dict[str, User]) -> None:
    """After everything else is planted: the second item of each minuted board has a Part B."""
    for state, name in WRITTEN.items():
        meeting = made.boards[state].meeting
        item = meeting.items.get(order=2)
        part = PartB.objects.create(
            item=item, text=made.word(f"partb_{name}"), sent_text=made.word(f"partb_sent_{name}"),
            updated_by=users["clerk"], updated_at=now(),
        )  # fmt: skip
        kept = PartBKept.objects.create(
            part=part, text=made.word(f"partb_kept_{name}"), based_on_version=1,
            author=users["clerk"], at=now(),
        )  # fmt: skip
        StayedForB.objects.create(
            item=item, person=users["link_trustee"].person, ticked_by=users["clerk"], at=now()
        )
        if name != "with_chair":
            _correct(made, users, part, name)
        if name == "final":
            _grant(made, users, part)
        made.at("meetings:part-b", pk=meeting.pk)
        made.at("meetings:part-b-merge", pk=kept.pk)
        made.at("meetings:part-b-readers", pk=part.pk)
    final = made.boards["final"].meeting_id
    made.at("meetings:errata", pk=final)
    made.at("meetings:redacted", pk=final)


def _correct(made: Planted, users: dict[str, User], part: PartB, name: str) -> None:
    PartBCorrection.objects.create(
        part=part, person=users["link_trustee"].person, role="link_trustee",
        saved_by=users["link_trustee"], text=made.word(f"partb_correction_{name}"), at=now(),
        answer="refused", answer_reason=made.word(f"partb_answer_{name}"),
        answered_by=users["chair"], answered_at=now(),
    )  # fmt: skip


def _grant(made: Planted, users: dict[str, User], part: PartB) -> None:
    PartBGrant.objects.create(
        part=part, person=users["cfo"].person, reason=made.word("partb_reason"),
        granted_by=users["ceo"], granted_at=now(),
    )  # fmt: skip


def plant_briefings(made: Planted, users: dict[str, User]) -> None:
    """A note for every board, and one for the second item of each."""
    for state, board in made.boards.items():
        items: list[AgendaItem | None] = [None, board.meeting.items.get(order=2)]
        for item in items:
            name = "briefing_item" if item else "briefing"
            BriefingNote.objects.create(
                board=board, item=item, text=made.word(f"{name}_{state}"),
                updated_by=users["ceo"], updated_at=now(),
            )  # fmt: skip
        made.at("progress_boards:briefing", pk=board.pk)
