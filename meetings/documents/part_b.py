"""One Part B as its own document, with its own readers and its own hash."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from meetings.documents.pieces import day_words, moment_words, paragraphs, role_words
from meetings.documents.record import without_correction
from meetings.documents.snapshots import heading
from meetings.models import Meeting, PartB, PartBCorrection
from meetings.part_b_rules import asked_of_part_b, may_read_part_b, signs, writes_down
from meetings.queries.part_b import part_with_rules, readers_words
from meetings.queries.way import signer_word, statement_of
from trust.access import Actor
from trust.documents import register_document, request_document
from trust.models import Document
from trust.templatetags.eyeline import day
from trust.work import register_due, ring

KIND = "part-b"
FINAL = "meeting-final-part-b-pdf"


def part_b_snapshot(part: PartB) -> dict[str, Any]:
    """Everything the PDF of one Part B says."""
    part = part_with_rules(part)
    meeting, item = part.item.meeting, part.item
    head = heading(meeting, "minutes")
    is_final = meeting.state == "final"
    until = f"Draft · {meeting.state_label.lower()}"
    status = f"Final {day(meeting.finalised_at)}" if is_final else until
    return head | {
        "title": f"Part B of item {item.order}, {head['title']}",
        "is_draft": not is_final,
        "status": f"{status} · confidential to its readers",
        "number": item.order,
        "item": item.title,
        "text": paragraphs(part.text),
        "readers": readers_words(part),
        "signature": _signature(meeting),
        "accuracy": _accuracy(part, signer_word(meeting.kind)),
        "until": day_words(meeting.deadline("corrections")),
    }


def _signature(meeting: Meeting) -> dict[str, str] | None:
    if meeting.signed_at is None:
        return None
    return {
        "label": f"Signed by the {signer_word(meeting.kind)}",
        "statement": statement_of(meeting.kind),
        "name": meeting.signed_name,
        "at": moment_words(meeting.signed_at),
    }


def _accuracy(part: PartB, signer: str) -> list[dict[str, str]]:
    """What each of those asked said, and what anybody else proposed; silence is recorded as silence."""
    said = list(part.corrections.order_by("at", "pk"))
    replies = {reply.person_id: reply.at for reply in part.replies.all()}
    is_final = part.item.meeting.state == "final"
    rows = [_correction(row, signer) for row in said]
    spoke = {row.person_id for row in said}
    for seat in asked_of_part_b(part):
        if seat.person_id not in spoke:
            word = without_correction(replies.get(seat.person_id or 0), is_final)
            rows.append({"asked": role_words(seat.role), "text": "", **word})
    return rows


def _correction(row: PartBCorrection, signer: str) -> dict[str, str]:
    words = f"{row.get_answer_display()} by the {signer}" if row.answer else "Not yet answered"
    because = f": {row.answer_reason}" if row.answer_reason else ""
    return {"asked": role_words(row.role), "text": row.text, "answer": f"{words}{because}",
            "when": moment_words(row.at)}  # fmt: skip


def request_part_b(part: PartB, *, by: Actor | None) -> Document:
    """The Part B as it stands; that of final minutes is made once and stays what it was."""
    kept = _final(part.pk).order_by("pk").first()
    if kept is not None and part.item.meeting.state == "final":
        return kept
    snapshot = part_b_snapshot(part)
    return request_document(KIND, part, title=snapshot["title"], snapshot=snapshot, by=by)


def _final(pk: Any) -> QuerySet[Document]:
    return Document.objects.filter(
        kind=KIND, subject_type=PartB._meta.label_lower, subject_id=pk, snapshot__state="final"
    )


def may_read_part_b_document(user: Actor, document: Document) -> bool:
    """Asked at the download: a reader today, after a second step; an earlier state stays with who wrote it."""
    part = PartB.objects.filter(pk=document.subject_id).first()
    if part is None or not getattr(user, "took_second_step", False):
        return False
    part = part_with_rules(part)
    meeting = part.item.meeting
    if document.snapshot["state"] == meeting.state:
        return bool(may_read_part_b(user, part))
    return writes_down(user, meeting) or signs(user, meeting)


# -- made by itself ------------------------------------------------------------------------------------


def parts_without_document() -> list[int]:
    """Sealed texts whose PDF nobody has asked for."""
    sealed = PartB.objects.filter(sealed_at__isnull=False, item__meeting__state="final")
    missing = sealed.exclude(text="").exclude(Exists(_final(OuterRef("pk"))))
    return list(missing.order_by("pk").values_list("pk", flat=True)[:50])


def make_final_part_b(pk: int) -> Document | None:
    """Ask for the PDF of one sealed Part B; nothing happens when it is there or not sealed."""
    sealed = PartB.objects.filter(pk=pk, sealed_at__isnull=False).exclude(text="")
    part = sealed.select_related("item__meeting").first()
    return request_part_b(part, by=None) if part else None


def ring_for_part_b(meeting: Meeting, at: object) -> None:
    """When minutes are sealed the PDF of each Part B is wanted; the sweep makes good a lost bell."""
    for pk in (
        PartB.objects.filter(item__meeting=meeting).exclude(text="").values_list("pk", flat=True)
    ):
        ring(FINAL, pk)


def register() -> None:
    """Declare the kind, and the PDF that a sealed text gets by itself."""
    register_document(KIND, template="pdf/part_b.html", may_read=may_read_part_b_document)
    register_due(FINAL, find=parts_without_document, run=make_final_part_b)
