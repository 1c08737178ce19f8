"""The pages of Part B: typed under its item, shown to its readers only, after a second step, and its own PDF."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.actions import part_b as acts
from meetings.documents.part_b import part_b_snapshot, parts_without_document, request_part_b
from meetings.models import (
    PartB,
    PartBCorrection,
    PartBGrant,
    PartBKept,
    PartBReply,
    StayedForB,
)
from meetings.queries.part_b import part_with_rules
from progress_boards.documents import request_minutes
from progress_boards.models import ProgressBoard
from tests import factories
from tests.meetings.test_part_b import (
    SECRET,
    make_final,
    send,
    sign,
    stay,
    write,
)
from tests.people.test_codes import mailed, other_than
from tests.people.test_second_factor import code_of
from tests.progress_boards.test_documents import made, text_of
from trust.documents import may_read
from trust.models import AuditEvent, Document
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


def get(client: Client, name: str, pk: int) -> tuple[int, str]:
    response = client.get(reverse(f"meetings:{name}", args=[pk]))
    return response.status_code, response.content.decode()


def status(client: Client, url: str) -> int:
    """How a download is answered; a file is read to its end, so that it is closed."""
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    return int(response.status_code)


# -- typed ---------------------------------------------------------------------------------------------


def test_clerk_types_a_part_b_under_its_item_and_says_who_stayed(
    board: ProgressBoard,
    clerk: User,
    link_trustee: User,
    client_for: object,
) -> None:
    client, item = client_for(clerk), board.meeting.items.get(order=3)
    page = get(client, "minutes-edit", board.meeting_id)[1]
    assert page.count("Add Part B text") == 4
    saved = client.post(
        reverse("meetings:part-b-save", args=[item.pk]), {"text": SECRET, "version": "1"},
        headers={"X-Requested-With": "autosave"},
    )  # fmt: skip
    assert saved.json()["version"] == 2
    ticked = client.post(
        reverse("meetings:part-b-stayed", args=[item.pk]),
        {"shown": [link_trustee.person_id], "stayed": [link_trustee.person_id]},
    )
    assert ticked["Location"].endswith(f"#item-{item.pk}")
    page = get(client, "minutes-edit", board.meeting_id)[1]
    assert SECRET in page
    assert f'value="{link_trustee.person_id}" checked' in page


def test_one_click_unticks_the_head(
    board: ProgressBoard,
    clerk: User,
    head: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    stay(part, head, by=clerk)
    url = reverse("meetings:part-b-stayed", args=[part.item_id])
    answer = client_for(clerk).post(
        url, {"shown": [head.person_id]}, headers={"X-Requested-With": "autosave"}
    )
    assert "saved_at" in answer.json()
    assert not StayedForB.objects.exists()


def test_two_texts_of_a_part_b_are_put_together_by_their_author(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    url = reverse("meetings:part-b-save", args=[part.item_id])
    client = client_for(clerk)
    both = client.post(url, {"text": "The second", "version": "1"})
    assert both.status_code == 409
    assert all(words in both.content.decode() for words in (SECRET, "The second"))
    kept = PartBKept.objects.get()
    assert f"/meetings/part-b/kept/{kept.pk}/" in get(client, "minutes-edit", board.meeting_id)[1]
    merge = reverse("meetings:part-b-merge", args=[kept.pk])
    assert client_for(chair).get(merge).status_code == 404
    sent = client.post(merge, {"text": f"{SECRET}. The second", "version": part.version})
    assert sent.status_code == 302
    part.refresh_from_db()
    assert part.text == f"{SECRET}. The second"


def test_typed_text_on_an_old_version_is_answered_with_the_way_to_both_texts(
    board: ProgressBoard,
    clerk: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    answer = client_for(clerk).post(
        reverse("meetings:part-b-save", args=[part.item_id]), {"text": "Second", "version": "1"},
        headers={"X-Requested-With": "autosave"},
    )  # fmt: skip
    assert answer.status_code == 409
    assert SECRET not in answer.content.decode()
    assert answer.json()["url"] == f"/meetings/part-b/kept/{PartBKept.objects.get().pk}/"


@pytest.mark.parametrize("name", ["ceo", "head", "link_trustee", "dsi"])
def test_save_a_part_b_by_anybody_else_is_refused(
    name: str,
    board: ProgressBoard,
    request: pytest.FixtureRequest,
    client_for: object,
) -> None:
    item = board.meeting.items.get(order=3)
    client = client_for(request.getfixturevalue(name))
    for url_name in ("part-b-save", "part-b-stayed"):
        url = reverse(f"meetings:{url_name}", args=[item.pk])
        assert client.post(url, {"text": "Mine", "version": "1"}).status_code == 403
    assert not PartB.objects.exists()


def test_item_with_a_part_b_that_is_not_last_is_pointed_out(
    board: ProgressBoard,
    clerk: User,
    client_for: object,
) -> None:
    write(board, clerk, order=2)
    assert (
        "is not the last before the close"
        in get(client_for(clerk), "minutes-edit", board.meeting_id)[1]
    )
    write(board, clerk)
    assert "is not the last" not in get(client_for(clerk), "minutes-edit", board.meeting_id)[1]


# -- read ----------------------------------------------------------------------------------------------


def test_part_b_page_shows_each_reader_their_own_items_only(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, link_trustee: User, head: User,
    other_head: User, client_for: object,
) -> None:  # fmt: skip
    third = write(board, clerk)
    write(board, clerk, "About a parent", order=2)
    stay(third, link_trustee, by=clerk)
    sign(board, clerk, chair)
    seen = {}
    for user in (clerk, chair, ceo, link_trustee):
        status, page = get(client_for(user), "part-b", board.meeting_id)
        seen[user] = (status, SECRET in page, "About a parent" in page)
    assert seen == {clerk: (200, True, True), chair: (200, True, True), ceo: (200, True, True),
                    link_trustee: (200, True, False)}  # fmt: skip
    assert get(client_for(head), "part-b", board.meeting_id)[0] == 403
    assert get(client_for(other_head), "part-b", board.meeting_id)[0] == 404


def test_granted_reader_who_sees_no_meeting_reads_the_one_text(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    ceo: User,
    cfo: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    write(board, clerk, "About a parent", order=2)
    sign(board, clerk, chair)
    assert get(client_for(cfo), "part-b", board.meeting_id)[0] == 404
    acts.grant_part_b(part, person=cfo.person, reason="Severance", by=ceo)
    status, page = get(client_for(cfo), "part-b", board.meeting_id)
    assert (status, SECRET in page, "About a parent" in page) == (200, True, False)
    assert "/minutes/" not in page


def test_part_a_says_only_that_the_item_is_recorded_in_part_b(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    ceo: User,
    head: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    page = get(client_for(head), "minutes", board.meeting_id)[1]
    assert "Item 3 recorded in Part B" in page
    assert SECRET not in page
    assert "Open Part B" not in page
    assert (
        f"/meetings/{board.meeting_id}/part-b/#item-{part.item_id}"
        in get(client_for(ceo), "minutes", board.meeting_id)[1]
    )
    make_final(board)
    board.meeting.refresh_from_db()
    snapshot = json.dumps(request_minutes(board, by=None).snapshot)
    assert "Item 3 recorded in Part B" in snapshot
    assert SECRET not in snapshot


def test_chair_s_change_of_a_part_b_is_tracked(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    send(board, clerk)
    acts.save_part_b(
        part.item, text=SECRET.replace("Easter", "Whitsun"), version=part.version, by=chair
    )
    page = get(client_for(chair), "part-b", board.meeting_id)[1]
    assert re.search(r"<del>.*Easter</del>", page)
    assert re.search(r"<ins>.*Whitsun</ins>", page)
    assert "1 change since" in page


def test_sign_page_leads_the_chair_to_part_b(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    client_for: object,
) -> None:
    write(board, clerk)
    send(board, clerk)
    page = (
        client_for(chair)
        .get(reverse("progress_boards:chair-sign", args=[board.pk]))
        .content.decode()
    )
    assert "Item 3 recorded in Part B" in page
    assert f"/meetings/{board.meeting_id}/part-b/" in page
    assert SECRET not in page


def test_reader_says_nothing_to_correct_and_takes_it_back(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, link_trustee: User,
    client_for: object,
) -> None:  # fmt: skip
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    client, page = client_for(ceo), reverse("meetings:part-b", args=[board.meeting_id])
    say, back = (
        reverse(f"meetings:{name}", args=[part.pk])
        for name in ("part-b-nothing", "part-b-nothing-take-back")
    )
    assert f'action="{say}"' in client.get(page).content.decode()
    for _ in range(2):
        assert client.post(say)["Location"] == f"{page}#item-{part.item_id}"
    said = client.get(page).content.decode()
    assert (said.count("Nothing to correct</span>"), f'action="{say}"' in said) == (1, False)
    assert "No reply yet" in said
    for _ in range(2):
        assert client.post(back).status_code == 302
    assert f'action="{say}"' in client.get(page).content.decode()
    assert not PartBReply.objects.exists()
    assert "Nothing to correct" not in get(client_for(chair), "part-b", board.meeting_id)[1]


def test_final_part_b_and_its_pdf_record_who_had_nothing_to_correct_and_who_was_silent(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, link_trustee: User,
    client_for: object,
) -> None:  # fmt: skip
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    acts.say_nothing_of_part_b(part, by=ceo)
    make_final(board)
    page = get(client_for(link_trustee), "part-b", board.meeting_id)[1]
    assert "Nothing to correct</span>" in page
    assert "No correction proposed</span>" in page
    assert "Take “Nothing to correct” back" not in page
    told = part_b_snapshot(part)["accuracy"]
    assert [(row["asked"], row["answer"]) for row in told] == [
        ("Chief Executive", "Nothing to correct"), ("Link Trustee", "No correction proposed"),
    ]  # fmt: skip


# -- the second step -----------------------------------------------------------------------------------

ADDRESSES = (
    ("GET", "part-b", "meeting"), ("POST", "part-b-save", "item"), ("POST", "part-b-stayed", "item"),
    ("GET", "part-b-merge", "kept"), ("POST", "part-b-correct", "part"),
    ("POST", "part-b-nothing", "part"), ("POST", "part-b-nothing-take-back", "part"),
    ("POST", "part-b-answer", "correction"), ("GET", "part-b-readers", "part"),
    ("POST", "part-b-grant-end", "grant"), ("POST", "part-b-pdf", "part"),
)  # fmt: skip


def _second_step(client: Client) -> None:
    """As allauth keeps it when a code or a passkey was given in this session."""
    session = client.session
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time(), "id": 1, "type": "totp"}
    ]
    session.save()


@pytest.mark.parametrize(("method", "name", "of"), ADDRESSES)
def test_every_address_of_part_b_asks_for_the_second_step_first(
    method: str, name: str, of: str, board: ProgressBoard, clerk: User, chair: User,
    ceo: User, cfo: User, settings: object, client_for: object,
) -> None:  # fmt: skip
    settings.MFA_REQUIRED = True
    part = write(board, clerk)
    sign(board, clerk, chair)
    keys = {
        "meeting": board.meeting_id, "item": part.item_id, "part": part.pk,
        "kept": PartBKept.objects.create(part=part, text=SECRET, based_on_version=1, author=chair,
                                         at=factories.at(factories.TODAY)).pk,
        "correction": acts.propose_part_b_correction(part, text="At Whitsun", by=ceo).pk,
        "grant": acts.grant_part_b(part, person=cfo.person, reason="Severance", by=ceo).pk,
    }  # fmt: skip
    client = client_for(chair)
    url = reverse(f"meetings:{name}", args=[keys[of]])
    ask = client.get if method == "GET" else client.post
    answer = ask(url)
    assert answer.status_code == (302 if method == "GET" else 401)
    assert SECRET not in answer.content.decode()
    if method == "GET":
        assert answer["Location"] == f"{reverse('mfa_code')}?{urlencode({'next': url})}"
    Authenticator.objects.create(user=chair, type="totp", data={"secret": "x"})
    if method == "GET":
        step = reverse("mfa_reauthenticate")
        assert ask(url)["Location"].startswith(f"{step}?next=")
    _second_step(client)
    after = ask(url)
    assert after.status_code != 401
    assert "/2fa/" not in after.get("Location", "")


def test_second_step_by_a_code_opens_part_b(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    settings: object,
    client_for: object,
) -> None:
    write(board, clerk)
    settings.MFA_REQUIRED = True
    settings.MFA_REQUIRED = False  # an app that was set up earlier
    client = client_for(chair)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    settings.MFA_REQUIRED = True
    client = client_for(chair)
    url = reverse("meetings:part-b", args=[board.meeting_id])
    step = client.get(url)["Location"]
    assert step.startswith(reverse("mfa_reauthenticate"))
    cache.clear()  # the code of this half minute counts once
    assert client.post(step, {"code": code_of(secret)})["Location"] == url
    assert SECRET in client.get(url).content.decode()


def test_code_by_email_opens_part_b_for_a_ticked_head(
    board: ProgressBoard, clerk: User, head: User, chair: User, settings: object, client_for: object
) -> None:
    part = write(board, clerk)
    stay(part, head, by=clerk)
    sign(board, clerk, chair)
    settings.MFA_REQUIRED = True
    url = reverse("meetings:part-b", args=[board.meeting_id])
    client, other = client_for(head), client_for(head)
    step = client.get(url)["Location"]
    page = client.get(step).content.decode()
    assert "Send me a code" in page
    client.post(reverse("mfa_code_send"), {"next": url})
    code = mailed(head)
    wrong = client.post(reverse("mfa_code"), {"code": other_than(code), "next": url})
    assert (wrong.status_code, SECRET in wrong.content.decode()) == (200, False)
    assert f'value="{url}"' in wrong.content.decode()
    assert client.get(url).status_code == 302
    assert client.post(reverse("mfa_code"), {"code": code, "next": url})["Location"] == url
    assert SECRET in client.get(url).content.decode()
    assert other.get(url).status_code == 302


def test_words_typed_before_the_second_step_come_back_on_the_page(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    settings: object,
    client_for: object,
) -> None:
    part = write(board, clerk)
    send(board, clerk)
    settings.MFA_REQUIRED = True
    client = client_for(chair)
    url = reverse("meetings:part-b-save", args=[part.item_id])
    answer = client.post(url, {"text": "Words of the Chair", "version": part.version})
    assert answer.status_code == 401
    assert "Words of the Chair" in answer.content.decode()
    typed = client.post(
        url, {"text": "Words", "version": "9"}, headers={"X-Requested-With": "autosave"}
    )
    assert (typed.status_code, "second step" in typed.json()["message"]) == (422, True)
    page = get(client, "minutes-edit", board.meeting_id)[1]
    assert "opens after a second step" in page
    assert SECRET not in page


def test_pdf_of_a_part_b_is_downloaded_after_the_second_step_only(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    settings: object,
    client_for: object,
) -> None:
    part = write(board, clerk)
    document = request_part_b(part, by=clerk)
    run_due_work()
    settings.MFA_REQUIRED = True
    url = reverse("document-download", args=[document.pk])
    client = client_for(chair)
    assert status(client, url) == 404
    _second_step(client)
    assert status(client, url) == 200


# -- its own PDF ---------------------------------------------------------------------------------------


def test_pdf_of_a_part_b_is_made_at_final_and_read_by_its_readers_at_that_time(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, link_trustee: User, head: User,
    client_for: object,
) -> None:  # fmt: skip
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    make_final(board)
    run_due_work()
    run_due_work()  # the second sweep makes what the first one asked for
    document = Document.objects.get(kind="part-b")
    assert (document.subject_id, document.state) == (part.pk, "done")
    assert parts_without_document() == []
    assert request_part_b(part_with_rules(part), by=ceo) == document
    printed = " ".join(text_of(made(document)).split())
    assert SECRET in printed
    assert "stayed: Grace Osei" in printed
    minutes = Document.objects.get(kind="minutes")
    assert minutes.sha256 != document.sha256
    url = reverse("document-download", args=[document.pk])
    told = {user: status(client_for(user), url) for user in (clerk, chair, ceo, link_trustee, head)}
    assert told == {clerk: 200, chair: 200, ceo: 200, link_trustee: 200, head: 404}
    StayedForB.objects.filter(person=link_trustee.person).delete()
    assert status(client_for(link_trustee), url) == 404


def test_draft_pdf_of_a_part_b_stays_with_clerk_and_chair(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    ceo: User,
) -> None:
    part = write(board, clerk)
    document = request_part_b(part_with_rules(part), by=clerk)
    sign(board, clerk, chair)
    for user in (clerk, chair, ceo):
        user.took_second_step = True
    assert [may_read(user, document) for user in (clerk, chair, ceo)] == [True, True, False]


# -- its accuracy check, and others by name --------------------------------------------------------------


def test_correct_and_answer_a_part_b_on_its_page(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    ceo: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    propose = reverse("meetings:part-b-correct", args=[part.pk])
    client, key = client_for(ceo), new_key()
    assert client.post(propose, {f"b{part.pk}-text": ""}).status_code == 422
    for _ in range(2):
        sent = {f"b{part.pk}-text": "At Whitsun", "idempotency_key": key}
        assert client.post(propose, sent).status_code == 302
    correction = PartBCorrection.objects.get()
    answer = reverse("meetings:part-b-answer", args=[correction.pk])
    said = {"answer": "refused", "reason": "", "typed_name": "Martin Yeo", "text": "Typed"}
    assert client.post(answer, said).status_code == 403
    refused = client_for(chair).post(answer, said)
    assert refused.status_code == 422
    assert all(
        words in refused.content.decode() for words in ("Give the reason", "Typed", "Martin Yeo")
    )
    assert client_for(chair).post(answer, {**said, "reason": "As minuted"}).status_code == 302
    correction.refresh_from_db()
    assert correction.answer == "refused"
    assert "As minuted" in get(client, "part-b", board.meeting_id)[1]


def test_chief_executive_names_a_reader_once_and_ends_it(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    ceo: User,
    cfo: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    client, url = client_for(ceo), reverse("meetings:part-b-readers", args=[part.pk])
    assert client.post(url, {"person": cfo.person_id, "reason": ""}).status_code == 422
    said = {"person": cfo.person_id, "reason": "Severance", "idempotency_key": new_key()}
    for _ in range(2):
        assert client.post(url, said).status_code == 302
    grant = PartBGrant.objects.get()
    assert "Severance" in client.get(url).content.decode()
    end = reverse("meetings:part-b-grant-end", args=[grant.pk])
    assert (
        client_for(cfo).post(end).status_code == 404 or client_for(cfo).post(end).status_code == 403
    )
    for _ in range(2):
        assert client.post(end).status_code == 302
    assert AuditEvent.objects.filter(verb="end_part_b_grant").count() == 1


def test_work_tells_the_chair_of_a_correction_in_part_b_without_its_words(
    board: ProgressBoard,
    clerk: User,
    chair: User,
    ceo: User,
    client_for: object,
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    acts.propose_part_b_correction(part, text="At Whitsun", by=ceo)
    page = client_for(chair).get("/").content.decode()
    assert "Answer a correction in Part B" in page
    assert "Whitsun" not in page
    assert "Answer a correction in Part B" not in client_for(clerk).get("/").content.decode()


# -- queries -------------------------------------------------------------------------------------------


def test_pages_with_a_part_b_take_the_same_queries_for_1_3_and_40_items(
    board: ProgressBoard,
    clerk: User,
    client_for: object,
) -> None:
    client = client_for(clerk)
    write(board, clerk, order=1)
    asked: dict[str, list[int]] = {"part-b": [], "minutes-edit": []}
    for count in (1, 3, 40):
        while board.meeting.items.filter(part_b__isnull=False).count() < count:
            item = factories.AgendaItemFactory(
                meeting=board.meeting, order=10 + PartB.objects.count()
            )
            acts.save_part_b(item, text=SECRET, version=1, by=clerk)
        for name, found in asked.items():
            get(client, name, board.meeting_id)
            with CaptureQueriesContext(connection) as queries:
                assert get(client, name, board.meeting_id)[0] == 200
            found.append(len(queries))
    assert len(set(asked["part-b"])) == 1
    assert len(set(asked["minutes-edit"])) == 1
    assert asked["part-b"][0] <= 16


def test_text_typed_after_the_minutes_were_sent_is_refused_in_words(
    board: ProgressBoard, clerk: User, head: User, client_for: object
) -> None:
    """The open page would else say that the clerk is signed out."""
    item = board.meeting.items.get(order=3)
    PartB.objects.create(item=item, text="As it was sent")
    send(board, clerk)
    client, typed = client_for(clerk), {"X-Requested-With": "autosave"}
    for name, data in (
        ("part-b-save", {"text": "Too late", "version": "1"}),
        ("part-b-stayed", {"stayed": head.person_id, "shown": head.person_id}),
    ):
        answer = client.post(reverse(f"meetings:{name}", args=[item.pk]), data, headers=typed)
        assert (answer.status_code, answer.json()["message"][:10]) == (403, "Not saved:")
        assert client.post(reverse(f"meetings:{name}", args=[item.pk]), data).status_code == 403
    assert PartB.objects.get().text == "As it was sent"
    assert item.stayed_for_b.count() == 0


def test_pdf_of_a_part_b_read_in_one_session_is_shut_in_another_without_the_second_step(
    board: ProgressBoard, clerk: User, chair: User, settings: object, client_for: object
) -> None:
    """What was found for a session after its second step says nothing of the next one."""
    document = request_part_b(write(board, clerk), by=clerk)
    run_due_work()
    settings.MFA_REQUIRED = True
    url = reverse("document-download", args=[document.pk])
    first, second = client_for(chair), client_for(chair)
    _second_step(first)
    assert [status(each, url) for each in (first, second, first)] == [200, 404, 200]
