"""The school's own acts on its request: raised, taken back, booked, decided, withdrawn, and each undone."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cpd.actions.decisions import book_first, decide_request, reconsider_request
from cpd.actions.requests import (
    missing_before_raising,
    raise_request,
    reinstate_request,
    take_back_request,
    withdraw_request,
)
from cpd.forms.requests import DecisionForm, WithdrawForm
from cpd.models import CpdRequest
from cpd.queries.request_page import acts_of
from cpd.rules import may_decide_request, may_raise_request, may_withdraw_request
from cpd.views.requests import person, request_answer, request_or_404
from trust.access import Conflict, require
from trust.numbers import whole_number
from trust.pages import once

Act = Callable[..., CpdRequest]


def _done(request: HttpRequest, row: CpdRequest, act: Act, words: str) -> HttpResponse:
    """Do one act and go back to the request, with what was done or why it was not."""
    try:
        act(row, by=person(request))
    except Conflict as clash:
        messages.error(request, str(clash))
    else:
        messages.success(request, words)
    return redirect("cpd:request", pk=row.pk)


def _with_words(
    request: HttpRequest, pk: int, clash: Conflict, **forms: DecisionForm | WithdrawForm
) -> HttpResponse:
    """The request as it is now, with the form as it was sent; where there is no such form any more, its words."""
    row = request_or_404(request, pk)
    acts = acts_of(row, person(request), is_advised=row.advice.exists())
    if not (acts.decide if "decision" in forms else acts.withdraw):
        raise clash
    for form in forms.values():
        form.add_error(None, str(clash))
    return request_answer(request, row, status=409, **forms)


@require_POST
def request_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise a draft; when something is missing, its form says what."""
    row = request_or_404(request, pk)
    require(may_raise_request(request.user, row))
    if row.state == "draft" and missing_before_raising(row):
        messages.error(request, next(iter(missing_before_raising(row).values())))
        return redirect("cpd:request-edit", pk=pk)
    return _done(
        request, row, raise_request, f"{row.ref} is {'listed' if row.listing else 'raised'}"
    )


@require_POST
def request_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row = request_or_404(request, pk)
    require(may_raise_request(request.user, row))
    return _done(request, row, take_back_request, f"{row.ref} is a draft again, read by your school only")  # fmt: skip


@require_POST
def request_book(request: HttpRequest, pk: int) -> HttpResponse:
    row = request_or_404(request, pk)
    require(may_decide_request(request.user, row))
    if row.state == "draft" and missing_before_raising(row):
        messages.error(request, next(iter(missing_before_raising(row).values())))
        return redirect("cpd:request-edit", pk=pk)
    return _done(request, row, book_first, f"{row.ref} goes ahead; the Strategy Group's advice follows")  # fmt: skip


@require_POST
@once
def request_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The school's decision, whatever the advice is."""
    row = request_or_404(request, pk)
    require(may_decide_request(request.user, row))
    form = DecisionForm(request.POST, row=row, is_advised=row.advice.exists())
    if not form.is_valid():
        return request_answer(request, row, decision=form)
    typed = form.cleaned_data
    amended = form.amended() if typed["decision"] == "amended" else {}
    try:
        decide_request(
            row, decision=typed["decision"], reason=typed["reason"], by=person(request),
            seen=whole_number(request.POST.get("version", "")), **amended,
        )  # fmt: skip
    except Conflict as clash:
        return _with_words(request, pk, clash, decision=form)
    messages.success(request, "The school's decision is recorded")
    return redirect("cpd:request", pk=pk)


@require_POST
def request_reconsider(request: HttpRequest, pk: int) -> HttpResponse:
    row = request_or_404(request, pk)
    require(may_decide_request(request.user, row))
    return _done(request, row, reconsider_request, "The decision is open again")


@require_POST
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw with a reason, which the form asks for again when it is empty."""
    row = request_or_404(request, pk)
    require(may_withdraw_request(request.user, row))
    form = WithdrawForm(request.POST, prefix="withdraw")
    if not form.is_valid():
        return request_answer(request, row, withdrawal=form)
    try:
        withdraw_request(row, reason=form.cleaned_data["reason"], by=person(request))
    except Conflict as clash:
        return _with_words(request, pk, clash, withdrawal=form)
    messages.success(request, f"{row.ref} is withdrawn. It can be undone below")
    return redirect("cpd:request", pk=pk)


@require_POST
def request_reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    row = request_or_404(request, pk)
    require(may_withdraw_request(request.user, row))
    return _done(request, row, reinstate_request, f"{row.ref} stands again where it stood")
