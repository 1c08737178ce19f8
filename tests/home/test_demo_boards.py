# ruff: noqa: S608 - SQL written here by hand, of nothing that anybody types
"""What the boards of the demo trust show of a board's life, asked for in SQL that imports nothing of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest

from tests.sites import Site

pytestmark = pytest.mark.long

Ask = Callable[..., list[tuple[Any, ...]]]
BOARD = """
JOIN meetings_meeting m ON m.id = {0} JOIN schools_school s ON s.id = m.school_id
WHERE s.code = %s AND (m.starts_at AT TIME ZONE 'Europe/London')::date = %s
"""
HELD = ("CRE", "2026-11-12")


@pytest.fixture(scope="module")
def ask(demo: Site) -> Iterator[Ask]:
    """Rows of a query in the demo trust's database."""
    connection = psycopg2.connect(demo.environment["DATABASE_URL"])

    def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    yield rows
    connection.close()


def test_seed_clocks_stand_on_every_item_of_boards_held_this_year(ask: Ask) -> None:
    rows = ask(f"""
        SELECT i.minutes, i.seconds_spent, i.begun_at, i.since_version FROM meetings_agendaitem i
        {BOARD.format("i.meeting_id")} ORDER BY i."order"
    """, *HELD)  # fmt: skip
    assert [minutes for minutes, _, _, _ in rows] == [2, 8, 15, 12, 8, 10, 5]
    assert [seconds // 60 for _, seconds, _, _ in rows] == [2, 8, 17, 11, 8, 10, 2]
    assert {begun for _, _, begun, _ in rows} == {None}
    assert [version for *_, version in rows] == [0, 0, 0, 0, 0, 2, 0]
    assert ask("""
        SELECT count(*) FROM meetings_agendaitem i JOIN meetings_meeting m ON m.id = i.meeting_id
        WHERE m.starts_at < '2026-08-01' AND i.seconds_spent > 0
    """) == [(0,)]  # fmt: skip


def test_seed_late_item_is_a_second_version_and_everybody_is_told(ask: Ask) -> None:
    assert ask(f"""
        SELECT v.number, jsonb_array_length(v.changes) FROM meetings_agendaversion v
        {BOARD.format("v.meeting_id")} ORDER BY 1
    """, *HELD) == [(1, 0), (2, 2)]  # fmt: skip
    assert ask("SELECT count(*) > 1 FROM trust_mail WHERE key LIKE 'agenda_changed:%%'") == [
        (True,)
    ]


def test_seed_part_b_is_read_by_who_stayed_and_said_nowhere_else(ask: Ask) -> None:
    assert ask(f"""
        SELECT i."order", p.text <> '', p.sent_text <> '', array_agg(n.name)
        FROM meetings_partb p JOIN meetings_agendaitem i ON i.id = p.item_id
        JOIN meetings_stayedforb b ON b.item_id = i.id JOIN people_person n ON n.id = b.person_id
        {BOARD.format("i.meeting_id")} GROUP BY 1, 2, 3
    """, *HELD) == [(6, True, True, ["Farah Siddiqui"])]  # fmt: skip
    for table, column in (("trust_mail", "text"), ("trust_auditevent", "detail::text"),
                          ("trust_document", "snapshot::text")):  # fmt: skip
        assert ask(f"SELECT count(*) FROM {table} WHERE {column} LIKE %s",
                   "%second advertisement%") == [(0,)]  # fmt: skip


def test_seed_shows_an_erratum_a_comment_a_standing_item_a_pack_and_deferrals(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM meetings_erratum") == [(1,)]
    assert ask("SELECT count(*) FROM progress_boards_reviewcomment") == [(1,)]
    assert ask("SELECT half_terms, retired_at FROM meetings_standingitem") == [([3], None)]
    packs = "SELECT kind FROM trust_document WHERE kind LIKE 'pack%%' ORDER BY kind"
    assert ask(packs) == [("pack",), ("pack-clerk",)]
    twice = """
        SELECT count(*) > 0 FROM (
          SELECT 1 FROM progress_boards_deferral d JOIN progress_boards_progressboard p ON p.id = d.board_id
          GROUP BY p.school_id, d.source_kind, d.source_pk HAVING count(*) > 1
        ) AS deferred
    """
    assert ask(twice) == [(True,)]


def test_seed_follows_the_recommendations_of_last_year(ask: Ask) -> None:
    rows = ask("SELECT progress FROM progress_boards_recommendation ORDER BY progress")
    assert rows == [("",), ("accepted",), ("done",), ("under_way",)]
