"""The five journeys of the README through the screens only, each with JavaScript and without."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader, PdfWriter

from tests.browser.looking import Look
from tests.browser.seat import DESK, PHONE, TABLET, Seat
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
        "chief_executive_rates_eight_schools_and_the_boards_change",
        "head_chooses_who_answers_on_a_phone",
        "clerk_minutes_chair_signs_trustee_reviews",
        "link_trustee_reviews_and_asks_on_a_tablet",
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


# -- 1: the ratings and what follows from them --------------------------------------------------------

TWENTY_MINUTES = 20 * 60
BUSY = "Outcomes and attendance as the autumn’s visits found them."
TOLD = "SELECT count(*) FROM trust_mail WHERE key LIKE 'rating-shared:%'"
BOARDS = "SELECT count(*) FROM progress_boards_progressboard"


def judge(page: Page, group: str | re.Pattern[str], band: str) -> None:
    """Choose a colour in the group of radio buttons that has this legend."""
    picker = page.get_by_role("group", name=group)
    picker.locator("label").filter(has_text=re.compile(rf"{band}\s*$")).click()
    expect(picker.get_by_role("radio", name=band, exact=True)).to_be_checked()


def row_of(page: Page, school: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=school))


@journey()
def chief_executive_rates_eight_schools_and_the_boards_change(page: Page, seat: Seat) -> None:
    """Eight schools in one sitting; Eastrow goes from Green to Red, and nothing follows before it is shared."""
    began = time.monotonic()
    told, boards = seat.site.value(TOLD), seat.site.value(BOARDS)
    seat.sits("Chief Executive")
    seat.goes_to("Progress Boards")
    calendar = row_of(page, EASTROW)
    expect(calendar).to_contain_text("Green")
    expect(calendar).to_contain_text("3 boards")
    expect(calendar.get_by_role("cell", name="No board")).to_have_count(3)

    page.goto(f"{seat.site.url}/progress-boards/ratings/")
    schools = page.get_by_role("rowheader").all_inner_texts()
    assert len(schools) == 8
    page.get_by_role("link", name="Rate all schools").click()
    expect(page.locator("h1")).to_have_text("Rate all schools")
    assert page.get_by_role("rowheader").all_inner_texts() == schools
    for school in schools:
        row = page.locator("tbody").filter(has=page.get_by_role("rowheader", name=school))
        what_stands_beside_each_indicator(row)
        if school == EASTROW:
            rate_eastrow(row, seat)
        else:
            rate_as_suggested(row, seat)
    seat.looks()
    what_it_changes_at_eastrow(page, seat)
    seat.sits("Headteacher, Alderfen")
    page.goto(f"{seat.site.url}/ratings/schools/{school_number(seat, ALDERFEN)}/")
    expect(page.locator("main")).not_to_contain_text(BUSY)
    assert (seat.site.value(TOLD), seat.site.value(BOARDS)) == (told, boards)

    seat.sits("Chief Executive")
    page.goto(f"{seat.site.url}/progress-boards/ratings/")
    page.get_by_role("link", name="Confirm and share all").click()
    expect(page.get_by_role("checkbox")).to_have_count(8)
    eastrow = page.get_by_role("region", name=EASTROW)
    expect(eastrow).to_contain_text("6 by rating, 5 agreed")
    expect(eastrow).to_contain_text("was 3")
    expect(eastrow).to_contain_text(re.compile("Spring 1.*Summer 1", re.S))
    seat.looks()
    page.get_by_role("checkbox", name=ALDERFEN).uncheck()
    page.get_by_role("button", name="Share these ratings").click()
    expect(page.locator("main")).to_contain_text("7 ratings shared, and the boards follow")
    expect(row_of(page, ALDERFEN).get_by_role("link", name="Go on")).to_be_visible()
    share_the_last_on_a_date(page, seat)

    seat.goes_to("Progress Boards")
    calendar = row_of(page, EASTROW)
    expect(calendar).to_contain_text("Red")
    expect(calendar).to_contain_text("5 boards")
    expect(calendar.get_by_role("cell", name="No board")).to_have_count(1)
    assert int(str(seat.site.value(BOARDS))) >= int(str(boards)) + 2
    assert int(str(seat.site.value(TOLD))) > int(str(told))
    assert time.monotonic() - began < TWENTY_MINUTES


def what_stands_beside_each_indicator(row: Locator) -> None:
    """Last time, the school's own view, and how much evidence there is since and of which day."""
    beside = row.locator("[id^=beside-]")
    expect(beside).to_have_count(6)
    evidence = r"\d+ pieces?, last \d+ \w+ \d{4}|no evidence since"
    for words in beside.all():
        expect(words).to_have_text(re.compile(rf"^Last: .+ · School: .+ · ({evidence})$"))


