"""One school's page: what every floor says of it, within the reader's rights."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.models import Action
from tests import factories


def page(client, school):
    return client.get(reverse("school", args=[school.pk]))


def test_page_shows_the_shared_rating_to_those_who_may_read_it(
    client_for, school, ceo, head, leader
):
    factories.RatingAssessmentFactory(school=school, shared=True, position=3)
    for user in (ceo, head):
        assert "Red" in page(client_for(user), school).content.decode()
    assert "Red" not in page(client_for(leader), school).content.decode()


def test_page_never_shows_a_draft_rating_to_the_school(client_for, school, head):
    factories.RatingAssessmentFactory(school=school, shared=True, position=1)
    factories.RatingAssessmentFactory(school=school, position=3, summary="Not to be read yet")
    response = page(client_for(head), school)
    assert "Not to be read yet" not in response.content.decode()
    assert response.context["page"].ratings.read.assessment.overall.name == "Green"


def test_page_of_another_school_is_not_there(client_for, school, other_school, head):
    assert page(client_for(head), other_school).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_page_takes_as_many_queries_with_any_number_of_actions(client_for, school, ceo, rows):
    for number in range(rows):
        Action.objects.create(
            ref=f"ALD-{number}", school=school, text="Do it", owner_role="Head", state="open",
            due_on=dt.date(2026, 12, 1), created_by=ceo, created_at="2026-11-01T09:00Z",
        )  # fmt: skip
    client = client_for(ceo)
    page(client, school)
    with CaptureQueriesContext(connection) as queries:
        assert page(client, school).status_code == 200
    assert len(queries) == QUERIES


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_page_takes_as_many_queries_with_any_number_of_priorities(client_for, school, ceo, rows):
    for _ in range(rows):
        factories.PriorityFactory(school=school, created_by=ceo, lead=ceo.person)
    client = client_for(ceo)
    page(client, school)
    with CaptureQueriesContext(connection) as queries:
        assert page(client, school).content.decode().count("Early reading:") == rows
    assert len(queries) == QUERIES


def test_page_shows_the_years_priorities_and_who_may_add_one(
    client_for, school, other_school, head, leader, chair, safeguarding_lead
):
    mine = factories.PriorityFactory(school=school, title="Reading", state="off_track", number=1)
    factories.PriorityFactory(school=other_school, title="Of another school")
    factories.PriorityFactory(
        school=school, title="Of last year", academic_year=factories.make_year(2025)
    )
    for user, link in ((head, "Add a priority"), (leader, "See all"), (chair, "See all")):
        html = page(client_for(user), school).content.decode()
        assert reverse("improvement:priority", args=[mine.pk]) in html
        assert "1. Reading" in html
        assert "Off track" in html
        assert link in html.partition("Improvement priorities")[2]
        assert "Of another school" not in html
        assert "Of last year" not in html
    html = page(client_for(safeguarding_lead), school).content.decode()
    assert "Improvement priorities" not in html


QUERIES = 15
