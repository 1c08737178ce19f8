"""What else the year's report counts: overrides, visits and what they cost, priorities, last year's recommendations."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime

from evidence.models import VisitRecord
from improvement.models import Priority
from improvement.states import PRIORITY
from progress_boards.models import Recommendation
from ratings.models import RatingAssessment
from trust.models import AcademicYear
from trust.templatetags.eyeline import day, money

Facts = dict[str, Any]


def overrides(year: AcademicYear, cut_off: dt.date) -> Facts:
    """Shared ratings of the year whose judgement differs from the suggestion."""
    rows = RatingAssessment.objects.shared().filter(
        effective_on__gte=year.starts_on, effective_on__lte=cut_off, suggested__isnull=False
    )
    differing = [r for r in rows if r.overall_id != r.suggested_id]
    return {"n": len(differing), "of": len(rows)}


def visits(year: AcademicYear, cut_off: dt.date) -> Facts:
    """Records of visit the schools have, by kind, from inside and outside the trust, with their days and what they cost."""
    records = list(
        VisitRecord.objects.sent()
        .filter(visited_on__gte=year.starts_on, visited_on__lte=cut_off)
        .filter(Q(is_restricted=False))
        .select_related("kind", "school")
        .order_by("school__name", "pk")
    )
    kinds: dict[tuple[int, str], list[int]] = {}
    for each in records:
        counts = kinds.setdefault((each.kind.order, each.kind.name), [0, 0])
        counts[1 if each.is_external else 0] += 1
    inside = [r for r in records if not r.is_external]
    outside = [r for r in records if r.is_external]
    return {
        "kinds": [
            {"name": name, "internal": c[0], "external": c[1], "all": sum(c)}
            for (_, name), c in sorted(kinds.items())
        ],
        "internal": len(inside),
        "external": len(outside),
        "ratio": f"{len(inside)} to {len(outside)}",
        "support": [
            _by_school("visit_days_internal", "Days of visits by the trust’s own people", inside, _days),
            _by_school("visit_days_external", "Days of visits from outside", outside, _days),
            _by_school("visit_cost_external", "Cost of visits from outside", outside, _cost),
        ] if records else [],
    }  # fmt: skip


VISIT_DEFINITIONS = {
    "visit_days_internal": "Days of the sent records of visit whose visitors belong to the trust: its officers, peers, trustees and local committees",
    "visit_days_external": "Days of the sent records of visit by providers, school improvement partners and others from outside",
    "visit_cost_external": "What the sent records of visit from outside say that they cost",
}


def _days(records: Iterable[VisitRecord]) -> str:
    return f"{sum((r.days for r in records), Decimal(0)).normalize():f}"


def _cost(records: Iterable[VisitRecord]) -> str:
    return money(sum((r.cost or Decimal(0) for r in records), Decimal(0))) or "£0"


def _by_school(
    key: str, label: str, records: list[VisitRecord], words: Callable[[Iterable[VisitRecord]], str]
) -> Facts:
    schools: dict[str, list[VisitRecord]] = {}
    for each in records:
        schools.setdefault(each.school.name, []).append(each)
    return {
        "key": key, "label": label, "year": words(records), "definition": VISIT_DEFINITIONS[key],
        "schools": [{"name": n, "words": words(schools[n])} for n in sorted(schools)],
    }  # fmt: skip


def priorities(year: AcademicYear) -> list[Facts]:
    """The year's priorities by how they stand, the trust's and the schools'; none when there are none."""
    rows = list(
        Priority.objects.filter(academic_year=year)
        .order_by("school__name", "number")
        .values_list("state", "school__name")
    )
    if not rows:
        return []
    return [
        _standing(state, label, [n for s, n in rows if s == state])
        for state, label in PRIORITY.choices
    ]


def _standing(state: str, label: str, names: list[str | None]) -> Facts:
    counts = Counter(name for name in names if name)
    return {
        "key": f"priority_{state.replace('_', '-')}",
        "label": f"Priorities: {label.lower()}",
        "name": label,
        "trust": names.count(None),
        "of_schools": counts.total(),
        "year": str(len(names)),
        "schools": [{"name": n, "words": str(counts[n])} for n in sorted(counts)],
        "definition": "The year’s priorities of the trust and of schools, as each stood when the figures were compiled",
    }


def follow_up(year: AcademicYear, cut_off: dt.date) -> list[Facts]:
    """Last year's recommendations, and what the trust had said of each by the cut-off."""
    rows = (
        Recommendation.objects.filter(
            report__state="presented", report__academic_year__ends_on__lt=year.starts_on
        )
        .filter(report__academic_year__ends_on__gte=year.starts_on - dt.timedelta(days=31))
        .select_related("report__academic_year")
        .defer("report__facts")
        .order_by("order", "pk")
        .prefetch_related("updates")
    )
    return [_followed(row, cut_off) for row in rows]


def _followed(row: Recommendation, cut_off: dt.date) -> Facts:
    said = [u for u in row.updates.all() if localtime(u.at).date() <= cut_off]
    last = max(said, key=lambda u: (u.at, u.pk), default=None)
    progress = Recommendation.Progress(last.progress if last else "")
    return {
        "ref": row.reference, "number": row.order, "text": row.text, "owner": row.owner, "by_when": day(row.by_when),
        "progress": str(progress.label), "note": last.note if last else "",
        "on": day(localtime(last.at).date()) if last else "",
    }  # fmt: skip
