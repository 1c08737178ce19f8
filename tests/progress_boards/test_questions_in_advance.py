"""Questions in advance: asked by the Chair and the Link Trustee, read by the school before the hour."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from meetings.models import AgendaItem
from progress_boards.actions.advance import ask_in_advance, remove_question
from progress_boards.models import AdvanceQuestion, ProgressBoard
from tests.factories import AgendaItemFactory, ProgressBoardFactory, seat
from trust.access import Conflict, NotAllowed
from trust.calendar import now
from trust.models import Mail

pytestmark = pytest.mark.django_db
ASKED = "Which of the three barriers matters most?"


@pytest.fixture
def board(
    school: Any, ceo: Any, head: Any, leader: Any, chair: Any, link_trustee: Any
) -> ProgressBoard:
    made: ProgressBoard = ProgressBoardFactory(
        school=school, day=dt.date(2026, 12, 3), meeting__state="issued", meeting__issued_at=now()
    )
    for user, role in ((ceo, "ceo"), (chair, "chair"), (link_trustee, "link_trustee"), (head, "head")):  # fmt: skip
        seat(made.meeting, user.person, role)
    AgendaItemFactory(
        meeting=made.meeting, order=1, title="Persistent absence", answered_by=leader.person,
        answered_by_role="Attendance lead", assigned_at=now(), assigned_by=head,
    )  # fmt: skip
    AgendaItemFactory(meeting=made.meeting, order=2, type="close", title="Close", question="")
    return made


@pytest.fixture
def item(board: ProgressBoard) -> AgendaItem:
    found: AgendaItem = board.meeting.items.get(order=1)
    return found


def test_a_question_reaches_head_and_leader_once_and_the_mail_does_not_say_it(
    board: Any, item: Any, chair: Any, head: Any, leader: Any
) -> None:
    first = ask_in_advance(board, item=item, text=ASKED, by=chair)
    again = ask_in_advance(board, item=item, text=f" {ASKED} ", by=chair)  # a second click
    assert (first.pk, first.role) == (again.pk, "chair")
    mails = Mail.objects.filter(key__startswith="in-advance")
    assert {mail.to for mail in mails} == {head.person.email, leader.person.email}
    assert not any(ASKED in mail.text or ASKED in mail.html for mail in mails)


def test_the_leader_reads_it_beside_the_own_item(
    board: Any, item: Any, link_trustee: Any, leader: Any, client_for: Any
) -> None:
    ask_in_advance(board, item=item, text=ASKED, by=link_trustee)
    url = reverse("progress_boards:leader-item", args=[board.pk, item.pk])
    page = client_for(leader).get(url).content.decode()
    assert ASKED in page
    assert "Link Trustee, " in page


def test_only_items_that_the_school_answers_are_asked_about(board: Any, chair: Any) -> None:
    close = board.meeting.items.get(order=2)
    with pytest.raises(Conflict, match="an item that the school answers"):
        ask_in_advance(board, item=close, text=ASKED, by=chair)


def test_nobody_else_asks_and_nobody_after_the_hour_began(
    board: Any, item: Any, ceo: Any, head: Any, chair: Any
) -> None:
    for user in (ceo, head):
        with pytest.raises(NotAllowed):
            ask_in_advance(board, item=item, text=ASKED, by=user)
    type(board.meeting).objects.filter(pk=board.meeting_id).update(state="held")
    with pytest.raises(NotAllowed, match="while the agenda is with the school"):
        ask_in_advance(board, item=item, text=ASKED, by=chair)


def test_a_question_is_taken_back_by_who_asked_it(
    board: Any, item: Any, chair: Any, link_trustee: Any
) -> None:
    question = ask_in_advance(board, item=item, text=ASKED, by=chair)
    with pytest.raises(NotAllowed):
        remove_question(question, by=link_trustee)
    remove_question(question, by=chair)
    assert not AdvanceQuestion.objects.exists()


def test_too_long_a_question_comes_back_with_its_words(
    board: Any, item: Any, chair: Any, client_for: Any
) -> None:
    url = reverse("progress_boards:in-advance", args=[board.pk])
    answer = client_for(chair).post(url, {"item": item.pk, "text": "Why? " * 300})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Keep a question within 1,000 characters: it has 1,499" in page
    assert "Why? Why?" in page
    stranger = client_for(chair).post(url, {"item": 0, "text": ASKED})
    assert stranger.status_code == 404


@pytest.mark.parametrize("questions", [1, 3, 40])
def test_the_page_asks_the_database_as_often_however_many_questions(
    questions: int, board: Any, item: Any, chair: Any, client_for: Any,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    for n in range(questions):
        AdvanceQuestion.objects.create(
            board=board, item=item, person=chair.person, role="chair", text=f"{n}?",
            asked_by=chair, asked_at=now(),
        )  # fmt: skip
    client, url = client_for(chair), reverse("progress_boards:in-advance", args=[board.pk])
    client.get(url)
    with django_assert_max_num_queries(13):
        assert client.get(url).content.count(b"Take back") == questions
