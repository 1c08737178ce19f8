"""The directory of providers: who keeps it, who reads it, and what it adds up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpd.actions.providers import add_provider, change_provider, restore_provider, retire_provider
from cpd.models import Provider
from cpd.queries.providers import provider_lines
from schools.queries import with_posts
from tests.factories import CpdRequestFactory
from trust.access import Conflict, NotAllowed
from trust.calendar import now, today
from trust.exports import neutral
from trust.people.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def by(dsi: Any) -> Any:
    return with_posts(dsi, on=today())


@pytest.fixture
def provider(by: Any) -> Provider:
    return add_provider(name="Fenland Spelling", by=by, day_rate=Decimal(550))


def test_add_provider_by_a_head_is_refused(head: Any) -> None:
    with pytest.raises(NotAllowed):
        add_provider(name="X", by=with_posts(head, on=today()))


@pytest.mark.parametrize("name", ["Fenland Spelling", "fenland  spelling"])
def test_add_provider_of_a_taken_name_says_so(provider: Provider, by: Any, name: str) -> None:
    with pytest.raises(Conflict, match="of that name"):
        add_provider(name=name, by=by)


def test_change_provider_of_an_older_version_changes_nothing(provider: Provider, by: Any) -> None:
    change_provider(provider, version=1, by=by, contact="office@fenland.example")
    with pytest.raises(Conflict, match="after you opened"):
        change_provider(provider, version=1, by=by, contact="other@fenland.example")
    provider.refresh_from_db()
    assert provider.contact == "office@fenland.example"


def test_change_provider_takes_its_new_name_to_its_requests(
    provider: Provider, by: Any, school: Any
) -> None:
    row = CpdRequestFactory(school=school, provider=provider)
    change_provider(provider, version=1, by=by, name="Fenland Literacy")
    row.refresh_from_db()
    assert row.provider_name == "Fenland Literacy"


def test_retire_provider_twice_and_restore_it(provider: Provider, by: Any) -> None:
    at = retire_provider(provider, by=by).retired_at
    assert retire_provider(provider, by=by).retired_at == at
    assert restore_provider(provider, by=by).retired_at is None


def test_page_says_what_schools_said_and_what_it_cost(
    client_for: SignIn, provider: Provider, school: Any, other_head: Any
) -> None:
    CpdRequestFactory(
        school=school, going_ahead=True, state="evaluated", provider=provider, verdict="repeat",
        would_use_again=True, provider_note="Clear, and came back in March", evaluated_at=now(),
    )  # fmt: skip
    CpdRequestFactory(school=school, provider=provider, title="A draft of another school")
    said = client_for(other_head).get(reverse("cpd:provider", args=[provider.pk])).content.decode()
    for words in ("Clear, and came back in March", "1 of 1 would use again", "£380", "£550"):
        assert words in said
    assert "A draft of another school" not in said


def test_new_provider_sent_twice_is_one(client_for: SignIn, ceo: Any) -> None:
    sent = {"name": "Fenland Spelling", "day_rate": "550", "idempotency_key": str(uuid4())}
    for _ in range(2):
        assert client_for(ceo).post(reverse("cpd:provider-new"), sent).status_code == 302
    assert Provider.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "Enter name"),
        ({"name": "fenland spelling"}, "of that name"),
        ({"name": "N", "day_rate": "-1"}, "below £0"),
        (
            {"name": "N", "contract_from": "2027-01-01", "contract_until": "2026-01-01"},
            "ends before",
        ),
    ],
)
def test_bad_provider_is_one_sentence_and_the_text_is_kept(
    client_for: SignIn, provider: Provider, ceo: Any, sent: dict[str, str], words: str
) -> None:
    answer = client_for(ceo).post(reverse("cpd:provider-new"), {**sent, "expertise": "Kept words"})
    said = answer.content.decode()
    assert words in said
    assert "Kept words" in said
    assert Provider.objects.count() == 1


def test_directory_asks_as_often_at_1_3_and_40_rows(
    client_for: SignIn, school: Any, head: Any
) -> None:
    counts = []
    for have in (1, 3, 40):
        for n in range(Provider.objects.count(), have):
            made = Provider.objects.create(name=f"P{n}", created_at=now())
            CpdRequestFactory(school=school, raised=True, provider=made)
        client = client_for(head)
        client.get(reverse("cpd:provider-list"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("cpd:provider-list"))
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@x", "\tx", "\rx", " =1+1"])
def test_cell_that_a_spreadsheet_would_run_is_written_as_words(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


def test_numbers_days_and_words_are_written_as_they_are() -> None:
    assert [neutral(c) for c in (Decimal("-3.5"), 4, True, None, dt.date(2026, 11, 21), "Maths")] == [
        Decimal("-3.5"), 4, "Yes", "", "2026-11-21", "Maths",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "words"),
    [(None, "Ask for them"), (dt.date(2025, 11, 1), "See again"), (dt.date(2026, 9, 1), "")],
)
def test_checks_not_seen_within_a_year_are_asked_for(
    provider: Provider, by: Any, seen: dt.date | None, words: str
) -> None:
    change_provider(provider, version=1, by=by, checks_seen_on=seen)
    assert [line.checks_do for line in provider_lines(dt.date(2026, 11, 21))] == [words]


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("ceo", "provider-new"), ("dsi", "purchase-new"), ("ceo", "fund-set"),
        ("head", "practice-new"), ("head", "notice-new"),
    ],
)  # fmt: skip
def test_form_that_comes_back_with_its_errors_says_so_in_its_status(
    who: str, name: str, client_for: SignIn, request: pytest.FixtureRequest
) -> None:
    client, address = client_for(request.getfixturevalue(who)), reverse(f"cpd:{name}")
    assert client.get(address).status_code == 200
    assert client.post(address, {"idempotency_key": str(uuid4())}).status_code == 422
