"""The Chair signs, the accuracy round, and what the Link Trustee and the CEO say afterwards."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.utils import InternalError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evidence.models import DocumentKind
from meetings.actions.agenda import fill_in_hand
from meetings.actions.minutes import save_minute, start_meeting
from meetings.actions.signing import propose_correction, send_minutes
from meetings.models import AgendaItem, Correction, Meeting
from progress_boards.actions import agenda, proposing, signing
from progress_boards.actions.signing import Unsaid
from progress_boards.models import ItemJudgement, ProgressBoard, Review, ReviewQuestion
from progress_boards.queries.due import corrections_to_tell, minutes_to_tell
from progress_boards.queries.parts import parts_of
from progress_boards.work import work_for
from ratings.models import Band
from schools.models import Post
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.lives import BOARD_DAY, DRAFTED, Table
from trust.access import Conflict, NotAllowed
from trust.calendar import clock_at
from trust.models import Mail
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work

LIGHT: dict[str, object] = {"chair_sees_agenda": "off", "papers": False, "accuracy_check": False}
SIGNED_ON = dt.date(2026, 12, 11)
NAME = "Martin Yeo"


@pytest.fixture
def table(
    school: object, ceo: User, chair: User, clerk: User, head: User, link_trustee: User
) -> Table:
    # Which documents a school is expected to have is another test's matter.
    DocumentKind.objects.update(is_expected=False)
    return Table(school, ceo, chair, clerk, head, link_trustee)  # type: ignore[arg-type]


def with_the_chair(table: Table, steps: dict[str, object] | None = None) -> ProgressBoard:
    """A board held on its day, minuted and sent."""
    lives.rate(table.school, {"standards": 3})
    board = lives.schedule(lives.board_at(table, steps=steps), table)
    with clock_at(DRAFTED):
        proposing.propose_draft(board, by=table.ceo)
        fill_in_hand(board.meeting, by=table.ceo)
        if steps is None:
            agenda.send_board_to_chair(board, by=table.ceo)
            agenda.issue_board(lives.fresh(board), by=table.chair)
        else:
            agenda.issue_board(lives.fresh(board), by=table.ceo)
    board = lives.hold(lives.fresh(board), table)
    with clock_at(factories.at(BOARD_DAY, "10:30")):
        item = enquiry_of(board)
        save_minute(item, text="Leaders reported 38% against 52%.", version=1, by=table.clerk)
        send_minutes(board.meeting, by=table.clerk)
    return lives.fresh(board)


def enquiry_of(board: ProgressBoard) -> AgendaItem:
    return board.meeting.items.get(title="Standards")


def spoken(board: ProgressBoard, table: Table, **fields: object) -> ProgressBoard:
    """The Chair's statement and answer."""
    said = {"closing_statement": "Calmer corridors", "evaluation": "yes", **fields}
    return signing.save_statement(board, version=board.version, by=table.chair, **said)  # type: ignore[arg-type]


def signed(board: ProgressBoard, table: Table) -> ProgressBoard:
    spoken(board, table)
    with clock_at(SIGNED_ON):
        signing.sign_board(board, typed_name=NAME, by=table.chair)
    return lives.fresh(board)


def final(board: ProgressBoard, table: Table) -> ProgressBoard:
    board = signed(board, table)
    until = board.meeting.deadline("corrections")
    assert until
    with clock_at(until + dt.timedelta(days=1)):
        run_due_work()
    return lives.fresh(board)


def url(name: str, board: ProgressBoard, *more: int) -> str:
    return reverse(f"progress_boards:{name}", args=[board.pk, *more])


def titles(user: User, day: dt.date) -> list[str]:
    return [item.title for item in work_for(lives.again(user), day)]


# -- five acts -------------------------------------------------------------------------------------


