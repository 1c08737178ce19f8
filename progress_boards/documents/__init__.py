"""The three documents of this app: who may read each, and how one is asked for."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from meetings.documents.versions import MinutesMaker, register_minutes_maker, request_final
from meetings.models import Meeting
from meetings.rules import may, may_read_agenda, may_read_minutes
from progress_boards.documents.agenda import agenda_snapshot
from progress_boards.documents.minutes import minutes_snapshot
from progress_boards.documents.report import report_snapshot, response_snapshot
from progress_boards.models import AnnualReport, ProgressBoard
from trust.access import Actor, Answer, Capacity
from trust.calendar import today
from trust.documents import WORD, register_document, request_document
from trust.models import Document
from trust.pages import remembered, version
from trust.work import register_due, ring

AGENDA, MINUTES, REPORT = "agenda", "minutes", "annual-report"
REPORT_WORD, RESPONSE = "annual-report-word", "report-response"
FINAL_MINUTES = "final-minutes-pdf"
AGENDA_DRAFTS = ("scheduled", "agenda_draft", "agenda_with_chair")
MINUTES_STATES = ("held", "with_chair", "accuracy_check", "final")

__all__ = [
    "agenda_snapshot",
    "minutes_snapshot",
    "register",
    "report_snapshot",
    "request_agenda",
    "request_minutes",
    "request_report",
    "request_response",
]


# -- asking for one ------------------------------------------------------------------------------


def request_agenda(board: ProgressBoard, *, by: Actor | None) -> Document:
    """The agenda as it stands now; asked for twice without a change it is one document."""
    snapshot = agenda_snapshot(board)
    return request_document(AGENDA, board, title=snapshot["title"], snapshot=snapshot, by=by)


def request_minutes(board: ProgressBoard, *, by: Actor | None) -> Document:
    """The minutes as they stand now; final ones stay what they were, and a later version states errata."""
    if board.meeting.state == "final":
        kept = _minutes_of(board).filter(snapshot__state="final")
        return request_final(
            MINUTES, board, kept=kept, meeting=board.meeting, by=by,
            fresh=lambda: minutes_snapshot(board),
        )  # fmt: skip
    snapshot = minutes_snapshot(board)
    return request_document(MINUTES, board, title=snapshot["title"], snapshot=snapshot, by=by)


def request_report(report: AnnualReport, *, by: Actor | None, kind: str = REPORT) -> Document:
    """The annual report as it stands now, from its frozen facts and the Chair's words, as PDF or for Word.

    Once the Trust Board has it, the first one made is kept and always served.
    """
    if report.state == "presented":
        kept = Document.objects.filter(
            subject_type=report._meta.label_lower, subject_id=report.pk, snapshot__state="presented",
            kind__in=(REPORT, REPORT_WORD),
        ).order_by("pk")  # fmt: skip
        same = kept.filter(kind=kind).first()
        if same is not None:
            return same
        other = kept.first()
        snapshot = other.snapshot if other else report_snapshot(report)
    else:
        snapshot = report_snapshot(report)
    return request_document(kind, report, title=snapshot["title"], snapshot=snapshot, by=by)


def request_response(report: AnnualReport, *, by: Actor | None) -> Document:
    """The chief executive's response as it stands now, a document of its own."""
    snapshot = response_snapshot(report)
    return request_document(RESPONSE, report, title=snapshot["title"], snapshot=snapshot, by=by)


def maker_of_minutes(meeting: Meeting) -> MinutesMaker | None:
    """How the minutes of a board are made; None for a meeting that is no board."""
    board = ProgressBoard.objects.filter(meeting=meeting).select_related("meeting").first()
    if board is None:
        return None
    kept = _minutes_of(board).filter(snapshot__state="final").order_by("pk")
    return MinutesMaker(lambda by: request_minutes(board, by=by), kept, "pdf/minutes.html")


def _minutes_of(board: ProgressBoard) -> Any:
    return Document.objects.filter(
        kind=MINUTES, subject_type=board._meta.label_lower, subject_id=board.pk
    )


# -- who may read one ----------------------------------------------------------------------------


def _meeting_of(user: Actor, document: Document) -> Meeting | None:
    """The meeting as this person's rules read it; the rules themselves are asked at every download."""
    key = f"board-meeting:{document.subject_id}:{user.pk}:{hash(user.posts)}:{today()}"

    def find() -> Meeting | None:
        meetings = Meeting.objects.visible_to(user).for_rules()
        return meetings.filter(progress_board=document.subject_id).first()

    return remembered(key, version(), find)


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
    answer: Answer = may(user, meeting, "read_minutes_draft")
    if document.snapshot["state"] == meeting.state:
        answer = may_read_minutes(user, meeting)
    return bool(answer)


def may_read_report_document(user: Actor, document: Document) -> bool:
    """A draft's or a signed report's PDF goes no further than the report did then."""
    report = AnnualReport.objects.visible_to(user).filter(pk=document.subject_id).first()
    if report is None:
        return False
    if document.snapshot["state"] == "presented":
        return True
    sees_all = user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.CLERK)
    return sees_all or user.person_id == report.lead_id


# -- made by itself ------------------------------------------------------------------------------


def boards_without_minutes() -> list[int]:
    """Boards whose minutes became final and whose PDF nobody has asked for."""
    made = Document.objects.filter(
        kind=MINUTES,
        subject_type=ProgressBoard._meta.label_lower,
        subject_id=OuterRef("pk"),
        snapshot__state="final",
    )
    boards = ProgressBoard.objects.filter(meeting__state="final", meeting__entered_later=False)
    return list(boards.exclude(Exists(made)).order_by("pk").values_list("pk", flat=True)[:50])


def make_final_minutes(pk: int) -> Document | None:
    """Ask for the PDF of one board's final minutes; nothing happens when it is there or not final."""
    final = ProgressBoard.objects.filter(pk=pk, meeting__state="final")
    board = final.select_related("meeting").first()
    return request_minutes(board, by=None) if board else None


def ring_for_final_minutes(meeting: Meeting, at: object) -> None:
    """When minutes are sealed their PDF is wanted; a bell that is lost is made good by the sweep."""
    pk = ProgressBoard.objects.filter(meeting=meeting).values_list("pk", flat=True).first()
    if pk is not None and not meeting.entered_later:
        ring(FINAL_MINUTES, pk)


def register() -> None:
    """Declare the kinds and the PDF that final minutes get by themselves."""
    register_minutes_maker(maker_of_minutes)
    register_document(AGENDA, template="pdf/agenda.html", may_read=may_read_agenda_document)
    register_document(MINUTES, template="pdf/minutes.html", may_read=may_read_minutes_document)
    register_document(REPORT, template="pdf/annual_report.html", may_read=may_read_report_document)
    register_document(
        REPORT_WORD,
        template="pdf/annual_report.html",
        may_read=may_read_report_document,
        format=WORD,
    )
    register_document(
        RESPONSE, template="pdf/report_response.html", may_read=may_read_report_document
    )
    register_due(FINAL_MINUTES, find=boards_without_minutes, run=make_final_minutes)
