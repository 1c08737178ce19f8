"""What the access matrix asks for at the addresses of this part: purchases."""

from __future__ import annotations

from decimal import Decimal

from cpd.models import CentralFund, CentralPart, PurchaseSchool, SharedPurchase
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.calendar import now
from trust.pages import new_key


def _purchase(world: World, ownership: str, **fields: object) -> SharedPurchase:
    """Led by the school, which has joined, as has a third one that is nobody's here."""
    school, third = world.school_for(ownership), factories.SchoolFactory()
    made = SharedPurchase.objects.create(
        title="Writing programme",
        lead_school=school,
        quote=Decimal("1650"),
        created_by=world.users["dsi"],
        created_at=now(),
        **fields,
    )
    for each in (school, third):
        PurchaseSchool.objects.create(
            purchase=made, school=each, staff=9, answer="joined", answered_at=now(),
            answered_by=world.users["dsi"],
        )  # fmt: skip
    return made


@sample("cpd:purchase-new")
def _new(world: World, ownership: str) -> Sample:
    data = {"title": "Writing programme", "split": "head", "schools": [world.school.pk]}
    return Sample(data={**data, "idempotency_key": new_key()})


@sample("cpd:purchase", "cpd:purchase-recharge")
def _read(world: World, ownership: str) -> Sample:
    return Sample({"pk": _purchase(world, ownership).pk})


@sample("cpd:purchase-edit")
def _edited(world: World, ownership: str) -> Sample:
    made = _purchase(world, ownership)
    data = {"title": "Writing", "split": "school", "lead_school": made.lead_school_id}
    return Sample({"pk": made.pk}, {**data, "quote": "1700", "version": "1"})


@sample("cpd:purchase-ask")
def _asked(world: World, ownership: str) -> Sample:
    """A headteacher may put the own school forward, and only who leads asks others."""
    school = factories.SchoolFactory() if ownership == "own" else world.school
    return Sample({"pk": _purchase(world, ownership).pk}, {"school": school.pk, "staff": "4"})


@sample("cpd:purchase-answer", "cpd:purchase-leave")
def _answered(world: World, ownership: str) -> Sample:
    made = _purchase(world, ownership)
    place = made.schools.get(school=made.lead_school)
    return Sample({"pk": place.pk}, {"join": "yes", "staff": "7"})


@sample("cpd:purchase-buy")
def _bought(world: World, ownership: str) -> Sample:
    return Sample({"pk": _purchase(world, ownership).pk}, {"cost": "1650"})


@sample("cpd:purchase-dissolve")
def _dissolved(world: World, ownership: str) -> Sample:
    return Sample({"pk": _purchase(world, ownership).pk}, {"reason": "The provider closed"})


@sample("cpd:purchase-open-again")
def _opened_again(world: World, ownership: str) -> Sample:
    return Sample({"pk": _purchase(world, ownership, state="dissolved").pk})


# -- the central fund ------------------------------------------------------------------------------


def _part(world: World, ownership: str) -> CentralPart:
    """A part asked for by the school, of a fund that has room for it."""
    year = factories.make_year(2026)
    CentralFund.objects.create(academic_year=year, amount=Decimal("6000"))
    request = factories.CpdRequestFactory(school=world.school_for(ownership), raised=True)
    return CentralPart.objects.create(
        request=request, academic_year=year, amount=Decimal("100"), asked_at=now()
    )


@sample("cpd:fund-set")
def _fund(world: World, ownership: str) -> Sample:
    return Sample(data={"amount": "6000"})


@sample("cpd:budget-set")
def _budget(world: World, ownership: str) -> Sample:
    return Sample({"pk": world.school_for(ownership).pk}, {"amount": "9000"})


@sample("cpd:part-ask")
def _part_asked(world: World, ownership: str) -> Sample:
    request = factories.CpdRequestFactory(school=world.school_for(ownership), raised=True)
    return Sample({"pk": request.pk}, {"amount": "100", "idempotency_key": new_key()})


@sample("cpd:part-agree", "cpd:part-decline", "cpd:part-reopen", "cpd:part-withdraw")
def _part_decided(world: World, ownership: str) -> Sample:
    return Sample({"pk": _part(world, ownership).pk}, {"reason": "The fund is for shared training"})
