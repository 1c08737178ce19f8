"""Holds the embedded database, says why a test is skipped, and gives every test its trust and its cast."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client

import localdb
from schools.models import School
from tests import factories
from tests.sites import Site, run_sql
from trust.access import Capacity
from trust.models import TrustProfile
from trust.people.models import User

NEEDS = {
    "browser": ("Chromium", ("chromium", "chromium-browser", "google-chrome")),
    "redis": ("redis-server", ("redis-server",)),
}
ALL = os.environ.get("EYELINE_TEST_ALL") == "1"


def pytest_configure(config: pytest.Config) -> None:
    held = localdb.hold()
    config.add_cleanup(held.release)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs Chromium or Redis, or takes long, saying so; `run.py test --all` demands all."""
    if not ALL and "long" not in config.getoption("-m", default=""):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="takes long: run.py test --all"))
    for marker, (name, programs) in NEEDS.items():
        chosen = ALL or marker in config.getoption("-m", default="")
        found = any(shutil.which(program) for program in programs)
        if chosen and (found or ALL):
            continue
        reason = f"{name} is not installed" if chosen else f"needs {name}: run.py test --all"
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


# -- the test database -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Lay the trust down once for every test; at the end, end the sessions that threads of a live server left."""
    with django_db_blocker.unblock(), transaction.atomic():
        factories.lay_down_trust()
    yield
    if localdb.is_needed():
        run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            connection.settings_dict["NAME"],
        )


# -- the surroundings of every test ----------------------------------------------------------------


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    """No test sees what another one cached, or counts towards its rate limits."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture
def as_of(settings: Any) -> Callable[[str], dt.date]:
    """Put the standing clock on another day: `as_of("2026-12-03")`."""

    def stand(day: str) -> dt.date:
        settings.EYELINE_AS_OF = dt.date.fromisoformat(day)
        return settings.EYELINE_AS_OF

    return stand


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """A browser in which this user is signed in; without one, a stranger's."""

    def sign_in(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return sign_in


# -- the trust and its schools ---------------------------------------------------------------------


@pytest.fixture
def trust_set_up(db: None) -> TrustProfile:
    """The trust on the Full preset, two academic years, and every app's default data: there already.

    A transactional test empties the database when it ends; then it is laid down anew.
    """
    return TrustProfile.objects.first() or factories.lay_down_trust()


@pytest.fixture
def bare_house(db: None) -> None:
    """Neither trust nor calendar: for what brings them in."""
    factories.clear_calendar()
    TrustProfile.objects.all().delete()


@pytest.fixture
def school(trust_set_up: TrustProfile) -> School:
    return factories.SchoolFactory(name="Alderfen Primary Academy", code="ALD")


@pytest.fixture
def other_school(trust_set_up: TrustProfile) -> School:
    return factories.SchoolFactory(name="Cressmere High", code="CRE", phase="Secondary")


# -- the cast: each holds one post, at `school` where a post has a school --------------------------


@pytest.fixture
def ceo(trust_set_up: TrustProfile) -> User:
    return factories.user_with((Capacity.CEO, None), name="Ruth Calder")


@pytest.fixture
def ceo_representative(school: School) -> User:
    return factories.user_with((Capacity.CEO_REPRESENTATIVE, school), name="Idris Vaughan")


@pytest.fixture
def dsi(trust_set_up: TrustProfile) -> User:
    return factories.user_with((Capacity.DSI, None), name="Naomi Fleet")


@pytest.fixture
def head(school: School) -> User:
    return factories.user_with((Capacity.HEAD, school), name="Tessa Marlow")


@pytest.fixture
def other_head(other_school: School) -> User:
    return factories.user_with((Capacity.HEAD, other_school), name="Owen Strand")


@pytest.fixture
def leader(school: School) -> User:
    return factories.user_with((Capacity.LEADER, school), name="Hanna Birk")


@pytest.fixture
def link_trustee(school: School) -> User:
    return factories.user_with((Capacity.LINK_TRUSTEE, school), name="Grace Osei")


@pytest.fixture
def other_trustee(other_school: School) -> User:
    """The Link Trustee of the other school."""
    return factories.user_with((Capacity.LINK_TRUSTEE, other_school), name="Piers Hallam")


@pytest.fixture
def trustee(trust_set_up: TrustProfile) -> User:
    """A trustee who is linked to no school."""
    return factories.user_with((Capacity.TRUSTEE, None), name="Lena Whitby")


@pytest.fixture
def chair(school: School) -> User:
    """The external Chair appointed to `school`."""
    return factories.user_with((Capacity.CHAIR, school), name="Martin Yeo")


@pytest.fixture
def clerk(trust_set_up: TrustProfile) -> User:
    return factories.user_with((Capacity.CLERK, None), name="Bea Norris")


@pytest.fixture
def administrator(trust_set_up: TrustProfile) -> User:
    return factories.user_with((Capacity.ADMINISTRATOR, None), name="Sam Ingram")


@pytest.fixture
def provider(school: School) -> User:
    return factories.user_with((Capacity.PROVIDER, school), name="Clara Dunn")


@pytest.fixture
def cfo(trust_set_up: TrustProfile) -> User:
    return factories.user_with((Capacity.CFO, None), name="Viktor Lane")


@pytest.fixture
def local_committee(school: School) -> User:
    return factories.user_with((Capacity.LOCAL_COMMITTEE, school), name="Joan Petty")


@pytest.fixture
def safeguarding_lead(trust_set_up: TrustProfile) -> User:
    return factories.user_with((Capacity.SAFEGUARDING_LEAD, None), name="Asha Rennick")


@pytest.fixture
def stranger(trust_set_up: TrustProfile) -> User:
    """Somebody with an account and no post."""
    return factories.user_with(name="Nobody Inparticular")


# -- the demo trust, whole -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo trust as seeded, in a database of its own that others copy; nobody writes to it."""
    site = Site(tmp_path_factory.mktemp("demo"))
    try:
        site.manage("migrate", "--no-input")
        site.manage("seed_demo")
        yield site
    finally:
        site.stop()
