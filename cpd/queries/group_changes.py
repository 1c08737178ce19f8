"""What a school changed in a request since a version of it: only what the Group reads of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cpd.models import CpdRequest, RequestVersion
from trust.templatetags.eyeline import money

SHOWN = {
    "title": "What it is", "kind": "Kind", "provider_name": "Provider", "audience": "For whom",
    "staff": "Staff", "hours_each": "Hours each", "starts_on": "Starts", "ends_on": "Ends",
    "need": "Expected impact", "fee": "Fee", "materials": "Materials", "travel": "Travel",
    "supply_days": "Supply days", "supply_rate": "Supply, a day", "funding": "Paid from",
}  # fmt: skip
"""Another school's head reads these, and never the priority, the finding or the evidence of need."""
MONEY = ("fee", "materials", "travel", "supply_rate")


@dataclass(frozen=True)
class Change:
    ref: str
    label: str
    was: str
    now: str


def changes_since(requests: Iterable[CpdRequest], versions: Mapping[int, int]) -> list[Change]:
    """Each field that differs between the version seen and the newest one kept."""
    found = []
    rows = list(requests)
    kept = {
        (v.request_id, v.number): v.content
        for v in RequestVersion.objects.filter(request__in=rows).order_by("number")
    }
    for request in rows:
        was = kept.get((request.pk, versions.get(request.pk, 0)), {})
        now = kept.get((request.pk, request.version), {})
        for name, label in SHOWN.items():
            if was.get(name) != now.get(name):
                said = _words(request, name, was.get(name)), _words(request, name, now.get(name))
                found.append(Change(request.ref, label, *said))
    return found


def _words(request: CpdRequest, name: str, value: Any) -> str:
    if value in (None, "", "None"):
        return "nothing"
    if name in MONEY:
        return money(Decimal(str(value)))
    choices = dict(request._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))