def test_with_every_optional_step_off_five_acts_by_four_people_make_it_final(
    table: Table, client_for: object
) -> None:
    lives.leader_of(table.school, "Hanna Birk")
    lives.rate(table.school, {"standards": 3})
    board = lives.schedule(lives.board_at(table, steps=LIGHT), table)
    with clock_at(DRAFTED):
        run_due_work()
        fill_in_hand(lives.fresh(board).meeting, by=table.ceo)
        post(client_for, table.ceo, "agenda-issue", board)
        post(client_for, table.head, "board-answer-all", board)
    with clock_at(factories.at(BOARD_DAY)):
        start_meeting(lives.fresh(board).meeting, by=table.clerk)
    with clock_at(factories.at(BOARD_DAY, "10:30")):
        send_minutes(lives.fresh(board).meeting, by=table.clerk)
    with clock_at(SIGNED_ON):
        post(
            client_for, table.chair, "chair-sign", board,
            do="sign", closing_statement="Frank leaders", evaluation="yes", typed_name=NAME,
            version=lives.fresh(board).version,
        )  # fmt: skip
    assert lives.fresh(board).meeting.state == "final"


def test_steps_that_are_off_leave_no_state_date_mail_or_block(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table, steps=LIGHT)
    assert {"agenda_lapses", "papers", "pack", "corrections", "final"} & set(
        board.meeting.deadlines
    ) == set()
    page = get(client_for, table.chair, "chair-sign", board)
    assert "accuracy" not in page.lower()
    assert "What happens next" not in page
    final_board = signed(board, table)
    assert final_board.meeting.state == "final"
    stages = Mail.objects.values_list("key", flat=True)
    assert not [k for k in stages if k.startswith(("minutes_accuracy", "agenda_with_chair"))]


def test_school_page_has_no_papers_where_the_step_is_off(table: Table, client_for: object) -> None:
    lives.leader_of(table.school, "Hanna Birk")
    board = lives.schedule(lives.board_at(table, steps=LIGHT), table)
    with clock_at(DRAFTED):
        proposing.propose_draft(board, by=table.ceo)
        fill_in_hand(board.meeting, by=table.ceo)
        agenda.issue_board(lives.fresh(board), by=table.ceo)
    page = get(client_for, table.head, "board-school", board)
    assert not any(words in page for words in ("Add a paper", "Papers by", "No paper", "Pack sent"))


def get(client_for: object, user: User, name: str, board: ProgressBoard, *more: int) -> str:
    answer = client_for(user).get(url(name, board, *more))  # type: ignore[operator]
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(
    client_for: object, user: User, name: str, board: ProgressBoard, *more: int, **data: object
) -> None:
    answer = client_for(user).post(url(name, board, *more), data)  # type: ignore[operator]
    assert answer.status_code == 302, answer.content.decode()[-3000:]


# -- the signature -----------------------------------------------------------------------------------


def test_sign_board_needs_statement_and_answer_and_reason_unless_yes(table: Table) -> None:
    board = with_the_chair(table)
    with pytest.raises(Unsaid, match="closing statement") as missing:
        signing.sign_board(board, typed_name=NAME, by=table.chair)
    assert missing.value.field == "closing_statement"
    spoken(board, table, evaluation="")
    with pytest.raises(Unsaid, match="own evaluation holds"):
        signing.sign_board(board, typed_name=NAME, by=table.chair)
    with pytest.raises(Unsaid, match="Give the reason"):
        spoken(board, table, evaluation="in_part")
    board.refresh_from_db()
    assert (board.closing_statement, board.evaluation_validated) == ("Calmer corridors", "")


def test_sign_page_names_everything_unsaid_at_once(table: Table, client_for: object) -> None:
    board = with_the_chair(table)
    data = {"do": "sign", "evaluation": "", "typed_name": "Somebody Else", "version": board.version}
    page = client_for(table.chair).post(url("chair-sign", board), data).content.decode()  # type: ignore[operator]
    summary = page[page.index("There is a problem") : page.index("<h1")]
    assert [
        words in summary for words in ("closing statement", "evaluation holds", "your own name")
    ] == [True] * 3
    data |= {"closing_statement": "Calmer corridors", "evaluation": "no", "evaluation_reason": " "}
    page = client_for(table.chair).post(url("chair-sign", board), data).content.decode()  # type: ignore[operator]
    summary = page[page.index("There is a problem") : page.index("<h1")]
    assert [
        words in summary for words in ("Give the reason", "evaluation holds", "your own name")
    ] == [True, False, True]


