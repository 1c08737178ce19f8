"""The cast holds what its names say, and rows for tests can be made."""

import datetime as dt

import pytest
from django.test import Client

from tests import factories
from trust.access import Capacity, Holding
from trust.models import HalfTerm, TrustProfile


def test_trust_set_up_lays_down_two_years_of_half_terms(trust_set_up: TrustProfile) -> None:
    assert HalfTerm.objects.count() == 12
    assert trust_set_up.step("papers") is True


@pytest.mark.parametrize(
    ("name", "capacity", "is_of_school"),
    [
        ("ceo", "ceo", False),
        ("ceo_representative", "ceo_representative", True),
        ("dsi", "dsi", False),
        ("head", "head", True),
        ("leader", "leader", True),
        ("link_trustee", "link_trustee", True),
        ("trustee", "trustee", False),
        ("chair", "chair", True),
        ("clerk", "clerk", False),
        ("administrator", "administrator", False),
        ("provider", "provider", True),
        ("cfo", "cfo", False),
        ("local_committee", "local_committee", True),
        ("safeguarding_lead", "safeguarding_lead", False),
    ],
)
def test_user_of_the_cast_holds_the_one_post(
    request: pytest.FixtureRequest, school: object, name: str, capacity: str, is_of_school: bool
) -> None:
    user = request.getfixturevalue(name)
    expected = Holding(Capacity(capacity), school.pk if is_of_school else None)
    assert user.posts.holdings == (expected,)


def test_stranger_holds_no_post(stranger: object) -> None:
    assert stranger.posts.holdings == ()


def test_client_for_a_user_opens_my_work(ceo: object, client_for: object) -> None:
    assert client_for(ceo).get("/").status_code == 200
    assert isinstance(client_for(), Client)


def test_dated_board_stands_beside_its_meeting(school: object) -> None:
    board = factories.ProgressBoardFactory(
        school=school, day=dt.date(2026, 12, 3), meeting__state="issued"
    )
    assert board.meeting.school == school
    assert board.meeting.day == dt.date(2026, 12, 3)
    chair = factories.PersonFactory()
    assert factories.seat(board.meeting, chair, Capacity.CHAIR).during == board.meeting.during


def test_rows_of_evidence_and_rating_are_made(school: object) -> None:
    assert factories.RatingAssessmentFactory(school=school).state == "draft"
    assert factories.VisitRecordFactory(school=school).state == "draft"
    assert factories.SchoolDocumentFactory(school=school).school == school
