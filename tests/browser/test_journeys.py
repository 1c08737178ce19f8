"""The four journeys of the README through the screens only, each with JavaScript and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader

from tests.browser.looking import Look
from tests.browser.seat import DESK, PHONE, Seat
from tests.sites import Site

pytestmark = pytest.mark.browser

BOARD_DAY = "2026-12-03"
ALDERFEN = "Alderfen Primary Academy"
EASTROW = "Eastrow Primary & Nursery"

JOURNEYS: dict[str, tuple[Callable[[Page, Seat], None], str, dict[str, int], bool]] = {}


def journey(
    day: str = "2026-11-21", *, viewport: dict[str, int] = DESK, worker: bool = False
) -> Callable[[Callable[[Page, Seat], None]], Callable[[Page, Seat], None]]:
    """Enter one journey: the day it happens, the screen it happens on, and whether PDFs are made."""

    def enter(walk: Callable[[Page, Seat], None]) -> Callable[[Page, Seat], None]:
        JOURNEYS[walk.__name__] = (walk, day, viewport, worker)
        return walk

    return enter


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize(
    "name",
    [
        "chief_executive_rates_and_the_boards_change",
        "head_chooses_who_answers_on_a_phone",
        "clerk_minutes_chair_signs_trustee_reviews",
        "chair_writes_and_downloads_the_annual_report",
    ],
)
def test_journey_through_the_screens_reaches_its_end(
    name: str,
    java_script: bool,
    serve: Callable[..., Site],
    open_context: Callable[..., BrowserContext],
) -> None:
    walk, day, viewport, worker = JOURNEYS[name]
    site = serve(day, worker=worker)
    page = open_context(java_script_enabled=java_script, viewport=viewport).new_page()
    look = Look(page, name) if java_script else None
    walk(page, Seat(page, site, look))
    assert look is None or look.found == [], "\n" + "\n".join(look.found)


# -- 1: the rating and what follows from it ----------------------------------------------------------


def judge(page: Page, group: str | re.Pattern[str], band: str) -> None:
    """Choose a colour in the group of radio buttons that has this legend."""
    picker = page.get_by_role("group", name=group)
    picker.locator("label").filter(has_text=re.compile(rf"{band}\s*$")).click()
    expect(picker.get_by_role("radio", name=band, exact=True)).to_be_checked()


def row_of(page: Page, school: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=school))


@journey()
def chief_executive_rates_and_the_boards_change(page: Page, seat: Seat) -> None:
    """Eastrow goes from Green to Red: three boards a year become six, on confirmation and not before."""
    seat.sits("Chief Executive")
    seat.goes_to("Progress Boards")
    boards = row_of(page, EASTROW)
    expect(boards).to_contain_text("Green")
    expect(boards).to_contain_text("3 boards")
    expect(boards.get_by_role("cell", name="No board")).to_have_count(3)

    page.goto(f"{seat.site.url}/progress-boards/ratings/")
    row_of(page, EASTROW).get_by_role("link", name=f"Go on {EASTROW}").click()
    expect(page.locator("h1")).to_have_text(f"Rate {EASTROW}")
    for indicator, band in (
        ("Standards", "Red"),
        ("Capacity", "Amber"),
        ("Proximity", "Amber"),
        ("Experience", "Green"),
        ("Safeguarding", "Green"),
        ("Attendance", "Red"),
    ):
        group = re.compile(rf"^{indicator}")
        judge(page, group, band)
        page.get_by_role("group", name=group).get_by_label("Rationale").fill(
            f"{indicator}: what books and registers showed in November."
        )
    page.get_by_label("Summary, read by all who see the rating").fill(
        "Outcomes in Year 6 have fallen below what was expected, and absence has risen."
    )
    page.get_by_role("button", name="Save the draft").click()
    judge(page, "Your judgement", "Red")
    page.get_by_role("button", name="Save the draft").click()
    change = page.get_by_role("region", name="What this changes")
    expect(change).to_contain_text("6 by rating, 5 agreed")
    expect(change).to_contain_text("was 3")
    seat.looks()
    page.get_by_role("button", name="Confirm and share").click()

    expect(page.locator("h1")).to_have_text(f"Share the rating of {EASTROW}")
    expect(page.locator("main")).to_contain_text("6 by rating, 5 agreed")
    seat.looks()
    page.get_by_role("button", name="Share the rating now").click()

    seat.goes_to("Progress Boards")
    boards = row_of(page, EASTROW)
    expect(boards).to_contain_text("Red")
    expect(boards).to_contain_text("5 boards")
    expect(boards.get_by_role("cell", name="No board")).to_have_count(1)


# -- 2: the school chooses, on a phone ---------------------------------------------------------------


@journey(viewport=PHONE)
def head_chooses_who_answers_on_a_phone(page: Page, seat: Seat) -> None:
    """The head names one leader and takes the rest; the leader then opens the own item."""
    seat.sits("Headteacher, Alderfen")
    page.get_by_role("link", name=re.compile("^Choose people")).click()
    expect(page.locator("h1")).to_have_text("Progress Board, 3 December 2026")
    page.get_by_role("button", name="I will answer the rest").click()
    expect(page.get_by_text("Chosen", exact=True)).to_have_count(5)

    item = page.get_by_role("listitem").filter(has_text="Adaptive teaching for pupils with SEND")
    item.get_by_label(re.compile("^Answered by")).select_option(label=leader(item, "Moira Kemp"))
    first = page.get_by_role("listitem").filter(has_text="Early reading")
    first.get_by_label(re.compile("^Answered by")).select_option(label=leader(first, "Nisha Patel"))
    page.get_by_role("button", name="Save who answers").click()
    expect(first.locator("select").first).to_have_value(
        first.locator("option", has_text="Nisha Patel").first.get_attribute("value") or "-"
    )
    seat.looks()

    seat.sits("School leader, Alderfen")
    page.get_by_role(
        "link",
        name="Open my item : Prepare your item: Early reading: are the lowest 20% catching up?",
    ).click()
    expect(page.locator("h1")).to_have_text("Early reading: are the lowest 20% catching up?")
    page.get_by_label("What I want the board to know").fill(
        "Nine of fourteen pupils are there now."
    )
    page.get_by_role("button", name="Mark my item ready").click()
    expect(page.locator("main")).to_contain_text("Ready")
    seat.looks()


def leader(item: Locator, name: str) -> str:
    """The label under which a person of the school stands in the first list of an item."""
    return item.locator("option", has_text=name).first.inner_text().strip()


# -- 3: the minutes ----------------------------------------------------------------------------------


@journey(BOARD_DAY)
def clerk_minutes_chair_signs_trustee_reviews(page: Page, seat: Seat) -> None:
    """Alderfen's board of 3 December from the clerk's first word to the Link Trustee's review."""
    seat.sits("Clerk")
    open_the_board(page, seat)
    page.get_by_role("link", name="Write the minutes").click()
    clerk_writes(page, seat)

    seat.sits("External Chair")
    page.get_by_role("link", name=re.compile(r"^Open the minutes.*", re.S)).first.wait_for()
    open_the_board(page, seat)
    page.get_by_role("link", name="Read, judge and sign").click()
    chair_judges_and_signs(page, seat)

    seat.sits("Headteacher, Alderfen")
    open_the_board(page, seat)
    page.get_by_role("link", name="Check the minutes").click()
    page.get_by_role("button", name="Nothing to correct").first.click()
    expect(page.get_by_role("complementary")).to_contain_text("Nothing to correct")

    seat.sits("Chief Executive")
    open_the_board(page, seat)
    page.get_by_role("link", name="Check the minutes").click()
    chief_executive_proposes_a_correction(page, seat)

    seat.sits("External Chair")
    open_the_board(page, seat)
    page.get_by_role("link", name="See the accuracy check").click()
    chair_answers_and_signs_again(page, seat)

    seat.sits("Link Trustee, Alderfen")
    open_the_board(page, seat)
    page.get_by_role("link", name="Read the minutes").click()
    expect(page.locator("article")).to_contain_text("Ten of fourteen pupils")
    page.get_by_label("Note (optional)").fill("Discussed with the headteacher.")
    page.get_by_role("button", name="Mark as reviewed").click()
    expect(page.get_by_role("main")).to_contain_text("Judith Marlow, 3 December 2026")
    seat.looks()


