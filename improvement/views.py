"""The list of priorities, one priority, and the forms that set, change and report it."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from improvement.actions import (
    Stale,
    add_priority,
    change_priority,
    move_priority,
    report_priority,
)
from improvement.forms import PriorityForm, ReportForm
from improvement.models import Priority
from improvement.queries import register
from improvement.queries.detail import priority_page
from improvement.queries.people import places_to_set
from improvement.queries.saved import saved_meanwhile
from improvement.rules import may_add_priority, may_add_somewhere, may_edit_priority
from schools.models import School
from schools.queries.pages import school_choices
from trust.access import get_visible_or_404, require
from trust.calendar import today
from trust.models import AcademicYear
from trust.numbers import whole_number
from trust.pages import once, remembered, version_of
from trust.people.models import User

A_PAGE = 50


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _priority(request: HttpRequest, pk: int) -> Priority:
    rows = Priority.objects.select_related(
        "school", "academic_year", "indicator", "lead", "parent", "reported_by__person"
    )
    return get_visible_or_404(rows, request.user, pk=pk)


# -- the list ------------------------------------------------------------------------------------


@require_GET
def priority_list(request: HttpRequest) -> HttpResponse:
    """Priorities of one year, the trust's first; year, school and status stand in the address."""
    user, at = _person(request), version_of(request)
    years = remembered("years", at, lambda: list(AcademicYear.objects.order_by("-starts_on")))
    filters = _filters(request, years)
    page = Paginator(register.listed(user, filters), A_PAGE).get_page(request.GET.get("page"))
    counted = register.numbers(user, filters.year)
    whole = not filters.status and not page.has_other_pages()
    kept = {n: v for n, v in request.GET.items() if v and n != "page"}
    context = {
        "filters": filters,
        "groups": register.groups(page.object_list, user, counted, is_whole=whole),
        "page_obj": page,
        "query": urlencode(kept),
        "years": years,
        "schools": school_choices(user, at),
        "statuses": register.STATUSES.items(),
        "new_for": _new_for(user, filters),
    }
    return render(request, "improvement/priority_list.html", context)


def _filters(request: HttpRequest, years: list[AcademicYear]) -> register.Filters:
    """What the address asks for; a year that is not there is this one."""
    got, day = request.GET, today()
    asked = whole_number(got.get("year", ""))
    this = next((y for y in years if y.starts_on <= day <= y.ends_on), None)
    year = next((y for y in years if y.starts_on.year == asked), this)
    status = got.get("status", "")
    return register.Filters(year, _place(got), status if status in register.STATUSES else "")


def _new_for(user: User, filters: register.Filters) -> str | None:
    """The place the button "Add a priority" leads to: "" to choose one; None for those who set none here."""
    if not filters.school:
        return "" if may_add_somewhere(user) else None
    key = None if filters.school == register.OF_TRUST else filters.school_id
    return filters.school if may_add_priority(user, key) else None


# -- one priority --------------------------------------------------------------------------------


@require_GET
def priority_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One priority, what serves it and what points at it."""
    return _detail(request, _priority(request, pk))


def _detail(request: HttpRequest, found: Priority, form: ReportForm | None = None) -> HttpResponse:
    page = priority_page(found, _person(request))
    context = {
        "priority": found,
        "page": page,
        "report": (form or ReportForm(priority=found)) if page.may_edit else None,
        "form": form,
    }
    return render(request, "improvement/priority.html", context)


@require_POST
@once
def priority_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a priority goes."""
    found, user = _priority(request, pk), _person(request)
    require(may_edit_priority(user, found))
    form = ReportForm(request.POST, priority=found)
    if not form.is_valid():
        return _detail(request, found, form)
    said = report_priority(
        found, state=form.cleaned_data["state"], note=form.cleaned_data["note"], by=user
    )
    messages.success(request, f"Reported: {said.get_state_display().lower()}")
    return redirect("improvement:priority", pk=pk)


@require_POST
def priority_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a priority up or down among those of its place and year."""
    found = _priority(request, pk)
    seen_at = whole_number(request.POST.get("at", ""))
    up = request.POST.get("to") == "up"
    move_priority(found, up=up, seen_at=seen_at, by=_person(request))
    query = {"year": found.academic_year.starts_on.year, "school": _place(request.POST)}
    address = urlencode({name: value for name, value in query.items() if value})
    return redirect(f"{reverse('improvement:priority-list')}?{address}#priority-{found.pk}")


def _place(given: QueryDict) -> str:
    """The trust, or the key of a school; "" for anything else."""
    asked = given.get("school", "")
    return asked if asked == register.OF_TRUST else str(whole_number(asked) or "")


# -- the forms -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@once
def priority_new(request: HttpRequest) -> HttpResponse:
    """Set a priority of the trust or of a school; the place stands in the address or in the form."""
    user = _person(request)
    require(may_add_somewhere(user))
    asked = request.POST.get("school") or request.GET.get("school", "")
    places = places_to_set(user, today())
    if not asked and len(places) != 1:
        return render(request, "improvement/priority_where.html", {"places": places})
    school = places[0] if not asked else _school(request, asked)
    require(may_add_priority(user, school.pk if school else None))
    initial = {"academic_year": AcademicYear.on(today()), "phase": Priority.Phase.EXPLORE}
    form = PriorityForm(request.POST or None, school=school, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = add_priority(school=school, by=user, **form.said())
        _say_added(request, made)
        return redirect("improvement:priority", pk=made.pk)
    place = school.pk if school else register.OF_TRUST
    return render(
        request, "improvement/priority_edit.html", {"form": form, "school": school, "place": place}
    )


def _school(request: HttpRequest, asked: str) -> School | None:
    if asked == register.OF_TRUST:
        return None
    return get_visible_or_404(School.objects.all(), request.user, pk=whole_number(asked) or 0)


def _say_added(request: HttpRequest, made: Priority) -> None:
    many = ""
    if made.school_id:
        counted = register.numbers(_person(request), made.academic_year)
        many = register.many_words(counted.get(made.school_id, 0))
    words = f"Priority {made.number} is added"
    messages.success(request, f"{words}. The school now has {many}" if many else words)


@require_http_methods(["GET", "POST"])
@once
def priority_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a priority says; whoever comes second sees both texts and loses none."""
    found, user = _priority(request, pk), _person(request)
    require(may_edit_priority(user, found))
    form = PriorityForm(
        request.POST or None, school=found.school, priority=found, initial=PriorityForm.initial_of(found)
    )  # fmt: skip
    if request.method == "GET" or not form.is_valid():
        version = whole_number(request.POST.get("version", "")) or found.version
        return _edit(request, form, version)
    version = whole_number(request.POST.get("version", "")) or 0
    try:
        change_priority(found, version=version, by=user, **form.said())
    except Stale:
        newest = _priority(request, pk)
        return _edit(request, form, newest.version, saved_meanwhile(newest, form.said()))
    messages.success(request, "The priority is saved")
    return redirect("improvement:priority", pk=pk)


def _edit(
    request: HttpRequest, form: PriorityForm, version: int, saved: Any = None
) -> HttpResponse:
    context = {
        "form": form,
        "priority": form.priority,
        "school": form.school,
        "version": version,
        "saved": saved,
        "is_stale": saved is not None,
    }
    return render(
        request, "improvement/priority_edit.html", context, status=409 if saved is not None else 200
    )
