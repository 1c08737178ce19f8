"""Four journeys of training through the screens only: advice and decision, buying once, the fund, practice."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.looking import Look
from tests.browser.seat import DESK, PHONE, Seat
from tests.sites import Site

pytestmark = pytest.mark.browser

MEETS_ON = "2026-11-24"
MONTHS_LATER = "2027-03-18"
NEVER_SAID = re.compile(r"approv|permission|permit|authoris", re.IGNORECASE)
"""Advice is advice: no screen of training speaks as if a school had to be allowed its own."""

Walk = Callable[[Page, Seat], None]


# -- 1: advised against, and the school goes ahead -----------------------------------------------------

CONFERENCE = "National reading conference"
REASON = "Our reading leads present there, and will bring it back to every class."
AGAINST = "Two days away for six teachers, and nothing planned to follow it in school."


def school_goes_ahead_despite_advice(page: Page, seat: Seat) -> None:
    """Raised, advised against at the meeting, read by the head, and gone ahead with for a short reason."""
    seat.sits("Headteacher, Alderfen")
    seat.goes_to("CPD requests")
    write_request(page, seat, {
        "What is it?": CONFERENCE, "Provider": "Marl Reading Association", "How many?": "6",
        "Hours each": "10", "When does it start?": "2027-02-04", "Fee, £": "540", "Travel, £": "60",
        "What pupils will do that they cannot do now": "Year 3 read aloud with expression.",
    }, kind="Conference", total="£600")  # fmt: skip
    expect(page.locator(".page-head")).to_contain_text("For 24 November")
    seat.looks()

    seat.sits("Clerk")
    open_meeting(page, seat)
    page.get_by_role("link", name="Write the minutes").click()
    page.get_by_role("button", name="Start the meeting").click()
    expect(page.get_by_role("button", name="Finish the meeting")).to_be_visible()

    seat.sits("Director of School Improvement")
    open_meeting(page, seat)
    advise_against(page, seat)

    seat.sits("Headteacher, Alderfen")
    page.get_by_role("link", name=re.compile(rf"^Decide\b.*{CONFERENCE}")).click()
    decide_despite(page, seat)

    seat.sits("Director of School Improvement")
    read_what_became_of_it(page, seat)


def open_meeting(page: Page, seat: Seat) -> None:
    """The Group's meeting of the story's day, by its room's tabs."""
    seat.goes_to("CPD and strategy")
    tab(page, "Strategy Group")
    page.get_by_role("link", name="24 November 2026", exact=True).click()
    expect(page.locator("h1")).to_have_text("Strategy Group, 24 November 2026")


def advise_against(page: Page, seat: Seat) -> None:
    """Without a note it is asked for, and what was chosen stays; then the advice is recorded."""
    card = page.get_by_role("region", name=CONFERENCE, exact=True)
    choose(card, "Advise against")
    card.get_by_role("button", name=re.compile("^Record advice")).click()
    expect(page.get_by_role("alert")).to_contain_text("Write the note")
    expect(card.get_by_role("radio", name="Advise against")).to_be_checked()
    card.get_by_label(re.compile("^Note")).fill(AGAINST)
    card.get_by_role("button", name=re.compile("^Record advice")).click()
    expect(card).to_contain_text(f"Advice: advise against. {AGAINST}")
    speaks_of_advice_only(page)
    seat.looks()


def decide_despite(page: Page, seat: Seat) -> None:
    """The head reads the advice; a decision despite it asks for one sentence, and no more."""
    advice = page.get_by_role("region", name="The Strategy Group’s advice")
    expect(advice).to_contain_text("Advise against")
    expect(advice).to_contain_text(AGAINST)
    expect(page.locator(".page-head")).to_contain_text("Advised")
    choose(page.locator("#decide"), "Proceed despite advice")
    page.get_by_role("button", name="Record the school’s decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the school's reason in a sentence")
    seat.looks()
    page.locator("#decide").get_by_label(re.compile("^Reason")).fill(REASON)
    page.get_by_role("button", name="Record the school’s decision").click()
    expect(page.locator(".page-head")).to_contain_text("School: going ahead")
    expect(page.locator(".page-head")).to_contain_text("Advice: advise against")
    expect(page.get_by_role("region", name="The school’s decision")).to_contain_text(REASON)
    speaks_of_advice_only(page)


