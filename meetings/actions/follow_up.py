"""Actions: noted at a meeting or raised by themselves, followed up by their owners, marked by later meetings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from evidence.models import Finding, Indicator
from meetings.action_rules import (
    may_close_sooner,
    may_mark_action_done,
    may_raise_action,
    may_update_action,
)
from meetings.actions.agreed_actions import tell_of_change
from meetings.actions.deadlines import calendar_of, offsets_of
from meetings.actions.moves import locked, note, stands
from meetings.actions.reminders import whom_to_write
from meetings.models import Action, ActionMark, ActionUpdate, AgendaItem, Meeting
from meetings.queries.refs import meeting_ref, school_ref
from meetings.rules import may_edit_minutes, step
from schools.models import School
from schools.queries import school_calendar, trust_calendar
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import NoSchoolDayError, SchoolCalendar, now, today
from trust.people.models import Person, User
from trust.states import transition
from trust.timetable import Offsets, action_due_on
from trust.uploads import CleanUpload

CLOSED_BY = "actions_closed_by"
"""The step that says whether the next meeting closes actions, or only those who may close them sooner."""
WORDS = ("text", "owner", "owner_role", "due_on", "success_measure")


# -- at a meeting --------------------------------------------------------------------------------


def add_action(
    item: AgendaItem,
    *,
    text: str,
    owner_role: str,
    by: User,
    owner: Person | None = None,
    due_on: dt.date | None = None,
    success_measure: str = "",
) -> Action:
    """Note an action under an item; it counts once it is read back, at once when that has happened."""
    with transaction.atomic():
        meeting = locked(item.meeting)
        require(may_edit_minutes(by, meeting))
        action = _create(
            school=meeting.school, meeting=meeting, item=item, indicator=item.indicator,
            prefix=meeting_ref(meeting), text=text, owner=owner, owner_role=owner_role,
            due_on=due_on or due_by_default(meeting), success_measure=success_measure, by=by,
        )  # fmt: skip
        note("add_action", action, by=by, meeting=meeting, act="minute", ref=action.ref)
        if meeting.finished_at is not None:
            open_from_draft(action, by=None)
            tell_of_change(action)
    return action


def _create(*, prefix: str, text: str, owner_role: str, by: User, owner: Person | None,
            **fields: Any) -> Action:  # fmt: skip
    if not text.strip():
        raise Conflict("Write what is to be done")
    role = owner_role.strip() or (owner.name if owner else "")
    if not role:
        raise Conflict("Say who owns the action")
    return Action.objects.create(
        ref=_next_ref(prefix), text=text.strip(), owner=owner, owner_role=role[:80],
        created_by=by, created_at=now(), **fields,
    )  # fmt: skip


def _next_ref(prefix: str) -> str:
    """The next reference under a prefix, such as ALD-26-A2-03; numbered under a lock of the prefix."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"action:{prefix}"])
    refs = Action.objects.filter(ref__startswith=f"{prefix}-").values_list("ref", flat=True)
    numbers = [int(last) for ref in refs if (last := ref[len(prefix) + 1 :]).isdigit()]
    return f"{prefix}-{max(numbers, default=0) + 1:02d}"


def due_by_default(meeting: Meeting) -> dt.date:
    """The default due date of an action of this meeting: so many school days before the next one."""
    day = meeting.day or today()
    following = next_day(meeting.kind_id, meeting.school_id, day)
    return _due(calendar_of(meeting), day, following, offsets_of(meeting.kind))


def next_day(kind_id: int | None, school_id: int | None, after: dt.date) -> dt.date | None:
    """The day of the next dated meeting of a kind (None: any) and school after a day."""
    dated = Meeting.objects.filter(during__isnull=False)
    dated = dated.filter(school_id=school_id) if school_id else dated.filter(school=None)
    if kind_id is not None:
        dated = dated.filter(kind_id=kind_id)
    following = dated.filter(starts_at__date__gt=after).order_by("starts_at").first()
    return following.day if following else None


def _due(
    calendar: SchoolCalendar, day: dt.date, following: dt.date | None, offsets: Offsets
) -> dt.date:
    try:
        return action_due_on(calendar, day, following, offsets)
    except (NoSchoolDayError, IndexError):
        return day + dt.timedelta(days=30)


