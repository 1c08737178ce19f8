"""A document on its way: progress that may be left, download, another try; and the health of the house."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.models import Min
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from trust.documents import PDF, document_path, format_of, may_read, pdf_trouble, try_again
from trust.models import Document, Mail


def _document_or_404(request: HttpRequest, pk: int) -> Document:
    document = Document.objects.filter(pk=pk).first()
    if document is None or not may_read(request.user, document):
        raise Http404("No document to see here")
    return document


def _back(request: HttpRequest) -> str:
    """Where "Back" leads: an address of this house, never another's."""
    back = request.GET.get("back", "/")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/"


@require_GET
def document_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a document is; asks again by itself every two seconds, and may be left."""
    document = _document_or_404(request, pk)
    template = "trust/_document_job.html" if request.htmx else "trust/document_progress.html"
    format = format_of(document)
    context = {
        "document": document,
        "back": _back(request),
        "format": format,
        "making": f"Making the {format.label}",
        "trouble": pdf_trouble() if format is PDF else "",
    }
    return render(request, template, context)


@require_GET
def document_download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The finished file, from the store."""
    document = _document_or_404(request, pk)
    format = format_of(document)
    path = document_path(document.sha256, format)
    if document.state != "done" or not path.exists():
        return redirect("document-progress", pk=pk)
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"{document.title}.{format.suffix}",
        content_type=format.content_type,
    )  # fmt: skip
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["ETag"] = f'"{document.sha256}"'
    return response


@require_POST
def document_try_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a failed document back in the queue."""
    try_again(_document_or_404(request, pk))
    return redirect("document-progress", pk=pk)


@require_GET
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """That this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """That the database answers, and how long the oldest document and mail have waited, in seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    state = {"database": "ok", "pdf": "missing library" if pdf_trouble() else "ok"}
    for name, model in (("documents", Document), ("mail", Mail)):
        oldest = model.objects.pending().aggregate(at=Min("created_at"))["at"]
        waited = int((timezone.now() - oldest).total_seconds()) if oldest else 0
        failed = model.objects.filter(state="failed").count()
        state[name] = {"oldest_seconds": waited, "failed": failed}  # type: ignore[assignment]
    return JsonResponse(state | {"version": settings.EYELINE_VERSION})
