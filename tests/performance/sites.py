"""The databases of the benchmark: one set up as a trust sets it up, and a copy of it per size."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

import localdb
from evidence.actions import switch_on_indicator
from home.actions import set_up_trust
from tests.performance.seed import LAST_BOARD, sow
from tests.sites import drop, run_sql
from trust.calendar import clock_at

BASE = "eyeline_bench"
MORE_INDICATORS = ("safeguarding", "attendance")
_made: list[str] = []


def name_of(schools: int, years: int) -> str:
    return f"{BASE}_{schools}x{years}"


@contextmanager
def use(database: str) -> Iterator[None]:
    """Let everything below ask this database, with empty caches."""
    before = connection.settings_dict["NAME"]
    _turn_to(database)
    try:
        yield
    finally:
        _turn_to(before)


def _turn_to(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database
    for cache in caches.all(initialized_only=True):
        cache.clear()


def fingerprint() -> str:
    """Tells one set of tables and defaults from another, so that a base is made once for each."""
    told = hashlib.sha256()
    for pattern in (
        "*/migrations/*.py",
        "*/defaults.py",
        "trust/*/migrations/*.py",
        "trust/term_dates.py",
    ):
        for path in sorted(localdb.CHECKOUT.glob(pattern)):
            told.update(path.read_bytes())
    return told.hexdigest()[:16]


def make_base() -> None:
    """A migrated database with the trust's defaults and six indicators; one that is there is kept."""
    mark = fingerprint()
    if _mark_of_base() == mark:
        return
    drop(BASE)
    run_sql(f'CREATE DATABASE "{BASE}"')
    with use(BASE):
        call_command("migrate", verbosity=0)
        with clock_at(dt.date(2025, 9, 1)):
            set_up_trust(name="Marlfen Learning Trust", preset="full")
            for slug in MORE_INDICATORS:
                switch_on_indicator(slug, on=dt.date(2000, 9, 1), by=None)
    run_sql(f'COMMENT ON DATABASE "{BASE}" IS %s', mark)


def _mark_of_base() -> str:
    with use("postgres"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [BASE],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def make_site(schools: int, years: int, until: str = LAST_BOARD) -> str:
    """A database of this size, sown by SQL, with boards up to a day; returns its name."""
    name = name_of(schools, years) + ("" if until == LAST_BOARD else "_plan")
    drop(name)
    run_sql(f'CREATE DATABASE "{name}" TEMPLATE "{BASE}"')
    with use(name):
        sow(schools, years, until)
    _made.append(name)
    return name


def remove_sites() -> None:
    """Drop what was sown; the base is kept for the next run."""
    connection.close()
    while _made:
        drop(_made.pop())


def size_of(database: str) -> int:
    """Bytes that a database takes on disk."""
    with use(database), connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
