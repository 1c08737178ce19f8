"""Term dates: the years, each year for the trust and for a school, closed days, and a CSV of them."""

from __future__ import annotations

import base64
import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from schools import actions
from schools.forms import CalendarFileForm, ClosedDayForm, HalfTermsForm, empty_year
from schools.imports import read_term_dates
from schools.models import NonSchoolDay, School
from schools.queries.years import half_term_lines, may_edit_any_calendar, year_list, year_page
from schools.rules import (
    may_edit_school_calendar,
    may_edit_trust_calendar,
    may_read_posts,
    may_read_profile,
)
from schools.tabular import FileRefused, Refusal
from trust.access import Conflict, allowed_if, get_visible_or_404, require
from trust.calendar import academic_year_of, today
from trust.models import AcademicYear

LARGEST_FILE = 1024 * 1024
REASON = "The office, the clerk and headteachers keep term dates"


def _possible(year: int) -> int:
    """The year of an address, or 404 where no trust has one."""
    if not 2000 <= year <= 2100:
        raise Http404("No such year")
    return year


def _year_or_404(year: int) -> AcademicYear:
    found = AcademicYear.objects.filter(starts_on__year=_possible(year)).first()
    if found is None:
        raise Http404(f"The year {year} has not been entered")
    return found


@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    require(may_read_posts(request.user, None))
    return render(request, "schools/calendar_list.html", {"page": year_list(request.user, today())})


@require_http_methods(["GET", "POST"])
def calendar_enter(request: HttpRequest, year: int) -> HttpResponse:
    require(may_edit_trust_calendar(request.user, None))
    form = HalfTermsForm(request.POST or None, half_terms=empty_year(_possible(year)))
    if request.method == "POST" and form.is_valid():
        try:
            half_terms = form.half_term_dates()
            actions.enter_academic_year(year, by=request.user, half_terms=half_terms)
            messages.success(request, f"The year {actions.year_name(year)} is entered")
            return redirect("schools:calendar-year", year)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    context = {"form": form, "name": actions.year_name(year), "year": year}
    return render(request, "schools/calendar_enter.html", context)


@require_POST
def calendar_default(request: HttpRequest, year: int) -> HttpResponse:
    try:
        actions.lay_down_default_calendar(_possible(year), by=request.user)
        messages.success(request, "An ordinary English year is entered. Change what differs")
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return redirect("schools:calendar-list")
    return redirect("schools:calendar-year", year)


@require_GET
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    require(may_read_posts(request.user, None))
    page = year_page(_year_or_404(year), None, request.user)
    return render(request, "schools/calendar_year.html", {"page": page})


@require_GET
def calendar_school(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    school = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_read_profile(request.user, school))
    page = year_page(_year_or_404(year), school, request.user)
    return render(request, "schools/calendar_year.html", {"page": page})


@require_http_methods(["GET", "POST"])
def calendar_edit(request: HttpRequest, year: int) -> HttpResponse:
    require(may_edit_trust_calendar(request.user, None))
    entered = _year_or_404(year)
    lines = half_term_lines(entered)
    first = {str(n.half_term.pk): (n.half_term.name, n.starts_on, n.ends_on) for n in lines}
    form = HalfTermsForm(request.POST or None, half_terms=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        dates = {
            int(k): (said[f"{k}_name"], said[f"{k}_start"], said[f"{k}_end"]) for k in form.keys
        }
        try:
            actions.set_year_dates(entered, by=request.user, dates=dates)
            messages.success(request, "The half terms are changed")
            return redirect("schools:calendar-year", year)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    return render(request, "schools/calendar_edit.html", {"form": form, "year": entered})


@require_http_methods(["GET", "POST"])
def calendar_school_edit(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    school = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_edit_school_calendar(request.user, school))
    entered = _year_or_404(year)
    lines = half_term_lines(entered, school)
    first = {str(n.half_term.pk): (n.half_term.name, n.starts_on, n.ends_on) for n in lines}
    form = HalfTermsForm(request.POST or None, half_terms=first, names=False, required=False)
    if request.method == "POST" and form.is_valid():
        dates = {int(key): form.dates(key) for key in form.keys}
        try:
            actions.set_school_dates(school, by=request.user, dates=dates)
            messages.success(request, f"The half terms of {school} are changed")
            return redirect("schools:calendar-school", year, pk)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    context = {"form": form, "year": entered, "school": school}
    return render(request, "schools/calendar_edit.html", context)


@require_http_methods(["GET", "POST"])
def calendar_day_add(request: HttpRequest) -> HttpResponse:
    require(allowed_if(may_edit_any_calendar(request.user), REASON))
    first = {"school": request.GET.get("school"), "kind": NonSchoolDay.Kind.INSET}
    form = ClosedDayForm(request.POST or None, by=request.user, today=today(), initial=first)
    if request.method == "POST" and form.is_valid():
        closed = actions.add_non_school_day(by=request.user, **form.cleaned_data)
        messages.success(request, "The closed day is recorded")
        return _to_year(closed)
    return render(request, "schools/calendar_day.html", {"form": form})


@require_POST
def calendar_day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    closed = get_visible_or_404(NonSchoolDay.objects.all(), request.user, pk=pk)
    actions.remove_non_school_day(closed, by=request.user)
    messages.success(request, "The day is a school day again")
    return _to_year(closed)


def _to_year(closed: NonSchoolDay) -> HttpResponse:
    year = AcademicYear.on(closed.day)
    if year is None:
        return redirect("schools:calendar-list")
    if closed.school_id:
        return redirect("schools:calendar-school", year.starts_on.year, closed.school_id)
    return redirect("schools:calendar-year", year.starts_on.year)


@require_http_methods(["GET", "POST"])
def calendar_import(request: HttpRequest) -> HttpResponse:
    require(allowed_if(may_edit_any_calendar(request.user), REASON))
    if "content" in request.POST:
        return _confirm(request)
    form = CalendarFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            form.add_error("file", "Choose a file of at most 1 MB")
        else:
            context |= _look(request, file.read(), file.name)
    return render(request, "schools/calendar_import.html", context)


def _look(request: HttpRequest, content: bytes, name: str) -> dict[str, Any]:
    """What a file of term dates would do, or what is wrong with it, by row and column."""
    try:
        lines, refused = read_term_dates(io.BytesIO(content), name, by=request.user)
    except FileRefused as error:
        lines, refused = [], [error.refusal]
    found: list[Refusal] = refused[:100]
    names = {school.pk: school.name for school in School.objects.visible_to(request.user)}
    told = [(names.get(line.school_id or 0, "Every school"), line) for line in lines]
    encoded = base64.b64encode(content).decode()
    return {"lines": told, "refused": found, "content": encoded, "name": name, "looked": True}


def _confirm(request: HttpRequest) -> HttpResponse:
    """Read the file again as it was looked at, and do it all or nothing."""
    name = request.POST.get("name", "")[:200]
    try:
        content = base64.b64decode(request.POST["content"], validate=True)
        lines, refused = read_term_dates(io.BytesIO(content), name, by=request.user)
        if refused:
            raise FileRefused(refused[0])
        actions.apply_calendar(lines, by=request.user)
    except (Conflict, FileRefused, ValueError) as error:
        form = CalendarFileForm()
        context = {"form": form, "has_errors": True, "problem": str(error)}
        return render(request, "schools/calendar_import.html", context)
    messages.success(request, f"{len(lines)} lines of term dates are brought in")
    year = academic_year_of(today())
    known = AcademicYear.objects.filter(starts_on__year=year).exists()
    return redirect("schools:calendar-year", year) if known else redirect("schools:calendar-list")
