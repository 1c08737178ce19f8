"""What training changed comes to a board: reviews due, impact claimed, and the item that points to the review."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cpd.models import CpdRequest, ImpactReview, TrainingItem
from evidence.models import DocumentKind, Indicator
from meetings.actions.removing import remove_item, restore_item
from progress_boards.actions import agenda as acts
from progress_boards.actions import proposing
from progress_boards.models import ProgressBoard
from progress_boards.queries.agenda import gather
from progress_boards.queries.offers import GROUPS, TRAINING, Offer
from schools.models import School
from tests import factories
from tests.factories import CpdRequestFactory
from tests.progress_boards import lives
from tests.progress_boards.lives import DRAFTED, Table
from trust.calendar import LONDON, clock_at
from trust.people.models import User


@pytest.fixture
def table(
    school: School, ceo: User, chair: User, clerk: User, head: User, link_trustee: User
) -> Table:
    DocumentKind.objects.update(is_expected=False)
    return Table(school, ceo, chair, clerk, head, link_trustee)  # type: ignore[arg-type]


@pytest.fixture
def board(table: Table) -> ProgressBoard:
    return lives.schedule(lives.board_at(table), table)


def review_of(school: School, due: dt.date, **fields: Any) -> ImpactReview:
    about = fields.pop("request", {})
    request = CpdRequestFactory(school=school, going_ahead=True, title="Maths fluency", **about)
    if fields.get("outcome"):
        fields.setdefault("reviewed_by", request.created_by)
    return ImpactReview.objects.create(
        request=request, due_on=due, evidence="CANARY seen", **{"level": 4, **fields}
    )


def training(board: ProgressBoard, day: dt.date) -> list[Offer]:
    return [offer for offer in gather(board, day).offers if offer.group == TRAINING]


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


def test_review_due_before_the_board_is_offered_with_its_reason(
    board: ProgressBoard, school: School, other_school: School
) -> None:
    held_on = board.meeting.day
    due = review_of(school, held_on)
    review_of(school, held_on + dt.timedelta(days=1))
    review_of(other_school, held_on)
    withdrawn = review_of(school, held_on)
    CpdRequest.objects.filter(pk=withdrawn.request_id).update(state="withdrawn")
    [offer] = training(board, DRAFTED)
    words = f"{held_on.day} {held_on:%B %Y}"
    assert offer.candidate.reason == f"Impact review due on {words}"
    assert (offer.candidate.score, offer.review) == (30, due)
    assert TRAINING in GROUPS


def test_impact_claimed_since_the_last_board_is_offered_in_the_schools_words(
    board: ProgressBoard, school: School
) -> None:
    last = DRAFTED - dt.timedelta(days=40)
    former = factories.ProgressBoardFactory(
        school=school, day=last, meeting__state="held", half_term=factories.half_term(1)
    )
    assert former.meeting.day == last
    recent, before = at(last + dt.timedelta(days=10)), at(last - dt.timedelta(days=1))
    met = review_of(school, last, outcome="met", reviewed_at=recent, is_combined=True)
    partly = review_of(school, last, outcome="partly", reviewed_at=recent, level=5)
    for outcome, level, when in (
        ("not", 4, recent), ("early", 5, recent), ("met", 3, recent), ("met", 4, before),
    ):  # fmt: skip
        review_of(school, last, outcome=outcome, level=level, reviewed_at=when)
    found = {offer.review: offer.candidate.reason for offer in training(board, DRAFTED)}
    assert found == {
        met: "The school says it met its aim: 12-week review",
        partly: "The school says it partly met its aim: review after 2 terms",
    }


def test_review_joins_the_item_on_its_indicator_and_points_to_the_review(
    board: ProgressBoard, table: Table, school: School
) -> None:
    lives.rate(school, {"standards": 3})
    standards = Indicator.objects.get(slug="standards")
    due = review_of(school, board.meeting.day, request={"indicator": standards})
    with clock_at(DRAFTED):
        proposing.propose_draft(board, by=table.ceo)
    [link] = TrainingItem.objects.all()
    assert (link.item.title, link.review) == ("Standards", due)
    assert "CANARY" not in link.item.question
    with clock_at(DRAFTED):
        twice = acts.add_from_evidence(lives.fresh(board), key=f"review-{due.pk}", by=table.ceo)
    assert twice == link.item
    assert TrainingItem.objects.count() == 1


def test_review_added_by_hand_comes_off_and_back_with_its_link(
    board: ProgressBoard, table: Table, school: School
) -> None:
    with clock_at(DRAFTED):
        proposing.propose_draft(board, by=table.ceo)
        due = review_of(school, board.meeting.day)
        item = acts.add_from_evidence(lives.fresh(board), key=f"review-{due.pk}", by=table.ceo)
        assert item.training.get().review == due
        removed = remove_item(item, by=table.ceo)
        assert not TrainingItem.objects.exists()
        restored = restore_item(lives.fresh(board).meeting, removed=removed, by=table.ceo)
    assert restored.training.get().review == due
