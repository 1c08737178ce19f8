"""Joining a shared purchase, saying no, and leaving it: each school's own act, and its own decision."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpd.actions.impact import plan_reviews, unplan_reviews
from cpd.actions.purchases import locked, require_in_trust, require_open, standing_of
from cpd.models import CpdRequest, PurchaseSchool, SharedPurchase
from cpd.rules import may_answer_purchase
from trust.access import Actor, Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.people.models import User
from trust.states import transition


def _as_head(by: Actor, school_id: int) -> dict[str, Any]:
    return standing_of(by, Capacity.HEAD, school=school_id).words


def locked_place(place: PurchaseSchool) -> PurchaseSchool:
    """The place as it is now, after the purchase is locked: two heads at once both count.

    Its request is locked before both, as the acts on a request do it, so that no two ever wait in a circle.
    """
    if place.request_id is not None:
        CpdRequest.objects.select_for_update(of=("self",)).get(pk=place.request_id)
    purchase = locked(place.purchase)
    found = (
        PurchaseSchool.objects.select_for_update(of=("self",))
        .select_related("school", "request")
        .filter(pk=place.pk)
        .first()
    )
    if found is None:
        raise Conflict(f"{place.school} is no longer asked to join")
    found.purchase = purchase
    return found


@transaction.atomic
def answer_purchase(
    place: PurchaseSchool, *, join: bool, by: User, staff: int | None = None
) -> PurchaseSchool:
    """Join, or say no: the school's headteacher, by the school's own act; the same answer twice is one.

    Joining is the school's decision on its own request, if it has one ("Join shared purchase").
    """
    held = locked_place(place)
    require(may_answer_purchase(by, held.school_id))
    if not join:
        return _step_out(held, by=by)
    wanted = held.staff if staff is None else staff
    if held.answer == PurchaseSchool.Answer.JOINED and wanted == held.staff:
        return held
    require_open(held.purchase)
    require_in_trust(held.school)
    if wanted < 1:
        raise Conflict("Enter how many staff will take part, 1 or more")
    _decide_to_join(held, by=by)
    _answer(held, PurchaseSchool.Answer.JOINED, by=by, staff=wanted)
    record("join_purchase", held, by=by, **_as_head(by, held.school_id), staff=wanted)
    return held


def _answer(place: PurchaseSchool, answer: str, *, by: User, staff: int) -> None:
    place.answer, place.staff = answer, staff
    place.answered_at, place.answered_by = now(), by
    place.save(update_fields=["answer", "staff", "answered_at", "answered_by"])


def _decide_to_join(place: PurchaseSchool, *, by: User) -> None:
    """The school's decision on its request: raised goes ahead; one that goes ahead alone is decided anew."""
    if place.request is None:
        return
    request = CpdRequest.objects.select_for_update(of=("self",)).get(pk=place.request.pk)
    standing = _as_head(by, request.school_id)
    if request.state == "raised":
        transition(
            request, "go_ahead", by=by, **standing, decision=CpdRequest.Decision.JOIN,
            decision_reason="", detail={"decision": "join"},
        )  # fmt: skip
        plan_reviews(request)
    elif request.state == "going_ahead":
        if request.decision != CpdRequest.Decision.JOIN:
            request.decision, request.decision_reason = CpdRequest.Decision.JOIN, ""
            request.decided_at, request.decided_by = now(), by
            request.save(update_fields=["decision", "decision_reason", "decided_at", "decided_by"])
            record("decide_to_join", request, by=by, **standing)
    elif request.state != "evaluated":
        raise Conflict(
            f"Your request {request.ref} is {_state_words(request)}: raise it again, then join"
        )


def _state_words(request: CpdRequest) -> str:
    return request.get_state_display().removeprefix("School: ").lower()


@transaction.atomic
def leave_purchase(place: PurchaseSchool, *, by: User) -> PurchaseSchool:
    """Leave before it is bought: the school's request is raised again, to be decided on its own.

    When the lead school leaves the purchase has no lead, and cannot be bought until one is named.
    """
    held = locked_place(place)
    require(may_answer_purchase(by, held.school_id))
    return _step_out(held, by=by)


def _step_out(place: PurchaseSchool, *, by: User) -> PurchaseSchool:
    if place.answer == PurchaseSchool.Answer.DECLINED:
        return place
    require_open(place.purchase)
    had_joined = place.answer == PurchaseSchool.Answer.JOINED
    if had_joined:
        _decide_alone_again(place, by=by)
    _answer(place, PurchaseSchool.Answer.DECLINED, by=by, staff=place.staff)
    verb = "leave_purchase" if had_joined else "decline_purchase"
    record(verb, place, by=by, **_as_head(by, place.school_id))
    drop_lead(place.purchase, place.school_id, by=by)
    return place


def drop_lead(purchase: SharedPurchase, school_id: int, *, by: User | None) -> None:
    if purchase.lead_school_id == school_id:
        purchase.lead_school = None
        purchase.version += 1
        purchase.save(update_fields=["lead_school", "version"])
        record("lose_lead_school", purchase, by=by, school=school_id)


def _decide_alone_again(place: PurchaseSchool, *, by: User) -> None:
    """Its request goes back to raised, unless the training is reviewed already: then it goes ahead alone."""
    if place.request is None:
        return
    request = CpdRequest.objects.select_for_update(of=("self",)).get(pk=place.request.pk)
    if request.state != "going_ahead" or request.decision != CpdRequest.Decision.JOIN:
        return
    standing = _as_head(by, request.school_id)
    if request.reviews.exclude(outcome="").exists():
        request.decision = CpdRequest.Decision.PROCEED
        request.save(update_fields=["decision"])
        record("decide_alone", request, by=by, **standing)
        return
    transition(
        request, "reconsider", by=by, **standing, decision=CpdRequest.Decision.NONE,
        decision_reason="", decided_at=None, decided_by=None,
    )  # fmt: skip
    unplan_reviews(request)


@transaction.atomic
def let_go_of_places(request: CpdRequest, *, by: User | None) -> None:
    """A request withdrawn or decided anew leaves the open purchase it had joined; the request is not touched.

    Called inside the act on the request. Raises Conflict when the purchase is bought: its shares stand.
    """
    places = request.purchase_places.filter(answer=PurchaseSchool.Answer.JOINED)
    for place in places.exclude(purchase__state="dissolved").select_related("purchase", "school"):
        held = locked_place(place)
        if held.purchase.state == "bought":
            raise Conflict(f"This training is bought with other schools: {held.purchase}")
        if by is None:
            continue  # the software takes out the places of a school that left the trust by itself
        _answer(held, PurchaseSchool.Answer.DECLINED, by=by, staff=held.staff)
        record("leave_purchase", held, by=by, **_as_head(by, held.school_id))
        drop_lead(held.purchase, held.school_id, by=by)
