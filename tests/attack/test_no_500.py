"""Whatever is sent to whatever address by whomever, the house answers in words and never with a 500.

The default suite sends a fixed part of the corpus, spread so that every value and every address has its
turn; `EYELINE_ATTACK=full` sends all of it to every address as every capacity (some minutes).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zlib import crc32

import pytest
from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.attack import corpus
from tests.matrix_objects import MAKERS, Sample, World
from tests.missing_rows import CAPACITIES, Row, rows
from tests.test_access_matrix import _undone

pytestmark = pytest.mark.long

FULL = os.environ.get("EYELINE_ATTACK") == "full"
ROLES = CAPACITIES if FULL else ("ceo", "head", "leader", "clerk", "chair", "stranger")
FORMS_IN_PART = 3
QUERIES_IN_PART = 1
ROWS = [row for row in rows() if row.ownership != "other"]


@dataclass(frozen=True)
class Shot:
    """One request and the words to find it again by."""

    says: str
    url: str
    method: str
    data: Any
    content_type: str | None = None


def _may(row: Row) -> str:
    """A capacity to whom the address opens, so that what is sent is also read."""
    open_to = (n for n, cell in zip(CAPACITIES, row.cells, strict=True) if cell == "ok")
    return next((n for n in open_to if n != "anonymous"), "anonymous")


def _part(all_of_it: Iterator[Any], size: int, seed: str) -> list[Any]:
    """A fixed part spread over the whole: another one at each address."""
    found = list(all_of_it)
    if FULL or len(found) <= size:
        return found
    step = len(found) / size
    first = crc32(seed.encode()) % max(1, int(step))
    return [found[min(int(first + step * n), len(found) - 1)] for n in range(size)]


def _shots(row: Row, made: Sample, page: str) -> Iterator[Shot]:
    url = reverse(row.url_name, kwargs=made.kwargs)
    seed = str(row)
    if row.method == "GET":
        for query in _part(iter(corpus.QUERIES), QUERIES_IN_PART, seed):
            yield Shot(f"?{query[:60]}", f"{url}?{query}", "GET", None)
    else:
        forms = corpus.forms(made.data, corpus.names_on(page))
        for says, form in _part(forms, FORMS_IN_PART, seed):
            yield Shot(says, url, "POST", form)
        for kind, body in _part(iter(corpus.BODIES), 1, seed):
            yield Shot(f"{kind} {body[:30]!r}", url, "POST", body, kind)
    for kwargs in _part(corpus.bad_arguments(made.kwargs), 1, seed):
        try:
            elsewhere = reverse(row.url_name, kwargs=kwargs)
        except NoReverseMatch:
            continue
        yield Shot(f"{kwargs}"[:80], elsewhere, row.method, made.data)


def _send(shot: Shot, session: str | None) -> HttpResponse:
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    caches["default"].clear()  # sign-in counts attempts, and would answer for everybody else
    with _undone():
        if shot.method == "GET":
            response = client.get(shot.url)
        elif shot.content_type is not None:
            response = client.generic("POST", shot.url, shot.data, shot.content_type)
        else:
            response = client.post(shot.url, shot.data)
        if response.streaming:
            b"".join(response.streaming_content)
        return response


def _wrong(shot: Shot, who: str, session: str | None) -> str:
    """What is wrong with the answer; empty when nothing is."""
    try:
        response = _send(shot, session)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"{who} {shot.method} {shot.says}: {type(error).__name__}: {str(error)[:200]}"
    if response.status_code >= 500:
        return f"{who} {shot.method} {shot.says}: {response.status_code}"
    if "evil.example" in response.headers.get("Location", "").partition("?")[0]:
        return f"{who} {shot.method} {shot.says}: led away to {response['Location']}"
    return ""


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_bad_input_is_answered_and_never_a_500(
    row: Row, world: World, sessions: dict[str, str]
) -> None:
    who = _may(row)
    others = [name for name in ROLES if name != who]
    wrong: list[str] = []
    with _undone():
        maker = MAKERS.get(row.url_name)
        made = maker(world, row.ownership) if maker else Sample()
        page = _page(row, made, sessions.get(who))
        shots = list(_shots(row, made, page))
        for n, shot in enumerate(shots):
            asked = [who, *others] if FULL else [who]
            if not FULL and n % 6 == 0:
                asked.append(others[(n // 6 + crc32(row.url_name.encode())) % len(others)])
            wrong += [_wrong(shot, name, sessions.get(name)) for name in asked]
    assert list(islice(filter(None, wrong), 20)) == []


def _page(row: Row, made: Sample, session: str | None) -> str:
    """The page that stands at the address, for the names of its fields."""
    if row.method != "POST":
        return ""
    answer = _send(Shot("", reverse(row.url_name, kwargs=made.kwargs), "GET", None), session)
    return "" if answer.streaming else answer.content.decode(errors="replace")