def read_what_became_of_it(page: Page, seat: Seat) -> None:
    """At its next meeting the Group reads the decision and the reason, and nothing that judges them."""
    seat.goes_to("CPD and strategy")
    tab(page, "Strategy Group")
    page.get_by_role("link", name="Plan a meeting").click()
    page.get_by_label("Date").fill("2027-01-19")
    page.get_by_label("Starts at").fill("13:30")
    page.get_by_role("button", name="Plan the meeting").click()
    expect(page.locator("h1")).to_have_text("Strategy Group, 19 January 2027")
    line = page.get_by_role("listitem").filter(has_text=CONFERENCE)
    expect(line).to_contain_text("Advice on 24 November: advise against")
    expect(line).to_contain_text(f"“{REASON}”")
    expect(line.locator(".tag")).to_have_text("School: going ahead")
    expect(line.locator(".late, .tag-late")).to_have_count(0)
    speaks_of_advice_only(page)
    seat.looks()


# -- 2: three ask for the same, and it is bought once --------------------------------------------------

SPELLING = "Spelling subscription"
INFANT = "Brackenholme Infant"
ALDERFEN = "Alderfen Primary Academy"
DUNLIN = "Dunlin Way Primary"
COST = Decimal("400.00")


def like_requests_are_bought_once(page: Page, seat: Seat) -> None:
    """Three like requests are found, two schools join by their own act, the lead buys and recharges."""
    seat.sits("Headteacher, Alderfen")
    seat.goes_to("CPD requests")
    page.get_by_role("link", name=re.compile(f"^{SPELLING} with a launch")).click()
    page.get_by_role("link", name="Go on writing").click()
    expect(page.locator("#alike")).to_contain_text("Another school has asked for this")
    expect(page.locator("#alike")).to_contain_text(INFANT)
    seat.looks()
    page.get_by_role("button", name="Raise this request").click()
    expect(page.locator(".page-head")).to_contain_text("For 24 November")

    seat.signs_in("head.dunlinway")
    seat.goes_to("CPD requests")
    write_request(page, seat, {
        "What is it?": f"{SPELLING} for Year 3", "How many?": "3", "Hours each": "2",
        "When does it start?": "2027-01-12", "Fee, £": "180",
        "What pupils will do that they cannot do now": "Year 3 spell what they have been taught.",
    }, kind="Subscription", total="£180", alike=(INFANT, ALDERFEN))  # fmt: skip

    seat.sits("Director of School Improvement")
    open_purchase(page, seat)
    answer(page, seat, "head.brackenholmeinfant", staff="2")
    answer(page, seat, "head.alderfen", staff="4")
    answer(page, seat, "head.dunlinway", staff="")
    seat.signs_in("head.brackenholmeinfant")
    buy_and_recharge(page, seat)
    read_own_share(page, seat)


def open_purchase(page: Page, seat: Seat) -> None:
    """The find of the room leads to the purchase, which asks three schools."""
    seat.goes_to("CPD and strategy")
    tab(page, "Shared purchases")
    find = page.get_by_role("article").filter(has_text=SPELLING)
    expect(find).to_contain_text("3 schools asked")
    for school in (INFANT, ALDERFEN, DUNLIN):
        expect(find).to_contain_text(school)
    expect(find.locator("dl")).to_contain_text("£620")  # 220 + 220 + 180: fees, bought apart
    seat.looks()
    find.get_by_role("link", name=re.compile("^Open a purchase")).click()
    page.get_by_label(re.compile("^What is bought")).fill("Spelling for three schools")
    page.get_by_label(re.compile("^Quote for all")).fill("540")
    choose(page.locator("main"), "Per member of staff")
    page.get_by_label(re.compile("^Lead school")).select_option(label=INFANT)
    page.get_by_label(re.compile("^Note to the schools")).fill("One subscription from January.")
    seat.looks()
    page.get_by_role("button", name="Ask the schools").click()
    expect(page.locator("h1")).to_have_text("Spelling for three schools")
    expect(page.locator("main tbody tr")).to_have_count(3)


