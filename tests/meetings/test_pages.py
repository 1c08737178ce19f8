"""The engine's pages: who is shown what, saved as typed or by a button, in a fixed number of queries."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.actions import answering, follow_up, minutes, papers, signing
from meetings.models import Action, AgendaItem, Meeting, Minute, MinuteConflict, Paper
from meetings.queries.checking import checks_of
from meetings.queries.minutes import last_time, minutes_page
from meetings.queries.register import open_actions
from tests.meetings.makers import Cast, attend, bring_to, make_cast
from trust.access import NotAllowed
from trust.people.models import User
from trust.uploads import check_upload
from trust.work import work_for

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def cast() -> Cast:
    return make_cast(has_external_chair=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def the_item(meeting: Meeting) -> AgendaItem:
    return meeting.items.get(title="Attendance")


def page_of(cast: Cast, name: str, *args: object, user: str = "clerk") -> tuple[int, str]:
    response = signed_in(getattr(cast, user)).get(reverse(f"meetings:{name}", args=args))
    return response.status_code, response.content.decode()


# -- who is shown what -----------------------------------------------------------------------------


def test_open_draft_minutes_shows_the_clerk_each_item_and_nobody_else(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    status, page = page_of(cast, "minutes-edit", meeting.pk)
    assert status == 200
    assert "Minutes for item 3" in page
    answers = {
        who: page_of(cast, "minutes-edit", meeting.pk, user=who)[0]
        for who in ("ceo", "dsi", "head", "leader", "link_trustee", "administrator", "stranger")
    }
    assert answers == {
        "ceo": 403, "dsi": 403, "head": 403, "leader": 403, "link_trustee": 403,
        "administrator": 404, "stranger": 404,
    }  # fmt: skip


def test_read_minutes_in_the_accuracy_check_by_those_present_only(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    answers = {
        who: page_of(cast, "minutes", meeting.pk, user=who)[0]
        for who in (
            "ceo",
            "head",
            "link_trustee",
            "chair",
            "clerk",
            "leader",
            "dsi",
            "administrator",
        )
    }
    assert answers == {
        "ceo": 200, "head": 200, "link_trustee": 200, "chair": 200, "clerk": 200,
        "leader": 403, "dsi": 403, "administrator": 404,
    }  # fmt: skip


def test_read_final_minutes_by_the_administrator_is_not_found(cast: Cast) -> None:
    meeting = bring_to(cast, "final")
    assert page_of(cast, "minutes", meeting.pk, user="administrator")[0] == 404
    assert page_of(cast, "minutes", meeting.pk, user="leader")[0] == 200
    _, page = page_of(cast, "minutes", meeting.pk, user="ceo")
    assert "No correction proposed by Chief Executive, Link Trustee, Headteacher" in page


def test_page_of_the_clerk_offers_no_signature(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    _, page = page_of(cast, "minutes", meeting.pk)
    assert "Sign again" not in page
    assert "Nothing to correct</button>" not in page


# -- saving ----------------------------------------------------------------------------------------


def test_save_as_typed_answers_the_next_version(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    response = signed_in(cast.clerk).post(
        reverse("meetings:minute-save", args=[item.pk]),
        {"text": "Said", "version": "1"},
        headers={"X-Requested-With": "autosave"},
    )
    assert response.json()["version"] == 2
    assert response.json()["words"] == {"empty-items": "Items 1, 2, 4 are empty"}
    assert Minute.objects.get(item=item).discussion == "Said"


def test_save_as_typed_on_an_old_version_answers_where_both_texts_are(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    minutes.save_minute(item, text="First", version=1, by=cast.clerk)
    client = signed_in(cast.clerk)
    response = client.post(
        reverse("meetings:minute-save", args=[item.pk]),
        {"text": "Second", "version": "1"},
        headers={"X-Requested-With": "autosave"},
    )
    kept = MinuteConflict.objects.get()
    assert response.status_code == 409
    assert response.json()["url"] == reverse("meetings:minute-merge", args=[kept.pk])
    page = client.get(response.json()["url"]).content.decode()
    assert "First" in page
    assert "Second" in page
    assert signed_in(cast.ceo).get(response.json()["url"]).status_code == 404


def test_save_by_the_button_on_an_old_version_shows_both_texts_and_merges(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    minutes.save_minute(item, text="First", version=1, by=cast.clerk)
    client = signed_in(cast.clerk)
    url = reverse("meetings:minute-save", args=[item.pk])
    response = client.post(url, {"text": "Second", "version": "1"})
    assert response.status_code == 409
    assert {"First", "Second"} <= set(response.content.decode().replace("<", ">").split(">"))
    merge = reverse("meetings:minute-merge", args=[MinuteConflict.objects.get().pk])
    client.post(merge, {"text": "First. Second", "version": "2"})
    assert Minute.objects.get(item=item).discussion == "First. Second"
    assert client.get(reverse("meetings:minutes-edit", args=[item.meeting_id])).status_code == 200


def test_add_an_action_in_one_line_and_click_twice_adds_it_once(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    client, key = signed_in(cast.clerk), "4e4f3f0c-6f1c-4a57-9d4e-6a6f0a8f2b11"
    line = "@school leader by 18 December Keep-up timetable"
    data = {f"a{item.pk}-line": line, "idempotency_key": key}
    url = reverse("meetings:action-add", args=[item.pk])
    first, second = client.post(url, data), client.post(url, data)
    assert first["Location"] == second["Location"]
    action = Action.objects.get()
    assert (action.text, action.owner, action.due_on) == (
        "Keep-up timetable", cast.leader.person, dt.date(2026, 12, 18),
    )  # fmt: skip


def test_add_an_action_without_an_owner_comes_back_with_what_was_typed(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    response = signed_in(cast.clerk).post(
        reverse("meetings:action-add", args=[item.pk]), {f"a{item.pk}-line": "Mend the gate"}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "There is a problem" in page
    assert "Mend the gate" in page
    assert "Choose who owns the action" in page
    assert not Action.objects.exists()


def test_save_a_challenge_and_evidence_then_change_and_remove_them(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    client, pk = signed_in(cast.clerk), item.pk
    client.post(
        reverse("meetings:challenge-add", args=[pk]),
        {f"c{pk}-asked_by": "Chair", f"c{pk}-question": "Why?"},
    )
    client.post(
        reverse("meetings:evidence-add", args=[pk]), {f"e{pk}-what": "Books", f"e{pk}-how": "paper"}
    )
    challenge = item.minute.challenges.get()
    url = reverse("meetings:challenge-edit", args=[challenge.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"asked_by": "Chair", "question": "Why now?"})
    assert item.minute.challenges.get().question == "Why now?"
    client.post(url, {"do": "remove"})
    client.post(
        reverse("meetings:evidence-edit", args=[item.minute.evidence.get().pk]), {"do": "remove"}
    )
    assert not item.minute.challenges.exists()
    assert not item.minute.evidence.exists()


def test_record_attendance_by_its_form(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    seat = meeting.seats.get(role="ceo")
    data = {f"attendance-{seat.pk}": "online", f"interests-{seat.pk}": "Consults for the school"}
    signed_in(cast.clerk).post(reverse("meetings:attendance-save", args=[meeting.pk]), data)
    seat.refresh_from_db()
    assert (seat.attendance, seat.interests) == ("online", "Consults for the school")


def test_go_through_the_meeting_by_its_buttons(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    client = signed_in(cast.clerk)
    for name in ("meeting-start", "meeting-finish", "minutes-send", "minutes-take-back"):
        assert client.post(reverse(f"meetings:{name}", args=[meeting.pk])).status_code == 302
    assert Meeting.objects.get(pk=meeting.pk).state == "held"
    assert client.post(reverse("meetings:meeting-start", args=[meeting.pk])).status_code == 409


def test_go_through_the_accuracy_round_by_its_forms(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    item = the_item(meeting)
    head = signed_in(cast.head)
    propose = reverse("meetings:correction-propose", args=[meeting.pk])
    empty = head.post(propose, {"item": item.pk, f"k{item.pk}-text": ""})
    assert "There is a problem" in empty.content.decode()
    head.post(propose, {"item": item.pk, f"k{item.pk}-text": "29%, not 31%"})
    signed_in(cast.ceo).post(reverse("meetings:nothing-to-correct", args=[meeting.pk]))
    note = reverse("meetings:school-note", args=[meeting.pk])
    assert signed_in(cast.ceo).post(note, {"text": "Ours"}).status_code == 403
    head.post(note, {"text": "We still differ"})
    page = head.get(reverse("meetings:minutes", args=[meeting.pk])).content.decode()
    assert "29%, not 31%" in page
    assert "We still differ" in page
    assert "Nothing to correct</button>" not in page
    link_trustee = signed_in(cast.link_trustee)
    page = link_trustee.get(reverse("meetings:minutes", args=[meeting.pk])).content.decode()
    assert "Nothing to correct</button>" in page
    assert [c.words for c in checks_of(minutes_page(Meeting.objects.get(pk=meeting.pk)))] == [
        "Nothing to correct", "No reply yet", "1 proposed",
    ]  # fmt: skip


def test_read_minutes_in_draft_by_the_chair_is_the_page_that_reads(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    chair = signed_in(cast.chair)
    first = chair.get(reverse("meetings:minutes-edit", args=[meeting.pk]))
    assert first["Location"] == reverse("meetings:minutes", args=[meeting.pk])
    assert chair.get(first["Location"]).status_code == 200


# -- actions ---------------------------------------------------------------------------------------


def raised(cast: Cast, **fields: object) -> Action:
    values = {
        "school": cast.school, "text": "Keep-up timetable", "owner_role": "Reading lead",
        "owner": cast.leader.person, "due_on": dt.date(2026, 11, 13), "by": cast.dsi, **fields,
    }  # fmt: skip
    return follow_up.raise_action(**values)


def test_list_actions_groups_overdue_first_with_counts(cast: Cast) -> None:
    raised(cast)
    raised(cast, text="Later", due_on=dt.date(2027, 2, 1))
    done = raised(cast, text="Shown")
    follow_up.mark_action_done(done, note="Seen", by=cast.leader)
    _, page = page_of(cast, "action-list", user="ceo")
    heads = [
        page.index(f"{title} <span") for title in ("Overdue", "Done, for the next meeting", "Later")
    ]
    assert heads == sorted(heads)
    assert "8 days overdue" in page
    assert [a.text for a in open_actions(cast.school, TODAY)] == [
        "Keep-up timetable", "Shown", "Later",
    ]  # fmt: skip


def test_filter_actions_by_the_address(cast: Cast) -> None:
    raised(cast)
    raised(cast, text="Another one", due_on=dt.date(2027, 2, 1))
    client, url = signed_in(cast.ceo), reverse("meetings:action-list")
    late = client.get(url, {"status": "overdue"}).content.decode()
    assert "Keep-up timetable" in late
    assert "Another one" not in late
    mine = signed_in(cast.leader).get(url, {"owner": "me"}).content.decode()
    assert "Another one" in mine
    nothing = client.get(url, {"source": "visits", "school": "x"}).content.decode()
    assert "No actions to show" in nothing


def test_read_an_action_of_another_school_is_not_found(cast: Cast) -> None:
    action = raised(cast)
    answers = {
        who: page_of(cast, "action", action.pk, user=who)[0]
        for who in ("ceo", "head", "leader", "link_trustee", "chair", "administrator", "stranger")
    }
    assert answers == {
        "ceo": 200, "head": 200, "leader": 200, "link_trustee": 200, "chair": 200,
        "administrator": 404, "stranger": 404,
    }  # fmt: skip


def test_mark_an_action_done_with_a_file_and_close_it(cast: Cast) -> None:
    action = raised(cast)
    leader = signed_in(cast.leader)
    file = SimpleUploadedFile("checks.pdf", PDF, "application/pdf")
    url = reverse("meetings:action-done", args=[action.pk])
    assert "There is a problem" in leader.post(url, {"done-note": ""}).content.decode()
    leader.post(url, {"done-note": "Phonics checks", "done-file": file})
    update = action.updates.get()
    stored = leader.get(reverse("meetings:action-file", args=[action.pk, update.pk]))
    assert b"".join(stored.streaming_content) == PDF
    close = reverse("meetings:action-close", args=[action.pk])
    assert leader.post(close).status_code == 403
    signed_in(cast.ceo).post(close)
    assert Action.objects.get(pk=action.pk).state == "closed"


def test_update_with_a_file_that_is_not_what_it_says_is_refused_in_words(cast: Cast) -> None:
    action = raised(cast)
    file = SimpleUploadedFile("checks.pdf", b"<html></html>", "application/pdf")
    response = signed_in(cast.leader).post(
        reverse("meetings:action-update", args=[action.pk]),
        {"update-text": "Under way", "update-file": file},
    )
    page = response.content.decode()
    assert "is not a PDF file inside" in page
    assert "Under way" in page
    assert not action.updates.exists()


def test_raise_an_action_by_its_form(cast: Cast) -> None:
    client, url = signed_in(cast.ceo), reverse("meetings:action-raise")
    assert client.get(url).status_code == 200
    client.post(url, {"school": cast.school.pk, "text": "Clinic", "owner_role": "Site manager"})
    action = Action.objects.get()
    assert (action.owner, action.owner_role, action.state) == (None, "Site manager", "open")
    assert signed_in(cast.head).get(url).status_code == 403


# -- seats and papers ------------------------------------------------------------------------------


def test_reply_by_the_form_of_one_s_own_seat(cast: Cast) -> None:
    meeting = bring_to(cast, "scheduled")
    seat = meeting.seats.get(role="head")
    url = reverse("meetings:seat-reply", args=[seat.pk])
    head = signed_in(cast.head)
    assert "Are you coming?" in head.get(url).content.decode()
    head.post(url, {"reply": "cannot"})
    seat.refresh_from_db()
    assert seat.reply == "cannot"
    assert signed_in(cast.ceo).post(url, {"reply": "coming"}).status_code == 403
    assert signed_in(cast.stranger).get(url).status_code == 404


def test_add_a_paper_by_the_school_and_remove_it(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    clean = check_upload(SimpleUploadedFile("checks.pdf", PDF, "application/pdf"))
    with pytest.raises(NotAllowed):
        papers.add_paper(meeting, title="Checks", file=clean, by=cast.ceo)
    paper = papers.add_paper(meeting, title="Checks", file=clean, by=cast.head)
    assert (paper.file_name, paper.is_late) == ("checks.pdf", False)
    with paper.file.open("rb") as stored:
        assert stored.read() == PDF
    papers.remove_paper(paper, by=cast.head)
    assert not Paper.objects.exists()


# -- my work ---------------------------------------------------------------------------------------


def titles(user: User, today: dt.date = TODAY) -> list[str]:
    return [item.title for item in work_for(user, today) if item.key.startswith("meetings.")]


def test_work_of_those_at_a_meeting_is_their_reply_once_the_draft_is_due(cast: Cast) -> None:
    meeting = bring_to(cast, "scheduled")
    assert titles(cast.head) == ["Say whether you are coming"]
    assert titles(cast.head, dt.date(2026, 11, 10)) == []
    assert titles(cast.stranger) == []
    assert meeting.deadlines["draft"] <= "2026-11-21"


def test_work_of_clerk_and_checkers_follows_the_minutes(cast: Cast, settings) -> None:
    meeting = bring_to(cast, "held")
    settings.EYELINE_AS_OF = later = dt.date(2026, 12, 4)
    assert titles(cast.clerk, later) == ["Send the minutes to the Chair"]
    signing.send_minutes(meeting, by=cast.clerk)
    signing.sign_minutes(meeting, typed_name="M O'Neill", by=cast.chair)
    assert titles(cast.clerk, later) == []
    assert titles(cast.head, later) == ["Check the minutes of 3 December 2026"]
    signing.say_nothing_to_correct(meeting, by=cast.head)
    assert titles(cast.head, later) == []


def test_work_of_an_owner_is_the_action_soon_due(cast: Cast) -> None:
    raised(cast)
    raised(cast, text="Later", due_on=dt.date(2027, 2, 1))
    assert titles(cast.leader) == ["Show that this is done: Keep-up timetable"]


# -- last time, and how many queries -----------------------------------------------------------------


def test_last_time_is_the_item_carried_on(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    former = the_item(meeting)
    minutes.save_minute(former, text="What was said", version=1, by=cast.clerk)
    later = meeting.items.get(title="Reading in Year 3")
    assert last_time(later) is None
    later.carried_from = former
    found = last_time(later)
    assert found is not None
    assert (found.text, found.day) == ("What was said", dt.date(2026, 12, 3))


def _queries(client: Client, url: str) -> int:
    client.get(url)  # what is cached by process and session is cached now
    with CaptureQueriesContext(connection) as taken:
        assert client.get(url).status_code == 200
    return len(taken)


def test_list_actions_takes_the_same_queries_at_1_3_and_40(cast: Cast) -> None:
    client, url = signed_in(cast.ceo), reverse("meetings:action-list")
    counts, made = [], 0
    for wanted in (1, 3, 40):
        for _ in range(wanted - made):
            raised(cast)
        made = wanted
        counts.append(_queries(client, url))
    assert len(set(counts)) == 1, counts


def test_minutes_take_the_same_queries_at_1_3_and_40_items(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    meeting.items.all().delete()
    clerk, counts = signed_in(cast.clerk), []
    for wanted in (1, 3, 40):
        for order in range(meeting.items.count() + 1, wanted + 1):
            item = AgendaItem.objects.create(meeting=meeting, order=order, title="Item")
            minutes.save_minute(item, text="Said", version=1, by=cast.clerk)
            minutes.add_challenge(item, asked_by="Chair", question="Why?", by=cast.clerk)
            follow_up.add_action(item, text="Do", owner_role="Head", by=cast.clerk)
        counts.append(_queries(clerk, reverse("meetings:minutes-edit", args=[meeting.pk])))
    assert len(set(counts)) == 1, counts


def test_minutes_page_names_everybody_at_the_table(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    answering.choose_respondent(the_item(meeting), person=cast.leader.person, by=cast.head)
    attend(cast, meeting)
    page = minutes_page(Meeting.objects.with_seats().get(pk=meeting.pk))
    assert [(line.label, line.name) for line in page.seats] == [
        ("External Chair", "Dr Margaret O’Neill"), ("Chief Executive", "Ruth Amadi"),
        ("Link Trustee", "Lena Frost"), ("Headteacher", "Helen Marsh"),
        ("School leader", "Rob Leigh"),
    ]  # fmt: skip
    assert page.attendance == "All required present"
