"""A mistake stated beside final minutes, and whether a kind's minutes are open to inspection."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from meetings.actions.moves import locked, note
from meetings.errata_rules import may_record_erratum, may_say_inspectable
from meetings.models import AgendaItem, Erratum, Meeting, MeetingKind
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User
from trust.work import ring

MADE_ANEW = "meeting-errata-pdf"
"""The bell for a version of the minutes' PDF that states the errata."""


def record_erratum(
    meeting: Meeting, *, item: AgendaItem | None, text: str, reason: str, by: User
) -> Erratum:
    """State what final minutes say and should say; they stay as they were, and a new version states it too.

    The same words about the same place said twice are one erratum.
    """
    if not text.strip() or not reason.strip():
        raise Conflict("Say what the minutes say and should say, and why")
    with refusals_as_conflicts():
        row = locked(meeting)
        require(may_record_erratum(by, row))
        if item is not None and item.meeting_id != row.pk:
            raise Conflict("This item belongs to another meeting")
        said = {"item": item, "text": text.strip(), "reason": reason.strip()[:300]}
        if (same := row.errata.filter(**said).first()) is not None:
            return same
        last = row.errata.aggregate(last=Max("number"))["last"] or 0
        erratum = Erratum.objects.create(
            meeting=row, number=last + 1, recorded_by=by, recorded_at=now(), **said
        )  # fmt: skip
        note("record_erratum", erratum, by=by, meeting=row, act="minute", number=erratum.number)
        ring(MADE_ANEW, row.pk)
    return erratum


def say_inspectable(meeting: Meeting, *, inspectable: bool, by: User) -> MeetingKind:
    """Say whether minutes of a meeting's kind are open to inspection under the trust's articles."""
    with transaction.atomic():
        require(may_say_inspectable(by, meeting))
        kind = locked(meeting.kind)
        if kind.steps.get("minutes_inspectable") is not inspectable:
            kind.steps = {**kind.steps, "minutes_inspectable": inspectable}
            kind.save(update_fields=["steps"])
            record("say_inspectable", kind, by=by, inspectable=inspectable)
    return kind
