"""The pages of ratings: what each person meets there, and what each page says before others see it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from progress_boards.models import ProgressBoard
from ratings import actions
from ratings.models import Band, RatingAssessment
from ratings.queries import rating_panel
from schools.models import Post
from tests import factories
from trust.access import Capacity
from trust.models import AuditEvent
from trust.pages import new_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(indicators: dict[str, Any]) -> Any:
    """What the sheet posts: every seeded indicator and the overall in one band."""

    def make(letter: str = "A", version: int = 0, **fields: Any) -> dict[str, Any]:
        key = Band.objects.get(letter=letter).pk
        made = {f"band_{each.pk}": key for each in indicators.values()}
        made |= {f"why_{each.pk}": f"Why of {each.name}" for each in indicators.values()}
        made |= {"overall": key, "summary": "Reading recovers", "version": version, "share": "now"}
        return made | fields

    return make


def _rate(school: Any) -> str:
    return reverse("progress_boards:rate", args=[school.pk])


def test_rate_shows_last_time_own_view_and_evidence(
    school, shared, ceo, head, indicators, band, client_for, draft
):
    shared(school, "R", on=dt.date(2026, 9, 10))
    made = actions.start_rating(school, by=ceo)
    actions.ask_own_view(made, by=ceo)
    actions.enter_own_view(
        school, [actions.OwnView(indicators["S"], band("G"), "Books are better")], by=head
    )
    visit = factories.VisitRecordFactory(
        school=school,
        indicator=indicators["S"],
        state="sent",
        sent_at=factories.at(dt.date(2026, 11, 13)),
    )
    factories.VisitRecordFactory(school=school, indicator=indicators["S"], focus="Unsent draft")
    page = client_for(ceo).get(_rate(school)).content.decode()
    assert "Last time" in page
    assert "Autumn 2026" in page
    assert "Books are better" in page
    assert visit.focus in page
    assert "Unsent draft" not in page


def test_rate_get_writes_nothing(school, ceo, client_for, indicators):
    before = AuditEvent.objects.count()
    assert client_for(ceo).get(_rate(school)).status_code == 200
    assert (RatingAssessment.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_rate_saves_by_one_button_and_suggests(school, ceo, client_for, sheet, band):
    response = client_for(ceo).post(_rate(school), sheet("R"), follow=True)
    draft = RatingAssessment.objects.get(school=school)
    assert (draft.state, draft.overall, draft.suggested) == ("draft", band("R"), band("R"))
    page = response.content.decode()
    assert "Suggested, because" in page
    chosen = f'name="overall" id="overall-{band("R").pk}" value="{band("R").pk}" checked'
    assert chosen in page
    assert "6 by rating, 4 agreed" in page
    assert not ProgressBoard.objects.exists()


def test_rate_saves_as_typed_and_answers_the_new_version(school, ceo, client_for, sheet):
    client = client_for(ceo)
    headers = {"X-Requested-With": "autosave"}
    first = client.post(_rate(school), sheet("A"), headers=headers).json()
    second = client.post(
        _rate(school), sheet("A", first["version"], summary="More"), headers=headers
    ).json()
    assert second["version"] > first["version"]
    assert re.match(r"\d+:?\d*[ap]m|midday|midnight", second["saved_at"])
    assert RatingAssessment.objects.get(school=school).summary == "More"


def test_rate_of_an_older_version_keeps_both_texts(school, ceo, client_for, sheet, draft):
    made = draft(school)
    response = client_for(ceo).post(_rate(school), sheet("A", 1, summary="Mine"))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Mine" in page
    assert "Summary A" in page
    made.refresh_from_db()
    assert made.summary == "Summary A"
    saved = client_for(ceo).post(
        _rate(school), sheet("A", 1), headers={"X-Requested-With": "autosave"}
    )
    assert (saved.status_code, saved.json()) == (409, {"url": _rate(school)})


def test_rate_preview_refreshes_the_two_panels_and_writes_nothing(school, ceo, client_for, sheet):
    url = reverse("progress_boards:rate-preview", args=[school.pk])
    page = client_for(ceo).post(url, sheet("A", boards="3")).content.decode()
    assert 'id="suggestion"' in page
    assert 'id="changes"' in page
    assert "3 by rating, 2 agreed" in page
    assert "<html" not in page
    assert not RatingAssessment.objects.exists()


def test_rate_then_confirm_names_what_and_to_whom_then_shares_once(
    school, ceo, client_for, sheet, head
):
    client = client_for(ceo)
    response = client.post(_rate(school), sheet("R", go="confirm"), follow=True)
    page = response.content.decode()
    assert "Adds boards in Spring 1, Spring 2, Summer 1 and Summer 2." in page
    assert "The headteacher, the Link Trustee and the Chair" in page
    assert not RatingAssessment.objects.visible_to(head).exists()
    url, key = response.request["PATH_INFO"], new_key()
    first = client.post(url, {"idempotency_key": key})
    second = client.post(url, {"idempotency_key": key})
    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]
    assert AuditEvent.objects.filter(verb="share").count() == 1
    assert ProgressBoard.objects.filter(school=school).count() == 4


def test_confirm_of_a_different_judgement_without_a_reason_names_the_field(
    school, ceo, client_for, sheet
):
    data = sheet("R") | {"overall": Band.objects.get(letter="A").pk, "go": "confirm"}
    page = client_for(ceo).post(_rate(school), data, follow=True).content.decode()
    assert "Enter why your judgement differs from the suggestion" in page
    assert "<title>Error: " in page
    assert not RatingAssessment.objects.shared().exists()


@pytest.mark.parametrize("day", ["2026-11-21", "", "2026-11-20"])
def test_confirm_on_a_day_that_is_not_to_come_is_sent_back(school, ceo, client_for, sheet, day):
    data = sheet("R", share="date", share_on=day, go="confirm")
    page = client_for(ceo).post(_rate(school), data, follow=True).content.decode()
    assert "Choose a date after today, or share now" in page
    assert RatingAssessment.objects.get().share_on is None


def test_confirm_on_a_date_then_take_it_back(school, ceo, client_for, sheet):
    client = client_for(ceo)
    data = sheet("R", share="date", share_on="2026-11-26", go="confirm")
    response = client.post(_rate(school), data, follow=True)
    assert "Share on 26 November 2026" in response.content.decode()
    url = reverse("progress_boards:confirm-rating", args=[school.pk])
    client.post(url, {"share_on": "2026-11-26", "idempotency_key": new_key()})
    draft = RatingAssessment.objects.get(school=school)
    assert (draft.state, draft.share_on) == ("draft", dt.date(2026, 11, 26))
    client.post(reverse("progress_boards:take-back-date", args=[school.pk]))
    draft.refresh_from_db()
    assert draft.share_on is None


def test_withdraw_page_asks_for_a_reason_and_brings_the_former_back(
    school, shared, ceo, client_for
):
    former = shared(school, "G", on=dt.date(2026, 9, 10))
    wrong = shared(school, "R")
    client = client_for(ceo)
    url = reverse("progress_boards:withdraw-rating", args=[wrong.pk])
    assert "Stands again" in client.get(url).content.decode()
    assert client.post(url, {"reason": " ", "idempotency_key": new_key()}).status_code == 200
    client.post(url, {"reason": "Wrong school", "idempotency_key": new_key(), "plan_back": "on"})
    former.refresh_from_db()
    assert former.state == "shared"
    assert client.get(url).status_code == 403


# -- who sees what ----------------------------------------------------------------------------------


def test_rating_detail_of_another_school_is_a_404(school, other_school, shared, client_for, other_head, other_trustee, head):  # fmt: skip
    rating = shared(school)
    url = reverse("ratings:rating-detail", args=[rating.pk])
    for who in (other_head, other_trustee):
        client = client_for(who)
        assert client.get(url).status_code == 404
        assert client.get(reverse("ratings:school-history", args=[school.pk])).status_code == 404
    assert client_for(head).get(url).status_code == 200


@pytest.mark.parametrize(
    "who",
    ["head", "leader", "link_trustee", "trustee", "chair", "clerk", "administrator", "cfo",
     "local_committee", "provider", "safeguarding_lead", "stranger"],
)  # fmt: skip
def test_a_draft_rating_is_a_404_for_everybody_else(request, school, draft, client_for, who):
    made = draft(school)
    client = client_for(request.getfixturevalue(who))
    assert client.get(reverse("ratings:rating-detail", args=[made.pk])).status_code == 404


@pytest.mark.parametrize("who", ["ceo", "dsi", "ceo_representative"])
def test_a_draft_rating_is_read_by_its_makers(request, school, draft, client_for, who):
    made = draft(school)
    client = client_for(request.getfixturevalue(who))
    assert client.get(reverse("ratings:rating-detail", args=[made.pk])).status_code == 200


def test_a_draft_rating_is_not_read_by_the_ceos_assistant(school, draft, ceo, client_for):
    made = draft(school)
    assistant = factories.user_with()
    factories.PostFactory(
        person=assistant.person,
        capacity=Capacity.CEO,
        delegate_of=Post.objects.get(person=ceo.person),
    )
    client = client_for(assistant)
    assert client.get(reverse("ratings:rating-detail", args=[made.pk])).status_code == 404
    assert client.get(_rate(school)).status_code == 403
    assert "Summary A" not in client.get(reverse("home:my-work")).content.decode()


@pytest.mark.parametrize(
    ("who", "reads", "reads_people"),
    [("ceo", True, True), ("dsi", True, True), ("head", True, True), ("link_trustee", True, True),
     ("chair", True, True), ("trustee", False, False)],
)  # fmt: skip
def test_a_reason_about_people_is_read_by_few(
    request, school, shared, client_for, who, reads, reads_people
):
    rating = shared(school)
    client = client_for(request.getfixturevalue(who))
    page = client.get(reverse("ratings:rating-detail", args=[rating.pk])).content.decode()
    assert ("Why of Standards" in page) is reads
    assert ("Why of Experience of leaders" in page) is reads_people
    assert "Summary A" in page


def test_a_superseded_rating_still_opens(school, shared, client_for, head):
    former = shared(school, "R", on=dt.date(2026, 9, 10))
    shared(school, "A")
    page = client_for(head).get(reverse("ratings:rating-detail", args=[former.pk]))
    assert "A later rating stands" in page.content.decode()


def test_a_withdrawn_rating_is_in_no_history(school, shared, client_for, head, ceo):
    rating = shared(school, "R")
    actions.withdraw_rating(rating, by=ceo, reason="Entered in error")
    assert (
        client_for(head).get(reverse("ratings:rating-detail", args=[rating.pk])).status_code == 404
    )
    page = client_for(ceo).get(reverse("ratings:school-history", args=[school.pk]))
    assert "No rating shared yet" in page.content.decode()


def test_rating_panel_of_a_school_is_for_those_who_read_its_ratings(
    school, shared, head, trustee, leader
):
    shared(school, "R", on=dt.date(2026, 6, 10))
    shared(school, "A")
    assert rating_panel(school, leader) is None
    panel = rating_panel(school, head)
    assert [row.direction for row in panel.read.rows] == ["improving"] * 4
    assert {row.reason for row in rating_panel(school, trustee).read.rows} == {""}
    drawn = render_to_string("ratings/_school_panel.html", {"panel": panel, "school": school})
    assert "Why of Standards" in drawn
    assert "Autumn 2026 amber" in drawn


def test_own_view_is_asked_entered_and_seen(school, ceo, head, client_for, indicators, band):
    url = reverse("ratings:own-view", args=[school.pk])
    assert "Nothing is asked now" in client_for(head).get(url).content.decode()
    client_for(ceo).post(reverse("ratings:ask-own-view", args=[school.pk]))
    standards = indicators["S"].pk
    data = {f"band_{standards}": band("A").pk, f"line_{standards}": "One weak cohort"}
    assert client_for(head).post(url, {}).status_code == 200
    assert client_for(head).post(url, data).status_code == 302
    assert "One weak cohort" in client_for(ceo).get(_rate(school)).content.decode()
    assert client_for(ceo).get(url).status_code == 403


def test_comment_stands_beside_the_rating(school, shared, head, chair, client_for):
    rating = shared(school)
    url = reverse("ratings:comment", args=[rating.pk])
    assert client_for(chair).get(url).status_code == 403
    client_for(head).post(url, {"comment": "We agree"})
    page = client_for(chair).get(reverse("ratings:rating-detail", args=[rating.pk]))
    assert "We agree" in page.content.decode()


def test_record_earlier_page_records_and_refuses_a_day_to_come(school, ceo, client_for, band):
    url = reverse("ratings:record-earlier", args=[school.pk])
    client = client_for(ceo)
    data = {"effective_on": "2027-01-01", "overall": band("R").pk, "summary": "On paper"}
    refused = client.post(url, data | {"idempotency_key": new_key()}).content.decode()
    assert "Enter a date that is not after today" in refused
    assert "On paper" in refused
    client.post(url, data | {"effective_on": "2026-03-02", "idempotency_key": new_key()})
    page = client.get(reverse("ratings:school-history", args=[school.pk])).content.decode()
    assert "Entered later" in page
    assert not ProgressBoard.objects.exists()


def test_how_rated_reads_bands_levels_and_indicators(school, head, client_for, indicators):
    page = client_for(head).get(reverse("ratings:how-rated")).content.decode()
    for words in ("6 boards a year, or 3 with a reason", "Intensive support", "Standards"):
        assert words in page


def test_schools_to_rate_says_what_is_over_a_term_old(
    school, other_school, shared, ceo, client_for
):
    shared(school, on=dt.date(2026, 3, 2))
    page = client_for(ceo).get(reverse("progress_boards:schools-to-rate")).content.decode()
    assert page.count("Over a term old") == 2


@pytest.mark.parametrize("count", [1, 3, 40])
def test_schools_to_rate_asks_the_same_at_every_size(
    trust_set_up, ceo, client_for, django_assert_num_queries, count
):
    for _ in range(count):
        school = factories.SchoolFactory()
        factories.RatingAssessmentFactory(school=school, shared=True)
    client = client_for(ceo)
    url = reverse("progress_boards:schools-to-rate")
    client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url)


LIST_QUERIES = 7


@pytest.mark.parametrize("count", [1, 3, 40])
def test_history_of_a_school_asks_the_same_with_any_number_of_ratings(
    school, ceo, client_for, django_assert_num_queries, count
):
    band = Band.objects.order_by("position").first()
    for number in range(count):
        factories.RatingAssessmentFactory(
            school=school, state="superseded", overall=band, level=band.level,
            effective_on=dt.date(2026, 9, 1) - dt.timedelta(days=number),
            shared_at=factories.at(dt.date(2026, 9, 1)),
        )  # fmt: skip
    client = client_for(ceo)
    url = reverse("ratings:school-history", args=[school.pk])
    client.get(url)
    with django_assert_num_queries(HISTORY_QUERIES):
        assert client.get(url).status_code == 200


HISTORY_QUERIES = 7


def test_history_draws_twelve_ratings_a_page_and_tells_how_each_differs_from_the_one_before(
    school, ceo, client_for
):
    bands = list(Band.objects.order_by("position"))
    for number in range(14):
        band = bands[number % 2]
        factories.RatingAssessmentFactory(
            school=school, state="superseded", overall=band, level=band.level,
            effective_on=dt.date(2026, 1, 1) + dt.timedelta(days=number),
            shared_at=factories.at(dt.date(2026, 2, 1)),
        )  # fmt: skip
    url, client = reverse("ratings:school-history", args=[school.pk]), client_for(ceo)
    first, second = (client.get(url, {"page": n}).context["history"] for n in (1, 2))
    assert [len(first.entries), len(second.entries)] == [12, 2]
    assert {e.direction for e in first.entries} == {"improving", "declining"}
    assert [e.direction for e in second.entries] == ["declining", ""]
    assert first.terms == second.terms
