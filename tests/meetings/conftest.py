"""What several tests of meetings begin with: a held board with everybody there."""

from __future__ import annotations

import datetime as dt

import pytest

from progress_boards.models import ProgressBoard
from schools.models import School
from tests import factories
from trust.people.models import User

DAY = dt.date(2026, 11, 12)


@pytest.fixture
def board(school: School, chair: User, ceo: User, link_trustee: User, head: User, leader: User,
          clerk: User) -> ProgressBoard:  # fmt: skip
    """A held board with everybody there: welcome, two enquiries, close."""
    made: ProgressBoard = factories.ProgressBoardFactory(
        school=school, day=DAY, meeting__state="held", meeting__started_at=factories.at(DAY),
        meeting__code="26-A2", meeting__steps={"accuracy_check": True},
        meeting__deadlines={"corrections": "2026-12-02", "final": "2026-12-04"},
    )  # fmt: skip
    for role, user in (("chair", chair), ("ceo", ceo), ("link_trustee", link_trustee),
                       ("head", head), ("clerk", clerk), ("leader", leader)):  # fmt: skip
        factories.seat(made.meeting, user.person, role, attendance="present")
    for order, (title, kind) in enumerate(
        (("Welcome", "welcome"), ("Mathematics", "enquiry"), ("Leadership capacity", "enquiry"),
         ("Close", "close")), 1,
    ):  # fmt: skip
        factories.AgendaItemFactory(meeting=made.meeting, order=order, title=title, type=kind)
    return made
