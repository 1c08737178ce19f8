"""A code by e-mail as second step, where it is asked for, and the devices that are not asked."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as house
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.people.test_second_factor import code_of
from trust.models import AuditEvent, Mail
from trust.people import actions
from trust.people.devices import device_name
from trust.people.models import KnownDevice, Person, SignInCode, User
from trust.people.second_factor_views import NO_MORE, OVER, WRONG
from trust.work import run_due_work

SignIn = Callable[..., Client]
CODE, SEND = reverse("mfa_code"), reverse("mfa_code_send")
FIREFOX = {
    "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
}
FIVE = ["ceo", "dsi", "clerk", "cfo", "administrator"]
OTHERS = ["head", "leader", "link_trustee", "chair", "trustee"]


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def sign_in(client: Client, user: User, password: str = factories.PASSWORD, **form: str) -> Any:
    form |= {"login": user.email, "password": password}
    return client.post(reverse("account_login"), form, headers=FIREFOX)


def mailed(user: User) -> str:
    """The digits of the newest mail to somebody, as they are typed."""
    text = Mail.objects.filter(to=user.email, key__startswith="link:code:").latest("pk").text
    found = re.match(r"\d{4} \d{4}", text)
    assert found
    return found[0]


def other_than(code: str) -> str:
    """Eight digits that are not these."""
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}"


def give(client: Client, code: str, **form: str) -> Any:
    return client.post(CODE, {"code": code, **form}, headers=FIREFOX)


def is_over(client: Client, code: str) -> bool:
    """Whether the page says that the code no longer works, and offers a new one."""
    page = client.post(CODE, {"code": code}, follow=True).content.decode()
    return OVER in page and "Send me a code" in page


def is_in(client: Client) -> bool:
    return client.get(reverse("mfa_devices")).status_code == 200


def says(answer: HttpResponse, words: str) -> bool:
    return words in answer.content.decode()


# -- where it is asked for ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIVE)
def test_five_posts_give_a_code_at_each_sign_in(
    request: pytest.FixtureRequest, client_for: SignIn, name: str
) -> None:
    user, client = request.getfixturevalue(name), client_for()
    for _ in range(2):
        assert sign_in(client, user)["Location"] == CODE
        assert not is_in(client)
        assert "Remember this device" not in client.get(CODE).content.decode()
        assert give(client, mailed(user), remember="on")["Location"] == "/"
        assert is_in(client)
        client.post(reverse("account_logout"))
    assert KnownDevice.objects.count() == 0


@pytest.mark.parametrize("name", OTHERS)
def test_others_give_a_code_on_a_new_device_and_none_on_a_known_one(
    request: pytest.FixtureRequest, client_for: SignIn, name: str
) -> None:
    user, tablet = request.getfixturevalue(name), client_for()
    assert sign_in(tablet, user)["Location"] == CODE
    assert not is_in(tablet)
    assert give(tablet, mailed(user), remember="on")["Location"] == "/"
    assert is_in(tablet)
    tablet.post(reverse("account_logout"))
    assert sign_in(tablet, user)["Location"] == "/"
    assert sign_in(client_for(), user)["Location"] == CODE


def test_device_is_known_only_where_that_was_chosen(head: User, client_for: SignIn) -> None:
    client = client_for()
    sign_in(client, head)
    give(client, mailed(head))
    assert house.KNOWN_DEVICE_COOKIE not in client.cookies
    client.post(reverse("account_logout"))
    assert sign_in(client, head)["Location"] == CODE


def test_demo_and_its_buttons_ask_for_no_code(
    head: User, client_for: SignIn, settings: Any
) -> None:
    settings.MFA_REQUIRED = False
    assert sign_in(client_for(), head)["Location"] == "/"
    factories.UserFactory(person=factories.PersonFactory(email="ceo@marlfen.example"))
    client = client_for()
    assert client.post(reverse("people:demo-sign-in"), {"key": "ceo"})["Location"] == "/"
    assert SignInCode.objects.count() == 0


def test_whoever_has_an_authenticator_is_asked_for_it_and_never_mailed(
    ceo: User, client_for: SignIn
) -> None:
    Authenticator.objects.create(user=ceo, type="totp", data={"secret": "x"})
    client = client_for()
    assert sign_in(client, ceo)["Location"] == reverse("mfa_authenticate")
    assert client.get(CODE)["Location"] == reverse("account_login")
    assert client.post(SEND)["Location"] == reverse("account_login")
    signed = client_for(ceo)
    assert signed.post(SEND)["Location"].startswith(reverse("mfa_reauthenticate"))
    assert Mail.objects.count() == 0


def test_recovery_codes_left_over_are_no_authenticator(ceo: User, client_for: SignIn) -> None:
    Authenticator.objects.create(user=ceo, type="recovery_codes", data={"seed": "x"})
    assert sign_in(client_for(), ceo)["Location"] == CODE


def test_post_given_during_a_session_asks_at_the_next_page(head: User, client_for: SignIn) -> None:
    client = client_for(head)
    assert client.get("/").status_code == 200
    factories.PostFactory(person=head.person, capacity="clerk")
    assert client.get("/")["Location"] == f"{CODE}?next=%2F"
    client.post(SEND, {"next": "/"})
    assert give(client, mailed(head), next="/")["Location"] == "/"
    assert client.get("/").status_code == 200


def test_password_alone_sets_up_no_authenticator(head: User, client_for: SignIn) -> None:
    client = client_for(head)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert client.get(reverse(name))["Location"].startswith(CODE)
        assert client.post(reverse(name), {"code": "1"})["Location"].startswith(CODE)
    client.post(SEND)
    give(client, mailed(head))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_invitation_stands_for_the_code_of_others_and_not_of_the_five(
    school: Any, administrator: User, client_for: SignIn
) -> None:
    def accept(capacity: str, at: Any) -> Any:
        person: Person = factories.PersonFactory()
        factories.PostFactory(person=person, capacity=capacity, school=at)
        invitation = actions.invite_person(person, by=administrator)
        text = Mail.objects.get(key=f"link:invitation:{invitation.pk}").text
        link = re.search(r"(/people/invitation/\S+)", text)
        assert link
        words = "quiet heron under ice"
        return client_for().post(link[1], {"password1": words, "password2": words})

    assert accept("head", school)["Location"] == "/"
    assert accept("cfo", None)["Location"] == CODE


def test_new_password_by_mail_passes_no_step_and_makes_devices_strange(
    head: User, client_for: SignIn
) -> None:
    client = client_for()
    sign_in(client, head)
    give(client, mailed(head), remember="on")
    client.post(reverse("account_logout"))
    client.post(reverse("account_reset_password"), {"email": head.email})
    run_due_work()
    link = re.search(r"(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link
    page = client.get(link[1], follow=True)
    words = "seven grey bicycles"
    client.post(page.redirect_chain[-1][0], {"password1": words, "password2": words})
    assert not is_in(client)
    assert sign_in(client, head, words)["Location"] == CODE


# -- what counts -------------------------------------------------------------------------------------


def test_wrong_code_is_said_and_the_right_one_still_counts(head: User, client_for: SignIn) -> None:
    client = client_for()
    sign_in(client, head)
    code = mailed(head)
    for typed in (other_than(code), "12", "not digits", "１２３４５６７８", ""):
        answer = give(client, typed)
        assert answer.status_code == 200
        assert says(answer, "Error: ")
    assert says(give(client, other_than(code)), WRONG)
    assert not is_in(client)
    assert give(client, code.replace(" ", ""))["Location"] == "/"


def test_code_is_void_after_five_tries_though_it_be_right(head: User, client_for: SignIn) -> None:
    client = client_for()
    sign_in(client, head)
    code = mailed(head)
    for _ in range(SignInCode.TRIES - 1):
        assert says(give(client, other_than(code)), WRONG)
    assert is_over(client, other_than(code))
    assert is_over(client, code)
    assert not is_in(client)


def test_code_is_void_after_ten_minutes(head: User, client_for: SignIn) -> None:
    client = client_for()
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        sign_in(client, head)
        clock.move_to("2026-11-21T08:10:00Z")
        assert is_over(client, mailed(head))
        assert not is_in(client)
        clock.move_to("2026-11-21T08:10:30Z")
        client.post(SEND)
        assert give(client, mailed(head))["Location"] == "/"


def test_code_counts_once_and_in_the_session_that_asked(head: User, client_for: SignIn) -> None:
    mine, theirs = client_for(), client_for()
    sign_in(theirs, head)
    sign_in(mine, head)
    code = mailed(head)
    assert says(give(theirs, code), WRONG)
    assert give(mine, code)["Location"] == "/"
    mine.post(reverse("account_logout"))
    sign_in(mine, head)
    assert says(give(mine, code), WRONG)
    assert says(give(theirs, code), WRONG)


def test_code_of_one_account_opens_no_other(head: User, chair: User, client_for: SignIn) -> None:
    client = client_for()
    sign_in(client, head)
    code = mailed(head)
    client.post(reverse("account_logout"))
    sign_in(client, chair)
    assert says(give(client, code), WRONG)


def test_new_code_makes_the_former_one_void(head: User, client_for: SignIn) -> None:
    client = client_for()
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        sign_in(client, head)
        first = mailed(head)
        clock.move_to("2026-11-21T08:01:00Z")
        client.post(SEND)
        assert says(give(client, first), WRONG)
        assert give(client, mailed(head))["Location"] == "/"


def test_second_click_sends_one_code_and_takes_it_once(head: User, client_for: SignIn) -> None:
    client = client_for(head)
    for _ in range(2):
        assert client.post(SEND, {"next": "/schools/"})["Location"] == f"{CODE}?next=%2Fschools%2F"
    assert SignInCode.objects.count() == Mail.objects.count() == 1
    assert says(client.get(CODE), "You can send a new one after a minute")
    code = mailed(head)
    for _ in range(2):
        assert give(client, code, next="/schools/")["Location"] == "/schools/"
    assert list(SignInCode.objects.values_list("tries", flat=True)) == [1]
    assert sign_in(client_for(), head)["Location"] == CODE


def test_hour_has_six_codes_from_whatever_session(head: User, client_for: SignIn) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        for _ in range(actions.CODES_AN_HOUR):
            sign_in(client_for(), head)
        client = client_for()
        assert sign_in(client, head)["Location"] == CODE
        assert says(client.get(CODE), "Send me a code")
        assert says(client.post(SEND, follow=True), NO_MORE)
        assert Mail.objects.count() == actions.CODES_AN_HOUR
        clock.move_to("2026-11-21T09:00:01Z")
        assert sign_in(client_for(), head)["Location"] == CODE
    assert (Mail.objects.count(), SignInCode.objects.count()) == (actions.CODES_AN_HOUR + 1, 1)


# -- what an attacker tries --------------------------------------------------------------------------


def test_session_planted_before_the_sign_in_is_not_the_one_signed_in(
    head: User, client_for: SignIn
) -> None:
    client = client_for()
    sign_in(client, head)
    planted = client.cookies[house.SESSION_COOKIE_NAME].value
    give(client, mailed(head))
    assert client.cookies[house.SESSION_COOKIE_NAME].value != planted
    attacker = client_for()
    attacker.cookies[house.SESSION_COOKIE_NAME] = planted
    assert not is_in(attacker)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"],
)
def test_next_leads_to_no_other_host(elsewhere: str, head: User, client_for: SignIn) -> None:
    client = client_for(head)
    assert client.post(SEND, {"next": elsewhere})["Location"] == CODE
    assert not says(client.get(CODE, {"next": elsewhere}), "evil")
    assert give(client, mailed(head), next=elsewhere)["Location"] == "/"
    assert client.get(CODE, {"next": elsewhere})["Location"] == "/"
    stranger = client_for()
    sign_in(stranger, head, next=elsewhere)
    assert give(stranger, mailed(head), next=elsewhere)["Location"] == "/"


def test_page_wanted_before_the_sign_in_opens_after_the_code(
    head: User, client_for: SignIn
) -> None:
    client = client_for()
    sign_in(client, head, next="/schools/")
    assert give(client, mailed(head))["Location"] == "/schools/"


def test_forms_of_the_code_are_refused_from_another_site(head: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(head)
    for url in (CODE, SEND, reverse("mfa_devices_forget")):
        assert client.post(url, {"code": "12345678"}).status_code in (401, 403)
    assert SignInCode.objects.count() == 0


def test_stranger_is_sent_to_sign_in(client_for: SignIn, trust_set_up: object) -> None:
    client = client_for()
    assert client.get(CODE)["Location"] == reverse("account_login")
    assert client.post(SEND)["Location"] == reverse("account_login")
    assert give(client, "12345678")["Location"] == reverse("account_login")
    assert client.get(reverse("mfa_devices")).status_code == 302


def test_code_is_in_the_mail_alone(
    head: User, client_for: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_for()
    sign_in(client, head)
    code = mailed(head)
    bare = code.replace(" ", "")
    held = SignInCode.objects.get()
    row = Mail.objects.get()
    kept = [
        *map(str, SignInCode.objects.values()), *map(str, AuditEvent.objects.values()),
        str(client.session.items()), caplog.text, row.subject, row.key, str(held), client.get(CODE).content.decode(),
    ]  # fmt: skip
    assert row.html.count(code) == row.text.count(code) == 1
    assert head.display_name not in row.text + row.html
    run_due_work()
    give(client, code)
    row.refresh_from_db()
    kept += [row.text, row.html, caplog.text, *map(str, AuditEvent.objects.values())]
    assert [words for words in kept if code in words or bare in words] == []
    assert code in mail.outbox[0].body


# -- known devices -----------------------------------------------------------------------------------


def remembered(client: Client, user: User) -> KnownDevice:
    """Sign in with a code and have the device remembered."""
    sign_in(client, user)
    give(client, mailed(user), remember="on")
    return KnownDevice.objects.filter(user=user).latest("pk")


def test_cookie_of_a_device_is_shut_to_scripts_signed_and_kept_as_a_hash(
    head: User, client_for: SignIn
) -> None:
    client = client_for()
    device = remembered(client, head)
    cookie = client.cookies[house.KNOWN_DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert cookie["max-age"] == house.KNOWN_DEVICE_DAYS * 86_400
    token = cookie.value.partition(":")[0]
    assert token not in str(KnownDevice.objects.values())
    client.post(reverse("account_logout"))
    assert house.KNOWN_DEVICE_COOKIE in client.cookies
    client.cookies[house.KNOWN_DEVICE_COOKIE] = cookie.value.replace(token, device.token_hash)
    assert sign_in(client, head)["Location"] == CODE


def test_device_of_one_is_strange_to_another_and_may_be_known_to_both(
    head: User, chair: User, client_for: SignIn
) -> None:
    tablet = client_for()
    for user in (head, chair):
        assert sign_in(tablet, user)["Location"] == CODE
        give(tablet, mailed(user), remember="on")
        tablet.post(reverse("account_logout"))
    for user in (head, chair):
        assert sign_in(tablet, user)["Location"] == "/"
        tablet.post(reverse("account_logout"))


def test_device_is_strange_again_after_its_days(head: User, client_for: SignIn) -> None:
    client = client_for()
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        remembered(client, head)
        client.post(reverse("account_logout"))
        cookie = client.cookies[house.KNOWN_DEVICE_COOKIE].value
        clock.move_to("2027-05-21T08:00:00Z")
        client.cookies[house.KNOWN_DEVICE_COOKIE] = cookie
        assert sign_in(client, head)["Location"] == CODE


def test_forgotten_device_is_asked_again(head: User, client_for: SignIn) -> None:
    laptop, tablet = client_for(), client_for()
    device = remembered(laptop, head)
    remembered(tablet, head)
    page = laptop.get(reverse("mfa_devices")).content.decode()
    assert (page.count("This device"), page.count("Another device")) == (1, 1)
    assert page.count("Firefox on Windows") == 4
    url = reverse("mfa_device_forget", args=[device.pk])
    assert tablet.post(url)["Location"] == reverse("mfa_devices")
    assert tablet.post(url).status_code == 404
    laptop.post(reverse("account_logout"))
    assert sign_in(laptop, head)["Location"] == CODE
    for _ in range(2):
        assert tablet.post(reverse("mfa_devices_forget")).status_code == 302
    assert says(tablet.get(reverse("mfa_devices")), "No known devices")
    tablet.post(reverse("account_logout"))
    assert sign_in(tablet, head)["Location"] == CODE
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"send_code", "take_code", "remember_device", "forget_device", "forget_devices"} <= verbs


def test_device_of_somebody_else_is_not_there(head: User, chair: User, client_for: SignIn) -> None:
    device = remembered(client_for(), head)
    client = client_for(chair)
    assert client.post(reverse("mfa_device_forget", args=[device.pk])).status_code == 404
    client.post(reverse("mfa_devices_forget"))
    assert KnownDevice.objects.filter(user=head).count() == 1


def test_pages_ask_the_database_no_more_for_ten_devices_than_for_one(
    head: User, client_for: SignIn
) -> None:
    client = client_for(head)

    def queries(url: str) -> int:
        client.get(url)  # what every page remembers until something is written
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    counts = []
    for more in (1, 9):
        for _ in range(more):
            actions.remember_device(head, name="Firefox on Windows", days=180)
        counts.append(queries(reverse("mfa_devices")))
    client.post(SEND)
    assert (counts, queries(CODE)) == ([5, 5], 7)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX["user-agent"], "Firefox on Windows"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1", "Safari on iPad"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "A browser on a device"),
    ],
)  # fmt: skip
def test_device_has_a_name_that_people_use(agent: str, name: str) -> None:
    assert device_name(agent) == name


# -- with an authenticator app -------------------------------------------------------------------------


def with_app(user: User) -> str:
    """Give somebody an authenticator app; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def test_app_is_asked_for_once_on_a_tablet_that_is_remembered(
    chair: User, client_for: SignIn
) -> None:
    secret, tablet = with_app(chair), client_for()
    app = reverse("mfa_authenticate")
    assert sign_in(tablet, chair)["Location"] == app
    assert says(tablet.get(app), "Remember this device for 180 days")
    assert tablet.post(app, {"code": code_of(secret), "remember": "on"})["Location"] == "/"
    tablet.post(reverse("account_logout"))
    assert sign_in(tablet, chair)["Location"] == "/"
    assert sign_in(client_for(), chair)["Location"] == app
    # What is set up or taken away here counts later, so that the tablet is not enough for it.
    tablet.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        answer = tablet.post(reverse(name), {})
        assert answer["Location"].startswith(reverse("mfa_reauthenticate"))


def test_app_of_the_five_is_asked_for_whatever_the_device(ceo: User, client_for: SignIn) -> None:
    client = client_for()
    secret, app = with_app(ceo), reverse("mfa_authenticate")
    sign_in(client, ceo)
    assert not says(client.get(app), "Remember this device")
    client.post(app, {"code": code_of(secret), "remember": "on"})
    assert is_in(client)
    assert KnownDevice.objects.count() == 0
