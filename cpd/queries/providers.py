"""The directory of providers with what the trust has asked of each, what it cost, and what schools said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from cpd.models import CpdRequest, Provider
from cpd.queries.requests import RequestLine, lines, with_line
from trust.people.models import User
from trust.templatetags.eyeline import day

SPENDING = ("going_ahead", "evaluated", "listed")


@dataclass(frozen=True)
class ProviderLine:
    """One provider in the directory."""

    pk: int
    name: str
    expertise: str
    rate: Decimal | None
    checks: str
    checks_do: str
    """What is to be done about the checks; empty when they were seen within a year."""
    requests: int
    cost: Decimal
    again: str
    is_retired: bool


@dataclass(frozen=True)
class Said:
    """What one school said of the provider once its training was evaluated."""

    school: str
    words: str
    would_use_again: bool | None


@dataclass(frozen=True)
class ProviderPage:
    """One provider, with its requests as this reader sees them."""

    line: ProviderLine
    contract: str
    contract_over: bool
    said: tuple[Said, ...]
    requests: tuple[RequestLine, ...]


def provider_lines(today: dt.date, words: str = "", *, retired: bool = False) -> list[ProviderLine]:
    """Providers by name, with the figures of what the trust's schools have raised."""
    rows = _counted(Provider.objects.all())
    if not retired:
        rows = rows.filter(retired_at=None)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(expertise__icontains=words))
    return [_line(row, today) for row in rows.order_by("name")]


def _counted(rows: QuerySet[Provider]) -> Any:
    raised = Q(requests__raised_at__isnull=False) & ~Q(requests__state__in=("draft", "withdrawn"))
    return rows.annotate(
        asked=Count("requests", filter=raised),
        spent=Sum("requests__total", filter=raised & Q(requests__state__in=SPENDING)),
        again=Count("requests", filter=Q(requests__would_use_again=True, requests__state="evaluated")),
        never=Count("requests", filter=Q(requests__would_use_again=False, requests__state="evaluated")),
    )  # fmt: skip


def _line(row: Any, today: dt.date) -> ProviderLine:
    answered = row.again + row.never
    seen = row.checks_seen_on
    return ProviderLine(
        row.pk, row.name, row.expertise, row.day_rate,
        f"Seen on {day(seen)}" if seen else "Not seen yet",
        _checks_do(seen, today),
        row.asked, row.spent or Decimal(0),
        f"{row.again} of {answered} would use again" if answered else "Nothing said yet",
        row.retired_at is not None,
    )  # fmt: skip


def _checks_do(seen: dt.date | None, today: dt.date) -> str:
    if seen is None:
        return "Ask for them"
    return "See again" if seen < today - dt.timedelta(days=365) else ""


def provider_page(provider: Provider, user: User, today: dt.date, meets_on: dt.date | None) -> ProviderPage:  # fmt: skip
    """One provider's page; the requests are those this person reads."""
    row = _counted(Provider.objects.filter(pk=provider.pk)).get()
    mine = with_line(CpdRequest.objects.visible_to(user).filter(provider=provider)).exclude(state="draft")  # fmt: skip
    evaluated = CpdRequest.objects.filter(provider=provider, state="evaluated")
    spoken = evaluated.filter(~Q(provider_note="") | Q(would_use_again__isnull=False))
    return ProviderPage(
        _line(row, today),
        _contract(provider),
        bool(provider.contract_until and provider.contract_until < today),
        tuple(Said(r.school.name, r.provider_note, r.would_use_again)
              for r in spoken.select_related("school").order_by("-evaluated_at")),
        tuple(lines(_newest(mine), user, meets_on)),
    )  # fmt: skip


def _newest(rows: Any) -> Sequence[CpdRequest]:
    return list(rows.order_by("-number")[:50])


def _contract(provider: Provider) -> str:
    begins, ends = provider.contract_from, provider.contract_until
    if begins and ends:
        return f"{day(begins)} to {day(ends)}"
    if begins:
        return f"From {day(begins)}"
    return f"Until {day(ends)}" if ends else ""