def choose(row: Locator, seat: Seat, what: str, band: str) -> None:
    """Choose a colour in the list of this name: by its first letter where there is JavaScript."""
    picker = row.get_by_label(re.compile(f": {what}"))
    if seat.look is None:
        picker.select_option(label=band)
    else:
        picker.focus()
        row.page.keyboard.press(band[0])
    expect(picker.locator("option:checked")).to_have_text(band)


def save(row: Locator, seat: Seat) -> None:
    """Wait until the row has saved itself; without JavaScript by its button."""
    if seat.look is None:
        row.get_by_role("button", name=re.compile("^Save ")).click()
        expect(row.locator("[data-save-status]")).to_have_text("The draft is saved")
    else:
        expect(row.locator("[data-save-status]")).to_contain_text("Saved at")


def rate_as_suggested(row: Locator, seat: Seat) -> None:
    """What was rated stands; the judgement is the one suggested, and no reason is asked for."""
    suggestion = row.locator("[id^=suggestion-]")
    expect(suggestion).to_contain_text("Suggested: ")
    choose(row, seat, "Overall", suggestion.inner_text().split()[1])
    row.get_by_label(re.compile("^Summary")).fill(BUSY)
    save(row, seat)
    expect(row.get_by_label(re.compile("^Why it differs"))).not_to_be_visible()


def rate_eastrow(row: Locator, seat: Seat) -> None:
    """A reason is asked for while the judgement differs from the suggestion, and only then."""
    for indicator, band in (
        ("Standards", "Red"),
        ("Capacity", "Amber"),
        ("Proximity", "Amber"),
        ("Experience", "Green"),
        ("Safeguarding", "Green"),
        ("Attendance", "Red"),
    ):
        choose(row, seat, indicator, band)
    row.get_by_label(re.compile("^Summary")).fill(
        "Outcomes in Year 6 have fallen below what was expected, and absence has risen."
    )
    choose(row, seat, "Overall", "Green")
    save(row, seat)
    reason = row.get_by_label(re.compile("^Why it differs"))
    expect(reason).to_be_visible()
    seat.looks()
    if seat.look is None:
        choose(row, seat, "Overall", "Red")
        save(row, seat)
    else:
        with row.page.expect_response(lambda answer: "/grid/schools/" in answer.url and answer.ok):
            choose(row, seat, "Overall", "Red")
    expect(reason).not_to_be_visible()


def what_it_changes_at_eastrow(page: Page, seat: Seat) -> None:
    """The school's own sheet holds what was chosen in the grid; each colour may get its reason there."""
    page.get_by_role("rowheader", name=EASTROW).get_by_role("link").click()
    expect(page.locator("h1")).to_have_text(f"Rate {EASTROW}")
    standards = page.get_by_role("group", name=re.compile("^Standards"))
    expect(standards.get_by_role("radio", name="Red", exact=True)).to_be_checked()
    standards.get_by_label("Rationale").fill("What books and registers showed in November.")
    judge(page, "Your judgement", "Red")
    page.get_by_role("button", name="Save the draft").click()
    change = page.get_by_role("region", name="What this changes")
    expect(change).to_contain_text("6 by rating, 5 agreed")
    expect(change).to_contain_text("was 3")
    seat.looks()


def share_the_last_on_a_date(page: Page, seat: Seat) -> None:
    """One rating by itself, on a day to come: until then it stays a draft."""
    row_of(page, ALDERFEN).get_by_role("link", name="Go on").click()
    page.get_by_role("radio", name="On a date, after I have spoken to the head").check()
    page.locator("#id_share_on").fill("2026-12-14")
    page.get_by_role("button", name="Confirm and share").click()
    expect(page.locator("h1")).to_have_text(f"Share the rating of {ALDERFEN}")
    seat.looks()
    page.get_by_role("button", name="Share on 14 December 2026").click()
    expect(row_of(page, ALDERFEN)).to_contain_text("Shared on 14 December 2026")


def school_number(seat: Seat, name: str) -> object:
    return seat.site.value(f"SELECT id FROM schools_school WHERE name = '{name}'")  # noqa: S608


# -- 2: the school chooses, on a phone ---------------------------------------------------------------


