"""A different word in every field that not everybody may read, and who comes across each, written by hand.

"No canary of school B for any role of school A only" is the second test: whoever holds a post at the own
school alone meets nothing of the other one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.attack.planting import Planted, canary, plant, plant_report
from tests.attack.planting_training import GUARDED
from tests.matrix_objects import World
from tests.missing_rows import CAPACITIES, routes
from tests.test_access_matrix import _undone
from trust.models import Document, Mail
from trust.work import run_due_work

pytestmark = pytest.mark.long

WORD = re.compile(r"zq[ABT][a-z0-9]+qz")
LEAD = "lead_chair"
ROLES = (*CAPACITIES, LEAD)
AT_ONE_SCHOOL = (
    "ceo_representative", "head", "leader", "link_trustee", "chair", "provider", "local_committee",
)  # fmt: skip
"""Posts held at the own school only."""


@dataclass(frozen=True)
class Crawl:
    """What each role came across, on every page that opened."""

    seen: dict[str, frozenset[str]]
    where: dict[tuple[str, str], list[str]]


@pytest.fixture(scope="module")
def planted(world: World) -> list[Planted]:
    return [plant(world, "own"), plant(world, "other")]


FULL = os.environ.get("EYELINE_ATTACK") == "full"
READING = (
    "board-detail", "board-minutes", "meetings:minutes", "rating-detail", "school-history",
    "visit-page", "document-page", "meetings:action", "leader-item", "paper-file", "school",
    "progress_boards:rate", "item-paper-add", "briefing", "cpd:request", "cpd:request-edit",
    "request-version", "cpd:review", "cpd:purchase", "cpd:practice", "cpd:practice-edit",
    "cpd:project", "improvement:priority", "meetings:part-b", "part-b-merge", "part-b-readers",
    "meetings:errata", "meetings:redacted",
)  # fmt: skip
"""Of the other school, the pages that show what was written; `EYELINE_ATTACK=full` asks for all."""


def _addresses(made: Planted, report: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    listed = [*made.addresses, *report]
    listed += [(r.url_name, {}) for r in routes() if "GET" in r.methods and not r.has_object]
    listed += [("schools:calendar-year", {"year": 2026})]
    for name, kwargs in dict.fromkeys((n, tuple(sorted(k.items()))) for n, k in listed):
        if not name.startswith(("account_", "mfa_", "usersessions_", "components", "readyz")):
            yield reverse(name, kwargs=dict(kwargs))


MORE = {
    "home:overview": "?at=2026-09-20",
    "meetings:action-list": "?status=all",
    "evidence:document-list": "?older=1",
}


@pytest.fixture(scope="module")
def crawl(world: World, sessions: dict[str, str], planted: list[Planted]) -> Crawl:
    own, other = planted
    everybodys = list(_addresses(own, list(plant_report(world, planted))))
    everybodys += [reverse(name) + query for name, query in MORE.items()]
    elsewhere = [
        reverse(name, kwargs=kwargs)
        for name, kwargs in other.addresses
        if FULL or name.endswith(READING)
    ]
    held = sessions | {LEAD: _session_of_a_lead()}
    seen: dict[str, frozenset[str]] = {}
    where: dict[tuple[str, str], list[str]] = {}
    for role in ROLES:
        client = Client()
        if role in held:
            client.cookies[settings.SESSION_COOKIE_NAME] = held[role]
        found: set[str] = set()
        for url in everybodys + (elsewhere if role in (*AT_ONE_SCHOOL, LEAD) else []):
            for word in set(WORD.findall(_read(client, url))):
                found.add(word)
                where.setdefault((role, word), []).append(url)
        seen[role] = frozenset(found)
    return Crawl(seen, where)


def _session_of_a_lead() -> str:
    """A Chair who holds nothing but the year in which everything is planted."""
    person = factories.PersonFactory(name=LEAD)
    factories.PostFactory(person=person, capacity=LEAD, academic_year=factories.make_year(2026))
    client = Client()
    client.force_login(factories.UserFactory(person=person))
    return str(client.session.session_key)


def _read(client: Client, url: str) -> str:
    response = client.get(url)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(response.headers)


# -- who comes across what -------------------------------------------------------------------------

RATERS = {"ceo", "ceo_representative", "dsi"}
OF_SCHOOL = {"head", "leader"}
GROUP = {"ceo", "ceo_representative", "dsi", "head", "leader", "cfo", "clerk"}
STAFF = {"ceo", "ceo_representative", "dsi", "head", "leader", "link_trustee", "trustee", "chair",
         "clerk", "cfo", "safeguarding_lead"}  # fmt: skip
READERS = {*RATERS, "head", "leader", "link_trustee", "chair", "clerk"}
PUBLIC = {*READERS, "trustee", "local_committee", LEAD}
CHECKERS = {"ceo", "head", "link_trustee", "chair", "clerk"}

SEEN: tuple[tuple[set[str], str], ...] = (
    # A draft rating: the Chief Executive, the representative who drafts it, the Director of
    # School Improvement; the school only its own view of itself.
    (RATERS, "summary_draft strengths_draft risks_draft level_draft boards_draft "
             "rationale_people_draft rationale_plain_draft"),
    ({"ceo", "ceo_representative"}, "override_draft"),
    ({*RATERS, "head"}, "own_view_draft"),
    # Shared and earlier ones: the school's headteacher, Link Trustee and Chair, and trustees the
    # summary; reasons never reach trustees in general, nor anybody else at the school.
    ({*RATERS, "head", "link_trustee", "trustee", "chair", LEAD},
     "summary_shared summary_superseded head_comment"),
    ({*RATERS, "head", "link_trustee", "chair"}, "rationale_people_shared rationale_plain_shared"),
    ({"ceo", "dsi"}, "summary_withdrawn reason_withdrawn"),
    # Records of Visit: drafts by the visitor and the trust's officers; sent ones by the school's
    # head; filed ones by its Chair and local committee; by leaders when the head opens them.
    (RATERS, "visit_draft visit_draft_overall visit_draft_finding visit_draft_step"),
    ({*RATERS, "provider"}, "visit_of_provider visit_of_provider_overall "
                            "visit_of_provider_finding visit_of_provider_step"),
    ({*RATERS, "head", "link_trustee", "clerk"},
     "visit_sent visit_sent_overall visit_sent_finding visit_sent_step"),
    ({*RATERS, "head", "link_trustee", "clerk", "chair", "local_committee"},
     "visit_filed visit_filed_overall visit_filed_finding visit_filed_step"),
    ({*READERS, "local_committee"},
     "visit_opened visit_opened_overall visit_opened_finding visit_opened_step"),
    ({*RATERS, "head", "leader", "link_trustee", "clerk"}, "document passage passage_note"),
    # A draft agenda: those who prepare it and the two who sit at its head and foot.
    ({*RATERS, "chair", "clerk"}, "item_draft question_draft"),
    ({"chair", "clerk"}, "source_draft interests_agenda_draft interests_issued"),
    # An issued one: the school, the Link Trustee and whoever sits there; trustees and the local
    # committee wait for the minutes. A leader's note is the school's own.
    (READERS, "item_issued question_issued source_issued paper item_with_chair "
              "question_with_chair source_with_chair question_check source_check "
              "question_final source_final"),
    ({"head", "leader"}, "leader_note"),
    # Minutes: clerk and Chair; then those who were there; then everybody who reads the record.
    ({"chair", "clerk"}, "minute_with_chair challenge_with_chair evidence_with_chair "
                         "action_with_chair interests_with_chair"),
    ({"chair"}, "closing_with_chair evaluation_with_chair"),
    (CHECKERS, "minute_check challenge_check evidence_check correction closing_check "
               "evaluation_check judgement_check interests_accuracy_check"),
    ({*PUBLIC, "cfo"}, "item_final"),  # over the Part B that the Chief Financial Officer was let read
    (PUBLIC, "minute_final challenge_final evidence_final action_final "
             "closing_final evaluation_final judgement_final interests_final"),
    ({*READERS, "local_committee", LEAD}, "action_check item_check update_check update_final"),
    ({"clerk"}, "kept_with_chair kept_check kept_final"),
    ({"ceo", "link_trustee"}, "review_question review_answer"),
    # The briefing of a board: never the school, never the clerk; of a draft, whoever reads the draft.
    ({*RATERS, "link_trustee", "chair"},
     " ".join(f"{name}_{state}" for name in ("briefing", "briefing_item")
              for state in ("issued", "with_chair", "accuracy_check", "final"))),
    ({*RATERS, "chair"}, "briefing_agenda_draft briefing_item_agenda_draft"),
    # Part B: the Chair and the clerk of that board; once signed the Chief Executive and who stayed; the
    # Chief Financial Officer by name. A text that came second is its author's alone.
    ({"chair", "clerk"}, "partb_with_chair partb_sent_with_chair"),
    ({"chair", "clerk", "ceo", "link_trustee"},
     "partb_check partb_correction_check partb_answer_check"),
    ({"chair", "clerk", "ceo", "link_trustee", "cfo"},
     "partb_final partb_correction_final partb_answer_final"),
    ({"chair", "clerk", "ceo"}, "partb_sent_check partb_sent_final"),  # what the Chair changed since
    ({"clerk"}, "partb_kept_with_chair partb_kept_check partb_kept_final"),
    ({"ceo"}, "partb_reason"),
    # A request in draft, and one withdrawn before it was raised: the school's own leaders, nobody else.
    (OF_SCHOOL, "title_draft need_draft provider_draft title_unraised need_unraised "
                "provider_unraised withdrawn_unraised"),
    (OF_SCHOOL, " ".join(f"{name}_{state}" for name in GUARDED for state in ("draft", "unraised"))),
    # Raised: title, need and provider by the Strategy Group's readers; what it rests on, and why the
    # school decided as it did, by the school and the trust's officers alone.
    (GROUP, "title_raised need_raised provider_raised title_going need_going advice_note"),
    ({*GROUP, "trustee", "chair", "local_committee"}, "provider_going"),  # spend by provider is among the totals
    ({*RATERS, *OF_SCHOOL},
     " ".join(f"{name}_{state}" for name in GUARDED for state in ("raised", "going"))),
    ({*RATERS, *OF_SCHOOL}, "decision_reason"),
    ({"ceo", "dsi", *OF_SCHOOL}, "review_evidence review_measured"),
    # What a request points to is read by whoever reads that: here the finding of a draft visit.
    (RATERS, "linked_finding"),
    ({"ceo"}, "score_conflict"),  # who declared it; the others read that there is one
    ({"ceo", "cfo", *OF_SCHOOL}, "fund_reason"),
    ({"ceo", "dsi", "cfo", "clerk", "head", "leader"}, "purchase purchase_note"),
    # Priorities of a school; what is shared of its practice; a card in draft.
    ({*READERS, "trustee", "cfo", "local_committee", "provider"},
     "priority priority_rationale priority_outcome priority_report"),
    (STAFF, "card card_what notice project project_question"),
    (OF_SCHOOL, "card_draft card_draft_what"),
    # The Chair's report before it is presented.
    ({"ceo", "dsi", "clerk", "chair"}, "report_school"),
)  # fmt: skip
"""The exact roles for every word planted at the own school."""
SHARED = ("card", "card_what", "notice", "project", "project_question")
RAISED = (
    "title_raised", "need_raised", "provider_raised", "title_going", "need_going", "provider_going",
    "advice_note", "purchase", "purchase_note",
)  # fmt: skip
"""What another school's headteacher reads, as a member of the Strategy Group."""
OF_THE_TRUST = "report_summary report_how_boards_ran report_recommendations recommendation"


