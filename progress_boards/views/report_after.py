"""After the report: the chief executive's response, and what becomes of each recommendation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from progress_boards.actions.report_after import (
    StaleResponse,
    follow_recommendation,
    respond_to_report,
)
from progress_boards.forms.report import FollowRecommendationForm, ResponseForm
from progress_boards.report_rules import may_follow_recommendation, may_respond_to_report
from progress_boards.views.report import detail_page, the_report, to_report
from trust.access import require


@require_http_methods(["GET", "POST"])
def report_response(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the chief executive's response; a clash of two writers shows both texts."""
    report = the_report(request, pk)
    require(may_respond_to_report(request.user, report))
    initial = {"text": report.response, "version": report.response_version}
    form = ResponseForm(request.POST or None, initial=initial)
    saved, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            respond_to_report(report, by=request.user, **form.cleaned_data)
        except StaleResponse as stale:
            saved, status = stale.report.response, 409
            now = {"text": stale.text, "version": stale.report.response_version}
            form = ResponseForm(initial=now)
        else:
            messages.success(request, "Your response is saved")
            return to_report(report)
    context = {"report": report, "form": form, "saved": saved, "is_stale": status == 409}
    return render(request, "progress_boards/report_response.html", context, status=status)


@require_POST
def recommendation_follow(request: HttpRequest, pk: int, recommendation: int) -> HttpResponse:
    """Say what has become of a recommendation."""
    report = the_report(request, pk)
    require(may_follow_recommendation(request.user, report))
    row = get_object_or_404(report.recommendations.select_related("report"), pk=recommendation)
    form = FollowRecommendationForm(request.POST, prefix=FollowRecommendationForm.prefix_of(row))
    if not form.is_valid():
        return detail_page(request, report, bound=form)
    follow_recommendation(row, by=request.user, **form.cleaned_data)
    messages.success(request, "Kept with the recommendation")
    return to_report(report)
