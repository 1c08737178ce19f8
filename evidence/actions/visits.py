"""A record of visit: begun, written, sent to the school, answered, filed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from evidence.models import Finding, NextStep, VisitAttachment, VisitKind, VisitRecord
from evidence.rules import may_draft, may_edit, may_open, may_reply, writing
from schools.models import School
from schools.queries import add_school_days
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import NoSchoolDayError, now, today
from trust.models import TrustProfile
from trust.people.models import User
from trust.states import transition
from trust.timetable import Offsets
from trust.uploads import CleanUpload

LARGEST_TOGETHER = 200 * 1024 * 1024


class Stale(Conflict):
    """Somebody saved the record since it was opened; nothing was changed, and the typed text is still held."""


@dataclass(frozen=True)
class FindingText:
    """One finding as typed; without a key, or with the key of a removed one, it is a new row."""

    pk: int | None
    kind: str
    text: str
    indicator_id: int | None = None
    take_to_board: bool = False
    good_practice: bool = False


@dataclass(frozen=True)
class StepText:
    """One next step as typed."""

    pk: int | None
    text: str
    suggested_owner: str = ""
    by_when: dt.date | None = None


@dataclass(frozen=True)
class VisitText:
    """Everything typed on the page of a record: fields by name, findings and next steps."""

    fields: dict[str, Any]
    findings: tuple[FindingText, ...] = ()
    steps: tuple[StepText, ...] = ()
    add: str = ""
    """"finding" or "step": one empty row more."""
    remove: tuple[str, int] | None = None
    """The row to take out after saving, such as ("finding", 12)."""


@dataclass(frozen=True)
class VisitFacts:
    """What, where, when and by whom."""

    school: School
    kind: VisitKind
    visited_on: dt.date
    more: dict[str, Any] = field(default_factory=dict)
    """Other fields of the record by name."""


def draft_visit(facts: VisitFacts, *, by: User) -> VisitRecord:
    """Begin a record with one empty finding; whether it is external follows the kind unless said."""
    visit = VisitRecord(
        school=facts.school,
        kind=facts.kind,
        visited_on=facts.visited_on,
        created_by=by,
        created_at=now(),
        **{"is_external": facts.kind.is_external, "visitor": by.person, **facts.more},
    )
    require(may_draft(by, visit))
    with transaction.atomic():
        visit.save()
        _add_finding(visit)
        _note("draft", visit, by=by, kind=facts.kind.slug)
    return visit


def change_facts(visit: VisitRecord, facts: VisitFacts, *, by: User, version: int) -> VisitRecord:
    """Put the facts of a draft right, under the version check."""
    with transaction.atomic():
        row = _writable(visit, by=by)
        _check_version(row, version)
        row.school, row.kind, row.visited_on = facts.school, facts.kind, facts.visited_on
        for name, value in facts.more.items():
            setattr(row, name, value)
        require(may_draft(by, row))
        row.version += 1
        row.save()
        _note("change_facts", row, by=by)
    return row


def save_visit(visit: VisitRecord, text: VisitText, *, by: User, version: int) -> VisitRecord:
    """Keep what was typed, if nobody saved since `version`; rows not named stay as they are.

    Raises Stale when somebody did: nothing is changed, and the caller still holds the text.
    """
    with transaction.atomic():
        row = _writable(visit, by=by)
        _check_version(row, version)
        for name, value in text.fields.items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*text.fields, "version"])
        _save_findings(row, text.findings)
        _save_steps(row, text.steps)
        if text.add == "finding":
            _add_finding(row)
        elif text.add == "step":
            NextStep.objects.create(visit=row, order=_next_order(row.next_steps))
        if text.remove:
            rows = row.findings if text.remove[0] == "finding" else row.next_steps
            rows.filter(pk=text.remove[1]).delete()
        _note("save", row, by=by, version=row.version)
    return row


def missing_before_sending(visit: VisitRecord) -> list[str]:
    """What the school could not do without, in words; nothing when the record can be sent."""
    missing = []
    if not visit.focus.strip():
        missing.append("Enter why you visited" if visit.kind.is_lay else "Enter what you looked at")
    has_finding = visit.findings.exclude(text="").exists()
    if not has_finding and not visit.overall.strip():
        missing.append("Enter what you saw in one finding at least")
    return missing


def send_visit(visit: VisitRecord, *, by: User) -> VisitRecord:
    """Send a draft to the school, which has some school days to reply; where the trust asks for no reply it is filed.

    Empty findings and next steps are left out. Raises Conflict with what is missing.
    """
    with transaction.atomic():
        row = VisitRecord.objects.select_for_update(of=("self",)).get(pk=visit.pk)
        if row.state == "draft":
            require(may_edit(by, row))
            missing = missing_before_sending(row)
            if missing:
                raise Conflict(". ".join(missing))
            row.findings.filter(text="").delete()
            row.next_steps.filter(text="").delete()
        stands = _standing(row, by=by)
        if TrustProfile.current().step("visit_reply"):
            reply_by = _reply_by(row.school)
            return transition(visit, "send", by=by, to="sent", reply_by=reply_by, **stands)
        transition(visit, "send", by=by, to="filed", filed_at=now(), **stands)
        _seal(visit)
        return visit


def reply_to_visit(visit: VisitRecord, *, reply: str, text: str, by: User) -> VisitRecord:
    """The school's answer, kept beside the record; it ends the wait, so the software files the record."""
    with transaction.atomic():
        row = VisitRecord.objects.select_for_update(of=("self",)).get(pk=visit.pk)
        require(may_reply(by, row))
        if reply not in (row.Reply.AGREED, row.Reply.COMMENTED, row.Reply.DISPUTED):
            raise Conflict("Choose whether you agree")
        if reply != row.Reply.AGREED and not text.strip():
            raise Conflict("Enter your comment")
        row.reply, row.reply_text, row.replied_at = reply, text.strip(), now()
        row.save(update_fields=["reply", "reply_text", "replied_at"])
        _note("reply", row, by=by, reply=reply)
        return file_visit(row)