def _expected() -> dict[str, frozenset[str]]:
    told = {canary("A", name): frozenset(roles) for roles, names in SEEN for name in names.split()}
    by_report = frozenset({"ceo", "dsi", "clerk", "chair"})
    return told | {canary("T", name): by_report for name in OF_THE_TRUST.split()}


@pytest.mark.django_db
def test_every_word_of_the_own_school_is_seen_by_exactly_whom_it_is_for(crawl: Crawl) -> None:
    words = {word for found in crawl.seen.values() for word in found if word[2] in "AT"}
    told = {word: frozenset(role for role in ROLES if word in crawl.seen[role]) for word in words}
    expected = _expected()
    wrong = {
        word: {
            role: crawl.where.get((role, word), ["nowhere"])[:3]
            for role in told.get(word, frozenset()) ^ expected.get(word, frozenset())
        }
        for word in told | expected
        if told.get(word, frozenset()) != expected.get(word, frozenset())
    }
    assert wrong == {}


@pytest.mark.django_db
def test_no_word_of_the_other_school_is_seen_from_a_post_at_the_own_school(crawl: Crawl) -> None:
    """But for the Chair's half page of the year's report, what the school raised, and what it shared."""
    shared = {canary("B", name) for name in SHARED}
    raised = {canary("B", name) for name in RAISED}
    allowed = {
        "chair": {canary("B", "report_school"), canary("B", "provider_going"), *shared},
        "head": raised | shared,
        "leader": shared,
        "link_trustee": shared,
        "ceo_representative": shared,
    }
    seen = {role: {w for w in crawl.seen[role] if w[2] == "B"} for role in AT_ONE_SCHOOL}
    assert {role: words for role, words in seen.items() if words} == allowed


