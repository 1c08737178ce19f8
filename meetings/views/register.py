"""The register of actions: filtered, sorted, exported; its address says how."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from meetings.action_rules import may_close_sooner, may_export_actions, may_raise_action
from meetings.queries import register, sources
from meetings.queries.action_export import HEADER, export_row
from trust.access import require
from trust.calendar import today
from trust.exports import csv_answer
from trust.numbers import whole_number
from trust.pages import page_of, remembered, version_of

A_PAGE = 25


@require_GET
def action_list(request: HttpRequest) -> HttpResponse:
    """Every action this person reads, overdue first unless sorted otherwise."""
    user, filters, day = request.user, filters_of(request), today()
    rows = register.register(user, filters, day)
    at, whose = version_of(request), f"{user.pk}:{hash(user.posts)}:{day}"
    totals = remembered(
        f"register-totals:{whose}:{hash(filters)}", at, lambda: register.totals_of(rows, day)
    )
    page = page_of(rows, sum(totals.values()), A_PAGE, request.GET.get("page"))
    shown = list(page.object_list)
    counts = remembered(f"register-counts:{whose}", at, lambda: register.counts(user, day))
    offered = remembered(f"register-choices:{whose}", at, lambda: register.choices(user))
    context = {
        "filters": filters,
        "groups": register.groups(shown, day, totals, filters.sort),
        "page_obj": page,
        "stats": _stats(counts),
        "statuses": _tabs(request, filters, counts),
        "schools": offered.schools,
        "sources": sources.labels().items(),
        "owners": [("me", "You"), *((role, role) for role in offered.owners)],
        "orders": register.SORTED.items(),
        "heads": _heads(request, filters),
        "query": _query(request, page=""),
        "may_raise": bool(may_raise_action(user, None)),
        "may_export": bool(may_export_actions(user)),
        "closes": {a.pk for a in shown if a.state == "done" and may_close_sooner(user, a)},
        "as_at": day,
    }  # fmt: skip
    return render(request, "meetings/action_list.html", context)


@require_GET
def action_export(request: HttpRequest) -> HttpResponse:
    """The same list as a CSV file, for those of the trust."""
    require(may_export_actions(request.user))
    day = today()
    rows = register.register(request.user, filters_of(request), day).select_related("indicator")
    return csv_answer(
        f"actions-{day.isoformat()}", HEADER, (export_row(each, day) for each in rows)
    )


def filters_of(request: HttpRequest) -> register.Filters:
    """What the address asks; an unknown status or order is the default one."""
    got = request.GET
    status, sort = got.get("status", "open"), got.get("sort", "due")
    return register.Filters(
        status=status if status in register.STATUSES else "open",
        school=whole_number(got.get("school", "")),
        owner=got.get("owner", "")[:80],
        source=got.get("source", ""),
        carried=got.get("carried", ""),
        sort=sort if sort in register.SORTS else "due",
    )


def _query(request: HttpRequest, **changes: str) -> str:
    kept = {**request.GET.dict(), **changes}
    return urlencode({name: value for name, value in kept.items() if value})


def _heads(request: HttpRequest, filters: register.Filters) -> list[dict[str, Any]]:
    """The columns by which the list may be sorted."""
    columns = (("", "Action"), ("school", "School"), ("owner", "Owner"), ("due", "Due"),
               ("carried", "Carried"), ("", "Status"))  # fmt: skip
    return [
        {"label": label, "current": bool(key) and key == filters.sort,
         "sorted": "descending" if key == "carried" else "ascending",
         "url": "?" + _query(request, sort="" if key == "due" else key, page="") if key else ""}
        for key, label in columns
    ]  # fmt: skip


def _tabs(request: HttpRequest, filters: register.Filters, counts: register.Counts) -> list[Any]:
    """The four statuses with their counts; another status keeps the other filters."""
    return [
        {
            "label": f"{label} {getattr(counts, name)}",
            "url": "?" + _query(request, status=name, page=""),
            "current": name == filters.status,
        }
        for name, label in register.STATUSES.items()
    ]


def _stats(counts: register.Counts) -> list[dict[str, Any]]:
    schools = "1 school" if counts.overdue_schools == 1 else f"{counts.overdue_schools} schools"
    return [
        {"label": "Closed by their date, this year", "value": counts.share_by_due,
         "small": f"of {counts.closed} closed" if counts.closed else ""},
        {"label": "Median time to close", "value": counts.median_days},
        {"label": "Open", "value": counts.open},
        {"label": "Overdue", "value": counts.overdue, "late": counts.overdue > 0,
         "small": f"in {schools}" if counts.overdue else ""},
        {"label": "Carried twice or more", "value": counts.carried_twice},
    ]  # fmt: skip
