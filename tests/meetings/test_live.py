"""The live hour: clocks, lines, kept texts typed on, attendance by two, as the open page and the plain form send them."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.actions import clocks, follow_up, minutes
from meetings.models import (
    Action,
    AgendaItem,
    Challenge,
    EvidenceSeen,
    Meeting,
    Minute,
    MinuteConflict,
)
from meetings.queries.live import clock_of_hour, clock_of_item
from tests.meetings.makers import Cast, attend, bring_to, make_cast, make_meeting
from tests.schools.makers import make_user
from trust.access import Capacity, Conflict, NotAllowed
from trust.calendar import LONDON, clock_at

pytestmark = pytest.mark.django_db
TWO = dt.datetime(2026, 12, 3, 14, 0, tzinfo=LONDON)
LIVE = {"X-Requested-With": "live"}
TYPED = {"X-Requested-With": "autosave"}


@pytest.fixture
def cast() -> Cast:
    return make_cast(has_external_chair=True)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    issued = bring_to(cast, "issued")
    with clock_at(TWO):
        attend(cast, issued)
        return minutes.start_meeting(issued, by=cast.clerk)


@pytest.fixture
def item(meeting: Meeting) -> AgendaItem:
    return meeting.items.get(title="Attendance")


@pytest.fixture
def clerk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.clerk)
    return client


def later(minutes_on: int, seconds: int = 0) -> dt.datetime:
    return TWO + dt.timedelta(minutes=minutes_on, seconds=seconds)


def spent(meeting: Meeting) -> list[int]:
    return list(meeting.items.order_by("order").values_list("seconds_spent", flat=True))


# -- the clock of an item ----------------------------------------------------------------------------


def test_begin_the_next_item_stops_the_one_before_and_finishing_stops_the_last(
    cast: Cast, meeting: Meeting
) -> None:
    first, second, third, _ = meeting.items.order_by("order")
    for at, which in ((0, first), (5, second), (31, third), (40, second)):
        with clock_at(later(at)):
            clocks.begin_item(which, by=cast.clerk)
    with clock_at(later(44)):
        minutes.finish_meeting(meeting, by=cast.clerk)
    assert spent(meeting) == [300, (26 + 4) * 60, 540, 0]
    assert not meeting.items.filter(begun_at__isnull=False).exists()


def test_begin_an_item_that_runs_changes_nothing(cast: Cast, item: AgendaItem) -> None:
    for at in (0, 7):
        with clock_at(later(at)):
            clocks.begin_item(item, by=cast.clerk)
    item.refresh_from_db()
    assert (item.begun_at, item.seconds_spent) == (TWO, 0)


def test_begin_after_a_cut_counts_from_the_press_but_not_before_the_item_that_ran(
    cast: Cast, meeting: Meeting
) -> None:
    first, second, third, _ = meeting.items.order_by("order")
    for at, which, ago in ((0, first, 0), (10, second, 240), (20, third, 9999)):
        with clock_at(later(at)):
            clocks.begin_item(which, by=cast.clerk, seconds_ago=ago)
    assert spent(meeting)[:2] == [360, 0]
    third.refresh_from_db()
    assert third.begun_at == later(6)


def test_begin_by_anybody_but_the_clerk_or_outside_the_hour_is_refused(
    cast: Cast, meeting: Meeting, item: AgendaItem
) -> None:
    for by in (cast.ceo, cast.chair, cast.head, cast.link_trustee):
        with pytest.raises(NotAllowed):
            clocks.begin_item(item, by=by)
    minutes.finish_meeting(meeting, by=cast.clerk)
    with pytest.raises(Conflict, match="is finished"):
        clocks.begin_item(item, by=cast.clerk)
    assert item.meeting.items.filter(begun_at__isnull=False).count() == 0


@pytest.mark.parametrize(("seconds", "words"), [
    (0, "0:00 of 25 min"), (365, "6:05 of 25 min"), (1500, "25:00 of 25 min"),
    (1561, "26:01 of 25 min, 1:01 over"),
])  # fmt: skip
def test_say_how_long_an_item_takes_and_when_it_is_over(
    item: AgendaItem, seconds: int, words: str
) -> None:
    item.begun_at = TWO
    assert clock_of_item(item, later(0, seconds)).words == words


def test_say_how_long_the_meeting_takes_until_it_is_finished(meeting: Meeting) -> None:
    hour = clock_of_hour(meeting, later(61))
    assert hour is not None
    assert (hour.words, hour.is_running) == ("61:00 of 60 min, 1:00 over", True)
    meeting.finished_at = later(59)
    assert clock_of_hour(meeting, later(90)).words == "59:00 of 60 min"
    meeting.started_at = None
    assert clock_of_hour(meeting, later(90)) is None


def test_start_by_its_button_begins_the_first_item_and_stands_in_its_box(
    cast: Cast, clerk: Client
) -> None:
    meeting = bring_to(cast, "issued", make_meeting(cast))
    answer = clerk.post(reverse("meetings:meeting-start", args=[meeting.pk]))
    first = meeting.items.order_by("order").first()
    assert first.begun_at is not None
    assert answer["Location"].endswith(f"#m{first.pk}")


def test_begin_by_the_open_page_answers_every_clock_and_by_a_form_leads_back(
    clerk: Client, meeting: Meeting, item: AgendaItem
) -> None:
    url = reverse("meetings:item-begin", args=[item.pk])
    told = clerk.post(url, {"seconds_ago": "5"}, headers=LIVE).json()["clocks"]
    assert set(told) == {f"clock-{pk}" for pk in meeting.items.values_list("pk", flat=True)}
    assert [name for name, one in told.items() if one["running"]] == [f"clock-{item.pk}"]
    assert clerk.post(url)["Location"].endswith(f"#item-{item.pk}")


# -- a note in one line --------------------------------------------------------------------------------


def note(client: Client, item: AgendaItem, line: str, key: str = "", **headers: str):
    data = {"line": line, "idempotency_key": key or str(uuid.uuid4())}
    return client.post(reverse("meetings:line-add", args=[item.pk]), data, headers=headers or None)


def test_note_each_kind_of_line_by_a_plain_form_and_type_on(
    cast: Cast, clerk: Client, item: AgendaItem
) -> None:
    for line in (
        "? Why now -> Staffing", "+ paper: Tracker", "@school leader by 18 December 2026 Do it",
    ):  # fmt: skip
        answer = note(clerk, item, line)
        assert answer["Location"].endswith(f"#line-{item.pk}")
    asked, seen, action = Challenge.objects.get(), EvidenceSeen.objects.get(), Action.objects.get()
    assert (asked.asked_by, asked.question, asked.response) == ("Chair", "Why now", "Staffing")
    assert (seen.what, seen.how) == ("Tracker", "paper")
    assert (action.text, action.owner, action.due_on) == (
        "Do it", cast.leader.person, dt.date(2026, 12, 18),
    )  # fmt: skip
    page = clerk.get(reverse("meetings:minutes-edit", args=[item.meeting_id])).content.decode()
    for words in ("Why now", "Staffing", "Tracker", "Do it"):
        assert words in page


def test_send_a_line_again_because_its_answer_was_lost_notes_it_once(
    clerk: Client, item: AgendaItem
) -> None:
    key = str(uuid.uuid4())
    first, second = (note(clerk, item, "? Why -> So", key, **LIVE) for _ in range(2))
    assert Challenge.objects.count() == 1
    assert first.json()["parts"] == second.json()["parts"]
    assert "Why" in first.json()["parts"][f"notes-{item.pk}"]


def test_note_a_line_that_cannot_be_read_says_why_and_keeps_it(
    clerk: Client, item: AgendaItem
) -> None:
    told = note(clerk, item, "Nothing known <b>", **LIVE)
    assert (told.status_code, told.json()["message"][:12]) == (422, "Begin with ?")
    page = note(clerk, item, "Nothing known <b>").content.decode()
    assert "There is a problem" in page
    assert 'value="Nothing known &lt;b&gt;"' in page
    assert note(clerk, item, "@nobody known here", **LIVE).status_code == 422
    assert note(clerk, item, "/a Do it", **LIVE).json()["message"].startswith("Write @who")
    assert not Challenge.objects.exists()


def test_note_a_line_after_the_minutes_were_sent_tells_the_open_page_why_not(
    cast: Cast, clerk: Client
) -> None:
    item = bring_to(cast, "with_chair", make_meeting(cast)).items.first()
    told = note(clerk, item, "? Why", **LIVE)
    assert told.status_code == 409
    assert told.json()["message"]
    assert note(clerk, item, "? Why").status_code == 403


def test_note_a_line_takes_the_same_queries_at_1_and_20_items(
    cast: Cast, clerk: Client, meeting: Meeting, item: AgendaItem
) -> None:
    note(clerk, item, "? First", **LIVE)
    counts = []
    for more in (0, 19):
        for order in range(more):
            AgendaItem.objects.create(meeting=meeting, order=20 + order, title="Item")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            note(clerk, item, "? Again", **LIVE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_mark_an_earlier_action_on_the_open_page_answers_the_list(
    cast: Cast, clerk: Client, meeting: Meeting
) -> None:
    action = follow_up.raise_action(
        school=cast.school, text="Mend it", owner_role="Head", by=cast.ceo
    )
    url = reverse("meetings:former-action-mark", args=[meeting.pk, action.pk])
    refused = clerk.post(url, {"mark": "dropped", "note": " "}, headers=LIVE)
    assert (refused.status_code, refused.json()) == (
        409, {"message": "Give a reason for dropping the action"},
    )  # fmt: skip
    told = clerk.post(url, {"mark": "closed"}, headers=LIVE).json()
    assert "Closed" in told["parts"]["former-actions"]
    assert clerk.post(url, {"mark": "closed"}, headers=LIVE).status_code == 200
    assert action.marks.count() == 1


# -- the text: nothing typed is lost, and nothing is kept twice -------------------------------------------


def type_text(client: Client, item: AgendaItem, text: str, version: int, **more: object):
    data = {"text": text, "version": version, **more}
    return client.post(reverse("meetings:minute-save", args=[item.pk]), data, headers=TYPED)


@pytest.fixture
def other(client_for) -> Client:
    """A second clerk's browser."""
    return client_for(make_user((Capacity.CLERK, None), name="Bea Second"))


