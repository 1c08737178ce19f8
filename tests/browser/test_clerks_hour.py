"""The clerk's hour by keyboard alone: seven items, twelve challenges, nine actions, and the minutes sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.looking import Look
from tests.browser.seat import DESK, Seat
from tests.browser.test_journeys import open_the_board
from tests.sites import Site

pytestmark = pytest.mark.browser

BOARD_DAY = "2026-12-03"
FARTHEST = 120
"""Presses of Tab after which something is taken to be out of the keyboard's reach."""
WATCH_THE_MOUSE = (
    """addEventListener("pointerdown", () => sessionStorage.setItem("pointer", "used"), true)"""
)
NAME_OF_FOCUS = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].textContent : at.textContent;
  return label.replace(/\\s+/g, " ").trim();
}"""


@dataclass(frozen=True)
class Told:
    """What happens at one item."""

    said: str
    lines: list[str] = field(default_factory=list)


HOUR = [
    Told("Apologies from nobody. One interest declared."),
    Told("Five actions came from Autumn 1.", ["? How many are late -> head: One of the five"]),
    Told(
        "Leaders reported 9 of 14 Year 1 pupils at the expected point.",
        [
            "? How do leaders know that keep-up is taught as intended -> Drop-ins on two of five days",
            "? Link Trustee: what happens when the lead is absent -> A deputy is trained by January",
            "? Will it last -> The timetable is protected",
            "+ paper: Assessment summary, 3.1",
            "+ visit: Reading consultant, 5 November",
            "@deputy headteacher by 28 January 2027 Weekly fidelity drop-ins, summary to the board",
            "@reading lead by 12 February 2027 Train a second lead",
        ],
    ),
    Told(
        "Absence of the pilot group fell by 4.1 points.",
        [
            "? Link Trustee: what had changed for families and not only systems -> Breakfast, for 11 of 23",
            "? Which barrier is left -> attendance lead: transport",
            "+ paper: Attendance tracker, 4.1",
            "@attendance lead by 12 February 2027 Extend to the remaining families, with the cost",
            "@headteacher by 5 March 2027 Write to the council about transport",
        ],
    ),
    Told(
        "Provision maps are in use in Years 3 to 5.",
        [
            "? Chief Executive: how do they change lessons -> Three lessons were rewritten",
            "? What will be seen in February -> Pre-teaching in every class",
            "? Who checks -> SENDCo: the walk of 20 January",
            "+ Six books of Year 4",
            "@SENDCo by 29 January 2027 Learning walk of provision maps with the Link Trustee",
            "@headteacher by 29 January 2027 Free the SENDCo on Thursdays",
        ],
    ),
    Told(
        "Ten of thirteen classes use the routine daily.",
        [
            "? What can pupils do now -> Year 4 facts rose from 14 to 18 of 25",
            "? What of the other three classes -> They began in November",
            "+ stated: three classes began late",
            "@maths lead by 19 March 2027 Offer it to Dunlin Way",
            "@maths lead by 5 February 2027 Visit the three classes",
        ],
    ),
    Told(
        "The actions were read back.",
        ["? Are leaders content -> head: yes", "@clerk: Send the date of the next board"],
    ),
]  # fmt: skip


class Hands:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def goes_to(self, name: str, *, back: bool = False) -> None:
        """Press Tab until what has the focus is called so."""
        wanted = re.compile(name)
        for _ in range(FARTHEST):
            if wanted.search(self.page.evaluate(NAME_OF_FOCUS)):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"“{name}” is not within {FARTHEST} presses of Tab")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def stands_at(self, name: str) -> None:
        """What has the focus, without a press more, is called so."""
        self.page.wait_for_function(
            f"wanted => new RegExp(wanted).test(({NAME_OF_FOCUS})())", arg=name
        )


def test_minute_the_whole_hour_by_keyboard_alone(
    serve: Callable[..., Site], open_context: Callable[..., BrowserContext]
) -> None:
    site = serve(BOARD_DAY)
    page = open_context(viewport=DESK).new_page()
    look = Look(page, "the clerk's hour")
    seat = Seat(page, site, look)
    seat.sits("Clerk")
    open_the_board(page, seat)
    page.get_by_role("link", name="Write the minutes").click()
    expect(page.get_by_role("button", name="Start the meeting")).to_be_visible()
    page.add_init_script(WATCH_THE_MOUSE)
    page.evaluate(WATCH_THE_MOUSE)
    hands = Hands(page)

    hands.goes_to("^Start the meeting$")
    hands.press("Enter")
    expect(page.get_by_role("button", name="Finish the meeting")).to_be_visible()
    hands.stands_at("^Minutes for item 1")
    for number, told in enumerate(HOUR, 1):
        minute_an_item(page, hands, number, told)
    who_was_there(page, hands)
    seat.looks()
    hands.goes_to("^Finish the meeting$", back=True)
    hands.press("Enter")
    expect(page.get_by_role("button", name="Finish the meeting")).to_have_count(0)
    hands.goes_to("^Send to the Chair$")
    hands.press("Enter")
    expect(page.locator("h1")).to_contain_text("Minutes")
    expect(page.get_by_role("button", name="Send to the")).to_have_count(0)

    assert page.evaluate("sessionStorage.getItem('pointer')") is None
    assert look.found == [], "\n" + "\n".join(look.found)
    holds_the_hour(site)


def minute_an_item(page: Page, hands: Hands, number: int, told: Told) -> None:
    """Type what was said, note each line by Enter, and go on by Ctrl and Enter."""
    hands.stands_at(f"^Minutes for item {number}")
    item = page.locator("[data-item]").nth(number - 1)
    expect(item.locator("[data-clock][data-running]")).to_have_count(1)
    hands.type(told.said)
    if number == 2:
        mark_the_earlier_actions(item, hands)
    hands.goes_to(f"^Note in one line for item {number}")
    for line in told.lines:
        hands.type(line)
        hands.press("Enter")
        hands.stands_at(f"^Note in one line for item {number}")
    expect(item.locator(".act:not(.former)")).to_have_count(len(told.lines))
    if number == 3:
        a_line_that_cannot_be_read_comes_back(item, hands)
        the_clock_says_when_it_is_over(item)
    if number < len(HOUR):
        hands.press("Control+Enter")


def mark_the_earlier_actions(item: Locator, hands: Hands) -> None:
    """Closed but one, which is carried; the focus goes from mark to mark by itself."""
    waiting = item.locator("form.marks").count()
    assert waiting > 1
    hands.goes_to("^Mark ", back=True)
    for _ in range(waiting - 1):
        hands.goes_to("^Mark ", back=True)
    for left in reversed(range(waiting)):
        hands.type("Carr" if left == waiting - 1 else "Clos")
        hands.goes_to("^Save the mark of ")
        hands.press("Enter")
        expect(item.locator("form.marks")).to_have_count(left)
    hands.goes_to("^Minutes for item 2")


def a_line_that_cannot_be_read_comes_back(item: Locator, hands: Hands) -> None:
    hands.type("Nobody knows what this is")
    hands.press("Enter")
    expect(item.locator("[data-problem]").last).to_contain_text("Begin with ? for a challenge")
    line = item.get_by_label(re.compile("^Note in one line"))
    expect(line).to_have_value("Nobody knows what this is")
    hands.press("Control+A")
    hands.press("Delete")


def the_clock_says_when_it_is_over(item: Locator) -> None:
    clock = item.locator("[data-clock]")
    expect(clock).to_have_text(re.compile(r"^\d+:\d\d of \d+ min$"))
    clock.evaluate("clock => { clock.dataset.spent = Number(clock.dataset.length) + 61; }")
    expect(clock).to_have_text(re.compile(r" min, 1:\d\d over$"))


def who_was_there(page: Page, hands: Hands) -> None:
    """Everybody in person by typing the answer's first letters, and one declaration of interest."""
    seats = page.locator(".att select").count()
    for _ in range(seats):
        hands.press("Tab")
        while "att" not in page.evaluate("document.activeElement.parentElement.className"):
            hands.press("Tab")
        hands.type("Present in p")
    hands.goes_to("^Declarations of interest$")
    hands.press("Enter")
    hands.press("Tab")
    hands.type("Consults for the school")
    expect(page.locator("[data-words=attendance]")).to_have_text("All required present")
    page.wait_for_function("() => !window.eyeline.isDirty()")


