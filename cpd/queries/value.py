"""What the Group sees: spend, cost a head, evidence of impact, by priority, school, kind and provider."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.timezone import localtime

from cpd import figures
from cpd.figures import Row, Training
from cpd.models import CpdRequest, ImpactReview, PurchaseSchool
from cpd.rules import sees_priorities_of, totals_of
from improvement.models import Priority
from schools.models import School
from trust.access import Actor
from trust.models import AcademicYear
from trust.templatetags.eyeline import money, pounds

OWN_PRIORITY = "A school’s own priority"
SHARED = "Shared purchase"
SPENDING = ("going_ahead", "evaluated", "listed")
NOT_GIVEN = {
    "priority": "No priority given",
    "school": "No school",
    "kind": "No kind given",
    "provider": "No provider given",
}


# -- the rows the figures are made of --------------------------------------------------------------


def spend_of(request: CpdRequest, as_at: dt.date | None = None) -> Decimal:
    """What a school spends on a request: its total, in which a bought share takes the place of fee and materials.

    Travel and cover stay with each school, whoever buys.
    The one place that says so. Reads `purchase_places` with their purchase, which lists prefetch; with
    `as_at`, a purchase bought later does not count.
    """
    found = [
        place.share
        for place in request.purchase_places.all()
        if place.share is not None and _by(place.purchase.bought_at, as_at)
    ]
    if not found:
        total: Decimal = request.total
        return total
    return sum(found, request.travel + request.supply_cost)


def _by(moment: dt.datetime | None, as_at: dt.date | None) -> bool:
    """Whether something had happened by the end of a day; whenever it happened when no day is given."""
    return moment is not None and (as_at is None or localtime(moment).date() <= as_at)


def trainings_of(
    year: AcademicYear, today: dt.date, *, as_at: dt.date | None = None
) -> list[Training]:
    """Everything schools spend on in a year, by the day the training starts, in a fixed number of queries.

    Going ahead, evaluated or listed only; with `as_at`, as it stood at the end of that day. A school
    that joined a purchase without a request of its own counts with its share, in the year it was bought.
    """
    return [
        *(_training(each, today, as_at) for each in _requests(year, as_at)),
        *(_joined(place) for place in _places(year, as_at)),
    ]


def _requests(year: AcademicYear, as_at: dt.date | None) -> Iterable[CpdRequest]:
    spending = Q(state__in=SPENDING)
    if as_at is not None:
        begun = Q(decided_at__date__lte=as_at) | Q(listing__gt="", raised_at__date__lte=as_at)
        left = Q(state="withdrawn", state_left__in=SPENDING, withdrawn_at__date__gt=as_at)
        spending = (spending | left) & begun
    return (
        CpdRequest.objects.filter(spending)
        .of_year(year)
        .select_related("school", "provider", "priority__parent")
        .prefetch_related(
            "reviews",
            Prefetch("purchase_places", PurchaseSchool.objects.select_related("purchase")),
        )
        .order_by("number")
    )


def _training(request: CpdRequest, today: dt.date, as_at: dt.date | None) -> Training:
    reviews = list(request.reviews.all())
    judged = _by(request.evaluated_at, as_at) and bool(request.verdict)
    return Training(
        school=request.school.name,
        kind=request.get_kind_display(),
        provider=request.provider_words.strip(),
        amount=spend_of(request, as_at),
        staff=request.staff,
        priority=priority_words(request.priority),
        is_reviewed=not request.listing,
        reviews=tuple((r.level, r.outcome) for r in reviews if _by(r.reviewed_at, as_at)),
        late=sum(is_late(r, as_at or today, as_at) for r in reviews if not request.listing),
        verdict=request.verdict if judged else "",
        would_use_again=request.would_use_again if judged else None,
    )


def is_late(review: ImpactReview, day: dt.date, as_at: dt.date | None = None) -> bool:
    """Whether its day was past and nobody had answered it."""
    return review.due_on < day and not _by(review.reviewed_at, as_at)


def _places(year: AcademicYear, as_at: dt.date | None) -> Iterable[PurchaseSchool]:
    bought = PurchaseSchool.objects.filter(
        request__isnull=True, share__isnull=False,
        purchase__bought_at__date__range=(year.starts_on, year.ends_on),
    )  # fmt: skip
    if as_at is not None:
        bought = bought.filter(purchase__bought_at__date__lte=as_at)
    return bought.select_related("school", "purchase__provider").order_by("pk")


def _joined(place: PurchaseSchool) -> Training:
    return Training(
        school=place.school.name,
        kind=SHARED,
        provider=place.purchase.provider_words.strip(),
        amount=place.share or Decimal(0),
        staff=place.staff,
        is_reviewed=False,
    )


def priority_words(priority: Priority | None) -> str:
    """The trust's priority that it serves, through the school's own; "" when none was given."""
    if priority is None:
        return ""
    if priority.school_id is None:
        return priority.title
    return priority.parent.title if priority.parent else OWN_PRIORITY


# -- the page --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the address asks for; None and "" mean all."""

    year: AcademicYear
    school: School | None = None
    kind: str = ""
    provider: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.school or self.kind or self.provider)


