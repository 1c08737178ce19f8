"""Buying once: the purchases, one of them, each school's answer, the buying and the recharge note."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions import purchases as actions
from cpd.actions.joining import answer_purchase, leave_purchase
from cpd.forms.purchases import (
    AskForm,
    BuyForm,
    DissolveForm,
    JoinForm,
    PurchaseEditForm,
    PurchaseForm,
)
from cpd.models import CpdRequest, PurchaseSchool, SharedPurchase
from cpd.queries.purchase_pages import (
    measure_of,
    purchase_list,
    read_purchase,
    recharges,
    settle,
)
from cpd.queries.purchases import apart_of, trouble_with_buying
from cpd.rules import (
    may_answer_purchase,
    may_buy,
    may_lead_purchase,
    may_list_purchases,
    may_open_purchase,
)
from trust.access import Conflict, get_visible_or_404, require
from trust.exports import csv_answer
from trust.forms import status_of
from trust.numbers import whole_number
from trust.pages import new_key, once


def _purchase(request: HttpRequest, pk: int) -> SharedPurchase:
    rows = SharedPurchase.objects.select_related("lead_school", "provider")
    return get_visible_or_404(rows, request.user, pk=pk)


def _place(request: HttpRequest, pk: int) -> PurchaseSchool:
    """A place of a purchase that this person may know of."""
    purchase = get_visible_or_404(SharedPurchase.objects.all(), request.user, schools__pk=pk)
    return purchase.schools.select_related("purchase", "school", "request").get(pk=pk)


def _show(request: HttpRequest, purchase: SharedPurchase, **forms: Any) -> HttpResponse:
    page = read_purchase(purchase, request.user)
    joining = forms.get("join")
    form = (joining[1] if joining else None) or forms.get("ask")
    context = {
        "page": page,
        "purchase": page.purchase,
        "answers": [
            (
                row,
                joining[1] if joining and joining[0] == row.place.pk else JoinForm(place=row.place),
            )
            for row in page.mine
        ],
        "ask": forms.get("ask") or AskForm(schools=page.to_ask),
        "form": form,
        "key": new_key(),
    }
    return render(request, "cpd/purchase.html", context, status=status_of(form))


def _do(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Do one act, and tell what came of it on the next page."""
    try:
        act()
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, done)


@require_GET
def purchase_list_page(request: HttpRequest) -> HttpResponse:
    require(may_list_purchases(request.user))
    return render(request, "cpd/purchase_list.html", {"page": purchase_list(request.user)})


@require_http_methods(["GET", "POST"])
@once
def purchase_new(request: HttpRequest) -> HttpResponse:
    """Open a purchase, of the requests named in the address if there are any."""
    require(may_open_purchase(request.user))
    asked = _requests_named(request)
    form = PurchaseForm(request.POST or None, requests=asked, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_purchase(by=request.user, requests=asked, **form.cleaned_data)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, "The schools are asked. Each answers for itself")
            return redirect("cpd:purchase", made.pk)
    context = {"form": form, "requests": asked, "key": new_key()}
    return render(request, "cpd/purchase_new.html", context, status=status_of(form))


def _requests_named(request: HttpRequest) -> list[CpdRequest]:
    """The visible requests of the address, in order of their numbers; what is not visible is not named."""
    keys = [whole_number(each) for each in request.GET.get("requests", "")[:400].split(",")]
    rows = CpdRequest.objects.visible_to(request.user).filter(pk__in=[k for k in keys if k])
    return list(rows.select_related("school", "provider").order_by("number"))


@require_GET
def purchase(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _purchase(request, pk))


@require_http_methods(["GET", "POST"])
def purchase_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is bought; somebody else's change meanwhile keeps what was typed here."""
    found = _purchase(request, pk)
    require(may_lead_purchase(request.user, found))
    form = PurchaseEditForm(request.POST or None, purchase=found)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change_purchase(found, version=version, by=request.user, **form.changes())
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, "The purchase is changed")
            return redirect("cpd:purchase", found.pk)
    context = {"form": form, "purchase": found, "stale": form.is_bound and _stale(form, found)}
    return render(request, "cpd/purchase_edit.html", context, status=status_of(form))


def _stale(form: PurchaseEditForm, purchase: SharedPurchase) -> bool:
    return str(form["version"].value()) != str(purchase.version)


