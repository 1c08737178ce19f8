"""The second click does nothing twice."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.attack.test_no_write_by_get import OURS
from tests.matrix_objects import MAKERS, Sample, World
from tests.missing_rows import CAPACITIES, Row, rows
from tests.test_access_matrix import _undone
from trust.pages import new_key

pytestmark = pytest.mark.long

POSTS = [
    row
    for row in rows()
    if row.method == "POST"
    and row.ownership != "other"
    and "ok" in row.cells
    and not row.url_name.startswith(("account_", "mfa_", "usersessions_"))
]
NOT_COUNTED = {"trust_auditevent", "trust_submittedform", "trust_mail"}
KEY_ALONE_TELLS = {
    "cpd:notice-new",
    "cpd:practice-new",
    "cpd:project-new",
    "cpd:request-copy",
    "cpd:request-new",
    "meetings:action-add",
    "meetings:action-raise",
    "meetings:action-update",
    "meetings:challenge-add",
    "meetings:correction-propose",
    "meetings:evidence-add",
    "meetings:line-add",
    "meetings:part-b-correct",
    "evidence:visit-new",
    "people:person-invite",
    "progress_boards:board-ask",
    "ratings:action-raise",
    "schools:post-appoint",
}
"""Two such rows with the same words may both be meant, so only the form's key tells a second click."""


def _rows_now() -> dict[str, int]:
    """How many rows each table of the house has."""
    tables = [m._meta.db_table for app in OURS for m in apps.get_app_config(app).get_models()]
    counted = " UNION ALL ".join(
        f"SELECT '{table}', count(*) FROM \"{table}\""  # noqa: S608
        for table in tables
        if table not in NOT_COUNTED
    )
    with connection.cursor() as cursor:
        cursor.execute(counted)
        return dict(cursor.fetchall())


def _clicked_twice(row: Row, world: World, sessions: dict[str, str], key: str | None) -> list[Any]:
    """The rows added by the first click and by the second, and both answers."""
    maker = MAKERS.get(row.url_name)
    made = maker(world, row.ownership) if maker else Sample()
    data = {n: v for n, v in made.data.items() if n != "idempotency_key"}
    data |= {"idempotency_key": key} if key else {}
    cells = dict(zip(CAPACITIES, row.cells, strict=True))
    client = Client()
    who = next(name for name, cell in cells.items() if cell == "ok")
    if who in sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
    caches["default"].clear()
    counts, statuses = [_rows_now()], []
    for _ in range(2):
        answer = client.post(reverse(row.url_name, kwargs=made.kwargs), data)
        statuses.append(answer.status_code)
        counts.append(_rows_now())
    grown = [
        {t: after[t] - before[t] for t in after if after[t] > before[t]}
        for before, after in pairwise(counts)
    ]
    return [*grown, statuses]


@pytest.mark.django_db
@pytest.mark.parametrize("row", POSTS, ids=str)
def test_second_click_with_the_same_key_adds_no_row(
    row: Row, world: World, sessions: dict[str, str]
) -> None:
    with _undone():
        _, second, statuses = _clicked_twice(row, world, sessions, new_key())
    assert second == {}
    assert max(statuses) < 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row", [row for row in POSTS if row.url_name not in KEY_ALONE_TELLS], ids=str
)
def test_second_click_without_a_key_adds_no_row_either(
    row: Row, world: World, sessions: dict[str, str]
) -> None:
    with _undone():
        _, second, statuses = _clicked_twice(row, world, sessions, None)
    assert second == {}
    assert max(statuses) < 500


@pytest.mark.django_db
@pytest.mark.parametrize("row", [row for row in POSTS if row.url_name in KEY_ALONE_TELLS], ids=str)
def test_two_forms_with_the_same_words_are_both_taken(
    row: Row, world: World, sessions: dict[str, str]
) -> None:
    with _undone():
        first, second, _ = _clicked_twice(row, world, sessions, None)
    assert first
    assert second
