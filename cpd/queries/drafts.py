"""What the form of a request shows beside its fields: its limits, the directory, what happens next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cpd.models import CpdRequest, Provider, TrainingPolicy
from cpd.queries.request_page import next_steps, review_days
from cpd.queries.requests import meeting_day
from evidence.pupil_traces import pupil_traces
from trust.calendar import academic_year_of
from trust.templatetags.eyeline import money

FULL_WORDS = (
    "ends_on", "mode", "need_evidence", "indicator_id", "finding_id", "practice_change",
    "success_measure", "baseline", "evidence_base", "alternatives", "follow_up", "could_join",
    "sharing_plan", "mechanisms", "standard",
)  # fmt: skip


def has_full_answers(row: CpdRequest) -> bool:
    """Whether something of the full form is filled in, so that it is never hidden."""
    return any(getattr(row, name) for name in FULL_WORDS)


def form_page(row: CpdRequest, today: dt.date) -> dict[str, Any]:
    """What stands around the form."""
    policy = TrainingPolicy.current()
    days = review_days(row)
    return {
        "limits": f"{money(policy.short_cost)} or {policy.short_staff} staff",
        "which_form": _which_form(row, policy),
        "providers": Provider.objects.filter(retired_at=None).values_list("name", flat=True),
        "steps": next_steps(row, meeting_day(today), today),
        "asked_in": _asked_in(row, days),
        "traces": pupil_traces(row.title, row.need, row.need_evidence, row.practice_change, row.baseline),
    }  # fmt: skip


def _which_form(row: CpdRequest, policy: TrainingPolicy) -> str:
    if row.listing:
        return "Listed only: no advice, no review"
    if row.is_full:
        return f"Full form, above {money(policy.short_cost)} or {policy.short_staff} staff"
    return f"Short form, up to {money(policy.short_cost)} and {policy.short_staff} staff"


def _asked_in(row: CpdRequest, days: list[dt.date]) -> str:
    """Which review asks about what pupils will do: the short form's one, the full form's last."""
    if not days:
        return ""
    which = "The last review, in" if row.is_full else "The review in"
    return f"{which} {days[-1]:%B}{',' if row.is_full else ''} asks about exactly this"


@dataclass(frozen=True)
class Earlier:
    """An earlier request that may be copied."""

    pk: int
    title: str
    small: str
    total: Decimal


@dataclass(frozen=True)
class EarlierYear:
    """The earlier requests of one academic year."""

    name: str
    requests: tuple[Earlier, ...]


def earlier_requests(schools: Collection[int], today: dt.date) -> list[EarlierYear]:
    """The schools' own requests by academic year: last year's first, then this one's, then older ones."""
    rows = CpdRequest.objects.filter(school__in=schools).exclude(title="")
    rows = rows.select_related("school", "provider").order_by("-number")
    years: dict[int, list[Earlier]] = {}
    for row in rows:
        begins = academic_year_of(row.starts_on or row.created_at.date())
        small = f"{row.ref} · {row.school.name} · {row.get_state_display()}"
        years.setdefault(begins, []).append(Earlier(row.pk, row.title, small, row.total))
    this = academic_year_of(today)
    order = sorted(years, key=lambda y: (y != this - 1, -y))
    return [EarlierYear(f"{y} to {y + 1}", tuple(years[y])) for y in order]
