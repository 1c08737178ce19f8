"""The pages of buying once, as their reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from cpd.models import CpdRequest, PurchaseSchool, SharedPurchase
from cpd.queries.group import grouped, schools_words, with_figures
from cpd.queries.panels import Panel
from cpd.queries.purchases import (
    DECLINED,
    JOINED,
    apart_in_all,
    apart_of,
    fingerprint,
    parts_of,
    shares_of,
    trouble_with_buying,
    weights_of,
)
from cpd.recharge import NOTHING, Share
from cpd.rules import (
    READ_RAISED,
    may_answer_purchase,
    may_buy,
    may_lead_purchase,
    may_open_purchase,
)
from schools.models import School
from trust.access import Actor
from trust.calendar import today
from trust.people.models import User
from trust.templatetags.eyeline import money

ANSWER_TAGS: dict[str, str] = {JOINED: "done", DECLINED: "plain"}
TAGS = {"open": "doing", "bought": "done", "dissolved": "plain"}


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    small: str = ""


@dataclass(frozen=True)
class Row:
    """One purchase of the list."""

    purchase: SharedPurchase
    joined: str
    staff: int
    cost: Decimal | None
    apart: Decimal
    tag: str

    @property
    def saving(self) -> Decimal | None:
        return None if self.cost is None or not self.apart else self.apart - self.cost


@dataclass(frozen=True)
class Find:
    """Like requests of several schools that could be bought once."""

    title: str
    schools: str
    number: int
    figures: tuple[Figure, ...]
    url: str
    """To open a purchase of them; "" for those who may not."""


@dataclass(frozen=True)
class ListPage:
    rows: tuple[Row, ...]
    finds: tuple[Find, ...]
    may_open: bool


def purchase_list(user: Actor) -> ListPage:
    """Purchases this person may know of, open ones first, and like requests that could become one."""
    may_open = bool(may_open_purchase(user))
    purchases = _with_places(SharedPurchase.objects.visible_to(user))
    rows = [_row(purchase) for purchase in purchases]
    order = list(TAGS)
    return ListPage(
        rows=tuple(sorted(rows, key=lambda r: (order.index(r.purchase.state), -r.purchase.pk))),
        finds=finds_for(user) if user.posts.holds(*READ_RAISED) else (),
        may_open=may_open,
    )


def _with_places(purchases: QuerySet[SharedPurchase]) -> QuerySet[SharedPurchase]:
    places = PurchaseSchool.objects.select_related("school", "request")
    return purchases.select_related("lead_school", "provider").prefetch_related(
        Prefetch("schools", places)
    )


def _row(purchase: SharedPurchase) -> Row:
    places = list(purchase.schools.all())
    joined = [p for p in places if p.answer == JOINED]
    cost = purchase.cost if purchase.cost is not None else purchase.quote
    return Row(
        purchase=purchase,
        joined=f"{len(joined)} of {len(places)}",
        staff=sum(p.staff for p in joined),
        cost=cost,
        apart=apart_in_all(joined),
        tag=TAGS[purchase.state],
    )


def finds_for(user: Actor) -> tuple[Find, ...]:
    """Like requests of two schools or more, still to come and in no purchase.

    "Same provider or topic from >= 2 schools": alike as the Strategy Group's own page puts them together.
    """
    opens = bool(may_open_purchase(user))
    return tuple(_find(group, opens) for group in _like_requests(user) if _schools(group) > 1)


def _like_requests(user: Actor) -> list[list[CpdRequest]]:
    taken = PurchaseSchool.objects.exclude(purchase__state="dissolved")
    rows = (
        CpdRequest.objects.visible_to(user)
        .filter(state__in=("raised", "going_ahead"), listing="", starts_on__gte=today())
        .exclude(pk__in=taken.filter(request__isnull=False).values("request"))
    )
    return grouped(with_figures(rows))


def _schools(group: Sequence[CpdRequest]) -> int:
    return len({r.school_id for r in group})


def _find(group: list[CpdRequest], opens: bool) -> Find:
    first = {r.school_id: r for r in reversed(group)}
    chosen = sorted(first.values(), key=lambda r: r.pk)
    query = urlencode({"requests": ",".join(str(r.pk) for r in chosen)})
    return Find(
        title=group[0].title,
        schools=schools_words(chosen),
        number=len(chosen),
        figures=(
            Figure("Staff", str(sum(r.staff for r in chosen))),
            Figure("If bought apart", money(sum((apart_of(r) for r in chosen), NOTHING))),
        ),
        url=f"{reverse('cpd:purchase-new')}?{query}" if opens else "",
    )


# -- one purchase --------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlaceRow:
    """One school of a purchase: what it answered, and its share."""

    place: PurchaseSchool
    answer: str
    tag: str
    share: Decimal | None
    would: Decimal | None
    """Its share if it joined those that have."""
    remainder: str
    request_url: str
    request_words: str
    is_lead: bool
    may_answer: bool

    @property
    def may_join(self) -> bool:
        return self.may_answer and self.place.answer != JOINED

    @property
    def may_leave(self) -> bool:
        return self.may_answer and self.place.answer == JOINED


@dataclass(frozen=True)
class Like:
    """A like request of a school that is not asked yet."""

    request: CpdRequest
    words: str


@dataclass(frozen=True)
class PurchasePage:
    """Everything that the page of one purchase shows."""

    purchase: SharedPurchase
    places: tuple[PlaceRow, ...]
    figures: tuple[Figure, ...]
    trouble: str
    """Why it cannot be bought, or not shared as it says."""
    over: str
    like: tuple[Like, ...] = ()
    to_ask: tuple[School, ...] = ()
    may_change: bool = False
    may_buy: bool = False
    may_open_again: bool = False

    @property
    def mine(self) -> list[PlaceRow]:
        """The places this person answers for."""
        return [row for row in self.places if row.may_answer]


def read_purchase(purchase: SharedPurchase, user: Actor) -> PurchasePage:
    """The page, in a fixed number of queries however many schools are asked."""
    [purchase] = _with_places(SharedPurchase.objects.filter(pk=purchase.pk))
    places = list(purchase.schools.all())
    joined = [p for p in places if p.answer == JOINED]
    is_open = purchase.state == "open"
    leads = bool(may_lead_purchase(user, purchase))
    return PurchasePage(
        purchase=purchase,
        places=_place_rows(purchase, places, user),
        figures=_figures(purchase, joined)
        if len(joined) > 1 or not is_open
        else _hoped(purchase, places),
        trouble=trouble_with_buying(purchase, joined) if is_open else "",
        over=_over(purchase, joined),
        like=_like(purchase, user) if is_open and leads else (),
        to_ask=_to_ask(places, user, leads=leads) if is_open else (),
        may_change=is_open and leads,
        may_buy=is_open and bool(may_buy(user, purchase)),
        may_open_again=purchase.state == "dissolved" and leads,
    )


def cost_of(purchase: SharedPurchase) -> Decimal | None:
    """What it cost, or as long as it is not bought what is quoted."""
    return purchase.cost if purchase.cost is not None else purchase.quote


def _place_rows(
    purchase: SharedPurchase, places: list[PurchaseSchool], user: Actor
) -> tuple[PlaceRow, ...]:
    joined = [p for p in places if p.answer == JOINED]
    now = parts_of(purchase, joined, cost_of(purchase))
    seen = set(
        CpdRequest.objects.visible_to(user)
        .filter(pk__in=[p.request_id for p in places if p.request_id])
        .values_list("pk", flat=True)
    )
    return tuple(
        _place_row(
            purchase, place, joined, user,
            share=now.amounts.get(place.school_id) if now else None,
            over=now.over if now else NOTHING,
            is_seen=place.request_id in seen,
        )
        for place in places
    )  # fmt: skip


def _place_row(
    purchase: SharedPurchase,
    place: PurchaseSchool,
    joined: list[PurchaseSchool],
    user: Actor,
    *,
    share: Decimal | None,
    over: Decimal,
    is_seen: bool,
) -> PlaceRow:
    is_lead = place.school_id == purchase.lead_school_id
    remainder = place.remainder
    if place.share is not None:
        share = place.share
    elif share is not None and is_lead:
        share, remainder = share + over, over
    request = place.request if is_seen else None
    return PlaceRow(
        place=place,
        answer=place.get_answer_display(),
        tag=ANSWER_TAGS.get(place.answer, "todo"),
        share=share,
        would=_would(purchase, place, joined),
        remainder=f"with {money(remainder)} that cannot be shared" if remainder else "",
        request_url=reverse("cpd:request", args=[request.pk]) if request else "",
        request_words=f"{request.ref}, {money(apart_of(request))} on its own" if request else "",
        is_lead=is_lead,
        may_answer=purchase.state == "open" and bool(may_answer_purchase(user, place.school_id)),
    )


def _would(
    purchase: SharedPurchase, place: PurchaseSchool, joined: list[PurchaseSchool]
) -> Decimal | None:
    if purchase.state != "open" or place.answer == JOINED:
        return None
    if not weights_of(purchase, [place])[place.school_id]:
        return None  # nobody knows yet how many staff, or how many pupils
    parts = parts_of(purchase, [*joined, place], cost_of(purchase))
    return parts.amounts[place.school_id] if parts else None


def _figures(purchase: SharedPurchase, joined: list[PurchaseSchool]) -> tuple[Figure, ...]:
    """Staff, and what buying once costs and saves the schools that joined."""
    cost, apart = cost_of(purchase), apart_in_all(joined)
    found = [
        Figure("Staff taking part", str(sum(p.staff for p in joined))),
        Figure("If bought apart", money(apart)),
    ]
    if cost is None:
        return (*found, Figure("Quote for all", "None yet"))
    saved = apart - cost
    found.append(Figure("It cost" if purchase.state == "bought" else "Quote for all", money(cost)))
    if saved >= 0:
        return (*found, Figure("Saves", money(saved)))
    return (*found, Figure("Dearer by", money(-saved), "than what the joined schools asked for"))


def _hoped(purchase: SharedPurchase, places: list[PurchaseSchool]) -> tuple[Figure, ...]:
    """Before two schools have joined: the figures if every school that has not declined does."""
    staff, apart, cost, *rest = _figures(purchase, [p for p in places if p.answer != DECLINED])
    return (Figure(staff.label, staff.value, "if every school asked joins"), apart, cost, *rest)


def _over(purchase: SharedPurchase, joined: list[PurchaseSchool]) -> str:
    """Who bears the pennies that cannot be shared, by name."""
    if purchase.state == "bought":
        over = sum((p.remainder for p in joined), NOTHING)
    else:
        parts = parts_of(purchase, joined, cost_of(purchase))
        over = parts.over if parts else NOTHING
    if not over:
        return ""
    if purchase.lead_school is None:
        return f"{money(over)} cannot be shared: the lead school bears it, once one is named"
    return f"{money(over)} cannot be shared: {purchase.lead_school}, as lead school, bears it"


def _like(purchase: SharedPurchase, user: Actor) -> tuple[Like, ...]:
    """Requests like those in the purchase, of schools that are not asked."""
    asked = {p.school_id for p in purchase.schools.all()}
    inside = [p.request_id for p in purchase.schools.all() if p.request_id]
    rows = CpdRequest.objects.visible_to(user).filter(pk__in=inside)
    own = list(with_figures(rows)) if inside else []
    free = [r for group in _like_requests(user) for r in group if r.school_id not in asked]
    found: dict[int, CpdRequest] = {}
    for group in grouped([*own, *free]) if free else ():
        if any(r.pk in inside for r in group):
            found.update({r.school_id: r for r in group if r.pk not in inside})
    return tuple(
        Like(r, f"{r.school}: {r.title}, {r.staff} staff, {money(apart_of(r))}")
        for r in sorted(found.values(), key=lambda r: r.number)
    )


def _to_ask(places: list[PurchaseSchool], user: Actor, *, leads: bool) -> tuple[School, ...]:
    """Schools not asked: every one for who leads the purchase, the own for a headteacher."""
    asked = [p.school_id for p in places]
    schools = School.objects.in_trust(today()).exclude(pk__in=asked).by_name()
    return tuple(s for s in schools if leads or may_answer_purchase(user, s.pk))


# -- what buying would settle --------------------------------------------------------------------


@dataclass(frozen=True)
class ShareRow:
    school: School
    measure: str
    share: Share

    @property
    def words(self) -> str:
        over = self.share.remainder
        return f"with {money(over)} that cannot be shared" if over else ""


@dataclass(frozen=True)
class Settlement:
    """Every share of a cost, as it is confirmed and then stands."""

    cost: Decimal
    rows: tuple[ShareRow, ...]
    seen: str


def settle(purchase: SharedPurchase, cost: Decimal) -> Settlement | None:
    """The shares of the schools that joined; None while something stands in the way of buying."""
    joined = list(purchase.schools.filter(answer=JOINED).select_related("school"))
    if trouble_with_buying(purchase, joined):
        return None
    shares = shares_of(purchase, joined, cost)
    rows = tuple(ShareRow(p.school, measure_of(purchase, p), shares[p.school_id]) for p in joined)
    return Settlement(cost, rows, fingerprint(shares))


def measure_of(purchase: SharedPurchase, place: PurchaseSchool) -> str:
    """By what its share is measured, in words."""
    if purchase.split == SharedPurchase.Split.SCHOOL:
        return "An equal part"
    if purchase.split == SharedPurchase.Split.ROLL:
        return f"{place.school.pupils or 0} pupils"
    return f"{place.staff} staff"


def recharges(purchase: SharedPurchase) -> list[PurchaseSchool]:
    """The places that pay, once it is bought."""
    return list(purchase.schools.filter(share__isnull=False).select_related("school", "request"))


def panel_of(request: CpdRequest, user: User) -> Panel | None:
    """The purchases a request is in, on its page: for its own school and whoever reads purchases."""
    visible = SharedPurchase.objects.visible_to(user).exclude(state="dissolved")
    places = list(request.purchase_places.filter(purchase__in=visible).select_related("purchase"))
    return Panel("cpd/purchase_panel.html", places) if places else None
