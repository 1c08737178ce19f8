"""The central fund: its page, its amount, the parts asked of it, and each school's training budget."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions import funding as actions
from cpd.forms.funding import AmountForm, DeclineForm, PartForm
from cpd.models import CentralFund, CentralPart, CpdRequest, TrainingBudget
from cpd.queries.funding import current_year, fund_page, pounds
from cpd.rules import (
    may_ask_funding,
    may_keep_fund,
    may_read_fund,
    may_set_budget,
)
from schools.models import School
from trust.access import Conflict, get_visible_or_404, require
from trust.forms import status_of
from trust.models import AcademicYear
from trust.numbers import whole_number
from trust.pages import new_key, once


def _part(request: HttpRequest, pk: int) -> CentralPart:
    """The part of a request that this person reads."""
    found = get_visible_or_404(CpdRequest.objects.all(), request.user, central_part__pk=pk)
    return CentralPart.objects.select_related("request__school", "academic_year").get(request=found)


def _year(request: HttpRequest) -> AcademicYear | None:
    """The year of the address, else this one; a year nobody entered is not found."""
    key = request.GET.get("year", "")
    if not key:
        return current_year()
    found = AcademicYear.objects.filter(pk=whole_number(key) or 0).first()
    if found is None:
        raise Http404("No such year")
    return found


def _known_year(request: HttpRequest) -> AcademicYear:
    year = _year(request)
    if year is None:
        raise Conflict("No academic year is entered yet. Enter its term dates first")
    return year


def _back(request: HttpRequest, part: CentralPart) -> HttpResponse:
    """To the page the button stood on: the fund's, of the same year, or the request's."""
    if request.POST.get("next") == "fund":
        return redirect(f"{_fund_url()}?year={part.academic_year_id}")
    return redirect("cpd:request", part.request_id)


def _do(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    try:
        act()
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, done)


@require_GET
def fund(request: HttpRequest) -> HttpResponse:
    require(may_read_fund(request.user))
    return render(request, "cpd/fund.html", {"page": fund_page(_year(request), request.user)})


@require_http_methods(["GET", "POST"])
def fund_set(request: HttpRequest) -> HttpResponse:
    """Say what the central fund of a year is."""
    require(may_keep_fund(request.user))
    year = _known_year(request)
    held = CentralFund.objects.filter(academic_year=year).first()
    form = AmountForm(request.POST or None, initial={"amount": held.amount if held else None})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_central_fund(year, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            form.add_error("amount", str(conflict))
        else:
            messages.success(request, f"The central fund of {year} is set")
            return redirect(f"{_fund_url()}?year={year.pk}")
    context = {"form": form, "title": f"Central fund of {year}", "button": "Set the fund"}
    context["back"] = _fund_url()
    return render(request, "cpd/fund_form.html", context, status=status_of(form))


def _fund_url() -> str:
    return reverse("cpd:fund")


@require_http_methods(["GET", "POST"])
def budget_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a school means to spend on training in a year."""
    school = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_set_budget(request.user, school.pk))
    year = _known_year(request)
    held = TrainingBudget.objects.filter(school=school, academic_year=year).first()
    form = AmountForm(request.POST or None, initial={"amount": held.amount if held else None})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_training_budget(school, year, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            form.add_error("amount", str(conflict))
        else:
            messages.success(request, f"The training budget of {school} is kept")
            return redirect(f"{_fund_url()}?year={year.pk}")
    title = f"Training budget of {school}, {year}"
    context = {"form": form, "title": title, "button": "Keep the budget", "back": _fund_url()}
    return render(request, "cpd/fund_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@once
def part_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the central fund for a part of a request's cost, or for another amount."""
    asked = get_visible_or_404(CpdRequest.objects.all(), request.user, pk=pk)
    held = CentralPart.objects.filter(request=asked).first()
    require(may_ask_funding(request.user, held or CentralPart(request=asked)))
    first = held.amount if held else asked.total
    form = PartForm(request.POST or None, initial={"amount": first})
    if request.method == "POST" and form.is_valid():
        try:
            part = actions.ask_central_part(asked, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            form.add_error("amount", str(conflict))
        else:
            messages.success(
                request,
                f"{pounds(part.amount)} is asked of the central fund. Your decision waits for nothing",
            )
            return redirect("cpd:request", asked.pk)
    context = {"form": form, "asked": asked, "key": new_key()}
    return render(request, "cpd/fund_part.html", context, status=status_of(form))


@require_POST
def part_agree(request: HttpRequest, pk: int) -> HttpResponse:
    part = _part(request, pk)
    require(may_keep_fund(request.user))
    done = f"{pounds(part.amount)} is agreed from the central fund for {part.request.school}"
    _do(request, partial(actions.agree_part, part, by=request.user), done)
    return _back(request, part)


@require_http_methods(["GET", "POST"])
def part_decline(request: HttpRequest, pk: int) -> HttpResponse:
    part = _part(request, pk)
    require(may_keep_fund(request.user))
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline_part(part, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, "The school is told that the central fund does not pay this")
            return redirect(f"{_fund_url()}?year={part.academic_year_id}")
    context = {"part": part, "form": form}
    return render(request, "cpd/fund_decline.html", context, status=status_of(form))


@require_POST
def part_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    part = _part(request, pk)
    require(may_keep_fund(request.user))
    _do(request, partial(actions.reopen_part, part, by=request.user), "The part waits again")
    return _back(request, part)


@require_POST
def part_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    part = _part(request, pk)
    require(may_ask_funding(request.user, part))
    done = "The central fund is no longer asked for this"
    _do(request, partial(actions.withdraw_part, part, by=request.user), done)
    return _back(request, part)