FINAL = ("item_final minute_final challenge_final evidence_final action_final closing_final evaluation_final "
         "judgement_final interests_final action_check item_check update_check update_final "
         "summary_shared summary_superseded head_comment")  # fmt: skip


@pytest.mark.django_db
def test_lead_chair_sees_of_the_other_school_what_is_final_and_shared_and_no_more(
    crawl: Crawl,
) -> None:
    seen = {word for word in crawl.seen[LEAD] if word[2] == "B"}
    assert seen == {canary("B", name) for name in FINAL.split()}


@pytest.mark.django_db
def test_nobody_without_a_right_sees_a_word(crawl: Crawl) -> None:
    """But for the practice that is shared with all staff."""
    nobody = ("anonymous", "safeguarding_lead", "administrator")
    shared = {canary(side, name) for side in "AB" for name in SHARED}
    assert {role: crawl.seen[role] - shared for role in nobody if crawl.seen[role] - shared} == {}


# -- what leaves the house -------------------------------------------------------------------------


@pytest.mark.django_db
def test_mails_of_a_boards_whole_life_hold_no_word(
    world: World, sessions: dict[str, str], planted: list[Planted]
) -> None:
    """Issue, recall, move, send the minutes and sign, each by its button: no mail says what was said."""
    boards = planted[0].boards
    with _undone():
        factories.AgendaItemFactory(meeting=boards["agenda_draft"].meeting, order=3, minutes=39)
        for order, kind in ((1, "welcome"), (9, "close")):
            draft = boards["agenda_draft"].meeting
            factories.AgendaItemFactory(
                meeting=draft, order=order, type=kind, minutes=5 - order // 3
            )
        for role, name, state, data in (
            ("ceo", "agenda-send", "agenda_draft", {}),
            ("ceo", "agenda-recall", "issued", {}),
            ("ceo", "board-postpone", "issued", {"reason": "Illness"}),
            ("chair", "chair-sign", "with_chair",
             {"do": "sign", "typed_name": "chair", "closing_statement": "Calm", "evaluation": "yes",
              "version": "1"}),
        ):  # fmt: skip
            client = Client()
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[role]
            url = reverse(f"progress_boards:{name}", kwargs={"pk": boards[state].pk})
            answer = client.post(url, data)
            assert answer.status_code == 302, (name, answer.context["reason"])
        run_due_work()
        sent = list(Mail.objects.values_list("subject", "text", "html"))
        assert sent
        assert [
            WORD.findall(" ".join(parts)) for parts in sent if WORD.search(" ".join(parts))
        ] == []


@pytest.mark.django_db
def test_snapshots_of_agenda_and_minutes_hold_only_what_their_readers_see(
    world: World, sessions: dict[str, str], planted: list[Planted]
) -> None:
    boards = planted[0].boards
    readers = {"agenda-pdf": frozenset(READERS), "minutes-pdf": frozenset(PUBLIC)}
    # The record prints the question above its minute; the page of the minutes leads to it.
    expected = _expected() | {canary("A", "question_final"): frozenset(PUBLIC)}
    for name, state in (("agenda-pdf", "issued"), ("minutes-pdf", "final")):
        with _undone():
            client = Client()
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions["ceo"]
            url = reverse(f"progress_boards:{name}", kwargs={"pk": boards[state].pk})
            assert client.post(url).status_code == 302
            words = set(WORD.findall(json.dumps(Document.objects.get().snapshot)))
        assert words
        assert {word for word in words if not expected[word] >= readers[name]} == set(), name
