"""Asking for a PDF: each button makes a row and leads to the page that shows how far it is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from meetings.rules import may_read_agenda, may_read_minutes
from progress_boards import documents
from progress_boards.models import AnnualReport, ProgressBoard
from trust.access import get_visible_or_404, require
from trust.models import Document


def progress(document: Document, back: str) -> HttpResponse:
    """On to the page that shows how far a document is, and from there back."""
    address = reverse("document-progress", args=[document.pk])
    return redirect(f"{address}?{urlencode({'back': back})}")


def _board(request: HttpRequest, pk: int) -> ProgressBoard:
    return get_visible_or_404(ProgressBoard.objects.with_meeting(), request.user, pk=pk)


@require_POST
def agenda_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the agenda as it stands."""
    board = _board(request, pk)
    require(may_read_agenda(request.user, board.meeting))
    document = documents.request_agenda(board, by=request.user)
    return progress(document, reverse("progress_boards:board-detail", args=[pk]))


@require_POST
def minutes_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the minutes as they stand; final ones are there already."""
    board = _board(request, pk)
    require(may_read_minutes(request.user, board.meeting))
    document = documents.request_minutes(board, by=request.user)
    return progress(document, reverse("progress_boards:board-detail", args=[pk]))


@require_POST
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the annual report as it stands."""
    report = get_visible_or_404(AnnualReport.objects.all(), request.user, pk=pk)
    document = documents.request_report(report, by=request.user)
    return progress(document, reverse("progress_boards:report-detail", args=[pk]))


@require_POST
def report_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the same report for Word."""
    report = get_visible_or_404(AnnualReport.objects.all(), request.user, pk=pk)
    document = documents.request_report(report, by=request.user, kind=documents.REPORT_WORD)
    return progress(document, reverse("progress_boards:report-detail", args=[pk]))


@require_POST
def report_response_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the chief executive's response, once there is one."""
    report = get_visible_or_404(AnnualReport.objects.all(), request.user, pk=pk)
    if not report.response:
        raise Http404("No response yet")
    document = documents.request_response(report, by=request.user)
    return progress(document, reverse("progress_boards:report-detail", args=[pk]))
