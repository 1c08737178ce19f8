"""The evidence that stands beside the indicators of a sheet, of one school or of several at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from evidence.models import MarkedPassage, SchoolDocument, VisitRecord
from schools.models import School
from trust.access import Actor
from trust.calendar import today


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence beside an indicator."""

    title: str
    small: str
    kind: str
    """visit or document."""
    pk: int
    seen_on: dt.date


ByIndicator = dict[int, list[EvidenceLine]]


def evidence_since(
    school: School, user: Actor, since: dt.date | None, until: dt.date | None = None
) -> ByIndicator:
    """Visits and marked documents of a school by indicator, newest first, as far as this person may read them."""
    return evidence_of({school.pk: since}, user, until)[school.pk]


def evidence_of(
    since: Mapping[int, dt.date | None], user: Actor, until: dt.date | None = None
) -> dict[int, ByIndicator]:
    """The same of several schools, each after its own day, in as many queries as of one."""
    starts = {key: day or dt.date.min for key, day in since.items()}
    first, end = min(starts.values(), default=dt.date.min), until or today()
    found: dict[int, dict[int, dict[tuple[str, int], EvidenceLine]]] = {key: {} for key in starts}

    def add(school: int, indicator: int | None, line: EvidenceLine) -> None:
        if indicator is not None and line.seen_on > starts[school]:
            found[school].setdefault(indicator, {}).setdefault((line.kind, line.pk), line)

    visits = (
        VisitRecord.objects.visible_to(user)
        .filter(school__in=starts, visited_on__gt=first, visited_on__lte=end)
        .exclude(state="draft")
        .select_related("kind")
        .prefetch_related("findings")
    )
    for visit in visits:
        line = EvidenceLine(
            visit.focus or visit.kind.name, visit.kind.name, "visit", visit.pk, visit.visited_on
        )
        for key in (visit.indicator_id, *(f.indicator_id for f in visit.findings.all())):
            add(visit.school_id, key, line)
    readable = SchoolDocument.objects.visible_to(user).filter(school__in=starts)
    passages = MarkedPassage.objects.filter(
        document__in=readable, document__valid_from__gt=first, document__valid_from__lte=end
    ).select_related("document__kind")
    for passage in passages:
        document = passage.document
        line = EvidenceLine(
            document.title, document.kind.name, "document", document.pk, document.valid_from
        )
        add(document.school_id, passage.indicator_id, line)
    return {
        school: {key: _newest_first(lines) for key, lines in rows.items()}
        for school, rows in found.items()
    }


def _newest_first(lines: Mapping[tuple[str, int], EvidenceLine]) -> list[EvidenceLine]:
    return sorted(lines.values(), key=lambda line: (line.seen_on, line.pk), reverse=True)
