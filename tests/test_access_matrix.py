"""Who is answered what at every address: `access_matrix.csv`, written by hand, against the running house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from schools.models.posts import AT_SCHOOLS
from tests import factories
from tests.matrix_objects import MAKERS, Sample, World
from tests.missing_rows import CAPACITIES, CELLS, OWNERSHIPS, Row, gone, missing, rows
from tests.words import ROOMS, found_on

ROWS = rows()


# -- the table itself ------------------------------------------------------------------------------


def test_every_address_and_method_is_declared() -> None:
    assert missing() == [], "Write these rows by hand into tests/access_matrix.csv"


def test_no_row_names_an_address_that_is_gone() -> None:
    assert gone() == []


def test_no_row_stands_twice() -> None:
    assert [name for name, n in Counter(str(row) for row in ROWS).items() if n > 1] == []


def test_every_cell_holds_a_word_of_the_key() -> None:
    strange = [
        f"{row}: {name}={cell!r}"
        for row in ROWS
        for name, cell in zip(CAPACITIES, row.cells, strict=True)
        if cell not in CELLS
    ]
    assert strange == []
    assert {row.ownership for row in ROWS} <= set(OWNERSHIPS)


# -- the world in which it is tried ----------------------------------------------------------------


@contextmanager
def _undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Two schools and one user of each capacity, made once and undone at the end."""
    media = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = Path(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), _undone():
        factories.lay_down_trust()
        school = factories.SchoolFactory(name="Alderfen Primary Academy", code="ALD")
        other = factories.SchoolFactory(name="Cressmere High", code="CRE", phase="Secondary")
        users = {
            name: factories.user_with((name, school if name in AT_SCHOOLS else None), name=name)
            for name in CAPACITIES
            if name != "anonymous"
        }
        yield World(school, other, users)
    settings.MEDIA_ROOT = media


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    """What drawing a page is helped by may stay: it says nothing of who may see what."""


@pytest.fixture(scope="module")
def sessions(world: World) -> dict[str, str]:
    """The session of each user, so that signing in costs once; all have just given their password."""
    keys = {}
    for name, user in world.users.items():
        client = Client()
        client.force_login(user)
        client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
        keys[name] = client.session.session_key
    return keys


def _answer(response: HttpResponse) -> str:
    sign_in = reverse("account_login")
    if response.status_code == 401:
        return "sign-in"
    if response.status_code in (301, 302, 303):
        return "sign-in" if response["Location"].partition("?")[0] == sign_in else "ok"
    if response.status_code // 100 == 2:
        return "ok"
    return str(response.status_code)


def _ask(row: Row, made: Sample, session: str | None) -> str:
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    caches["default"].clear()  # the rate limits of sign-in, not what drawing a page is helped by
    url = reverse(row.url_name, kwargs=made.kwargs)
    with _undone():
        send = client.get if row.method == "GET" else client.post
        response = send(url, made.data)
        if response.streaming:
            b"".join(response.streaming_content)  # read to its end, so that its file is closed
        if row.url_name.partition(":")[0] in ROOMS:
            assert found_on(response) == [], "Nobody says yes to a school's training"
        return _answer(response)


def _shared_out(row: Row) -> Any:
    """Who reads what of one's own is asked in every run; another's, and who may send what, in the longer suite."""
    is_quick = row.method == "GET" and row.ownership != "other"
    return row if is_quick else pytest.param(row, marks=pytest.mark.long)


@pytest.mark.django_db
@pytest.mark.parametrize("row", [_shared_out(row) for row in ROWS], ids=str)
def test_address_answers_each_capacity_as_written(
    row: Row, world: World, sessions: dict[str, str]
) -> None:
    with _undone():
        maker = MAKERS.get(row.url_name)
        made = maker(world, row.ownership) if maker else Sample()
        answers = {name: _ask(row, made, sessions.get(name)) for name in CAPACITIES}
    assert answers == dict(zip(CAPACITIES, row.cells, strict=True))
