"""The meeting held and minuted: start and finish, attendance, the text of each item, what was asked and seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Max

from meetings.actions.answering import fill_respondents
from meetings.actions.follow_up import open_from_draft
from meetings.actions.moves import in_state, locked, move, note, permit
from meetings.models import (
    AgendaItem,
    Challenge,
    EvidenceSeen,
    Meeting,
    Minute,
    MinuteConflict,
    Seat,
)
from meetings.rules import may_edit_minutes
from trust.access import Capacity, Conflict, require
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.people.models import Person, User

W = TypeVar("W", Challenge, EvidenceSeen)


class StaleText(Conflict):
    """A text was saved on an older version; `conflict` keeps it until its author has merged it."""

    def __init__(self, conflict: MinuteConflict) -> None:
        super().__init__("Somebody else changed this item. Your text is kept: put the two together")
        self.conflict = conflict


def writing(meeting: Meeting, by: User) -> Meeting:
    """The meeting, held, whose minutes this person may write now."""
    row = locked(meeting)
    require(may_edit_minutes(by, row))
    return row


# -- the hour ------------------------------------------------------------------------------------


def start_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """Start: stamps the time; whoever assigns answers what nobody was named for."""
    with transaction.atomic():
        move(meeting, "start", by=by, act="minute")
        fill_respondents(meeting)
    return meeting


def finish_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """Finish: stamps the end and reads the actions back; a second click changes nothing."""
    with transaction.atomic():
        row = locked(meeting)
        permit(by, row, "minute")
        in_state(row, "held")
        if row.finished_at is None:
            row.finished_at = now()
            row.save(update_fields=["finished_at"])
            note("finish", row, by=by, meeting=row, act="minute")
            read_back_actions(row, by=by)
        meeting.finished_at = row.finished_at
    return meeting


def read_back_actions(meeting: Meeting, *, by: User | None) -> int:
    """Every action noted at the meeting counts from now on; says how many there were."""
    drafts = list(meeting.actions.filter(state="draft"))
    for action in drafts:
        open_from_draft(action, by=by)
    return len(drafts)


def record_attendance(
    meeting: Meeting, attendance: Mapping[int, tuple[str, str]], *, by: User
) -> Meeting:
    """Record for each seat how its person attended, and what interest they declared."""
    with transaction.atomic():
        row = writing(meeting, by)
        for seat in row.seats.select_for_update().filter(pk__in=attendance):
            attended, interests = attendance[seat.pk]
            if attended not in Seat.Attendance.values:
                raise Conflict("Choose one of the answers listed")
            seat.attendance, seat.interests = attended, interests.strip()[:300]
            seat.save(update_fields=["attendance", "interests"])
        note("record_attendance", row, by=by, meeting=row, act="minute")
    return meeting


def add_attendee(
    meeting: Meeting,
    *,
    person: Person,
    by: User,
    role: str = Capacity.LEADER,
    attendance: str = Seat.Attendance.PRESENT,
) -> Seat:
    """Add somebody who came without a seat; an unexpected guest holds no place in the diary."""
    with refusals_as_conflicts():
        row = writing(meeting, by)
        seat = Seat.objects.create(meeting=row, role=role, person=person, attendance=attendance)
        note("add_attendee", seat, by=by, meeting=row, act="minute", role=str(role))
    return seat


# -- the text of an item -------------------------------------------------------------------------


def minute_of(item: AgendaItem) -> Minute:
    """The minute of an item; made empty, at version 1, when first wanted."""
    return Minute.objects.get_or_create(item=item)[0]


def save_minute(item: AgendaItem, *, text: str, version: int, by: User) -> Minute:
    """Save an item's text under a version check (compare and set, per item).

    Raises StaleText when somebody saved first: the text is kept, so that nothing typed is ever lost.
    Call it outside a transaction that an exception would roll back.
    """
    with transaction.atomic():
        row = writing(item.meeting, by)
        minute, kept = _save_text(item, text, version, by)
        if kept is None:
            note("save_minute", minute, by=by, meeting=row, act="minute", version=minute.version)
    if kept is not None:
        raise StaleText(kept)
    return minute


def _save_text(
    item: AgendaItem, text: str, version: int, by: User
) -> tuple[Minute, MinuteConflict | None]:
    minute = minute_of(item)
    text = text.replace("\r\n", "\n")
    same = Minute.objects.filter(pk=minute.pk, version=version)
    saved = same.update(discussion=text, version=F("version") + 1, updated_by=by, updated_at=now())
    minute.refresh_from_db()
    if saved or minute.discussion == text:
        return minute, None
    kept = MinuteConflict.objects.create(
        minute=minute, text=text, based_on_version=version, author=by, at=now()
    )
    return minute, kept


def resolve_conflict(conflict: MinuteConflict, *, text: str, version: int, by: User) -> Minute:
    """Save the merged text and lay the kept one aside; raises StaleText when it changed once more."""
    if conflict.author_id != by.pk:
        raise Conflict("Only its author puts a kept text where it belongs")
    minute = save_minute(conflict.minute.item, text=text, version=version, by=by)
    conflict.resolved_at = now()
    conflict.save(update_fields=["resolved_at"])
    return minute


def carry_item(item: AgendaItem, *, carry: bool, by: User) -> AgendaItem:
    """Say whether an item is taken to the next meeting, while its minutes are written."""
    with transaction.atomic():
        row = locked(item.meeting)
        require(may_edit_minutes(by, row))
        item.carry_forward = carry
        item.save(update_fields=["carry_forward"])
        note("carry_item", item, by=by, meeting=row, act="minute", carry=carry)
    return item


# -- what was asked, and what was seen -----------------------------------------------------------


def add_challenge(
    item: AgendaItem,
    *,
    asked_by: str,
    question: str,
    by: User,
    response: str = "",
    answered_by: str = "",
) -> Challenge:
    """Note a challenge and its answer, by roles and not by names."""
    if not question.strip() or not asked_by.strip():
        raise Conflict("Say who asked (the role) and what")
    with transaction.atomic():
        row = writing(item.meeting, by)
        minute = minute_of(item)
        challenge = Challenge.objects.create(
            minute=minute, order=_next(minute.challenges), asked_by=asked_by.strip(),
            question=question.strip(), response=response.strip(), answered_by=answered_by.strip(),
        )  # fmt: skip
        note("add_challenge", challenge, by=by, meeting=row, act="minute")
    return challenge


def set_challenge(challenge: Challenge, *, by: User, **words: str) -> Challenge:
    """Change the words of a challenge: asked_by, question, response, answered_by."""
    return _set_words(challenge, by, ("asked_by", "question", "response", "answered_by"), words)


def remove_challenge(challenge: Challenge, *, by: User) -> None:
    """Take a challenge out of the minutes before they are final."""
    _remove(challenge, by, "remove_challenge")


def add_evidence(
    item: AgendaItem, *, what: str, how: str, by: User, link: str = ""
) -> EvidenceSeen:
    """Note what was put forward, and how it was seen."""
    if not what.strip() or how not in EvidenceSeen.How.values:
        raise Conflict("Say what was seen, and how")
    with transaction.atomic():
        row = writing(item.meeting, by)
        minute = minute_of(item)
        seen = EvidenceSeen.objects.create(
            minute=minute, order=_next(minute.evidence), what=what.strip()[:200], how=how, link=link
        )
        note("add_evidence", seen, by=by, meeting=row, act="minute")
    return seen


def set_evidence(seen: EvidenceSeen, *, by: User, **words: str) -> EvidenceSeen:
    """Change what was seen: what, how, link."""
    return _set_words(seen, by, ("what", "how", "link"), words)


def remove_evidence(seen: EvidenceSeen, *, by: User) -> None:
    """Take a piece of evidence out of the minutes before they are final."""
    _remove(seen, by, "remove_evidence")


def _next(rows: Any) -> int:
    return int(rows.aggregate(last=Max("order"))["last"] or 0) + 1


def _set_words(obj: W, by: User, names: tuple[str, ...], words: Mapping[str, str]) -> W:
    unknown = set(words) - set(names)
    if unknown:
        raise ValueError(f"Not editable: {sorted(unknown)}")
    with transaction.atomic():
        row = writing(obj.minute.item.meeting, by)
        for name, value in words.items():
            setattr(obj, name, value.strip())
        obj.save(update_fields=list(words))
        note(f"set_{obj._meta.model_name}", obj, by=by, meeting=row, act="minute")
    return obj


def _remove(obj: Challenge | EvidenceSeen, by: User, verb: str) -> None:
    with transaction.atomic():
        row = writing(obj.minute.item.meeting, by)
        note(verb, obj, by=by, meeting=row, act="minute", item=obj.minute.item_id)
        obj.delete()
