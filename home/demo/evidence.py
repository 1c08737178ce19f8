"""The records of visit and school documents of the story."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from evidence.actions import (
    DocumentFacts,
    FindingText,
    StepText,
    VisitFacts,
    VisitText,
    add_school_document,
    draft_visit,
    enter_document_judgement,
    file_visit,
    mark_passage,
    save_visit,
    send_visit,
)
from evidence.models import DocumentKind, Finding, Indicator, VisitKind, VisitRecord
from home.demo.cast import Cast
from home.demo.timeline import Timeline, at, story
from trust.uploads import check_upload

FACTS = (
    "organisation", "cost", "days", "visitor_names", "accompanied_by", "lessons", "books", "pupils",
    "activities",
)  # fmt: skip
POSITIONS = {"G": 1, "A": 2, "R": 3}


class Evidence:
    """Every visit and document, as steps of the timeline."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.findings: dict[str, list[Finding]] = {}
        self.indicators = {i.slug: i for i in Indicator.objects.all()}

    def plan(self, timeline: Timeline) -> None:
        told = story("evidence")
        for visit in told["visits"]:
            written = visit.get("sent_on", visit["on"])
            timeline.add(at(written, "08:00"), partial(self._visit, visit, timeline))
        for document in told["documents"]:
            timeline.add(at(document["from"], "08:15"), partial(self._document, document))

    def _visit(self, told: dict[str, Any], timeline: Timeline) -> None:
        by = self.cast.by(told["by"])
        more = {name: told[name] for name in FACTS if name in told}
        if "external" in told:
            more |= {"is_external": told["external"], "visitor": None}
        facts = VisitFacts(
            school=self.cast.schools[told["school"]],
            kind=VisitKind.objects.get(slug=told["kind"]),
            visited_on=dt.date.fromisoformat(told["on"]),
            more=more,
        )
        visit = draft_visit(facts, by=by)
        visit.findings.all().delete()
        text = VisitText(
            fields={"focus": told["focus"], "overall": told["overall"]},
            findings=tuple(self._finding(*f) for f in told["findings"]),
            steps=tuple(
                StepText(None, text, owner, dt.date.fromisoformat(by_when))
                for text, owner, by_when in told.get("next_steps", [])
            ),
        )
        save_visit(visit, text, by=by, version=visit.version)
        self.findings[told["key"]] = list(visit.findings.order_by("order", "pk"))
        if "sent_on" in told:
            visit.refresh_from_db()
            sent = send_visit(visit, by=by)
            if sent.reply_by:
                timeline.add(
                    at(sent.reply_by + dt.timedelta(days=1), "06:00"),
                    lambda: self._file(visit.pk),
                )

    def _finding(
        self, kind: str, text: str, indicator: str, board: bool, share: bool
    ) -> FindingText:
        row = self.indicators.get(indicator)
        return FindingText(None, kind, text, row.pk if row else None, board, share)

    def _file(self, pk: int) -> None:
        visit = VisitRecord.objects.get(pk=pk)
        if visit.state == "sent":
            file_visit(visit)

    def _document(self, told: dict[str, Any]) -> None:
        upload = SimpleUploadedFile(f"{told['title']}.txt", told["text"].encode(), "text/plain")
        until = told.get("until")
        document = add_school_document(
            self.cast.schools[told["school"]],
            DocumentFacts(
                kind=DocumentKind.objects.get(slug=told["kind"]),
                title=told["title"],
                valid_from=dt.date.fromisoformat(told["from"]),
                valid_until=dt.date.fromisoformat(until) if until else None,
            ),
            check_upload(upload),
            by=self.cast.by(told["added_by"]),
        )
        reader = str(told.get("marked_by", ""))
        for page, quote, note, indicator in told.get("passages", []):
            mark_passage(
                document, quote=quote, page=page, note=note, by=self.cast.by(reader),
                indicator=self.indicators.get(indicator),
            )  # fmt: skip
        for indicator, letter, page in told.get("judgements", []):
            enter_document_judgement(
                document, indicator=self.indicators[indicator], position=POSITIONS[letter],
                page=page, by=self.cast.by(reader),
            )  # fmt: skip