def test_save_after_a_lost_answer_is_the_writer_s_own_and_no_conflict(
    clerk: Client, item: AgendaItem
) -> None:
    type_text(clerk, item, "One", 1)
    answer = type_text(clerk, item, "One two", 1, unanswered=["One"])
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    assert not MinuteConflict.objects.exists()


def test_save_after_a_lost_answer_never_overwrites_what_somebody_else_then_saved(
    clerk: Client, other: Client, item: AgendaItem
) -> None:
    type_text(clerk, item, "One", 1)
    type_text(other, item, "One, theirs", 2)
    assert type_text(clerk, item, "One two", 1, unanswered=["One"]).status_code == 409
    assert Minute.objects.get(item=item).discussion == "One, theirs"
    assert MinuteConflict.objects.get().text == "One two"


def test_save_the_words_of_somebody_else_sent_before_is_not_one_s_own(
    clerk: Client, other: Client, item: AgendaItem
) -> None:
    type_text(other, item, "Theirs", 1)
    assert type_text(clerk, item, "Mine", 1, unanswered=["Theirs"]).status_code == 409


def test_save_the_words_that_stand_there_makes_no_new_version(
    clerk: Client, item: AgendaItem
) -> None:
    type_text(clerk, item, "One", 1)
    assert type_text(clerk, item, "One", 2).json()["version"] == 2