def answer(page: Page, seat: Seat, account: str, *, staff: str) -> None:
    """A headteacher answers for the own school from My work; without staff, declines."""
    seat.signs_in(account)
    page.get_by_role("link", name=re.compile(r"^Answer\b.*Spelling for three schools")).click()
    if staff:
        page.get_by_label(re.compile("^How many staff take part")).first.fill(staff)
        page.get_by_role("button", name="Join the purchase").click()
        expect(page.get_by_role("status")).to_contain_text(f"has joined with {staff} staff")
        return
    page.get_by_role("button", name="Decline to join").click()
    expect(page.get_by_role("status")).to_contain_text("does not join")
    seat.looks()


def buy_and_recharge(page: Page, seat: Seat) -> None:
    """Every share is shown before it is bought: they sum to the cost, and the odd penny has a name."""
    page.get_by_role("link", name=re.compile(r"^See every share\b.*Spelling")).click()
    page.get_by_label(re.compile("^What it costs in the end")).fill(str(COST))
    page.get_by_role("button", name="See every share").click()
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(3)  # two schools, and what it is in all
    assert amount(rows.nth(2)) == COST == amount(rows.nth(0)) + amount(rows.nth(1))
    expect(rows.filter(has_text=INFANT)).to_contain_text("with £0.01 that cannot be shared")
    seat.looks()
    page.get_by_role("button", name="Buy for £400").click()

    expect(page.get_by_role("heading", name="What each school pays")).to_be_visible()
    shares = {name: amount(row_of(page, name)) for name in (INFANT, ALDERFEN)}
    assert shares == {INFANT: Decimal("133.34"), ALDERFEN: Decimal("266.66")}
    assert sum(shares.values()) == COST
    expect(row_of(page, DUNLIN)).to_contain_text("–")
    expect(page.locator("main dl.kv")).to_contain_text("£440")  # what the two had asked for apart
    expect(page.locator("main dl.kv")).to_contain_text("£40")
    expect(page.locator("main")).to_contain_text(
        f"£0.01 cannot be shared: {INFANT}, as lead school, bears it"
    )
    seat.looks()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the recharge note").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as note:
        recharged = {row["School"]: Decimal(row["Share"]) for row in csv.DictReader(note)}
    assert recharged == shares


def read_own_share(page: Page, seat: Seat) -> None:
    """Who joined has decided by it, and reads the share; who did not decides on the own request still."""
    seat.sits("Headteacher, Alderfen")
    seat.goes_to("CPD requests")
    page.get_by_role("link", name=re.compile(f"^{SPELLING} with a launch")).click()
    expect(page.locator(".page-head")).to_contain_text("School: going ahead")
    expect(page.get_by_role("region", name="Shared purchase")).to_contain_text(
        "this school pays £266.66"
    )
    seat.looks()
    seat.signs_in("head.dunlinway")
    seat.goes_to("CPD requests")
    page.get_by_role("link", name=f"{SPELLING} for Year 3").click()
    expect(page.locator(".page-head")).to_contain_text("For 24 November")
    expect(page.get_by_role("button", name="Record the school’s decision")).to_be_visible()


# -- 3: the part that the central fund pays ------------------------------------------------------------

COACHING = "Coaching for early reading"
PART = Decimal(450)


def central_part_waits_and_the_school_does_not(page: Page, seat: Seat) -> None:
    """A part is asked for, the school goes ahead meanwhile, the CFO agrees, and the fund's bar moves."""
    seat.sits("Headteacher, Alderfen")
    seat.goes_to("CPD requests")
    write_request(page, seat, {
        "What is it?": COACHING, "Provider": "Fenland Reading", "How many?": "3", "Hours each": "6",
        "When does it start?": "2027-01-13", "Fee, £": "720", "Supply days": "1",
        "What pupils will do that they cannot do now": "The lowest fifth read at the pace of the class.",
    }, kind="Coaching", total="£880")  # fmt: skip
    page.get_by_role("link", name="Ask the central fund").click()
    page.get_by_label(re.compile("^Part asked for")).fill("900")
    page.get_by_role("button", name="Ask for this part").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seat.looks()
    page.get_by_label(re.compile("^Part asked for")).fill(str(PART))
    page.get_by_role("button", name="Ask for this part").click()
    part = page.get_by_role("region", name="Central fund")
    expect(part).to_contain_text("£450 of £880")

    choose(page.locator("#decide"), "Proceed")
    page.get_by_role("button", name="Record the school’s decision").click()
    expect(page.locator(".page-head")).to_contain_text("School: going ahead")
    expect(part).to_contain_text("the school’s decision does not")
    seat.looks()

    seat.sits("Chief Financial Officer")
    agree_on_the_fund(page, seat)

    seat.sits("Headteacher, Alderfen")
    seat.goes_to("CPD requests")
    page.get_by_role("link", name=COACHING).click()
    expect(part).to_contain_text("Agreed from the central fund, 24 November 2026")
    expect(page.locator(".page-head")).to_contain_text("School: going ahead")