def change_action(action: Action, *, by: User, **changes: Any) -> Action:
    """Change an action while its minutes are written: text, owner, owner_role, due_on, success_measure."""
    unknown = set(changes) - set(WORDS)
    if unknown:
        raise ValueError(f"Not editable: {sorted(unknown)}")
    if not str(changes.get("text", "x")).strip() or not str(changes.get("owner_role", "x")).strip():
        raise Conflict("Say what is to be done, and who owns it")
    with transaction.atomic():
        meeting = _written(action, by)
        had = whom_to_write(locked(action)) if action.state != "draft" else []
        before = [getattr(action, name) for name in changes]
        for name, value in changes.items():
            setattr(action, name, value)
        action.save(update_fields=list(changes))
        if action.state != "draft" and before != list(changes.values()):
            tell_of_change(action, had)
        note("change_action", action, by=by, meeting=meeting, act="minute", fields=sorted(changes))
    return action


def remove_action(action: Action, *, by: User) -> None:
    """Take an action out of the minutes: one not yet read back goes, another is superseded."""
    with transaction.atomic():
        meeting = _written(action, by)
        held = locked(action)
        note("remove_action", held, by=by, meeting=meeting, act="minute", ref=held.ref)
        if held.state == "draft":
            held.delete()
            return
        had = whom_to_write(held)
        transition(action, "supersede", by=None, closing_note="Taken out of the minutes")
        tell_of_change(held, had, is_withdrawn=True)


def _written(action: Action, by: User) -> Meeting:
    if action.meeting is None:
        raise Conflict("This action was not noted at a meeting")
    meeting = locked(action.meeting)
    require(may_edit_minutes(by, meeting))
    return meeting


def open_from_draft(action: Action, *, by: User | None) -> Action:
    """Read back: from now on the action counts."""
    meeting = action.meeting
    who = stands(by, meeting, "minute") if meeting else {}
    return transition(action, "read_back", by=by, **who)


def decide_former_action(
    action: Action, *, decision: str, meeting: Meeting, by: User, note: str = ""
) -> ActionMark:
    """Mark an earlier action as this meeting says: closed, carried or dropped; once a meeting.

    A carried action is due before the next meeting. A second click with the same answer changes nothing.
    """
    if decision not in ActionMark.Mark.values:
        raise Conflict("Say whether the action is closed, carried or dropped")
    with transaction.atomic():
        row = locked(meeting)
        require(may_edit_minutes(by, row))
        held = locked(action)
        if decision != ActionMark.Mark.CARRIED and step(row, CLOSED_BY) == "officers":
            require(may_close_sooner(by, held))  # the trust lets no meeting close actions
        if not _is_followed_up_by(held, row):
            raise Conflict("This action belongs to another meeting")
        earlier = held.marks.filter(meeting=row).first()
        if earlier is not None:
            return _same_again(earlier, decision)
        _apply(action, decision, row, note.strip(), by)
        return ActionMark.objects.create(
            action=action, meeting=row, mark=decision, note=note.strip(), by=by, at=now()
        )


def _is_followed_up_by(action: Action, meeting: Meeting) -> bool:
    """A school's meeting follows up the school's actions, one of no school those of its own kind."""
    if action.meeting_id == meeting.pk or action.school_id != meeting.school_id:
        return False
    if meeting.school_id is not None:
        return True
    return action.meeting is not None and action.meeting.kind_id == meeting.kind_id


def _same_again(earlier: ActionMark, decision: str) -> ActionMark:
    if earlier.mark != decision:
        raise Conflict(f"This meeting has marked it: {earlier.get_mark_display().lower()}")
    return earlier


def _apply(action: Action, decision: str, meeting: Meeting, words: str, by: User) -> None:
    who = stands(by, meeting, "minute")
    if decision == ActionMark.Mark.CARRIED:
        carried = locked(action).times_carried + 1
        due = max(due_by_default(meeting), action.due_on)
        transition(action, "carry", by=by, times_carried=carried, due_on=due, **who)
    else:
        verb = "close_action" if decision == ActionMark.Mark.CLOSED else "drop"
        transition(action, verb, by=by, closed_at_meeting=meeting, closing_note=words[:300], **who)