def open_the_board(page: Page, seat: Seat) -> None:
    """From the year's calendar, as everybody does who looks for a board."""
    seat.goes_to("Progress Boards")
    row_of(page, ALDERFEN).get_by_role("link", name=re.compile("^3 Dec")).click()
    expect(page.locator("h1")).to_have_text("Progress Board, 3 December 2026")


def clerk_writes(page: Page, seat: Seat) -> None:
    page.get_by_role("button", name="Start the meeting").click()
    item = section(page, "Early reading")
    minute = item.get_by_label(re.compile("^Minutes for item"))
    words = "Leaders reported 9 of 14 Year 1 pupils now at the expected point."
    keep(page, item, "Save item", lambda: minute.fill(words))
    add(page, "Early reading", "challenge", {
        "Asked by": "Chair",
        "Question": "How do leaders know that keep-up is taught as intended?",
        "Answer": "Drop-ins cover two of five days.",
    })  # fmt: skip
    add(
        page, "Early reading", "evidence", {"What was put forward": "Assessment summary, paper 3.1"}
    )
    add(page, "Early reading", "action", {
        "Action": "Weekly fidelity drop-ins, summary to the next board",
        "Post": "Deputy headteacher",
        "Due": "2027-01-28",
    })  # fmt: skip
    for what in ("challenge", "evidence", "action"):
        section(page, "Early reading").get_by_role("link", name=f"Edit {what}").click()
        seat.looks()
        page.go_back()
    there = page.locator("section").filter(has=page.get_by_role("heading", name="Who was there"))
    keep(page, there, "Save who was there", lambda: everybody_is_there(there))
    seat.looks()
    page.get_by_role("button", name="Finish the meeting").click()
    expect(section(page, "Early reading")).to_contain_text("Weekly fidelity drop-ins")
    page.get_by_role("button", name="Send to the").click()
    expect(page.get_by_role("button", name="Send to the")).to_have_count(0)


