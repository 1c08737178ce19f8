"""The one mechanism that makes documents: snapshot, row, lease, render, store (ADR 6).

The only importer of WeasyPrint and python-docx, each only when something is made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone

from trust.access import Actor, Conflict
from trust.assets import ASSETS
from trust.faces import FACES, face
from trust.leases import FIRST_BACK_OFF
from trust.models import Document
from trust.work import register_due, ring

CONTENT_TYPES = {".css": "text/css", ".ttf": "font/ttf"}
MAX_SNAPSHOT_BYTES = 4_000_000


@dataclass(frozen=True)
class Format:
    """What a kind of document is when it is finished."""

    suffix: str
    label: str
    """As a button says it: "Download the PDF"."""
    content_type: str


PDF = Format("pdf", "PDF", "application/pdf")
WORD = Format(
    "docx",
    "Word document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)


@dataclass(frozen=True)
class DocumentSort:
    """One kind of document: its template, who may read one, and whether it is a PDF or for Word."""

    name: str
    template: str
    may_read: Callable[[Any, Document], bool]
    format: Format = PDF
    make: Callable[[dict[str, Any]], bytes] | None = None
    """For what is more than one template: the finished bytes from the snapshot."""


_sorts: dict[str, DocumentSort] = {}


class NoPdfLibrary(Exception):
    """The system libraries that PDFs need are missing; the message is the one line to type."""


def register_document(
    name: str,
    *,
    template: str,
    may_read: Callable[[Any, Document], bool],
    format: Format = PDF,
    make: Callable[[dict[str, Any]], bytes] | None = None,
) -> None:
    """Declare a kind of document; the template sees the snapshot and nothing else."""
    _sorts[name] = DocumentSort(name, template, may_read, format, make)


def canonical(snapshot: dict[str, Any]) -> bytes:
    """The snapshot as bytes that are equal for equal content."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def request_document(
    kind: str, subject: Model, *, title: str, snapshot: dict[str, Any], by: Actor | None
) -> Document:
    """Ask for a document of a subject; the same content asked for twice is one row, and is made once.

    Raises Conflict when the snapshot is too large to print.
    """
    content = canonical(snapshot)
    if len(content) > MAX_SNAPSHOT_BYTES:
        raise Conflict("This is too much text for one document. Shorten it and ask again")
    document, is_new = Document.objects.get_or_create(
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        content_hash=hashlib.sha256(content).hexdigest(),
        defaults={
            "title": title,
            "snapshot": snapshot,
            "created_at": timezone.now(),
            "requested_by_id": by.pk if by else None,
        },
    )
    if is_new:
        ring("document", document.pk)
    return document


def try_again(document: Document) -> None:
    """Put a failed document back in the queue."""
    changed = Document.objects.filter(pk=document.pk, state="failed").update(
        state="pending", attempts=0, error="", next_attempt_at=None, lease_until=None
    )
    if changed:
        ring("document", document.pk)


def may_read(user: Actor, document: Document) -> bool:
    """Whether the kind's own rule lets this person read the document."""
    sort = _sorts.get(document.kind)
    return bool(sort and sort.may_read(user, document))


def format_of(document: Document) -> Format:
    """What the document is when it is finished; a kind nobody declares any more was a PDF."""
    sort = _sorts.get(document.kind)
    return sort.format if sort else PDF


def document_path(sha256: str, format: Format = PDF) -> Path:
    """Where a finished document lies, by its hash."""
    return Path(settings.MEDIA_ROOT) / "made" / sha256[:2] / f"{sha256}.{format.suffix}"


@cache
def pdf_trouble() -> str:
    """Why PDFs cannot be made here, as the one line to type; "" when they can. Asked once a process."""
    try:
        with redirect_stdout(StringIO()):  # it prints a page of advice of its own
            import weasyprint  # noqa: F401
    except OSError:
        return "apt-get install libpangoft2-1.0-0 libharfbuzz-subset0"
    return ""


def render_pdf(html: str) -> bytes:
    """A tagged PDF (PDF/UA-1) of a page that may use our own assets only.

    Raises NoPdfLibrary when the system libraries are missing. The same page gives the same bytes.
    """
    trouble = pdf_trouble()
    if trouble:
        raise NoPdfLibrary(trouble)
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

    class AssetFetcher(weasyprint.URLFetcher):  # type: ignore[misc]
        """Knows names, not paths: anything that is not ours stops the render."""

        def __init__(self) -> None:
            super().__init__(
                allowed_protocols=("asset",), allow_redirects=False, fail_on_errors=True
            )

        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix("asset:")
            if name == url or name not in {*ASSETS, *FACES}:
                raise FatalURLFetchingError(f"not one of our assets: {url[:80]}")
            content = face(name) if name in FACES else ASSETS[name].read_bytes()
            kind = CONTENT_TYPES[Path(name).suffix]
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    try:
        document = weasyprint.HTML(string=html, url_fetcher=AssetFetcher(), base_url="asset:")
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as refused:
        raise ValueError(str(refused)) from refused
    return pdf


BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The oldest time a ZIP file can hold: no clock is in our files, so that equal content is equal bytes."""


def render_docx(html: str) -> bytes:
    """The same page as a Word document. The same page gives the same bytes."""
    import docx

    from trust import word

    document = docx.Document()
    word.write(html, document)
    properties = document.core_properties
    properties.created = properties.modified = dt.datetime(*BEGINNING, tzinfo=dt.UTC)
    written, steady = BytesIO(), BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(steady, "w") as new:
        for part in old.infolist():
            named = zipfile.ZipInfo(part.filename, BEGINNING)
            named.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(named, old.read(part))
    return steady.getvalue()


def render(sort: DocumentSort, snapshot: dict[str, Any]) -> bytes:
    """A document of this kind from its snapshot alone."""
    if sort.make is not None:
        return sort.make(snapshot)
    page = render_to_string(sort.template, {"s": snapshot})
    return render_docx(page) if sort.format is WORD else render_pdf(page)


def make_document(pk: int) -> None:
    """Claim one document, render it from its snapshot alone, store it by its hash, finish the row."""
    document = Document.objects.claim(pk, timezone.now())
    if document is None:
        return
    try:
        sort = _sorts[document.kind]
        content = render(sort, document.snapshot)
        sha256 = hashlib.sha256(content).hexdigest()
        _store(content, document_path(sha256, sort.format))
    except Exception as error:  # noqa: BLE001 - whatever stops a render is kept on its row
        document.give_back(timezone.now(), f"{type(error).__name__}: {error}")
        return
    document.finish(timezone.now(), sha256=sha256, size=len(content))


def _store(content: bytes, path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def due_documents() -> list[int]:
    """Documents to make now; each is put off a little, so that a stuck queue is not flooded."""
    now = timezone.now()
    due = list(Document.objects.due(now).values_list("pk", flat=True)[:200])
    Document.objects.filter(pk__in=due).update(next_attempt_at=now + FIRST_BACK_OFF)
    return due


register_due("document", find=due_documents, run=make_document)
