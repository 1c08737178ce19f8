"""Diaries: who keeps which, and what the planner makes of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from progress_boards.actions.diaries import (
    add_away_days,
    add_trust_board_day,
    prefer_weekdays,
    remove_away_days,
)
from progress_boards.actions.planning import plan_board
from progress_boards.models import AwayDays, PreferredWeekdays, ProgressBoard, TrustBoardDay
from progress_boards.queries.diaries import diary_pages, whom_boards_need
from progress_boards.queries.proposal import propose_year
from tests.factories import ProgressBoardFactory, half_term, make_year, seat, user_with
from trust.access import Capacity, Conflict, NotAllowed
from trust.calendar import LONDON, clock_at

pytestmark = pytest.mark.django_db
JULY = dt.date(2026, 7, 10)


@pytest.fixture
def board(school: Any, ceo: Any, head: Any, chair: Any, clerk: Any) -> ProgressBoard:
    return plan_board(school, half_term(2), by=clerk)


def _proposed() -> dt.date:
    with clock_at(JULY):
        (row,) = propose_year(make_year(2026))
    assert row.starts_at is not None
    return row.starts_at.astimezone(LONDON).date()


def test_away_days_of_the_chair_move_the_proposal(board: Any, chair: Any) -> None:
    before = _proposed()
    away = add_away_days(
        chair.person, starts_on=before, ends_on=before + dt.timedelta(days=6), by=chair
    )
    assert _proposed() > before + dt.timedelta(days=6)
    remove_away_days(away, by=chair)
    assert _proposed() == before


def test_preferred_weekdays_are_followed_where_they_can_be(board: Any, head: Any) -> None:
    prefer_weekdays(head.person, weekdays=[3], by=head)
    assert _proposed().weekday() == 3
    prefer_weekdays(head.person, weekdays=range(5), by=head)
    assert PreferredWeekdays.objects.get().weekdays == []  # all five are no wish


def test_trust_board_day_is_entered_once_and_asks_for_earlier_boards(
    board: Any, chair: Any, clerk: Any
) -> None:
    prefer_weekdays(chair.person, weekdays=[3], by=chair)
    before = _proposed()
    for _ in range(2):
        add_trust_board_day(day=dt.date(2026, 12, 9), name="Trust Board", by=clerk)
    assert TrustBoardDay.objects.count() == 1
    assert _proposed() < before


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-12-04", "2026-12-03", "lies before the first"),
        ("2026-11-02", "2026-11-03", "have passed"),
        ("2026-12-01", "2028-12-01", "at most a year"),
    ],
)
def test_add_away_days_refuses_in_words(first: str, last: str, words: str, chair: Any) -> None:
    with clock_at(dt.date(2026, 11, 21)), pytest.raises(Conflict, match=words):
        add_away_days(
            chair.person, starts_on=dt.date.fromisoformat(first),
            ends_on=dt.date.fromisoformat(last), by=chair,
        )  # fmt: skip
    assert not AwayDays.objects.exists()


def test_everybody_keeps_their_own_diary_and_the_clerk_anybodys(
    chair: Any, clerk: Any, head: Any
) -> None:
    day = dt.date(2027, 3, 1)
    add_away_days(chair.person, starts_on=day, ends_on=day, by=clerk)
    with pytest.raises(NotAllowed):
        add_away_days(chair.person, starts_on=day, ends_on=day, by=head)
    with pytest.raises(NotAllowed):
        add_trust_board_day(day=day, name="", by=head)


def test_the_page_names_a_board_on_a_day_away_and_moves_nothing(
    school: Any, chair: Any, client_for: Any
) -> None:
    day = dt.date(2026, 12, 3)
    made = ProgressBoardFactory(school=school, day=day, meeting__state="issued")
    seat(made.meeting, chair.person, Capacity.CHAIR)
    url = reverse("progress_boards:diary", args=[chair.person_id])
    answer = client_for(chair).post(
        url, {"do": "away", "starts_on": "2026-12-01", "ends_on": "2026-12-04"}, follow=True
    )
    page = answer.content.decode()
    assert "These days are in the diary" in page
    assert "is on 3 December 2026, a day away" in page
    made.meeting.refresh_from_db()
    assert made.meeting.state == "issued"


def test_a_wrong_date_comes_back_with_what_was_typed(chair: Any, client_for: Any) -> None:
    url = reverse("progress_boards:diary", args=[chair.person_id])
    data = {"do": "away", "starts_on": "2026-12-04", "ends_on": "2026-12-03", "reason": "Abroad"}
    page = client_for(chair).post(url, data).content.decode()
    assert "The last day lies before the first" in page
    assert 'value="Abroad"' in page


@pytest.mark.parametrize("people", [1, 3, 40])
def test_diaries_ask_as_often_however_many_there_are(
    people: int, school: Any, django_assert_num_queries: Any
) -> None:
    for n in range(people):
        chair = user_with((Capacity.CHAIR, school), name=f"Chair {n}")
        AwayDays.objects.create(
            person=chair.person, starts_on=dt.date(2027, 1, 5), ends_on=dt.date(2027, 1, 5),
            entered_by=chair, entered_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
        )  # fmt: skip
    today = dt.date(2026, 11, 21)
    needed = whom_boards_need(today)
    with django_assert_num_queries(3):
        assert len(diary_pages(needed, today)) == people
