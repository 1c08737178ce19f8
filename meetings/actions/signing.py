"""From the clerk to the Chair, the signature, the one accuracy round, and final."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.db.models import F

from meetings.actions.deadlines import calendar_of, offsets_of
from meetings.actions.minutes import finish_meeting, minute_of, read_back_actions
from meetings.actions.moves import in_state, locked, move, note
from meetings.models import (
    AccuracyReply,
    AgendaItem,
    Correction,
    Meeting,
    Minute,
    PartB,
    PartBCorrection,
)
from meetings.rules import (
    accuracy_seat,
    may_answer_correction,
    may_attach_note,
    may_check_accuracy,
    may_propose_correction,
    may_sign,
    step,
)
from meetings.sealing import seal
from trust.access import Conflict, require
from trust.calendar import NoSchoolDayError, now, today
from trust.people.models import User

NOTE_WORDS = 150
TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "lord"}


# -- to the Chair and back -----------------------------------------------------------------------


def send_minutes(meeting: Meeting, *, by: User) -> Meeting:
    """Send the draft to whoever signs it; a meeting not yet finished is finished first."""
    with transaction.atomic():
        row = locked(meeting)
        in_state(row, "held")
        finish_meeting(row, by=by)
        move(meeting, "send_minutes", by=by, act="minute", minutes_opened_at=None, return_note="")
        meeting.finished_at = row.finished_at
        Minute.objects.filter(item__meeting=row).update(sent_discussion=F("discussion"))
        PartB.objects.filter(item__meeting=row).update(sent_text=F("text"))
    return meeting


def open_minutes(meeting: Meeting, *, by: User) -> None:
    """Stamp that whoever signs has opened what was sent: from now on it cannot be taken back."""
    with transaction.atomic():
        row = locked(meeting)
        if row.state == "with_chair" and row.minutes_opened_at is None and may_sign(by, row):
            row.minutes_opened_at = meeting.minutes_opened_at = now()
            row.save(update_fields=["minutes_opened_at"])
            note("open_minutes", row, by=by, meeting=row, act="sign")


def return_minutes(meeting: Meeting, *, note: str, by: User) -> Meeting:
    """Give the draft back to the clerk with a note."""
    return move(meeting, "return_minutes", by=by, act="sign", return_note=note.strip())


def take_back_minutes(meeting: Meeting, *, by: User) -> Meeting:
    """The sender takes the draft back while nobody has opened it."""
    return move(meeting, "take_back_minutes", by=by, act="minute")


# -- the signature -------------------------------------------------------------------------------


def sign_minutes(meeting: Meeting, *, typed_name: str, by: User) -> Meeting:
    """Sign the minutes as a true record. Final at once where accuracy is not checked."""
    signed_name = own_name(typed_name, by)
    with transaction.atomic():
        row = locked(meeting)
        fields: dict[str, Any] = {"signed_name": signed_name, "signature_opened_at": None}
        if step(row, "accuracy_check"):
            dates = {**row.deadlines, **_round(row)}
            move(meeting, "sign", by=by, act="sign", to="accuracy_check", deadlines=dates, **fields)
        else:
            move(meeting, "sign", by=by, act="sign", to="final", finalised_at=now(), **fields)
            _seal(meeting)
    return meeting


def own_name(typed_name: str, by: User) -> str:
    """The typed name, when it is loosely the signer's: the surname, and given names or initials; else Conflict."""
    typed, own = _words(typed_name), _words(by.display_name)
    rest = own[:-1]
    fits = (
        bool(typed)
        and typed[-1] == own[-1]
        and all(any(n == w or w == n[0] for n in rest) for w in typed[:-1])
    )
    if not fits:
        raise Conflict(f"Type your own name, {by.display_name}, to sign")
    return " ".join(typed_name.split())[:120]


def _words(name: str) -> list[str]:
    found: list[str] = re.findall(r"[^\W\d_]+", name.casefold().replace("’", "").replace("'", ""))
    return [word for word in found if word not in TITLES]


def _round(meeting: Meeting) -> dict[str, str]:
    """The dates of the accuracy round: as planned, or as many school days from a late signature."""
    calendar, own = calendar_of(meeting), offsets_of(meeting.kind)
    try:
        until = calendar.add_school_days(today(), own.corrections - own.chair)
        until = calendar.third_day_rule(until)
        final = calendar.add_school_days(until, own.final - own.corrections)
    except NoSchoolDayError:
        until = today() + dt.timedelta(days=7)
        final = until + dt.timedelta(days=2)
    planned = meeting.deadline("corrections")
    if planned is not None and planned >= until:
        return {}
    last = max(final, meeting.deadline("final") or final)
    return {"corrections": until.isoformat(), "final": last.isoformat()}


def take_back_signature(meeting: Meeting, *, by: User) -> Meeting:
    """The signer takes the signature back while nobody else has opened the signed minutes."""
    nothing: dict[str, Any] = {"signed_at": None, "signed_by": None, "signed_name": ""}
    return move(meeting, "take_back_signature", by=by, act="sign", **nothing)


def open_signature(meeting: Meeting, *, by: User) -> None:
    """Stamp that somebody else has opened the signed minutes: the signature can no longer be taken back."""
    with transaction.atomic():
        row = locked(meeting)
        mine = row.signed_by_id == by.pk
        if row.state == "accuracy_check" and row.signature_opened_at is None and not mine:
            row.signature_opened_at = meeting.signature_opened_at = now()
            row.save(update_fields=["signature_opened_at"])
            note("open_signature", row, by=by, meeting=row, act="check_accuracy")


