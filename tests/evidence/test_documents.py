"""School documents: added, replaced, marked, judged, missed; and who reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evidence.actions import (
    DocumentFacts,
    add_school_document,
    enter_document_judgement,
    mark_passage,
    unmark_passage,
)
from evidence.models import (
    DocumentJudgement,
    DocumentKind,
    Indicator,
    MarkedPassage,
    SchoolDocument,
)
from meetings.models import ItemSource
from schools.models import School
from tests import factories
from tests.trust.test_uploads import PDF
from trust.access import Conflict, NotAllowed
from trust.people.models import User
from trust.uploads import CleanUpload

SignIn = Callable[[User], Client]
SEP = dt.date(2026, 9, 1)


def page(name: str, *args: Any) -> str:
    return reverse(f"evidence:{name}", args=args)


def a_kind(slug: str = "self-evaluation") -> DocumentKind:
    return DocumentKind.objects.get(slug=slug)


def add(school: School, by: User, kind: str = "self-evaluation", **more: Any) -> SchoolDocument:
    replaces = more.pop("replaces", None)
    facts = DocumentFacts(a_kind(kind), more.pop("title", "Self-evaluation"), SEP, **more)
    upload = CleanUpload("sef.pdf", "pdf", ContentFile(PDF))
    return add_school_document(school, facts, upload, by=by, replaces=replaces)


@pytest.mark.parametrize("who", ["head", "leader"])
def test_add_school_document_is_for_the_school(
    who: str, school: School, other_school: School, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    made = add(school, user)
    assert (made.file_name, made.size, made.added_by) == ("sef.pdf", len(PDF), user)
    assert "sef" not in made.file.name
    with pytest.raises(NotAllowed):
        add(other_school, user)


@pytest.mark.parametrize("who", ["ceo", "dsi", "link_trustee", "clerk", "administrator"])
def test_add_school_document_by_a_reader_is_refused(
    who: str, school: School, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        add(school, request.getfixturevalue(who))


def test_a_newer_version_replaces_the_older_once(school: School, head: User) -> None:
    older = add(school, head)
    newer = add(school, head, replaces=older, title="Self-evaluation, spring")
    older.refresh_from_db()
    assert older.replaced_by == newer
    with pytest.raises(Conflict):
        add(school, head, replaces=older)
    assert list(SchoolDocument.objects.current(dt.date(2026, 11, 21))) == [newer]


def test_a_leader_replaces_only_the_own_document(school: School, head: User, leader: User) -> None:
    with pytest.raises(NotAllowed):
        add(school, leader, replaces=add(school, head))
    own = add(school, leader, "attendance")
    assert add(school, leader, "attendance", replaces=own).pk != own.pk


def test_mark_passage_twice_is_one_mark(school: School, head: User, dsi: User) -> None:
    document = add(school, head)
    for _ in range(2):
        mark_passage(document, quote="Provision maps change lessons", page=9, by=dsi)
    assert MarkedPassage.objects.count() == 1


@pytest.mark.parametrize("who", ["head", "leader", "link_trustee", "clerk"])
def test_mark_passage_by_others_is_refused(
    who: str, school: School, head: User, request: pytest.FixtureRequest
) -> None:
    document, user = add(school, head), request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        mark_passage(document, quote="Words", by=user)
    with pytest.raises(NotAllowed):
        enter_document_judgement(
            document, indicator=Indicator.objects.all()[0], position=2, by=user
        )


def test_unmark_passage_on_an_agenda_is_refused(school: School, head: User, ceo: User) -> None:
    passage = mark_passage(add(school, head), quote="Words", by=ceo)
    ItemSource.objects.create(item=factories.AgendaItemFactory(), label="Words", passage=passage)
    with pytest.raises(Conflict):
        unmark_passage(passage, by=ceo)
    assert MarkedPassage.objects.exists()


def test_enter_document_judgement_again_puts_it_right(
    school: School, head: User, dsi: User
) -> None:
    document, standards = add(school, head), Indicator.objects.get(slug="standards")
    for position in (1, 2):
        enter_document_judgement(document, indicator=standards, position=position, by=dsi)
    assert DocumentJudgement.objects.get().position == 2
    with pytest.raises(Conflict):
        enter_document_judgement(document, indicator=standards, position=4, by=dsi)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("ceo", {"self-evaluation", "safeguarding", "finance"}),
        ("dsi", {"self-evaluation", "safeguarding", "finance"}),
        ("clerk", {"self-evaluation", "safeguarding", "finance"}),
        ("ceo_representative", {"self-evaluation", "safeguarding", "finance"}),
        ("head", {"self-evaluation", "safeguarding", "finance"}),
        ("leader", {"self-evaluation", "safeguarding", "finance"}),
        ("link_trustee", {"self-evaluation", "safeguarding", "finance"}),
        ("safeguarding_lead", {"safeguarding"}),
        ("cfo", {"finance"}),
        ("chair", set()),
        ("provider", set()),
        ("trustee", set()),
        ("local_committee", set()),
        ("administrator", set()),
        ("other_head", set()),
        ("other_trustee", set()),
    ],
)
def test_visible_documents_by_role(
    who: str, sees: set[str], school: School, head: User, request: pytest.FixtureRequest
) -> None:
    for kind in ("self-evaluation", "safeguarding", "finance"):
        add(school, head, kind)
    user = request.getfixturevalue(who)
    found = SchoolDocument.objects.visible_to(user).values_list("kind__slug", flat=True)
    assert set(found) == sees


# -- the pages -------------------------------------------------------------------------------------


def form(school: School, **more: Any) -> dict[str, Any]:
    return {
        "school": school.pk, "kind": "self-evaluation", "title": "Self-evaluation",
        "valid_from": "2026-09-01", "file": SimpleUploadedFile("sef.pdf", PDF),
        "idempotency_key": str(uuid4()), **more,
    }  # fmt: skip


def test_a_head_adds_a_document_and_a_newer_version(
    school: School, head: User, client_for: SignIn
) -> None:
    client = client_for(head)
    first = client.post(page("document-new"), form(school))["Location"]
    older = SchoolDocument.objects.get()
    assert first == page("document-page", older.pk)
    client.post(f"{page('document-new')}?replaces={older.pk}", form(school, title="Spring"))
    older.refresh_from_db()
    assert older.replaced_by is not None
    shown = client.get(page("document-page", older.pk)).content.decode()
    assert "Older version" in shown
    assert "Spring" in shown


def test_a_wrong_document_comes_back_with_what_was_typed(
    school: School, head: User, client_for: SignIn
) -> None:
    answer = client_for(head).post(
        page("document-new"),
        form(school, title="My own title", file=SimpleUploadedFile("sef.pdf", b"words"))
        | {"valid_until": "2026-08-01"},
    )
    shown = answer.content.decode()
    assert "My own title" in shown
    assert "is not a PDF file inside" in shown
    assert "Enter a date after the day it holds from" in shown
    assert not SchoolDocument.objects.exists()


def test_a_crafted_school_is_refused(other_school: School, head: User, client_for: SignIn) -> None:
    answer = client_for(head).post(page("document-new"), form(other_school))
    assert answer.status_code == 200
    assert not SchoolDocument.objects.exists()


def test_the_ceo_marks_a_passage_and_enters_the_own_judgement(
    school: School, head: User, ceo: User, client_for: SignIn
) -> None:
    document, client = add(school, head), client_for(ceo)
    standards = Indicator.objects.get(slug="standards")
    client.post(
        page("passage-mark", document.pk),
        {"passage-quote": "Provision maps", "passage-page": "9", "passage-take_to_board": "on",
         "passage-indicator": standards.pk},
    )  # fmt: skip
    client.post(
        page("judgement-enter", document.pk),
        {"judgement-indicator": standards.pk, "judgement-position": "1"},
    )
    passage = MarkedPassage.objects.get()
    assert (passage.page, passage.take_to_board, passage.indicator) == (9, True, standards)
    assert DocumentJudgement.objects.get().position == 1
    client.post(page("passage-unmark", passage.pk))
    assert not MarkedPassage.objects.exists()


def test_a_passage_without_words_is_refused_beside_its_field(
    school: School, head: User, ceo: User, client_for: SignIn
) -> None:
    answer = client_for(ceo).post(
        page("passage-mark", add(school, head).pk), {"passage-note": "Because"}
    )
    assert "Enter words of the passage" in answer.content.decode()
    assert "Because" in answer.content.decode()


def test_a_document_is_served_as_a_download_to_its_readers_alone(
    school: School, head: User, other_head: User, client_for: SignIn
) -> None:
    document = add(school, head)
    answer = client_for(head).get(page("document-file", document.pk))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="sef.pdf"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client_for(other_head).get(page("document-file", document.pk)).status_code == 404


def test_the_list_asks_the_same_number_of_queries_at_1_3_and_40_rows(
    school: School, head: User, client_for: SignIn
) -> None:
    client, counts, made = client_for(head), [], 0
    for rows in (1, 3, 40):
        while made < rows:
            add(school, head, title=f"Document {made}")
            made += 1
        client.get(page("document-list"))
        with CaptureQueriesContext(connection) as asked:
            client.get(page("document-list"))
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


def test_the_list_names_what_is_missing_or_has_run_out(
    school: School, head: User, client_for: SignIn
) -> None:
    add(school, head)
    add(school, head, "attendance", valid_until=dt.date(2026, 11, 20))
    shown = client_for(head).get(page("document-list")).content.decode()
    assert "Attendance report: expired on 20 November 2026" in shown
    assert "Improvement plan: missing" in shown
    assert "Self-evaluation: missing" not in shown


def test_the_finance_officer_is_not_told_what_is_missing_elsewhere(
    school: School, cfo: User, client_for: SignIn
) -> None:
    shown = client_for(cfo).get(page("document-list")).content.decode()
    assert "missing" not in shown
