"""A Link Trustee on a tablet: from the first screen to reviewed minutes in three taps at most."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect, sync_playwright

from evidence.models import DocumentKind
from meetings.actions.follow_up import raise_action
from progress_boards.models import ProgressBoard, Review
from tests.browser.looking import Look
from tests.progress_boards.test_reviewing import finals
from tests.progress_boards.test_two_chairs import table

__all__ = ["table"]
TABLET = {"width": 820, "height": 1180}


class Taps:
    """Counts what a finger does."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, place: Locator) -> None:
        expect(place).to_be_in_viewport()  # no scrolling before the tap
        place.tap()
        self.count += 1


def what_is_half_typed_outlives_the_sending_of_another_form(page: Page) -> None:
    """A comment that is begun stands there still after a question is asked, and after it is sent no more."""
    page.get_by_text("Comment on item 1").click()
    comment, question = page.locator("textarea[id^=comment-]").first, page.locator("#question")
    comment.fill("Half a comment")
    question.fill("Is the post filled?")
    page.get_by_role("button", name="Ask the Chief Executive").click()
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    expect(comment).to_be_visible()
    expect(comment).to_have_value("Half a comment")
    expect(question).to_have_value("")
    page.reload()
    expect(comment).to_have_value("")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_link_trustee_reads_and_marks_reviewed_in_three_taps(
    table, live_server, monkeypatch, settings
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    raise_action(school=table.school, text="Cover for maths sets", owner_role="Maths lead",
                 due_on=dt.date(2026, 12, 1), by=table.ceo)  # fmt: skip
    table.chair.person.name = "Martin Yeo"
    table.chair.person.save()
    DocumentKind.objects.update(is_expected=False)
    board = finals(table)
    settings.EYELINE_AS_OF = dt.date(2027, 1, 11)
    client, taps = Client(), Taps()
    client.force_login(table.link_trustee)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport=TABLET, has_touch=True)
        context.add_cookies([cookie])
        page = context.new_page()
        look = Look(page, "Link Trustee")
        page.goto(live_server.url)
        taps.on(page.get_by_role("link", name="Read the minutes").first)
        glance = page.locator("section", has=page.get_by_role("heading", name="At a glance"))
        expect(glance).to_be_in_viewport()
        expect(glance).to_contain_text("Red")
        expect(glance.get_by_role("link", name="1")).to_be_visible()
        look.at((820,))
        taps.on(page.locator(".savebar").get_by_role("button", name="Mark as reviewed"))
        expect(page.get_by_text("Marked as reviewed")).to_be_visible()
        what_is_half_typed_outlives_the_sending_of_another_form(page)
        browser.close()
    assert taps.count <= 3
    assert look.found == []
    assert Review.objects.get(board=ProgressBoard.objects.get(pk=board.pk)).person == table.link_trustee.person  # fmt: skip
