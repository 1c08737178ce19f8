"""A school that left the trust: what it still asks for is withdrawn, and it takes part in no purchase."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q, QuerySet

from cpd.actions.joining import drop_lead, locked_place
from cpd.actions.requests import withdraw_request
from cpd.models import CpdRequest, PurchaseSchool
from schools.models import School
from trust.audit import record
from trust.calendar import today

LEFT = "School left the trust"


def schools_to_leave() -> list[int]:
    """Schools whose day of leaving has come and that still ask for training or have a place in a purchase."""
    gone = School.objects.filter(left_on__lte=today())
    open_requests = _open_requests(gone).values("school_id")
    places = _open_places(gone).values("school_id")
    found = gone.filter(Q(pk__in=open_requests) | Q(pk__in=places))
    return list(found.order_by("pk").values_list("pk", flat=True))


def _open_requests(schools: QuerySet[School]) -> QuerySet[CpdRequest]:
    """Not yet begun when the school left: what was held before that day stays on the record."""
    not_begun = Q(starts_on__isnull=True) | Q(starts_on__gte=F("school__left_on"))
    bought = PurchaseSchool.objects.filter(share__isnull=False, request__isnull=False)
    return (
        CpdRequest.objects.filter(school__in=schools)
        .filter(
            Q(state__in=("draft", "raised")) | Q(state__in=("listed", "going_ahead")) & not_begun
        )
        .exclude(pk__in=bought.values("request"))
    )


def _open_places(schools: QuerySet[School]) -> QuerySet[PurchaseSchool]:
    return PurchaseSchool.objects.filter(school__in=schools).exclude(purchase__state="bought")


@transaction.atomic
def leave_school(pk: int) -> None:
    """Withdraw what a school that left still asks for, and take it out of every unbought purchase."""
    gone = School.objects.filter(pk=pk)
    for place in _open_places(gone).select_related("purchase", "school"):
        held = locked_place(place)
        record("school_left", held, by=None, purchase=held.purchase_id)
        drop_lead(held.purchase, pk, by=None)
        held.delete()
    for request in _open_requests(gone):
        withdraw_request(request, reason=LEFT, by=None)
