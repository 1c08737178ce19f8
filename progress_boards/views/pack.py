"""The pack of a board, and the school on a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from progress_boards.documents.packs import ask_for_pack, request_school_page
from progress_boards.queries.pack import pack_page
from progress_boards.rules import may_read_pack, may_read_school_page
from progress_boards.views.agenda import board_of
from schools.models import School
from trust.access import get_visible_or_404, require
from trust.models import Document


def _progress(document: Document, back: str) -> HttpResponse:
    address = reverse("document-progress", args=[document.pk])
    return redirect(f"{address}?{urlencode({'back': back})}")


@require_http_methods(["GET", "POST"])
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """How the pack stands and what is in it; a POST asks for it as it is now."""
    board = board_of(request, pk)
    require(may_read_pack(request.user, board.meeting))
    if request.method == "POST":
        return _progress(ask_for_pack(board, by=request.user), request.path)
    page = pack_page(board, request.user)
    context = {"board": board, "meeting": board.meeting, "page": page}
    return render(request, "progress_boards/pack.html", context)


@require_POST
def school_pdf(request: HttpRequest, school_pk: int) -> HttpResponse:
    """Ask for one school on one side of A4."""
    school = get_visible_or_404(School.objects.all(), request.user, pk=school_pk)
    require(may_read_school_page(request.user, school.pk))
    document = request_school_page(school, by=request.user)
    return _progress(document, reverse("school", args=[school_pk]))
