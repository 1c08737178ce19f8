"""After the report: who has read it, what the chief executive answers, what becomes of each recommendation."""

from __future__ import annotations

from django.db import transaction

from progress_boards.actions.report import locked
from progress_boards.models import (
    AnnualReport,
    Recommendation,
    RecommendationUpdate,
    ReportRead,
)
from progress_boards.report_rules import may_follow_recommendation, may_respond_to_report
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.people.models import User


class StaleResponse(Conflict):
    """Somebody saved the response in between: both texts are shown, and nothing is lost."""

    def __init__(self, report: AnnualReport, text: str) -> None:
        super().__init__("The response changed after you opened it. Nothing was changed")
        self.report = report
        self.text = text


def respond_to_report(report: AnnualReport, *, text: str, version: int, by: User) -> AnnualReport:
    """Save the chief executive's response, apart from the Chair's words; the same words twice change nothing.

    Raises StaleResponse, which holds what was typed, when somebody saved other words in between.
    """
    words = text.replace("\r\n", "\n").strip()
    with transaction.atomic():
        row = locked(report)
        require(may_respond_to_report(by, row))
        if row.response == words:
            return row
        if row.response_version != version:
            raise StaleResponse(row, words)
        row.response, row.response_version = words, row.response_version + 1
        row.responded_at, row.responded_by = (now(), by) if words else (None, None)
        row.save(update_fields=["response", "response_version", "responded_at", "responded_by"])
        held = by.posts.holding(Capacity.CEO)
        record(
            "respond_to_report", row, by=by, acted_as=str(Capacity.CEO),
            acted_for=held.for_person_id if held else None,
        )  # fmt: skip
    return row


def follow_recommendation(
    recommendation: Recommendation, *, progress: str, note: str, by: User
) -> Recommendation:
    """Say what has become of a recommendation; each saying is kept, and next year's report tells the last."""
    if progress not in Recommendation.Progress.values or not progress:
        raise Conflict("Say how far the recommendation is")
    with transaction.atomic():
        require(may_follow_recommendation(by, locked(recommendation.report)))
        row = Recommendation.objects.select_for_update(of=("self",)).get(pk=recommendation.pk)
        last = row.updates.order_by("-at", "-pk").first()
        if last and (last.progress, last.note, row.progress) == (progress, note.strip(), progress):
            return row
        row.progress = progress
        row.save(update_fields=["progress"])
        RecommendationUpdate.objects.create(
            recommendation=row, progress=progress, note=note.strip(), by=by, at=now()
        )
        is_ceo = by.posts.is_trust_wide(Capacity.CEO)
        record(
            "follow_recommendation", row, by=by, report=row.report_id, progress=progress,
            acted_as=str(Capacity.CEO if is_ceo else Capacity.DSI),
        )  # fmt: skip
    return row


def record_read(report: AnnualReport, *, by: User) -> None:
    """Keep that a member of the Trust Board opened the report; a second time changes nothing."""
    is_board = by.posts.holds(Capacity.TRUSTEE, Capacity.LINK_TRUSTEE)
    if report.state != "presented" or by.person_id is None or not is_board:
        return
    with transaction.atomic():
        read, is_new = ReportRead.objects.get_or_create(
            report=report, person_id=by.person_id, defaults={"at": now()}
        )
        if is_new:
            record("read_report", read, by=by, report=report.pk)
