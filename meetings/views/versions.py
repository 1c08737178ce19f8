"""The issued versions of an agenda, read and compared by whoever reads the agenda."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from meetings.queries.pages import agenda_url
from meetings.queries.versions import version_page, versions_of
from meetings.rules import may_read_agenda
from meetings.views.found import meeting_or_404
from trust.access import require
from trust.numbers import whole_number


@require_GET
def agenda_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Each issued version and what it changed."""
    meeting = meeting_or_404(request, pk)
    require(may_read_agenda(request.user, meeting))
    context = {"meeting": meeting, "versions": versions_of(meeting), "home": agenda_url(meeting)}
    return render(request, "meetings/agenda_versions.html", context)


@require_GET
def agenda_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as it was read, beside an earlier one."""
    meeting = meeting_or_404(request, pk)
    require(may_read_agenda(request.user, meeting))
    page = version_page(meeting, number, whole_number(request.GET.get("against", "")))
    if page is None:
        raise Http404("No such version")
    context = {"meeting": meeting, "page": page, "home": agenda_url(meeting)}
    return render(request, "meetings/agenda_version.html", context)
