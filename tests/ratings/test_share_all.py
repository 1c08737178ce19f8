"""Several ratings shared in one go: what the page says first, and that all are shared, or none."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from progress_boards.models import ProgressBoard
from ratings import actions
from ratings.models import RatingAssessment
from tests.factories import SchoolFactory
from trust.models import AuditEvent
from trust.pages import new_key

pytestmark = pytest.mark.django_db
URL = "/progress-boards/ratings/share/"
MOST_PER_SCHOOL = 14


def _ticked(*drafts: RatingAssessment, **more: Any) -> dict[str, Any]:
    return {"chosen": [f"{each.pk}-{each.version}" for each in drafts], **more}


def test_confirm_all_says_what_changes_and_what_is_missing_and_writes_nothing(
    school, other_school, draft, ceo, client_for
):
    draft(school, "R")
    actions.start_rating(other_school, by=ceo)
    page = client_for(ceo).get(URL).content.decode()
    assert "Adds boards in Spring 1, Spring 2, Summer 1 and Summer 2." in page
    assert "Not ready yet" in page
    assert reverse("progress_boards:rate", args=[other_school.pk]) in page
    assert not RatingAssessment.objects.shared().exists()
    assert not ProgressBoard.objects.exists()


def test_confirm_all_shares_those_ticked_once(school, other_school, draft, ceo, client_for):
    one, other = draft(school, "R"), draft(other_school, "G")
    client, data = client_for(ceo), _ticked(one, idempotency_key=new_key())
    for _ in range(2):
        assert client.post(URL, data).status_code == 302
    assert list(RatingAssessment.objects.shared()) == [one]
    other.refresh_from_db()
    assert other.state == "draft"
    assert AuditEvent.objects.filter(verb="share").count() == 1


def test_confirm_all_on_a_date_leaves_drafts(school, other_school, draft, ceo, client_for):
    both = draft(school, "R"), draft(other_school, "G")
    client_for(ceo).post(URL, _ticked(*both, share_on="2026-12-14"))
    assert RatingAssessment.objects.filter(state="draft", share_on="2026-12-14").count() == 2
    assert "No rating is ready to share" in client_for(ceo).get(URL).content.decode()


def test_confirm_all_of_a_draft_changed_since_shares_none(
    school, other_school, draft, ceo, band, client_for
):
    one, other = draft(school, "R"), draft(other_school, "G")
    data = _ticked(one, other)
    actions.judge_overall(
        one, by=ceo, overall=band("A"), summary="Another", override_reason="x" * 30
    )
    page = client_for(ceo).post(URL, data).content.decode()
    assert "A rating has changed since" in page
    assert not RatingAssessment.objects.shared().exists()


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-20"])
def test_confirm_all_on_a_day_that_is_not_to_come_is_refused(school, draft, ceo, client_for, day):
    data = _ticked(draft(school, "R"), share_on=day)
    assert "Choose a date after today" in client_for(ceo).post(URL, data).content.decode()
    assert not RatingAssessment.objects.shared().exists()


def test_confirm_all_by_the_representative_offers_none(
    school, draft, ceo_representative, client_for
):
    made = draft(school, "R")
    client = client_for(ceo_representative)
    assert "No rating is ready to share" in client.get(URL).content.decode()
    client.post(URL, _ticked(made))
    assert not RatingAssessment.objects.shared().exists()


def test_page_asks_as_much_for_each_further_school_however_many_there_are(
    school, draft, ceo, client_for
):
    """What sharing changes is worked out school by school; the page adds nothing of its own."""
    client, asked = client_for(ceo), []
    for more in (1, 1, 1, 3):
        for _ in range(more):
            draft(school if not asked else SchoolFactory(), "R")
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        asked.append(len(queries))
    each = asked[1] - asked[0]
    assert [now - before for before, now in pairwise(asked)] == [each, each, 3 * each]
    assert each <= MOST_PER_SCHOOL, each
