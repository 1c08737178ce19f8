"""Asking for a PDF of a meeting: each button makes a row and leads to the page that shows how far it is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from meetings import documents
from meetings.models import Meeting
from meetings.queries.pages import has_own_documents
from meetings.rules import may_read_agenda, may_read_minutes
from meetings.views.found import meeting_or_404
from trust.access import require
from trust.models import Document


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    meeting = meeting_or_404(request, pk)
    if has_own_documents(meeting):
        raise Http404("This meeting has documents of its own")
    return meeting


def _progress(document: Document, back: str) -> HttpResponse:
    address = reverse("document-progress", args=[document.pk])
    return redirect(f"{address}?{urlencode({'back': back})}")


@require_POST
def agenda_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the agenda as it stands."""
    meeting = _meeting(request, pk)
    require(may_read_agenda(request.user, meeting))
    document = documents.request_agenda(meeting, by=request.user)
    return _progress(document, reverse("meetings:agenda", args=[pk]))


@require_POST
def minutes_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the minutes as they stand; final ones are there already."""
    meeting = _meeting(request, pk)
    require(may_read_minutes(request.user, meeting))
    document = documents.request_minutes(meeting, by=request.user)
    return _progress(document, reverse("meetings:minutes", args=[pk]))
