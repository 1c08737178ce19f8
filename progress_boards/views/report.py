"""The Chair's annual report: written beside its facts, signed, submitted, read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from progress_boards.actions import report as actions
from progress_boards.documents.report import big_figures
from progress_boards.forms.report import (
    NewRecommendationForm,
    RecommendationForm,
    SignReportForm,
)
from progress_boards.models import AnnualReport, Recommendation, ReportSection
from progress_boards.queries.report_pages import (
    PRESENTED_TO,
    early_warning,
    figure_of,
    may_list_reports,
    next_section,
    report_page,
    report_rows,
    school_of,
    years_without_report,
)
from progress_boards.rules import may_open_report, may_present_report, may_write_report
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import now, today
from trust.models import AcademicYear
from trust.numbers import whole_number
from trust.pages import new_key, once
from trust.templatetags.eyeline import clock


def _report(request: HttpRequest, pk: int) -> AnnualReport:
    reports = AnnualReport.objects.select_related("academic_year", "lead")
    return get_visible_or_404(reports, request.user, pk=pk)


def _to(report: AnnualReport, section: ReportSection | None = None) -> HttpResponse:
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
    return _to(report)


# -- one report ----------------------------------------------------------------------------------


@require_GET
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole report: for its Chair with what is still to write, for its readers as it stands."""
    report = _report(request, pk)
    actions.record_read(report, by=request.user)
    return _detail(request, report, SignReportForm())


def _detail(request: HttpRequest, report: AnnualReport, form: SignReportForm) -> HttpResponse:
    page = report_page(report, request.user, big_figures(report.facts))
    context = {
        "page": page,
        "report": report,
        "form": form,
        "recommendations": list(report.recommendations.all()),
        "missing": actions.missing_before_signing(report) if page.can_sign else [],
        "readers": PRESENTED_TO,
    }
    return render(request, "progress_boards/report.html", context)


@require_GET
def report_figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The boards that one figure comes from."""
    report = _report(request, pk)
    figure = figure_of(report, key, request.user)
    if figure is None:
        raise Http404("No such figure")
    context = {"report": report, "figure": figure}
    return render(request, "progress_boards/report_figure.html", context)


@require_POST
def report_compile(request: HttpRequest, pk: int) -> HttpResponse:
    """Compile the facts again; what was written stays."""
    report = actions.compile_report(_report(request, pk), by=request.user)
    messages.success(request, "The facts are compiled again")
    return _to(report)


# -- one section ---------------------------------------------------------------------------------


def _section(report: AnnualReport, pk: int) -> ReportSection:
    return get_object_or_404(report.sections.select_related("school", "report"), pk=pk)


def _section_page(
    request: HttpRequest,
    report: AnnualReport,
    section: ReportSection,
    *,
    status: int = 200,
    typed: str | None = None,
    bound: RecommendationForm | None = None,
) -> HttpResponse:
    page = report_page(report, request.user, big_figures(report.facts), section)
    context: dict[str, Any] = {
        "page": page,
        "report": report,
        "section": section,
        "text": section.text if typed is None else typed,
        "is_stale": typed is not None,
        "part": school_of(page, section),
        "next": next_section(page, section),
        "is_list": section.key == ReportSection.Key.RECOMMENDATIONS,
    }
    if context["is_list"]:
        context |= _recommendation_forms(report, bound)
    return render(request, "progress_boards/report_section.html", context, status=status)


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
    report = _report(request, pk)
    require(may_write_report(request.user, report))
    part = _section(report, section)
    if request.method == "GET":
        return _section_page(request, report, part)
    as_typed = request.headers.get("X-Requested-With") == "autosave"
    text, version = request.POST.get("text", ""), request.POST.get("version", "")
    try:
        saved = actions.save_section(
            part, text=text, version=whole_number(version) or 0, by=request.user
        )
    except actions.StaleSection as stale:
        if as_typed:
            return JsonResponse({"url": request.path, "message": str(stale)}, status=409)
        return _section_page(request, report, stale.section, typed=stale.text, status=409)
    if as_typed:
        return JsonResponse({"version": saved.version, "saved_at": clock(now())})
    messages.success(request, "Saved")
    return _after_saving(request, report, part)


def _after_saving(
    request: HttpRequest, report: AnnualReport, section: ReportSection
) -> HttpResponse:
    page = report_page(report, request.user, [], section)
    onward = next_section(page, section) if "next" in request.POST else None
    return redirect(onward.url if onward else request.path)


def _list_section(report: AnnualReport) -> ReportSection:
    return report.sections.select_related("report").get(key=ReportSection.Key.RECOMMENDATIONS)


@require_POST
@once
def recommendation_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a recommendation at the end of the list."""
    report = _report(request, pk)
    require(may_write_report(request.user, report))
    form = NewRecommendationForm(request.POST)
    section = _list_section(report)
    if not form.is_valid():
        return _section_page(request, report, section, bound=form)
    actions.add_recommendation(report, by=request.user, **form.words)
    return _to(report, section)


@require_POST
def recommendation_change(request: HttpRequest, pk: int, recommendation: int) -> HttpResponse:
    """Save, move or remove one recommendation, by the button pressed."""
    report = _report(request, pk)
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
    return _to(report, section)


# -- signed and submitted ------------------------------------------------------------------------


@require_POST
def report_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign with the typed name; a refusal comes back beside the field."""
    report = _report(request, pk)
    form = SignReportForm(request.POST)
    require(may_write_report(request.user, report))
    if form.is_valid():
        try:
            actions.sign_report(report, typed_name=form.cleaned_data["typed_name"], by=request.user)
        except Conflict as refused:
            form.add_error("typed_name", str(refused))
        else:
            messages.success(request, "The report is signed")
            return _to(report)
    return _detail(request, report, form)


@require_POST
def report_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the signature back, to write on."""
    report = actions.take_back_report(_report(request, pk), by=request.user)
    messages.success(request, "The signature is taken back: the report can be changed")
    return _to(report)


@require_http_methods(["GET", "POST"])
def report_present(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what submitting does and to whom; then do it."""
    report = _report(request, pk)
    require(may_present_report(request.user, report))
    if request.method == "GET":
        context = {"report": report, "readers": PRESENTED_TO, "warning": early_warning(report)}
        return render(request, "progress_boards/report_present.html", context)
    actions.present_report(report, by=request.user)
    messages.success(request, "The Trust Board has the report")
    return redirect(reverse("progress_boards:report-detail", args=[pk]))
