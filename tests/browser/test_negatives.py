"""What nobody may do or see: where each refusal is proven, and the demo trust asked for it by its own people."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Page

from tests.browser.conftest import copy_of
from tests.browser.seat import Seat
from tests.sites import Site

HERE = Path(__file__).parents[1]

PROVEN = {
    "head of A cannot see B's RAG": [
        "ratings/test_pages.py::test_rating_detail_of_another_school_is_a_404",
        "attack/test_canaries.py::test_no_word_of_the_other_school_is_seen_from_a_post_at_the_own_school",
    ],
    "head sees no rating and no new board before sharing": [
        "ratings/test_pages.py::test_a_draft_rating_is_a_404_for_everybody_else",
        "ratings/test_sharing.py::test_share_on_a_date_moves_nothing_until_that_day",
    ],
    "leader cannot see draft agenda": [
        "progress_boards/test_agenda_life.py::test_leader_sees_no_draft_agenda_and_the_issued_one",
    ],
    "nobody acting as CEO assigns a responder": [
        "progress_boards/test_agenda_life.py::test_ceo_sees_no_respondent_field_and_cannot_post_one",
    ],
    "nobody acting as CEO edits minutes": [
        "progress_boards/test_signing.py::test_ceo_cannot_edit_minutes_at_any_stage",
    ],
    "the same person as head of A assigns at A": [
        "progress_boards/test_agenda_life.py::test_same_person_as_head_chooses_at_the_own_school",
    ],
    "clerk cannot sign or write the Chair's statement": [
        "progress_boards/test_signing.py::test_nobody_but_the_chair_judges_states_or_signs",
    ],
    "owner cannot close own action": [
        "meetings/test_action_states.py::test_decide_one_s_own_action_is_refused",
    ],
    "school never sees a briefing note": [
        "progress_boards/test_briefing.py::test_whoever_is_of_the_school_reads_none_whatever_else_they_hold",
        "attack/test_confidential.py::test_no_paper_but_its_own_holds_a_word_of_part_b_or_of_a_briefing",
    ],
    "delegate cannot rate or share": [
        "ratings/test_life.py::test_share_rating_by_the_ceos_delegate_is_refused",
        "ratings/test_pages.py::test_a_draft_rating_is_not_read_by_the_ceos_assistant",
    ],
    "delegate cannot sign": [
        "progress_boards/test_signing.py::test_delegates_sign_nothing_and_state_nothing",
    ],
    "delegate cannot read Part B by delegation": [
        "meetings/test_part_b.py::test_read_a_part_b_for_somebody_else_is_refused",
    ],
    "trust admin cannot read minutes": [
        "progress_boards/test_signing.py::test_administrator_and_provider_read_no_minutes",
        "meetings/test_pages.py::test_read_final_minutes_by_the_administrator_is_not_found",
    ],
    "Part B never in search results, e-mails, exports, annual report": [
        "attack/test_confidential.py::test_no_paper_but_its_own_holds_a_word_of_part_b_or_of_a_briefing",
        "attack/test_confidential.py::test_no_mail_log_or_audit_row_holds_a_word",
        "attack/test_canaries.py::test_nobody_without_a_right_sees_a_word",
    ],
    "Part B unread by a head who is not ticked": [
        "meetings/test_part_b.py::test_nobody_is_ticked_until_somebody_ticks",
        "meetings/test_part_b.py::test_untick_the_head_takes_the_reading_away",
    ],
    "rationale about people in no report, export or feed": [
        "ratings/test_pages.py::test_a_reason_about_people_is_read_by_few",
        "attack/test_canaries.py::test_every_word_of_the_own_school_is_seen_by_exactly_whom_it_is_for",
        "attack/test_canaries.py::test_snapshots_of_agenda_and_minutes_hold_only_what_their_readers_see",
    ],
    "provider sees only own visits": [
        "evidence/test_pages.py::test_a_provider_sees_own_records_and_never_anothers",
    ],
    "ex-trustee loses access on term end date": [
        "people/test_access_ends.py::test_end_of_term_closes_everything_on_the_next_day",
        "people/test_access_ends.py::test_sign_in_after_end_of_term_works_and_shows_nothing",
    ],
    "a superseded rating still opens read-only": [
        "ratings/test_pages.py::test_a_superseded_rating_still_opens",
        "ratings/test_life.py::test_frozen_a_shared_rating_may_not_change",
    ],
    "a withdrawn one is in no chart, count or report": [
        "ratings/test_pages.py::test_a_withdrawn_rating_is_in_no_history",
        "ratings/test_overview.py::test_overview_and_report_leave_a_withdrawn_rating_out",
    ],
}
"""Each refusal of the trust's list, and the tests that prove it. Leaders' concerns are not kept yet."""


@pytest.mark.parametrize("refusal", PROVEN)
def test_each_refusal_is_proven_by_a_test_that_is_there(refusal: str) -> None:
    for proof in PROVEN[refusal]:
        path, _, name = proof.partition("::")
        tree = ast.parse((HERE / path).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, proof


# -- the demo trust, asked by its own people -----------------------------------------------------------


@pytest.fixture(scope="module")
def site(demo: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    served = copy_of(demo, tmp_path_factory.mktemp("refusals"))
    try:
        served.serve(worker=False)
        yield served
    finally:
        served.stop()


BOARD = """SELECT b.{0} FROM progress_boards_progressboard b
JOIN meetings_meeting m ON m.id = b.meeting_id JOIN schools_school s ON s.id = b.school_id
WHERE s.name LIKE '{1}%' AND m.state = '{2}' ORDER BY m.starts_at DESC LIMIT 1"""
SCHOOL = "SELECT id FROM schools_school WHERE name LIKE '{0}%'"
RATED = """SELECT r.id FROM ratings_ratingassessment r JOIN schools_school s ON s.id = r.school_id
WHERE s.name LIKE '{0}%' AND r.state = '{1}' ORDER BY r.id DESC LIMIT 1"""
ADDRESSES = {
    "rating of another school": ("/ratings/{0}/", RATED.format("Cressmere", "shared")),
    "ratings of another school": ("/ratings/schools/{0}/", SCHOOL.format("Cressmere")),
    "another school": ("/schools/{0}/", SCHOOL.format("Cressmere")),
    "draft rating": ("/ratings/{0}/", RATED.format("Eastrow", "draft")),
    "draft agenda": ("/progress-boards/{0}/", BOARD.format("id", "Brackenholme J", "agenda_draft")),
    "who answers": ("/progress-boards/{0}/school/", BOARD.format("id", "Alderfen", "issued")),
    "briefing": ("/progress-boards/{0}/briefing/", BOARD.format("id", "Alderfen", "issued")),
    "writing minutes": ("/meetings/{0}/minutes/edit/", BOARD.format("meeting_id", "Alderfen", "issued")),
    "signing": ("/progress-boards/{0}/sign/", BOARD.format("id", "Cressmere", "with_chair")),
    "minutes": ("/progress-boards/{0}/minutes/", BOARD.format("id", "Alderfen", "final")),
    "earlier rating": ("/ratings/{0}/", RATED.format("Alderfen", "superseded")),
}  # fmt: skip
ASKED = [
    ("head.alderfen", "rating of another school", 404),
    ("head.alderfen", "ratings of another school", 404),
    ("head.alderfen", "another school", 404),
    ("head.alderfen", "draft rating", 404),
    ("head.alderfen", "briefing", 403),
    ("head.alderfen", "writing minutes", 403),
    ("head.alderfen", "who answers", 200),
    ("head.alderfen", "earlier rating", 200),
    ("office.alderfen", "briefing", 403),
    ("office.alderfen", "signing", 404),
    ("leader.alderfen", "draft agenda", 404),
    ("leader.alderfen", "briefing", 403),
    ("ceo", "who answers", 403),
    ("ceo", "writing minutes", 403),
    ("ceo", "signing", 403),
    ("clerk", "signing", 403),
    ("clerk", "briefing", 403),
    ("administrator", "minutes", 404),
    ("provider", "minutes", 404),
    ("provider", "another school", 404),
    ("trustee", "draft rating", 404),
    ("chair", "draft rating", 404),
]


@pytest.mark.browser
def test_ask_the_demo_trust_for_what_is_not_ones_own_is_refused(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    """Each person signs in once and asks by address, as somebody would who guesses it."""
    paths = {
        name: address.format(site.value(query)) for name, (address, query) in ADDRESSES.items()
    }
    assert not [path for path in paths.values() if "None" in path]
    page = open_context(java_script_enabled=False).new_page()
    seat, found, signed_in = Seat(page, site, None), [], ""
    for account, what, wanted in ASKED:
        if account != signed_in:
            seat.signs_in(account)
            signed_in = account
        answer = ask(page, site, paths[what])
        if answer.status != wanted:
            found.append(f"{account} · {what} · {paths[what]} · {answer.status}, not {wanted}")
    assert found == [], "\n" + "\n".join(found)


def ask(page: Page, site: Site, path: str) -> APIResponse:
    return page.context.request.get(f"{site.url}{path}")
