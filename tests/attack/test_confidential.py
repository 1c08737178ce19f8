"""Part B and the briefings leave no trace in a paper, a mail, a log, the audit or another table."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from meetings.documents.part_b import request_part_b
from meetings.documents.redacted import request_redacted
from meetings.models import Meeting, PartB, PartBCorrection
from meetings.queries.part_b import part_with_rules
from progress_boards import documents
from progress_boards.documents import packs
from progress_boards.models import AnnualReport
from tests.attack.planting import Planted, canary, plant, plant_report
from tests.matrix_objects import World
from tests.missing_rows import CAPACITIES
from tests.test_access_matrix import _undone
from trust.models import AuditEvent, Document, Mail
from trust.pages import new_key
from trust.work import run_due_work

pytestmark = pytest.mark.long

SECRET = re.compile(r"zq[AB](?:partb|briefing|typed)[a-z0-9]*qz")
THEIRS = {
    "meetings_partb", "meetings_partbkept", "meetings_partbcorrection", "meetings_partbgrant",
    "progress_boards_briefingnote",
}  # fmt: skip
"""The tables in which these words stand; documents are looked into apart."""
READERS = {
    "with_chair": {"chair", "clerk"},
    "accuracy_check": {"chair", "clerk", "ceo", "link_trustee"},
    "final": {"chair", "clerk", "ceo", "link_trustee", "cfo"},
}


@dataclass
class Lived:
    """One school's boards after everybody wrote and asked for every paper there is."""

    made: Planted
    logged: list[str] = field(default_factory=list)


