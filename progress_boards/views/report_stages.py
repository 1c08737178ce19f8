"""The report's way to the Trust Board: its accuracy checked, signed, submitted, listed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from progress_boards.actions import report_stages as actions
from progress_boards.forms.report import (
    AnswerReportCommentForm,
    CommentPartForm,
    CommentReportForm,
    SignReportForm,
)
from progress_boards.models import AnnualReport, ReportComment
from progress_boards.queries.report_chairs import board_day_of, checks_of
from progress_boards.queries.report_dates import report_dates
from progress_boards.queries.report_pages import PRESENTED_TO, early_warning, school_part
from progress_boards.report_rules import (
    may_answer_comment,
    may_comment_report,
    may_present_report,
    may_read_check,
    may_sign_report,
    may_submit_report,
)
from progress_boards.views.report import detail_page, the_report, to_report
from trust.access import Conflict, require
from trust.pages import once

# -- accuracy ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def report_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Say to whom the report goes for its accuracy; then send it."""
    report = the_report(request, pk)
    require(may_sign_report(request.user, report))
    if request.method == "GET":
        context = {
            "report": report, "missing": actions.unwritten(report), "days": report_dates().accuracy_days,
            "schools": [s["name"] for s in report.facts["schools"]],
        }  # fmt: skip
        return render(request, "progress_boards/report_send.html", context)
    actions.send_for_accuracy(report, by=request.user)
    messages.success(request, "The report is with the trust and the schools for its accuracy")
    return redirect("progress_boards:report-accuracy", pk)


@require_POST
def report_write_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the report back from its check, to write on."""
    report = actions.write_on(the_report(request, pk), by=request.user)
    messages.success(request, "The report is a draft again. What was said of it is kept")
    return to_report(report)


@require_GET
def report_accuracy(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was asked, what each has said, and what the Chair decided."""
    report = the_report(request, pk)
    require(may_read_check(request.user, report))
    return _accuracy_page(request, report)


def _accuracy_page(
    request: HttpRequest,
    report: AnnualReport,
    form: CommentReportForm | None = None,
    bound: AnswerReportCommentForm | None = None,
) -> HttpResponse:
    comments = report.comments.exclude(text="").select_related("section__school", "person")
    context: dict[str, Any] = {
        "report": report,
        "checks": checks_of(report),
        "comments": [(c, _answer_form(request, report, c, bound)) for c in comments],
        "form": bound or form,
        "new": form or CommentReportForm(report=report)
        if may_comment_report(request.user, report, None)
        else None,
    }
    return render(request, "progress_boards/report_accuracy.html", context)


def _answer_form(
    request: HttpRequest,
    report: AnnualReport,
    comment: ReportComment,
    bound: AnswerReportCommentForm | None,
) -> AnswerReportCommentForm | None:
    if comment.answer or not may_answer_comment(request.user, report):
        return None
    prefix = AnswerReportCommentForm.prefix_of(comment)
    return bound if bound and bound.prefix == prefix else AnswerReportCommentForm(prefix=prefix)