def section(page: Page, title: str) -> Locator:
    return page.locator("section").filter(has=page.get_by_role("heading", name=title))


def everybody_is_there(there: Locator) -> None:
    for line in there.locator(".att select").all():
        line.select_option(label="Present in person")


def keep(page: Page, place: Locator, button: str, write: Callable[[], object]) -> None:
    """Write what saves itself, or is saved by its button where there is no JavaScript."""
    by_hand = place.get_by_role("button", name=button)
    if by_hand.count():
        write()
        by_hand.click()
        return
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        write()
    expect(page.locator("[data-save-status]").first).to_contain_text("Saved at")


def add(page: Page, title: str, what: str, words: dict[str, str]) -> None:
    """Unfold "Add action" and its like under an item, fill it and send it."""
    item = section(page, title)
    unfolded = item.locator("details").filter(has=page.get_by_text(f"Add {what}", exact=False))
    unfolded.locator("summary").click()
    for label, text in words.items():
        unfolded.get_by_label(re.compile(rf"^{label}( \(optional\))?$")).fill(text)
    unfolded.get_by_role("button", name=f"Add {what}").click()
    expect(section(page, title)).to_contain_text(next(iter(words.values())))


def chair_judges_and_signs(page: Page, seat: Seat) -> None:
    item = section(page, "Early reading")
    item.locator("label").filter(has_text=re.compile(r"Amber\s*$")).click()
    item.get_by_label(re.compile("^Direction")).select_option(label="Improving")
    page.get_by_label("Type your name to sign").fill("Ruth Calloway")
    page.get_by_role("button", name="Sign the minutes").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seat.looks()
    page.get_by_label("Closing statement", exact=True).fill(
        "Early reading is turning. Keep-up must not rest on one person."
    )
    validated = page.get_by_role("group", name="Does leaders’ own evaluation hold?")
    validated.locator("label").filter(has_text=re.compile(r"^\s*Yes\s*$")).click()
    page.get_by_label("Type your name to sign").fill("Ruth Calloway")
    page.get_by_role("button", name="Sign the minutes").click()
    expect(page.locator("main")).to_contain_text("Signed 3 December 2026")
    seat.looks()


def chief_executive_proposes_a_correction(page: Page, seat: Seat) -> None:
    item = section(page, "Early reading")
    unfolded = item.locator("details").filter(has_text="Propose a correction to item")
    unfolded.locator("summary").click()
    unfolded.locator("textarea").fill("It was ten of fourteen pupils, and not nine.")
    unfolded.get_by_role("button", name="Propose the correction").click()
    expect(section(page, "Early reading")).to_contain_text("ten of fourteen pupils, and not nine")
    seat.looks()


def chair_answers_and_signs_again(page: Page, seat: Seat) -> None:
    expect(page.locator("main")).to_contain_text("ten of fourteen pupils, and not nine")
    seat.looks()
    page.get_by_label("The minute as it will read").fill(
        "Leaders reported: Ten of fourteen pupils of Year 1 are now at the expected point."
    )
    page.get_by_role("button", name="Accept with changes").click()
    page.get_by_label("Type your name to sign").fill("Ruth Calloway")
    seat.looks()
    page.get_by_role("button", name="Sign the minutes again").click()
    expect(page.locator("main")).to_contain_text("Final")


# -- 4: the annual report ----------------------------------------------------------------------------


