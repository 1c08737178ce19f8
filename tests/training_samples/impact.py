"""What the access matrix asks for at the addresses of this part: impact."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile

from cpd.models import CpdRequest, ImpactReview, ReviewFile
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.calendar import now
from trust.pages import new_key


def _request(world: World, ownership: str) -> CpdRequest:
    return factories.CpdRequestFactory(school=world.school_for(ownership), going_ahead=True)


def _review(world: World, ownership: str, outcome: str = "") -> ImpactReview:
    request = _request(world, ownership)
    done = {"reviewed_at": now(), "reviewed_by": request.created_by} if outcome else {}
    return ImpactReview.objects.create(
        request=request, level=4, due_on=dt.date(2026, 11, 30), outcome=outcome, **done
    )


@sample("cpd:review")
def _to_review(world: World, ownership: str) -> Sample:
    data = {"outcome": "met", "evidence": "Seen in six lessons", "idempotency_key": new_key()}
    return Sample({"pk": _review(world, ownership).pk}, data=data)


@sample("cpd:review-file")
def _file(world: World, ownership: str) -> Sample:
    review = _review(world, ownership, "met")
    kept = ReviewFile(review=review, name="survey.txt", added_by=world.users["ceo"], added_at=now())
    kept.file.save("survey.txt", ContentFile(b"Useful"), save=False)
    kept.save()
    return Sample({"pk": kept.pk})


@sample("cpd:request-evaluate")
def _to_evaluate(world: World, ownership: str) -> Sample:
    request = _review(world, ownership, "met").request
    return Sample({"pk": request.pk}, data={"verdict": "repeat", "idempotency_key": new_key()})


@sample("cpd:request-look-again")
def _to_look_again(world: World, ownership: str) -> Sample:
    request = _review(world, ownership, "met").request
    CpdRequest.objects.filter(pk=request.pk).update(
        state="evaluated", verdict="repeat", evaluated_at=now()
    )
    return Sample({"pk": request.pk})
