"""Requests as they are read: the list, the file of it, one request and its versions."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cpd.forms.requests import DecisionForm, WithdrawForm
from cpd.models import CpdRequest
from cpd.queries.panels import panels_for
from cpd.queries.request_page import as_it_stood, request_page, sections
from cpd.queries.requests import (
    EXPORT_HEADER,
    STATUSES,
    export_rows,
    lines,
    list_figures,
    listed_requests,
    may_follow,
    meeting_day,
    whole_ones,
    with_line,
)
from cpd.rules import OF_SCHOOL, may_read_requests, reads_whole
from evidence.pupil_traces import pupil_traces
from improvement.models import Priority
from schools.models import School
from trust.access import get_visible_or_404, require
from trust.calendar import today
from trust.exports import csv_answer
from trust.pages import new_key, remembered, version_of
from trust.people.models import User

A_PAGE = 50
HEADS = (
    ("training", "Training", ""), ("school", "School", ""), ("staff", "Staff", "num"),
    ("cost", "Cost a head", "num"), ("total", "Total", "num"), ("", "Status", ""),
)  # fmt: skip


def person(request: HttpRequest) -> User:
    """Who asks; the sign-in middleware has seen to it that somebody does."""
    return cast("User", request.user)


def request_or_404(request: HttpRequest, pk: int) -> CpdRequest:
    """The request with its school and advice, if this person may read it."""
    return get_visible_or_404(with_line(CpdRequest.objects.all()), person(request), pk=pk)


@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests this person reads; search, filters, order and page are in the address."""
    user, asked = person(request), request.GET
    require(may_read_requests(user))
    at, day = version_of(request), today()
    meets_on = remembered(f"group-day:{day}", at, lambda: meeting_day(day))
    page = Paginator(listed_requests(user, asked), A_PAGE).get_page(asked.get("page"))
    context = {
        "page": page,
        "lines": lines(page.object_list, user, meets_on),
        "figures": remembered(
            f"training-figures:{user.pk}:{day}", at, lambda: list_figures(user, day, meets_on)
        ),
        "heads": _heads(asked),
        "asked": asked,
        "is_filtered": any(asked.get(n) for n in ("q", "status", "school", "kind", "priority")),
        "address": _address(asked, "page"),
        "meets_on": meets_on if may_follow(user) else None,
        "may_draft": bool(user.posts.schools(*OF_SCHOOL)),
        **remembered(f"training-choices:{user.pk}:{day}", at, lambda: _choices(user)),
    }
    return render(request, "cpd/request_list.html", context)


def _choices(user: User) -> dict[str, Any]:
    """What the filters offer: schools and priorities of the requests this person reads."""
    rows = CpdRequest.objects.visible_to(user)
    seen = whole_ones(rows, user).exclude(priority=None)
    return {
        "statuses": tuple(STATUSES.items()),
        "kinds": CpdRequest.Kind.choices,
        "schools": list(School.objects.filter(pk__in=rows.values("school")).only("name").by_name()),
        "priorities": list(
            Priority.objects.filter(pk__in=seen.values("priority")).order_by("title")
        ),
    }


def _address(asked: Any, *without: str) -> str:
    """The filters of the address, to be carried on."""
    kept = asked.copy()
    for name in without:
        kept.pop(name, None)
    return str(kept.urlencode())


def _heads(asked: Any) -> list[dict[str, str]]:
    """The heads of the columns: what each would sort by, and how it sorts now."""
    now, rest = asked.get("sort", ""), _address(asked, "sort", "page")
    told = []
    for name, label, css in HEADS:
        is_now = now.removeprefix("-") == name and bool(name)
        up = "descending" if now.startswith("-") else "ascending"
        sort = f"-{name}" if now == name else name
        told.append({"name": name, "label": label, "css": css, "aria": up if is_now else "",
                     "url": f"?{rest}{'&' if rest else ''}sort={sort}"})  # fmt: skip
    return told


@require_GET
def request_export(request: HttpRequest) -> HttpResponse:
    """The list as the address filters it, as CSV."""
    user = person(request)
    require(may_read_requests(user))
    rows = export_rows(listed_requests(user, request.GET), user, meeting_day(today()))
    return csv_answer(f"cpd-requests-{today():%Y-%m-%d}", EXPORT_HEADER, rows)


@require_GET
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, as its reader may see it, with what they may do."""
    return request_answer(request, request_or_404(request, pk))


def request_answer(
    request: HttpRequest,
    cpd_request: CpdRequest,
    *,
    decision: DecisionForm | None = None,
    withdrawal: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a request; with the forms as they came back, when one had errors."""
    user = person(request)
    page = request_page(cpd_request, user, today())
    advised = bool(page.advice)
    form = decision or withdrawal
    context = {
        "cpd_request": cpd_request,
        "page": page,
        "panels": panels_for(cpd_request, user),
        "decision": decision or DecisionForm(row=cpd_request, is_advised=advised),
        "withdrawal": withdrawal or WithdrawForm(prefix="withdraw"),
        "form": form,
        "key": new_key(),
        "traces": _traces(cpd_request) if page.acts.edit else [],
    }
    return render(request, "cpd/request.html", context, status=status)


def _traces(row: CpdRequest) -> list[str]:
    return pupil_traces(
        row.title, row.need, row.need_evidence, row.practice_change, row.baseline,
        row.success_measure, row.follow_up, row.alternatives,
    )  # fmt: skip


@require_GET
def request_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A raised request as it stood at one version, to the same reader in the same detail."""
    cpd_request = request_or_404(request, pk)
    version = get_object_or_404(
        cpd_request.versions.select_related("request__school"), number=number
    )
    context = {
        "cpd_request": cpd_request,
        "version": version,
        "sections": sections(
            as_it_stood(version),
            person(request),
            whole=bool(reads_whole(person(request), cpd_request)),
        ),
        "is_newest": version.number == cpd_request.version,
    }
    return render(request, "cpd/request_version.html", context)