def agree_on_the_fund(page: Page, seat: Seat) -> None:
    """From My work to the fund; agreeing moves the bar by the part and nothing else."""
    page.get_by_role("link", name=re.compile(r"^See the fund\b.*2 parts asked")).click()
    agreed, waiting, left = figures_of_fund(page)
    before = width_of_bar(page)
    row = page.get_by_role("listitem").filter(has_text=COACHING)
    expect(row).to_contain_text("£450 of £880")
    seat.looks()
    row.get_by_role("button", name=re.compile("^Agree £450")).click()
    decided = page.get_by_role("region", name="Decided this year")
    expect(decided.get_by_role("listitem").filter(has_text=COACHING)).to_contain_text("Agreed")
    assert figures_of_fund(page) == [agreed + PART, waiting - PART, left - PART]
    whole = agreed + left
    assert before == int(agreed * 100 / whole)
    assert width_of_bar(page) == int((agreed + PART) * 100 / whole) > before
    seat.looks()


def figures_of_fund(page: Page) -> list[Decimal]:
    """Agreed, waiting and left, as the page's figures say."""
    return [pounds(each.inner_text()) for each in page.locator("dl.stats dd").all()]


def width_of_bar(page: Page) -> int:
    """How far the bar of the fund is filled, of 100; its words say the same."""
    bar = page.locator("dl.stats svg")
    width = int(bar.locator("rect").get_attribute("width") or -1)
    expect(bar).to_have_attribute("aria-label", f"{width}% of the central fund agreed")
    return width


# -- 4: seen in one school, changed in another ---------------------------------------------------------

CARD = "Assessment used the same day"
PROJECT = "Checking writing while it is written"


def practice_of_one_school_changes_another(page: Page, seat: Seat) -> None:
    """A visit's finding becomes a card, the card a project of two schools, and the library keeps both."""
    seat.sits("Headteacher, Alderfen")
    page.get_by_role("link", name=re.compile(r"^See them\b")).click()
    page.get_by_role("listitem").filter(has_text="used the same day").get_by_role(
        "link", name="Make a practice card"
    ).click()
    write_card(page, seat)

    seat.signs_in("head.dunlinway")
    propose_from_card(page, seat)

    seat.sits("Headteacher, Alderfen")
    page.get_by_role("link", name=re.compile(rf"^Read and answer\b.*{PROJECT}")).click()
    page.get_by_role("link", name="Join the project").click()
    page.get_by_label(re.compile("^Who leads it there")).select_option(label="Nisha Patel")
    fill(page, {"Role of that person": "Reading lead", "What your school brings": "Two classrooms to watch."})  # fmt: skip
    page.get_by_role("button", name="Join the project").click()
    expect(page.get_by_role("complementary")).to_contain_text("Under way")
    place = page.get_by_role("region", name=ALDERFEN)
    expect(place).to_contain_text("Nisha Patel, Reading lead")
    seat.looks()

    months_pass(seat)
    seat.signs_in("head.dunlinway")
    write_up(page, seat)
    seat.sits("Headteacher, Alderfen")
    finish(page, seat)
    seat.sits("School leader, Alderfen")
    find_it_in_the_library(page, seat)


def write_card(page: Page, seat: Seat) -> None:
    """What the visitor saw, in the school's own words."""
    fill(page, {
        "Title": CARD, "Whom to ask": "Phase leader",
        "What we do": "Teachers check while pupils write, and plan the next lesson from what they saw.",
        "What pupils gained, and how we know": "Gaps are closed within the week: books show it.",
    })  # fmt: skip
    seat.looks()
    page.get_by_role("button", name="Save and share").click()
    expect(page.locator("h1")).to_have_text(CARD)
    expect(page.get_by_role("status")).to_contain_text("all staff of the trust can read it")
    about = page.get_by_role("complementary")
    expect(about).to_contain_text("From the external provider's record of visit of 5 November 2026")
    expect(about).to_contain_text(f"{DUNLIN} would like to gain Writing in Year 4")
    seat.looks()


