"""Two clerks type numbered tokens into the same minutes, the line is cut twice, and each token is there once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import psycopg2
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from home.demo.cast import DOMAIN, PASSWORD
from tests.browser.seat import DESK, Seat
from tests.browser.test_journeys import open_the_board
from tests.sites import Site

pytestmark = pytest.mark.browser

BOARD_DAY = "2026-12-03"
SHARED = (3, 5)
"""The items into which both type; into two others each types alone."""
TOKEN = re.compile(r"\b[AB]\d{3}\b")
SECOND_CLERK = f"""
import datetime as dt
from meetings.models import Meeting, Seat
from schools.models import Post
from trust.people.models import Person, User
person = Person.objects.create(name="Bea Second", email="second@{DOMAIN}")
user = User(email=person.email, person=person)
user.set_password("{PASSWORD}")
user.save()
Post.objects.create(person=person, capacity="clerk", starts_on=dt.date(2026, 9, 1))
board = Meeting.objects.get(school__name__startswith="Alderfen", starts_at__date="{BOARD_DAY}")
Seat.objects.create(meeting=board, role="clerk", person=person, is_required=False)
"""
ARRIVED = """() => !window.eyeline.isDirty()
  && !Object.keys(sessionStorage).some(key => key.startsWith("eyeline-draft:"))"""


class Clerk:
    """One of the two, with a browser of their own, who types numbered tokens and no token twice."""

    def __init__(self, letter: str, context: BrowserContext) -> None:
        self.letter = letter
        self.context = context
        self.page: Page = context.new_page()
        self.typed: list[str] = []
        self.alone: list[str] = []
        self.noted: list[str] = []
        self.minutes = ""
        self._numbers = count(1)

    def token(self) -> str:
        return f"{self.letter}{next(self._numbers):03d}"

    def types(self, place: int, how_many: int = 1) -> None:
        """Type tokens at the end of an item's text."""
        box = self.page.get_by_label(re.compile(f"^Minutes for item {place}:"))
        box.focus()
        expect(box).to_be_focused()
        self.page.keyboard.press("Control+End")
        for _ in range(how_many):
            token = self.token()
            self.page.keyboard.type(f"{token} ")
            self.typed.append(token)
            if place not in SHARED:
                self.alone.append(token)

    def notes(self, place: int) -> None:
        """Note a challenge in one line."""
        token = self.token()
        line = self.page.get_by_label(f"Note in one line for item {place}", exact=True)
        line.focus()
        self.page.keyboard.type(f"? {token} -> yes")
        self.page.keyboard.press("Enter")
        self.noted.append(token)

    def waits(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)

    def has_sent_all(self) -> None:
        self.page.wait_for_function(ARRIVED, timeout=60_000)

    @contextmanager
    def offline(self) -> Iterator[None]:
        """The cable is out: nothing leaves."""
        self.context.set_offline(True)
        expect(self.page.locator("[data-sign]")).to_contain_text("You are offline")
        yield
        self.context.set_offline(False)

    @contextmanager
    def without_answers(self) -> Iterator[None]:
        """Worse than offline: what is sent arrives, and its answer is lost on the way back."""

        def lose(route: Route) -> None:
            if route.request.method == "POST":
                route.fetch()
                route.abort("connectionreset")
            else:
                route.continue_()

        self.context.route("**/meetings/items/**", lose)
        yield
        self.context.unroute("**/meetings/items/**")


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    site = serve(BOARD_DAY)
    site.manage("shell", "-c", SECOND_CLERK)
    return site


@pytest.fixture
def clerks(site: Site, open_context: Callable[..., BrowserContext]) -> tuple[Clerk, Clerk]:
    """Both at the minutes of the same board, which one of them has started."""
    ann, ben = (Clerk(letter, open_context(viewport=DESK)) for letter in "AB")
    Seat(ann.page, site, None).sits("Clerk")
    Seat(ben.page, site, None).signs_in("second")
    open_the_board(ann.page, Seat(ann.page, site, None))
    ann.page.get_by_role("link", name="Write the minutes").click()
    ann.page.get_by_role("button", name="Start the meeting").click()
    expect(ann.page.get_by_role("button", name="Finish the meeting")).to_be_visible()
    ann.minutes = ben.minutes = ann.page.url.partition("#")[0]
    ben.page.goto(ben.minutes)
    expect(ben.page.locator("h1")).to_contain_text("Minutes")
    return ann, ben


