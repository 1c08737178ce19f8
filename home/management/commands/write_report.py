"""Writes an agenda, minutes and the annual report of this trust as three PDF files."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, F, Q

from progress_boards.documents import request_agenda, request_minutes, request_report
from progress_boards.models import AnnualReport, ProgressBoard
from trust.documents import document_path, make_document, pdf_trouble
from trust.models import Document

NO_LIBRARY = 3
PATIENCE = 90
"""Seconds to wait when a worker is making the same document."""


class Command(BaseCommand):
    """Through the one mechanism that makes every document, so that what it writes is what people download."""

    help = "Write agenda.pdf, minutes.pdf and annual-report.pdf of this trust."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--out", type=Path, required=True, help="The folder to write into")

    def handle(self, *args: Any, **options: Any) -> None:
        trouble = pdf_trouble()
        if trouble:
            self.stderr.write(f"PDFs need two system libraries. Type: {trouble}")
            sys.exit(NO_LIBRARY)
        out: Path = options["out"]
        out.mkdir(parents=True, exist_ok=True)
        for name, document in self._documents():
            path = out / name
            shutil.copyfile(made(document), path)
            self.stdout.write(str(path))

    def _documents(self) -> list[tuple[str, Document]]:
        agenda, minutes, report = issued_board(), minuted_board(), last_report()
        if agenda is None or minutes is None or report is None:
            raise CommandError(
                "This trust has no issued agenda, final minutes or signed report yet"
            )
        return [
            ("agenda.pdf", request_agenda(agenda, by=None)),
            ("minutes.pdf", request_minutes(minutes, by=None)),
            ("annual-report.pdf", request_report(report, by=None)),
        ]


def issued_board() -> ProgressBoard | None:
    """The issued board with the fullest agenda, the sooner of two."""
    boards = ProgressBoard.objects.filter(meeting__state="issued").annotate(
        lines=Count("meeting__items")
    )
    return boards.order_by("-lines", "meeting__starts_at", "pk").first()


def minuted_board() -> ProgressBoard | None:
    """The final board with most items minuted, the later of two."""
    final = ProgressBoard.objects.filter(meeting__state="final", meeting__entered_later=False)
    written = Q(meeting__items__minute__isnull=False) & ~Q(meeting__items__minute__discussion="")
    boards = final.annotate(lines=Count("meeting__items", filter=written, distinct=True))
    order = ("-lines", F("meeting__starts_at").desc(nulls_last=True), "pk")
    return boards.select_related("meeting").order_by(*order).first()


def last_report() -> AnnualReport | None:
    """The newest report that is signed."""
    return AnnualReport.objects.exclude(state="draft").order_by("-academic_year__starts_on").first()


def made(document: Document) -> Path:
    """The finished file: made here, or waited for while a worker makes it. Raises CommandError when it fails."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        document.refresh_from_db()
        if document.state == "done" and document_path(document.sha256).exists():
            return document_path(document.sha256)
        if document.state == "failed":
            break
        make_document(document.pk)
        document.refresh_from_db()
        if document.state == "pending":
            time.sleep(1)
    raise CommandError(f"{document.title} could not be made: {document.error}")