def propose_from_card(page: Page, seat: Seat) -> None:
    """Another head finds the card by its words, and proposes a question to share."""
    seat.goes_to("Shared practice")
    page.get_by_role("searchbox", name="Search practice").fill("plan the next lesson")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name=CARD).click()
    page.get_by_role("link", name="Propose a joint project").click()
    expect(page.get_by_role("checkbox", name=ALDERFEN)).to_be_checked()
    page.get_by_label(re.compile("^Who leads it there")).select_option(label="Chris Ballard")
    fill(page, {
        "Title": PROJECT, "Starts on": "2026-11-30", "Ends on": "2027-03-19",
        "The shared question": "How soon does a pupil hear what to put right?",
        "What your school brings": "Writing lessons in Year 4.",
        "Where pupils stand at the start": "In November 49% of Year 4 were at the expected standard.",
    })  # fmt: skip
    seat.looks()
    page.get_by_role("button", name="Propose the project").click()
    expect(page.locator("h1")).to_have_text(PROJECT)
    expect(page.get_by_role("complementary")).to_contain_text("when every school has joined")


def months_pass(seat: Seat) -> None:
    """The site is stopped, and is served again on a day of March."""
    seat.site.stop_processes()
    seat.site.serve(worker=False, EYELINE_AS_OF=MONTHS_LATER)


def write_up(page: Page, seat: Seat) -> None:
    """The school that asked records visits both ways, what changed, and its own gain."""
    open_project(page, seat)
    end = page.get_by_role("region", name="Before it is finished")
    expect(end).to_contain_text(f"a visit by {DUNLIN}")
    expect(end).to_contain_text("what changed for pupils")
    expect(page.get_by_role("button", name="Finish the project")).to_have_count(0)
    seat.looks()
    visit(page, seat, DUNLIN, ALDERFEN, "2027-01-20")
    visit(page, seat, ALDERFEN, DUNLIN, "2027-02-10")
    page.get_by_role("link", name="Write in the project").click()
    fill(page, {
        "What changed in practice": "Year 4 teachers read over shoulders in every lesson.",
        "What changed for pupils": "In March 55% of Year 4 were at the expected standard.",
        "What is there to share": "A page on what to look for while pupils write.",
    })  # fmt: skip
    seat.looks()
    page.get_by_role("button", name="Save the project").click()
    gain(page, DUNLIN, "Year 4 pupils hear the same hour what to put right.")
    expect(end).not_to_contain_text(f"what {DUNLIN} gained")
    expect(end).to_contain_text(f"what {ALDERFEN} gained")


def open_project(page: Page, seat: Seat) -> None:
    seat.goes_to("Shared practice")
    page.get_by_role("link", name="Joint projects").click()
    page.get_by_role("link", name=PROJECT).click()
    expect(page.locator("h1")).to_have_text(PROJECT)


def visit(page: Page, seat: Seat, visitor: str, host: str, on: str) -> None:
    page.get_by_role("link", name="Record a visit").click()
    page.get_by_label("School that visited").select_option(label=visitor)
    page.get_by_label("School it went to").select_option(label=host)
    fill(page, {"Date of the visit": on, "What was seen and learned": "Two lessons of writing."})
    seat.looks()
    page.get_by_role("button", name="Record the visit").click()
    visits = page.get_by_role("region", name="Visits", exact=True)
    expect(visits).to_contain_text(f"{visitor} visited {host}")


def gain(page: Page, school: str, words: str) -> None:
    """What one school gained, on its own part of the page."""
    page.get_by_role("region", name=school).get_by_role("link", name="Write what we gained").click()
    page.get_by_label(re.compile("^What your school gained")).fill(words)
    page.get_by_role("button", name="Save what we gained").click()
    expect(page.get_by_role("region", name=school)).to_contain_text(words)


def finish(page: Page, seat: Seat) -> None:
    """The school that gave has gained too; then everything is there, and it is finished."""
    open_project(page, seat)
    gain(page, ALDERFEN, "We can say now what we look for, and teach it to new colleagues.")
    end = page.get_by_role("region", name="Before it is finished")
    expect(end).to_contain_text("Everything is there")
    end.get_by_role("button", name="Finish the project").click()
    expect(page.get_by_role("complementary")).to_contain_text("Finished")
    seat.looks()


