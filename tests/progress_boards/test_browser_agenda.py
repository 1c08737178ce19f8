"""The draft of an agenda in a real browser: moved by mouse and by keyboard alone, its minutes counted."""

from __future__ import annotations

import re
import shutil
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from progress_boards.models import ProgressBoard
from tests.browser.looking import Look
from tests.progress_boards import lives
from tests.progress_boards.drafts import draft_of
from tests.progress_boards.lives import Table


def _chromium() -> str | None:
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def titles(page: Page) -> list[str]:
    return page.locator(".agenda-item h3").all_inner_texts()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_agenda_is_ordered_by_mouse_and_by_keyboard_and_counts_its_minutes(
    live_server: Any, scheduled: ProgressBoard, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2, "experience-of-leaders": 2})
    board = draft_of(scheduled, table)
    client = Client()
    client.force_login(table.ceo)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        context = browser.new_context(
            reduced_motion="reduce", viewport={"width": 1280, "height": 1600}
        )
        context.add_cookies([cookie])
        page = context.new_page()
        look = Look(page, "Chief Executive")
        page.goto(live_server.url + reverse("progress_boards:board-detail", args=[board.pk]))
        expect(page.get_by_text("60 of 60 minutes")).to_be_visible()
        first, *inner, last = titles(page)
        assert inner[1:] == ["Standards", "Capacity to improve", "Experience of leaders"]

        # by mouse: the last enquiry before the first
        rows = page.locator(".agenda-item")
        rows.nth(4).drag_to(rows.nth(2), source_position={"x": 12, "y": 30}, target_position={"x": 12, "y": 4})  # fmt: skip
        expect(rows.nth(2)).to_contain_text("Experience of leaders")
        expect(page).to_have_url(re.compile(r"#item-\d+$"))
        assert titles(page)[2:5] == ["Experience of leaders", "Standards", "Capacity to improve"]

        # nothing passes the welcome
        rows.nth(3).drag_to(rows.nth(0), source_position={"x": 12, "y": 30}, target_position={"x": 12, "y": 2})  # fmt: skip
        page.wait_for_timeout(300)
        assert titles(page)[0] == first

        # by keyboard: the button that was pressed has the focus again
        page.get_by_role("button", name="Move item 5 up").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Move item 4 up")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Move item 3 up")).to_be_focused()
        assert titles(page)[-1] == last

        # the running total
        page.get_by_role("button", name="One minute less for item 3").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="One minute less for item 3")).to_be_focused()
        expect(page.get_by_text("59 of 60 minutes")).to_be_visible()
        expect(page.get_by_text("1 left", exact=False).first).to_be_visible()
        page.get_by_role("textbox", name="Minutes for item 3").fill("30")
        page.keyboard.press("Enter")
        expect(page.get_by_text("too many")).to_be_visible()
        look.at()
        browser.close()
    assert look.found == []