def file_visit(visit: VisitRecord) -> VisitRecord:
    """File a sent record as the software; what it says is sealed."""
    with transaction.atomic():
        transition(visit, "file", by=None)
        _seal(visit)
    return visit


def visits_to_file() -> list[int]:
    """Records whose days for a reply are over."""
    return list(VisitRecord.objects.due_to_file(today()).values_list("pk", flat=True))


def file_due(pk: int) -> None:
    """File one record if it is still due; one that was answered meanwhile stays as it is."""
    visit = VisitRecord.objects.due_to_file(today()).filter(pk=pk).first()
    if visit is not None:
        file_visit(visit)


def open_to_leaders(visit: VisitRecord, *, is_open: bool, by: User) -> VisitRecord:
    """The headteacher opens a record to the school's leaders, or closes it."""
    with transaction.atomic():
        row = VisitRecord.objects.select_for_update(of=("self",)).get(pk=visit.pk)
        require(may_open(by, row))
        if row.open_to_leaders != is_open:
            row.open_to_leaders = is_open
            row.save(update_fields=["open_to_leaders"])
            _note("open" if is_open else "close", row, by=by)
    return row


def delete_draft(visit: VisitRecord, *, by: User) -> None:
    """Throw a draft away, with its files."""
    with transaction.atomic():
        row = _writable(visit, by=by)
        _note("delete", row, by=by)
        files = list(row.attachments.all())
        row.delete()
        transaction.on_commit(lambda: _remove_from_store(files))


