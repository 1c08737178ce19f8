"""One person's place before the screen, for every journey: signs in and out, goes by the menu, looks."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from home.demo.cast import DOMAIN, PASSWORD
from tests.browser.looking import Look
from tests.sites import Site

TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE, BEAT = 12_000, 100


class Seat:
    """One person's place before the screen: signs in and out, and keeps what is typed."""

    def __init__(self, page: Page, site: Site, look: Look | None) -> None:
        self.page = page
        self.site = site
        self.look = look
        if look is not None:
            look.expected_refusal = True  # a form sent half-filled comes back with 422

    def sits(self, role: str) -> None:
        """Sign out whoever is there by the menu, and sign in by the role's button."""
        self._comes()
        self.page.get_by_role("button", name=role, exact=True).click()
        expect(self.page.locator("h1")).to_contain_text("Good ")

    def signs_in(self, account: str) -> None:
        """Sign out whoever is there, and sign in by address and password: most heads have no button."""
        self._comes()
        self.page.get_by_label("Email address").fill(f"{account}@{DOMAIN}")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.locator("h1")).to_contain_text("Good ")

    def _comes(self) -> None:
        leave = self.page.get_by_role("button", name="Sign out")
        if self.page.url != "about:blank":
            self._uncovers(leave)
            leave.click()
        self.page.goto(f"{self.site.url}/accounts/login/")

    def _uncovers(self, place: Locator) -> None:
        """Have a part of the menu on the screen, by its button on a phone; a page still on its way is waited for."""
        opener = self.page.get_by_role("button", name="Menu", exact=True)
        for _ in range(PATIENCE // BEAT):
            if place.is_visible():
                return
            if opener.is_visible():
                opener.click()
                place.wait_for()
            self.page.wait_for_timeout(BEAT)

    def goes_to(self, entry: str) -> None:
        """Go where the menu leads; on a phone it is opened first."""
        menu = self.page.locator("#menu")
        link = menu.get_by_role("link", name=re.compile(rf"^{entry}( \d+ waiting for you)?$"))
        self._uncovers(link)
        link.click()

    def looks(self) -> None:
        """Look at a screen to which no link leads: axe, sideways scroll, the content policy."""
        if self.look is None:
            return
        size = self.page.viewport_size
        self.look.at((size["width"],) if size else (1280,))
        if size is not None:
            # At another height Chromium scrolls to the focused field as the next button is pressed.
            self.page.set_viewport_size(size)