BOARD = """FROM meetings_meeting m JOIN progress_boards_progressboard b ON b.meeting_id = m.id
JOIN schools_school s ON s.id = m.school_id
JOIN meetings_agendaitem i ON i.meeting_id = m.id
LEFT JOIN meetings_minute t ON t.item_id = i.id
WHERE s.name LIKE 'Alderfen%' AND m.starts_at::date = '2026-12-03'"""


def holds_the_hour(site: Site) -> None:
    """Everything typed is in the database, once, and the minutes are with the Chair."""

    def ask(what: str, joins: str = "") -> object:
        query = BOARD.replace("WHERE", f"{joins} WHERE")
        return site.value(f"SELECT {what} {query}")

    assert ask("count(*)") == 7
    assert ask("array_agg(t.discussion ORDER BY i.order)") == [told.said for told in HOUR]
    assert ask("count(c.id)", "JOIN meetings_challenge c ON c.minute_id = t.id") == 12
    assert ask("count(e.id)", "JOIN meetings_evidenceseen e ON e.minute_id = t.id") == 5
    actions = "JOIN meetings_action a ON a.item_id = i.id"
    assert ask("count(a.id)", actions) == 9
    assert ask("count(a.id) FILTER (WHERE a.state = 'open')", actions) == 9
    assert ask("count(DISTINCT a.text)", actions) == 9
    assert ask("count(*) FILTER (WHERE i.begun_at IS NULL)") == 7
    assert ask("max(m.state)") == "with_chair"
    seats = "JOIN meetings_seat p ON p.meeting_id = m.id"
    assert ask("count(*) FILTER (WHERE p.attendance <> 'present')", seats) == 0
    assert ask("max(p.interests)", seats) == "Consults for the school"
    asked = (
        "JOIN meetings_challenge c ON c.minute_id = t.id AND c.question LIKE 'what had changed%%'"
    )
    assert ask("max(c.asked_by || '|' || c.response)", asked.replace("%%", "%")) == (
        "Link Trustee|Breakfast, for 11 of 23"
    )
