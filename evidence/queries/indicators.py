"""What speaks to an indicator: findings, records with that focus, and marked passages."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from evidence.models import Indicator, VisitRecord
from evidence.queries.documents import document_judgements, marked_passages
from evidence.queries.visits import VisitLine, findings_at, visit_line, with_names
from schools.models import School


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence beside an indicator: what, of when, where to read it."""

    kind: str
    """visit, passage or judgement."""
    label: str
    text: str
    on: dt.date
    url: str
    source_id: int
    """Key of the record of visit or of the document."""


def evidence_by_indicator(
    school: School, since: dt.date | None = None
) -> dict[int, tuple[EvidenceLine, ...]]:
    """Everything that speaks to each indicator of a school, newest first; four queries in all."""
    lines: dict[int, list[EvidenceLine]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for finding in findings_at(school, since, indicator__isnull=False):
        visit = finding.visit
        lines[finding.indicator_id or 0].append(
            EvidenceLine("visit", _visit_label(visit), finding.text, visit.on, visit.url, visit.pk)
        )
        seen.add((finding.indicator_id or 0, visit.pk))
    focused = VisitRecord.objects.sent().filter(
        school=school, indicator__isnull=False, is_restricted=False
    )
    for record in with_names(focused if since is None else focused.filter(visited_on__gte=since)):
        if (record.indicator_id, record.pk) not in seen:
            visit = visit_line(record)
            lines[record.indicator_id].append(
                EvidenceLine(
                    "visit", _visit_label(visit), visit.focus, visit.on, visit.url, visit.pk
                )
            )
    for passage in marked_passages(school, since, to_board=False):
        if passage.indicator_id:
            lines[passage.indicator_id].append(
                EvidenceLine(
                    "passage", passage.label, passage.quote, passage.on, passage.url, passage.document_id
                )
            )  # fmt: skip
    for judged in document_judgements(school):
        page = f", page {judged.page}" if judged.page else ""
        lines[judged.indicator_id].append(
            EvidenceLine(
                "judgement", f"{judged.document}{page}", "", judged.on, judged.url, judged.document_id
            )
        )  # fmt: skip
    return {
        key: tuple(sorted(found, key=lambda line: line.on, reverse=True))
        for key, found in lines.items()
    }


def _visit_label(visit: VisitLine) -> str:
    words = f"{visit.title}, {visit.on.day} {visit.on:%B}"
    if visit.label.startswith("Reply awaited") or visit.label in ("Disputed", "No reply"):
        return f"{words} ({visit.label[:1].lower()}{visit.label[1:]})"
    return words


def evidence_for(
    school: School, indicator: Indicator, since: dt.date | None = None
) -> tuple[EvidenceLine, ...]:
    """What speaks to one indicator of a school, newest first."""
    return evidence_by_indicator(school, since).get(indicator.pk, ())
