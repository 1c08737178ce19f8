"""Signing in, how long it lasts, the second factor, and the demo's buttons."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.checks import run_checks
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests import factories
from trust.models import Mail
from trust.people.models import User
from trust.work import run_due_work


def sign_in(client: Client, user: User, password: str = factories.PASSWORD) -> object:
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def test_sign_in_with_password_opens_my_work(head: User, client_for: object) -> None:
    client = client_for()
    assert sign_in(client, head)["Location"] == "/"
    assert client.get("/").status_code == 200


def test_sign_in_with_unknown_and_known_address_is_refused_in_the_same_words(
    head: User, client_for: object
) -> None:
    known = sign_in(client_for(), head, "not the password").content.decode()
    unknown = sign_in(client_for(), User(email="who@marlfen.example"), "x").content.decode()
    said = re.compile(r"<ul>\s*<li>(.*?)</li>", re.S)
    assert said.search(known)[1] == said.search(unknown)[1]


def test_reset_password_writes_only_to_a_known_address_and_answers_alike(
    head: User, client_for: object
) -> None:
    url = reverse("account_reset_password")
    known = client_for().post(url, {"email": head.email})
    unknown = client_for().post(url, {"email": "who@marlfen.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert list(Mail.objects.values_list("to", flat=True)) == [head.email]


def test_reset_password_link_names_this_site_and_sets_the_password(
    head: User, client_for: object, settings: object
) -> None:
    settings.SITE_URL = "https://eyeline.marlfen.example"
    settings.ALLOWED_HOSTS = ["*"]
    client = client_for()
    client.post(
        reverse("account_reset_password"), {"email": head.email}, headers={"host": "evil.example"}
    )
    run_due_work()
    link = re.search(r"https://eyeline\.marlfen\.example(/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    new = "seven grey bicycles"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    head.refresh_from_db()
    assert head.check_password(new)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_change_phone"])
def test_account_pages_have_no_sign_up_and_no_change_of_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_session_ends_twelve_hours_after_sign_in_however_busy(
    head: User, client_for: object
) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client = client_for(head)
        for hour in range(0, 12, 2):
            clock.move_to(f"2026-11-21T{8 + hour:02d}:00:00Z")
            assert client.get("/").status_code == 200
        clock.move_to("2026-11-21T20:00:01Z")
        assert client.get("/").status_code == 302


def test_session_ends_after_three_idle_hours(head: User, client_for: object) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client = client_for(head)
        assert client.get("/").status_code == 200
        clock.move_to("2026-11-21T11:00:01Z")
        assert client.get("/").status_code == 302


def test_session_in_use_lives_on_past_three_hours_and_is_written_once_a_minute(
    head: User, client_for: object
) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client = client_for(head)
        client.get("/")
        written = []
        for moment in ("08:00:30", "08:01:01", "10:30:00", "13:00:00"):
            clock.move_to(f"2026-11-21T{moment}Z")
            before = Session.objects.get().expire_date
            assert client.get("/").status_code == 200
            written.append(Session.objects.get().expire_date != before)
        assert written == [False, True, True, True]


# -- the second factor -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ceo", "dsi", "clerk", "cfo", "administrator"])
def test_post_that_reads_every_school_is_led_to_a_second_step(
    request: pytest.FixtureRequest, settings: object, client_for: object, name: str
) -> None:
    settings.MFA_REQUIRED = True
    user = request.getfixturevalue(name)
    client = client_for(user)
    assert client.get("/")["Location"] == f"{reverse('mfa_code')}?next=%2F"
    assert client.get(reverse("mfa_index")).status_code == 200
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get("/")["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2F"


@pytest.mark.parametrize("name", ["head", "leader", "link_trustee", "chair", "trustee"])
def test_other_posts_need_no_second_step_once_they_are_signed_in(
    request: pytest.FixtureRequest, settings: object, client_for: object, name: str
) -> None:
    settings.MFA_REQUIRED = True
    assert client_for(request.getfixturevalue(name)).get("/").status_code == 200


def test_sign_in_with_second_factor_asks_for_it(ceo: User, client_for: object) -> None:
    Authenticator.objects.create(user=ceo, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = client_for()
    assert sign_in(client, ceo)["Location"] == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302


# -- the demo's buttons ----------------------------------------------------------------------------


@pytest.fixture
def demo_ceo(trust_set_up: object) -> User:
    person = factories.PersonFactory(email="ceo@marlfen.example")
    factories.PostFactory(person=person, capacity="ceo")
    return factories.UserFactory(person=person)


def test_demo_button_signs_in_as_the_role(demo_ceo: User, client_for: object) -> None:
    client = client_for()
    page = client.get(reverse("account_login")).content.decode()
    assert re.findall(r'name="key" value="([^"]+)"', page) == ["ceo"]
    assert client.post(reverse("people:demo-sign-in"), {"key": "ceo"})["Location"] == "/"
    assert client.get("/").wsgi_request.user == demo_ceo


@pytest.mark.parametrize(
    ("demo", "bind"), [(False, "127.0.0.1:8000"), (True, "0.0.0.0:8000"), (True, "10.1.2.3:8000")]
)
def test_demo_sign_in_is_absent_outside_the_demo_and_off_loopback(
    demo_ceo: User, client_for: object, settings: object, demo: bool, bind: str
) -> None:
    settings.DEMO, settings.EYELINE_BIND = demo, bind
    client = client_for()
    assert "Look around the demo" not in client.get(reverse("account_login")).content.decode()
    assert client.post(reverse("people:demo-sign-in"), {"key": "ceo"}).status_code == 404
    assert client.get("/").status_code == 302


def test_demo_sign_in_with_an_address_that_has_no_button_is_404(
    head: User, client_for: object
) -> None:
    key = head.email.partition("@")[0]
    assert client_for().post(reverse("people:demo-sign-in"), {"key": key}).status_code == 404


@pytest.mark.parametrize(
    ("bind", "found"),
    [
        ("127.0.0.1:8000", []),
        ("localhost:8000", []),
        ("[::1]:8000", []),
        ("0.0.0.0:8000", ["eyeline.E001"]),
        ("192.168.1.4:8000", ["eyeline.E001"]),
        ("eyeline.example:443", ["eyeline.E001"]),
    ],
)
def test_check_refuses_a_demo_that_others_can_reach(
    settings: object, bind: str, found: list[str]
) -> None:
    settings.EYELINE_BIND = bind
    assert [e.id for e in run_checks(tags=["security"]) if e.id.startswith("eyeline")] == found