class _Logged(logging.Handler):
    """Everything that anything logs, with its arguments and its error."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__.get('args')}")


@pytest.fixture(scope="module")
def lived(world: World, sessions: dict[str, str], django_db_blocker: Any) -> Iterator[Lived]:
    with django_db_blocker.unblock(), _undone():
        logged = _Logged()
        # As the house logs when LOG_LEVEL asks for everything: Django's own loggers stay at INFO.
        loggers = {logging.getLogger(): logging.DEBUG, logging.getLogger("django"): logging.INFO}
        levels = {logger: logger.level for logger in loggers}
        for logger, level in loggers.items():
            logger.addHandler(logged)
            logger.setLevel(level)
        try:
            made = plant(world, "own")
            list(plant_report(world, [made]))
            _write(made, sessions)
            _ask_for_every_paper(made, world)
            for _ in range(3):
                run_due_work()
        finally:
            for logger, level in levels.items():
                logger.removeHandler(logged)
                logger.setLevel(level)
        yield Lived(made, logged.lines)


def _client(sessions: dict[str, str], role: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = sessions[role]
    return client


def _write(made: Planted, sessions: dict[str, str]) -> None:
    """Every act of Part B and of the briefing by its button; texts come second, are refused and come back."""
    part = PartB.objects.get(item__meeting=made.boards["with_chair"].meeting_id)
    chair = _client(sessions, "chair")
    save = reverse("meetings:part-b-save", args=[part.item_id])
    for typed in ({"X-Requested-With": "autosave"}, {}):
        data = {"text": canary("A", "typed"), "version": part.version}
        chair.post(save, data, headers=typed)
        chair.post(save, {"text": canary("A", "typed_second"), "version": "1"}, headers=typed)
    _client(sessions, "head").post(save, {"text": canary("A", "typed_refused"), "version": "1"})
    checked = PartB.objects.get(item__meeting=made.boards["accuracy_check"].meeting_id)
    correct = reverse("meetings:part-b-correct", args=[checked.pk])
    sent = {f"b{checked.pk}-text": canary("A", "typed_correction"), "idempotency_key": new_key()}
    assert _client(sessions, "ceo").post(correct, sent).status_code == 302
    correction = PartBCorrection.objects.get(text=canary("A", "typed_correction"))
    answer = reverse("meetings:part-b-answer", args=[correction.pk])
    said = {"answer": "edited", "reason": canary("A", "typed_answer"), "typed_name": "nobody",
            "text": canary("A", "typed_text"), "version": checked.version}  # fmt: skip
    assert chair.post(answer, said).status_code == 422
    assert chair.post(answer, {**said, "typed_name": "chair"}).status_code == 302
    briefing = reverse("progress_boards:briefing", args=[made.boards["issued"].pk])
    note = {"board": canary("A", "typed_briefing"), "version-board": "9"}
    for role in ("ceo", "head"):
        _client(sessions, role).post(briefing, note)


def _ask_for_every_paper(made: Planted, world: World) -> None:
    ceo, boards = world.users["ceo"], made.boards
    for board in boards.values():
        documents.request_agenda(board, by=ceo)
    for state in READERS:
        documents.request_minutes(boards[state], by=ceo)
        part = PartB.objects.get(item__meeting=boards[state].meeting_id)
        request_part_b(part_with_rules(part), by=ceo)
    final = Meeting.objects.with_seats().get(pk=boards["final"].meeting_id)
    request_redacted(final, under="foi", more={}, by=ceo)
    packs.request_packs(boards["issued"], by=ceo)
    packs.request_school_page(made.school, by=ceo)
    report = AnnualReport.objects.get()
    for kind in (documents.REPORT, documents.REPORT_WORD):
        documents.request_report(report, by=ceo, kind=kind)


def _text(document: Document) -> str:
    """What a finished paper says, with its properties."""
    (path,) = Path(settings.MEDIA_ROOT).glob(f"made/*/{document.sha256}.*")
    if path.suffix == ".docx":
        paper = docx.Document(io.BytesIO(path.read_bytes()))
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return " ".join([p.text for p in paper.paragraphs] + cells)
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    return " ".join(page.extract_text() for page in reader.pages) + str(reader.metadata)


@pytest.mark.django_db
def test_no_paper_but_its_own_holds_a_word_of_part_b_or_of_a_briefing(lived: Lived) -> None:
    papers = list(Document.objects.all())
    kinds = {paper.kind for paper in papers}
    assert {"agenda", "minutes", "pack", "redacted", "annual-report", "annual-report-word",
            "part-b"} <= kinds  # fmt: skip
    assert {paper.state for paper in papers} == {"done"}
    found = {
        paper.kind: SECRET.findall(_text(paper) + json.dumps(paper.snapshot) + paper.title)
        for paper in papers
        if paper.kind != "part-b"
    }
    assert {kind: words for kind, words in found.items() if words} == {}


@pytest.mark.django_db
def test_pdf_of_a_part_b_holds_its_own_words_and_opens_for_its_readers_alone(
    lived: Lived, sessions: dict[str, str]
) -> None:
    for state, readers in READERS.items():
        part = PartB.objects.get(item__meeting=lived.made.boards[state].meeting_id)
        paper = Document.objects.get(kind="part-b", subject_id=part.pk)
        assert part.text in _text(paper).replace("\n", "")
        url = reverse("document-download", args=[paper.pk])
        opened = set()
        for role in CAPACITIES:
            client = _client(sessions, role) if role in sessions else Client()
            answer = client.get(url)
            if answer.status_code == 200:
                opened.add(role)
                b"".join(answer.streaming_content)
        assert opened == readers, state


@pytest.mark.django_db
def test_no_mail_log_or_audit_row_holds_a_word(lived: Lived) -> None:
    mails = " ".join(" ".join(each) for each in Mail.objects.values_list("subject", "text", "html"))
    audit = json.dumps(list(AuditEvent.objects.values_list("verb", "detail")))
    assert "save_part_b" in audit
    assert "answer_part_b_correction" in audit
    assert any("part-b" in line for line in lived.logged), "the refusals are logged by address"
    assert SECRET.findall(mails) == []
    assert SECRET.findall(audit) == []
    assert SECRET.findall("\n".join(lived.logged)) == []


@pytest.mark.django_db
def test_no_other_table_and_no_session_holds_a_word(lived: Lived) -> None:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {quoted} t")  # noqa: S608
            if words := SECRET.findall(cursor.fetchone()[0] or ""):
                found[table] = words
    assert set(found) == THEIRS | {"trust_document"}
    sessions = [json.dumps(row.get_decoded(), default=str) for row in Session.objects.all()]
    assert SECRET.findall(" ".join(sessions)) == []
