"""Minutes: text under a version check, attendance, the signature, the accuracy round, and the seal."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError

from meetings import sealing
from meetings.actions import agenda, answering, follow_up, minutes, scheduling, signing
from meetings.actions.minutes import StaleText
from meetings.models import (
    AccuracyReply,
    AgendaItem,
    Challenge,
    Correction,
    EvidenceSeen,
    Meeting,
    Minute,
    MinuteConflict,
    Seat,
)
from meetings.queries.checking import checks_of, silent_words
from meetings.queries.minutes import minutes_page
from tests.meetings.makers import (
    Cast,
    attend,
    bring_to,
    close,
    fresh,
    make_cast,
    make_meeting,
    schedule,
)
from tests.schools.makers import make_post, make_user
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import LIGHT
from trust.work import run_due_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def the_item(meeting: Meeting) -> AgendaItem:
    return meeting.items.get(title="Attendance")


# -- the text ------------------------------------------------------------------------------------


def test_save_a_minute_counts_its_version(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    assert minutes.save_minute(item, text="One", version=1, by=cast.clerk).version == 2
    assert minutes.save_minute(item, text="Two", version=2, by=cast.clerk).version == 3


def test_save_a_minute_on_an_old_version_keeps_both_texts(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    minutes.save_minute(item, text="The first", version=1, by=cast.clerk)
    with pytest.raises(StaleText) as stale:
        minutes.save_minute(item, text="The second", version=1, by=cast.clerk)
    assert Minute.objects.get(item=item).discussion == "The first"
    assert MinuteConflict.objects.get() == stale.value.conflict
    assert stale.value.conflict.text == "The second"


def test_save_the_same_text_on_an_old_version_is_no_conflict(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    minutes.save_minute(item, text="Once", version=1, by=cast.clerk)
    assert minutes.save_minute(item, text="Once", version=1, by=cast.clerk).version == 2
    assert not MinuteConflict.objects.exists()


def test_put_a_kept_text_in_resolves_it(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    minutes.save_minute(item, text="The first", version=1, by=cast.clerk)
    with pytest.raises(StaleText) as stale:
        minutes.save_minute(item, text="The second", version=1, by=cast.clerk)
    minutes.resolve_conflict(
        stale.value.conflict, text="The first. The second", version=2, by=cast.clerk
    )
    assert Minute.objects.get(item=item).discussion == "The first. The second"
    assert not MinuteConflict.objects.filter(resolved_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_save_from_two_connections_at_once_lets_one_win_and_keeps_the_other_s_text() -> None:
    cast = make_cast()
    item = the_item(bring_to(cast, "held"))
    minutes.minute_of(item)
    gate, outcomes = threading.Barrier(2, timeout=10), []

    def save(text: str) -> None:
        try:
            gate.wait()
            minutes.save_minute(
                AgendaItem.objects.get(pk=item.pk), text=text, version=1, by=cast.clerk
            )
            outcomes.append(("saved", text))
        except StaleText as stale:
            outcomes.append(("kept", stale.conflict.text))
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(text,)) for text in ("Ann's", "Ben's")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcome for outcome, _ in outcomes) == ["kept", "saved"]
    texts = dict(outcomes)
    assert Minute.objects.get(item=item).discussion == texts["saved"]
    assert MinuteConflict.objects.get().text == texts["kept"]
    assert set(texts.values()) == {"Ann's", "Ben's"}


@pytest.mark.parametrize("state", ["held", "with_chair", "accuracy_check", "final"])
def test_edit_minutes_by_anybody_but_clerk_and_chair_is_refused(cast: Cast, state: str) -> None:
    item = the_item(bring_to(cast, state))
    others = (cast.ceo, cast.dsi, cast.head, cast.leader, cast.link_trustee, cast.administrator)
    for by in others:
        with pytest.raises(NotAllowed):
            minutes.save_minute(item, text="Mine", version=1, by=by)
    assert not Minute.objects.exclude(discussion="").exists()


def test_edit_minutes_by_the_chair_only_while_they_are_with_the_chair(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    with pytest.raises(NotAllowed):
        minutes.save_minute(the_item(meeting), text="Mine", version=1, by=cast.chair)
    minutes.save_minute(the_item(meeting), text="The clerk's", version=1, by=cast.clerk)
    signing.send_minutes(meeting, by=cast.clerk)
    minute = minutes.save_minute(the_item(meeting), text="Edited", version=2, by=cast.chair)
    assert (minute.sent_discussion, minute.discussion) == ("The clerk's", "Edited")
    with pytest.raises(NotAllowed):
        minutes.save_minute(the_item(meeting), text="Late", version=3, by=cast.clerk)


def test_sign_by_the_clerk_or_the_chair_of_another_school_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "with_chair")
    other = make_user((Capacity.CHAIR, cast.school), name="Olive Chair")
    for by in (cast.clerk, other, cast.ceo):
        with pytest.raises(NotAllowed):
            signing.sign_minutes(meeting, typed_name=by.person.name, by=by)


def test_note_challenge_and_evidence_and_change_and_remove_them(cast: Cast) -> None:
    item = the_item(bring_to(cast, "held"))
    asked = minutes.add_challenge(item, asked_by="Chair", question="Why?", by=cast.clerk)
    seen = minutes.add_evidence(item, what="Six books", how="in_room", by=cast.clerk)
    minutes.set_challenge(asked, response="Staffing", by=cast.clerk)
    minutes.set_evidence(seen, what="Seven books", by=cast.clerk)
    assert Challenge.objects.get().response == "Staffing"
    assert EvidenceSeen.objects.get().what == "Seven books"
    minutes.remove_challenge(asked, by=cast.clerk)
    minutes.remove_evidence(seen, by=cast.clerk)
    assert not Challenge.objects.exists()
    assert not EvidenceSeen.objects.exists()


# -- the hour ------------------------------------------------------------------------------------


def test_finish_twice_stamps_once_and_reads_back_once(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    follow_up.add_action(the_item(meeting), text="Do it", owner_role="Head", by=cast.clerk)
    finished = minutes.finish_meeting(meeting, by=cast.clerk).finished_at
    assert minutes.finish_meeting(meeting, by=cast.clerk).finished_at == finished
    assert [a.state for a in meeting.actions.all()] == ["open"]


def test_send_unfinished_minutes_finishes_the_meeting_first(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    signing.send_minutes(meeting, by=cast.clerk)
    assert Meeting.objects.get(pk=meeting.pk).finished_at is not None


def test_record_attendance_before_the_start_but_not_after_signing(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    attend(cast, meeting)
    assert {s.attendance for s in meeting.seats.all()} == {"present"}
    signed = bring_to(make_second(cast), "accuracy_check")
    with pytest.raises(NotAllowed):
        minutes.record_attendance(signed, {}, by=cast.clerk)


def make_second(cast: Cast) -> Cast:
    """The same people on another day: the first meeting gives its hour up."""
    Seat.objects.update(during=None)
    Meeting.objects.update(during=None)
    return cast


def test_add_a_guest_twice_is_refused_in_words(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    minutes.add_attendee(meeting, person=cast.leader.person, by=cast.clerk)
    with pytest.raises(Conflict, match="already has that seat"):
        minutes.add_attendee(meeting, person=cast.leader.person, by=cast.clerk)


# -- sending and signing ---------------------------------------------------------------------------


def test_take_back_minutes_the_chair_has_opened_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "with_chair")
    signing.open_minutes(meeting, by=cast.clerk)
    signing.open_minutes(meeting, by=cast.chair)
    with pytest.raises(NotAllowed, match="opened"):
        signing.take_back_minutes(meeting, by=cast.clerk)


def test_take_back_a_signature_somebody_has_opened_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    signing.open_signature(meeting, by=cast.chair)
    signing.open_signature(meeting, by=cast.ceo)
    with pytest.raises(NotAllowed, match="opened"):
        signing.take_back_signature(meeting, by=cast.chair)


@pytest.mark.parametrize(
    "name", ["Margaret O'Neill", "Dr M. O’Neill", "margaret oneill", "O'Neill"]
)
def test_sign_with_a_name_that_is_loosely_one_s_own(cast: Cast, name: str) -> None:
    meeting = bring_to(cast, "with_chair")
    signing.sign_minutes(meeting, typed_name=name, by=cast.chair)
    assert (meeting.state, meeting.signed_name, meeting.signed_by) == (
        "accuracy_check", name, cast.chair,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["", "Margaret", "Ruth Amadi", "Una O'Neill"])
def test_sign_with_another_name_is_refused_and_changes_nothing(cast: Cast, name: str) -> None:
    meeting = bring_to(cast, "with_chair")
    with pytest.raises(Conflict, match="Type your own name"):
        signing.sign_minutes(meeting, typed_name=name, by=cast.chair)
    assert Meeting.objects.get(pk=meeting.pk).state == "with_chair"


def test_sign_late_gives_five_school_days_to_correct(cast: Cast, settings) -> None:
    meeting = bring_to(cast, "with_chair")
    settings.EYELINE_AS_OF = dt.date(2027, 1, 11)
    signing.sign_minutes(meeting, typed_name="M O'Neill", by=cast.chair)
    assert meeting.deadlines["corrections"] == "2027-01-18"
    assert meeting.deadlines["final"] == "2027-01-20"


def test_go_from_scheduled_to_final_in_five_acts_by_four_people() -> None:
    cast = make_cast(steps={**LIGHT, "accuracy_check": False, "judgement_per_item": False})
    meeting = bring_to(cast, "agenda_draft")
    agenda.issue_agenda(meeting, by=cast.ceo)
    answering.answer_all(meeting, by=cast.head)
    minutes.start_meeting(meeting, by=cast.clerk)
    signing.send_minutes(meeting, by=cast.clerk)
    signing.sign_minutes(meeting, typed_name="M O'Neill", by=cast.chair)
    assert Meeting.objects.get(pk=meeting.pk).state == "final"


# -- the accuracy round ----------------------------------------------------------------------------


def test_correct_by_a_leader_only_the_own_item(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    own = the_item(meeting)
    answering.choose_respondent(own, person=cast.leader.person, by=cast.head)
    attend(cast, meeting)
    minutes.start_meeting(meeting, by=cast.clerk)
    signing.send_minutes(meeting, by=cast.clerk)
    signing.sign_minutes(meeting, typed_name="M O'Neill", by=cast.chair)
    signing.propose_correction(meeting, item=own, text="29%", by=cast.leader)
    for item in (meeting.items.get(title="Reading in Year 3"), None):
        with pytest.raises(NotAllowed, match="own item"):
            signing.propose_correction(meeting, item=item, text="30%", by=cast.leader)
    assert Correction.objects.get().text == "29%"


def test_check_accuracy_by_one_who_was_not_present_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    seat = meeting.seats.get(role="link_trustee")
    minutes.record_attendance(meeting, {seat.pk: ("apologies", "")}, by=cast.clerk)
    signing.send_minutes(meeting, by=cast.clerk)
    signing.sign_minutes(meeting, typed_name="M O'Neill", by=cast.chair)
    with pytest.raises(NotAllowed, match="recorded as present"):
        signing.say_nothing_to_correct(meeting, by=cast.link_trustee)


def test_silence_is_recorded_as_silence(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    signing.say_nothing_to_correct(meeting, by=cast.ceo)
    close(cast, meeting)
    page = minutes_page(Meeting.objects.with_seats().get(pk=meeting.pk))
    assert silent_words(page) == (
        "No correction proposed by Chief Executive, Link Trustee, Headteacher"
    )
    assert [(c.role, c.words) for c in checks_of(page)] == [
        ("Chief Executive", "Nothing to correct"),
        ("Link Trustee", "No correction proposed"),
        ("Headteacher", "No correction proposed"),
    ]


def test_say_nothing_to_correct_twice_is_kept_once(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    for _ in range(2):
        signing.say_nothing_to_correct(meeting, by=cast.head)
    assert AccuracyReply.objects.count() == 1


def test_close_before_the_date_is_refused_to_software_and_chair(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    for by in (None, cast.chair):
        with pytest.raises(Conflict, match="not over"):
            signing.close_minutes(meeting, by=by, typed_name="M O'Neill")


def test_close_by_the_software_comes_the_day_after_the_round(cast: Cast, settings) -> None:
    meeting = bring_to(cast, "accuracy_check")
    until = dt.date.fromisoformat(meeting.deadlines["corrections"])
    settings.EYELINE_AS_OF = until
    run_due_work()
    assert Meeting.objects.get(pk=meeting.pk).state == "accuracy_check"
    settings.EYELINE_AS_OF = until + dt.timedelta(days=1)
    run_due_work()
    assert Meeting.objects.get(pk=meeting.pk).state == "final"


def test_close_after_a_correction_waits_for_the_chair_to_answer_and_sign_again(
    cast: Cast, settings
) -> None:
    meeting = bring_to(cast, "accuracy_check")
    item = the_item(meeting)
    correction = signing.propose_correction(meeting, item=item, text="29%, not 31%", by=cast.head)
    settings.EYELINE_AS_OF = dt.date(2027, 1, 11)
    run_due_work()
    with pytest.raises(Conflict, match="Answer every correction"):
        signing.close_minutes(meeting, by=cast.chair, typed_name="M O'Neill")
    version = minutes.minute_of(item).version
    signing.answer_correction(
        correction, answer="accepted", text="29%", version=version, by=cast.chair
    )
    run_due_work()
    assert Meeting.objects.get(pk=meeting.pk).state == "accuracy_check"
    first = meeting.signed_at
    signing.close_minutes(meeting, by=cast.chair, typed_name="Margaret O'Neill")
    assert meeting.state == "final"
    assert meeting.signed_at > first
    assert Minute.objects.get(item=item).discussion == "29%"


def test_refuse_a_correction_without_a_reason_is_refused_and_answering_twice_too(
    cast: Cast,
) -> None:
    meeting = bring_to(cast, "accuracy_check")
    correction = signing.propose_correction(meeting, item=None, text="The date", by=cast.ceo)
    with pytest.raises(Conflict, match="reason"):
        signing.answer_correction(correction, answer="refused", by=cast.chair)
    with pytest.raises(NotAllowed):
        signing.answer_correction(correction, answer="accepted", by=cast.ceo)
    signing.answer_correction(correction, answer="refused", reason="It was so", by=cast.chair)
    with pytest.raises(Conflict, match="has been answered"):
        signing.answer_correction(correction, answer="accepted", by=cast.chair)


def test_attach_the_school_s_note_within_150_words_by_the_school_only(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    with pytest.raises(Conflict, match="Propose a correction first"):
        signing.attach_school_note(meeting, text="We differ", by=cast.head)
    signing.propose_correction(meeting, item=None, text="The date", by=cast.head)
    with pytest.raises(Conflict, match="within 150 words: it has 151"):
        signing.attach_school_note(meeting, text="word " * 151, by=cast.head)
    with pytest.raises(NotAllowed):
        signing.attach_school_note(meeting, text="We differ", by=cast.ceo)
    signing.attach_school_note(meeting, text="We differ", by=cast.head)
    assert Meeting.objects.get(pk=meeting.pk).school_note == "We differ"


def test_check_accuracy_by_a_delegate_is_kept_for_the_head(cast: Cast) -> None:
    meeting = bring_to(cast, "accuracy_check")
    helper = make_user((Capacity.LEADER, cast.school), name="Office manager")
    make_post(
        helper.person, Capacity.HEAD, cast.school,
        delegate_of=cast.head.person.appointments.get(capacity="head"),
    )  # fmt: skip
    reply = signing.say_nothing_to_correct(meeting, by=fresh(helper))
    assert (reply.person, reply.saved_by) == (cast.head.person, helper)


# -- the seal: a draft may change, a final may not, named exceptions may -----------------------------


def full(cast: Cast, state: str) -> Meeting:
    """A meeting in a state with one of every row that is sealed."""
    meeting = bring_to(cast, "held")
    item = the_item(meeting)
    minutes.save_minute(item, text="Said", version=1, by=cast.clerk)
    minutes.add_challenge(item, asked_by="Chair", question="Why?", by=cast.clerk)
    minutes.add_evidence(item, what="Books", how="in_room", by=cast.clerk)
    signing.send_minutes(meeting, by=cast.clerk)
    signing.sign_minutes(meeting, typed_name="M O'Neill", by=cast.chair)
    correction = signing.propose_correction(meeting, item=item, text="31%", by=cast.head)
    signing.answer_correction(correction, answer="accepted", by=cast.chair)
    if state == "final":
        signing.close_minutes(meeting, by=cast.chair, typed_name="M O'Neill")
    return meeting


CHANGES: dict[str, Callable[[Meeting], object]] = {
    "meeting": lambda m: Meeting.objects.filter(pk=m.pk).update(signed_name="Another"),
    "item": lambda m: m.items.update(title="Another"),
    "minute": lambda m: Minute.objects.update(discussion="Another"),
    "challenge": lambda m: Challenge.objects.update(question="Another"),
    "evidence": lambda m: EvidenceSeen.objects.update(what="Another"),
    "correction": lambda m: Correction.objects.update(text="Another"),
    "seat": lambda m: m.seats.update(attendance="absent"),
}


@pytest.mark.parametrize("row", CHANGES)
def test_change_a_row_of_a_draft_is_possible(cast: Cast, row: str) -> None:
    assert CHANGES[row](full(cast, "accuracy_check"))


@pytest.mark.parametrize("row", CHANGES)
def test_change_a_row_of_a_final_meeting_is_refused_by_the_database(cast: Cast, row: str) -> None:
    meeting = full(cast, "final")
    with pytest.raises(InternalError), transaction.atomic():
        CHANGES[row](meeting)


def test_change_what_a_final_meeting_leaves_open_is_possible(cast: Cast) -> None:
    meeting = full(cast, "final")
    assert meeting.items.update(carry_forward=True)
    assert meeting.seats.update(reply="coming")
    assert Minute.objects.update(sent_discussion="As sent")


@pytest.mark.parametrize("rows", [Meeting, AgendaItem, Minute, Challenge, EvidenceSeen, Correction])
def test_delete_a_row_of_a_final_meeting_is_refused_by_the_database(cast: Cast, rows) -> None:
    full(cast, "final")
    with pytest.raises(InternalError), transaction.atomic():
        rows.objects.all()._raw_delete("default")
    assert rows.objects.exists()


def test_seal_calls_what_the_apps_above_registered(cast: Cast, monkeypatch) -> None:
    sealed: list[int] = []
    monkeypatch.setattr(sealing, "_sealers", [lambda meeting, at: sealed.append(meeting.pk)])
    meeting = full(cast, "final")
    assert sealed == [meeting.pk]


def test_schedule_another_meeting_of_the_school_while_one_is_final(cast: Cast) -> None:
    bring_to(cast, "final")
    second = make_meeting(cast, code="27-Sp1")
    assert schedule(cast, second, dt.datetime(2027, 2, 4, 14, tzinfo=dt.UTC)).state == "scheduled"
    assert scheduling.postpone_meeting(second, reason="Illness", by=cast.ceo).state == "postponed"