def test_sign_page_comes_back_with_what_was_typed(table: Table, client_for: object) -> None:
    board = with_the_chair(table)
    data = {"do": "sign", "closing_statement": "Typed words", "evaluation": "no",
            "evaluation_reason": "", "typed_name": NAME, "version": board.version}  # fmt: skip
    answer = client_for(table.chair).post(url("chair-sign", board), data)  # type: ignore[operator]
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Typed words" in page
    assert 'id="evaluation-no" value="no" checked' in page
    assert "Error:" in page
    assert "Give the reason" in page
    assert lives.fresh(board).meeting.state == "with_chair"


def test_sign_board_under_another_name_is_refused(table: Table) -> None:
    board = spoken(with_the_chair(table), table)
    with pytest.raises(Conflict, match="Type your own name"):
        signing.sign_board(board, typed_name="Ruth Calder", by=table.chair)


@pytest.mark.parametrize("name", ["ceo", "clerk", "head", "link_trustee"])
def test_nobody_but_the_chair_judges_states_or_signs(table: Table, name: str) -> None:
    board = spoken(with_the_chair(table), table)
    user = getattr(table, name)
    with pytest.raises(NotAllowed):
        signing.save_statement(board, version=board.version, closing_statement="Mine", by=user)
    with pytest.raises(NotAllowed):
        signing.judge_item(board, enquiry_of(board), value="too_early", by=user)
    with pytest.raises(NotAllowed):
        signing.sign_board(board, typed_name=user.display_name, by=user)


def test_delegates_sign_nothing_and_state_nothing(table: Table) -> None:
    """A delegate acts "for everything but rating, sharing and signing"."""
    board = with_the_chair(table)
    for boss, capacity, school in (
        (table.ceo, "ceo", None),
        (table.head, "head", table.school),
        (table.chair, "chair", table.school),
    ):
        deputy = factories.user_with(name=f"For {boss.display_name}")
        post = Post.objects.get(person=boss.person, capacity=capacity)
        factories.PostFactory(
            person=deputy.person, capacity=capacity, school=school, delegate_of=post
        )
        deputy = lives.again(deputy)
        assert deputy.posts.holds(capacity)
        with pytest.raises(NotAllowed):
            signing.save_statement(
                board, version=board.version, closing_statement="Mine", by=deputy
            )
        with pytest.raises(NotAllowed):
            signing.sign_board(board, typed_name=deputy.display_name, by=deputy)


def test_ceo_cannot_edit_minutes_at_any_stage(table: Table, client_for: object) -> None:
    board = with_the_chair(table)
    item = enquiry_of(board)
    with pytest.raises(NotAllowed):
        save_minute(item, text="Better than it was", version=2, by=table.ceo)
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    for name, more in (("chair-sign", ()), ("chair-minute", (item.pk,))):
        assert client.get(url(name, board, *more)).status_code == 403
        assert client.post(url(name, board, *more), {"text": "Mine"}).status_code == 403


def test_signing_twice_signs_once(table: Table) -> None:
    board = signed(with_the_chair(table), table)
    assert board.meeting.state == "accuracy_check"
    with pytest.raises((Conflict, NotAllowed)):
        signing.sign_board(board, typed_name=NAME, by=table.chair)


def test_judgement_may_be_blank_changed_and_taken_away(table: Table) -> None:
    board = with_the_chair(table)
    item = enquiry_of(board)
    amber = Band.objects.get(position=2)
    signing.judge_item(board, item, value="band", band=amber, direction="improving", reason="Pilot only", by=table.chair)  # fmt: skip
    signing.judge_item(board, item, value="too_early", by=table.chair)
    assert ItemJudgement.objects.get(item=item).band is None
    signing.judge_item(board, item, by=table.chair)
    assert not ItemJudgement.objects.filter(item=item).exists()
    with pytest.raises(Conflict, match="enquiries only"):
        signing.judge_item(board, board.meeting.items.get(type="close"), value="too_early", by=table.chair)  # fmt: skip


