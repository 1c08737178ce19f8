"""The two documents that any kind of meeting has, its agenda and its minutes: who may read each, and how one is asked for."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from meetings.actions.errata import MADE_ANEW
from meetings.documents import part_b, redacted, versions
from meetings.documents.parts import document_parts_of, register_document_parts
from meetings.documents.snapshots import agenda_snapshot, minutes_snapshot
from meetings.models import Meeting
from meetings.queries.pages import has_own_documents, without_own_documents
from meetings.rules import may, may_read_agenda, may_read_minutes
from meetings.sealing import register_sealer
from trust.access import Actor
from trust.documents import register_document, request_document
from trust.models import Document
from trust.work import register_due, ring

AGENDA, MINUTES = "meeting-agenda", "meeting-minutes"
FINAL_MINUTES = "meeting-final-minutes-pdf"

__all__ = [
    "agenda_snapshot",
    "document_parts_of",
    "minutes_snapshot",
    "register",
    "register_document_parts",
    "request_agenda",
    "request_minutes",
]


# -- asking for one ------------------------------------------------------------------------------


def request_agenda(meeting: Meeting, *, by: Actor | None) -> Document:
    """The agenda as it stands now; asked for twice without a change it is one document."""
    snapshot = agenda_snapshot(meeting)
    return request_document(AGENDA, meeting, title=snapshot["title"], snapshot=snapshot, by=by)


def request_minutes(meeting: Meeting, *, by: Actor | None) -> Document:
    """The minutes as they stand now; final ones stay what they were, and a later version states errata."""
    if meeting.state == "final":
        kept = _final_minutes(meeting.pk)
        return versions.request_final(
            MINUTES, meeting, kept=kept, meeting=meeting, by=by,
            fresh=lambda: minutes_snapshot(meeting),
        )  # fmt: skip
    snapshot = minutes_snapshot(meeting)
    return request_document(MINUTES, meeting, title=snapshot["title"], snapshot=snapshot, by=by)


def _final_minutes(pk: Any) -> Any:
    return Document.objects.filter(
        kind=MINUTES, subject_type=Meeting._meta.label_lower, subject_id=pk, snapshot__state="final"
    )


def maker_of_minutes(meeting: Meeting) -> versions.MinutesMaker | None:
    """How the engine makes the minutes of a meeting that no app above makes."""
    if has_own_documents(meeting):
        return None
    kept = _final_minutes(meeting.pk).order_by("pk")
    return versions.MinutesMaker(
        lambda by: request_minutes(meeting, by=by), kept, "pdf/meeting_minutes.html"
    )


# -- who may read one ----------------------------------------------------------------------------


def _meeting_of(user: Actor, document: Document) -> Meeting | None:
    return Meeting.objects.visible_to(user).with_seats().filter(pk=document.subject_id).first()


def may_read_agenda_document(user: Actor, document: Document) -> bool:
    """A draft's PDF stays with those who prepare; an issued one goes to the agenda's readers."""
    meeting = _meeting_of(user, document)
    if meeting is None:
        return False
    if document.snapshot["is_draft"]:
        return bool(may(user, meeting, "read_agenda_draft"))
    return bool(may_read_agenda(user, meeting))


def may_read_minutes_document(user: Actor, document: Document) -> bool:
    """A PDF of an earlier state stays with those who write the minutes."""
    meeting = _meeting_of(user, document)
    if meeting is None:
        return False
    if document.snapshot["state"] == meeting.state:
        return bool(may_read_minutes(user, meeting))
    return bool(may(user, meeting, "read_minutes_draft"))


# -- made by itself ------------------------------------------------------------------------------


def meetings_without_minutes() -> list[int]:
    """Meetings whose minutes became final and whose PDF nobody has asked for."""
    final = without_own_documents().filter(state="final", entered_later=False)
    missing = final.exclude(Exists(_final_minutes(OuterRef("pk"))))
    return list(missing.order_by("pk").values_list("pk", flat=True)[:50])


def make_final_minutes(pk: int) -> Document | None:
    """Ask for the PDF of one meeting's final minutes; nothing happens when it is there or not final."""
    meeting = without_own_documents().filter(pk=pk, state="final").first()
    return request_minutes(meeting, by=None) if meeting else None


def ring_for_final_minutes(meeting: Meeting, at: object) -> None:
    """When minutes are sealed their PDF is wanted; a bell that is lost is made good by the sweep."""
    if not meeting.entered_later and not has_own_documents(meeting):
        ring(FINAL_MINUTES, meeting.pk)


def register() -> None:
    """Declare the two kinds and the PDF that final minutes get by themselves."""
    register_document(AGENDA, template="pdf/meeting_agenda.html", may_read=may_read_agenda_document)
    register_document(
        MINUTES, template="pdf/meeting_minutes.html", may_read=may_read_minutes_document
    )
    register_due(FINAL_MINUTES, find=meetings_without_minutes, run=make_final_minutes)
    register_sealer(ring_for_final_minutes)
    part_b.register()
    register_sealer(part_b.ring_for_part_b)
    redacted.register()
    versions.register_minutes_maker(maker_of_minutes)
    register_due(MADE_ANEW, find=versions.meetings_with_new_errata, run=versions.make_anew)
