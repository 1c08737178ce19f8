"""Screens that a walk through the demo never meets: behind a mail, a password, a race or an upload.

Each is drawn by the house for the access matrix's own sample, then shown to Chromium under the policy that came with it.
"""

import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from playwright.sync_api import Route, sync_playwright

from evidence.views.record import TYPED
from tests import factories
from tests.browser.conftest import PROGRAMS, QUIET
from tests.browser.looking import Look
from tests.browser.test_every_screen import (
    AFTER_A_RACE_AN_UPLOAD_OR_A_RECORD_OF_THE_PAST,
    BEHIND_A_MAIL_OR_A_PASSWORD,
    OF_A_MEETING_IN_ANOTHER_STATE,
    OF_A_SCHOOL_THAT_NO_DEMO_ACCOUNT_HEADS,
)
from tests.matrix_objects import MAKERS, Sample, World
from tests.missing_rows import CAPACITIES
from tests.test_access_matrix import ROWS, _undone, sessions, world
from trust.models import Mail
from trust.people.models import User

__all__ = ["sessions", "world"]
HOUSE = "https://house.example"
A_FILE = {"progress_boards:past-minutes"}
AN_ANSWER_TO_A_SCRIPT = {"mfa_login_webauthn"}
NEEDS_A_REAL_KEY = {"mfa_reauthenticate_webauthn"}
"""Drawn only from a true credential, so it is not looked at here."""
SCREENS = sorted(
    (
        BEHIND_A_MAIL_OR_A_PASSWORD
        | AFTER_A_RACE_AN_UPLOAD_OR_A_RECORD_OF_THE_PAST
        | OF_A_MEETING_IN_ANOTHER_STATE
        | OF_A_SCHOOL_THAT_NO_DEMO_ACCOUNT_HEADS
    )
    - A_FILE
    - AN_ANSWER_TO_A_SCRIPT
    - NEEDS_A_REAL_KEY
)


def hold_typed_words(client: Client, made: Sample, user: User) -> dict[str, Any]:
    """What a save that came too late leaves in the session."""
    session = client.session
    session[TYPED] = {str(made.kwargs["pk"]): {"focus": ["What I typed"], "overall": ["And saw"]}}
    session.save()
    return made.kwargs


def half_sign_in(client: Client, made: Sample, user: User) -> dict[str, Any]:
    """A right password, before the second factor."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.logout()
    client.post(reverse("account_login"), {"login": user.email, "password": factories.PASSWORD})
    return made.kwargs


def wait_for_a_code(client: Client, made: Sample, user: User) -> dict[str, Any]:
    """A right password on a device nobody knows, where a code is asked for."""
    client.logout()
    with override_settings(MFA_REQUIRED=True):
        client.post(reverse("account_login"), {"login": user.email, "password": factories.PASSWORD})
    return made.kwargs


def hold_an_app(client: Client, made: Sample, user: User) -> dict[str, Any]:
    """Signed in, with an authenticator app."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return made.kwargs


def open_reset_link(client: Client, made: Sample, user: User) -> dict[str, Any]:
    """The link of a password-reset mail, once it has been followed."""
    client.logout()
    client.post(reverse("account_reset_password"), {"email": user.email})
    text = Mail.objects.filter(to=user.email).latest("pk").text
    link = re.search(r"/accounts/password/reset/key/\S+", text)
    assert link
    client.get(link[0])
    return {"uidb36": link[0].split("/")[-2].partition("-")[0], "key": "set-password"}


FIRST: dict[str, Callable[[Client, Sample, User], dict[str, Any]]] = {
    "evidence:visit-both-texts": hold_typed_words,
    "mfa_authenticate": half_sign_in,
    "mfa_code": wait_for_a_code,
    "mfa_reauthenticate": hold_an_app,
    "account_reset_password_from_key": open_reset_link,
}
"""What must have happened for a screen to be there at all."""


def draw(url_name: str, world: World, sessions: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """The page as the first capacity that may open it gets it, with its headers; never a redirect."""
    row = next(r for r in ROWS if r.url_name == url_name and r.method == "GET" and "ok" in r.cells)
    who = next(c for c, cell in zip(CAPACITIES, row.cells, strict=True) if cell == "ok")
    with _undone():
        maker = MAKERS.get(url_name)
        made = maker(world, row.ownership) if maker else Sample()
        client = Client()
        if session := sessions.get(who):
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        kwargs = made.kwargs
        if first := FIRST.get(url_name):
            kwargs = first(client, made, world.users.get(who, world.users["ceo"]))
        answer = client.get(reverse(url_name, kwargs=kwargs), made.data)
    assert answer.status_code == 200, (url_name, who, answer.status_code)
    return answer.content, dict(answer.items())


@pytest.mark.browser
@pytest.mark.django_db
def test_screens_off_the_path_have_nothing_that_axe_or_the_policy_refuses(
    world: World, sessions: dict[str, str]
) -> None:
    drawn = {name: draw(name, world, sessions) for name in SCREENS}
    found: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOUSE).partition("?")[0]
        if path.startswith(settings.STATIC_URL):
            route.fulfill(path=str(finders.find(path.removeprefix(settings.STATIC_URL))))
        elif (page := drawn.get(path.removeprefix("/"))) is not None:
            route.fulfill(body=page[0], headers=page[1])
        else:
            route.fulfill(status=204)

    program: Any = next(path for path in map(shutil.which, PROGRAMS) if path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        for name in SCREENS:
            page = browser.new_page(locale="en-GB", reduced_motion="reduce")
            page.route("**/*", answer)
            look = Look(page, name)
            page.goto(f"{HOUSE}/{name}")
            assert page.locator("h1").count() == 1, name
            look.at()
            found += look.found
            page.close()
        browser.close()
    assert found == []
