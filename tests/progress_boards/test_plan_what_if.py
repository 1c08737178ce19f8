"""A year supposed otherwise: what each rating would add and offer, with dates; and nothing is saved."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.models import Meeting
from progress_boards.actions.dating import date_board
from progress_boards.actions.planning import lay_out_year, plan_board
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.what_if import LEAVES, what_if_at, what_if_trust
from ratings.models import Band
from schools.models import School
from tests import factories
from tests.factories import at, half_term
from trust.access import Capacity
from trust.models import AcademicYear, AuditEvent
from trust.people.models import User

pytestmark = pytest.mark.django_db

Browser = Callable[..., Client]


@pytest.fixture
def year(trust_set_up: object, as_of: Callable[[str], Any]) -> AcademicYear:
    as_of("2026-11-02")
    return factories.make_year(2026)


@pytest.fixture
def termly(school: School, clerk: User, year: AcademicYear) -> School:
    """A school with boards in Autumn 2, Spring 2 and Summer 2; that of Spring 2 has its date."""
    boards = [plan_board(school, half_term(n), by=clerk) for n in (2, 4, 6)]
    date_board(boards[1], starts_at=at(dt.date(2027, 3, 11)), by=clerk)
    return school


def by_label(school: School) -> dict[str, Any]:
    return {each.label: each for each in what_if_at(school).by_band}


def test_what_if_red_adds_the_other_half_terms_with_dates(termly: School, ceo: User) -> None:
    red = by_label(termly)["Red"]
    assert (red.boards, red.before, red.after) == (6, 3, 5)
    assert [each.half_term for each in red.added] == ["Spring 1", "Summer 1"]
    assert all(each.starts_at for each in red.added)
    assert red.offered == ()


def test_what_if_green_offers_what_six_boards_have_beyond_three_with_their_dates(
    termly: School, clerk: User
) -> None:
    date_board(
        plan_board(termly, half_term(5), by=clerk), starts_at=at(dt.date(2027, 5, 6)), by=clerk
    )
    green = by_label(termly)["Green"]
    assert green.added == ()
    assert green.offered == ("Summer 1: 6 May 2027 at 9:30am",)


def test_what_if_somebody_is_never_free_says_who(termly: School, chair: User) -> None:
    from progress_boards.actions.diaries import add_away_days

    add_away_days(chair.person, starts_on=dt.date(2027, 1, 1), ends_on=dt.date(2027, 7, 31), by=chair)  # fmt: skip
    red = by_label(termly)["Red"]
    assert [each.starts_at for each in red.added] == [None, None]
    assert "the External Chair is engaged" in red.added[0].words


def test_what_if_saves_nothing_and_tells_nobody(
    termly: School, other_school: School, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    def counted() -> list[int]:
        kinds = (ProgressBoard, SchoolYear, Meeting, AuditEvent)
        return [kind.objects.count() for kind in kinds]

    before, client = counted(), client_for(clerk)
    red = Band.objects.get(name="Red").pk
    asked = {"year": "2026", f"s{termly.pk}": str(red), f"s{other_school.pk}": LEAVES, "joins": "2"}
    assert client.get(reverse("progress_boards:year-what-if"), asked).status_code == 200
    one = reverse("progress_boards:school-what-if", kwargs={"school_pk": termly.pk})
    assert client.get(one, {"leaves_on": "2027-04-01"}).status_code == 200
    assert counted() == before


def test_what_if_a_school_leaves_cancels_what_comes_after_and_keeps_what_comes_before(
    termly: School,
) -> None:
    leaving = what_if_at(termly, leaves_on=dt.date(2027, 3, 12)).leaving
    assert leaving is not None
    assert (leaving.before, leaving.after) == (3, 1)
    assert leaving.cancelled == ("Autumn 2: no date yet", "Summer 2: no date yet")
    assert "Access ends on 11 April 2027" in leaving.note


def test_what_if_trust_places_all_that_is_supposed_together(
    termly: School, other_school: School, ceo: User, clerk: User, year: AcademicYear
) -> None:
    lay_out_year(year, by=ceo)
    red = str(Band.objects.get(name="Red").pk)
    page = what_if_trust(
        [termly, other_school], year, supposed={termly.pk: red, other_school.pk: red}, joins=1
    )
    added = [b for line in page.lines if line.consequence for b in line.consequence.added]
    assert page.joining is not None
    added += page.joining.added
    assert page.undated == 0
    moments = sorted(b.starts_at for b in added)
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert min(gaps) >= dt.timedelta(minutes=90)  # one chief executive, half an hour between sites
    assert page.after == page.before + len(added)


def test_what_if_trust_counts_the_hours_of_a_leaving_school_as_free(
    termly: School, other_school: School, ceo: User, year: AcademicYear, clerk: User
) -> None:
    from progress_boards.actions.diaries import add_away_days

    open_day = dt.date(2027, 3, 11)
    for first, last in (
        (dt.date(2027, 1, 1), dt.date(2027, 3, 10)), (dt.date(2027, 3, 12), dt.date(2027, 7, 31)),
    ):  # fmt: skip
        add_away_days(ceo.person, starts_on=first, ends_on=last, by=ceo)
    for hour in ("11:00", "12:30", "14:00"):
        third = factories.SchoolFactory()
        date_board(plan_board(third, half_term(4), by=clerk), starts_at=at(open_day, hour), by=clerk)  # fmt: skip
    red = str(Band.objects.get(name="Red").pk)
    alone = what_if_trust([termly, other_school], year, supposed={other_school.pk: red})
    freed = what_if_trust(
        [termly, other_school], year, supposed={other_school.pk: red, termly.pk: LEAVES}
    )

    def spring_2(page: Any) -> list[Any]:
        line = next(each for each in page.lines if each.school == other_school)
        return [b.starts_at for b in line.consequence.added if b.half_term == "Spring 2"]

    assert spring_2(alone) == [None]
    assert [each and each.date() for each in spring_2(freed)] == [open_day]


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"on": "nonsense"}, "There is a problem"), ({"joins": "99"}, "There is a problem"), ({}, "Suppose")],
)  # fmt: skip
def test_year_what_if_takes_no_harm_from_what_cannot_be_read(
    asked: dict[str, str], words: str, termly: School, clerk: User, client_for: Browser
) -> None:
    answer = client_for(clerk).get(reverse("progress_boards:year-what-if"), asked)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_what_if_asks_as_often_at_12_schools_as_at_1(
    termly: School, ceo: User, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    def queries(schools: int) -> int:
        for _ in range(schools - School.objects.count()):
            where = factories.SchoolFactory()
            factories.PostFactory(capacity=Capacity.HEAD, school=where)
        red = str(Band.objects.get(name="Red").pk)
        asked = {"year": "2026", **{f"s{s.pk}": red for s in School.objects.all()}}
        client = client_for(clerk)
        client.get(reverse("progress_boards:year-what-if"), asked)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(reverse("progress_boards:year-what-if"), asked)
        return len(found)

    assert queries(1) == queries(3) == queries(12)
