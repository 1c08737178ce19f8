"""Ratings over a term old are told to the Chief Executive once a term; the software never rates."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from ratings.actions.prompting import chief_executives_to_prompt, prompt_of_stale_ratings
from ratings.models import RatingAssessment
from tests import factories
from trust.calendar import clock_at
from trust.models import Mail
from trust.people.models import User
from trust.work import run_due_work

pytestmark = pytest.mark.django_db
AUTUMN, SPRING, SUMMER = dt.date(2025, 11, 5), dt.date(2026, 1, 20), dt.date(2026, 4, 28)


def prompts() -> list[Mail]:
    return list(Mail.objects.filter(key__startswith="ratings-stale:").order_by("pk"))


def run_on(day: dt.date) -> None:
    with clock_at(day):
        run_due_work()


def test_stale_rating_is_told_to_the_chief_executive_once_a_term(
    ceo: User, school, other_school, shared
) -> None:
    factories.make_year(2025)
    factories.make_year(2026)
    factories.SchoolFactory(name="Eastrow Primary")  # never rated: no rating of it grows old
    shared(school, "R", on=AUTUMN)
    run_on(AUTUMN)
    run_on(SPRING)
    assert prompts() == []
    for day in (
        SUMMER,
        SUMMER,
        dt.date(2026, 6, 30),
    ):  # a second sweep, and another half of the term
        run_on(day)
    (mail,) = prompts()
    assert mail.to == ceo.email
    assert mail.subject == "1 rating over a term old"
    assert reverse("progress_boards:schools-to-rate") in mail.text
    assert school.name not in mail.text
    assert RatingAssessment.objects.count() == 1
    run_on(dt.date(2026, 9, 15))
    assert len(prompts()) == 2


def test_stale_rating_is_told_to_nobody_else_and_its_link_opens(
    ceo: User, dsi: User, school, shared, client_for
) -> None:
    factories.make_year(2025)
    factories.make_year(2026)
    shared(school, "A", on=AUTUMN)
    with clock_at(SUMMER):
        assert chief_executives_to_prompt() == [ceo.pk]
        prompt_of_stale_ratings(dsi.pk)
        assert prompts() == []
        client: Client = client_for(ceo)
        assert client.get(reverse("progress_boards:schools-to-rate")).status_code == 200
        ceo.is_active = False
        ceo.save()
        assert chief_executives_to_prompt() == []
