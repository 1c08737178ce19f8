"""One Chromium for all browser tests, a fresh context for each, and sites that copy the demo trust."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.sites import STORY_DAY, Site

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-extensions",
    "--disable-sync", "--disable-component-update", "--disable-dev-shm-usage", "--no-first-run",
]  # fmt: skip
PATIENCE = 12_000


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; it ends with this folder, because Django refuses its ORM beside a running loop."""
    program = next(path for path in map(shutil.which, PROGRAMS) if path)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a fresh browser context: `open_context(java_script_enabled=False)`; all are closed at the end."""
    opened: list[BrowserContext] = []

    def open_one(**options: object) -> BrowserContext:
        context = browser.new_context(locale="en-GB", reduced_motion="reduce", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


def copy_of(demo: Site, folder: Path, day: str = STORY_DAY) -> Site:
    """The demo trust in a database and a folder of its own, its uploaded files with it."""
    kept = demo.folder / "media"
    if kept.exists():
        shutil.copytree(kept, folder / "media")
    return Site(folder, like=demo.database, EYELINE_AS_OF=day)


@pytest.fixture
def serve(demo: Site, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Serve a copy of the demo trust on a day of the story: `serve("2026-12-03")`."""
    served: list[Site] = []

    def serve_one(day: str = STORY_DAY, *, worker: bool = False) -> Site:
        folder = tmp_path / f"site-{len(served)}"
        folder.mkdir()
        site = copy_of(demo, folder, day)
        served.append(site)
        site.serve(worker=worker)
        return site

    yield serve_one
    for site in served:
        site.stop()