@journey(viewport=PHONE)
def head_chooses_who_answers_on_a_phone(page: Page, seat: Seat) -> None:
    """From the link of the mail: the head takes the rest, names two leaders and adds a paper; one opens the own item."""
    began = time.monotonic()
    seat.sits("Headteacher, Alderfen")
    page.goto(f"{seat.site.url}{linked_in_the_mail(seat)}")
    expect(page.locator("h1")).to_have_text("Progress Board, 3 December 2026")
    expect(page.get_by_text("3 of 5 chosen").first).to_be_visible()
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
    first.get_by_role("link", name="Add a paper").click()
    add_a_paper(page)
    expect(page.get_by_role("link", name=re.compile("Screening of November")).first).to_be_visible()
    assert time.monotonic() - began < FIVE_MINUTES
    chief_executive_sees_and_cannot_choose(page, seat)

    seat.sits("School leader, Alderfen")
    page.get_by_role(
        "link",
        name="Open my item : Prepare your item: Early reading: are the lowest 20% catching up?",
    ).click()
    expect(page.locator("h1")).to_have_text("Early reading: are the lowest 20% catching up?")
    expect(page.locator("h2", has_text="The question")).to_be_visible()
    expect(page.locator("main")).to_contain_text("14 minutes")
    evidence = page.get_by_role("region", name="Evidence you can read")
    for link in evidence.get_by_role("link").all():
        assert page.request.get(f"{seat.site.url}{link.get_attribute('href')}").status == 200
    page.get_by_label("What I want the board to know").fill(
        "Nine of fourteen pupils are there now."
    )
    page.get_by_role("button", name="Mark my item ready").click()
    expect(page.locator("main")).to_contain_text("Ready")
    seat.looks()


FIVE_MINUTES = 5 * 60
INVITED = """SELECT text FROM trust_mail WHERE key LIKE 'agenda_issued:45:%'
OR (key LIKE 'agenda_issued:%' AND text LIKE '%Alderfen%' AND text LIKE '%3 December 2026%')"""


def linked_in_the_mail(seat: Seat) -> str:
    """The path of the one address in the mail that told the head of the agenda."""
    return urlsplit(str(seat.site.value(INVITED)).split()[-1]).path


def add_a_paper(page: Page) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "Screening of November.pdf", "mimeType": "application/pdf", "buffer": one_sheet()}
    )
    page.get_by_role("button", name="Add the paper").click()


def one_sheet() -> bytes:
    """A PDF of one empty sheet."""
    writer, file = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(file)
    return file.getvalue()


def chief_executive_sees_and_cannot_choose(page: Page, seat: Seat) -> None:
    seat.sits("Chief Executive")
    seat.goes_to("Progress Boards")
    row_of(page, ALDERFEN).get_by_role("link", name=re.compile("^3 Dec")).click()
    expect(page.get_by_role("region", name="Preparation")).to_contain_text("5 of 5 chosen")
    assert page.locator("main select").count() == 0
    answer = page.request.get(f"{page.url}school/")
    assert answer.status == 403


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

    everybody_is_told(seat)
    page.goto(f"{seat.site.url}/")
    open_the_board(page, seat)
    page.get_by_role("link", name="Read the minutes").first.click()
    expect(page.locator("article")).to_contain_text("Ten of fourteen pupils")
    seat.looks()


ALDERFENS = """FROM progress_boards_progressboard b
JOIN meetings_meeting m ON m.id = b.meeting_id
JOIN schools_school s ON s.id = b.school_id
WHERE s.name LIKE 'Alderfen%' AND m.starts_at::date = '2026-12-03'"""


def everybody_is_told(seat: Seat) -> None:
    """The minutes are sealed as a PDF, all are told, and the actions go to their owners on the day after."""
    site = seat.site
    board, meeting = (site.value(f"SELECT {which}.id {ALDERFENS}") for which in "bm")
    assert site.value(f"SELECT m.state {ALDERFENS}") == "final"
    agreed = f"SELECT count(*) FROM trust_mail WHERE key LIKE 'actions-agreed:{meeting}:%'"  # noqa: S608
    for _ in ("what is due is asked for", "and made"):
        site.manage("work", "--once")
    sealed = f"""SELECT count(*) FROM trust_document
    WHERE kind = 'minutes' AND subject_id = {board} AND state = 'done' AND sha256 <> ''"""  # noqa: S608
    assert int(str(site.value(sealed))) >= 1
    told = f"SELECT array_agg(\"to\") FROM trust_mail WHERE key LIKE 'minutes_final:{board}:%'"  # noqa: S608
    names = {address.partition("@")[0] for address in site.value(told)}  # type: ignore[attr-defined]
    assert names >= {"ceo", "head.alderfen", "trustee.alderfen", "clerk"}
    assert site.value(agreed) == 0
    site.manage("work", "--once", EYELINE_AS_OF="2026-12-04")
    assert int(str(site.value(agreed))) >= 1