def find_it_in_the_library(page: Page, seat: Seat) -> None:
    """A leader finds the project among those finished, and from it the card it came from."""
    seat.goes_to("Shared practice")
    page.get_by_role("link", name="Joint projects").click()
    page.get_by_label("State", exact=True).select_option(label="Finished")
    if seat.look is None:
        page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("show=finished"))
    seat.looks()
    page.get_by_role("link", name=PROJECT).click()
    change = page.get_by_role("region", name="From start to end")
    expect(change).to_contain_text("49% of Year 4")
    expect(change).to_contain_text("55% of Year 4")
    page.get_by_role("link", name=CARD).click()
    expect(page.get_by_role("region", name="Joint projects from this card")).to_contain_text(
        PROJECT
    )


# -- what the journeys share ---------------------------------------------------------------------------


def write_request(
    page: Page, seat: Seat, words: dict[str, str], *, kind: str, total: str, alike: tuple[str, ...] = ()
) -> None:  # fmt: skip
    """Begin a request, read its cost and who asks for the same as it is typed, and raise it."""
    page.get_by_role("link", name="New request").click()
    page.get_by_label("Kind", exact=True).select_option(label=kind)
    fill(page, words)
    if seat.look is None:
        page.get_by_role("button", name="Work out the cost").click()
    expect(page.locator("[data-words=cost-total]")).to_have_text(total)
    for school in alike:
        expect(page.locator("#alike")).to_contain_text(school)
    seat.looks()
    page.get_by_role("button", name="Raise this request").click()
    expect(page.locator("h1")).to_have_text(words["What is it?"])
    expect(page.get_by_role("status").first).to_contain_text("is raised")


def fill(page: Page, words: dict[str, str]) -> None:
    for label, text in words.items():
        exactly = re.compile(rf"^\s*{re.escape(label)}( \(optional\))?\s*$")
        page.locator("main").get_by_label(exactly).fill(text)


def choose(place: Locator, option: str) -> None:
    """Choose one of the radio buttons by the words beside it."""
    place.locator("label").filter(has_text=re.compile(rf"^\s*{option}\s*$")).click()
    expect(place.get_by_role("radio", name=option, exact=True)).to_be_checked()


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Training").get_by_role("link", name=name).click()


def row_of(page: Page, school: str) -> Locator:
    return page.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name=re.compile(school))
    )


def amount(row: Locator) -> Decimal:
    """The pounds in the last cell of a row."""
    return pounds(row.get_by_role("cell").last.inner_text())


def pounds(text: str) -> Decimal:
    """The first pounds in a text, such as £1,650 or £166.67."""
    found = re.search(r"£([\d,]+(\.\d\d)?)", text)
    assert found, text
    return Decimal(found[1].replace(",", ""))


def speaks_of_advice_only(page: Page) -> None:
    said = page.locator("body").inner_text()
    assert not NEVER_SAID.search(said), NEVER_SAID.findall(said)


# -- each with JavaScript and without, on the desk and on the phone ------------------------------------

WALKS: tuple[tuple[Walk, dict[str, int], dict[str, int]], ...] = (
    (school_goes_ahead_despite_advice, DESK, PHONE),
    (like_requests_are_bought_once, PHONE, DESK),
    (central_part_waits_and_the_school_does_not, PHONE, DESK),
    (practice_of_one_school_changes_another, DESK, PHONE),
)
"""The walk, the screen it is done on with JavaScript, and the one without."""


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize(
    ("walk", "scripted", "plain"), WALKS, ids=[walk.__name__ for walk, *_ in WALKS]
)
def test_training_journey_through_the_screens_reaches_its_end(
    walk: Walk,
    scripted: dict[str, int],
    plain: dict[str, int],
    java_script: bool,
    serve: Callable[..., Site],
    open_context: Callable[..., BrowserContext],
) -> None:
    site = serve(MEETS_ON)
    viewport = scripted if java_script else plain
    page = open_context(java_script_enabled=java_script, viewport=viewport).new_page()
    look = Look(page, walk.__name__) if java_script else None
    walk(page, Seat(page, site, look))
    assert look is None or look.found == [], "\n" + "\n".join(look.found)