def test_page_saves_judgements_and_statement_as_typed(table: Table, client_for: object) -> None:
    board = with_the_chair(table)
    item = enquiry_of(board)
    red = Band.objects.get(position=3)
    data = {f"judged-{item.pk}": red.pk, f"direction-{item.pk}": "steady", f"reason-{item.pk}": "No change",
            "closing_statement": "So far", "evaluation": "in_part", "evaluation_reason": "Read too kindly",
            "version": board.version}  # fmt: skip
    answer = client_for(table.chair).post(  # type: ignore[operator]
        url("chair-sign", board), data, headers={"X-Requested-With": "autosave"}
    )
    assert answer.json()["version"] == board.version + 1
    judgement = ItemJudgement.objects.get(item=item)
    assert (judgement.band, judgement.direction, judgement.reason) == (red, "steady", "No change")
    board.refresh_from_db()
    assert (board.evaluation_validated, board.evaluation_reason) == ("in_part", "Read too kindly")


def test_statement_saved_from_an_old_window_is_refused(table: Table) -> None:
    board = with_the_chair(table)
    old = board.version
    spoken(board, table)
    with pytest.raises(Conflict, match="another window"):
        signing.save_statement(board, version=old, closing_statement="Older", by=table.chair)


def test_chairs_changes_are_shown_word_by_word_and_can_be_undone(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table)
    item = enquiry_of(board)
    post(client_for, table.chair, "chair-minute", board, item.pk, version=2, do="save",
         text="Leaders reported 38% against a target of 52%.")  # fmt: skip
    page = get(client_for, table.chair, "chair-sign", board)
    assert '<ins><span class="visually-hidden">added: </span>a target of </ins>' in page
    clean = client_for(table.chair).get(url("chair-sign", board) + "?show=clean")  # type: ignore[operator]
    assert "<ins>" not in clean.content.decode()
    post(client_for, table.chair, "chair-minute", board, item.pk, version=3, do="undo")
    assert "<ins>" not in get(client_for, table.chair, "chair-sign", board)


def test_chair_returns_the_minutes_to_the_clerk_with_a_note(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table)
    data = {
        "do": "return",
        "note": "Who was late?",
        "closing_statement": "",
        "version": board.version,
    }
    post(client_for, table.chair, "chair-sign", board, **data)
    meeting = lives.meeting_of(board)
    assert (meeting.state, meeting.return_note) == ("held", "Who was late?")
    for _ in range(2):
        run_due_work()
    told = Mail.objects.get(key__startswith="minutes_returned")
    assert told.to == table.clerk.email
    assert "Who was late?" not in told.text + told.html


def test_chair_takes_the_signature_back_until_somebody_opened_it(
    table: Table, client_for: object
) -> None:
    board = signed(with_the_chair(table), table)
    post(client_for, table.chair, "sign-take-back", board)
    assert lives.meeting_of(board).state == "with_chair"
    board = signed(lives.fresh(board), table)
    Meeting.objects.filter(pk=board.meeting_id).update(signature_opened_at=factories.at(SIGNED_ON))
    answer = client_for(table.chair).post(url("sign-take-back", board))  # type: ignore[operator]
    assert answer.status_code == 403


def test_board_with_a_trustee_presiding_is_not_externally_validated(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table)
    board.meeting.seats.filter(role="chair").update(is_external_chair=False)
    board = lives.fresh(board)
    page = get(client_for, table.chair, "chair-sign", board)
    assert "not externally validated" in page
    assert "own evaluation hold?" not in page
    spoken(board, table, evaluation="")
    with clock_at(SIGNED_ON):
        signing.sign_board(board, typed_name=NAME, by=table.chair)
    assert lives.fresh(board).meeting.state == "accuracy_check"


