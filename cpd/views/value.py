"""What the Group sees: spend, cost a head, evidence of impact; and the same as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cpd.queries.value import EXPORT_HEADER, Asked, ValuePage, export_rows, value_page
from cpd.rules import may_list_reviews, may_read_totals, totals_of
from schools.models import School
from trust.access import require
from trust.calendar import today
from trust.exports import csv_answer
from trust.models import AcademicYear
from trust.numbers import whole_number


@require_GET
def value(request: HttpRequest) -> HttpResponse:
    """Totals only, narrowed by year, school, kind and provider in the address."""
    page = _page(request)
    given = {name: said for name in FILTERS if (said := request.GET.get(name, ""))}
    context = {
        "page": page,
        "asked": page.asked,
        "query": urlencode(given),
        "reads_reviews": bool(may_list_reviews(request.user)),
    }
    return render(request, "cpd/value.html", context)


@require_GET
def value_export(request: HttpRequest) -> HttpResponse:
    """The tables of the page as CSV."""
    return csv_answer("cpd-value", EXPORT_HEADER, export_rows(_page(request)))


FILTERS = ("year", "school", "kind", "provider")


def _page(request: HttpRequest) -> ValuePage:
    require(may_read_totals(request.user))
    return value_page(request.user, _asked(request), today())


def _asked(request: HttpRequest) -> Asked:
    given = request.GET
    year = AcademicYear.objects.filter(pk=whole_number(given.get("year", "")) or 0).first()
    year = year or AcademicYear.on(today()) or AcademicYear.objects.last()
    if year is None:
        raise Http404("No academic year is entered")
    return Asked(
        year,
        _school(request, whole_number(given.get("school", ""))),
        given.get("kind", "").strip(),
        given.get("provider", "").strip(),
    )


def _school(request: HttpRequest, pk: int | None) -> School | None:
    """The school asked for; one whose totals this person does not read is not there."""
    if pk is None:
        return None
    scope = totals_of(request.user)
    found = School.objects.filter(pk=pk).first()
    if found is None or (scope is not None and pk not in scope):
        raise Http404("No school to see here")
    return found
