"""Holds the embedded database for the whole run, and says why a test that needs a browser or Redis is skipped."""

import os
import shutil

import pytest

import localdb

NEEDS = {
    "browser": ("Chromium", ("chromium", "chromium-browser", "google-chrome")),
    "redis": ("redis-server", ("redis-server",)),
}
ALL = os.environ.get("EYELINE_TEST_ALL") == "1"


def pytest_configure(config: pytest.Config) -> None:
    held = localdb.hold()
    config.add_cleanup(held.release)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs Chromium or Redis, saying so; `run.py test --all` demands both."""
    for marker, (name, programs) in NEEDS.items():
        chosen = ALL or marker in config.getoption("-m", default="")
        found = any(shutil.which(program) for program in programs)
        if chosen and (found or ALL):
            continue
        reason = f"{name} is not installed" if chosen else f"needs {name}: run.py test --all"
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