def test_two_browsers_type_tokens_through_two_cuts_and_each_is_there_once(
    site: Site, clerks: tuple[Clerk, Clerk]
) -> None:
    ann, ben = clerks
    take_turns(ann, ben)
    with ann.offline():
        take_turns(ann, ben)
        expect(ann.page.locator(".waiting li").first).to_contain_text("Waits to be sent")
    take_turns(ann, ben)
    for clerk in clerks:
        clerk.has_sent_all()
    put_together(site, clerks)
    take_turns(ann, ben)
    with ben.without_answers():
        take_turns(ann, ben)
        ben.waits(4)
    take_turns(ann, ben)
    for clerk in clerks:
        clerk.has_sent_all()

    minutes = saved(site)
    pages = {clerk.letter: merge_pages(site, clerk) for clerk in clerks}
    assert any(pages.values()), "nobody's text came second: the two did not meet"
    for clerk in clerks:
        assert len(set(clerk.typed)) == len(clerk.typed) >= 40
        assert set(clerk.alone) <= set(TOKEN.findall(" ".join(minutes.values()))), (
            "alone, and in conflict"
        )
        for token in clerk.typed:
            places = [where for where, text in minutes.items() if token in TOKEN.findall(text)]
            shown = [url for url, box in pages[clerk.letter].items() if token in TOKEN.findall(box)]
            assert len(places) == 1 or (not places and len(shown) == 1), (token, places, shown)
    for text in [*minutes.values(), *(box for kept in pages.values() for box in kept.values())]:
        found = TOKEN.findall(text)
        assert len(found) == len(set(found)), text
    assert noted(site) == sorted(ann.noted + ben.noted)
    put_together(site, clerks)
    assert sorted(TOKEN.findall(" ".join(saved(site).values()))) == sorted(ann.typed + ben.typed)


def take_turns(ann: Clerk, ben: Clerk) -> None:
    """Both type into the same items and into one each alone, faster and slower than the page saves."""
    for pause in (0.2, 1.3, 0.6):
        for place in SHARED:
            ann.types(place)
            ben.types(place, 2)
        ann.types(2, 2)
        ben.types(4)
        ann.waits(pause)
    ann.notes(SHARED[0])
    ben.notes(SHARED[0])


def rows(site: Site, query: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(site.environment["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


def saved(site: Site) -> dict[str, str]:
    """The text of each item that has one of our tokens."""
    found = rows(
        site, "SELECT item_id, discussion FROM meetings_minute WHERE discussion ~ '[AB][0-9]{3}'"
    )
    return {str(item): str(text) for item, text in found}


def noted(site: Site) -> list[str]:
    found = rows(site, "SELECT question FROM meetings_challenge WHERE question ~ '^[AB][0-9]{3}$'")
    return sorted(str(question) for (question,) in found)


def merge_pages(site: Site, clerk: Clerk) -> dict[str, str]:
    """What each merge page offers its author, reached from the minutes as the author reaches it."""
    clerk.page.goto(f"{clerk.minutes}?again")
    expect(clerk.page.locator("h1")).to_contain_text("Minutes")
    links = clerk.page.get_by_role("link", name=re.compile(r"^See both texts of item"))
    addresses = [link.get_attribute("href") or "" for link in links.all()]
    boxes = {}
    for address in addresses:
        clerk.page.goto(f"{site.url}{address}")
        boxes[address] = clerk.page.get_by_label("As it will read").input_value()
    return boxes


def put_together(site: Site, clerks: tuple[Clerk, Clerk]) -> None:
    """Each author saves the text that is offered, until none is left."""
    for clerk in clerks:
        for address in merge_pages(site, clerk):
            clerk.page.goto(f"{site.url}{address}")
            clerk.page.get_by_role("button", name="Save item").click()
            expect(clerk.page.locator("h1")).to_contain_text("Minutes")
        assert merge_pages(site, clerk) == {}
    for clerk in clerks:
        clerk.page.goto(f"{clerk.minutes}?on")
