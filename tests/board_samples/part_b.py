"""What the access matrix asks for at Part B, at errata and at the redacted copy: a board with one text."""

from __future__ import annotations

from meetings.models import (
    AgendaItem,
    PartB,
    PartBCorrection,
    PartBGrant,
    PartBKept,
    StayedForB,
)
from progress_boards.models import ProgressBoard
from tests.matrix_objects import Sample, World, _board, sample
from trust.calendar import now
from trust.pages import new_key


def _with_text(world: World, ownership: str, state: str) -> tuple[ProgressBoard, PartB]:
    """A board in a state whose second item has a Part B, for which the Link Trustee stayed."""
    board: ProgressBoard = _board(world, ownership, state)
    board.meeting.seats.update(attendance="present")
    item: AgendaItem = board.meeting.items.order_by("order")[1]
    part = PartB.objects.create(item=item, text="About an appointment", sent_text="About")
    StayedForB.objects.create(
        item=item, person=world.users["link_trustee"].person, ticked_by=world.users["clerk"],
        at=now(),
    )  # fmt: skip
    return board, part


@sample("meetings:part-b")
def _page(world: World, ownership: str) -> Sample:
    board, _ = _with_text(world, ownership, "accuracy_check")
    return Sample({"pk": board.meeting_id})


@sample("meetings:part-b-pdf")
def _pdf(world: World, ownership: str) -> Sample:
    return Sample({"pk": _with_text(world, ownership, "accuracy_check")[1].pk})


@sample("meetings:part-b-save")
def _save(world: World, ownership: str) -> Sample:
    _, part = _with_text(world, ownership, "held")
    return Sample({"pk": part.item_id}, {"text": "About a post", "version": 1})


@sample("meetings:part-b-stayed")
def _stayed(world: World, ownership: str) -> Sample:
    _, part = _with_text(world, ownership, "held")
    person = world.users["link_trustee"].person_id
    return Sample({"pk": part.item_id}, {"shown": person, "stayed": person})


@sample("meetings:part-b-merge")
def _merge(world: World, ownership: str) -> Sample:
    _, part = _with_text(world, ownership, "held")
    kept = PartBKept.objects.create(
        part=part, text="Mine", based_on_version=1, author=world.users["clerk"], at=now()
    )
    return Sample({"pk": kept.pk}, {"text": "Both", "version": 1})


@sample("meetings:part-b-correct")
def _correct(world: World, ownership: str) -> Sample:
    _, part = _with_text(world, ownership, "accuracy_check")
    return Sample({"pk": part.pk}, {f"b{part.pk}-text": "Not so", "idempotency_key": new_key()})


@sample("meetings:part-b-nothing")
@sample("meetings:part-b-nothing-take-back")
def _nothing(world: World, ownership: str) -> Sample:
    return Sample({"pk": _with_text(world, ownership, "accuracy_check")[1].pk})


@sample("meetings:part-b-answer")
def _answer(world: World, ownership: str) -> Sample:
    _, part = _with_text(world, ownership, "accuracy_check")
    ceo = world.users["ceo"]
    correction = PartBCorrection.objects.create(
        part=part, person=ceo.person, role="ceo", saved_by=ceo, text="Not so", at=now()
    )
    data = {"answer": "refused", "reason": "As said", "typed_name": "chair"}
    return Sample({"pk": correction.pk}, data)


@sample("meetings:part-b-readers")
def _readers(world: World, ownership: str) -> Sample:
    _, part = _with_text(world, ownership, "accuracy_check")
    data = {"person": world.users["cfo"].person_id, "reason": "Severance",
            "idempotency_key": new_key()}  # fmt: skip
    return Sample({"pk": part.pk}, data)


@sample("meetings:part-b-grant-end")
def _grant(world: World, ownership: str) -> Sample:
    _, part = _with_text(world, ownership, "accuracy_check")
    grant = PartBGrant.objects.create(
        part=part, person=world.users["dsi"].person, reason="Severance",
        granted_by=world.users["ceo"], granted_at=now(),
    )  # fmt: skip
    return Sample({"pk": grant.pk})


@sample("meetings:errata")
def _errata(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "final")
    data = {"item": "", "text": "It says 3; it should say 4", "reason": "Read again",
            "idempotency_key": new_key()}  # fmt: skip
    return Sample({"pk": board.meeting_id}, data)


@sample("meetings:redacted")
def _redacted(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "final")
    return Sample({"pk": board.meeting_id}, {"under": "foi", "words": "Mrs Bell = a teacher"})


@sample("meetings:minutes-inspectable")
def _inspectable(world: World, ownership: str) -> Sample:
    return Sample({"pk": _board(world, ownership, "final").meeting_id}, {"inspectable": "yes"})
