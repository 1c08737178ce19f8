"""Requests as their readers see them: the list with its figures, and what each status is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Exists, F, OrderBy, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Lower, NullIf

from cpd.costs import share, since
from cpd.models import Advice, CentralFund, CpdRequest, ImpactReview
from cpd.models.requests import CpdRequestQuerySet
from cpd.queries.costs import median_a_head
from cpd.queries.funding import agreed_of, current_year
from cpd.queries.group import next_group_meeting
from cpd.queries.impact import SOON
from cpd.rules import READ_RAISED, reads_whole
from evidence.models import VisitRecord
from trust.access import Capacity
from trust.numbers import whole_number
from trust.people.models import User
from trust.templatetags.eyeline import money

SEE_FUND = (Capacity.CEO, Capacity.CFO, Capacity.DSI, Capacity.HEAD)
STATUSES = {
    "draft": "Draft",
    "waiting": "For the Strategy Group",
    "advised": "Advised",
    "going_ahead": "School: going ahead",
    "withdrawn": "School: withdrawn",
    "listed": "Listed only",
    "evaluated": "Evaluated",
}
SORTS = {
    "training": "title_lower", "school": "school__name", "staff": "staff", "cost": "head",
    "total": "total", "newest": "number",
}  # fmt: skip


@dataclass(frozen=True)
class Status:
    """How a request stands: a tag, and the advice under it."""

    label: str
    tone: str
    icon: str = ""
    small: str = ""


def sees_finding(user: User, request: CpdRequest) -> bool:
    """Whether this person may read the record of visit that the request's finding belongs to."""
    visits = VisitRecord.objects.visible_to(user)
    return request.finding is not None and visits.filter(pk=request.finding.visit_id).exists()


def meeting_day(on: dt.date) -> dt.date | None:
    """The day of the next dated meeting of the Strategy Group."""
    group = next_group_meeting(on)
    return group.meeting.day if group else None


def day_and_month(on: dt.date) -> str:
    return f"{on.day} {on:%B}"


def status_of(request: CpdRequest, meets_on: dt.date | None) -> Status:
    """The status in the school's own moves; reads `request.advice`, prefetched newest first."""
    given = list(request.advice.all())
    small = f"Advice: {_lower(given[0].get_advice_display())}" if given else ""
    if request.state == "raised":
        if given:
            return Status("Advised", "tag-todo", small=small)
        label = f"For {day_and_month(meets_on)}" if meets_on else "Raised"
        return Status(label, "tag-doing", small=small)
    label = request.get_state_display()
    if request.state in ("going_ahead", "evaluated"):
        return Status(label, "tag-done", "check", small)
    return Status(label, "tag-todo" if request.state == "draft" else "tag-none", small=small)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


# -- the list --------------------------------------------------------------------------------------


def listed_requests(user: User, asked: Mapping[str, str]) -> CpdRequestQuerySet:
    """Requests this person reads, filtered as the address asks, with what a line needs."""
    rows = CpdRequest.objects.visible_to(user)
    rows = _searched(rows, asked.get("q", "").replace("\0", "").strip()[:100])
    rows = _with_status(rows, asked.get("status", ""))
    school, priority = (whole_number(asked.get(name, "")) for name in ("school", "priority"))
    if school:
        rows = rows.filter(school=school)
    if asked.get("kind") in CpdRequest.Kind.values:
        rows = rows.filter(kind=asked["kind"])
    if priority:
        rows = whole_ones(rows, user).filter(priority=priority)
    return with_line(rows).order_by(*_order(asked.get("sort", "")))


def whole_ones(rows: CpdRequestQuerySet, user: User) -> CpdRequestQuerySet:
    """Those of which this person sees the priority: the own school's, or everybody's for CEO and DSI."""
    if user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI):
        return rows
    own = (Capacity.HEAD, Capacity.LEADER, Capacity.CEO_REPRESENTATIVE)
    return rows.filter(school__in=user.posts.schools(*own))


def with_line(rows: CpdRequestQuerySet) -> CpdRequestQuerySet:
    """What a line and a status read, in a fixed number of queries."""
    return rows.select_related("school", "provider", "priority").prefetch_related(
        Prefetch("advice", Advice.objects.order_by("-recorded_at", "-pk"))
    )


def _searched(rows: CpdRequestQuerySet, words: str) -> CpdRequestQuerySet:
    if not words:
        return rows
    found = Q(search=SearchQuery(words, config="english", search_type="websearch"))
    found |= Q(title__icontains=words) | Q(provider_name__icontains=words)
    number = words.upper().removeprefix("CPD").strip(" -")
    if number.isascii() and number.isdigit() and len(number) < 8:
        found |= Q(number=int(number))
    return rows.filter(found)