def test_send_a_second_text_again_because_its_answer_was_lost_keeps_it_once(
    clerk: Client, other: Client, item: AgendaItem
) -> None:
    type_text(other, item, "Theirs", 1)
    first = type_text(clerk, item, "Mine", 1).json()
    again = type_text(clerk, item, "Mine and more", 1, unanswered=["Mine"]).json()
    assert again["kept"] == first["kept"]
    assert MinuteConflict.objects.get().text == "Mine and more"


def test_type_on_after_a_conflict_goes_into_the_kept_text(
    cast: Cast, clerk: Client, other: Client, item: AgendaItem
) -> None:
    type_text(other, item, "Theirs", 1)
    kept = type_text(clerk, item, "Mine", 1).json()["kept"]
    answer = type_text(clerk, item, "Mine, typed on", 1, kept=kept).json()
    assert answer["kept"] == kept
    assert "kept beside the other" in answer["said"]
    assert MinuteConflict.objects.get().text == "Mine, typed on"
    assert Minute.objects.get(item=item).discussion == "Theirs"


def test_type_on_in_the_kept_text_of_somebody_else_or_of_another_item_keeps_one_s_own(
    clerk: Client, other: Client, meeting: Meeting, item: AgendaItem
) -> None:
    type_text(other, item, "Theirs", 1)
    kept = type_text(clerk, item, "Mine", 1).json()["kept"]
    type_text(other, item, "Not mine", 1, kept=kept)
    elsewhere = meeting.items.exclude(pk=item.pk).first()
    type_text(clerk, elsewhere, "Elsewhere", 1, kept=kept)
    assert MinuteConflict.objects.get(pk=kept).text == "Mine"
    assert Minute.objects.get(item=elsewhere).discussion == "Elsewhere"