@require_POST
@once
def purchase_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one more school, by its name or by its own like request."""
    found = _purchase(request, pk)
    page = read_purchase(found, request.user)
    like = whole_number(request.POST.get("like", ""))
    chosen = next((each.request for each in page.like if each.request.pk == like), None)
    if chosen is not None:
        _ask(request, found, chosen.school, 0, chosen)
        return redirect("cpd:purchase", found.pk)
    if not page.to_ask:
        require(may_lead_purchase(request.user, found))
    form = AskForm(request.POST, schools=page.to_ask)
    if not form.is_valid():
        return _show(request, found, ask=form)
    _ask(request, found, form.cleaned_data["school"], form.cleaned_data["staff"] or 0, None)
    return redirect("cpd:purchase", found.pk)


def _ask(
    request: HttpRequest, purchase: SharedPurchase, school: Any, staff: int, like: CpdRequest | None
) -> None:
    _do(
        request,
        partial(
            actions.ask_school, purchase, school=school, staff=staff, request=like, by=request.user
        ),
        f"{school} is asked to join",
    )


@require_POST
def purchase_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A school joins, with how many staff, or says no: its headteacher's act."""
    place = _place(request, pk)
    require(may_answer_purchase(request.user, place.school_id))
    if request.POST.get("join") == "no":
        act = partial(answer_purchase, place, join=False, by=request.user)
        _do(request, act, f"{place.school} does not join")
        return redirect("cpd:purchase", place.purchase_id)
    form = JoinForm(request.POST, place=place)
    if form.is_valid():
        staff = form.cleaned_data["staff"]
        try:
            answer_purchase(place, join=True, staff=staff, by=request.user)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, f"{place.school} has joined with {staff} staff")
            return redirect("cpd:purchase", place.purchase_id)
    return _show(request, place.purchase, join=(place.pk, form))


@require_POST
def purchase_leave(request: HttpRequest, pk: int) -> HttpResponse:
    place = _place(request, pk)
    require(may_answer_purchase(request.user, place.school_id))
    act = partial(leave_purchase, place, by=request.user)
    _do(request, act, f"{place.school} has left the purchase")
    return redirect("cpd:purchase", place.purchase_id)


@require_http_methods(["GET", "POST"])
def purchase_buy(request: HttpRequest, pk: int) -> HttpResponse:
    """First the cost, then every share to confirm, then it is bought; other shares meanwhile are shown again."""
    found = _purchase(request, pk)
    if found.state == "bought":
        return redirect("cpd:purchase", found.pk)
    require(may_buy(request.user, found))
    joined = list(found.schools.filter(answer="joined").select_related("school"))
    trouble = trouble_with_buying(found, joined) if found.state == "open" else ""
    form = BuyForm(request.POST or None, initial={"cost": found.quote})
    settlement = None
    if request.method == "POST" and form.is_valid() and not trouble:
        cost, seen = form.cleaned_data["cost"], form.cleaned_data["seen"]
        settlement = settle(found, cost)
        if seen:
            try:
                actions.buy(found, cost=cost, by=request.user, seen=seen)
            except Conflict as conflict:
                form.add_error(None, str(conflict))
            else:
                messages.success(request, "It is bought. Every share stands from now on")
                return redirect("cpd:purchase", found.pk)
    context = {"purchase": found, "form": form, "settlement": settlement, "trouble": trouble}
    return render(request, "cpd/purchase_buy.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def purchase_dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    found = _purchase(request, pk)
    require(may_lead_purchase(request.user, found))
    form = DissolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.dissolve_purchase(found, reason=reason, by=request.user)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, "The purchase is dissolved. You can open it again")
            return redirect("cpd:purchase", found.pk)
    context = {"purchase": found, "form": form}
    return render(request, "cpd/purchase_dissolve.html", context, status=status_of(form))


@require_POST
def purchase_open_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = _purchase(request, pk)
    require(may_lead_purchase(request.user, found))
    act = partial(actions.open_purchase_again, found, by=request.user)
    _do(request, act, "The purchase is open again")
    return redirect("cpd:purchase", found.pk)


@require_GET
def purchase_recharge(request: HttpRequest, pk: int) -> HttpResponse:
    """The recharge note: what each school pays to the lead school, as CSV."""
    found = _purchase(request, pk)
    header = (
        "School",
        "Request",
        "Shared by",
        "If bought apart",
        "Share",
        "Of it cannot be shared",
    )
    rows = (
        (
            place.school.name,
            place.request.ref if place.request else "",
            measure_of(found, place),
            apart_of(place.request),
            place.share,
            place.remainder,
        )
        for place in recharges(found)
    )
    return csv_answer(f"recharge-{found.pk}", header, rows)
