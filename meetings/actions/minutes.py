"""The meeting held and minuted: start and finish, attendance, the text of each item, what was asked and seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Max, Q

from meetings.actions.answering import fill_respondents
from meetings.actions.clocks import stop_clocks
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
LONGEST_INTERESTS = 300


class StaleText(Conflict):
    """A text was saved on an older version; `conflict` keeps it until its author has merged it."""

    def __init__(self, conflict: MinuteConflict) -> None:
        super().__init__("Somebody else changed this item. Your text is kept: put the two together")
        self.conflict = conflict


def writing(meeting: Meeting, by: User) -> Meeting:
    """The meeting, held, whose minutes this person may write now."""
    row = Meeting.objects.for_rules().select_for_update(of=("self",)).get(pk=meeting.pk)
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
            stop_clocks(row, row.finished_at)
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
    meeting: Meeting,
    attendance: Mapping[int, tuple[str, str]],
    *,
    by: User,
    seen: Mapping[int, tuple[str, str]] | None = None,
) -> Meeting:
    """Record for each seat how its person attended, and what interest they declared.

    `seen` is what the writer's page showed: what the writer left as it was is not written over somebody
    else's entry, and of two interests typed at once both stand.
    """
    with transaction.atomic():
        row = writing(meeting, by)
        for seat in row.seats.select_for_update().filter(pk__in=attendance):
            attended, interests = attendance[seat.pk]
            if attended not in Seat.Attendance.values:
                raise Conflict("Choose one of the answers listed")
            _fill_seat(seat, attended, interests.strip(), (seen or {}).get(seat.pk))
        note("record_attendance", row, by=by, meeting=row, act="minute")
    return meeting


def _fill_seat(seat: Seat, attended: str, interests: str, seen: tuple[str, str] | None) -> None:
    was_attended, was_declared = seen or (seat.attendance, seat.interests)
    if attended != was_attended or seen is None:
        seat.attendance = attended
    if interests != was_declared.strip():
        theirs = seat.interests.strip()
        is_kept = theirs in interests or theirs == was_declared.strip()
        seat.interests = interests if is_kept or not interests else f"{theirs}; {interests}"
    elif seen is None:
        seat.interests = interests
    if len(seat.interests) > LONGEST_INTERESTS:
        raise Conflict(f"Keep the declaration within {LONGEST_INTERESTS} characters")
    seat.save(update_fields=["attendance", "interests"])


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


def save_minute(
    item: AgendaItem, *, text: str, version: int, by: User, unanswered: Sequence[str] = ()
) -> Minute:
    """Save an item's text under a version check (compare and set, per item).

    Raises StaleText when somebody saved first: the text is kept, so that nothing typed is ever lost.
    `unanswered` are texts the same page sent before and had no answer to, because the line was cut: one of
    them standing there is the writer's own, and no conflict.
    Call it outside a transaction that an exception would roll back.
    """
    with transaction.atomic():
        row = writing(item.meeting, by)
        minute, kept = _save_text(item, text, version, by, unanswered)
        if kept is None:
            note("save_minute", minute, by=by, meeting=row, act="minute", version=minute.version)
    if kept is not None:
        raise StaleText(kept)
    return minute


def _save_text(
    item: AgendaItem, text: str, version: int, by: User, unanswered: Sequence[str]
) -> tuple[Minute, MinuteConflict | None]:
    text, *sent_before = (given.replace("\r\n", "\n") for given in (text, *unanswered))
    minute = _compare_and_set(item, text, Q(version=version), by)
    if minute.discussion != text and sent_before:
        own = Q(version__gt=version, updated_by=by, discussion__in=sent_before)
        minute = _compare_and_set(item, text, own, by)
    if minute.discussion == text:
        return minute, None
    return minute, _keep(minute, text, version, by, sent_before)


def _compare_and_set(item: AgendaItem, text: str, condition: Q, by: User) -> Minute:
    """The minute as it then is; saving the words that stand there already makes no new version."""
    minute = minute_of(item)
    Minute.objects.filter(condition, pk=minute.pk).exclude(discussion=text).update(
        discussion=text, version=F("version") + 1, updated_by=by, updated_at=now()
    )
    minute.refresh_from_db()
    return minute


def _keep(
    minute: Minute, text: str, version: int, by: User, sent_before: Sequence[str]
) -> MinuteConflict:
    """Keep a text that came second; sent again because its answer was lost, it is kept once."""
    mine = minute.conflicts.select_for_update().filter(author=by, resolved_at=None)
    earlier = mine.filter(based_on_version=version, text__in=[text, *sent_before]).last()
    if earlier is not None:
        earlier.text = text
        earlier.save(update_fields=["text"])
        return earlier
    return MinuteConflict.objects.create(
        minute=minute, text=text, based_on_version=version, author=by, at=now()
    )


def go_on_with_kept(item: AgendaItem, conflict_pk: int, *, text: str, by: User) -> bool:
    """Type on in a text of one's own that is kept beside the minutes; False when it is merged already."""
    with transaction.atomic():
        writing(item.meeting, by)
        own = MinuteConflict.objects.filter(minute__item=item, author=by, resolved_at=None)
        kept = own.filter(pk=conflict_pk).update(text=text.replace("\r\n", "\n"), at=now())
    return bool(kept)


def resolve_conflict(conflict: MinuteConflict, *, text: str, version: int, by: User) -> Minute:
    """Save the merged text and lay the kept one aside; raises StaleText when it changed once more.

    The merged text then takes the place of the kept one, so that its author finds one text and not two.
    """
    if conflict.author_id != by.pk:
        raise Conflict("Only its author puts a kept text where it belongs")
    item, text = conflict.minute.item, text.replace("\r\n", "\n")
    with transaction.atomic():
        row = writing(item.meeting, by)
        minute = _compare_and_set(item, text, Q(version=version), by)
        is_saved = minute.discussion == text
        conflict.text = conflict.text if is_saved else text
        conflict.resolved_at = now() if is_saved else None
        conflict.save(update_fields=["text", "resolved_at"])
        if is_saved:
            note("save_minute", minute, by=by, meeting=row, act="minute", version=minute.version)
    if not is_saved:
        conflict.minute = minute
        raise StaleText(conflict)
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