# -- between meetings ----------------------------------------------------------------------------


def raise_action(
    *,
    school: School | None,
    text: str,
    owner_role: str,
    by: User,
    owner: Person | None = None,
    due_on: dt.date | None = None,
    finding: Finding | None = None,
    indicator: Indicator | None = None,
    meeting: Meeting | None = None,
    success_measure: str = "",
) -> Action:
    """Add an action that counts at once: from a finding, from a meeting held before the software, or by itself."""
    with transaction.atomic():
        require(may_raise_action(by, school.pk if school else None))
        if finding is not None and finding.actions.exists():
            return finding.actions.get()
        calendar = school_calendar(school) if school else trust_calendar()
        following = next_day(None, school.pk if school else None, today())
        action = _create(
            school=school, meeting=meeting, finding=finding, indicator=indicator,
            prefix=meeting_ref(meeting) if meeting else _prefix_today(school, calendar),
            text=text, owner=owner, owner_role=owner_role, success_measure=success_measure,
            due_on=due_on or _due(calendar, today(), following, offsets_of()), by=by,
        )  # fmt: skip
        record("raise_action", action, by=by, ref=action.ref)
        transition(action, "read_back", by=None)
    return action


def _prefix_today(school: School | None, calendar: SchoolCalendar) -> str:
    """The school and the half term of today, or the next one in a holiday, such as ALD-26-A2."""
    day = today()
    terms = [h for h in calendar.half_terms if h.end >= day]
    term = f"{terms[0].year % 100:02d}-{terms[0].key}" if terms else f"{day:%y}"
    return "-".join(filter(None, (school_ref(school), term)))


def update_action(
    action: Action, *, text: str, by: User, file: CleanUpload | None = None
) -> ActionUpdate:
    """Say how an action goes, with a checked file if there is one."""
    if not text.strip():
        raise Conflict("Write how it goes")
    with transaction.atomic():
        held = locked(action)
        require(may_update_action(by, held))
        if held.state not in ("open", "done"):
            raise Conflict(f"This action is now: {held.get_state_display().lower()}")
        update = ActionUpdate(action=held, text=text.strip(), by=by, at=now())
        if file is not None:
            update.file_name = file.name
            update.file.save(file.stored_name, file.content, save=False)
        update.save()
        record("update_action", held, by=by, update=update.pk)
    return update


def mark_action_done(
    action: Action, *, note: str, by: User, file: CleanUpload | None = None
) -> Action:
    """The owner says it is done, with the evidence; the next meeting closes it."""
    if not note.strip():
        raise Conflict("Say what shows that it is done")
    with transaction.atomic():
        require(may_mark_action_done(by, locked(action)))
        if file is not None:
            update_action(action, text=note, by=by, file=file)
        transition(action, "mark_done", by=by, done_note=note.strip())
    return action


def reopen(action: Action, *, reason: str, by: User) -> Action:
    """Open an action again that was marked done too soon."""
    return _decide_sooner(action, "reopen", by, detail={"reason": reason.strip()})


def close_action(action: Action, *, by: User, note: str = "") -> Action:
    """Close an action before the next meeting does."""
    return _decide_sooner(action, "close_action", by, closing_note=note.strip()[:300])


def drop(action: Action, *, reason: str, by: User) -> Action:
    """Drop an action before the next meeting, with the reason."""
    return _decide_sooner(action, "drop", by, closing_note=reason.strip()[:300])


def _decide_sooner(action: Action, verb: str, by: User, **fields: Any) -> Action:
    with transaction.atomic():
        require(may_close_sooner(by, locked(action)))
        return transition(action, verb, by=by, **fields)


def carry(action: Action, *, meeting: Meeting, by: User) -> ActionMark:
    """Carry an action to the next meeting, as this one decides."""
    return decide_former_action(action, decision="carried", meeting=meeting, by=by)


def supersede(action: Action, *, reason: str, by: User | None = None) -> Action:
    """End an action that something else has overtaken; the software does it, `by` says on whose act."""
    with transaction.atomic():
        detail = {"on_act_of": by.pk} if by else {}
        return transition(
            action, "supersede", by=None, closing_note=reason.strip()[:300], detail=detail
        )
