"""What the access matrix asks for at the addresses of this part: requests.

"own" is a draft of the own school, which no other school's people and no trust office read; "other" is
a request that another school has raised.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cpd.models import CpdRequest, Provider
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.calendar import now
from trust.pages import new_key

TYPED: dict[str, Any] = {
    "title": "Spelling subscription", "kind": "subscription", "provider_name": "Fenland Spelling",
    "audience": "teachers", "staff": "4", "hours_each": "3", "starts_on": "2027-01-11",
    "need": "Year 2 pupils spell the common exception words", "fee": "220", "materials": "0",
    "travel": "0", "supply_days": "1", "funding": "school", "version": "1", "do": "save",
}  # fmt: skip


def _asked(world: World, ownership: str) -> CpdRequest:
    if ownership == "own":
        return factories.CpdRequestFactory(school=world.school)
    return factories.CpdRequestFactory(school=world.other_school, raised=True)


@sample("cpd:request-new")
def _new(world: World, ownership: str) -> Sample:
    return Sample(data={**TYPED, "opened_as": "draft", "idempotency_key": new_key()})


@sample("cpd:request-alike")
def _alike(world: World, ownership: str) -> Sample:
    return Sample(data={"school": world.school_for(ownership).pk, "title": "Spelling"})


@sample(
    "cpd:request", "cpd:request-raise", "cpd:request-take-back", "cpd:request-reinstate",
    "cpd:request-book", "cpd:request-reconsider",
)  # fmt: skip
def _one(world: World, ownership: str) -> Sample:
    return Sample({"pk": _asked(world, ownership).pk})


@sample("cpd:request-copy")
def _copied(world: World, ownership: str) -> Sample:
    return Sample({"pk": _asked(world, ownership).pk}, {"idempotency_key": new_key()})


@sample("cpd:request-edit", "cpd:request-save")
def _typed(world: World, ownership: str) -> Sample:
    row = _asked(world, ownership)
    return Sample({"pk": row.pk}, {**TYPED, "opened_as": row.state, "idempotency_key": new_key()})


@sample("cpd:request-withdraw")
def _withdrawn(world: World, ownership: str) -> Sample:
    return Sample({"pk": _asked(world, ownership).pk}, {"withdraw-reason": "Not this year"})


@sample("cpd:request-decide")
def _decided(world: World, ownership: str) -> Sample:
    figures = {"staff": "4", "hours_each": "3", "fee": "220", "supply_days": "1"}
    sent = {"decision": "proceed", "version": "1", "idempotency_key": new_key(), **figures}
    row = factories.CpdRequestFactory(school=world.school_for(ownership), raised=True)
    return Sample({"pk": row.pk}, sent)


@sample("cpd:request-version")
def _version(world: World, ownership: str) -> Sample:
    """A version of what either school has raised."""
    row = factories.CpdRequestFactory(school=world.school_for(ownership), raised=True)
    row.versions.create(
        number=1, content={"title": row.title}, total=Decimal(380), at=now(), by=row.created_by
    )
    return Sample({"pk": row.pk, "number": 1})


@sample("cpd:provider-new")
def _provider_new(world: World, ownership: str) -> Sample:
    return Sample(data={"name": "Fenland Spelling", "idempotency_key": new_key()})


@sample("cpd:provider", "cpd:provider-edit", "cpd:provider-retire")
def _provider(world: World, ownership: str) -> Sample:
    provider = Provider.objects.create(name="Fenland Spelling", created_at=now())
    return Sample({"pk": provider.pk}, {"name": "Fenland Spelling and Writing", "version": "1"})