# -- accuracy ------------------------------------------------------------------------------------


def say_nothing_to_correct(meeting: Meeting, *, by: User) -> AccuracyReply:
    """One who was present finds nothing to correct; a second click changes nothing."""
    with transaction.atomic():
        row = locked(meeting)
        require(may_check_accuracy(by, row))
        seat = accuracy_seat(by, row)
        if seat is None or seat.person is None:
            raise Conflict("This seat is empty")
        if row.corrections.filter(person=seat.person, role=seat.role).exists():
            raise Conflict("You have proposed a correction: whoever signs answers it")
        reply, is_new = AccuracyReply.objects.get_or_create(
            meeting=row, person=seat.person, role=seat.role, defaults={"saved_by": by, "at": now()}
        )
        if is_new:
            note("say_nothing_to_correct", reply, by=by, meeting=row, act="check_accuracy")
    return reply


def propose_correction(
    meeting: Meeting, *, item: AgendaItem | None, text: str, by: User
) -> Correction:
    """Propose a correction to an item, or (item None) to the minutes as a whole."""
    if not text.strip():
        raise Conflict("Write what should be corrected")
    with transaction.atomic():
        row = locked(meeting)
        if item is not None:
            item = row.items.select_related("meeting__kind").filter(pk=item.pk).first()
            if item is None:
                raise Conflict("This item belongs to another meeting")
        require(may_propose_correction(by, row, item))
        seat = accuracy_seat(by, row)
        if seat is None or seat.person is None:
            raise Conflict("This seat is empty")
        row.accuracy_replies.filter(person=seat.person, role=seat.role).delete()
        correction = Correction.objects.create(
            meeting=row, item=item, person=seat.person, role=seat.role, saved_by=by,
            text=text.strip(), at=now(),
        )  # fmt: skip
        note("propose_correction", correction, by=by, meeting=row, act="check_accuracy")
    return correction


def answer_correction(
    correction: Correction,
    *,
    answer: str,
    by: User,
    reason: str = "",
    text: str | None = None,
    version: int | None = None,
) -> Correction:
    """Accept, edit or refuse a correction; both are kept. `text` is the item's minute as it will read.

    Raises Conflict when it was answered before, when a refusal has no reason, or when the minute changed.
    """
    if answer not in ("accepted", "edited", "refused"):
        raise Conflict("Accept, edit or refuse the correction")
    if answer == "refused" and not reason.strip():
        raise Conflict("Give the reason for refusing it")
    with transaction.atomic():
        row = locked(correction.meeting)
        require(may_answer_correction(by, row))
        held = locked(correction)
        if held.answer:
            raise Conflict("This correction has been answered")
        if text is not None and held.item is not None and answer != "refused":
            _correct_text(held.item, text, version, by)
        for obj in (held, correction):
            obj.answer, obj.answer_reason = answer, reason.strip()
            obj.answered_by, obj.answered_at = by, now()
        held.save(update_fields=["answer", "answer_reason", "answered_by", "answered_at"])
        note("answer_correction", held, by=by, meeting=row, act="sign", answer=answer)
    return correction


def _correct_text(item: AgendaItem, text: str, version: int | None, by: User) -> None:
    minute = minute_of(item)
    same = Minute.objects.filter(pk=minute.pk, version=version or minute.version)
    words = text.replace("\r\n", "\n")
    if not same.update(discussion=words, version=F("version") + 1, updated_by=by, updated_at=now()):
        raise Conflict("This minute changed after you opened it. Nothing was changed")


def attach_school_note(meeting: Meeting, *, text: str, by: User) -> Meeting:
    """Attach the school's note where disagreement remains: at most 150 words, kept with the minutes."""
    words = len(text.split())
    if words > NOTE_WORDS:
        raise Conflict(f"Keep the note within {NOTE_WORDS} words: it has {words}")
    with transaction.atomic():
        row = locked(meeting)
        require(may_attach_note(by, row))
        if not row.corrections.exists():
            raise Conflict("Propose a correction first: a note is for what stays in dispute")
        row.school_note = meeting.school_note = text.strip()
        row.save(update_fields=["school_note"])
        note("attach_school_note", row, by=by, meeting=row, act="assign", words=words)
    return meeting


def close_minutes(meeting: Meeting, *, by: User | None, typed_name: str = "") -> Meeting:
    """Make the minutes final: by the software when the round brought no correction, else signed again.

    Raises Conflict while a correction waits for its answer, or the round is not over.
    """
    with transaction.atomic():
        row = locked(meeting)
        in_state(row, "accuracy_check")
        corrections = list(row.corrections.all())
        if any(not c.answer for c in corrections):
            raise Conflict("Answer every correction first")
        if PartBCorrection.objects.filter(part__item__meeting=row, answer="").exists():
            raise Conflict("Answer every correction in Part B first")
        if not corrections and not round_is_over(row, today()):
            raise Conflict("The accuracy check is not over")
        if by is None and corrections:
            raise Conflict("After a correction the minutes are signed again")
        again: dict[str, Any] = {}
        if by is not None:
            again = {"signed_name": own_name(typed_name, by), "signed_at": now(), "signed_by": by}
        move(meeting, "close", by=by, act="sign", **again)
        _seal(meeting)
    return meeting


def round_is_over(meeting: Meeting, day: dt.date) -> bool:
    """Whether the last day for corrections has passed."""
    until = meeting.deadline("corrections")
    return until is not None and day > until


def _seal(meeting: Meeting) -> None:
    read_back_actions(meeting, by=None)
    seal(meeting)
