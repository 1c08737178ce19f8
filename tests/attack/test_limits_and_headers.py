"""What every answer carries, refusals and faults too; what the health page says; what `next` may say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from schools.models import School
from tests import factories
from trust.access import Conflict, NotAllowed
from trust.people.models import User
from trust.urls import urlpatterns as of_the_house

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
    "frame-ancestors 'none'", "object-src 'none'",
}  # fmt: skip


def _breaks(request: Any) -> HttpResponse:
    raise RuntimeError("a fault nobody foresaw")


def _clashes(request: Any) -> HttpResponse:
    raise Conflict("Somebody was faster")


def _refuses(request: Any) -> HttpResponse:
    raise NotAllowed("Only the Chair can sign")


urlpatterns = [
    *of_the_house,
    path("breaks/", _breaks),
    path("clashes/", _clashes),
    path("refuses/", _refuses),
]


def _assert_armoured(answer: HttpResponse) -> None:
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Request-ID"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/no-such-page/", 404),
        ("/refuses/", 403),
        ("/clashes/", 409),
        ("/breaks/", 500),
    ],
)
def test_answer_to_whoever_is_signed_in_carries_every_header_and_is_kept_nowhere(
    address: str, status: int, head: User, settings: Any
) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.force_login(head)
    answer = client.get(address)
    assert answer.status_code == status
    _assert_armoured(answer)
    assert answer["Cache-Control"] == "no-store"


def test_fault_is_told_without_saying_what_broke(head: User, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.force_login(head)
    page = client.get("/breaks/").content.decode()
    assert "<h1" in page
    assert "RuntimeError" not in page
    assert "nobody foresaw" not in page


def test_address_with_a_nul_character_is_400_with_every_header(db: None) -> None:
    for answer in (
        Client().get("/people/invitations/%00/"),
        Client().get("/accounts/login/?next=%00"),
        Client().post("/accounts/login/", {"login": "a\x00b"}),
        Client(headers={"cookie": 'sessionid="aaaaaaaaaa\\000bbbbbbbbbb"'}).get("/"),
    ):
        assert answer.status_code == 400
        _assert_armoured(answer)


def test_strange_host_is_400(db: None) -> None:
    assert Client().get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"],
)
def test_sign_in_leads_to_no_other_host(elsewhere: str, head: User) -> None:
    form = {"login": head.email, "password": factories.PASSWORD, "next": elsewhere}
    answer = Client().post(reverse("account_login"), form)
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_readyz_tells_ages_and_counts_and_nothing_else(head: User) -> None:
    told = json.loads(Client().get("/readyz").content)
    assert set(told) == {"database", "pdf", "documents", "mail", "version"}
    assert told["database"] == "ok"
    assert told["pdf"] in ("ok", "missing library")
    assert set(told["documents"]) == set(told["mail"]) == {"oldest_seconds", "failed"}
    assert all(isinstance(n, int) for each in ("documents", "mail") for n in told[each].values())


def test_unknown_and_strangers_address_are_answered_alike(head: User, other_school: School) -> None:
    client = Client()
    client.force_login(head)
    theirs = client.get(f"/schools/{other_school.pk}/")
    unknown = client.get("/schools/987654321/")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content


@pytest.mark.parametrize("sent", ["9" * 5_000, "[" * 100_000], ids=["digits", "depth"])
@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_login_webauthn"])
def test_passkey_answer_that_cannot_be_read_is_no_fault_of_the_house(
    name: str, sent: str, head: User
) -> None:
    client = Client()
    client.force_login(head)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    assert client.post(reverse(name), {"credential": sent}).status_code < 500
