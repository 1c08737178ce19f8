"""More than one document holds is refused in words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from schools.models import School
from tests import factories
from trust.documents import MAX_SNAPSHOT_BYTES
from trust.models import Document
from trust.people.models import User


@pytest.mark.django_db
def test_pdf_of_too_much_text_is_refused_in_words_and_leaves_no_row(
    school: School, ceo: User
) -> None:
    board = factories.ProgressBoardFactory(
        school=school, half_term=factories.half_term(2), day=dt.date(2026, 12, 3),
        meeting__state="issued", meeting__agenda_version=1,
    )  # fmt: skip
    words = "What do leaders know? " * (MAX_SNAPSHOT_BYTES // 20)
    factories.AgendaItemFactory(meeting=board.meeting, order=1, question=words)
    client = Client(raise_request_exception=False)
    client.force_login(ceo)
    answer = client.post(reverse("progress_boards:agenda-pdf", args=[board.pk]))
    assert answer.status_code == 409
    assert "too much text for one document" in answer.content.decode()
    assert not Document.objects.exists()
