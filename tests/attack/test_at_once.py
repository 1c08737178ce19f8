"""Of two clicks at the same moment one wins and the other is told; neither is a 500."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import AgendaItem, Meeting, Minute, MinuteConflict, Seat
from progress_boards.models import ProgressBoard
from ratings.models import Band, RatingAssessment
from schools.models import School
from tests import factories
from tests.at_once import at_once, posting
from tests.progress_boards.lives import Table, board_at
from trust.access import Capacity
from trust.calendar import clock_at, now
from trust.models import AuditEvent


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


@pytest.mark.django_db(transaction=True)
def test_share_rating_by_two_clicks_at_once_shares_one(table: Table) -> None:
    amber = Band.objects.get(position=2)
    factories.RatingAssessmentFactory(
        school=table.school, overall=amber, level=amber.level, rated_by=table.ceo,
        own_view_asked_at=now(), boards_per_year=amber.boards_per_year,
    )  # fmt: skip
    url = reverse("progress_boards:confirm-rating", kwargs={"school": table.school.pk})
    page = Client()
    page.force_login(table.ceo)
    form = page.get(url).context["form"]
    data = {name: value for name, value in form.initial.items() if value is not None}
    clicks = [posting(table.ceo, url, data | {"share": "now"}) for _ in range(2)]
    statuses = at_once(*clicks)
    assert max(statuses) < 500
    assert RatingAssessment.objects.filter(school=table.school, state="shared").count() == 1
    assert RatingAssessment.objects.filter(school=table.school).count() == 1


@pytest.mark.django_db(transaction=True)
def test_issue_agenda_by_two_clicks_at_once_issues_one_version(table: Table) -> None:
    board = board_at(table, state="agenda_draft", steps={"chair_sees_agenda": "off"})
    for order, (kind, minutes) in enumerate((("welcome", 2), ("enquiry", 53), ("close", 5)), 1):
        factories.AgendaItemFactory(meeting=board.meeting, order=order, type=kind, minutes=minutes)
    url = reverse("progress_boards:agenda-issue", kwargs={"pk": board.pk})
    statuses = at_once(*[posting(table.ceo, url, {}) for _ in range(2)])
    meeting = Meeting.objects.get(pk=board.meeting_id)
    assert (meeting.state, meeting.agenda_version) == ("issued", 1)
    assert statuses == [302, 409]


@pytest.mark.django_db(transaction=True)
def test_sign_by_two_clicks_at_once_signs_once(table: Table) -> None:
    board = board_at(
        table, state="with_chair", steps={"accuracy_check": True}, meeting__minutes_sent_at=now()
    )
    Seat.objects.filter(meeting=board.meeting).update(attendance="present")
    factories.AgendaItemFactory(meeting=board.meeting, order=1, type="enquiry", minutes=60)
    url = reverse("progress_boards:chair-sign", kwargs={"pk": board.pk})
    data = {
        "closing_statement": "Calmer", "evaluation": "yes", "version": "1", "do": "sign",
        "typed_name": str(table.chair.person),
    }  # fmt: skip
    statuses = at_once(*[posting(table.chair, url, data) for _ in range(2)])
    meeting = Meeting.objects.get(pk=board.meeting_id)
    assert meeting.state == "accuracy_check"
    assert meeting.signed_name == str(table.chair.person)
    assert statuses in ([302, 302], [302, 409])  # led to the first one's result, or told
    assert AuditEvent.objects.filter(verb="sign").count() == 1


@pytest.mark.django_db(transaction=True)
def test_save_minute_by_two_at_once_keeps_both_texts(table: Table) -> None:
    board = board_at(table, state="held")
    item = factories.AgendaItemFactory(meeting=board.meeting, order=1)
    Minute.objects.create(item=item)
    url = reverse("meetings:minute-save", kwargs={"pk": item.pk})
    texts = ("Ann's words", "Ben's words")
    statuses = at_once(*[posting(table.clerk, url, {"text": t, "version": "1"}) for t in texts])
    assert statuses == [302, 409]
    saved = AgendaItem.objects.get(pk=item.pk).minute.discussion
    assert {saved, MinuteConflict.objects.get().text} == set(texts)


@pytest.mark.django_db(transaction=True)
def test_book_one_chair_twice_for_one_hour_books_one(table: Table) -> None:
    other = factories.SchoolFactory(name="Cressmere High", code="CRE")
    for role in (Capacity.HEAD, Capacity.LINK_TRUSTEE):
        factories.user_with((role, other))
    factories.PostFactory(person=table.chair.person, capacity=Capacity.CHAIR, school=other)
    boards: list[ProgressBoard] = []
    with clock_at(dt.date(2026, 9, 10)):
        for school in (table.school, School.objects.get(pk=other.pk)):
            boards.append(
                factories.ProgressBoardFactory(
                    school=school, half_term=factories.half_term(4), meeting__code="26-H4"
                )
            )
    form = {"on": "2027-03-11", "at": "09:30", "agreed": "on"}
    urls = [reverse("progress_boards:board-date", kwargs={"pk": board.pk}) for board in boards]
    statuses = at_once(*[posting(table.ceo, url, form) for url in urls])
    assert Meeting.objects.filter(during__isnull=False).count() == 1
    assert max(statuses) < 500
    assert 302 in statuses