@journey(worker=True)
def chair_writes_and_downloads_the_annual_report(page: Page, seat: Seat) -> None:
    """The Chair writes this year's report, has it checked, signs and submits it; the clerk lists it, the trust follows it."""
    seat.sits("External Chair")
    seat.goes_to("Annual report")
    page.get_by_role("button", name="Open the report of 2026 to 2027").click()
    expect(page.locator("h1")).to_have_text("External Chair’s annual report")
    write_each_section(page, seat)
    seat.looks()
    report = page.url
    have_it_checked(page, seat, report)
    page.get_by_label("Type your name to sign").fill("Ruth Calloway")
    page.get_by_role("button", name="Sign the report").click()
    expect(page.locator("main")).to_contain_text("signed by Ruth Calloway, 21 November 2026")
    words = text_of_pdf(page, seat)
    assert "What the autumn showed" in words
    assert "Put a second person beside every early years lead" in words

    page.goto(report)
    page.get_by_role("link", name="Submit to the Trust Board").click()
    seat.looks()
    page.get_by_role("button", name="Submit to the Trust Board").click()

    seat.sits("Clerk")
    page.get_by_role("link", name="Open the report").first.click()
    page.get_by_role("link", name="List for the Trust Board").click()
    seat.looks()
    page.get_by_role("button", name="List for the Trust Board").click()

    seat.sits("Trustee")
    seat.goes_to("Annual report")
    page.get_by_role("link", name="Annual report 2026 to 2027").click()
    expect(page.locator("article")).to_contain_text("What the autumn showed")
    expect(page.locator("article")).to_contain_text(
        "Put a second person beside every early years lead"
    )
    assert page.get_by_role("link", name=re.compile("^Write about")).count() == 0

    seat.sits("Chief Executive")
    page.goto(report)
    page.get_by_text("Say what became of it").first.click()
    page.get_by_label("How far it is").first.select_option("Accepted")
    page.get_by_role("button", name="Save what became of recommendation 1").click()
    expect(page.locator("article")).to_contain_text("Accepted")
    seat.looks()


def have_it_checked(page: Page, seat: Seat, report: str) -> None:
    """The Chair sends it for its accuracy, the chief executive proposes a correction, the Chair decides."""
    page.get_by_role("link", name="Send for accuracy").click()
    seat.looks()
    page.get_by_role("button", name="Send for accuracy").click()
    seat.looks()
    seat.sits("Chief Executive")
    page.goto(f"{report}accuracy/")
    page.get_by_label("What should be corrected").fill("The autumn had eleven boards, not ten.")
    seat.looks()
    page.get_by_role("button", name="Send to the Chair").click()
    seat.sits("External Chair")
    page.goto(f"{report}accuracy/")
    page.get_by_role("radio", name="Not accepted").check()
    page.get_by_role("textbox", name="Reason").fill("Ten had been held by the cut-off.")
    page.get_by_role("button", name="Decide on correction 1").click()
    expect(page.locator("main")).to_contain_text("Ten had been held by the cut-off.")
    page.goto(report)


def write_each_section(page: Page, seat: Seat) -> None:
    """Go through the outline from its first section to the recommendations."""
    outline = page.get_by_role("navigation", name="Report sections")
    outline.get_by_role("link").first.click()
    for _ in range(20):
        heading = page.locator(".sheet h2").inner_text()
        words = page.locator("textarea#text")
        if not words.input_value().strip():
            words.fill(f"What the autumn showed: {heading}.")
        onwards = page.get_by_role("button", name=re.compile("^Save and go to"))
        if not onwards.count():
            break
        onwards.click()
    page.get_by_role("button", name="Save", exact=True).click()
    fresh = page.get_by_role("form", name="New recommendation")
    fresh.get_by_role("textbox").first.fill("Put a second person beside every early years lead")
    seat.looks()
    fresh.get_by_role("button", name="Add the recommendation").click()
    page.get_by_role("link", name="Read the whole report and sign").click()


def text_of_pdf(page: Page, seat: Seat) -> str:
    """Ask for the PDF, wait on its progress page, open the file and read it."""
    page.get_by_role("button", name="Download the PDF").click()
    seat.looks()
    ready = page.get_by_role("link", name="Download the PDF")
    for _ in range(150):
        if ready.count():
            break
        page.wait_for_timeout(1000)
        again = page.get_by_role("link", name="Look again")
        if seat.look is None and again.count():
            again.click()
    with page.expect_download() as download:
        ready.click()
    reader = PdfReader(BytesIO(download.value.path().read_bytes()))
    return " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())
