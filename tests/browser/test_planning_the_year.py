"""The year is planned on the screen: dates dragged or typed, and a board lost to an inspection rebooked in two clicks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import Look
from tests.browser.seat import DESK, Seat
from tests.sites import Site

pytestmark = pytest.mark.browser


def test_dates_are_dragged_typed_and_accepted_and_a_lost_board_is_rebooked_in_two_clicks(
    serve: Callable[..., Site], open_context: Callable[..., BrowserContext]
) -> None:
    site = serve("2026-11-21")
    page = open_context(viewport=DESK).new_page()
    look = Look(page, "chief executive plans the year")
    seat = Seat(page, site, look)
    seat.sits("Chief Executive")

    # a proposed board is dragged onto the day of another: the page says what it finds, nothing is saved
    page.goto(f"{site.url}/progress-boards/plan/dates/?year=2026")
    row = page.get_by_label("Date of Gorsefield School, Summer 2", exact=True)
    was = row.input_value()
    target = page.locator('[data-drag-value="2027-06-18"]')
    page.locator(".slot[data-drag-field]", has_text="Gorsefield School").drag_to(target)
    expect(page.get_by_role("status")).to_contain_text("No clash")
    expect(row).to_have_value("2027-06-18")
    assert was != "2027-06-18"
    look.at()

    # typed by keyboard, it clashes: why, free slots and who could sit there stand beside it
    row.fill("2027-06-17")
    page.get_by_label("Start of Gorsefield School, Summer 2").fill("09:30")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("cannot be taken")
    expect(page.get_by_text("is booked at Alderfen Primary Academy at 9:30am that day")).to_be_visible()  # fmt: skip
    look.at()
    page.locator('button[name="put"]').first.click()
    expect(page.get_by_role("status")).to_contain_text("No clash")
    page.get_by_role("button", name="Accept these dates").click()
    expect(page.get_by_text("2 dates accepted")).to_be_visible()

    # "Ofsted inspection" on the page of a board: two clicks to its new date
    page.locator("a.slot", has_text="3 Dec").first.click()
    clicks = 0
    page.get_by_role("link", name="Postpone this board").click()
    clicks += 1
    look.at()
    page.get_by_role("button", name="Rebook on").first.click()
    clicks += 1
    expect(page.get_by_text("the board is now on 7 December 2026")).to_be_visible()
    assert clicks == 2
    assert look.found == [], "\n".join(look.found)