def attach_file(visit: VisitRecord, upload: CleanUpload, *, by: User) -> VisitAttachment:
    """Put a checked file beside a draft."""
    with transaction.atomic():
        row = _writable(visit, by=by)
        held = sum(row.attachments.values_list("size", flat=True))
        if held + upload.size > LARGEST_TOGETHER:
            raise Conflict("The files of one visit may have 200 MB together")
        attachment = VisitAttachment(
            visit=row, name=upload.name, size=upload.size, added_by=by, added_at=now()
        )
        attachment.file.save(upload.stored_name, upload.content, save=False)
        attachment.save()
        _note("attach", row, by=by, file=attachment.pk)
    return attachment


def remove_file(attachment: VisitAttachment, *, by: User) -> None:
    """Take a file off a draft."""
    with transaction.atomic():
        row = _writable(attachment.visit, by=by)
        _note("remove_file", row, by=by, file=attachment.pk)
        attachment.delete()
        transaction.on_commit(lambda: _remove_from_store([attachment]))


# -- what they share -----------------------------------------------------------------------------


def _remove_from_store(files: Iterable[VisitAttachment]) -> None:
    for each in files:
        each.file.storage.delete(str(each.file.name))


def _writable(visit: VisitRecord, *, by: User) -> VisitRecord:
    row = VisitRecord.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if row.state != "draft":
        raise Conflict(f"This is now: {row.get_state_display().lower()}. Nothing was changed")
    require(may_edit(by, row))
    return row


def _check_version(row: VisitRecord, version: int) -> None:
    if row.version != version:
        raise Stale("Somebody else saved this record after you opened it")


def _next_order(rows: Any) -> int:
    return (rows.aggregate(last=Max("order"))["last"] or 0) + 1


def _add_finding(visit: VisitRecord) -> Finding:
    kind = Finding.Kind.DEVELOP if visit.kind.is_lay else Finding.Kind.STRENGTH
    order = _next_order(visit.findings)
    return Finding.objects.create(visit=visit, kind=kind, text="", order=order)


def _save_findings(visit: VisitRecord, typed: Iterable[FindingText]) -> None:
    held = {finding.pk: finding for finding in visit.findings.all()}
    for each in typed:
        finding = held.get(each.pk or 0)
        if finding is None and not each.text.strip():
            continue
        if finding is None:
            finding = Finding(visit=visit, order=_next_order(visit.findings))
        finding.kind, finding.text, finding.indicator_id = each.kind, each.text, each.indicator_id
        finding.take_to_board, finding.good_practice = each.take_to_board, each.good_practice
        finding.save()


def _save_steps(visit: VisitRecord, typed: Iterable[StepText]) -> None:
    held = {step.pk: step for step in visit.next_steps.all()}
    for each in typed:
        step = held.get(each.pk or 0)
        if step is None and not each.text.strip():
            continue
        if step is None:
            step = NextStep(visit=visit, order=_next_order(visit.next_steps))
        step.text, step.suggested_owner, step.by_when = (
            each.text,
            each.suggested_owner,
            each.by_when,
        )
        step.save()


def days_to_reply() -> int:
    """School days in which a school replies to a visit record sent to it."""
    return Offsets.of(TrustProfile.current().offsets).visit_reply


def _reply_by(school: School) -> dt.date:
    try:
        return add_school_days(school, today(), days_to_reply())
    except NoSchoolDayError:
        # No term dates entered so far ahead: a week, so that the record does not wait for ever.
        return today() + dt.timedelta(days=7)


def _seal(visit: VisitRecord) -> None:
    at = now()
    for rows in (visit.findings, visit.next_steps, visit.attachments):
        rows.filter(sealed_at=None).update(sealed_at=at)


def _standing(visit: VisitRecord, *, by: User) -> dict[str, Any]:
    held = (
        by.posts.holding(Capacity.HEAD, school=visit.school_id) if visit.state != "draft" else None
    )
    held = held or writing(by, visit.school_id, visit.kind)
    return {"acted_as": held.capacity, "acted_for": held.for_person_id} if held else {}


def _note(verb: str, visit: VisitRecord, *, by: User, **detail: Any) -> None:
    record(verb, visit, by=by, **_standing(visit, by=by), **detail)
