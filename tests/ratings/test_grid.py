"""All schools on one page: each row is saved by itself, under the rules of the school's own sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from ratings import actions
from ratings.models import Band, RatingAssessment
from ratings.queries import draft_of
from schools.models import Post
from tests import factories
from trust.access import Capacity

pytestmark = pytest.mark.django_db
GRID = "/progress-boards/ratings/grid/"
GRID_QUERIES = 17
REASON = "Attendance fell after half term, as the registers show"


@pytest.fixture
def typed(indicators: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """What a row posts: every seeded indicator and the overall in one band."""

    def make(letter: str = "A", version: int = 0, **fields: Any) -> dict[str, Any]:
        key = Band.objects.get(letter=letter).pk
        made: dict[str, Any] = {f"band_{each.pk}": key for each in indicators.values()}
        return made | {"overall": key, "summary": "Reading recovers", "version": version} | fields

    return make


def _row(school: Any) -> str:
    return reverse("progress_boards:rate-grid-row", args=[school.pk])


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_grid_shows_last_time_own_view_and_evidence_beside_each_choice(
    school, other_school, shared, ceo, head, indicators, band, client_for
):
    shared(school, "R", on=dt.date(2026, 9, 10))
    actions.ask_own_view(actions.start_rating(school, by=ceo), by=ceo)
    view = actions.OwnView(indicators["S"], band("G"), "Books are better")
    actions.enter_own_view(school, [view], by=head)
    for day in (1, 5):
        factories.VisitRecordFactory(
            school=school, indicator=indicators["S"], state="sent",
            visited_on=dt.date(2026, 11, day), sent_at=factories.at(dt.date(2026, 11, 13)),
        )  # fmt: skip
    page = _words(client_for(ceo).get(GRID).content.decode())
    assert "Last: Red · School: Green · 2 pieces, last 5 November 2026" in page
    assert page.count("Last: not rated · School: not given · no evidence since") == 4


def test_save_row_keeps_colours_judgement_and_words(school, ceo, client_for, typed, band):
    client = client_for(ceo)
    answer = client.post(_row(school), typed("R", summary="Absence has risen"))
    assert answer["Location"] == f"{GRID}?row={school.pk}#row-{school.pk}"
    draft = draft_of(school)
    assert (draft.overall, draft.suggested, draft.summary) == (
        band("R"), band("R"), "Absence has risen",
    )  # fmt: skip
    page = client.get(GRID).content.decode()
    assert "Absence has risen" in page
    assert reverse("progress_boards:rate", args=[school.pk]) in page
    assert reverse("progress_boards:confirm-all") in page


def test_save_row_as_typed_answers_the_next_version(school, ceo, client_for, typed):
    client, version = client_for(ceo), 0
    for _ in range(2):
        answer = client.post(_row(school), typed("A", version), headers=SAVES_ITSELF)
        assert answer.json()["version"] == draft_of(school).version > version
        version = answer.json()["version"]


SAVES_ITSELF = {"X-Requested-With": "autosave"}


def test_save_row_leaves_what_only_the_sheet_shows(school, draft, ceo, client_for, typed, band):
    made = draft(school, "R", boards_per_year=3, boards_reason="Small school", strengths="Music")
    client_for(ceo).post(_row(school), typed("R", made.version))
    kept = draft_of(school)
    assert (kept.strengths, kept.boards_per_year) == ("Music", 3)
    assert kept.boards_reason == "Small school"
    assert all(each.rationale.startswith("Why of") for each in kept.indicators.all())
    client_for(ceo).post(_row(school), typed("R", kept.version, overall=band("G").pk))
    assert draft_of(school).boards_per_year is None


def test_save_row_of_an_older_version_keeps_the_words_and_saves_nothing(
    school, draft, ceo, client_for, typed
):
    made = draft(school, "A")
    answer = client_for(ceo).post(_row(school), typed("R", made.version - 1, summary="My words"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "My words" in page
    assert "Somebody else saved the rating of" in page
    assert "Summary A" in page
    assert f'name="version" value="{made.version}"' in page
    assert draft_of(school).summary == "Summary A"
    answer = client_for(ceo).post(_row(school), typed("R", made.version - 1), headers=SAVES_ITSELF)
    assert answer.status_code == 409
    assert answer.json()["url"] == f"{GRID}?row={school.pk}#row-{school.pk}"


def test_save_row_with_an_unknown_band_keeps_the_words(school, ceo, client_for, typed):
    answer = client_for(ceo).post(_row(school), typed(overall="999", summary="My words"))
    assert answer.status_code == 400
    assert "My words" in answer.content.decode()
    assert draft_of(school) is None


def test_grid_says_where_the_judgement_differs_and_asks_for_the_reason(
    school, ceo, client_for, typed, band
):
    client = client_for(ceo)
    client.post(_row(school), typed("R"))
    assert "data-differs" not in client.get(GRID).content.decode()
    version = draft_of(school).version
    client.post(_row(school), typed("R", version, overall=band("G").pk, override_reason=REASON))
    page = client.get(GRID).content.decode()
    assert page.count("data-differs") == 1
    assert REASON in page


def test_preview_of_a_row_suggests_and_writes_nothing(school, ceo, client_for, typed, band):
    url = reverse("progress_boards:rate-preview", args=[school.pk]) + "?grid=1"
    page = client_for(ceo).post(url, typed("R", overall=band("G").pk)).content.decode()
    assert f'id="suggestion-{school.pk}" hx-swap-oob="true"' in page
    assert "Suggested: Red" in page
    assert "data-differs" in page
    assert not RatingAssessment.objects.exists()


def test_grid_of_the_representative_has_only_the_named_schools(
    school, other_school, ceo_representative, client_for
):
    page = client_for(ceo_representative).get(GRID).content.decode()
    assert _row(school) in page
    assert _row(other_school) not in page


def test_grid_of_the_director_has_the_school_that_the_chief_executive_heads(
    school, other_school, ceo, dsi, client_for
):
    Post.objects.create(
        person=ceo.person, capacity=Capacity.HEAD, school=school, starts_on=dt.date(2020, 9, 1)
    )
    page = client_for(dsi).get(GRID).content.decode()
    assert (_row(school) in page, _row(other_school) in page) == (True, False)
    page = client_for(ceo).get(GRID).content.decode()
    assert (_row(school) in page, _row(other_school) in page) == (False, True)


def test_save_row_shows_the_draft_to_nobody_else(
    school, ceo, head, link_trustee, chair, client_for, typed
):
    client_for(ceo).post(_row(school), typed("R", summary="Absence has risen"))
    for user in (head, link_trustee, chair):
        client = client_for(user)
        assert client.get(GRID).status_code == 403
        page = client.get(reverse("ratings:school-history", args=[school.pk])).content.decode()
        assert "Absence has risen" not in page


@pytest.mark.parametrize("count", [1, 3, 12])
def test_grid_asks_the_same_of_any_number_of_schools(
    trust_set_up, indicators, shared, ceo, client_for, django_assert_num_queries, count
):
    for _ in range(count):
        school = factories.SchoolFactory()
        shared(school, on=dt.date(2026, 9, 10))
        factories.VisitRecordFactory(
            school=school, indicator=indicators["S"], state="sent",
            visited_on=dt.date(2026, 11, 5), sent_at=factories.at(dt.date(2026, 11, 13)),
        )  # fmt: skip
        actions.start_rating(school, by=ceo)
    client = client_for(ceo)
    client.get(GRID)
    with django_assert_num_queries(GRID_QUERIES):
        assert client.get(GRID).status_code == 200
