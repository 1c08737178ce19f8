"""What a board was offered and did not take: written at issue, counted, shown to whoever prepares the next."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from progress_boards.actions import agenda as acts
from progress_boards.models import Deferral, ProgressBoard
from progress_boards.queries.agenda import gather
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.drafts import draft_of, filled, issued, url
from tests.progress_boards.lives import DRAFTED, Table
from trust.calendar import clock_at

SLUGS = ("standards", "capacity-to-improve", "experience-of-leaders", "proximity-to-inspection")


def rated(table: Table) -> None:
    """Four indicators in the middle band or the worst, and a finding without one: five matters."""
    lives.rate(table.school, {slug: 3 if slug == "standards" else 2 for slug in SLUGS})
    lives.finding(table.school, "A strength of music", kind="strength", flagged=False)


def deferred(board: ProgressBoard) -> list[tuple[str, int]]:
    return list(Deferral.objects.filter(board=board).values_list("source_kind", "score"))


def test_issue_defers_each_candidate_that_was_never_chosen(
    scheduled: ProgressBoard, table: Table
) -> None:
    rated(table)
    board = issued(scheduled, table)
    row = Deferral.objects.get(board=board)
    assert (row.source_kind, row.score, row.deferred_by) == ("finding", 20, None)
    assert row.title == "Learning walk, 5 November 2026"


def test_item_taken_off_is_deferred_by_whoever_took_it_off(
    scheduled: ProgressBoard, table: Table
) -> None:
    rated(table)
    board = draft_of(scheduled, table)
    with clock_at(DRAFTED):
        acts.take_off_item(board.meeting.items.get(title="Capacity to improve"), by=table.ceo)
    board = finish(board, table)
    assert sorted(deferred(board)) == [("finding", 20), ("rating", 50)]
    assert Deferral.objects.get(board=board, source_kind="rating").deferred_by == table.ceo


def finish(board: ProgressBoard, table: Table) -> ProgressBoard:
    board = filled(lives.fresh(board), table)
    with clock_at(dt.date(2026, 11, 16)):
        acts.send_board_to_chair(board, by=table.ceo)
        acts.issue_board(lives.fresh(board), by=table.chair)
    return lives.fresh(board)


def test_item_taken_off_and_put_back_is_not_deferred(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    with clock_at(DRAFTED):
        client.post(url("agenda-item-remove", board, board.meeting.items.get(title="Standards").pk))
        client.post(url("agenda-item-restore", board))
    assert deferred(finish(board, table)) == []


def test_evidence_on_the_topic_of_an_item_is_not_deferred(
    scheduled: ProgressBoard, table: Table
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = draft_of(scheduled, table)
    lives.finding(table.school, "Spelling gaps in Year 2", indicator="standards")
    assert deferred(finish(board, table)) == []


def test_issue_after_recall_defers_only_what_is_still_left(
    scheduled: ProgressBoard, table: Table
) -> None:
    rated(table)
    board = issued(scheduled, table)
    finding = Deferral.objects.get(board=board).source_pk
    with clock_at(dt.date(2026, 11, 19)):
        acts.recall_board(board, by=table.ceo)
        acts.set_item_minutes(board.meeting.items.get(title="Standards"), minutes=9, by=table.ceo)
        added = acts.add_from_evidence(lives.fresh(board), key=f"finding-{finding}", by=table.ceo)
        spare = 60 - sum(i.minutes for i in board.meeting.items.exclude(pk=added.pk))
        acts.set_item_minutes(added, minutes=spare, by=table.ceo)
        acts.send_board_to_chair(lives.fresh(board), by=table.ceo)
        acts.issue_board(lives.fresh(board), by=table.chair)
    assert deferred(board) == []


# -- counted at the next board ---------------------------------------------------------------------


@pytest.fixture
def former(table: Table) -> ProgressBoard:
    """An earlier board of the school, held."""
    return lives.board_at(
        table, half_term=1, day=dt.date(2026, 10, 8), state="held", meeting__agenda_version=1,
        meeting__issued_at=factories.at(dt.date(2026, 9, 24)),
    )  # fmt: skip


def defer_at(board: ProgressBoard, kind: str, pk: int, topic: str = "") -> None:
    Deferral.objects.create(
        board=board, source_kind=kind, source_pk=pk, topic=topic, title="Seen", score=50,
        at=factories.at(dt.date(2026, 9, 24)),
    )  # fmt: skip


def test_next_draft_says_how_often_a_matter_was_deferred(
    scheduled: ProgressBoard, table: Table, former: ProgressBoard, client_for: object
) -> None:
    rating = lives.rate(table.school, {"standards": 3}).indicators.get()
    seen = lives.finding(table.school, "Music", kind="strength", flagged=False)
    defer_at(former, "rating", 999_999, f"indicator-{rating.indicator_id}")
    defer_at(former, "finding", seen.pk)
    board = draft_of(scheduled, table)
    item = board.meeting.items.get(title__startswith="Adaptive teaching")
    with clock_at(DRAFTED):
        acts.take_off_item(item, by=table.ceo)
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    page = client.get(url("board-detail", board)).content.decode()
    assert page.count("Deferred at 1 board") == 3  # both candidates, and the item on the draft
    assert "score 20 · Deferred at 1 board" in page
    assert "<strong>1</strong> not on the agenda" in page


def test_same_topic_at_one_board_counts_once_and_a_draft_counts_not(
    scheduled: ProgressBoard, table: Table, former: ProgressBoard
) -> None:
    rating = lives.rate(table.school, {"standards": 3}).indicators.get()
    topic = f"indicator-{rating.indicator_id}"
    defer_at(former, "rating", rating.pk, topic)
    defer_at(former, "view", 7, topic)
    draft = lives.board_at(table, half_term=3, day=dt.date(2027, 1, 28), state="agenda_draft")
    defer_at(draft, "rating", rating.pk, topic)
    gathered = gather(scheduled, DRAFTED)
    offer = next(o for o in gathered.offers if o.candidate.kind == "worst_band")
    assert gathered.deferrals.count(offer.candidate) == 1


def test_deferral_at_another_school_counts_not(
    scheduled: ProgressBoard, table: Table, other_school: object
) -> None:
    rating = lives.rate(table.school, {"standards": 3}).indicators.get()
    elsewhere = factories.ProgressBoardFactory(
        school=other_school, day=dt.date(2026, 10, 8), meeting__state="held",
        meeting__issued_at=factories.at(dt.date(2026, 9, 24)),
    )  # fmt: skip
    defer_at(elsewhere, "rating", rating.pk, f"indicator-{rating.indicator_id}")
    assert not gather(scheduled, DRAFTED).deferrals.boards


def test_school_reads_nothing_of_deferrals(
    scheduled: ProgressBoard, table: Table, former: ProgressBoard, client_for: object
) -> None:
    rating = lives.rate(table.school, {"standards": 3}).indicators.get()
    defer_at(former, "rating", rating.pk, f"indicator-{rating.indicator_id}")
    board = issued(scheduled, table)
    client: Client = client_for(table.head)  # type: ignore[operator]
    for name in ("board-detail", "board-school"):
        assert "Deferred" not in client.get(url(name, board)).content.decode()
