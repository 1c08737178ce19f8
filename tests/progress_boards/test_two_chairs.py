"""Two in the chair sign at one moment: one signature, and the other is told whose it is."""

from __future__ import annotations

import pytest
from django.urls import reverse

from meetings.models import Meeting, Seat
from schools.models import School
from tests import factories
from tests.at_once import answers_at_once, posting
from tests.progress_boards.lives import Table, board_at
from trust.access import Capacity
from trust.calendar import now
from trust.models import AuditEvent
from trust.people.models import User


@pytest.fixture
def table(transactional_db: None) -> Table:
    factories.lay_down_trust()
    school = factories.SchoolFactory(name="Alderfen Primary Academy", code="ALD")
    at_school = {
        role.value: factories.user_with((role, school))
        for role in (Capacity.CHAIR, Capacity.HEAD, Capacity.LINK_TRUSTEE)
    }
    for_all = {
        role.value: factories.user_with((role, None)) for role in (Capacity.CEO, Capacity.CLERK)
    }
    return Table(school=school, **at_school, **for_all)


def second_chair(school: School) -> User:
    return factories.user_with((Capacity.CHAIR, school), name="Ada Quill")


@pytest.mark.django_db(transaction=True)
def test_sign_by_two_chairs_at_once_signs_once_and_tells_the_other_who(table: Table) -> None:
    other = second_chair(table.school)
    board = board_at(
        table, state="with_chair", steps={"accuracy_check": True}, meeting__minutes_sent_at=now()
    )
    factories.seat(board.meeting, other.person, Capacity.CHAIR, required=False)
    Seat.objects.filter(meeting=board.meeting).update(attendance="present", is_external_chair=True)
    factories.AgendaItemFactory(meeting=board.meeting, order=1, type="enquiry", minutes=60)
    url = reverse("progress_boards:chair-sign", args=[board.pk])
    said = {"closing_statement": "Calmer", "evaluation": "yes", "version": "1", "do": "sign"}
    clicks = [
        posting(user, url, said | {"typed_name": str(user.person)}) for user in (table.chair, other)
    ]
    answers = answers_at_once(*clicks)
    assert [answer.status_code for answer in answers] == [302, 302]
    meeting = Meeting.objects.get(pk=board.meeting_id)
    assert meeting.state == "accuracy_check"
    assert AuditEvent.objects.filter(verb="sign").count() == 1
    signer = table.chair if meeting.signed_by_id == table.chair.pk else other
    assert meeting.signed_name == str(signer.person)
    told = [message for answer in answers for message in words_of(answer)]
    assert sorted("signed once" in message for message in told) == [False, True]
    assert any(f"signed by {signer.person} on" in message for message in told)


def words_of(answer: object) -> list[str]:
    from django.contrib.messages import get_messages

    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]