@dataclass(frozen=True)
class Bar:
    """One bar of a chart in a field 320 wide: all of it in grey, the part that counts in brand."""

    label: str
    words: str
    text_y: int
    bar_y: int
    width: str
    part: str


@dataclass(frozen=True)
class Chart:
    """A server-drawn bar chart: what it shows in words, for whoever does not see it."""

    words: str
    height: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Breakdown:
    """Spend by one thing: a chart and the same in a table."""

    key: str
    title: str
    head: str
    chart: Chart
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ValuePage:
    asked: Asked
    years: list[AcademicYear]
    schools: list[School]
    kinds: list[str]
    provider_names: list[str]
    stats: list[dict[str, Any]]
    breakdowns: list[Breakdown]
    evidence: figures.Evidenced
    evidence_chart: Chart
    providers: list[figures.ProviderRow]
    provider_chart: Chart
    verdicts: list[tuple[str, int]]
    verdict_chart: Chart
    late: int
    hides_priorities: bool
    count: int


def value_page(user: Actor, asked: Asked, today: dt.date) -> ValuePage:
    """The figures this person may read, narrowed as asked; totals only, never one request."""
    scope = totals_of(user)
    schools = list(_schools_in(scope))
    names = {school.name for school in schools}
    within = [
        row for row in trainings_of(asked.year, today) if scope is None or row.school in names
    ]
    rows = narrowed(within, asked)
    priorities = sees_priorities_of(
        user, asked.school.pk if asked.school else None, is_narrowed=asked.is_narrowed
    )
    evidence = figures.evidenced(rows)
    makers = figures.providers(rows)
    counts = figures.verdicts(rows)
    said = [(str(v.label), counts[v.value]) for v in CpdRequest.Verdict if v.value]
    late = sum(row.late for row in rows)
    return ValuePage(
        asked=asked,
        years=list(AcademicYear.objects.filter(starts_on__lte=today)),
        schools=schools,
        kinds=sorted({row.kind for row in within}),
        provider_names=sorted({row.provider for row in within if row.provider}, key=str.casefold),
        stats=_stats(rows, evidence, late),
        breakdowns=breakdowns(rows, with_priorities=priorities),
        evidence=evidence,
        evidence_chart=_evidence_chart(evidence),
        providers=makers,
        provider_chart=_provider_chart(makers),
        verdicts=said,
        verdict_chart=chart("Verdicts", [(w, str(n), n, n) for w, n in said]),
        late=late,
        hides_priorities=not priorities,
        count=len(rows),
    )


def _schools_in(scope: frozenset[int] | None) -> Iterable[School]:
    schools = School.objects.all() if scope is None else School.objects.filter(pk__in=scope)
    return schools.by_name()


def narrowed(rows: Iterable[Training], asked: Asked) -> list[Training]:
    """The rows of one school, kind or provider."""
    return [
        row
        for row in rows
        if (asked.school is None or row.school == asked.school.name)
        and asked.kind in ("", row.kind)
        and asked.provider in ("", row.provider)
    ]


def _stats(
    rows: Sequence[Training], evidence: figures.Evidenced, late: int
) -> list[dict[str, Any]]:
    head, typical = figures.cost_a_head(rows), figures.median_a_head(rows)
    share = evidence.percent
    return [
        {"label": "Spend", "value": money(figures.total(rows)),
         "small": f"{len(rows)} training{'' if len(rows) == 1 else 's'}"},
        {"label": "Cost a head", "value": pounds(head) or "–",
         "small": f"median {pounds(typical)}" if typical is not None else ""},
        {"label": "Spend with evidence at levels 4 and 5",
         "value": "–" if share is None else f"{share}%",
         "small": f"{money(evidence.spend)} of {money(evidence.of)}"},
        {"label": "Impact reviews late", "value": late, "late": bool(late)},
    ]  # fmt: skip


