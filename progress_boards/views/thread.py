"""The thread: what a thing comes from and what came of it, and the search for a printed reference."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from progress_boards.models import ReportSection
from progress_boards.queries.thread import (
    Thread,
    thread_of,
    thread_of_reference,
    thread_of_statement,
)


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Look up a printed reference; one that is not there, or not for this reader, is said alike."""
    words = request.GET.get("ref", "")[:60]
    address = thread_of_reference(words, request.user) if words.strip() else ""
    if address:
        return redirect(address)
    return render(request, "progress_boards/thread_find.html", {"ref": words.strip()})


@require_GET
def thread(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One thing with both ways from it; a stranger finds nothing here."""
    return _page(request, thread_of(kind, pk, request.user))


@require_GET
def section(request: HttpRequest, pk: int, school: int) -> HttpResponse:
    """The thread of what a report says of one school."""
    row = ReportSection.objects.filter(report=pk, school=school).values_list("pk", flat=True)
    return _page(request, thread_of("section", row.first() or 0, request.user))


@require_GET
def statement(request: HttpRequest, section: int, number: int) -> HttpResponse:
    """The thread of one statement of a report."""
    return _page(request, thread_of_statement(section, number, request.user))


def _page(request: HttpRequest, found: Thread | None) -> HttpResponse:
    if found is None:
        raise Http404("No thread to see here")
    return render(request, "progress_boards/thread.html", {"thread": found, "knot": found.knot})
