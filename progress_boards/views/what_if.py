"""A year supposed otherwise: ratings tried, schools joining or leaving. Nothing on these pages is saved."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from progress_boards.forms.what_if import LeavingForm, SupposeForm
from progress_boards.queries.what_if import what_if_at, what_if_trust
from progress_boards.queries.year import schools_of, year_asked_for
from progress_boards.rules import may_plan_year
from schools.models import School
from trust.access import get_visible_or_404, require


@require_GET
def year_what_if(request: HttpRequest) -> HttpResponse:
    """The whole trust: schools re-rated, leaving or joining on a day, dated together."""
    require(may_plan_year(request.user))
    year = year_asked_for(request.GET.get("year", ""))
    if year is None:
        raise Http404("No academic year is entered")
    schools = list(schools_of(year))
    form = SupposeForm(request.GET, schools=schools)
    page = what_if_trust(schools, year, **form.supposition)
    context = {
        "year": year, "form": form, "page": page, "rows": form.rows(page.lines),
        "is_asked": form.is_asked,
    }  # fmt: skip
    return render(request, "progress_boards/year_what_if.html", context)


@require_GET
def school_what_if(request: HttpRequest, school_pk: int) -> HttpResponse:
    """One school: each rating beside the others, and leaving on a day."""
    require(may_plan_year(request.user))
    school = get_visible_or_404(School.objects.all(), request.user, pk=school_pk)
    form = LeavingForm(request.GET if "leaves_on" in request.GET else None)
    leaves_on = form.cleaned_data["leaves_on"] if form.is_valid() else None
    page = what_if_at(school, leaves_on=leaves_on)
    context = {"school": school, "form": form, "page": page}
    return render(request, "progress_boards/school_what_if.html", context)
