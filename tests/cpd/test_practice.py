"""Practice cards, offers and needs: written by a school, read by all staff, matched by words and indicator."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpd.actions.practice import (
    AtField,
    Stale,
    change_card,
    close_notice,
    post_notice,
    propose_project,
    reopen_notice,
    restore_card,
    retire_card,
    share_card,
    write_card,
)
from cpd.models import PracticeCard, PracticeNotice
from cpd.queries.matching import PAIRS, find_matches
from cpd.queries.practice import library, waiting_findings
from cpd.work.practice import practice_work
from evidence.models import Finding, Indicator
from schools.models import School
from tests import factories
from trust.access import Capacity, Conflict, NotAllowed
from trust.pages import new_key
from trust.people.models import User

ClientFor = Callable[..., Client]
TODAY = dt.date(2026, 11, 21)
TEXT = "Pupils say each sentence aloud before they write it. Books show longer sentences."


@pytest.fixture(autouse=True)
def _november(as_of: Any) -> None:
    as_of("2026-11-21")


def seen_at(school: School, *, state: str = "filed", **fields: Any) -> Finding:
    """A finding marked as good practice to share, of a record in a state."""
    visit = factories.VisitRecordFactory(
        school=school, state=state, visited_on=dt.date(2026, 10, 13),
        sent_at=None if state == "draft" else factories.at(dt.date(2026, 10, 15)),
        open_to_leaders=fields.pop("open_to_leaders", True),
        is_restricted=fields.pop("is_restricted", False),
    )  # fmt: skip
    told = {"kind": "strength", "text": TEXT, "good_practice": True, **fields}
    return Finding.objects.create(visit=visit, **told)


def card_of(school: School, by: User, *, shared: bool = True, **fields: Any) -> PracticeCard:
    told = {"title": "Oral rehearsal before writing", "what": TEXT, **fields}
    card = write_card(school=school, by=by, **told)
    return share_card(card, by=by) if shared else card


# -- cards ---------------------------------------------------------------------------------------


def test_write_from_a_finding_says_when_and_how_it_was_seen_and_by_nobody(
    school: School, head: User
) -> None:
    card = write_card(
        school=school, by=head, title="Oral rehearsal", what="We say it", finding=seen_at(school)
    )
    assert card.seen_on == dt.date(2026, 10, 13)
    assert card.seen_by == f"From the {_kind(card)} of 13 October 2026"
    assert card.shared_at is None


def _kind(card: PracticeCard) -> str:
    name = card.finding.visit.kind.name if card.finding else ""
    return name[:1].lower() + name[1:]


def test_write_twice_from_one_finding_says_there_is_a_card(school: School, head: User) -> None:
    finding = seen_at(school)
    write_card(school=school, by=head, title="One", what="x", finding=finding)
    with pytest.raises(Conflict, match="There is a practice card for this finding already"):
        write_card(school=school, by=head, title="Two", what="x", finding=finding)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"state": "draft"}, "not marked"), ({"good_practice": False}, "not marked")],
)
def test_write_from_a_finding_that_is_not_offered_is_refused(
    school: School, head: User, changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        write_card(school=school, by=head, title="x", what="x", finding=seen_at(school, **changed))


def test_write_from_another_schools_finding_is_refused(
    school: School, other_school: School, head: User
) -> None:
    with pytest.raises(Conflict, match="another school"):
        write_card(school=school, by=head, title="x", what="x", finding=seen_at(other_school))


def test_write_by_those_who_only_read_is_refused(school: School, ceo: User, trustee: User) -> None:
    for by in (ceo, trustee):
        with pytest.raises(NotAllowed, match="their own school"):
            write_card(school=school, by=by, title="x", what="x")


def test_write_without_words_says_which(school: School, head: User) -> None:
    with pytest.raises(AtField, match="Enter a title"):
        write_card(school=school, by=head, title=" ", what="x")
    assert not PracticeCard.objects.exists()


def test_share_retire_and_restore_twice_do_no_harm(school: School, head: User, ceo: User) -> None:
    card = card_of(school, head)
    first = card.shared_at
    assert share_card(card, by=head).shared_at == first
    assert list(PracticeCard.objects.visible_to(ceo)) == [card]
    retire_card(card, by=head)
    retire_card(card, by=head)
    assert not PracticeCard.objects.visible_to(ceo).exists()
    with pytest.raises(Conflict, match="restore it first"):
        share_card(card, by=head)
    with pytest.raises(Conflict, match="restore it first"):
        change_card(card, version=1, by=head, title="New")
    restore_card(card, by=head)
    restore_card(card, by=head)
    assert list(PracticeCard.objects.visible_to(ceo)) == [card]


def test_change_on_an_older_version_loses_nothing(school: School, head: User, leader: User) -> None:
    card = card_of(school, head)
    change_card(card, version=1, by=head, effect="Theirs")
    with pytest.raises(Stale):
        change_card(card, version=1, by=leader, effect="Mine")
    assert change_card(card, version=1, by=leader, effect="Theirs\r\n").version == 2


def test_waiting_findings_are_those_the_reader_may_read(
    school: School, other_school: School, head: User, leader: User
) -> None:
    opened = seen_at(school)
    closed = seen_at(school, open_to_leaders=False, state="sent")
    seen_at(school, is_restricted=True)
    seen_at(school, good_practice=False)
    seen_at(other_school)
    made = seen_at(school)
    write_card(school=school, by=head, title="Made", what="x", finding=made)
    assert set(waiting_findings(head)) == {opened, closed}
    assert set(waiting_findings(leader)) == {opened}


def test_search_finds_the_stem_of_a_word_in_shared_cards_only(
    school: School, other_school: School, head: User, other_head: User, trustee: User
) -> None:
    found = card_of(school, head)
    card_of(other_school, other_head, title="Times tables", what="Five minutes a day")
    card_of(other_school, other_head, title="Sentences in draft", shared=False)
    page = library(trustee, {"q": "rehearsals"})
    assert [line.pk for line in page.cards] == [found.pk]
    assert page.waiting == []


# -- offers, needs and who could help ------------------------------------------------------------


def test_post_close_and_reopen_twice_do_no_harm(school: School, head: User) -> None:
    notice = post_notice(school=school, kind="need", title="Writing at length", by=head)
    close_notice(notice, by=head)
    closed = close_notice(notice, by=head).closed_at
    assert closed is not None
    reopen_notice(notice, by=head)
    assert reopen_notice(notice, by=head).closed_at is None


def test_post_for_another_school_or_of_no_kind_is_refused(
    school: School, other_school: School, head: User
) -> None:
    with pytest.raises(NotAllowed):
        post_notice(school=other_school, kind="need", title="x", by=head)
    with pytest.raises(AtField):
        post_notice(school=school, kind="wish", title="x", by=head)


def test_match_by_words_or_indicator_of_other_schools_only(
    school: School, other_school: School, head: User, other_head: User
) -> None:
    indicator = Indicator.objects.first()
    need = post_notice(
        school=other_school, kind="need", title="Longer sentences", by=other_head,
        words="Oral rehearsal or anything like it", indicator=indicator,
    )  # fmt: skip
    by_words = card_of(school, head)
    by_indicator = card_of(school, head, title="Quite other", what="Nought", indicator=indicator)
    card_of(school, head, title="Times tables", what="Five minutes for pupils in class a day")
    card_of(school, head, title="Sentences rehearsed aloud", shared=False)
    card_of(other_school, other_head)
    offer = post_notice(
        school=school, kind="offer", title="Coaching in rehearsed sentences", by=head
    )
    matches = find_matches(needs=[need.pk], cards=[by_words.pk], offers=[offer.pk])
    assert {(m.kind, m.pk) for m in matches.of_need[need.pk]} == {
        ("card", by_words.pk), ("card", by_indicator.pk), ("offer", offer.pk),
    }  # fmt: skip
    whys = {m.pk: m.why for m in matches.of_need[need.pk] if m.kind == "card"}
    assert whys == {by_words.pk: "similar words", by_indicator.pk: f"both about {indicator}"}
    assert [m.school for m in matches.of_card[by_words.pk]] == ["Cressmere High"]
    assert [m.pk for m in matches.of_offer[offer.pk]] == [need.pk]


def test_match_takes_words_with_quotes_and_backslashes(
    school: School, other_school: School, head: User, other_head: User
) -> None:
    need = post_notice(
        school=school, kind="need", title=r"Children's c:\plans\o'clock & | ! ( <-> '", by=head
    )
    blank = post_notice(school=school, kind="need", title="the of", by=head)
    card = card_of(other_school, other_head, title="O'clock", what=r"Plans in c:\plans\o'clock")
    matches = find_matches(needs=[need.pk, blank.pk])
    assert [m.pk for m in matches.of_need[need.pk]] == [card.pk]
    assert matches.of_need.get(blank.pk) is None


def test_match_ends_with_the_need(
    school: School, other_school: School, head: User, other_head: User
) -> None:
    need = post_notice(
        school=school, kind="need", title="Rehearsal of sentences", words=TEXT, by=head
    )
    card = card_of(other_school, other_head)
    assert find_matches(cards=[card.pk]).of_card[card.pk][0].pk == need.pk
    close_notice(need, by=head)
    assert find_matches(cards=[card.pk]).of_card == {}


# -- what waits ----------------------------------------------------------------------------------


def test_work_tells_the_head_alone_of_findings_and_of_projects_to_join(
    school: School, other_school: School, head: User, leader: User, other_head: User
) -> None:
    seen_at(school)
    seen_at(school)
    project = propose_project(
        title="Sentences", question="Q", schools=[school, other_school], by=other_head
    )
    assert [(item.title, item.due) for item in practice_work(head, TODAY)] == [
        ("Answer whether your school joins “Sentences”", None),
        ("Make 2 practice cards of what visitors saw", None),
    ]
    assert list(practice_work(leader, TODAY)) == []
    project.schools.filter(school=school).delete()
    assert len(list(practice_work(head, TODAY))) == 1


def test_work_tells_leads_and_heads_of_a_project_past_its_end(
    school: School, other_school: School, head: User, leader: User, other_head: User
) -> None:
    both = factories.user_with((Capacity.HEAD, school), (Capacity.HEAD, other_school))
    project = propose_project(
        title="Sentences", question="Q", schools=[school, other_school], by=both,
        starts_on=dt.date(2026, 9, 7), ends_on=dt.date(2026, 11, 20), own_lead=leader.person,
    )  # fmt: skip
    assert project.state == "active"
    for user in (head, other_head, leader):
        (item,) = practice_work(user, TODAY)
        assert (item.title, item.is_late) == ("Write up and finish “Sentences”", True)
    aside = factories.user_with((Capacity.LEADER, school))
    assert list(practice_work(aside, TODAY)) == []
    assert list(practice_work(head, dt.date(2026, 11, 20))) == []


# -- pages ---------------------------------------------------------------------------------------


def test_finding_is_offered_to_the_own_leaders_prefilled_and_becomes_one_card(
    school: School, head: User, client_for: ClientFor
) -> None:
    finding, client = seen_at(school), client_for(head)
    address = f"{reverse('cpd:practice-new')}?finding={finding.pk}"
    assert address in client.get(reverse("cpd:practice-list")).content.decode()
    initial = client.get(address).context["form"].initial
    assert initial["title"] == "Pupils say each sentence aloud before they write it"
    assert initial["seen_by"].endswith("of 13 October 2026")
    sent = {
        "school": school.pk, "title": "Oral rehearsal", "what": "We say it", "then": "share",
        "seen_on": "2026-10-13", "idempotency_key": new_key(),
    }  # fmt: skip
    first, second = client.post(address, sent), client.post(address, sent)
    card = PracticeCard.objects.get()
    assert first["Location"] == second["Location"] == reverse("cpd:practice", args=[card.pk])
    assert (card.finding, card.shared_by) == (finding, head)
    assert client.get(address)["Location"] == first["Location"]


def test_visit_page_leads_its_readers_to_the_card_and_leaders_to_making_one(
    school: School, head: User, trustee: User, ceo: User, link_trustee: User, client_for: ClientFor
) -> None:
    finding = seen_at(school)
    address = reverse("evidence:visit-page", args=[finding.visit_id])
    assert "Make a practice card" in client_for(head).get(address).content.decode()
    assert "practice card" not in client_for(link_trustee).get(address).content.decode()
    card = write_card(school=school, by=head, title="x", what="x", finding=finding)
    assert "practice card" not in client_for(ceo).get(address).content.decode()
    assert "Open its practice card" in client_for(head).get(address).content.decode()
    share_card(card, by=head)
    assert "Open its practice card" in client_for(ceo).get(address).content.decode()
    link = f'href="{address}"'
    page = reverse("cpd:practice", args=[card.pk])
    assert link in client_for(ceo).get(page).content.decode()
    assert link not in client_for(trustee).get(page).content.decode()


def test_edit_on_an_older_version_shows_both_texts(
    school: School, head: User, leader: User, client_for: ClientFor
) -> None:
    card = card_of(school, head)
    change_card(card, version=1, by=leader, effect="What Hanna wrote")
    address = reverse("cpd:practice-edit", args=[card.pk])
    sent = {"version": 1, "title": card.title, "what": card.what, "effect": "What Tessa wrote"}
    page = client_for(head).post(address, sent)
    body = page.content.decode()
    assert "What Hanna wrote" in body
    assert "What Tessa wrote" in body
    assert client_for(head).post(address, {**sent, "version": 2}).status_code == 302
    card.refresh_from_db()
    assert card.effect == "What Tessa wrote"


def test_draft_of_another_school_is_nowhere(
    school: School, other_head: User, head: User, ceo: User, client_for: ClientFor
) -> None:
    card = card_of(school, head, shared=False, title="Canary practice")
    for user in (other_head, ceo):
        client = client_for(user)
        assert client.get(reverse("cpd:practice", args=[card.pk])).status_code == 404
        for query in ("", "?show=drafts", "?q=canary", "?show=retired"):
            body = client.get(reverse("cpd:practice-list") + query).content.decode()
            assert "Canary practice" not in body
    body = client_for(head).get(f"{reverse('cpd:practice-list')}?show=drafts").content.decode()
    assert "Canary practice" in body


def test_list_takes_any_filter_and_says_when_nothing_fits(
    head: User, client_for: ClientFor
) -> None:
    client = client_for(head)
    assert "No practice card yet" in client.get(reverse("cpd:practice-list")).content.decode()
    for name in ("practice-list", "notice-list", "project-list"):
        page = client.get(
            reverse(f"cpd:{name}"),
            {"q": "' & | ", "school": "99999999999", "indicator": "x", "show": "x", "page": "-1"},
        )
        assert page.status_code == 200
    assert "No card fits" in client.get(reverse("cpd:practice-list") + "?q=zebra").content.decode()


def test_notice_is_posted_once_matched_and_closed(
    school: School, other_school: School, head: User, other_head: User, client_for: ClientFor
) -> None:
    card = card_of(other_school, other_head)
    client = client_for(head)
    sent = {
        "school": school.pk, "kind": "need", "title": "Sentences said aloud", "words": "",
        "idempotency_key": new_key(),
    }  # fmt: skip
    client.post(reverse("cpd:notice-new"), sent)
    client.post(reverse("cpd:notice-new"), sent)
    notice = PracticeNotice.objects.get()
    body = client.get(reverse("cpd:notice-list")).content.decode()
    assert reverse("cpd:practice", args=[card.pk]) in body
    told = client.get(reverse("cpd:practice", args=[card.pk])).content.decode()
    assert "Alderfen Primary Academy would like to gain" in told
    client.post(reverse("cpd:notice-close", args=[notice.pk]))
    assert (
        "Sentences said aloud"
        not in client_for(other_head).get(reverse("cpd:notice-list")).content.decode()
    )
    client.post(reverse("cpd:notice-close", args=[notice.pk]), {"reopen": "yes"})
    notice.refresh_from_db()
    assert notice.closed_at is None


def test_card_that_names_a_pupil_is_warned_of_to_its_school_only(
    school: School, head: User, ceo: User, client_for: ClientFor
) -> None:
    card = card_of(school, head, what="J.S. in Year 4 now reads aloud")
    address = reverse("cpd:practice", args=[card.pk])
    assert "This may name a pupil" in client_for(head).get(address).content.decode()
    assert "This may name a pupil" not in client_for(ceo).get(address).content.decode()


@pytest.mark.parametrize("name", ["practice-list", "notice-list"])
def test_lists_ask_as_often_for_1_3_and_40_rows(
    name: str,
    school: School,
    other_school: School,
    head: User,
    other_head: User,
    client_for: ClientFor,
) -> None:
    asked, made = [], 0
    for rows in (1, 3, 40):
        for n in range(made, rows):
            card_of(school, head, title=f"Rehearsal of sentences {n}")
            post_notice(
                school=other_school, kind="need", title=f"Sentences rehearsed {n}", by=other_head
            )
            seen_at(school)
        made = rows
        client = client_for(head)
        client.get(reverse(f"cpd:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(f"cpd:{name}"))
        asked.append(len(queries))
    assert asked[0] == asked[1] == asked[2]


def test_school_page_shows_its_shared_cards_and_projects_to_those_who_read_practice(
    school: School,
    other_school: School,
    head: User,
    ceo: User,
    local_committee: User,
    client_for: ClientFor,
) -> None:
    card_of(school, head, title="Seen by all")
    card_of(school, head, title="Canary draft", shared=False)
    propose_project(title="Sentences", question="Q", schools=[school, other_school], by=head)
    address = reverse("school", args=[school.pk])
    body = client_for(ceo).get(address).content.decode()
    assert "Seen by all" in body
    assert "Sentences" in body
    assert "Canary draft" not in body
    assert "Seen by all" not in client_for(local_committee).get(address).content.decode()


def test_match_reads_nothing_but_what_schools_shared_themselves() -> None:
    tables = set(re.findall(r"\b(?:FROM|JOIN) ([a-z]+_[a-z]+)\b", PAIRS))
    assert tables == {
        "cpd_practicecard", "cpd_practicenotice", "schools_school", "evidence_indicator",
    }  # fmt: skip
