"""The Chair's annual report: opened, read, and written beside its facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from progress_boards.actions import report as actions
from progress_boards.actions.report_after import record_read
from progress_boards.actions.report_stages import missing_before_signing
from progress_boards.documents.report import big_figures
from progress_boards.forms.report import (
    FollowRecommendationForm,
    NewRecommendationForm,
    RecommendationForm,
    SignReportForm,
)
from progress_boards.models import AnnualReport, Recommendation, ReportSection
from progress_boards.queries.report_chairs import chairs_at, checks_of, receipts_of
from progress_boards.queries.report_figure import figure_of
from progress_boards.queries.report_pages import (
    PRESENTED_TO,
    ReportPage,
    may_list_reports,
    next_section,
    report_page,
    report_rows,
    school_of,
    years_without_report,
)
from progress_boards.report_rules import (
    may_follow_recommendation,
    may_open_report,
    may_write_report,
    may_write_section,
)
from trust.access import get_visible_or_404, require
from trust.calendar import now, today
from trust.models import AcademicYear
from trust.numbers import whole_number
from trust.pages import new_key, once
from trust.people.models import Person
from trust.templatetags.eyeline import clock


def the_report(request: HttpRequest, pk: int) -> AnnualReport:
    """A report that this person reads whole."""
    reports = AnnualReport.objects.select_related("academic_year", "lead")
    return get_visible_or_404(reports, request.user, pk=pk)


def to_report(report: AnnualReport, section: ReportSection | None = None) -> HttpResponse:
    """Back to the report, or to one section of it."""
    if section is None:
        return redirect("progress_boards:report-detail", report.pk)
    return redirect("progress_boards:report-section", report.pk, section.pk)


# -- the list ------------------------------------------------------------------------------------


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """Every year's report that this person may read; the Chair opens the next one here."""
    require(may_list_reports(request.user))
    context = {
        "rows": report_rows(request.user),
        "years": years_without_report(request.user, today()),
        "key": new_key(),
    }
    return render(request, "progress_boards/report_list.html", context)


@require_POST
@once
def report_open(request: HttpRequest) -> HttpResponse:
    """Open the report of a year, with its facts compiled."""
    require(may_open_report(request.user))
    given = request.POST.get("year", "")
    year = get_object_or_404(AcademicYear, pk=whole_number(given))
    report = actions.open_report(year, lead=request.user.person, by=request.user)
    messages.success(request, "The report is open, with the year's facts in it")
    return to_report(report)


# -- one report ----------------------------------------------------------------------------------


@require_GET
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole report: for its Chair with what is still to do, for its readers as it stands."""
    report = the_report(request, pk)
    record_read(report, by=request.user)
    return detail_page(request, report, SignReportForm())


def detail_page(
    request: HttpRequest,
    report: AnnualReport,
    form: SignReportForm | None = None,
    bound: FollowRecommendationForm | None = None,
) -> HttpResponse:
    """The report's page, with a form that came back when there is one."""
    page = report_page(report, request.user, big_figures(report.facts))
    context = {
        "page": page,
        "report": report,
        "form": bound or form,
        "sign": form or SignReportForm(),
        "recommendations": _followed(request, report, bound),
        "missing": missing_before_signing(report) if page.can_write else [],
        "checks": checks_of(report) if page.follows_check else [],
        "receipts": receipts_of(report) if page.sees_receipts else [],
        "readers": PRESENTED_TO,
    }
    return render(request, "progress_boards/report.html", context)


def _followed(
    request: HttpRequest, report: AnnualReport, bound: FollowRecommendationForm | None
) -> list[tuple[Recommendation, FollowRecommendationForm | None]]:
    """Each recommendation with what became of it, and the form for whoever says so."""
    rows = report.recommendations.prefetch_related("updates__by")
    if not may_follow_recommendation(request.user, report):
        return [(row, None) for row in rows]
    return [
        (row, bound if bound and bound.prefix == bound.prefix_of(row) else FollowRecommendationForm.of(row))
        for row in rows
    ]  # fmt: skip


