"""The menu on a phone: a panel over the page, by pointer and by keyboard, and by its address where no script runs."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tests.browser.looking import Look
from trust.people.models import User

PHONE = {"width": 390, "height": 780}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_menu_opens_over_the_page_and_gives_the_focus_back(
    ceo: User, live_server: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    client, name = Client(), settings.SESSION_COOKIE_NAME
    client.force_login(ceo)
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scripts in (True, False):
            context = browser.new_context(viewport=PHONE, java_script_enabled=scripts)
            context.add_cookies([cookie])
            page = context.new_page()
            page.goto(live_server.url)
            menu = page.locator("#menu")
            expect(menu).not_to_be_visible()
            page.get_by_role("button", name="Menu", exact=True).click()
            entry = menu.get_by_role("link", name="My work").first
            expect(entry).to_be_in_viewport()
            if not scripts:
                continue
            look = Look(page, "CEO")
            look.at((390,))
            expect(menu).to_be_focused()
            assert page.locator("main").evaluate("main => main.inert")
            for close in ("Escape", "button", "beside"):
                if close == "Escape":
                    page.keyboard.press("Escape")
                elif close == "button":
                    page.get_by_role("button", name="Close menu").click()
                else:
                    page.locator(".offcanvas-backdrop").click(position={"x": 380, "y": 400})
                expect(menu).not_to_be_visible()
                expect(page.get_by_role("button", name="Menu", exact=True)).to_be_focused()
                assert not page.locator("main").evaluate("main => main.inert")
                page.get_by_role("button", name="Menu", exact=True).click()
                expect(entry).to_be_in_viewport()
            assert look.found == []
        browser.close()