@require_POST
@once
def report_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a correction of any part, or say that there is nothing to correct."""
    report = the_report(request, pk)
    require(may_comment_report(request.user, report, None))
    if "nothing" in request.POST:
        actions.comment_report(report, section=None, text="", by=request.user)
        messages.success(request, "The Chair sees that you have nothing to correct")
        return redirect("progress_boards:report-accuracy", pk)
    form = CommentReportForm(request.POST, report=report)
    if not form.is_valid():
        return _accuracy_page(request, report, form)
    data = form.cleaned_data
    actions.comment_report(report, section=data["section"], text=data["text"], by=request.user)
    messages.success(request, "The Chair has your correction")
    return redirect("progress_boards:report-accuracy", pk)


@require_POST
def report_answer(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    """The Chair decides on one correction."""
    report = the_report(request, pk)
    require(may_answer_comment(request.user, report))
    row = get_object_or_404(report.comments.select_related("report"), pk=comment)
    form = AnswerReportCommentForm(request.POST, prefix=AnswerReportCommentForm.prefix_of(row))
    if not form.is_valid():
        return _accuracy_page(request, report, bound=form)
    data = form.cleaned_data
    actions.answer_comment(
        row, accepted=data["decision"] == "accepted", reason=data["reason"], by=request.user
    )
    messages.success(request, "Your decision is kept with the correction")
    return redirect("progress_boards:report-accuracy", pk)


# -- the part on one school ----------------------------------------------------------------------


def _part(request: HttpRequest, pk: int, school: int) -> AnnualReport:
    reports = AnnualReport.objects.select_related("academic_year", "lead")
    report = get_object_or_404(reports.read_in_part(request.user, school), pk=pk)
    if all(s["id"] != school for s in report.facts["schools"]):
        raise Http404("No such school in this report")
    return report


@require_http_methods(["GET", "POST"])
@once
def report_school(request: HttpRequest, pk: int, school: int) -> HttpResponse:
    """The part on one school: its head checks the facts, and reads it once the Trust Board has the report."""
    report = _part(request, pk, school)
    if request.method == "GET":
        return _school_page(request, report, school)
    require(may_comment_report(request.user, report, school))
    section = get_object_or_404(report.sections, school=school)
    form = CommentPartForm(request.POST)
    if "nothing" not in request.POST and not form.is_valid():
        return _school_page(request, report, school, form)
    text = "" if "nothing" in request.POST else form.cleaned_data["text"]
    actions.comment_report(report, section=section, text=text, by=request.user)
    messages.success(request, "The Chair has your answer")
    return redirect("progress_boards:report-school", report.pk, school)


def _school_page(
    request: HttpRequest, report: AnnualReport, school: int, form: CommentPartForm | None = None
) -> HttpResponse:
    can_check = bool(may_comment_report(request.user, report, school))
    said = report.comments.filter(section__school=school)
    context = {
        "report": report,
        "part": school_part(report, school, request.user),
        "form": form,
        "new": form or CommentPartForm() if can_check else None,
        "comments": said.order_by("at") if can_check or report.state != "presented" else [],
    }
    return render(request, "progress_boards/report_school.html", context)


# -- signed, submitted, listed -------------------------------------------------------------------


@require_POST
def report_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign with the typed name; a refusal comes back beside the field."""
    report = the_report(request, pk)
    form = SignReportForm(request.POST)
    require(may_sign_report(request.user, report))
    if form.is_valid():
        try:
            actions.sign_report(report, typed_name=form.cleaned_data["typed_name"], by=request.user)
        except Conflict as refused:
            form.add_error("typed_name", str(refused))
        else:
            messages.success(request, "The report is signed")
            return to_report(report)
    return detail_page(request, report, form)


@require_POST
def report_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the signature back, to write on."""
    report = actions.take_back_report(the_report(request, pk), by=request.user)
    messages.success(request, "The signature is taken back: the report can be changed")
    return to_report(report)


@require_http_methods(["GET", "POST"])
def report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """The Chair reads what submitting does and to whom; then does it."""
    report = the_report(request, pk)
    if request.method == "GET":
        require(may_submit_report(request.user, report))
        context = {"report": report, "readers": PRESENTED_TO, "warning": early_warning(report)}
        return render(request, "progress_boards/report_submit.html", context)
    require(may_sign_report(request.user, report))
    actions.submit_report(report, by=request.user)
    messages.success(request, "The report is submitted: the clerk lists it for the Trust Board")
    return to_report(report)


@require_http_methods(["GET", "POST"])
def report_present(request: HttpRequest, pk: int) -> HttpResponse:
    """The clerk reads who will have the report; then lists it."""
    report = the_report(request, pk)
    require(may_present_report(request.user, report))
    if request.method == "GET":
        context = {"report": report, "readers": PRESENTED_TO, "board": board_day_of(report)}
        return render(request, "progress_boards/report_present.html", context)
    actions.present_report(report, by=request.user)
    messages.success(request, "The Trust Board has the report")
    return to_report(report)
