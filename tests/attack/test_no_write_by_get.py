"""Looking changes nothing, and a form from another site is refused."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.matrix_objects import MAKERS, Sample, World
from tests.missing_rows import CAPACITIES, Row, rows
from tests.test_access_matrix import _undone

pytestmark = pytest.mark.long

OURS = (
    "trust", "people", "schools", "evidence", "meetings", "improvement", "ratings", "cpd", "progress_boards",
)  # fmt: skip
ROWS = [row for row in rows() if row.ownership != "other"]
GETS = [row for row in ROWS if row.method == "GET"]
POSTS = [row for row in ROWS if row.method == "POST"]
MAY_CHANGE = {
    "people_user.last_login": "allauth stamps it where a page signs somebody in",
    "meetings_meeting.draft_opened_at": "from then on the software no longer replaces the draft",
    "meetings_meeting.minutes_opened_at": "the clerk takes minutes back only until the Chair opens them",
    "meetings_meeting.signature_opened_at": "the Chair takes a signature back only until it is seen",
    "progress_boards_reportread": "that a member of the Trust Board opened the report is to be shown",
}
"""What reading may write, and why; each is an "opened" stamp."""
OPENING_IS_NOTED = {"progress_boards:chair-sign", "meetings:minutes", "meetings:minutes-sign"}
"""Where the first opening ends a right to take something back, and the audit says who opened."""


def _tables() -> list[tuple[str, list[str]]]:
    """Every table of the house with the columns that looking may not change."""
    found = []
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            table = model._meta.db_table
            columns = [f.column for f in model._meta.local_concrete_fields]
            if table not in MAY_CHANGE:
                found.append((table, [c for c in columns if f"{table}.{c}" not in MAY_CHANGE]))
    return found


def _checksum() -> dict[str, str]:
    """One hash a table, over all its rows."""
    parts = []
    for table, columns in _tables():
        row = ", ".join(f'"{column}"' for column in columns)
        parts.append(
            f"SELECT '{table}', md5(coalesce(string_agg(r, '|' ORDER BY r), '')) "  # noqa: S608
            f'FROM (SELECT (ROW({row}))::text AS r FROM "{table}") AS rows'
        )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def _opens_to(row: Row) -> list[str]:
    """Whom the page opens to: the first two of them, and the first whom it does not."""
    cells = dict(zip(CAPACITIES, row.cells, strict=True))
    open_to = [n for n, cell in cells.items() if cell == "ok" and n != "anonymous"]
    shut_to = [n for n, cell in cells.items() if cell in ("403", "404")]
    return (["anonymous"] if cells["anonymous"] == "ok" else []) + open_to[:2] + shut_to[:1]


@pytest.mark.django_db
@pytest.mark.parametrize("row", GETS, ids=str)
def test_get_and_head_leave_every_table_as_it_was(
    row: Row, world: World, sessions: dict[str, str]
) -> None:
    with _undone():
        maker = MAKERS.get(row.url_name)
        made = maker(world, row.ownership) if maker else Sample()
        url = reverse(row.url_name, kwargs=made.kwargs)
        before = _checksum()
        for who in _opens_to(row):
            client = Client()
            if who in sessions:
                client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
            caches["default"].clear()
            for response in (client.head(url), client.get(url)):
                if response.streaming:
                    b"".join(response.streaming_content)
        after = _checksum()
    noted = {"trust_auditevent"} if row.url_name in OPENING_IS_NOTED else set()
    assert {table for table in after if after[table] != before[table]} <= noted


@pytest.mark.django_db
@pytest.mark.parametrize("row", POSTS, ids=str)
def test_post_without_the_forms_token_is_403(
    row: Row, world: World, sessions: dict[str, str]
) -> None:
    with _undone():
        maker = MAKERS.get(row.url_name)
        made = maker(world, row.ownership) if maker else Sample()
        cells = dict(zip(CAPACITIES, row.cells, strict=True))
        who = next((n for n, cell in cells.items() if cell == "ok"), "anonymous")
        client = Client(enforce_csrf_checks=True)
        if who in sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
        before = _checksum()
        answer = client.post(reverse(row.url_name, kwargs=made.kwargs), made.data)
        after = _checksum()
    assert answer.status_code == 403
    assert after == before
