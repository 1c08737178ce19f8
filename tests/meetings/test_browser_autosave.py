"""Typing under an item in a real browser: saved by itself, and a second writer loses nothing."""

import shutil

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from meetings.actions import minutes
from meetings.models import Minute, MinuteConflict
from tests.meetings.makers import bring_to, make_cast


def _chromium() -> str | None:
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_type_a_minute_saves_by_itself_and_a_second_writer_keeps_the_text(
    live_server, monkeypatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cast = make_cast(has_external_chair=True)
    meeting = bring_to(cast, "held")
    item = meeting.items.get(title="Attendance")
    client = Client()
    client.force_login(cast.clerk)
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": live_server.url,
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"{live_server.url}/meetings/{meeting.pk}/minutes/edit/")
        box = page.get_by_label("Minutes for item 3")
        box.fill("Leaders reported")
        status = page.locator("[data-save-status]").first
        expect(status).to_contain_text("Saved at", timeout=15000)
        expect(page.locator("[data-words=empty-items]")).to_have_text("Items 1, 2, 4 are empty")
        assert Minute.objects.get(item=item).discussion == "Leaders reported"
        minutes.save_minute(item, text="Somebody else's", version=2, by=cast.clerk)
        box.fill("Leaders reported more")
        expect(status).to_contain_text(
            "Your text of item 3 is kept beside the other", timeout=15000
        )
        assert MinuteConflict.objects.get().text == "Leaders reported more"
        page.get_by_role("link", name="See both texts").click()
        page.get_by_label("As it will read").fill("Both")
        page.get_by_role("button", name="Save item 3").click()
        expect(page.get_by_label("Minutes for item 3")).to_have_value("Both")
        page.wait_for_timeout(2500)
        browser.close()
    assert Minute.objects.get(item=item).discussion == "Both"
    assert not MinuteConflict.objects.filter(resolved_at=None).exists()
