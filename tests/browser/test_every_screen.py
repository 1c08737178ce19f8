"""Every screen as every role: axe is silent, nothing scrolls sideways, the policy holds, no link is dead."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import copy_of
from tests.browser.looking import Look
from tests.browser.walking import PageRead, url_name
from tests.sites import Site
from trust.people.queries import DEMO_ROLES

pytestmark = pytest.mark.browser

EXAMPLES = 3
MORE_EXAMPLES = {
    "progress_boards:board-detail": 40, "meetings:minutes": 12, "cpd:request": 40, "cpd:practice": 12,
}  # fmt: skip
"""A board or a request looks different in each of its states, so that more of them are read."""

MATRIX = Path(__file__).parents[1] / "access_matrix.csv"
FILES = {
    "document-download", "evidence:document-file", "evidence:visit-file", "meetings:action-file",
    "progress_boards:paper-file", "healthz", "readyz",
    "cpd:request-export", "cpd:value-export", "cpd:purchase-recharge", "cpd:review-file",
    "meetings:action-export", "progress_boards:board-export",
}  # fmt: skip
LOOKED_AT_ON_A_JOURNEY = {
    "document-progress", "meetings:action-edit", "meetings:challenge-edit", "meetings:evidence-edit",
    "progress_boards:confirm-rating", "progress_boards:report-present", "progress_boards:report-section",
    "progress_boards:report-send", "progress_boards:report-submit",
}  # fmt: skip
BEHIND_A_MAIL_OR_A_PASSWORD = {
    "account_reset_password_from_key", "people:accept-invitation", "mfa_activate_totp",
    "mfa_add_webauthn", "mfa_authenticate", "mfa_code", "mfa_edit_webauthn", "mfa_generate_recovery_codes",
    "mfa_list_webauthn", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
}  # fmt: skip
AFTER_A_RACE_AN_UPLOAD_OR_A_RECORD_OF_THE_PAST = {
    "evidence:visit-both-texts", "meetings:minute-merge", "meetings:part-b-merge", "meetings:part-b-readers",
    "schools:import-preview",
    "progress_boards:past-minutes",
}  # fmt: skip
OF_A_SCHOOL_THAT_NO_DEMO_ACCOUNT_HEADS = {
    "cpd:project-ask", "cpd:project-edit", "cpd:project-gain", "cpd:project-join", "cpd:project-stop",
    "cpd:project-visit", "cpd:purchase-buy",
}  # fmt: skip
OF_A_MEETING_IN_ANOTHER_STATE = {
    "meetings:agenda-item-add", "meetings:minutes-sign", "progress_boards:seat-cannot",
}  # fmt: skip
"""On the story's day the Strategy Group's agenda is issued, no minutes of it wait for a signature, and nobody has said they cannot come."""
ANSWERS_TO_A_SCRIPT = {"cpd:request-alike"}
"""Part of a page that is looked at itself."""
NOT_WALKED = (
    FILES
    | OF_A_SCHOOL_THAT_NO_DEMO_ACCOUNT_HEADS
    | OF_A_MEETING_IN_ANOTHER_STATE
    | ANSWERS_TO_A_SCRIPT
    | LOOKED_AT_ON_A_JOURNEY
    | BEHIND_A_MAIL_OR_A_PASSWORD
    | AFTER_A_RACE_AN_UPLOAD_OR_A_RECORD_OF_THE_PAST
)
WITHOUT_A_LINK = [
    ("", "/accounts/inactive/"),
    ("", "/accounts/password/reset/done/"),
    ("", "/accounts/password/reset/key/done/"),
    ("Chief Executive", "/components/"),
    ("Chief Executive", "/accounts/logout/"),
]
FAULTS = """() => {
  document.querySelector("main").insertAdjacentHTML("beforeend",
    "<img src='/static/mark.svg'><p style='color: red'>x</p><pre>" + "w".repeat(2000) + "</pre>");
  setTimeout(function () { throw new Error("planted"); }, 0);
}"""

Screen = tuple[str, frozenset[str]]


@pytest.fixture(scope="module")
def site(demo: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    served = copy_of(demo, tmp_path_factory.mktemp("walk"))
    try:
        served.serve(worker=False)
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def looked_at() -> set[Screen]:
    """The screens that were opened so far: a URL name with the controls it shows."""
    return set()


def sign_in(page: Page, site: Site, role: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name=role, exact=True).click()
    page.wait_for_url(f"{site.url}/")


def walk(context: BrowserContext, look: Look, start: str, looked_at: set[Screen]) -> None:
    """Follow every link breadth-first; read a few examples of each URL name, open each new screen."""
    waiting = deque([(start, "the first page")])
    read: Counter[str] = Counter()
    met = {start}
    while waiting:
        address, shown_on = waiting.popleft()
        name = url_name(address)
        if read[name] >= MORE_EXAMPLES.get(name, EXAMPLES):
            continue
        read[name] += 1
        answer = context.request.get(address)
        if answer.status >= 400:
            look.found.append(f"{look.who} · {address} · {answer.status}, linked on {shown_on}")
            continue
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page = PageRead(answer.url, answer.text())
        screen = (url_name(answer.url), frozenset(page.controls))
        if screen not in looked_at:
            looked_at.add(screen)
            look.page.goto(answer.url)
            look.at()
        for link in page.links:
            if link not in met:
                met.add(link)
                waiting.append((link, address))


@pytest.mark.parametrize("role", [label for _, label in DEMO_ROLES])
def test_walk_as_each_role_finds_nothing_wrong(
    role: str, site: Site, open_context: Callable[..., BrowserContext], looked_at: set[Screen]
) -> None:
    context = open_context()
    page = context.new_page()
    sign_in(page, site, role)
    look = Look(page, role)
    walk(context, look, f"{site.url}/", looked_at)
    assert look.found == [], "\n" + "\n".join(look.found)


def test_walk_signed_out_finds_nothing_wrong(
    site: Site, open_context: Callable[..., BrowserContext], looked_at: set[Screen]
) -> None:
    context = open_context()
    look = Look(context.new_page(), "signed out")
    walk(context, look, f"{site.url}/accounts/login/", looked_at)
    assert look.found == [], "\n" + "\n".join(look.found)


@pytest.mark.parametrize(("role", "path"), WITHOUT_A_LINK)
def test_open_a_screen_without_a_link_finds_nothing_wrong(
    role: str,
    path: str,
    site: Site,
    open_context: Callable[..., BrowserContext],
    looked_at: set[Screen],
) -> None:
    page = open_context().new_page()
    if role:
        sign_in(page, site, role)
    look = Look(page, role or "signed out")
    open_and_look(page, look, f"{site.url}{path}", looked_at)
    assert look.found == [], "\n" + "\n".join(look.found)


def open_and_look(page: Page, look: Look, address: str, looked_at: set[Screen]) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert (answer.status, answer.url) == (200, address)
    looked_at.add((url_name(address), frozenset()))
    look.at()


def test_open_what_a_step_leads_to_finds_nothing_wrong(
    site: Site, open_context: Callable[..., BrowserContext], looked_at: set[Screen]
) -> None:
    """The Chair's note to a returned agenda, the school's own view once asked for, a date after postponing."""
    chair = open_context().new_page()
    sign_in(chair, site, "External Chair")
    look = Look(chair, "External Chair")
    chair.get_by_role("link", name="Open the agenda").first.click()
    open_and_look(chair, look, f"{chair.url}agenda/return/", looked_at)

    ceo = open_context().new_page()
    sign_in(ceo, site, "Chief Executive")
    ceo.goto(f"{site.url}/progress-boards/ratings/")
    ceo.get_by_role("link", name="Rate Alderfen Primary Academy").click()
    ceo.get_by_role("button", name="Save the draft").click()
    ceo.get_by_role("button", name="Ask for the school’s own view").click()
    ceo.goto(f"{site.url}/progress-boards/")
    gorsefield = ceo.get_by_role("row").filter(has_text="Gorsefield School")
    gorsefield.get_by_role("link", name="15 Dec").click()
    board = ceo.url
    ceo.get_by_role("link", name="Postpone this board").click()
    ceo.get_by_role("button", name="Postpone: Ofsted inspection").click()
    ceo_look = Look(ceo, "Chief Executive")
    open_and_look(ceo, ceo_look, f"{board}rebook/", looked_at)

    head = open_context().new_page()
    sign_in(head, site, "Headteacher, Alderfen")
    head_look = Look(head, "Headteacher, Alderfen")
    head.get_by_role("link", name="own view").first.click()
    open_and_look(head, head_look, head.url, looked_at)
    assert [*look.found, *ceo_look.found, *head_look.found] == []


def test_walk_as_everybody_reaches_every_screen(looked_at: set[Screen]) -> None:
    """What the access matrix opens to somebody was looked at, but for what no link of a story day shows."""
    with MATRIX.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == "GET"]
    opened = {row["url_name"] for row in rows if "ok" in row.values()}
    missed = opened - {name for name, _ in looked_at} - NOT_WALKED
    assert missed == set(), "\n".join(sorted(missed))


def test_look_at_a_faulty_page_finds_each_fault(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    """The looking itself can fail: no silent axe, no deaf listener."""
    page = open_context().new_page()
    look = Look(page, "signed out")
    page.goto(f"{site.url}/accounts/login/")
    page.evaluate(FAULTS)
    page.wait_for_timeout(200)
    look.at((1280,))
    for fault in ("axe image-alt", "scrolls sideways", "Content-Security-Policy: ", "JavaScript error: planted"):  # fmt: skip
        assert any(fault in line for line in look.found), (fault, look.found)


def test_open_what_is_not_there_shows_a_whole_page(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    sign_in(page, site, "Headteacher, Alderfen")
    look = Look(page, "Headteacher, Alderfen")
    look.expected_refusal = True
    for path in ("/progress-boards/999999/", "/evidence/visits/999999/", "/no-such-page/"):
        answer = page.goto(f"{site.url}{path}")
        assert answer is not None
        assert answer.status == 404
        look.at()
    assert look.found == [], "\n" + "\n".join(look.found)
