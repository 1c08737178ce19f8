"""What each person sees and may do on the pages of records of visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evidence.actions import VisitText, open_to_leaders, save_visit
from evidence.models import VisitAttachment, VisitKind, VisitRecord
from schools.models import Post, School
from schools.queries import with_posts
from tests import factories
from trust.calendar import now
from trust.people.models import User

Write = Callable[..., VisitRecord]
SignIn = Callable[[User], Client]
ADAPT = "Adaptive teaching in Years 3 to 5"


def page(name: str, *args: Any) -> str:
    return reverse(f"evidence:{name}", args=args)


def typed(visit: VisitRecord, **more: Any) -> dict[str, Any]:
    """The form of a draft with one finding as the page would send it."""
    first = visit.findings.get()
    return {
        "version": visit.version, "focus": visit.focus, "finding": [first.pk],
        f"f{first.pk}-kind": first.kind, f"f{first.pk}-text": first.text,
        "idempotency_key": str(uuid4()), **more,
    }  # fmt: skip


# -- who sees which --------------------------------------------------------------------------------

DRAFT, SENT, FILED = "draft", "sent", "filed"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("ceo", {DRAFT, SENT, FILED}),
        ("dsi", {DRAFT, SENT, FILED}),
        ("ceo_representative", {DRAFT, SENT, FILED}),
        ("head", {SENT, FILED}),
        ("link_trustee", {SENT, FILED}),
        ("clerk", {SENT, FILED}),
        ("chair", {FILED}),
        ("local_committee", {FILED}),
        ("leader", set()),
        ("provider", set()),
        ("trustee", set()),
        ("safeguarding_lead", set()),
        ("cfo", set()),
        ("administrator", set()),
        ("stranger", set()),
        ("other_head", set()),
        ("other_trustee", set()),
    ],
)
def test_visible_records_of_a_school_by_state(
    who: str, sees: set[str], write: Write, dsi: User, request: pytest.FixtureRequest
) -> None:
    for state in (DRAFT, SENT, FILED):
        write(dsi, state=state)
    user = request.getfixturevalue(who)
    assert set(VisitRecord.objects.visible_to(user).values_list("state", flat=True)) == sees


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("ceo", {"draft", "sent", "filed"}), ("dsi", {"draft", "sent", "filed"}),
        ("head", {"sent", "filed"}), ("safeguarding_lead", {"draft", "sent", "filed"}),
        ("ceo_representative", set()), ("link_trustee", set()), ("chair", set()),
        ("leader", set()), ("local_committee", set()), ("clerk", set()), ("other_head", set()),
    ],
)  # fmt: skip
def test_restricted_records_go_no_further_than_the_head_and_the_trust_s_officers(
    who: str, sees: set[str], write: Write, dsi: User, request: pytest.FixtureRequest
) -> None:
    for state in ("draft", "sent", "filed"):
        write(dsi, state=state, kind="safeguarding-review")
    VisitRecord.objects.update(is_restricted=True, open_to_leaders=True)
    user = request.getfixturevalue(who)
    assert set(VisitRecord.objects.visible_to(user).values_list("state", flat=True)) == sees


def test_writer_restricts_a_record_and_the_head_cannot_open_it_to_leaders(
    write: Write, dsi: User, head: User, client_for: Any
) -> None:
    visit = write(dsi)
    page = client_for(dsi).get(reverse("evidence:visit-edit", args=[visit.pk])).content.decode()
    assert 'name="is_restricted"' in page
    data = typed(visit, is_restricted="on", do="save")
    client_for(dsi).post(reverse("evidence:visit-edit", args=[visit.pk]), data)
    visit.refresh_from_db()
    assert visit.is_restricted
    VisitRecord.objects.update(state="sent", sent_at=now())
    read = client_for(head).get(reverse("evidence:visit-page", args=[visit.pk])).content.decode()
    assert "Restricted" in read
    assert "Open it to leaders" not in read
    opened = client_for(head).post(reverse("evidence:visit-open", args=[visit.pk]), {"open": "yes"})
    assert opened.status_code == 403


def test_a_provider_sees_own_records_and_never_anothers(
    write: Write, provider: User, school: School, client_for: SignIn
) -> None:
    other = factories.user_with(("provider", school), name="Rival Provider")
    own = write(provider, kind="external-record-of-visit")
    theirs = write(other, kind="external-record-of-visit", state="filed")
    client = client_for(provider)
    assert list(VisitRecord.objects.visible_to(provider)) == [own]
    assert client.get(page("visit-page", own.pk)).status_code == 200
    assert client.get(page("visit-page", theirs.pk)).status_code == 404
    listed = client.get(page("visit-list")).content.decode()
    assert "Clara Dunn" in listed
    assert "Rival Provider" not in listed


def test_own_records_close_with_the_end_of_the_term_of_office(
    write: Write, link_trustee: User, client_for: SignIn
) -> None:
    visit = write(link_trustee, kind="link-trustee-visit")
    Post.objects.filter(person=link_trustee.person).update(ends_on=dt.date(2026, 11, 20))
    assert not VisitRecord.objects.visible_to(with_posts(link_trustee, dt.date(2026, 11, 21)))
    assert client_for(link_trustee).get(page("visit-page", visit.pk)).status_code == 404


def test_leaders_read_only_what_the_head_opened(
    write: Write, dsi: User, head: User, leader: User, client_for: SignIn
) -> None:
    opened, closed = write(dsi, state="filed"), write(dsi, state="sent")
    client = client_for(head)
    assert client.post(page("visit-open", opened.pk), {"open": "yes"}).status_code == 302
    assert list(VisitRecord.objects.visible_to(leader)) == [opened]
    assert client_for(leader).get(page("visit-page", opened.pk)).status_code == 200
    assert client_for(leader).get(page("visit-page", closed.pk)).status_code == 404
    client.post(page("visit-open", opened.pk), {"open": "no"})
    assert client_for(leader).get(page("visit-page", opened.pk)).status_code == 404


def test_a_leader_cannot_open_a_record_nor_write_in_it(
    write: Write, dsi: User, head: User, leader: User, client_for: SignIn
) -> None:
    visit = open_to_leaders(write(dsi, state="sent"), is_open=True, by=head)
    client = client_for(leader)
    assert client.post(page("visit-open", visit.pk), {"open": "no"}).status_code == 403
    assert client.get(page("visit-new")).status_code == 403


def test_a_record_of_another_school_is_not_found(
    write: Write, dsi: User, other_school: School, head: User, client_for: SignIn
) -> None:
    visit = write(dsi, state="filed", at=other_school)
    for name in ("visit-page", "visit-edit", "visit-facts", "visit-delete", "visit-both-texts"):
        assert client_for(head).get(page(name, visit.pk)).status_code == 404
    for name in ("visit-reply", "visit-open", "visit-attach", "visit-autosave"):
        assert client_for(head).post(page(name, visit.pk), {}).status_code == 404


# -- begun and written without a script ------------------------------------------------------------


def new(school: School, kind: str = "learning-walk", **more: Any) -> dict[str, Any]:
    return {
        "school": school.pk, "kind": kind, "visited_on": "2026-11-12", "days": "0.5",
        "is_mine": "on", "idempotency_key": str(uuid4()), **more,
    }  # fmt: skip


def test_a_second_click_starts_no_second_record(
    school: School, dsi: User, client_for: SignIn
) -> None:
    client, form = client_for(dsi), new(school)
    first = client.post(page("visit-new"), form)
    second = client.post(page("visit-new"), form)
    assert first["Location"] == second["Location"]
    assert VisitRecord.objects.count() == 1


def test_a_visit_to_come_is_refused_with_the_form_as_typed(
    school: School, dsi: User, client_for: SignIn
) -> None:
    form = new(school, visited_on="2026-11-22", accompanied_by="Headteacher and SENDCo")
    answer = client_for(dsi).post(page("visit-new"), form)
    assert "Enter the day of the visit, not a day to come" in answer.content.decode()
    assert "Headteacher and SENDCo" in answer.content.decode()
    assert not VisitRecord.objects.exists()


def test_a_link_trustee_is_offered_one_kind_and_the_lay_form(
    school: School, link_trustee: User, client_for: SignIn
) -> None:
    client = client_for(link_trustee)
    form = client.get(page("visit-new")).context["form"]
    assert list(form.fields["kind"].queryset) == [VisitKind.objects.get(slug="link-trustee-visit")]
    assert list(form.fields["school"].queryset) == [school]
    assert "cost" not in form.fields
    edit = client.post(page("visit-new"), new(school, "link-trustee-visit"))["Location"]
    shown = client.get(edit).content.decode()
    assert "What I saw and heard" in shown
    assert "Questions I asked" in shown
    for scale in ("Area to develop", "Strength", "Lessons", "Good practice"):
        assert scale not in shown


def test_a_crafted_kind_is_refused_for_a_link_trustee(
    school: School, link_trustee: User, client_for: SignIn
) -> None:
    answer = client_for(link_trustee).post(page("visit-new"), new(school, "learning-walk"))
    assert answer.status_code == 200
    assert not VisitRecord.objects.exists()


def test_the_button_saves_adds_removes_and_sends(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit, client = write(dsi), client_for(dsi)
    edit = page("visit-edit", visit.pk)
    answer = client.post(edit, typed(visit, focus="Reading", do="add:finding"))
    assert answer["Location"].endswith("#findings-end")
    visit.refresh_from_db()
    assert (visit.focus, visit.findings.count()) == ("Reading", 2)
    both = list(visit.findings.values_list("pk", flat=True))
    rows = {f"f{key}-kind": "develop" for key in both} | {f"f{both[1]}-text": "Same task for all"}
    form = {"version": visit.version, "focus": "Reading", "finding": both, **rows}
    client.post(edit, {**form, "do": f"remove:finding-{both[0]}", "idempotency_key": uuid4()})
    visit.refresh_from_db()
    assert list(visit.findings.values_list("text", "kind")) == [("Same task for all", "develop")]
    sent = client.post(edit, typed(visit, do="send"))
    assert sent["Location"] == page("visit-page", visit.pk)
    visit.refresh_from_db()
    assert (visit.state, visit.reply_by) == ("sent", dt.date(2026, 11, 30))


def test_sending_what_is_not_written_saves_it_and_says_what_is_missing(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit, client = write(dsi), client_for(dsi)
    answer = client.post(
        page("visit-edit", visit.pk), typed(visit, focus="", do="send"), follow=True
    )
    assert "Enter what you looked at" in answer.content.decode()
    assert "<title>Error:" in answer.content.decode()
    visit.refresh_from_db()
    assert (visit.state, visit.focus) == ("draft", "")


def test_a_wrong_number_comes_back_with_every_word_typed(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit = write(dsi)
    answer = client_for(dsi).post(
        page("visit-edit", visit.pk), typed(visit, focus="Words I typed", lessons="nine")
    )
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Words I typed" in shown
    assert 'value="nine"' in shown
    visit.refresh_from_db()
    assert visit.focus == ADAPT


def test_what_looks_like_a_pupil_is_kept_with_a_warning(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit = write(dsi)
    client = client_for(dsi)
    answer = client.post(
        page("visit-edit", visit.pk), typed(visit, focus="JB in Year 4, DOB on file"), follow=True
    )
    assert "This may name a pupil" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.focus == "JB in Year 4, DOB on file"


# -- saved as typed, and two texts -----------------------------------------------------------------


def test_autosave_answers_with_the_new_version(write: Write, dsi: User, client_for: SignIn) -> None:
    visit = write(dsi)
    answer = client_for(dsi).post(page("visit-autosave", visit.pk), typed(visit, focus="Typing"))
    assert answer.status_code == 200
    assert set(answer.json()) == {"version", "saved_at"}
    visit.refresh_from_db()
    assert (visit.focus, visit.version) == ("Typing", answer.json()["version"])


def test_autosave_of_a_wrong_value_says_so_and_saves_nothing(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit = write(dsi)
    answer = client_for(dsi).post(page("visit-autosave", visit.pk), typed(visit, lessons="-3"))
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("Not saved: ")
    version = visit.version
    visit.refresh_from_db()
    assert visit.version == version


@pytest.mark.parametrize("name", ["visit-edit", "visit-autosave"])
def test_a_save_that_comes_too_late_shows_both_texts_and_loses_neither(
    name: str, write: Write, dsi: User, ceo: User, client_for: SignIn
) -> None:
    visit = write(dsi)
    form = typed(visit, focus="What the DSI typed")
    save_visit(visit, VisitText({"focus": "What the CEO saved"}), by=ceo, version=visit.version)
    client = client_for(dsi)
    answer = client.post(page(name, visit.pk), form)
    both = page("visit-both-texts", visit.pk)
    if name == "visit-autosave":
        assert (answer.status_code, answer.json()) == (409, {"url": both})
    else:
        assert answer["Location"] == both
    shown = client.get(both)
    assert "What the DSI typed" in shown.content.decode()
    assert "What the CEO saved" in shown.content.decode()
    visit.refresh_from_db()
    assert visit.focus == "What the CEO saved"
    mine: dict[str, list[str]] = {}
    for key, value in shown.context["typed"]:
        mine.setdefault(key, []).append(value)
    client.post(page("visit-edit", visit.pk), {**mine, "idempotency_key": str(uuid4())})
    visit.refresh_from_db()
    assert visit.focus == "What the DSI typed"
    assert client.get(both).status_code == 302


def test_words_of_a_finding_somebody_removed_come_back(
    write: Write, dsi: User, ceo: User, client_for: SignIn
) -> None:
    visit = write(dsi)
    form, first = typed(visit), visit.findings.get()
    form[f"f{first.pk}-text"] = "Words still in my browser"
    gone = VisitText({}, remove=("finding", first.pk))
    save_visit(visit, gone, by=ceo, version=visit.version)
    client = client_for(dsi)
    client.post(page("visit-edit", visit.pk), form)
    shown = client.get(page("visit-both-texts", visit.pk))
    assert "Words still in my browser" in shown.content.decode()
    mine: dict[str, list[str]] = {}
    for key, value in shown.context["typed"]:
        mine.setdefault(key, []).append(value)
    client.post(page("visit-edit", visit.pk), {**mine, "idempotency_key": str(uuid4())})
    assert visit.findings.get().text == "Words still in my browser"


def test_writing_in_a_record_that_was_sent_meanwhile_keeps_the_words_on_the_page(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit = write(dsi, state="sent")
    answer = client_for(dsi).post(
        page("visit-edit", visit.pk), typed(visit, focus="Words typed too late")
    )
    assert answer.status_code == 409
    assert "Words typed too late" in answer.content.decode()


# -- files -----------------------------------------------------------------------------------------


def test_a_file_is_served_as_a_download_that_can_do_nothing(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit, client = write(dsi), client_for(dsi)
    file = SimpleUploadedFile("Notes of the wall.txt", b"No names here")
    client.post(page("visit-attach", visit.pk), {"file": file, "idempotency_key": str(uuid4())})
    made = VisitAttachment.objects.get()
    answer = client.get(page("visit-file", visit.pk, made.pk))
    assert b"".join(answer.streaming_content) == b"No names here"
    assert answer["Content-Disposition"] == 'attachment; filename="Notes of the wall.txt"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_refused_file_is_said_in_words_and_not_kept(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit = write(dsi)
    file = SimpleUploadedFile("mark.svg", b"<svg/>")
    answer = client_for(dsi).post(page("visit-attach", visit.pk), {"file": file})
    assert "mark.svg” cannot be taken" in answer.content.decode()
    assert not VisitAttachment.objects.exists()


def test_a_file_of_another_record_is_not_found_under_this_one(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit, other, client = write(dsi), write(dsi), client_for(dsi)
    client.post(page("visit-attach", other.pk), {"file": SimpleUploadedFile("a.txt", b"words")})
    made = VisitAttachment.objects.get()
    assert client.get(page("visit-file", visit.pk, made.pk)).status_code == 404


# -- the list --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"walk", "outside", "elsewhere"}),
        ("school={school}", {"walk", "outside"}),
        ("kind=external-record-of-visit", {"outside"}),
        ("whose=internal", {"walk", "elsewhere"}),
        ("whose=external", {"outside"}),
        ("state=filed", {"elsewhere"}),
        ("school={school}&state=filed", set()),
        ("school=nonsense&state=draft", {"walk", "outside"}),
    ],
)
def test_filters_of_the_list_are_in_the_address(
    asked: str,
    found: set[str],
    write: Write,
    dsi: User,
    school: School,
    other_school: School,
    client_for: SignIn,
) -> None:
    made = {
        write(dsi).pk: "walk",
        write(dsi, kind="external-record-of-visit").pk: "outside",
        write(dsi, at=other_school, state="filed").pk: "elsewhere",
    }
    answer = client_for(dsi).get(f"{page('visit-list')}?{asked.format(school=school.pk)}")
    assert {made[row.record.pk] for row in answer.context["table"].rows} == found


def test_the_list_asks_the_same_number_of_queries_at_1_3_and_40_rows(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    client, counts, made = client_for(dsi), [], 0
    for rows in (1, 3, 40):
        while made < rows:
            write(dsi)
            made += 1
        client.get(page("visit-list"))
        with CaptureQueriesContext(connection) as asked:
            client.get(page("visit-list"))
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


def test_the_page_of_a_record_asks_the_same_number_of_queries_at_1_3_and_40_findings(
    write: Write, dsi: User, client_for: SignIn
) -> None:
    visit, client = write(dsi), client_for(dsi)
    counts: dict[str, list[int]] = {"visit-page": [], "visit-edit": []}
    for rows in (1, 3, 40):
        while visit.findings.count() < rows:
            visit.findings.create(kind="concern", text="Gaps", order=visit.findings.count() + 1)
        for name, found in counts.items():
            client.get(page(name, visit.pk))
            with CaptureQueriesContext(connection) as asked:
                client.get(page(name, visit.pk))
            found.append(len(asked))
    assert [len(set(found)) for found in counts.values()] == [1, 1]