def open_the_board(page: Page, seat: Seat) -> None:
    """From the year's calendar, as everybody does who looks for a board."""
    seat.goes_to("Progress Boards")
    row_of(page, ALDERFEN).get_by_role("link", name=re.compile("^3 Dec")).click()
    expect(page.locator("h1")).to_have_text("Progress Board, 3 December 2026")


def clerk_writes(page: Page, seat: Seat) -> None:
    page.get_by_role("button", name="Start the meeting").click()
    section(page, "Early reading").get_by_role("button", name="Begin item 3").click()
    expect(section(page, "Early reading").locator("[data-clock][data-running]")).to_have_count(1)
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
    expect(page.locator("main")).to_contain_text("Minutes with Chair")


def section(page: Page, title: str) -> Locator:
    return page.locator("section").filter(has=page.get_by_role("heading", name=title))


def everybody_is_there(there: Locator) -> None:
    for line in there.locator(".att select").all():
        line.select_option(label="Present in person")


def keep(page: Page, place: Locator, button: str, write: Callable[[], object]) -> None:
    """Write what saves itself, or is saved by its button where there is no JavaScript."""
    by_hand = place.get_by_role("button", name=button)
    page.wait_for_load_state()
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
    expect(section(page, title)).to_contain_text(max(words.values(), key=len))


def chair_judges_and_signs(page: Page, seat: Seat) -> None:
    section(page, "Early reading").get_by_role("link", name="Edit item 3").click()
    page.get_by_label("Minutes for item 3").fill(
        "Leaders reported 9 of 14 Year 1 pupils now at the expected standard."
    )
    page.get_by_role("button", name="Save and return").click()
    tracked = section(page, "Early reading").locator(".track")
    expect(tracked.locator("del").first).to_contain_text("point")
    expect(tracked.locator("ins").first).to_contain_text("standard")
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


# -- 4: the Link Trustee, on a tablet -----------------------------------------------------------------


@journey("2026-12-03", viewport=TABLET)
def link_trustee_reviews_and_asks_on_a_tablet(page: Page, seat: Seat) -> None:
    """Three taps to reviewed minutes; a question to the Chief Executive is answered in place, outside the minutes."""
    seat.site.manage("work", "--once")  # the school’s silence has made Eastrow’s minutes final
    seat.sits("Link Trustee, Alderfen")
    page.get_by_role("link", name="Read the minutes").first.click()  # the first tap
    glance = page.get_by_role("region", name="At a glance")
    expect(glance).to_contain_text("Next board")
    expect(glance).to_contain_text("4 March 2027")
    expect(glance).to_contain_text("Overdue actions")
    expect(glance).to_contain_text(re.compile("Rated.*Green", re.S))
    minutes = page.url
    page.get_by_role("button", name="Mark as reviewed").last.click()  # the second
    expect(page.get_by_role("main")).to_contain_text("Judith Marlow, 3 December 2026")
    seat.looks()

    page.get_by_label("Your question").fill("Is the second person for phonics in post?")
    page.get_by_role("button", name="Ask the Chief Executive").click()
    expect(page.locator("main")).to_contain_text("Not answered yet")
    seat.sits("Chief Executive")
    expect(page.locator("main")).not_to_contain_text("Is the second person for phonics in post?")
    page.goto(minutes)
    page.get_by_label("Your answer").fill("From January, four days a week.")
    seat.looks()
    page.get_by_role("button", name="Answer the question").click()
    seat.signs_in("head.eastrow")
    page.goto(minutes)
    expect(page.locator("h1")).to_have_text("Minutes of 5 November 2026")
    expect(page.locator("main")).not_to_contain_text("phonics in post")
    seat.sits("Link Trustee, Alderfen")
    page.goto(minutes)
    expect(page.locator("main")).to_contain_text("From January, four days a week.")
    expect(page.locator("article")).not_to_contain_text("four days a week")


# -- 5: the annual report ----------------------------------------------------------------------------


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
        page.wait_for_load_state()
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
        page.wait_for_load_state()
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
