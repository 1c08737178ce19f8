"""Part B: its text saved under a version check, who stayed, its accuracy check, and whom the CEO lets read it.

No audit row holds a word of it: an act is noted with keys alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from meetings.actions.moves import locked, note
from meetings.actions.signing import own_name
from meetings.models import (
    AgendaItem,
    Meeting,
    PartB,
    PartBCorrection,
    PartBGrant,
    PartBKept,
    PartBReply,
    Seat,
    StayedForB,
)
from meetings.part_b_rules import (
    may_answer_part_b,
    may_correct_part_b,
    may_grant_part_b,
    may_tick_part_b,
    may_write_part_b,
    part_b_seat,
)
from meetings.queries.part_b import nameable, part_with_rules, tickable
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.people.models import Person, User


class StalePartB(Conflict):
    """A Part B was saved on an older version; `kept` holds it until its author has merged it."""

    def __init__(self, kept: PartBKept) -> None:
        super().__init__(
            "Somebody else changed this Part B. Your text is kept: put the two together"
        )
        self.kept = kept


# -- the text, and who stayed ------------------------------------------------------------------------


def save_part_b(item: AgendaItem, *, text: str, version: int, by: User) -> PartB:
    """Save the Part B of an item under a version check (compare and set, per item).

    Raises StalePartB when somebody saved first: the text is kept, so that nothing typed is ever lost.
    Call it outside a transaction that an exception would roll back.
    """
    with transaction.atomic():
        row = locked(item.meeting)
        require(may_write_part_b(by, row))
        part, kept = _save_text(item, text.replace("\r\n", "\n"), version, by)
        if kept is None:
            note("save_part_b", part, by=by, meeting=row, act=_act(row), version=part.version)
    if kept is not None:
        raise StalePartB(kept)
    return part


def _save_text(
    item: AgendaItem, text: str, version: int, by: User
) -> tuple[PartB, PartBKept | None]:
    part = PartB.objects.get_or_create(item=item)[0]
    same = PartB.objects.filter(pk=part.pk, version=version)
    saved = same.update(text=text, version=F("version") + 1, updated_by=by, updated_at=now())
    part.refresh_from_db()
    if saved or part.text == text:
        return part, None
    kept = PartBKept.objects.create(
        part=part, text=text, based_on_version=version, author=by, at=now()
    )
    return part, kept


def _act(meeting: Meeting) -> str:
    """In which standing the text is written: by whom it is sent to once it was sent."""
    return "minute" if meeting.state in ("issued", "held") else "sign"


def resolve_part_b(kept: PartBKept, *, text: str, version: int, by: User) -> PartB:
    """Save the merged text and lay the kept one aside; raises StalePartB when it changed once more."""
    if kept.author_id != by.pk:
        raise Conflict("Only its author puts a kept text where it belongs")
    part = save_part_b(kept.part.item, text=text, version=version, by=by)
    kept.resolved_at = now()
    kept.save(update_fields=["resolved_at"])
    return part


def set_stayed(
    item: AgendaItem, *, ticked: Iterable[int], shown: Iterable[int], by: User
) -> set[int]:
    """Say who of those shown stayed for the Part B of an item; somebody not shown keeps their tick.

    Returns the keys of everybody who is now ticked.
    """
    shown, wanted = set(shown), set(ticked)
    with transaction.atomic():
        row = locked(item.meeting)
        require(may_tick_part_b(by, row))
        held = set(StayedForB.objects.filter(item=item).values_list("person_id", flat=True))
        there = {seat.person_id for seat in tickable(row)}
        if not wanted <= there | held:
            raise Conflict("Only somebody who was there can have stayed")
        leaving, coming = (held & shown) - wanted, wanted - held
        StayedForB.objects.filter(item=item, person__in=leaving).delete()
        for person_id in sorted(coming):
            StayedForB.objects.create(item=item, person_id=person_id, ticked_by=by, at=now())
        if leaving or coming:
            note(
                "set_stayed", item, by=by, meeting=row, act=_act(row),
                ticked=sorted(coming), unticked=sorted(leaving),
            )  # fmt: skip
    return (held - leaving) | coming


# -- its own accuracy check --------------------------------------------------------------------------


def propose_part_b_correction(part: PartB, *, text: str, by: User) -> PartBCorrection:
    """A reader who was there proposes a correction of a Part B."""
    if not text.strip():
        raise Conflict("Write what should be corrected")
    with transaction.atomic():
        locked(part.item.meeting)
        held = part_with_rules(part)
        require(may_correct_part_b(by, held))
        seat, person = _seated(by, held)
        held.replies.filter(person=person).delete()
        correction = PartBCorrection.objects.create(
            part=part, person=person, role=seat.role, saved_by=by, text=text.strip(), at=now()
        )
        note("propose_part_b_correction", correction, by=by, meeting=held.item.meeting,
             act="check_accuracy")  # fmt: skip
    return correction


def _seated(by: User, part: PartB) -> tuple[Seat, Person]:
    seat = part_b_seat(by, part)
    if seat is None or seat.person is None:
        raise Conflict("This seat is empty")
    return seat, seat.person


def say_nothing_of_part_b(part: PartB, *, by: User) -> PartBReply:
    """A reader who was there finds nothing to correct; a second click changes nothing."""
    with transaction.atomic():
        row = locked(part.item.meeting)
        held = part_with_rules(part)
        require(may_correct_part_b(by, held))
        seat, person = _seated(by, held)
        if held.corrections.filter(person=person).exists():
            raise Conflict("You have proposed a correction: whoever signs answers it")
        reply, is_new = PartBReply.objects.get_or_create(
            part=part, person=person, defaults={"role": seat.role, "saved_by": by, "at": now()}
        )
        if is_new:
            note("say_nothing_of_part_b", reply, by=by, meeting=row, act="check_accuracy")
    return reply


def take_back_nothing_of_part_b(part: PartB, *, by: User) -> None:
    """The reader takes "Nothing to correct" back while the round is open; a second click changes nothing."""
    with transaction.atomic():
        row = locked(part.item.meeting)
        require(may_correct_part_b(by, part_with_rules(part)))
        gone = PartBReply.objects.filter(part=part, person=by.person_id).delete()[0]
        if gone:
            note("take_back_nothing_of_part_b", part, by=by, meeting=row, act="check_accuracy")


def answer_part_b_correction(
    correction: PartBCorrection,
    *,
    answer: str,
    typed_name: str,
    by: User,
    reason: str = "",
    text: str | None = None,
    version: int | None = None,
) -> PartBCorrection:
    """Whoever signs accepts, edits or refuses a correction of a Part B, and signs it again by name.

    `text` is the Part B as it will read. Raises Conflict when it was answered before, when a refusal has
    no reason, or when the text changed meanwhile.
    """
    if answer not in ("accepted", "edited", "refused"):
        raise Conflict("Accept, edit or refuse the correction")
    if answer == "refused" and not reason.strip():
        raise Conflict("Give the reason for refusing it")
    with transaction.atomic():
        row = locked(correction.part.item.meeting)
        require(may_answer_part_b(by, part_with_rules(correction.part)))
        own_name(typed_name, by)
        held = locked(correction)
        if held.answer:
            raise Conflict("This correction has been answered")
        if text is not None and answer != "refused":
            _correct(correction.part, text.replace("\r\n", "\n"), version, by)
        for obj in (held, correction):
            obj.answer, obj.answer_reason = answer, reason.strip()
            obj.answered_by, obj.answered_at = by, now()
        held.save(update_fields=["answer", "answer_reason", "answered_by", "answered_at"])
        note("answer_part_b_correction", held, by=by, meeting=row, act="sign", answer=answer)
    return correction


def _correct(part: PartB, text: str, version: int | None, by: User) -> None:
    same = PartB.objects.filter(pk=part.pk, version=version or 0)
    if not same.update(text=text, version=F("version") + 1, updated_by=by, updated_at=now()):
        raise Conflict("This Part B changed after you opened it. Nothing was changed")


# -- others, by name ----------------------------------------------------------------------------------


def grant_part_b(part: PartB, *, person: Person, reason: str, by: User) -> PartBGrant:
    """The Chief Executive lets somebody else read a Part B, by name and with a reason."""
    if not reason.strip():
        raise Conflict("Give the reason")
    with refusals_as_conflicts():
        held = part_with_rules(part)
        require(may_grant_part_b(by, held))
        if person.pk not in {each.pk for each in nameable(held, today())}:
            raise Conflict(
                "Choose somebody with an account and a post today who does not read it yet"
            )
        grant = PartBGrant.objects.create(
            part=part, person=person, reason=reason.strip()[:300], granted_by=by, granted_at=now()
        )
        record("grant_part_b", grant, by=by, meeting=held.item.meeting_id, part=part.pk,
               person=person.pk)  # fmt: skip
    return grant


def end_part_b_grant(grant: PartBGrant, *, by: User) -> PartBGrant:
    """The Chief Executive ends it; a second click changes nothing."""
    with transaction.atomic():
        held = part_with_rules(grant.part)
        require(may_grant_part_b(by, held))
        row = locked(grant)
        if row.ended_at is None:
            row.ended_at = grant.ended_at = now()
            row.save(update_fields=["ended_at"])
            record("end_part_b_grant", row, by=by, meeting=held.item.meeting_id, part=grant.part_id,
                   person=row.person_id)  # fmt: skip
    return grant