def _with_status(rows: CpdRequestQuerySet, status: str) -> CpdRequestQuerySet:
    if status in ("waiting", "advised"):
        is_waiting = status == "waiting"
        advised = Advice.objects.values("request")
        rows = rows.filter(state="raised")
        return rows.exclude(pk__in=advised) if is_waiting else rows.filter(pk__in=advised)
    return rows.filter(state=status) if status in STATUSES else rows


def _order(sort: str) -> list[OrderBy | str]:
    """As the address asks; else drafts, what waits, what is advised on, what the school has decided; newest first."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        return [_standing().asc(), "-number"]
    by = {
        "training": Lower("title"), "cost": F("total") / NullIf(F("staff"), 0),
    }.get(name, F(SORTS[name]))  # fmt: skip
    return [by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "-number"]


def _standing() -> Case:
    advised = Exists(Advice.objects.filter(request=OuterRef("pk")))
    order = ("draft", "raised", "advised", "going_ahead", "listed", "evaluated", "withdrawn")
    places = [
        When(state=state, then=Value(n)) for n, state in enumerate(order) if state != "advised"
    ]
    return Case(When(Q(state="raised") & advised, then=Value(order.index("advised"))), *places)


@dataclass(frozen=True)
class RequestLine:
    """One line of the list."""

    pk: int
    ref: str
    title: str
    small: str
    school: str
    staff: int
    head: Decimal | None
    total: Decimal
    status: Status


def lines(rows: Iterable[CpdRequest], user: User, meets_on: dt.date | None) -> list[RequestLine]:
    """Requests as lines; the priority is named only to those who may read it."""
    return [
        RequestLine(
            row.pk, row.ref, row.title or "No title yet", f"{row.ref} · {_small(row, user)}",
            row.school.name, row.staff, head_of(row), row.total, status_of(row, meets_on),
        )
        for row in rows
    ]  # fmt: skip


def head_of(row: CpdRequest) -> Decimal | None:
    """Pounds for each member of staff, to the penny."""
    return (row.total / row.staff).quantize(Decimal("0.01")) if row.staff else None


def _small(row: CpdRequest, user: User) -> str:
    if row.listing:
        return _lower(row.get_listing_display())
    if not reads_whole(user, row):
        return row.provider_words or row.get_kind_display().lower()
    return f"priority: {row.priority.title}" if row.priority else "no priority given"


# -- the figures above it --------------------------------------------------------------------------


@dataclass(frozen=True)
class Fund:
    """What is agreed from the central fund of this year, out of what it holds."""

    used: str
    amount: str
    percent: int
    width: int


@dataclass(frozen=True)
class ListFigures:
    """The row of figures above the list."""

    fund: Fund | None
    waiting_label: str
    waiting: int
    reviews_due: int
    median: Decimal | None


def fund_for(user: User) -> Fund | None:
    """The central fund, for those who sit where it is spoken of; None when none is entered."""
    year = current_year()
    held = CentralFund.objects.filter(academic_year=year).first() if year else None
    if held is None or year is None or not user.posts.holds(*SEE_FUND):
        return None
    used = agreed_of(year)
    percent = share(used, held.amount) or 0
    return Fund(money(used), money(held.amount), percent, min(percent, 100))


def list_figures(user: User, today: dt.date, meets_on: dt.date | None) -> ListFigures:
    """Counts and the median of what this person reads."""
    mine = CpdRequest.objects.visible_to(user)
    compared = mine.filter(
        listing="", state__in=("raised", "going_ahead", "evaluated"), starts_on__gte=since(today)
    )
    return ListFigures(
        fund_for(user),
        f"For {day_and_month(meets_on)}" if meets_on else "For the Strategy Group",
        mine.to_advise_on().count(),
        ImpactReview.objects.visible_to(user).due((meets_on or today) + SOON).count(),
        median_a_head(compared.values_list("total", "staff")),
    )


def may_follow(user: User) -> bool:
    """Whether this person goes from a request to the Group's meetings."""
    return user.posts.holds(*READ_RAISED)


EXPORT_HEADER = (
    "Reference", "Training", "School", "Kind", "Provider", "Audience", "Staff", "Starts", "Fee",
    "Materials", "Travel", "Supply", "Total", "Cost a head", "Status", "Advice", "Priority",
)  # fmt: skip


def export_rows(
    rows: Iterable[CpdRequest], user: User, meets_on: dt.date | None
) -> list[tuple[object, ...]]:
    """The list as a spreadsheet takes it; what this reader does not see is left empty."""
    told: list[tuple[object, ...]] = []
    for row in rows:
        status = status_of(row, meets_on)
        seen = row.priority.title if row.priority and reads_whole(user, row) else ""
        told.append((
            row.ref, row.title, row.school.name, row.get_kind_display(), row.provider_words,
            row.get_audience_display(), row.staff, row.starts_on, row.fee, row.materials,
            row.travel, row.supply_cost, row.total, head_of(row), status.label,
            status.small.removeprefix("Advice: "), seen,
        ))  # fmt: skip
    return told
