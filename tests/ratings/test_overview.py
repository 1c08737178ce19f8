"""The trust overview: every school side by side, for those who answer for them all."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.urls import reverse

from meetings.models import Action
from progress_boards.queries.report import compile_facts
from ratings.actions import withdraw_rating
from tests import factories
from trust.models import AcademicYear

pytestmark = pytest.mark.django_db
OVERVIEW_QUERIES = 8
TOKEN = re.compile(r"csrf\w+\" value=\"\w+\"|\"X-CSRFToken\": ?\"\w+\"|nonce=\"\S+\"")


def _names(page: str) -> list[str]:
    return re.findall(r'role="rowheader"><a href="[^"]*">([^<]+)</a>(?:<span class="sub">|</th>\s*<td role="cell" class="overall)', page)  # fmt: skip


@pytest.fixture
def three(school: Any, other_school: Any, shared: Any) -> Any:
    """Alderfen from red to amber this term, Cressmere red, Eastrow not rated."""
    shared(school, "R", on=dt.date(2026, 6, 10))
    shared(school, "A", on=dt.date(2026, 11, 5))
    shared(other_school, "R", on=dt.date(2026, 9, 10))
    return factories.SchoolFactory(name="Eastrow Primary")


def _get(client: Any, query: str = "") -> str:
    return client.get(reverse("home:overview") + query).content.decode()


def test_overview_shows_most_concern_first_with_trend(three, ceo, client_for):
    page = _get(client_for(ceo))
    assert _names(page) == ["Cressmere High", "Alderfen Primary Academy", "Eastrow Primary"]
    assert page.count("Amber, improved since last term") == 4
    assert "1 red, 1 amber, 1 not rated" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?band=red", ["Cressmere High"]),
        ("?band=none", ["Eastrow Primary"]),
        ("?level=2", ["Alderfen Primary Academy"]),
        ("?band=red&level=2", []),
        ("?sort=name", ["Alderfen Primary Academy", "Cressmere High", "Eastrow Primary"]),
        ("?band=nonsense&page=x", []),
    ],
)
def test_overview_filters_and_sorts_by_its_address(three, ceo, client_for, query, names):
    page = _get(client_for(ceo), query)
    assert _names(page) == names


def test_overview_and_report_leave_a_withdrawn_rating_out(three, school, shared, ceo, client_for):
    """Whatever charts, counts or reports ratings says again what it said before the wrong one."""
    client, year = client_for(ceo), AcademicYear.objects.get(starts_on__year=2026)

    def said() -> tuple[str, ...]:
        facts = json.dumps(compile_facts(year, dt.date(2026, 11, 21)), default=str)
        history = client.get(reverse("ratings:school-history", args=[school.pk])).content.decode()
        return tuple(TOKEN.sub("", text) for text in (_get(client), history, facts))

    before = said()
    wrong = shared(school, "G", on=dt.date(2026, 11, 20))
    assert all(now != then for now, then in zip(said(), before, strict=True))
    withdraw_rating(wrong, by=ceo, reason="Entered for another school")
    assert said() == before


def test_overview_says_what_moved_and_why(three, trustee, client_for):
    page = _get(client_for(trustee))
    moved = page.split("Moved since Summer 2026, and why")[1]
    assert "Alderfen Primary Academy" in moved
    assert "Summary A" in moved
    assert "Cressmere High" not in moved


def test_overview_never_shows_a_reason_of_an_indicator_or_a_draft(three, draft, school, trustee, client_for):  # fmt: skip
    draft(school, "G")
    page = _get(client_for(trustee))
    assert "Why of" not in page
    assert "Summary G" not in page
    assert "Rate a school" not in page


def test_overview_counts_boards_held_and_overdue_actions(three, school, ceo, client_for):
    factories.ProgressBoardFactory(school=school, meeting__state="held")
    factories.ProgressBoardFactory(school=school, half_term=factories.half_term(1))
    factories.ProgressBoardFactory(
        school=school, half_term=factories.half_term(3), meeting__state="scheduled",
        day=dt.date(2027, 2, 4),
    )  # fmt: skip
    for state, due in (("open", "2026-11-20"), ("open", "2026-11-21"), ("done", "2026-11-20")):
        Action.objects.create(
            ref=f"ALD-{state}-{due}", school=school, text="Act", owner_role="Head", due_on=due,
            state=state, created_by=ceo, created_at=factories.now(),
        )  # fmt: skip
    page = _get(client_for(ceo))
    assert re.search(r"Boards held this term</dt><dd>1 <small>of 2</small>", page)
    assert re.search(
        r'Overdue actions</dt><dd><span class="late">1</span> <small>in 1 school<', page
    )
    assert "4 Feb 2027" in page


def test_overview_names_ratings_over_a_term_old(school, shared, ceo, client_for):
    shared(school, on=dt.date(2026, 3, 2))
    page = _get(client_for(ceo))
    assert re.search(r"Ratings over a term old</dt><dd>1 <small>Alderfen Primary Academy", page)


@pytest.mark.parametrize("who", ["ceo", "dsi", "trustee"])
def test_overview_is_read_by_those_who_answer_for_all(request, three, client_for, who):
    client = client_for(request.getfixturevalue(who))
    assert client.get(reverse("home:overview")).status_code == 200


@pytest.mark.parametrize(
    "who", ["head", "leader", "link_trustee", "chair", "clerk", "provider", "cfo", "administrator",
            "local_committee", "safeguarding_lead", "ceo_representative", "stranger"],
)  # fmt: skip
def test_overview_is_not_there_for_anybody_else(request, three, client_for, who):
    client = client_for(request.getfixturevalue(who))
    assert client.get(reverse("home:overview")).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 40])
def test_overview_asks_the_same_at_every_size(
    trust_set_up, indicators, shared, ceo, client_for, django_assert_num_queries, count
):
    schools = [factories.SchoolFactory() for _ in range(count)]
    shared(schools[0], "A")
    for school in schools[1:]:
        factories.RatingAssessmentFactory(school=school, shared=True)
        factories.ProgressBoardFactory(school=school)
    client = client_for(ceo)
    client.get(reverse("home:overview"))
    with django_assert_num_queries(OVERVIEW_QUERIES):
        page = client.get(reverse("home:overview")).content.decode()
    assert len(_names(page)) == min(count, 30)


def test_overview_continues_on_a_second_page(trust_set_up, ceo, client_for):
    for number in range(31):
        factories.SchoolFactory(name=f"School {number:02d}")
    assert "Further schools" in _get(client_for(ceo), "?sort=name")
    assert _names(_get(client_for(ceo), "?sort=name&page=2")) == ["School 30"]
