"""Part B: who reads a text and who never does, who stayed, its versions, its accuracy check and its seal."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import transaction
from django.db.utils import InternalError

from meetings.actions import part_b, signing
from meetings.actions.part_b import StalePartB
from meetings.models import (
    Meeting,
    PartB,
    PartBCorrection,
    PartBKept,
    PartBReply,
    Seat,
    StayedForB,
)
from meetings.part_b_rules import (
    may_correct_part_b,
    may_grant_part_b,
    may_read_part_b,
    may_write_part_b,
)
from meetings.queries.part_b import out_of_place, part_with_rules, recorded_in_part_b
from meetings.tasks import close_round, rounds_over
from progress_boards.models import ProgressBoard
from schools.models import Post, School
from schools.queries import with_posts
from tests import factories
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import AuditEvent
from trust.people.models import User

pytestmark = pytest.mark.django_db

SECRET = "The interim headship ends at Easter"
DAY = dt.date(2026, 11, 12)


def meeting_of(board: ProgressBoard) -> Meeting:
    return Meeting.objects.with_seats().get(pk=board.meeting_id)


def write(board: ProgressBoard, clerk: User, text: str = SECRET, order: int = 3) -> PartB:
    item = board.meeting.items.get(order=order)
    version = PartB.objects.filter(item=item).values_list("version", flat=True).first() or 1
    return part_b.save_part_b(item, text=text, version=version, by=clerk)


def stay(part: PartB, *users: User, by: User) -> None:
    people = {user.person_id for user in users}
    part_b.set_stayed(part.item, ticked=people, shown=people, by=by)


def reads(user: User, part: PartB, on: dt.date = factories.TODAY) -> bool:
    """Whether somebody reads it, with the posts they hold on a day, as another request would ask."""
    asking = with_posts(User.objects.get(pk=user.pk), on)
    return bool(may_read_part_b(asking, part_with_rules(part)))


def send(board: ProgressBoard, clerk: User) -> None:
    signing.send_minutes(meeting_of(board), by=clerk)


def sign(board: ProgressBoard, clerk: User, chair: User) -> None:
    send(board, clerk)
    signing.sign_minutes(meeting_of(board), typed_name="Martin Yeo", by=chair)


# -- who reads it ------------------------------------------------------------------------------------

READ_BY_POST = ("chair", "clerk", "ceo")
NEVER_BY_POST = (
    "ceo_representative", "dsi", "head", "leader", "link_trustee", "trustee", "provider",
    "local_committee", "cfo", "safeguarding_lead", "administrator", "stranger", "other_head",
    "other_trustee",
)  # fmt: skip


@pytest.mark.parametrize("name", READ_BY_POST)
def test_read_a_signed_part_b_is_for_chair_clerk_and_chief_executive(
    name: str, board: ProgressBoard, clerk: User, chair: User, request: pytest.FixtureRequest
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    assert reads(request.getfixturevalue(name), part)


@pytest.mark.parametrize("name", NEVER_BY_POST)
@pytest.mark.parametrize("state", ["held", "signed", "final"])
def test_read_a_part_b_by_post_alone_is_refused(
    name: str, state: str, board: ProgressBoard, clerk: User, chair: User,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    user, part = request.getfixturevalue(name), write(board, clerk)
    if state != "held":
        sign(board, clerk, chair)
    if state == "final":
        make_final(board)
    assert not reads(user, part)


def test_read_a_part_b_before_the_signature_is_for_clerk_and_chair_alone(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, link_trustee: User
) -> None:
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    assert [reads(user, part) for user in (clerk, chair, ceo, link_trustee)] == [
        True, True, False, False,
    ]  # fmt: skip
    send(board, clerk)
    assert [reads(user, part) for user in (clerk, chair, ceo, link_trustee)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_read_the_part_b_of_one_s_own_item_only(
    board: ProgressBoard, clerk: User, chair: User, link_trustee: User, leader: User
) -> None:
    """A tick counts for the item on which it was made."""
    third, second = write(board, clerk), write(board, clerk, "On a parent", order=2)
    stay(third, link_trustee, by=clerk)
    stay(second, leader, by=clerk)
    sign(board, clerk, chair)
    assert [reads(link_trustee, third), reads(link_trustee, second)] == [True, False]
    assert [reads(leader, second), reads(leader, third)] == [True, False]


def test_untick_the_head_takes_the_reading_away(
    board: ProgressBoard, clerk: User, chair: User, head: User, link_trustee: User
) -> None:
    part = write(board, clerk)
    stay(part, head, link_trustee, by=clerk)
    shown = {head.person_id, link_trustee.person_id}
    part_b.set_stayed(part.item, ticked={link_trustee.person_id}, shown=shown, by=clerk)
    sign(board, clerk, chair)
    assert not reads(head, part)
    assert reads(link_trustee, part)


def test_read_a_part_b_for_somebody_else_is_refused(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, head: User, school: School
) -> None:
    """ "Part B and restricted concerns never pass to a delegate." """
    part = write(board, clerk)
    stay(part, head, by=clerk)
    sign(board, clerk, chair)
    for_ceo, for_head = (
        factories.user_with(name="Paula Assist"),
        factories.user_with(name="Dep Uty"),
    )
    _delegate(for_ceo, ceo, Capacity.CEO, None)
    _delegate(for_head, head, Capacity.HEAD, school)
    assert with_posts(for_ceo, factories.TODAY).posts.holds(Capacity.CEO)
    assert with_posts(for_head, factories.TODAY).posts.holds(Capacity.HEAD, school=school.pk)
    assert not reads(for_ceo, part)
    assert not reads(for_head, part)


def _delegate(user: User, of: User, capacity: str, school: School | None) -> None:
    post = Post.objects.get(person=of.person, capacity=capacity)
    factories.PostFactory(person=user.person, capacity=capacity, school=school, delegate_of=post)


def test_read_a_part_b_ends_with_the_post(
    board: ProgressBoard, clerk: User, chair: User, link_trustee: User, other_school: School
) -> None:
    """An ex-trustee loses access on the day after the term of office, a link to another school or not."""
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    Post.objects.filter(person=link_trustee.person).update(ends_on=dt.date(2026, 12, 31))
    factories.PostFactory(person=link_trustee.person, capacity="link_trustee", school=other_school)
    Post.objects.filter(person=chair.person).update(ends_on=dt.date(2026, 12, 31))
    assert reads(link_trustee, part, dt.date(2026, 12, 31))
    assert not reads(link_trustee, part, dt.date(2027, 1, 1))
    assert reads(chair, part, dt.date(2026, 12, 31))
    assert not reads(chair, part, dt.date(2027, 1, 1))


def test_read_a_part_b_as_the_clerk_or_chair_of_another_board_is_refused(
    board: ProgressBoard, clerk: User, chair: User, school: School
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    other_clerk = factories.user_with((Capacity.CLERK, None), name="Other Clerk")
    other_chair = factories.user_with((Capacity.CHAIR, school), name="Other Chair")
    assert not reads(other_clerk, part)
    assert not reads(other_chair, part)


def test_substitute_of_the_chair_reads_and_one_of_the_chief_executive_does_not(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, dsi: User, trustee: User
) -> None:
    """A substitute has, for that board, the rights of the one replaced; the CEO's reading is the post's own."""
    part = write(board, clerk)
    Seat.objects.filter(meeting=board.meeting, role="chair").update(
        person=trustee.person, for_person=chair.person
    )
    Seat.objects.filter(meeting=board.meeting, role="ceo").update(
        person=dsi.person, for_person=ceo.person
    )
    assert reads(trustee, part)
    assert not reads(chair, part)
    board.meeting.refresh_from_db()
    send(board, clerk)
    signing.sign_minutes(meeting_of(board), typed_name="Lena Whitby", by=trustee)
    assert not reads(dsi, part)


# -- by name -----------------------------------------------------------------------------------------


def test_grant_reads_until_it_is_ended_and_is_logged_without_its_reason(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, cfo: User
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    grant = part_b.grant_part_b(part, person=cfo.person, reason="Severance to approve", by=ceo)
    assert reads(cfo, part)
    part_b.end_part_b_grant(grant, by=ceo)
    part_b.end_part_b_grant(grant, by=ceo)
    assert not reads(cfo, part)
    rows = AuditEvent.objects.filter(verb__in=("grant_part_b", "end_part_b_grant"))
    assert [(row.verb, row.user_id) for row in rows.order_by("pk")] == [
        ("grant_part_b", ceo.pk), ("end_part_b_grant", ceo.pk),
    ]  # fmt: skip
    assert "Severance" not in json.dumps([row.detail for row in rows])


@pytest.mark.parametrize("name", ["administrator", "local_committee", "stranger"])
def test_grant_to_somebody_who_may_never_read_is_refused(
    name: str, board: ProgressBoard, clerk: User, ceo: User, request: pytest.FixtureRequest
) -> None:
    part = write(board, clerk)
    person = request.getfixturevalue(name).person
    with pytest.raises(Conflict, match="an account and a post today"):
        part_b.grant_part_b(part, person=person, reason="Asked", by=ceo)


def test_grant_twice_or_without_reason_is_refused(
    board: ProgressBoard, clerk: User, ceo: User, cfo: User
) -> None:
    part = write(board, clerk)
    with pytest.raises(Conflict, match="Give the reason"):
        part_b.grant_part_b(part, person=cfo.person, reason=" ", by=ceo)
    part_b.grant_part_b(part, person=cfo.person, reason="Severance", by=ceo)
    with pytest.raises(Conflict):
        part_b.grant_part_b(part, person=cfo.person, reason="Severance", by=ceo)
    assert part.grants.count() == 1


@pytest.mark.parametrize("name", ["chair", "clerk", "dsi", "head", "administrator"])
def test_grant_by_anybody_but_the_chief_executive_is_refused(
    name: str, board: ProgressBoard, clerk: User, cfo: User, request: pytest.FixtureRequest
) -> None:
    user, part = request.getfixturevalue(name), write(board, clerk)
    assert not may_grant_part_b(user, part_with_rules(part))
    with pytest.raises(NotAllowed):
        part_b.grant_part_b(part, person=cfo.person, reason="Asked", by=user)


# -- who writes it -----------------------------------------------------------------------------------


def test_write_a_part_b_is_for_the_clerk_and_then_for_the_chair(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, head: User
) -> None:
    part = write(board, clerk)
    users = (clerk, chair, ceo, head)
    assert [bool(may_write_part_b(u, meeting_of(board))) for u in users] == [True] + [False] * 3
    send(board, clerk)
    assert [bool(may_write_part_b(u, meeting_of(board))) for u in users] == [
        False, True, False, False,
    ]  # fmt: skip
    part_b.save_part_b(part.item, text=f"{SECRET}.", version=part.version, by=chair)
    part.refresh_from_db()
    assert (part.sent_text, part.text) == (SECRET, f"{SECRET}.")
    with pytest.raises(NotAllowed):
        part_b.save_part_b(part.item, text="Mine", version=part.version, by=clerk)


def test_save_a_part_b_on_an_old_version_keeps_both_texts(
    board: ProgressBoard, clerk: User
) -> None:
    part = write(board, clerk)
    with pytest.raises(StalePartB) as stale:
        part_b.save_part_b(part.item, text="The second", version=1, by=clerk)
    part.refresh_from_db()
    assert part.text == SECRET
    assert PartBKept.objects.get() == stale.value.kept
    part_b.resolve_part_b(
        stale.value.kept, text=f"{SECRET}. The second", version=part.version, by=clerk
    )
    part.refresh_from_db()
    assert part.text == f"{SECRET}. The second"
    assert not PartBKept.objects.filter(resolved_at=None).exists()


def test_save_the_same_part_b_on_an_old_version_is_no_conflict(
    board: ProgressBoard, clerk: User
) -> None:
    part = write(board, clerk)
    assert part_b.save_part_b(part.item, text=SECRET, version=1, by=clerk).version == part.version


def test_tick_somebody_who_was_not_there_is_refused(
    board: ProgressBoard, clerk: User, cfo: User, chair: User
) -> None:
    item = board.meeting.items.get(order=3)
    for user in (cfo, chair):  # the Chair reads it anyway
        with pytest.raises(Conflict, match="was there"):
            part_b.set_stayed(item, ticked={user.person_id}, shown={user.person_id}, by=clerk)
    assert not StayedForB.objects.exists()


def test_tick_leaves_those_alone_who_were_not_shown(
    board: ProgressBoard, clerk: User, head: User, link_trustee: User
) -> None:
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    now_ticked = part_b.set_stayed(
        part.item, ticked={head.person_id}, shown={head.person_id}, by=clerk
    )
    assert now_ticked == {head.person_id, link_trustee.person_id}


def test_nobody_is_ticked_until_somebody_ticks(board: ProgressBoard, clerk: User) -> None:
    write(board, clerk)
    assert not StayedForB.objects.exists()


def test_item_with_a_part_b_before_another_one_is_out_of_place(board: ProgressBoard) -> None:
    items = list(board.meeting.items.all())
    by_order = {item.order: item.pk for item in items}
    assert out_of_place(items, {by_order[3]}) == set()
    assert out_of_place(items, {by_order[2]}) == {by_order[2]}
    assert out_of_place(items, {by_order[2], by_order[3]}) == set()


# -- what everybody else is told ---------------------------------------------------------------------


def test_item_says_that_it_is_recorded_in_part_b_and_leads_only_its_readers_there(
    board: ProgressBoard, clerk: User, chair: User, head: User
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    meeting = meeting_of(board)
    assert recorded_in_part_b(meeting, head) == {part.item_id: ""}
    assert recorded_in_part_b(meeting, chair) == {
        part.item_id: f"/meetings/{meeting.pk}/part-b/#item-{part.item_id}"
    }


def test_part_b_emptied_again_is_not_recorded(board: ProgressBoard, clerk: User) -> None:
    write(board, clerk)
    write(board, clerk, text="")
    assert recorded_in_part_b(meeting_of(board), clerk) == {}


def test_audit_holds_no_word_of_a_part_b(
    board: ProgressBoard, clerk: User, chair: User, ceo: User
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    correction = part_b.propose_part_b_correction(part, text="At Whitsun, not Easter", by=ceo)
    part_b.answer_part_b_correction(
        correction, answer="refused", reason="It was Easter", typed_name="Martin Yeo", by=chair
    )
    told = json.dumps(list(AuditEvent.objects.values_list("verb", "detail")))
    assert "answer_part_b_correction" in told
    assert not any(word in told for word in ("Easter", "Whitsun", "headship"))


# -- its accuracy check ------------------------------------------------------------------------------


def test_correct_a_part_b_is_for_readers_who_were_there(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, head: User, link_trustee: User,
    cfo: User,
) -> None:  # fmt: skip
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    part_b.grant_part_b(part, person=cfo.person, reason="Severance", by=ceo)
    asked = {u: bool(may_correct_part_b(u, part_with_rules(part)))
             for u in (ceo, link_trustee, head, cfo, chair)}  # fmt: skip
    assert asked == {ceo: True, link_trustee: True, head: False, cfo: False, chair: False}
    with pytest.raises(NotAllowed):
        part_b.propose_part_b_correction(part, text="Not so", by=head)


def test_accept_a_correction_of_a_part_b_changes_the_text_and_keeps_both(
    board: ProgressBoard, clerk: User, chair: User, ceo: User
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    correction = part_b.propose_part_b_correction(part, text="At Whitsun", by=ceo)
    assert correction.role == "ceo"
    part_b.answer_part_b_correction(
        correction, answer="edited", text="Ends at Whitsun", version=part.version,
        typed_name="Martin Yeo", by=chair,
    )  # fmt: skip
    part.refresh_from_db()
    held = PartBCorrection.objects.get()
    assert (part.text, part.sent_text) == ("Ends at Whitsun", SECRET)
    assert (held.text, held.answer, held.answered_by) == ("At Whitsun", "edited", chair)
    with pytest.raises(Conflict, match="answered"):
        part_b.answer_part_b_correction(
            held, answer="refused", reason="No", typed_name="Martin Yeo", by=chair
        )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"answer": "refused"}, "Give the reason"),
        ({"answer": "accepted", "typed_name": "Ruth Calder"}, "Type your own name"),
        ({"answer": "accepted", "text": "Newer", "version": 1}, "changed after you opened it"),
        ({"answer": "perhaps"}, "Accept, edit or refuse"),
    ],
)
def test_answer_a_correction_of_a_part_b_says_what_is_missing(
    said: dict[str, object], words: str, board: ProgressBoard, clerk: User, chair: User, ceo: User
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    correction = part_b.propose_part_b_correction(part, text="At Whitsun", by=ceo)
    with pytest.raises(Conflict, match=words):
        part_b.answer_part_b_correction(
            correction, **{"typed_name": "Martin Yeo", **said}, by=chair
        )
    part.refresh_from_db()
    assert (part.text, PartBCorrection.objects.get().answer) == (SECRET, "")


def test_minutes_wait_for_an_open_correction_in_part_b(
    board: ProgressBoard, clerk: User, chair: User, ceo: User
) -> None:
    part = write(board, clerk)
    sign(board, clerk, chair)
    correction = part_b.propose_part_b_correction(part, text="At Whitsun", by=ceo)
    Meeting.objects.filter(pk=board.meeting_id).update(deadlines={"corrections": "2026-11-20"})
    assert rounds_over() == []
    with pytest.raises(Conflict, match="in Part B first"):
        close_round(board.meeting_id)
    part_b.answer_part_b_correction(
        correction, answer="refused", reason="As minuted", typed_name="Martin Yeo", by=chair
    )
    assert rounds_over() == [board.meeting_id]
    close_round(board.meeting_id)
    assert meeting_of(board).state == "final"


def test_say_nothing_of_a_part_b_is_for_those_who_check_it(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, head: User, link_trustee: User
) -> None:
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    for user in (head, chair, clerk):
        with pytest.raises(NotAllowed):
            part_b.say_nothing_of_part_b(part, by=user)
    for _ in range(2):
        part_b.say_nothing_of_part_b(part, by=ceo)
    assert [(row.person, row.role) for row in PartBReply.objects.all()] == [(ceo.person, "ceo")]
    part_b.propose_part_b_correction(part, text="At Whitsun", by=ceo)
    assert not PartBReply.objects.exists()
    with pytest.raises(Conflict, match="You have proposed a correction"):
        part_b.say_nothing_of_part_b(part, by=ceo)


def test_take_back_nothing_of_a_part_b_is_over_with_the_round(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, link_trustee: User
) -> None:
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    for user in (ceo, link_trustee):
        part_b.say_nothing_of_part_b(part, by=user)
    part_b.take_back_nothing_of_part_b(part, by=ceo)
    make_final(board)
    with pytest.raises(NotAllowed, match="not in the accuracy check"):
        part_b.take_back_nothing_of_part_b(part, by=link_trustee)
    with pytest.raises(NotAllowed, match="not in the accuracy check"):
        part_b.say_nothing_of_part_b(part, by=ceo)
    assert [row.person for row in PartBReply.objects.all()] == [link_trustee.person]


# -- sealed ------------------------------------------------------------------------------------------


def make_final(board: ProgressBoard) -> None:
    Meeting.objects.filter(pk=board.meeting_id).update(deadlines={"corrections": "2026-11-20"})
    close_round(board.meeting_id)


def test_part_b_of_final_minutes_is_frozen_by_the_database(
    board: ProgressBoard, clerk: User, chair: User
) -> None:
    part = write(board, clerk)
    PartB.objects.filter(pk=part.pk).update(text=f"{SECRET}!")  # a draft may change
    sign(board, clerk, chair)
    make_final(board)
    part.refresh_from_db()
    assert part.sealed_at is not None
    with pytest.raises(InternalError), transaction.atomic():
        PartB.objects.filter(pk=part.pk).update(text="Other words")
    with pytest.raises(InternalError), transaction.atomic():
        part.delete()
    with pytest.raises(NotAllowed):
        part_b.set_stayed(part.item, ticked=set(), shown=set(), by=clerk)
    PartB.objects.filter(pk=part.pk).update(version=part.version + 1)  # no word of it


def test_corrections_and_replies_of_a_part_b_are_frozen_with_its_final_minutes(
    board: ProgressBoard, clerk: User, chair: User, ceo: User, link_trustee: User
) -> None:
    part = write(board, clerk)
    stay(part, link_trustee, by=clerk)
    sign(board, clerk, chair)
    part_b.propose_part_b_correction(part, text="At Whitsun", by=ceo)
    part_b.say_nothing_of_part_b(part, by=link_trustee)
    said, replies = PartBCorrection.objects.all(), PartBReply.objects.all()
    said.update(text="At Whitsun, not Easter")  # while the round is open both may change
    replies.update(role="trustee")
    part_b.answer_part_b_correction(
        said.get(), answer="refused", reason="As minuted", typed_name="Martin Yeo", by=chair
    )
    make_final(board)
    part.refresh_from_db()
    assert {said.get().sealed_at, replies.get().sealed_at} == {part.sealed_at}
    for change in ({"text": "Other"}, {"answer": "accepted"}, {"answer_reason": "Other"}):
        with pytest.raises(InternalError), transaction.atomic():
            said.update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        replies.update(role="link_trustee")
    for rows in (said, replies):
        with pytest.raises(InternalError), transaction.atomic():
            rows.delete()
        rows.update(saved_by=clerk)  # who typed it in is no word of it
