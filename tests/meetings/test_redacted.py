"""The redacted copy: roles for names in final Part A minutes, made by the Chief Executive or the clerk."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from meetings.actions import errata
from meetings.actions.errata import say_inspectable
from meetings.documents.redacted import names_of, request_redacted
from meetings.models import Meeting, Minute, PartB, Seat
from meetings.redaction import patterns_of, read_words, redacted
from progress_boards.documents import request_minutes
from progress_boards.models import ProgressBoard
from schools.models import School
from tests import factories
from tests.progress_boards.records import NAMES, whole_board
from tests.progress_boards.test_documents import made, text_of
from trust.access import NotAllowed
from trust.documents import may_read
from trust.models import AuditEvent, Document
from trust.people.models import User

NAMED = {"Dr Margaret O’Neill": "External Chair", "Tessa Marlow": "Headteacher",
         "Hanna Birk": "Reading lead"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("Tessa Marlow spoke", "Headteacher spoke"),
        ("Mrs Marlow spoke; T. Marlow agreed", "Headteacher spoke; Headteacher agreed"),
        ("Dr O'Neill and Margaret O’Neill", "External Chair and External Chair"),
        ("Hanna Birk (Reading lead), online", "Reading lead, online"),
        ("Reading lead (Hanna Birk)", "Reading lead"),
        ("Marlowe Street and Birkdale stay", "Marlowe Street and Birkdale stay"),
        ("Nobody is named", "Nobody is named"),
    ],
)
def test_redact_puts_the_role_in_the_place_of_a_name(text: str, reads: str) -> None:
    assert redacted(text, patterns_of(NAMED)) == reads


def test_redact_reaches_every_string_but_those_kept() -> None:
    value = {"school": "Marlow Academy", "items": [{"text": ["Mr Marlow asked"], "n": 2}]}
    assert redacted(value, patterns_of(NAMED), ("school",)) == {
        "school": "Marlow Academy", "items": [{"text": ["Headteacher asked"], "n": 2}],
    }  # fmt: skip


def test_words_to_replace_are_read_line_by_line() -> None:
    assert read_words("Mrs Bell = a teacher\n\nBell\n = x") == (
        {"Mrs Bell": "a teacher"}, ["Bell", "= x"],
    )  # fmt: skip


# -- the copy ------------------------------------------------------------------------------------------

pytestmark = [pytest.mark.filterwarnings("error")]


@pytest.fixture(autouse=True)
def _own_store(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def board(school: School, clerk: User, ceo: User) -> ProgressBoard:
    found = whole_board(school)
    for role, user in (("clerk", clerk), ("ceo", ceo)):
        Seat.objects.filter(meeting=found.meeting, role=role).update(person=user.person)
    item = found.meeting.items.get(order=2)
    Minute.objects.filter(item=item).update(
        discussion="Mrs Marlow and Grace Osei heard Miss Birk; Mrs Bell was thanked."
    )
    PartB.objects.create(item=item, text="Only few may know")
    return found


def meeting_of(board: ProgressBoard) -> Meeting:
    return Meeting.objects.with_seats().get(pk=board.meeting_id)


@pytest.mark.django_db
def test_copy_names_nobody_of_the_record_and_says_what_it_is(
    board: ProgressBoard, ceo: User
) -> None:
    meeting = meeting_of(board)
    document = request_redacted(meeting, under="foi", more={"Mrs Bell": "a teacher"}, by=ceo)
    said = json.dumps(document.snapshot, ensure_ascii=False)
    surnames = {name.split()[-1] for name in names_of(meeting)} | {"Bell"}
    assert {"Marlow", "Osei", "Yeo", "Birk"} <= surnames
    assert [name for name in surnames if name in said] == []
    assert "Headteacher and Link Trustee heard Reading lead; a teacher was thanked" in said
    assert "Only few may know" not in said
    assert "Item 2 recorded in Part B" in said
    printed = " ".join(text_of(made(document)).split())
    assert "Redacted copy." in printed
    assert board.school.name in printed
    assert not [name for name in NAMES.values() if name in printed]


@pytest.mark.django_db
def test_copy_leaves_the_minutes_as_they_are_and_is_one_for_the_same_words(
    board: ProgressBoard, ceo: User, clerk: User
) -> None:
    meeting = meeting_of(board)
    first = request_redacted(meeting, under="foi", more={}, by=ceo)
    assert request_redacted(meeting, under="foi", more={}, by=clerk) == first
    minutes = Document.objects.exclude(pk=first.pk).get()
    assert "Tessa Marlow" in json.dumps(minutes.snapshot)
    events = AuditEvent.objects.filter(verb="make_redacted_copy")
    assert [event.detail["under"] for event in events] == ["foi", "foi"]


@pytest.mark.django_db
def test_copy_states_the_errata_too(board: ProgressBoard, ceo: User, clerk: User) -> None:
    meeting = meeting_of(board)
    errata.record_erratum(meeting, item=None, text="Mrs Marlow was online", reason="Seen", by=clerk)
    snapshot = request_redacted(meeting, under="articles", more={}, by=ceo).snapshot
    assert snapshot["errata"][0]["text"] == ["Headteacher was online"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["head", "dsi", "chair", "link_trustee", "trustee", "administrator"]
)
def test_copy_is_made_and_read_by_chief_executive_and_clerk_alone(
    name: str, board: ProgressBoard, ceo: User, clerk: User, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(name)
    with pytest.raises(NotAllowed):
        request_redacted(meeting_of(board), under="foi", more={}, by=user)
    document = request_redacted(meeting_of(board), under="foi", more={}, by=clerk)
    assert (may_read(ceo, document), may_read(clerk, document)) == (True, True)
    assert not may_read(user, document)


# -- the page ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page_lists_whom_it_replaces_and_makes_the_copy(
    board: ProgressBoard, ceo: User, client_for: object
) -> None:
    url = reverse("meetings:redacted", args=[board.meeting_id])
    client = client_for(ceo)
    page = client.get(url).content.decode()
    assert "Tessa Marlow" in page
    assert "not yet said" in page
    refused = client.post(url, {"under": "", "words": "Mrs Bell"})
    assert refused.status_code == 422
    assert "This is none: Mrs Bell" in refused.content.decode()
    sent = client.post(url, {"under": "foi", "words": "Mrs Bell = a teacher"})
    document = Document.objects.get(kind="redacted")
    assert sent["Location"].startswith(f"/documents/{document.pk}/")


@pytest.mark.django_db
def test_trust_says_once_whether_its_minutes_are_open_to_inspection(
    board: ProgressBoard, ceo: User, clerk: User, client_for: object
) -> None:
    url = reverse("meetings:minutes-inspectable", args=[board.meeting_id])
    page = reverse("meetings:redacted", args=[board.meeting_id])
    client = client_for(ceo)
    for _ in range(2):
        assert client.post(url, {"inspectable": "yes"}).status_code == 302
    assert AuditEvent.objects.filter(verb="say_inspectable").count() == 1
    assert "are open to inspection, but for what is in Part B" in client.get(page).content.decode()
    client.post(url, {"inspectable": "no"})
    assert "do not open minutes of this kind" in client.get(page).content.decode()
    with pytest.raises(NotAllowed):
        say_inspectable(meeting_of(board), inspectable=True, by=clerk)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("TESSA MARLOW and tessa marlow", "Headteacher and Headteacher"),
        ("MARLOW asked; Tessa agreed", "Headteacher asked; Headteacher agreed"),
        ("T Marlow’s answer", "Headteacher’s answer"),
        ("Tessa Jane Marlow is not the name, Marlow is", "Headteacher Jane Headteacher is not the name, Headteacher is"),
    ],
)  # fmt: skip
def test_redact_knows_a_name_in_any_dress(text: str, reads: str) -> None:
    assert redacted(text, patterns_of(NAMED)) == reads


def test_redact_knows_a_name_whose_accent_is_a_sign_of_its_own() -> None:
    """A text pasted from a Mac writes ë as e and two dots."""
    assert redacted("Zoe\u0308 Brand spoke", patterns_of({"Zoë Brand": "Chair"})) == "Chair spoke"


@pytest.mark.django_db
def test_copy_leaves_out_who_owned_an_action_then_and_who_had_another_name(
    board: ProgressBoard, ceo: User
) -> None:
    """The record is as it was sealed, while owners and names have gone on."""
    meeting = meeting_of(board)
    request_minutes(board, by=None)
    other = factories.PersonFactory(name="Noor Akhtar")
    meeting.actions.update(owner=other)
    Seat.objects.get(meeting=meeting, role="head").person.__class__.objects.filter(
        name="Tessa Marlow"
    ).update(name="Tessa Wren")
    said = json.dumps(
        request_redacted(meeting_of(board), under="foi", more={}, by=ceo).snapshot,
        ensure_ascii=False,
    )
    assert [name for name in ("Birk", "Marlow", "Tessa") if name in said] == []