@require_GET
def report_figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The boards that one figure comes from."""
    report = the_report(request, pk)
    figure = figure_of(report, key, request.user)
    if figure is None:
        raise Http404("No such figure")
    context = {"report": report, "figure": figure}
    return render(request, "progress_boards/report_figure.html", context)


@require_POST
def report_compile(request: HttpRequest, pk: int) -> HttpResponse:
    """Compile the facts again; what was written stays."""
    report = actions.compile_report(the_report(request, pk), by=request.user)
    messages.success(request, "The facts are compiled again")
    return to_report(report)


# -- one section ---------------------------------------------------------------------------------


def _section(
    request: HttpRequest, pk: int, section: int
) -> tuple[AnnualReport, ReportSection, bool]:
    """A section of a report that this person writes whole, or contributes to."""
    reports = AnnualReport.objects.select_related("academic_year", "lead")
    report = get_object_or_404(reports.written_with(request.user), pk=pk)
    whole = AnnualReport.objects.visible_to(request.user).filter(pk=pk).exists()
    sections = report.sections.select_related("school", "writer", "report__academic_year")
    if not whole:
        sections = sections.filter(writer=request.user.person_id)
    return report, get_object_or_404(sections, pk=section), whole


def _section_page(
    request: HttpRequest,
    report: AnnualReport,
    section: ReportSection,
    *,
    whole: bool = True,
    status: int = 200,
    typed: str | None = None,
    bound: RecommendationForm | None = None,
) -> HttpResponse:
    page = report_page(report, request.user, big_figures(report.facts), section, whole=whole)
    context: dict[str, Any] = {
        "page": page,
        "report": report,
        "section": section,
        "text": section.text if typed is None else typed,
        "is_stale": typed is not None,
        "part": school_of(page, section),
        "next": next_section(page, section),
        "is_list": section.key == ReportSection.Key.RECOMMENDATIONS,
        "comments": section.comments.exclude(text="").select_related("person"),
        "chairs": _chairs(page, section),
    }
    if context["is_list"]:
        context |= _recommendation_forms(report, bound)
    return render(request, "progress_boards/report_section.html", context, status=status)


def _chairs(page: ReportPage, section: ReportSection) -> list[Any]:
    """To whom the lead may give a half page: nobody where no other Chair has the school."""
    if section.school_id is None or not page.can_write:
        return []
    chairs = chairs_at(page.report, section.school_id)
    return chairs if len(chairs) > 1 or section.writer else []


def _recommendation_forms(report: AnnualReport, bound: RecommendationForm | None) -> dict[str, Any]:
    rows = list(report.recommendations.all())
    forms = [
        (row, bound if bound and bound.prefix == RecommendationForm.prefix_of(row) else RecommendationForm.of(row))
        for row in rows
    ]  # fmt: skip
    new = bound if isinstance(bound, NewRecommendationForm) else NewRecommendationForm()
    return {"recommendations": forms, "new": new, "form": bound}


@require_http_methods(["GET", "POST"])
def report_section(request: HttpRequest, pk: int, section: int) -> HttpResponse:
    """Write one section beside its facts; saved as typed (JSON) or by its button."""
    report, part, whole = _section(request, pk, section)
    require(may_write_section(request.user, report, part))
    if request.method == "GET":
        return _section_page(request, report, part, whole=whole)
    as_typed = request.headers.get("X-Requested-With") == "autosave"
    text, version = request.POST.get("text", ""), whole_number(request.POST.get("version", ""))
    try:
        saved = actions.save_section(part, text=text, version=version or 0, by=request.user)
    except actions.StaleSection as stale:
        if as_typed:
            return JsonResponse({"url": request.path, "message": str(stale)}, status=409)
        return _section_page(
            request, report, stale.section, whole=whole, typed=stale.text, status=409
        )
    if as_typed:
        return JsonResponse({"version": saved.version, "saved_at": clock(now())})
    messages.success(request, "Saved")
    page = report_page(report, request.user, [], part, whole=whole)
    onward = next_section(page, part) if "next" in request.POST else None
    return redirect(onward.url if onward else request.path)


@require_POST
def section_writer(request: HttpRequest, pk: int, section: int) -> HttpResponse:
    """Give the half page of a school to its Chair, or take it back."""
    report, part, _ = _section(request, pk, section)
    require(may_write_report(request.user, report))
    chosen = whole_number(request.POST.get("writer", ""))
    writer = get_object_or_404(Person, pk=chosen) if chosen else None
    actions.name_writer(part, writer=writer, by=request.user)
    messages.success(request, "The half page is given")
    return to_report(report, part)


def _list_section(report: AnnualReport) -> ReportSection:
    return report.sections.select_related("report").get(key=ReportSection.Key.RECOMMENDATIONS)


@require_POST
@once
def recommendation_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a recommendation at the end of the list."""
    report = the_report(request, pk)
    require(may_write_report(request.user, report))
    form = NewRecommendationForm(request.POST)
    section = _list_section(report)
    if not form.is_valid():
        return _section_page(request, report, section, bound=form)
    actions.add_recommendation(report, by=request.user, **form.words)
    return to_report(report, section)


@require_POST
def recommendation_change(request: HttpRequest, pk: int, recommendation: int) -> HttpResponse:
    """Save, move or remove one recommendation, by the button pressed."""
    report = the_report(request, pk)
    require(may_write_report(request.user, report))
    row = get_object_or_404(
        Recommendation.objects.select_related("report"), pk=recommendation, report=report
    )
    act = request.POST.get("act", "save")
    section = _list_section(report)
    if act == "remove":
        actions.remove_recommendation(row, by=request.user)
    elif act in ("up", "down"):
        actions.move_recommendation(row, up=act == "up", by=request.user)
    else:
        form = RecommendationForm(request.POST, prefix=RecommendationForm.prefix_of(row))
        if not form.is_valid():
            return _section_page(request, report, section, bound=form)
        actions.change_recommendation(row, by=request.user, **form.words)
    return to_report(report, section)