# -- accuracy ----------------------------------------------------------------------------------------


def test_signing_tells_those_present_and_nobody_else(table: Table) -> None:
    signed(with_the_chair(table), table)
    told = set(Mail.objects.filter(key__startswith="minutes_accuracy").values_list("to", flat=True))
    assert told == {table.head.email, table.ceo.email, table.link_trustee.email}
    mail = Mail.objects.filter(key__startswith="minutes_accuracy")[0]
    assert not any(word in mail.text + mail.html for word in ("Calmer", "Red", "Amber", "Yes"))


def test_chair_is_told_once_of_minutes_that_came(table: Table) -> None:
    board = with_the_chair(table)
    assert minutes_to_tell() == [board.pk]
    run_due_work()
    run_due_work()
    assert minutes_to_tell() == []
    assert (
        Mail.objects.filter(key__startswith="minutes_with_chair", to=table.chair.email).count() == 1
    )


def test_silence_makes_the_minutes_final_and_seals_the_chairs_words(table: Table) -> None:
    board = with_the_chair(table)
    signing.judge_item(board, enquiry_of(board), value="too_early", by=table.chair)
    board = final(board, table)
    assert board.meeting.state == "final"
    assert board.sealed_at is not None
    board.closing_statement = "Rewritten"
    with pytest.raises(InternalError):
        board.save()


def test_sealed_judgement_cannot_be_changed(table: Table) -> None:
    board = with_the_chair(table)
    signing.judge_item(board, enquiry_of(board), value="too_early", by=table.chair)
    board = final(board, table)
    with pytest.raises(InternalError):
        ItemJudgement.objects.filter(item=enquiry_of(board)).update(reason="Other")


def test_chair_answers_a_correction_and_signs_again(table: Table, client_for: object) -> None:
    board = signed(with_the_chair(table), table)
    with clock_at(SIGNED_ON):
        correction = propose_correction(
            board.meeting, item=enquiry_of(board), text="It was 39%", by=table.head
        )
        assert "Answer 1 correction" in titles(table.chair, SIGNED_ON)
        assert corrections_to_tell() == [board.pk]
        run_due_work()
        assert corrections_to_tell() == []
        told = Mail.objects.get(key__startswith="minutes_corrections")
        assert told.to == table.chair.email
        assert "39%" not in told.text + told.html
        refused = client_for(table.chair).post(  # type: ignore[operator]
            url("correction-answer", board, correction.pk), {"answer": "refused"}
        )
        assert "Give the reason for refusing it" in refused.content.decode()
        post(client_for, table.chair, "correction-answer", board, correction.pk, answer="accepted",
             text="Leaders reported 39% against 52%.")  # fmt: skip
        assert "Sign the minutes again" in titles(table.chair, SIGNED_ON)
        post(client_for, table.chair, "sign-again", board, typed_name=NAME)
    assert lives.meeting_of(board).state == "final"
    assert Correction.objects.get().answer == "accepted"


def test_unsigned_judgement_shows_on_nobody_elses_page(table: Table) -> None:
    board = with_the_chair(table)
    item = enquiry_of(board)
    signing.judge_item(board, item, value="too_early", by=table.chair)
    spoken(board, table)
    before = parts_of(board.meeting)
    assert before
    assert (before.by_item, before.closing) == ({}, ())
    after = parts_of(signed(board, table).meeting)
    assert after
    assert (set(after.by_item), len(after.closing)) == ({item.pk}, 1)


# -- afterwards --------------------------------------------------------------------------------------


