"""What waits in buying once and in the central fund: to answer, to lead, to buy, to decide anew, to agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.urls import reverse

from cpd.models import CentralPart, PurchaseSchool, SharedPurchase
from cpd.queries.funding import pounds
from cpd.queries.purchases import DECLINED, JOINED, trouble_with_buying
from trust.access import Capacity
from trust.people.models import User
from trust.work import WorkItem

ICON = "package"


def work_for(user: User, today: dt.date) -> Iterator[WorkItem]:
    """Each school answers for itself; the lead school buys; only a central part waits for the CEO or CFO."""
    heads = user.posts.schools(Capacity.HEAD)
    if heads:
        yield from _to_answer(heads)
        yield from _to_buy(heads)
        yield from _to_decide_anew(heads)
    if user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI):
        yield from _to_lead()
    if user.posts.is_trust_wide(Capacity.CEO, Capacity.CFO):
        yield from _parts()


def _to_answer(heads: frozenset[int]) -> Iterator[WorkItem]:
    places = PurchaseSchool.objects.filter(
        school__in=heads, answer="", purchase__state="open"
    ).select_related("purchase", "school")
    for place in places:
        yield WorkItem(
            key=f"purchase-answer-{place.pk}",
            title=f"Say whether you join: {place.purchase.title}",
            why="Schools of the trust could buy this once. You join by your own act, or decline",
            url=reverse("cpd:purchase", args=[place.purchase_id]),
            button="Answer",
            school=place.school.name,
            icon=ICON,
        )


def _to_buy(heads: frozenset[int]) -> Iterator[WorkItem]:
    """Once every school asked has answered, and nothing stands in the way."""
    purchases = SharedPurchase.objects.filter(state="open", lead_school__in=heads).exclude(
        schools__answer=""
    )
    for purchase in purchases.select_related("lead_school").prefetch_related("schools__school"):
        joined = [place for place in purchase.schools.all() if place.answer == JOINED]
        if trouble_with_buying(purchase, joined):
            continue
        yield WorkItem(
            key=f"purchase-buy-{purchase.pk}",
            title=f"Buy for {len(joined)} schools: {purchase.title}",
            why="Every school asked has answered, and your school leads",
            url=reverse("cpd:purchase-buy", args=[purchase.pk]),
            button="See every share",
            school=str(purchase.lead_school),
            icon=ICON,
        )


def _to_decide_anew(heads: frozenset[int]) -> Iterator[WorkItem]:
    """A dissolved purchase leaves each school's decision as it was: to join what is no more."""
    places = (
        PurchaseSchool.objects.filter(
            school__in=heads, answer=JOINED, purchase__state="dissolved",
            request__state="going_ahead", request__decision="join",
        )
        .exclude(request__purchase_places__in=PurchaseSchool.objects.filter(
            answer=JOINED, purchase__state__in=("open", "bought")
        ))
        .select_related("request", "purchase", "school")
    )  # fmt: skip
    for place in places:
        if place.request is None:
            continue
        yield WorkItem(
            key=f"purchase-anew-{place.pk}",
            title=f"Decide anew on {place.request.ref}",
            why=f"The purchase you joined is dissolved: {place.purchase.dissolved_reason}",
            url=reverse("cpd:request", args=[place.request.pk]),
            button="Decide anew",
            school=place.school.name,
            icon=ICON,
        )


def _to_lead() -> Iterator[WorkItem]:
    """A lead school that left, or that declined, leads no longer."""
    without = Q(lead_school__isnull=True, schools__answer=JOINED)
    declined = Q(schools__school=F("lead_school"), schools__answer=DECLINED)
    for purchase in SharedPurchase.objects.filter(without | declined, state="open").distinct():
        yield WorkItem(
            key=f"purchase-lead-{purchase.pk}",
            title=f"Name a lead school: {purchase.title}",
            why="Schools have joined and no school leads, so it cannot be bought",
            url=reverse("cpd:purchase-edit", args=[purchase.pk]),
            button="Name a lead school",
            icon=ICON,
        )


def _parts() -> Iterator[WorkItem]:
    waiting = CentralPart.objects.filter(state="asked").order_by("asked_at", "pk")
    number = waiting.count()
    if not number:
        return
    total = waiting.aggregate(total=Sum("amount"))["total"]
    yield WorkItem(
        key="central-parts",
        title=f"Decide on {number} part{'' if number == 1 else 's'} asked of the central fund",
        why=f"{pounds(total)} waits. The schools' own decisions wait for nothing",
        url=reverse("cpd:fund"),
        button="See the fund",
        icon="piggy-bank",
    )
