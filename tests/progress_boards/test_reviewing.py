"""The Chair's answer to each enquiry, the second signature, and the Link Trustee's reading in three taps."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from meetings.actions.follow_up import raise_action
from progress_boards.actions import signing
from progress_boards.documents.minutes import minutes_snapshot
from progress_boards.models import (
    ItemJudgement,
    ProgressBoard,
    Review,
    ReviewComment,
    ReviewQuestion,
)
from tests.factories import AgendaItemFactory
from tests.progress_boards import lives
from tests.progress_boards.lives import Table
from tests.progress_boards.test_signing import (
    NAME,
    enquiry_of,
    get,
    post,
    signed,
    table,
    url,
    with_the_chair,
)
from trust.access import NotAllowed
from trust.calendar import LONDON, clock_at
from trust.models import AuditEvent
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work

__all__ = ["table"]


def test_evaluation_of_one_enquiry_stands_with_its_judgement(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table)
    item = enquiry_of(board)
    data = {f"judged-{item.pk}": "too_early", f"evaluation-{item.pk}": "in_part",
            "closing_statement": "So far", "evaluation": "yes", "version": board.version}  # fmt: skip
    post(client_for, table.chair, "chair-sign", board, **data)
    assert ItemJudgement.objects.get(item=item).evaluation == "in_part"
    page = get(client_for, table.chair, "chair-sign", board)
    assert f'name="evaluation-{item.pk}"' in page
    assert '<option value="in_part" selected>' in page


def test_evaluation_without_a_judgement_comes_back_with_its_words(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table)
    item = enquiry_of(board)
    data = {f"judged-{item.pk}": "", f"evaluation-{item.pk}": "no", "closing_statement": "Kept words",
            "evaluation": "yes", "version": board.version}  # fmt: skip
    answer = client_for(table.chair).post(url("chair-sign", board), data)  # type: ignore[operator]
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#judged-{item.pk}"' in page
    assert "Kept words" in page
    assert '<option value="no" selected>' in page
    assert not ItemJudgement.objects.filter(item=item).exists()


def test_final_minutes_and_their_pdf_say_whether_the_evaluation_of_an_item_holds(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table)
    signing.judge_item(board, enquiry_of(board), value="too_early", evaluation="not_enough", by=table.chair)  # fmt: skip
    signed(board, table)
    with clock_at(dt.date(2027, 1, 8)):
        run_due_work()
    board = lives.fresh(board)
    assert board.meeting.state == "final"
    page = get(client_for, table.link_trustee, "board-minutes", board)
    assert "Leaders’ own evaluation of it holds: <strong>not enough evidence</strong>" in page
    items = minutes_snapshot(board)["items"]
    assert [i["judgement"]["evaluation"] for i in items if i["judgement"]] == [
        "not enough evidence"
    ]


def test_second_signature_is_told_who_signed_and_when(table: Table, client_for: object) -> None:
    board = signed(with_the_chair(table), table)
    data = {"do": "sign", "closing_statement": "Again", "evaluation": "yes", "typed_name": NAME,
            "version": board.version}  # fmt: skip
    answer = client_for(table.chair).post(url("chair-sign", board), data, follow=True)  # type: ignore[operator]
    assert f"These minutes were signed by {NAME} on 11 December 2026" in answer.content.decode()
    assert lives.fresh(board).closing_statement == "Calmer corridors"


def finals(table: Table) -> ProgressBoard:
    """A board whose minutes are final by silence."""
    signed(board := with_the_chair(table), table)
    with clock_at(dt.date(2027, 1, 8)):
        run_due_work()
    return lives.fresh(board)


def test_comment_under_an_item_is_read_by_those_who_follow_the_board_up(
    table: Table, client_for: object, leader: User, trustee: User, dsi: User, local_committee: User
) -> None:
    board = finals(table)
    item, key = enquiry_of(board), new_key()
    for _ in range(2):  # the second click
        answer = client_for(table.link_trustee).post(  # type: ignore[operator]
            url("board-comment", board, item.pk),
            {"text": "Ask again in March", "idempotency_key": key},
        )
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"#item-{item.pk}")
    assert ReviewComment.objects.get().text == "Ask again in March"
    for user in (table.ceo, table.head, table.chair, table.clerk, table.link_trustee, dsi):
        assert "Ask again in March" in get(client_for, user, "board-minutes", board)
    for user in (leader, trustee, local_committee):
        assert "Ask again in March" not in get(client_for, user, "board-minutes", board)


def test_comment_by_anybody_else_is_refused_and_an_empty_one_comes_back(
    table: Table, client_for: object
) -> None:
    board = finals(table)
    item = enquiry_of(board)
    with pytest.raises(NotAllowed):
        signing.comment_on_item(board, item=item, text="Mine", by=table.head)
    answer = client_for(table.link_trustee).post(  # type: ignore[operator]
        url("board-comment", board, item.pk), {"text": " "}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write your comment" in page
    assert f'href="#comment-{item.pk}"' in page
    assert not ReviewComment.objects.exists()


def test_take_back_a_comment_by_its_author_within_the_day(table: Table, client_for: object) -> None:
    board = finals(table)
    item, link_trustee = enquiry_of(board), client_for(table.link_trustee)  # type: ignore[operator]
    with clock_at(dt.date(2027, 1, 11)):
        comment = signing.comment_on_item(board, item=item, text="Typed too soon", by=table.link_trustee)  # fmt: skip
    path = url("comment-take-back", board, comment.pk)
    with clock_at(dt.datetime(2027, 1, 11, 15, 0, tzinfo=LONDON)):
        assert path not in get(client_for, table.head, "board-minutes", board)
        assert client_for(table.head).post(path).status_code == 403  # type: ignore[operator]
        assert path in get(client_for, table.link_trustee, "board-minutes", board)
        for _ in range(2):  # the second click
            assert link_trustee.post(path).status_code == 302
    assert not ReviewComment.objects.exists()
    entry = AuditEvent.objects.get(verb="take_back_comment")
    assert (entry.user_id, entry.object_id) == (table.link_trustee.pk, comment.pk)
    assert "Typed too soon" not in str(entry.detail)


def test_take_back_a_comment_a_day_old_or_of_another_is_refused(
    table: Table, client_for: object
) -> None:
    board = finals(table)
    with clock_at(dt.date(2027, 1, 11)):
        comment = signing.comment_on_item(board, item=enquiry_of(board), text="It stands", by=table.link_trustee)  # fmt: skip
    with clock_at(dt.date(2027, 1, 12)):
        with pytest.raises(NotAllowed, match="a day old"):
            signing.take_back_comment(comment, by=table.link_trustee)
        path = url("comment-take-back", board, comment.pk)
        assert path not in get(client_for, table.link_trustee, "board-minutes", board)
    assert ReviewComment.objects.exists()


def test_question_names_the_item_it_is_about(table: Table, client_for: object) -> None:
    board = finals(table)
    item, ask = enquiry_of(board), url("board-ask", board)
    link_trustee = client_for(table.link_trustee)  # type: ignore[operator]
    refused = link_trustee.post(ask, {"text": " ", "item": str(item.pk)})
    assert refused.status_code == 422
    assert f'<option value="{item.pk}" selected>' in refused.content.decode()
    link_trustee.post(ask, {"text": "What helps?", "item": str(item.pk)})
    assert ReviewQuestion.objects.get().item_id == item.pk
    for name in ("board-minutes", "board-detail"):
        assert f"about item {item.order}, {item.title}" in get(client_for, table.ceo, name, board)
    other = AgendaItemFactory()
    assert link_trustee.post(ask, {"text": "Where?", "item": str(other.pk)}).status_code == 404


def test_link_trustee_reviews_in_three_taps(table: Table, client_for: object) -> None:
    """ "Tablet, 3 taps: latest final minutes, RAG history line, overdue actions, next date; marks reviewed"."""
    board = finals(table)
    late = raise_action(school=table.school, text="Cover for maths sets", owner_role="Maths lead",
                        due_on=dt.date(2026, 12, 1), by=table.ceo)  # fmt: skip
    client: Client = client_for(table.link_trustee)  # type: ignore[operator]
    with clock_at(dt.date(2027, 1, 11)):
        home = client.get("/").content.decode()
        assert f'href="{url("board-minutes", board)}"' in home  # the first tap
        page = client.get(url("board-minutes", board)).content.decode()
        for shown in ("How the school is rated", "Red", late.text, "Next board"):
            assert shown in page
        assert 'form="review">' in page  # the second tap: a button always in sight
        answer = client.post(url("board-reviewed", board), {"note": ""}, follow=True)
    assert "Marked as reviewed" in answer.content.decode()
    assert Review.objects.get().person == table.link_trustee.person