def test_link_trustee_reads_asks_and_marks_as_reviewed(table: Table, client_for: object) -> None:
    board = final(with_the_chair(table), table)
    assert "Read the final minutes" in titles(table.link_trustee, factories.TODAY)
    page = get(client_for, table.link_trustee, "board-minutes", board)
    assert "Leaders reported 38% against 52%." in page
    assert "Calmer corridors" in page
    key = new_key()
    for _ in range(2):
        post(
            client_for,
            table.link_trustee,
            "board-ask",
            board,
            text="What helps?",
            idempotency_key=key,
        )
    post(client_for, table.link_trustee, "board-reviewed", board, note="Clear record")
    post(client_for, table.link_trustee, "board-reviewed", board, note="Clear record")
    assert Review.objects.get().note == "Clear record"
    question = ReviewQuestion.objects.get()
    assert "Answer the Link Trustee's question" in titles(table.ceo, factories.TODAY)
    post(client_for, table.ceo, "board-answer", board, question.pk, answer="Two more days")
    assert "Two more days" in get(client_for, table.link_trustee, "board-minutes", board)
    assert "Read the final minutes" not in titles(table.link_trustee, factories.TODAY)


def test_question_stays_between_link_trustee_and_ceo(
    table: Table, client_for: object, trustee: User
) -> None:
    board = final(with_the_chair(table), table)
    signing.ask_about_board(board, text="Is the head well supported?", by=table.link_trustee)
    for user in (table.head, table.chair, table.clerk, trustee):
        assert "well supported" not in get(client_for, user, "board-minutes", board)
    for user in (table.head, table.ceo):
        answer = client_for(user).post(url("board-reviewed", board), {})  # type: ignore[operator]
        assert answer.status_code == 403


def test_trust_board_reads_final_minutes_and_none_before(
    table: Table, client_for: object, trustee: User
) -> None:
    board = signed(with_the_chair(table), table)
    assert client_for(trustee).get(url("board-minutes", board)).status_code == 404  # type: ignore[operator]
    board = final_from(board)
    assert "Calmer corridors" in get(client_for, trustee, "board-minutes", board)


def test_administrator_and_provider_read_no_minutes(
    table: Table, client_for: object, administrator: User, provider: User
) -> None:
    board = final(with_the_chair(table), table)
    for user in (administrator, provider):
        assert client_for(user).get(url("board-minutes", board)).status_code == 404  # type: ignore[operator]


def final_from(board: ProgressBoard) -> ProgressBoard:
    until = board.meeting.deadline("corrections")
    assert until
    with clock_at(until + dt.timedelta(days=1)):
        run_due_work()
    return lives.fresh(board)


def test_advice_to_look_again_waits_for_the_ceo_until_a_newer_rating(table: Table) -> None:
    board = with_the_chair(table)
    spoken(board, table, advises_new_rating=True)
    with clock_at(SIGNED_ON):
        signing.sign_board(board, typed_name=NAME, by=table.chair)
    final_from(lives.fresh(board))
    assert "Look again at the rating" in titles(table.ceo, dt.date(2027, 1, 12))


@pytest.mark.parametrize("page", ["chair-sign", "board-minutes"])
def test_minutes_pages_ask_the_same_number_of_queries_at_1_3_and_40_items(
    table: Table, client_for: object, page: str
) -> None:
    state = "with_chair" if page == "chair-sign" else "final"
    signature = {
        "signed_at": factories.at(SIGNED_ON),
        "signed_by": table.chair,
        "signed_name": NAME,
    }
    board = lives.board_at(table, state=state, **{f"meeting__{k}": v for k, v in signature.items()})
    client: Client = client_for(table.chair)  # type: ignore[operator]
    asked = {}
    made = 0
    for count in (1, 3, 40):
        for order in range(made, count):
            item = factories.AgendaItemFactory(meeting=board.meeting, order=order + 1)
            ItemJudgement.objects.create(
                item=item,
                value="too_early",
                judged_by=table.chair,
                judged_at=factories.at(SIGNED_ON),
            )
        made = count
        caches["process"].clear()  # these rows came past the audit, by which the house forgets
        client.get(url(page, board))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url(page, board))
        assert answer.content.decode().count('class="minute"') >= count
        asked[count] = len(queries)
    assert asked[1] == asked[3] == asked[40]
