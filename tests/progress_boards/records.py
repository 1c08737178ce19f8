"""Whole records for tests of documents and the report: a board as it stands when its minutes are final."""

from __future__ import annotations

import datetime as dt
from typing import Any

from meetings.models import (
    AccuracyReply,
    Action,
    AgendaItem,
    Challenge,
    Correction,
    EvidenceSeen,
    Minute,
)
from progress_boards.models import ItemJudgement, ProgressBoard, SchoolYear
from ratings.models import Band
from schools.models import School
from tests import factories
from tests.factories import PersonFactory, at, half_term, make_year
from trust.access import Capacity
from trust.people.models import Person, User

FIVE = ("chair", "ceo", "link_trustee", "head", "clerk")
NAMES = {
    "chair": "Martin Yeo", "ceo": "Ruth Calder", "link_trustee": "Grace Osei",
    "head": "Tessa Marlow", "clerk": "Bea Norris",
}  # fmt: skip


def person(name: str) -> Person:
    return Person.objects.filter(name=name).first() or PersonFactory(name=name)


def writer() -> User:
    """Whoever typed: one user for the rows that need one."""
    return User.objects.filter(email="typist@marlfen.example").first() or factories.UserFactory(
        person=None, email="typist@marlfen.example"
    )


def board_on(
    school: School,
    day: dt.date,
    half: int,
    *,
    state: str = "final",
    year: int = 2025,
    final_on: dt.date | None = None,
    issued_on: dt.date | None = None,
    absent: tuple[str, ...] = (),
    presiding: bool = False,
    deadlines: dict[str, str] | None = None,
    meeting: dict[str, Any] | None = None,
    seats: dict[str, Person] | None = None,
    **fields: Any,
) -> ProgressBoard:
    """A board of a day with its five seats; `absent` roles sent apologies, `presiding` puts a trustee in the Chair."""
    typist = writer()
    signed = state in ("accuracy_check", "final")
    board: ProgressBoard = factories.ProgressBoardFactory(
        school=school, academic_year=make_year(year), half_term=half_term(half, year), day=day,
        meeting__state=state,
        meeting__steps={"accuracy_check": True},
        meeting__deadlines=deadlines or {},
        meeting__issued_at=at(issued_on) if issued_on else None,
        meeting__agenda_version=1,
        meeting__started_at=at(day),
        meeting__finished_at=at(day, "10:28"),
        meeting__signed_at=at(day, "16:00") if signed else None,
        meeting__signed_by=typist if signed else None,
        meeting__signed_name="Martin Yeo" if signed else "",
        meeting__finalised_at=at(final_on or day + dt.timedelta(days=10)) if state == "final" else None,
        **{f"meeting__{name}": value for name, value in (meeting or {}).items()},
        **fields,
    )  # fmt: skip
    for role in FIVE:
        sat = (seats or {}).get(role) or person(f"{NAMES[role]}")
        factories.SeatFactory(
            meeting=board.meeting, role=role, person=sat, is_required=role != "clerk",
            attendance="apologies" if role in absent else "present",
            is_external_chair=not (presiding and role == "chair"),
        )  # fmt: skip
    return board


def item_of(board: ProgressBoard, order: int, title: str, **fields: Any) -> AgendaItem:
    """One item; `answered` names who answers, `judged` is a band's position, "too_early" or None."""
    answered: Person | None = fields.pop("answered", None)
    judged = fields.pop("judged", None)
    item: AgendaItem = factories.AgendaItemFactory(
        meeting=board.meeting, order=order, title=title, answered_by=answered,
        assigned_at=at(dt.date(2025, 10, 1)) if answered else None, **fields,
    )  # fmt: skip
    if judged is not None:
        early = judged == "too_early"
        ItemJudgement.objects.create(
            item=item,
            value="too_early" if early else "band",
            band=None if early else Band.objects.get(position=judged),
            direction="improving",
            reason="The checks show it",
            judged_by=writer(),
            judged_at=at(dt.date(2025, 10, 2)),
        )
    return item


def action_of(board: ProgressBoard, ref: str, **fields: Any) -> Action:
    """An action that was read back at the board."""
    day = board.meeting.day
    given: dict[str, Any] = {
        "text": f"Do what {ref} says", "owner_role": "Reading lead", "state": "open",
        "due_on": day + dt.timedelta(days=40), "created_at": at(day), "created_by": writer(),
    }  # fmt: skip
    return Action.objects.create(
        ref=ref, school=board.school, meeting=board.meeting, **(given | fields)
    )


def whole_board(school: School, **fields: Any) -> ProgressBoard:
    """A board with everything a record can hold: items, challenge, evidence, judgement, actions, one correction."""
    board = board_on(
        school, dt.date(2026, 10, 8), 1, year=2026, final_on=dt.date(2026, 11, 5),
        issued_on=dt.date(2026, 9, 24), absent=("clerk",),
        deadlines={"corrections": "2026-11-04", "final": "2026-11-06"},
        closing_statement="The rise in outcomes is real.\nLeaders can explain it.",
        evaluation_validated="in_part", evaluation_reason="For maths the evidence was too thin.",
        meeting={"school_note": "The maths data existed on the day."}, **fields,
    )  # fmt: skip
    lead = person("Hanna Birk")
    SchoolYear.objects.get_or_create(
        school=school, academic_year=board.academic_year, defaults={"by_policy": 6, "agreed": 6}
    )
    item_of(board, 1, "Welcome, apologies, declarations of interest", type="welcome", minutes=2)
    reading = item_of(
        board, 2, "Early reading: are the lowest 20% catching up?", minutes=14, answered=lead,
        answered_by_role="Reading lead", judged=2, question="What do the checks show?\nWho teaches keep-up?",
    )  # fmt: skip
    item_of(board, 3, "Actions read back, next board", type="close", minutes=5)
    minute = Minute.objects.create(
        item=reading, discussion="Nine of 14 pupils now at expected point."
    )
    Challenge.objects.create(
        minute=minute, asked_by="Chair", question="How do leaders know?", response="Drop-ins cover two days.",
        answered_by="Reading lead",
    )  # fmt: skip
    EvidenceSeen.objects.create(minute=minute, what="Assessment summary", how="paper")
    action_of(board, f"{school.code}-26-A1-01", item=reading, owner=lead, text="Weekly drop-ins")
    action_of(
        board,
        f"{school.code}-26-A1-02",
        text="Bring the maths data",
        owner_role="Deputy headteacher",
    )
    head, ceo = (board.meeting.seats.get(role=r).person for r in (Capacity.HEAD, Capacity.CEO))
    Correction.objects.create(
        meeting=board.meeting, item=reading, person=head, role=Capacity.HEAD, saved_by=writer(),
        text="Reading was 74%, not 72%", at=at(dt.date(2026, 10, 23), "16:40"), answer="accepted",
        answered_by=writer(), answered_at=at(dt.date(2026, 10, 24)),
    )  # fmt: skip
    AccuracyReply.objects.create(
        meeting=board.meeting, person=ceo, role=Capacity.CEO, saved_by=writer(),
        at=at(dt.date(2026, 10, 21), "19:05"),
    )  # fmt: skip
    return board
