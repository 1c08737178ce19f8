"""Buying once: like requests of several schools as one purchase, joined by each school's own act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from cpd.actions.telling import heads_of, tell
from cpd.models import CpdRequest, Provider, PurchaseSchool, SharedPurchase
from cpd.queries.purchases import fingerprint, shares_of, trouble_with_buying
from cpd.rules import (
    may_answer_purchase,
    may_lead_purchase,
    may_open_purchase,
)
from schools.models import School
from trust.access import Actor, Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.people.models import User
from trust.states import transition

CHANGEABLE = ("title", "provider", "provider_name", "lead_school", "quote", "split", "note")
LARGEST = Decimal("99999999.99")
CAN_BE_LINKED = ("raised", "going_ahead")


@dataclass(frozen=True)
class Standing:
    """In which capacity somebody acts, and for whom when as a delegate."""

    acted_as: str = ""
    acted_for: int | None = None

    @property
    def words(self) -> dict[str, Any]:
        """As the audit takes them."""
        return {"acted_as": self.acted_as, "acted_for": self.acted_for}


def standing_of(by: Actor, *capacities: Capacity, school: int | None = None) -> Standing:
    """The first of the capacities that this person holds, for the school when one is given."""
    for capacity in capacities:
        held = by.posts.holding(capacity, school=school)
        if held is not None:
            return Standing(held.capacity, held.for_person_id)
    return Standing()


def _as_member(by: Actor) -> dict[str, Any]:
    return standing_of(by, Capacity.CEO, Capacity.DSI, Capacity.HEAD).words


def _as_lead(by: Actor, purchase: SharedPurchase) -> dict[str, Any]:
    if purchase.lead_school_id is not None:
        as_head = standing_of(by, Capacity.HEAD, school=purchase.lead_school_id)
        if as_head.acted_as:
            return as_head.words
    return standing_of(by, Capacity.CEO, Capacity.DSI).words


# -- opening one ---------------------------------------------------------------------------------


@transaction.atomic
def open_purchase(
    *,
    title: str,
    by: User,
    requests: Iterable[CpdRequest] = (),
    schools: Iterable[School] = (),
    lead_school: School | None = None,
    quote: Decimal | None = None,
    split: str = SharedPurchase.Split.HEAD,
    provider: Provider | None = None,
    provider_name: str = "",
    note: str = "",
) -> SharedPurchase:
    """Open a purchase and ask the schools of the requests, and others that could join.

    Asking joins nobody; opened twice it is opened once. Raises Conflict when nobody is asked, when a request is not before the Group or is
    in an open purchase already, and when the lead school is not among those asked.
    """
    require(may_open_purchase(by))
    asked = list(requests)
    places = {r.school_id: PurchaseSchool(school=r.school, request=r, staff=r.staff) for r in asked}
    for school in schools:
        places.setdefault(school.pk, PurchaseSchool(school=school))
    if not title.strip():
        raise Conflict("Enter what is bought")
    if not places:
        raise Conflict("Choose the schools to ask")
    opened = _opened_before(title.strip(), set(places), by)
    if opened is not None:
        return opened
    _require_linkable(asked)
    for place in places.values():
        require_in_trust(place.school)
    if lead_school is not None and lead_school.pk not in places:
        raise Conflict("Choose a lead school among the schools asked")
    _require_money(quote)
    purchase = SharedPurchase.objects.create(
        title=title.strip(),
        provider=provider,
        provider_name=provider_name.strip(),
        lead_school=lead_school,
        quote=quote,
        split=split,
        note=note.strip(),
        created_by=by,
        created_at=now(),
    )
    for place in places.values():
        place.purchase = purchase
    PurchaseSchool.objects.bulk_create(places.values())
    record(
        "open_purchase", purchase, by=by, **_as_member(by),
        schools=sorted(places), requests=sorted(r.pk for r in asked),
    )  # fmt: skip
    for place in places.values():
        _tell_asked(place, by)
    return purchase


def _tell_asked(place: PurchaseSchool, by: User) -> None:
    """The headteacher of a school hears that it may join; who asks for the own school knows."""
    people = [person for person in heads_of(place.school) if person.pk != by.person_id]
    tell(
        people, key=f"purchase_asked:{place.purchase_id}:{place.school_id}", template="purchase_asked",
        title=place.purchase.title, school=place.school.name, purchase_pk=place.purchase_id,
    )  # fmt: skip


def _opened_before(title: str, schools: set[int], by: User) -> SharedPurchase | None:
    """The same purchase as this person opened it before: the same act twice does no harm."""
    mine = SharedPurchase.objects.filter(state="open", title=title, created_by=by)
    for purchase in mine.prefetch_related("schools"):
        if {place.school_id for place in purchase.schools.all()} == schools:
            return purchase
    return None


def _require_linkable(requests: list[CpdRequest]) -> None:
    schools: set[int] = set()
    for request in requests:
        if request.state not in CAN_BE_LINKED or request.listing:
            raise Conflict(f"{request.ref} is not before the Strategy Group")
        if request.school_id in schools:
            raise Conflict(f"Choose one request of {request.school}: each school has one place")
        schools.add(request.school_id)
    taken = (
        PurchaseSchool.objects.filter(request__in=requests)
        .exclude(purchase__state="dissolved")
        .exclude(answer="declined")
        .select_related("purchase", "request")
        .first()
    )
    if taken is not None and taken.request is not None:
        raise Conflict(f"{taken.request.ref} is in a shared purchase already: {taken.purchase}")


def require_in_trust(school: School) -> None:
    if school.left_on is not None and school.left_on <= today():
        raise Conflict(f"{school} has left the trust, so it cannot join")


def _require_money(amount: Decimal | None) -> None:
    if amount is None:
        return
    if amount < 0:
        raise Conflict("Enter £0 or more")
    if amount > LARGEST or amount != amount.quantize(Decimal("0.01")):
        raise Conflict("Enter pounds and pence, such as 1650 or 1650.50")


# -- changing it and asking more schools ---------------------------------------------------------


def locked(purchase: SharedPurchase) -> SharedPurchase:
    """The purchase as it is now, held until the transaction ends: joins and the buying wait for each other."""
    return (
        SharedPurchase.objects.select_for_update(of=("self",))
        .select_related("lead_school")
        .get(pk=purchase.pk)
    )


def require_open(purchase: SharedPurchase) -> None:
    """Raise Conflict for a purchase that is bought or dissolved."""
    if purchase.state != "open":
        raise Conflict(
            f"This purchase is {purchase.get_state_display().lower()}. Nothing was changed"
        )


@transaction.atomic
def change_purchase(
    purchase: SharedPurchase, *, version: int, by: User, **changes: Any
) -> SharedPurchase:
    """Change what is bought, from whom, at which quote, who leads and how it is shared.

    Raises Conflict when somebody changed it since that version, and when the lead school is not taking part.
    """
    held = locked(purchase)
    require(may_lead_purchase(by, held))
    require_open(held)
    if held.version != version:
        raise Conflict("Somebody changed this purchase meanwhile. What you typed is below, unsaved")
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"No such field of a purchase: {sorted(unknown)}")
    _require_money(changes.get("quote"))
    lead = changes.get("lead_school")
    if lead is not None and lead != held.lead_school:
        _require_can_lead(held, lead)
    changed = sorted(name for name, value in changes.items() if getattr(held, name) != value)
    if not changed:
        return held
    for name in changed:
        setattr(held, name, changes[name])
    held.version += 1
    held.save(update_fields=[*changed, "version"])
    record("change_purchase", held, by=by, **_as_lead(by, held), fields=changed)
    return held


def _require_can_lead(purchase: SharedPurchase, school: School) -> None:
    require_in_trust(school)
    place = purchase.schools.filter(school=school).first()
    if place is None or place.answer == PurchaseSchool.Answer.DECLINED:
        raise Conflict(f"{school} is not taking part, so it cannot lead")


@transaction.atomic
def ask_school(
    purchase: SharedPurchase,
    *,
    school: School,
    staff: int = 0,
    by: User,
    request: CpdRequest | None = None,
) -> PurchaseSchool:
    """Ask one more school; a school asked already keeps its place and its answer.

    `request` is its own like request, if it has one. Whoever leads the purchase asks, and a headteacher may
    put forward the own school.
    """
    held = locked(purchase)
    if not may_answer_purchase(by, school.pk):
        require(may_lead_purchase(by, held))
    require_open(held)
    place = held.schools.filter(school=school).first()
    if place is not None:
        return place
    require_in_trust(school)
    if request is not None:
        _require_linkable([request])
        staff = staff or request.staff
    place = PurchaseSchool.objects.create(
        purchase=held, school=school, staff=staff, request=request
    )
    record("ask_school", place, by=by, **_as_lead(by, held), purchase=held.pk)
    _tell_asked(place, by)
    return place


# -- buying, dissolving --------------------------------------------------------------------------


@transaction.atomic
def buy(purchase: SharedPurchase, *, cost: Decimal, by: User, seen: str = "") -> SharedPurchase:
    """Buy for the schools that joined: the cost and every share stand from now on.

    `seen` is the fingerprint of the shares that the buyer was shown; others by now are a Conflict. Raises
    Conflict in words when no lead is named, when fewer than two schools joined, and when the cost cannot be
    shared as the purchase says.
    """
    held = locked(purchase)
    if held.state == "bought":
        raise Conflict("This is now: bought. Nothing was changed")
    require_open(held)
    joined = list(
        held.schools.select_for_update(of=("self",))
        .filter(answer=PurchaseSchool.Answer.JOINED)
        .select_related("school")
    )
    _require_money(cost)
    trouble = trouble_with_buying(held, joined)
    if trouble:
        raise Conflict(trouble)
    shares = shares_of(held, joined, cost)
    if seen and seen != fingerprint(shares):
        raise Conflict("The shares have changed since you saw them. Look at them again, then buy")
    transition(held, "buy", by=by, **_as_lead(by, held), cost=cost, version=held.version + 1)
    for place in joined:
        share = shares[place.school_id]
        place.share, place.remainder = share.amount, share.remainder
        place.save(update_fields=["share", "remainder"])
    return held


@transaction.atomic
def dissolve_purchase(purchase: SharedPurchase, *, reason: str, by: User) -> SharedPurchase:
    """End it unbought, with a reason. Each school's decision on its request stays until it decides anew."""
    held = locked(purchase)
    if held.state == "dissolved":
        return held
    return transition(
        held, "dissolve", by=by, **_as_lead(by, held), dissolved_reason=reason.strip()
    )


@transaction.atomic
def open_purchase_again(purchase: SharedPurchase, *, by: User) -> SharedPurchase:
    """Take a dissolved purchase up again: answers stand, but a school that decided anew since is asked anew."""
    held = locked(purchase)
    if held.state == "open":
        return held
    transition(held, "open_again", by=by, **_as_lead(by, held), dissolved_reason="")
    moved_on = held.schools.filter(
        answer=PurchaseSchool.Answer.JOINED, request__isnull=False
    ).exclude(request__state__in=("going_ahead", "evaluated"), request__decision="join")
    moved_on.update(answer="", answered_at=None, answered_by=None)
    return held