def test_type_on_in_a_kept_text_that_was_merged_keeps_the_new_words_apart(
    cast: Cast, clerk: Client, other: Client, item: AgendaItem
) -> None:
    type_text(other, item, "Theirs", 1)
    kept = type_text(clerk, item, "Mine", 1).json()["kept"]
    conflict = MinuteConflict.objects.get(pk=kept)
    minutes.resolve_conflict(conflict, text="Theirs Mine", version=2, by=cast.clerk)
    answer = type_text(clerk, item, "Mine again", 1, kept=kept)
    assert answer.status_code == 409
    assert answer.json()["kept"] != kept


def test_merge_when_somebody_saved_meanwhile_keeps_one_text_and_offers_both_anew(
    cast: Cast, clerk: Client, other: Client, item: AgendaItem
) -> None:
    type_text(other, item, "Start Theirs", 1)
    kept = type_text(clerk, item, "Start Mine", 1).json()["kept"]
    url = reverse("meetings:minute-merge", args=[kept])
    assert "Start Theirs Mine</textarea>" in clerk.get(url).content.decode()
    type_text(other, item, "Start Theirs more", 2)
    again = clerk.post(url, {"text": "Start Theirs Mine", "version": "2"})
    assert again.status_code == 409
    assert "Start Theirs more Mine</textarea>" in again.content.decode()
    assert MinuteConflict.objects.get().resolved_at is None
    clerk.post(url, {"text": "Start Theirs more Mine", "version": "3"})
    assert Minute.objects.get(item=item).discussion == "Start Theirs more Mine"
    assert clerk.get(url).status_code == 302


def test_save_as_typed_when_the_minutes_were_sent_tells_the_open_page_why_not(
    cast: Cast, clerk: Client
) -> None:
    item = bring_to(cast, "with_chair", make_meeting(cast)).items.first()
    answer = type_text(clerk, item, "Late", 1)
    assert answer.status_code == 403
    assert answer.json()["message"].startswith("Not saved: ")


# -- who was there, by two ---------------------------------------------------------------------------------


def test_two_fill_the_table_at_once_and_neither_undoes_the_other(
    cast: Cast, clerk: Client, other: Client, meeting: Meeting
) -> None:
    chair, ceo = (meeting.seats.get(role=role) for role in ("chair", "ceo"))
    url = reverse("meetings:attendance-save", args=[meeting.pk])
    before = {
        f"{was}{name}-{seat.pk}": value
        for seat in (chair, ceo)
        for was in ("", "was-")
        for name, value in (("attendance", "present"), ("interests", ""))
    }
    clerk.post(
        url, before | {f"attendance-{chair.pk}": "online", f"interests-{ceo.pk}": "Consults"}
    )
    told = other.post(
        url, before | {f"attendance-{ceo.pk}": "late", f"interests-{ceo.pk}": "A governor"},
        headers=TYPED,
    ).json()  # fmt: skip
    for seat in (chair, ceo):
        seat.refresh_from_db()
    assert (chair.attendance, ceo.attendance) == ("online", "late")
    assert ceo.interests == "Consults; A governor"
    assert told["values"][f"interests-{ceo.pk}"] == "Consults; A governor"


def test_declare_an_interest_again_after_a_lost_answer_says_it_once(
    clerk: Client, meeting: Meeting
) -> None:
    seat = meeting.seats.get(role="ceo")
    url = reverse("meetings:attendance-save", args=[meeting.pk])
    for words in ("Consults", "Consults for us"):
        clerk.post(url, {
            f"attendance-{seat.pk}": "present", f"was-attendance-{seat.pk}": "present",
            f"interests-{seat.pk}": words, f"was-interests-{seat.pk}": "",
        })  # fmt: skip
    seat.refresh_from_db()
    assert seat.interests == "Consults for us"
    long = {f"attendance-{seat.pk}": "present", f"was-attendance-{seat.pk}": "present",
            f"interests-{seat.pk}": "x" * 290, f"was-interests-{seat.pk}": ""}  # fmt: skip
    assert clerk.post(url, long, headers=TYPED).status_code == 422


# -- paste --------------------------------------------------------------------------------------------------


def test_paste_from_word_is_cleaned_for_who_writes_and_nobody_else(
    cast: Cast, clerk: Client, meeting: Meeting, client_for
) -> None:
    url = reverse("meetings:paste-clean", args=[meeting.pk])
    html = "<ul><li>One<script>x()</script></li><li>Two</li></ul>"
    assert clerk.post(url, {"html": html}).json() == {"text": "- One\n- Two"}
    assert client_for(cast.ceo).post(url, {"html": html}).status_code == 403
    assert client_for(cast.stranger).post(url, {"html": html}).status_code == 404