def breakdowns(rows: Sequence[Training], *, with_priorities: bool) -> list[Breakdown]:
    """Spend by priority (where this reader may), school, kind and provider."""
    keys: list[tuple[str, str, str, Callable[[Training], str]]] = [
        ("priority", "Spend by trust priority", "Priority", lambda row: row.priority),
        ("school", "Spend by school", "School", lambda row: row.school),
        ("kind", "Spend by kind", "Kind", lambda row: row.kind),
        ("provider", "Spend by provider", "Provider", lambda row: row.provider),
    ]
    return [
        _breakdown(rows, key, title, head, of)
        for key, title, head, of in keys
        if key != "priority" or with_priorities
    ]


def _breakdown(
    rows: Sequence[Training], key: str, title: str, head: str, of: Callable[[Training], str]
) -> Breakdown:
    found = tuple(
        Row(**{**_fields(row), "label": row.label or NOT_GIVEN[key]})
        for row in figures.breakdown(rows, of)
    )
    bars = [(r.label, money(r.spend), r.with_evidence, r.spend) for r in found]
    return Breakdown(key, title, head, chart(title, bars, part="with evidence"), found)


def _fields(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


# -- charts ----------------------------------------------------------------------------------------

WIDE, STEP, LONGEST = 320, 40, 34


def chart(
    title: str,
    bars: Sequence[tuple[str, str, Decimal | int, Decimal | int]],
    *,
    part: str = "",
) -> Chart:
    """Bars from (label, words, part, whole), drawn to the longest whole; long labels are cut in the drawing."""
    most = max((whole for *_, whole in bars), default=0)
    drawn = tuple(
        Bar(
            label=label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip() + "…",
            words=words,
            text_y=STEP * i + 14,
            bar_y=STEP * i + 20,
            width=_width(whole, most),
            part=_width(share, most),
        )
        for i, (label, words, share, whole) in enumerate(bars)
    )
    said = "; ".join(
        f"{label} {words}" + (f", of it {money(Decimal(share))} {part}" if part else "")
        for label, words, share, _ in bars
    )
    return Chart(f"{title}: {said}" if said else title, max(STEP * len(bars), 1), drawn)


def _width(amount: Decimal | int, most: Decimal | int) -> str:
    return f"{float(amount) * WIDE / float(most):.1f}" if most else "0"


def _evidence_chart(evidence: figures.Evidenced) -> Chart:
    words = money(evidence.spend)
    return chart(
        "Spend with evidence at levels 4 and 5",
        [(f"With evidence, of {money(evidence.of)}", words, evidence.spend, evidence.of)],
    )


def _provider_chart(rows: Sequence[figures.ProviderRow]) -> Chart:
    bars = [
        (row.label, f"{row.met + row.partly} of {row.answered}", row.met + row.partly, row.answered)
        for row in rows
        if row.answered
    ]
    return chart("Reviews at levels 4 and 5 that were met or partly met", bars)


# -- the export ------------------------------------------------------------------------------------

EXPORT_HEADER = (
    "By", "Name", "Trainings", "Staff", "Spend", "Share of spend, %", "Cost a head",
    "Spend with evidence at levels 4 and 5",
)  # fmt: skip


def export_rows(page: ValuePage) -> list[tuple[Any, ...]]:
    """The tables of the page as rows, with its total last."""
    rows: list[tuple[Any, ...]] = [
        (each.head, row.label, row.trainings, row.staff, row.spend, row.share, row.a_head,
         row.with_evidence)
        for each in page.breakdowns
        for row in each.rows
    ]  # fmt: skip
    by_school = next(each for each in page.breakdowns if each.key == "school")
    rows.append(
        ("All", str(page.asked.year), page.count, sum(row.staff for row in by_school.rows),
         sum((row.spend for row in by_school.rows), Decimal(0)), 100 if page.count else 0, None,
         page.evidence.spend)
    )  # fmt: skip
    return rows
