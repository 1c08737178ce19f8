"""The agenda from evidence to the school: proposed, edited, checked, issued, and who answers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evidence.models import Indicator
from meetings.actions import agenda as engine
from meetings.actions.agenda import move_between_ends
from meetings.models import Action, ItemSource
from progress_boards.actions import agenda as acts
from progress_boards.actions import proposing
from progress_boards.models import ItemJudgement, ItemRating, ProgressBoard
from progress_boards.queries.agenda import gather
from progress_boards.queries.due import boards_to_open
from progress_boards.work import work_for
from ratings.models import Band, IndicatorRating, SchoolView
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.drafts import draft_of, filled, issued, minutes_of, url
from tests.progress_boards.lives import DRAFTED, Table
from trust.access import Conflict, NotAllowed
from trust.calendar import clock_at, now
from trust.models import Mail
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work

# -- the proposal --------------------------------------------------------------------------------


def test_propose_draft_lays_fixed_items_and_enquiries_with_reason_and_source(
    scheduled: ProgressBoard, table: Table
) -> None:
    rating = lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    seen = lives.finding(
        table.school, "Same task for all in Years 3 to 5", indicator="experience-of-leaders"
    )
    board = draft_of(scheduled, table)
    items = list(board.meeting.items.order_by("order"))
    assert board.meeting.state == "agenda_draft"
    assert [item.type for item in items] == [
        "welcome", "actions", "enquiry", "enquiry", "enquiry", "close",
    ]  # fmt: skip
    assert items[2].title == "Standards"
    assert [link.rating.assessment_id for link in ItemRating.objects.filter(item=items[2])] == [
        rating.pk
    ]
    source = ItemSource.objects.get(item=items[3])
    assert source.finding == seen
    assert source.reason == "Marked for the board: Same task for all in Years 3 to 5"
    assert source.seen_on == dt.date(2026, 11, 5)


def test_propose_draft_with_one_enquiry_never_stretches_it(
    scheduled: ProgressBoard, table: Table
) -> None:
    lives.rate(table.school, {"standards": 3})
    assert minutes_of(draft_of(scheduled, table)) == [2, 8, 15, 5]


def test_propose_draft_of_the_worked_example_allots_as_computed(
    scheduled: ProgressBoard, table: Table
) -> None:
    """Three enquiries have fifteen minutes each; the whole example stands with its priority in test_agenda_priorities."""
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    lives.finding(table.school, "Absence rises on Mondays", indicator="experience-of-leaders")
    gathered = gather(scheduled, DRAFTED)
    assert [(item.enquiry.title, item.enquiry.score) for item in gathered.proposal.items] == [
        ("Standards", 90),
        ("Adaptive teaching in Years 3 to 5", 80),
        ("Capacity to improve", 50),
    ]
    assert [item.minutes for item in gathered.proposal.items] == [15, 15, 15]


def test_propose_draft_twice_changes_nothing(scheduled: ProgressBoard, table: Table) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    before = list(board.meeting.items.values_list("pk", "title"))
    with pytest.raises(Conflict):
        proposing.propose_draft(board, by=table.ceo)
    proposing.open_due_draft(board.pk)
    assert list(board.meeting.items.values_list("pk", "title")) == before


def test_due_work_opens_the_draft_on_its_day_once(scheduled: ProgressBoard, table: Table) -> None:
    opens_on = scheduled.meeting.deadline("draft")
    assert opens_on
    with clock_at(opens_on - dt.timedelta(days=1)):
        assert boards_to_open() == []
    with clock_at(opens_on):
        assert boards_to_open() == [scheduled.pk]
        run_due_work()
        assert boards_to_open() == []
    assert lives.fresh(scheduled).meeting.state == "agenda_draft"


def test_want_draft_makes_it_due_before_its_day(scheduled: ProgressBoard, table: Table) -> None:
    with clock_at(dt.date(2026, 10, 1)):
        proposing.want_draft(scheduled, by=table.ceo)
        proposing.want_draft(scheduled, by=table.ceo)
        assert boards_to_open() == [scheduled.pk]
        run_due_work()
    assert lives.fresh(scheduled).meeting.state == "agenda_draft"


def test_draft_rating_reaches_no_agenda(scheduled: ProgressBoard, table: Table) -> None:
    draft = factories.RatingAssessmentFactory(school=table.school)
    IndicatorRating.objects.create(
        assessment=draft, indicator=Indicator.objects.get(slug="standards"),
        band=Band.objects.get(position=3),
    )  # fmt: skip
    assert kinds(scheduled) == {}


# -- candidates ----------------------------------------------------------------------------------


def kinds(board: ProgressBoard) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for offer in gather(board, DRAFTED).offers:
        if offer.candidate.kind != "document_missing":
            found.setdefault(offer.candidate.kind, []).append(
                offer.candidate.score + offer.candidate.adds
            )
    return found


def test_own_view_that_differs_is_offered_and_one_that_agrees_is_not(
    scheduled: ProgressBoard, table: Table
) -> None:
    rating = lives.rate(table.school, {"standards": 1, "capacity-to-improve": 1})
    for rated, position in zip(rating.indicators.order_by("pk"), (2, 1), strict=True):
        SchoolView.objects.create(
            school=table.school, indicator=rated.indicator, entered_by=table.head, entered_at=now(),
            band=Band.objects.get(position=position),
        )  # fmt: skip
    assert kinds(scheduled) == {"evaluation_differs": [85]}


def test_unsent_and_restricted_findings_are_not_offered(
    scheduled: ProgressBoard, table: Table
) -> None:
    lives.finding(table.school, "Seen, not yet sent", state="draft")
    lives.finding(table.school, "Seen, restricted", is_restricted=True)
    lives.finding(table.school, "A strength", kind="strength", flagged=False)
    assert kinds(scheduled) == {"strength": [20]}


def test_finding_of_another_school_is_not_offered(
    scheduled: ProgressBoard, table: Table, other_school: object
) -> None:
    lives.finding(other_school, "Elsewhere")  # type: ignore[arg-type]
    assert kinds(scheduled) == {}


def test_open_action_adds_ten_and_one_carried_twice_is_offered(
    scheduled: ProgressBoard, table: Table
) -> None:
    rating = lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    by_slug = {r.indicator.slug: r.indicator for r in rating.indicators.all()}
    base = {"school": table.school, "text": "Keep it up", "owner_role": "Deputy", "state": "open",
            "due_on": dt.date(2026, 11, 1), "created_by": table.clerk, "created_at": now()}  # fmt: skip
    Action.objects.create(ref="ALD-1", indicator=by_slug["standards"], **base)
    Action.objects.create(
        ref="ALD-2", indicator=by_slug["capacity-to-improve"], times_carried=2, **base
    )
    assert kinds(scheduled) == {
        "worst_band": [100],
        "middle_band": [50],
        "action_carried_twice": [85],
    }


def test_item_judged_worst_last_time_is_offered_and_carried_from(
    scheduled: ProgressBoard, table: Table
) -> None:
    former = lives.board_at(
        table, half_term=1, day=dt.date(2026, 10, 8), state="final",
        meeting__signed_at=now(), meeting__signed_by=table.chair, meeting__signed_name="Martin Yeo",
    )  # fmt: skip
    item = factories.AgendaItemFactory(meeting=former.meeting, title="Behaviour at lunch")
    ItemJudgement.objects.create(
        item=item, value="band", band=Band.objects.get(position=3), judged_by=table.chair,
        judged_at=now(),
    )  # fmt: skip
    assert kinds(scheduled) == {"judged_worst": [75]}
    board = draft_of(scheduled, table)
    assert board.meeting.items.get(title="Behaviour at lunch").carried_from == item
    assert board.meeting.items.get(type="actions").title == "Actions from 8 October 2026"


# -- the CEO's edits -----------------------------------------------------------------------------


def test_add_from_evidence_twice_is_once_and_merges_on_the_indicator(
    scheduled: ProgressBoard, table: Table
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    seen = lives.finding(table.school, "Spelling gaps in Year 2", indicator="standards")
    with clock_at(DRAFTED):
        first = acts.add_from_evidence(board, key=f"finding-{seen.pk}", by=table.ceo)
        second = acts.add_from_evidence(board, key=f"finding-{seen.pk}", by=table.ceo)
    assert first == second
    assert first.title == "Standards"
    assert ItemSource.objects.filter(finding=seen).count() == 1
    assert board.meeting.items.count() == 4


def test_remove_and_undo_restore_item_sources_and_rating(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    item = board.meeting.items.get(title="Standards")
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    client.post(url("agenda-item-remove", board, item.pk))
    client.post(url("agenda-item-remove", board, item.pk))  # the second click
    assert not board.meeting.items.filter(title="Standards").exists()
    assert "is off the agenda" in client.get(url("board-detail", board)).content.decode()
    client.post(url("agenda-item-restore", board))
    back = board.meeting.items.get(title="Standards")
    assert (back.order, back.sources.count(), back.rating_links.count()) == (3, 1, 1)


def test_minutes_of_an_enquiry_stay_within_three_and_thirty(
    scheduled: ProgressBoard, table: Table
) -> None:
    lives.rate(table.school, {"standards": 3})
    item = draft_of(scheduled, table).meeting.items.get(title="Standards")
    for minutes in (2, 31):
        with pytest.raises(Conflict, match="3 to 30"):
            acts.set_item_minutes(item, minutes=minutes, by=table.ceo)
    assert acts.set_item_minutes(item, minutes=30, by=table.ceo).minutes == 30


def test_welcome_and_close_stay_where_they_are(scheduled: ProgressBoard, table: Table) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    first = board.meeting.items.get(type="actions")
    move_between_ends(first, up=True, by=table.ceo)
    last = board.meeting.items.get(title="Standards")
    move_between_ends(last, up=False, by=table.ceo)
    assert [i.type for i in board.meeting.items.order_by("order")] == [
        "welcome", "actions", "enquiry", "close",
    ]  # fmt: skip


def test_page_says_the_rule_against_sending_until_the_hour_is_filled(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    page = client.get(url("board-detail", board)).content.decode()
    assert "Add 30 minutes, or one click adds Discussion in hand, 30 min" in page
    assert client.post(url("agenda-send", board)).status_code == 409
    client.post(url("agenda-fill", board))
    client.post(url("agenda-fill", board))  # the second click fills nothing more
    assert sum(minutes_of(board)) == 60
    assert client.post(url("agenda-send", board)).status_code == 302
    assert lives.fresh(board).meeting.state == "agenda_with_chair"
    assert client.post(url("agenda-send", board)).status_code == 409


# -- the Chair, the school -----------------------------------------------------------------------


def test_chair_returns_with_a_note_and_then_issues(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    board = filled(draft_of(scheduled, table), table)
    acts.send_board_to_chair(board, by=table.ceo)
    client: Client = client_for(table.chair)  # type: ignore[operator]
    assert "Nothing to add: issue" in client.get(url("board-detail", board)).content.decode()
    client.post(url("agenda-return", board), {"note": "Ask about attendance too"})
    assert lives.fresh(board).meeting.return_note == "Ask about attendance too"
    acts.send_board_to_chair(lives.fresh(board), by=table.ceo)
    client.post(url("agenda-issue", board))
    assert lives.fresh(board).meeting.state == "issued"


def test_ceo_may_issue_only_once_the_chairs_days_are_over(
    scheduled: ProgressBoard, table: Table
) -> None:
    board = filled(draft_of(scheduled, table), table)
    with clock_at(dt.date(2026, 11, 16)):
        acts.send_board_to_chair(board, by=table.ceo)
        with pytest.raises(NotAllowed, match="The Chair sees the agenda first"):
            acts.issue_board(lives.fresh(board), by=table.ceo)
    with clock_at(dt.date(2026, 11, 18)):
        acts.issue_board(lives.fresh(board), by=table.ceo)
    assert lives.fresh(board).meeting.state == "issued"


def test_issue_tells_head_link_trustee_and_chair_without_a_judgement(
    scheduled: ProgressBoard, table: Table
) -> None:
    lives.leader_of(table.school, "Hanna Birk")
    lives.rate(table.school, {"standards": 3})
    issued(scheduled, table)
    mails = {m.to: m for m in Mail.objects.exclude(key__startswith="agenda_with_chair")}
    assert set(mails) == {table.head.email, table.link_trustee.email, table.chair.email}
    head = mails[table.head.email]
    assert head.subject == "Choose who answers at the Progress Board: Alderfen Primary Academy"
    assert f"/progress-boards/{scheduled.pk}/school/" in head.text
    for mail in mails.values():
        assert not any(word in mail.text + mail.html for word in ("Red", "Amber", "Standards"))


def test_leader_sees_no_draft_agenda_and_the_issued_one(
    scheduled: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    client: Client = client_for(leader)  # type: ignore[operator]
    page = client.get(url("board-detail", board)).content.decode()
    assert "Standards" not in page
    assert "The agenda has not reached you yet" in page
    item = board.meeting.items.get(title="Standards")
    assert client.get(url("leader-item", board, item.pk)).status_code == 404
    assert client.get(url("agenda-item-edit", board, item.pk)).status_code == 403
    board = filled(board, table)
    acts.send_board_to_chair(board, by=table.ceo)
    acts.issue_board(lives.fresh(board), by=table.chair)
    assert "Standards" in client.get(url("board-detail", board)).content.decode()


def test_head_of_another_school_gets_404_everywhere(
    scheduled: ProgressBoard, table: Table, other_head: User, client_for: object
) -> None:
    board = issued(scheduled, table)
    client: Client = client_for(other_head)  # type: ignore[operator]
    for name in ("board-detail", "board-school", "board-minutes", "chair-sign"):
        assert client.get(url(name, board)).status_code == 404
    assert client.post(url("board-answer-all", board)).status_code == 404


def test_ceo_sees_no_respondent_field_and_cannot_post_one(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    lives.leader_of(table.school, "Hanna Birk", "Reading lead")
    lives.rate(table.school, {"standards": 3})
    board = issued(scheduled, table)
    item = board.meeting.items.get(title="Standards")
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    page = client.get(url("board-detail", board)).content.decode()
    assert "School to choose" in page
    assert "<select" not in page
    assert client.get(url("board-school", board)).status_code == 403
    data = {f"item-{item.pk}": str(table.head.person_id)}
    assert client.post(url("board-school", board), data).status_code == 403
    assert client.post(url("board-answer-all", board)).status_code == 403
    item.refresh_from_db()
    assert item.answered_by is None


def test_same_person_as_head_chooses_at_the_own_school(
    scheduled: ProgressBoard, table: Table
) -> None:
    """The prohibition holds for acts as Chief Executive."""
    lives.leader_of(table.school, "Hanna Birk")
    board = issued(scheduled, table)
    factories.PostFactory(person=table.ceo.person, capacity="head", school=table.school)
    both = lives.again(table.ceo)
    item = board.meeting.items.get(type="actions")
    acts.choose_respondents(board, chosen={item.pk: both.person_id}, seconds={}, by=both)
    item.refresh_from_db()
    assert item.answered_by_id == both.person_id


def test_head_chooses_people_without_accounts_and_it_saves_itself(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    reading = lives.leader_of(table.school, "Hanna Birk", "Reading lead")
    second = lives.leader_of(table.school, "Ivo Marsh")
    lives.rate(table.school, {"standards": 3})
    board = issued(scheduled, table)
    item = board.meeting.items.get(title="Standards")
    client: Client = client_for(table.head)  # type: ignore[operator]
    page = client.get(url("board-school", board)).content.decode()
    assert "0 of 2 chosen" in page
    assert "Reading lead, Hanna Birk" in page
    answer = client.post(
        url("board-school", board),
        {f"item-{item.pk}": reading.pk, f"second-item-{item.pk}": second.pk},
        headers={"X-Requested-With": "autosave"},
    )
    assert answer.json()["words"] == {"chosen": "1 of 2 chosen", "ready": "0 of 2 ready"}
    item.refresh_from_db()
    assert (item.answered_by, item.second, item.answered_by_role) == (
        reading,
        second,
        "Reading lead",
    )
    # A page left open before that shows nobody, and its button takes nobody away.
    stale = {f"{was}{seat}item-{item.pk}": "" for was in ("", "was-") for seat in ("", "second-")}
    assert client.post(url("board-school", board), stale).status_code == 302
    item.refresh_from_db()
    assert (item.answered_by, item.second) == (reading, second)
    ceo_page = client_for(table.ceo).get(url("board-detail", board)).content.decode()  # type: ignore[operator]
    assert "Reading lead, Hanna Birk, with Ivo Marsh" in ceo_page
    third = {f"was-second-item-{item.pk}": second.pk, f"second-item-{item.pk}": ""}
    assert client.post(url("board-school", board), third).status_code == 302
    item.refresh_from_db()
    assert (item.answered_by, item.second) == (reading, None)


def test_head_cannot_choose_somebody_of_another_school(
    scheduled: ProgressBoard, table: Table, other_head: User
) -> None:
    lives.leader_of(table.school, "Hanna Birk")
    board = issued(scheduled, table)
    item = board.meeting.items.get(type="actions")
    with pytest.raises(Conflict, match="own people"):
        acts.choose_respondents(
            board, chosen={item.pk: other_head.person_id}, seconds={}, by=table.head
        )


def test_school_with_one_leader_is_not_asked(scheduled: ProgressBoard, table: Table) -> None:
    board = issued(scheduled, table)
    for item in board.meeting.items.all():
        assert (item.answered_by_id == table.head.person_id) is item.is_for_school


def test_recall_keeps_respondents_and_tells_the_head(
    scheduled: ProgressBoard, table: Table
) -> None:
    board = issued(scheduled, table)
    with clock_at(dt.date(2026, 11, 19)):
        acts.recall_board(board, by=table.ceo)
    assert lives.fresh(board).meeting.state == "agenda_draft"
    assert board.meeting.items.get(type="actions").answered_by_id == table.head.person_id
    assert Mail.objects.filter(key__startswith="agenda_recalled", to=table.head.email).count() == 1


def test_amendment_after_issue_is_a_new_version_and_told_again(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    board = issued(scheduled, table)
    item = board.meeting.items.get(type="actions")
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    data = {"title": "Actions so far, and one more", "question": "", "minutes": item.minutes,
            "version": item.version}  # fmt: skip
    assert client.post(url("agenda-item-edit", board, item.pk), data).status_code == 302
    assert lives.fresh(board).meeting.agenda_version == 2
    mails = Mail.objects.filter(key__startswith="agenda_changed", to=table.head.email)
    assert [mail.subject for mail in mails] == [
        "Agenda changed: Progress Board of Alderfen Primary Academy"
    ]
    stale = client.post(url("agenda-item-edit", board, item.pk), data)
    assert stale.status_code == 200
    assert "Somebody else changed this item" in stale.content.decode()


# -- papers and the leader's item -----------------------------------------------------------------


def test_leader_reads_own_item_writes_a_note_and_marks_it_ready(
    scheduled: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = issued(scheduled, table)
    item = board.meeting.items.get(title="Standards")
    other = board.meeting.items.get(type="actions")
    acts.choose_respondents(
        board, chosen={item.pk: leader.person_id, other.pk: table.head.person_id}, seconds={},
        by=table.head,
    )  # fmt: skip
    client: Client = client_for(leader)  # type: ignore[operator]
    assert client.get(url("leader-item", board, other.pk)).status_code == 404
    page = client.get(url("leader-item", board, item.pk)).content.decode()
    assert "Not yet discussed this term" in page
    assert "Red" not in page
    client.post(url("leader-item-note", board, item.pk), {"note": "9 of 14", "do": "ready"})
    item.refresh_from_db()
    assert (item.leader_note, item.is_ready) == ("9 of 14", True)


def test_school_document_becomes_a_paper_once(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    document = factories.SchoolDocumentFactory(school=table.school)
    board = issued(scheduled, table)
    item = board.meeting.items.get(type="actions")
    client: Client = client_for(table.head)  # type: ignore[operator]
    data = {"document": document.pk, "idempotency_key": new_key()}
    for _ in range(2):
        assert client.post(url("item-paper-add", board, item.pk), data).status_code == 302
    paper = board.meeting.papers.get()
    assert (paper.document, paper.item) == (document, item)
    answer = client.get(url("paper-file", board, paper.pk))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 sample"


# -- what waits for whom ---------------------------------------------------------------------------


def waiting(user: User, day: dt.date) -> list[str]:
    return [item.title for item in work_for(lives.again(user), day)]


def test_work_follows_the_agenda_from_person_to_person(
    scheduled: ProgressBoard, table: Table, leader: User
) -> None:
    lives.rate(table.school, {"standards": 3})
    everybody = {"ceo": table.ceo, "chair": table.chair, "head": table.head, "leader": leader}

    def work(day: dt.date) -> dict[str, list[str]]:
        return {name: titles for name, user in everybody.items() if (titles := waiting(user, day))}

    assert work(DRAFTED) == {}
    board = filled(draft_of(scheduled, table), table)
    assert work(DRAFTED) == {"ceo": ["Send the agenda to the Chair"]}
    with clock_at(dt.date(2026, 11, 16)):
        acts.send_board_to_chair(board, by=table.ceo)
    assert work(dt.date(2026, 11, 17)) == {"chair": ["Check the agenda and issue it"]}
    assert work(dt.date(2026, 11, 18))["ceo"] == ["Issue the agenda"]
    acts.issue_board(lives.fresh(board), by=table.chair)
    assert work(dt.date(2026, 11, 18)) == {"head": ["Choose who answers 2 items"]}
    pks = board.meeting.items.filter(type__in=("actions", "enquiry")).values_list("pk", flat=True)
    acts.choose_respondents(
        lives.fresh(board), chosen=dict.fromkeys(pks, leader.person_id), seconds={}, by=table.head
    )
    assert work(dt.date(2026, 11, 18)) == {
        "head": ["Add papers, if any"],
        "leader": ["Prepare your item: Actions so far", "Prepare your item: Standards"],
    }


def test_work_asks_the_same_number_of_queries_at_1_3_and_40_boards(
    table: Table,
) -> None:
    ceo = lives.again(table.ceo)
    asked = {}
    made = 0
    for count in (1, 3, 40):
        for _ in range(made, count):
            factories.ProgressBoardFactory(meeting__state="agenda_draft")
        made = count
        with CaptureQueriesContext(connection) as queries:
            assert len(list(work_for(ceo, DRAFTED))) == count
        asked[count] = len(queries)
    assert asked[1] == asked[3] == asked[40]


# -- the same number of queries -------------------------------------------------------------------


def test_draft_page_asks_the_same_number_of_queries_at_1_3_and_40_items(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    with clock_at(DRAFTED):
        engine.open_draft(scheduled.meeting, by=table.ceo)
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    asked = {}
    made = 0
    for count in (1, 3, 40):
        for order in range(made, count):
            item = factories.AgendaItemFactory(meeting=scheduled.meeting, order=order + 1)
            ItemSource.objects.create(item=item, label="Seen")
            lives.finding(table.school, f"Seen {order}")
        made = count
        client.get(url("board-detail", scheduled))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url("board-detail", scheduled)).content.decode()
        assert page.count('class="agenda-item"') == count
        asked[count] = len(queries)
    assert asked[1] == asked[3] == asked[40]
