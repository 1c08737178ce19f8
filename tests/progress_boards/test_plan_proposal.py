"""A proposed year while it is changed: each clash in words, with free slots and who could sit there instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from progress_boards.actions.dating import date_board, postpone_and_rebook, postpone_board
from progress_boards.actions.diaries import add_away_days
from progress_boards.actions.planning import plan_board
from progress_boards.models import ProgressBoard
from progress_boards.queries import proposal as proposals
from progress_boards.queries.date_check import check_date, slots_for
from progress_boards.queries.proposal import check_dates, propose_year
from schools.models import School
from tests import factories
from tests.factories import at, half_term
from trust.access import Capacity, Conflict
from trust.models import AcademicYear, AuditEvent, Mail
from trust.people.models import User

pytestmark = pytest.mark.django_db

MARCH_11 = dt.date(2027, 3, 11)
DECEMBER_3 = dt.date(2026, 12, 3)  # a Thursday
Browser = Callable[..., Client]


@pytest.fixture
def year(trust_set_up: object) -> AcademicYear:
    return factories.make_year(2026)


@pytest.fixture
def boards(
    school: School, other_school: School, ceo: User, clerk: User, year: AcademicYear
) -> list[ProgressBoard]:
    """One board of Spring 2 at each of two schools, without a date."""
    for where in (school, other_school):
        plan_board(where, half_term(4), by=clerk)
    return proposals.undated_boards(year)


def url(name: str, **kwargs: Any) -> str:
    return reverse(f"progress_boards:{name}", kwargs=kwargs)


def sent(board: ProgressBoard, day: dt.date, clock: str = "09:30", **more: str) -> dict[str, str]:
    row = {"take": "on", "on": day.isoformat(), "at": clock} | more
    return {f"{board.pk}-{name}": value for name, value in row.items()}


# -- a date, looked at ---------------------------------------------------------------------------


def test_check_date_names_who_is_free_to_sit_for_somebody_engaged(
    boards: list[ProgressBoard], clerk: User, dsi: User, ceo_representative: User
) -> None:
    first, second = boards
    date_board(second, starts_at=at(MARCH_11), by=clerk)
    check = check_date(first, at(MARCH_11, "10:00"))
    assert check.refusals == (
        "the chief executive is booked at Cressmere High at 9:30am that day",
        "the clerk is booked at Cressmere High at 9:30am that day",
    )
    assert [each.words for each in check.stand_ins] == [
        "Idris Vaughan for the chief executive",
        "Naomi Fleet for the chief executive",
        "Naomi Fleet for the clerk",
    ]
    assert len(check.free) == 3
    assert "Free in that hour: Idris Vaughan for the chief executive" in check.sentence


def test_check_date_offers_nobody_who_is_away_or_sits_there_already(
    boards: list[ProgressBoard], school: School, clerk: User, dsi: User
) -> None:
    first, second = boards
    date_board(second, starts_at=at(MARCH_11), by=clerk)
    add_away_days(dsi.person, starts_on=MARCH_11, ends_on=MARCH_11, by=dsi)
    assert check_date(first, at(MARCH_11, "10:00")).stand_ins == ()


def test_check_date_offers_another_leader_of_the_school_for_its_head(
    boards: list[ProgressBoard], head: User, leader: User, clerk: User, other_school: School
) -> None:
    board = ProgressBoard.objects.with_meeting().get(pk=boards[0].pk)
    factories.PostFactory(capacity=Capacity.LEADER, school=other_school)
    date_board(board, starts_at=at(dt.date(2027, 3, 4)), by=clerk)  # seats the head
    add_away_days(head.person, starts_on=MARCH_11, ends_on=MARCH_11, by=head)
    fresh = ProgressBoard.objects.with_meeting().get(pk=board.pk)
    check = check_date(fresh, at(MARCH_11))
    assert [each.words for each in check.stand_ins] == [f"{leader.person} for the headteacher"]


def test_check_dates_names_both_of_two_that_clash_with_each_other(
    boards: list[ProgressBoard],
) -> None:
    first, second = boards
    found = check_dates({first: at(MARCH_11), second: at(MARCH_11, "10:00")})
    assert "the chief executive is booked at Cressmere High at 10am that day" in found[first.pk].refusals  # fmt: skip
    assert "the chief executive is booked at Alderfen Primary Academy at 9:30am that day" in found[second.pk].refusals  # fmt: skip
    apart = check_dates({first: at(MARCH_11), second: at(MARCH_11, "13:00")})
    assert [each.refusals for each in apart.values()] == [(), ()]


def test_check_dates_keeps_20_school_days_from_a_board_that_has_its_date(
    boards: list[ProgressBoard], school: School, clerk: User
) -> None:
    set_already = date_board(
        plan_board(school, half_term(5), by=clerk), starts_at=at(dt.date(2027, 4, 15)), by=clerk
    )
    assert set_already.meeting.day == dt.date(2027, 4, 15)
    found = check_dates({boards[0]: at(dt.date(2027, 3, 25))})
    assert found[boards[0].pk].refusals == (
        "less than 20 school days from another board of the school",
    )


def test_propose_year_says_which_stand_in_would_open_a_slot(
    boards: list[ProgressBoard], chair: User, school: School, clerk: User, year: AcademicYear
) -> None:
    elsewhere = factories.SchoolFactory()
    other = factories.user_with((Capacity.CHAIR, elsewhere), name="Second Chair")
    plan_board(school, half_term(6), by=clerk)  # seated by its Chair
    add_away_days(chair.person, starts_on=dt.date(2027, 6, 1), ends_on=dt.date(2027, 7, 30), by=chair)  # fmt: skip
    (row,) = propose_year(year, "Su2")
    assert row.starts_at is None
    assert row.reason.startswith("No free slot in Summer 2: the External Chair is engaged")
    (opening,) = [each for each in row.openings if each.stand_in.person == other.person]
    assert opening.stand_in.words == "Second Chair for the External Chair"
    assert dt.date(2027, 6, 7) <= dt.date.fromisoformat(opening.slot.on) <= dt.date(2027, 7, 21)


# -- the page ------------------------------------------------------------------------------------


def test_year_dates_checked_says_why_beside_the_row_and_accepts_nothing(
    boards: list[ProgressBoard], clerk: User, dsi: User, client_for: Browser
) -> None:
    data = sent(boards[0], MARCH_11) | sent(boards[1], MARCH_11, "10:00") | {"do": "check"}
    page = client_for(clerk).post(f"{url('year-dates')}?year=2026", data).content.decode()
    assert "2 dates cannot be taken." in page
    assert "The chief executive is booked at Cressmere High at 10am that day" in page
    assert "Naomi Fleet for the chief executive" in page
    assert page.count('name="put"') == 6  # three free slots for each
    assert not Meeting.objects.filter(state="scheduled").exists()


def test_year_dates_puts_a_row_on_the_free_slot_that_was_chosen(
    boards: list[ProgressBoard], clerk: User, client_for: Browser
) -> None:
    first, second = boards
    data = sent(first, MARCH_11) | sent(second, MARCH_11, "10:00") | {"put": f"{second.pk} 2027-03-12 11:00"}  # fmt: skip
    answer = client_for(clerk).post(f"{url('year-dates')}?year=2026", data)
    line = next(each for each in answer.context["lines"] if each.row.board == second)
    assert line.starts_at == at(dt.date(2027, 3, 12), "11:00")
    assert "No clash." in answer.content.decode()
    assert not Meeting.objects.filter(state="scheduled").exists()


def test_year_dates_at_short_notice_asks_whether_everybody_has_agreed(
    school: School, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    board = plan_board(school, half_term(2), by=clerk)
    client, where = client_for(clerk), f"{url('year-dates')}?year=2026"
    page = client.post(where, sent(board, DECEMBER_3) | {"do": "accept"}).content.decode()
    assert "Less than 20 school days of notice. Tick this when everybody has agreed" in page
    assert not Meeting.objects.filter(state="scheduled").exists()
    answer = client.post(where, sent(board, DECEMBER_3, agreed="on") | {"do": "accept"})
    assert answer.status_code == 302
    assert Meeting.objects.get(state="scheduled").day == DECEMBER_3


def test_year_dates_draws_the_proposal_as_weeks_that_can_be_dragged(
    boards: list[ProgressBoard], clerk: User, client_for: Browser
) -> None:
    answer = client_for(clerk).get(f"{url('year-dates')}?year=2026")
    page = answer.content.decode()
    first = answer.context["lines"][0]
    day = first.starts_at.date().isoformat()
    assert f'data-drag-list data-drag-group="weeks" data-drag-value="{day}"' in page
    for board in boards:
        assert f'data-drag-field="id_{board.pk}-on" data-drag-do="check-dates"' in page
        assert f'id="id_{board.pk}-on"' in page


def test_year_dates_of_more_boards_than_a_page_holds_shows_one_half_term(
    boards: list[ProgressBoard], school: School, clerk: User, client_for: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    plan_board(school, half_term(6), by=clerk)
    monkeypatch.setattr(proposals, "MOST_AT_ONCE", 2)
    client = client_for(clerk)
    first = client.get(f"{url('year-dates')}?year=2026").context
    assert (first["half"], len(first["lines"])) == ("Sp2", 2)
    last = client.get(f"{url('year-dates')}?year=2026&half=Su2").context
    assert (last["half"], len(last["lines"])) == ("Su2", 1)


@pytest.mark.parametrize("put", ["x", "1 2 3", "99 2027-03-12 11:00", "12 2027-13-40 99:99"])
def test_year_dates_takes_no_harm_from_a_slot_that_is_none(
    put: str, boards: list[ProgressBoard], clerk: User, client_for: Browser
) -> None:
    answer = client_for(clerk).post(f"{url('year-dates')}?year=2026", {"put": put})
    assert answer.status_code == 200
    assert not Meeting.objects.filter(state="scheduled").exists()


# -- one board -----------------------------------------------------------------------------------


@pytest.fixture
def board(school: School, clerk: User) -> ProgressBoard:
    """A board of Autumn 2 on 3 December 2026 at 9:30am."""
    planned = plan_board(school, half_term(2), by=clerk)
    date_board(planned, starts_at=at(DECEMBER_3), by=clerk)
    return ProgressBoard.objects.with_meeting().get(pk=planned.pk)


def test_board_date_dragged_onto_another_day_says_what_speaks_against_it(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    page = client_for(clerk).get(f"{url('board-date', pk=board.pk)}?on=2026-12-05").content.decode()
    assert "Not a school day of the school" in page
    assert 'value="2026-12-05"' in page
    assert page.count('name="put"') == 3
    board.meeting.refresh_from_db()
    assert board.meeting.day == DECEMBER_3


def test_board_date_books_a_free_slot_by_its_button(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    data = {"on": "2026-12-05", "at": "09:30", "place": "", "agreed": "on", "put": "2026-12-08 11:00"}  # fmt: skip
    assert client_for(clerk).post(url("board-date", pk=board.pk), data).status_code == 302
    board.meeting.refresh_from_db()
    assert board.meeting.starts_at == at(dt.date(2026, 12, 8), "11:00")


def test_postponed_for_an_ofsted_inspection_is_rebooked_in_two_clicks(
    board: ProgressBoard, school: School, clerk: User, client_for: Browser, head: User
) -> None:
    client, clicks = client_for(clerk), 0
    page = client.get(url("board-detail", pk=board.pk)).content.decode()
    link = url("board-postpone", pk=board.pk)
    assert f'href="{link}"' in page
    answer = client.get(link)
    clicks += 1
    slot = answer.context["slots"][0]
    assert f'<button class="btn btn-primary" name="put" value="{slot.on} {slot.at}">' in answer.content.decode()  # fmt: skip
    assert dt.date.fromisoformat(slot.on) >= dt.date(
        2026, 12, 7
    )  # after the week of the inspection
    data = {
        "reason": answer.context["ofsted"], "idempotency_key": answer.context["key"],
        "put": f"{slot.on} {slot.at}",
    }  # fmt: skip
    for _ in range(2):  # the second press of the same button does nothing more
        assert client.post(link, data).status_code == 302
    clicks += 1
    board.meeting.refresh_from_db()
    assert (board.meeting.state, board.meeting.day) == ("scheduled", dt.date.fromisoformat(slot.on))
    assert board.meeting.postponed_reason == "Ofsted inspection"
    assert [AuditEvent.objects.filter(verb=verb).count() for verb in ("postpone", "rebook")] == [1, 1]  # fmt: skip
    assert clicks == 2


def test_postpone_and_rebook_writes_one_mail_with_both_dates(
    board: ProgressBoard, clerk: User, head: User
) -> None:
    before = Mail.objects.count()
    postpone_and_rebook(
        board, reason="Ofsted inspection", starts_at=at(dt.date(2026, 12, 9)), by=clerk
    )
    assert Mail.objects.count() - before == board.meeting.seats.exclude(person=None).exclude(person=clerk.person_id).count()  # fmt: skip


def test_postpone_and_rebook_onto_a_taken_slot_changes_nothing(
    board: ProgressBoard, other_school: School, clerk: User, ceo: User
) -> None:
    date_board(
        plan_board(other_school, half_term(2), by=clerk),
        starts_at=at(dt.date(2026, 12, 9)), by=clerk,
    )  # fmt: skip
    with pytest.raises(Conflict, match="is booked at Cressmere High"):
        postpone_and_rebook(
            board, reason="Ofsted inspection", starts_at=at(dt.date(2026, 12, 9)), by=clerk
        )
    board.meeting.refresh_from_db()
    assert (board.meeting.state, board.meeting.day) == ("scheduled", DECEMBER_3)


def test_slots_for_a_board_lost_in_the_last_week_lie_in_the_next_half_term(
    school: School, clerk: User, as_of: Callable[[str], Any]
) -> None:
    as_of("2026-12-14")
    planned = plan_board(school, half_term(2), by=clerk)
    date_board(planned, starts_at=at(dt.date(2026, 12, 16)), by=clerk)
    lost = ProgressBoard.objects.with_meeting().get(pk=planned.pk)
    slots = slots_for(lost, after_its_week=True)
    assert [slot.on >= "2027-01-05" for slot in slots] == [True, True, True]
    first = at(dt.date.fromisoformat(slots[0].on), slots[0].at)
    postpone_and_rebook(lost, reason="Ofsted inspection", starts_at=first, by=clerk)
    lost.meeting.refresh_from_db()
    assert lost.meeting.starts_at == first


def test_slots_for_a_postponed_board_are_buttons_of_its_page(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    postpone_board(board, reason="Illness", by=clerk)
    answer = client_for(clerk).get(url("board-rebook", pk=board.pk))
    assert len(answer.context["slots"]) == 3
    assert "Book " in answer.content.decode()
    assert len(mail.outbox) == 0


def test_plan_board_seats_the_representative_for_the_chief_executive(
    school: School, other_school: School, ceo: User, ceo_representative: User, clerk: User
) -> None:
    """A deputy for named schools attends there, shown "for the CEO"; elsewhere the CEO sits."""
    here, there = (plan_board(where, half_term(4), by=clerk) for where in (school, other_school))
    seat = here.meeting.seats.get(role=Capacity.CEO)
    assert (seat.person, seat.for_person) == (ceo_representative.person, ceo.person)
    seat = there.meeting.seats.get(role=Capacity.CEO)
    assert (seat.person, seat.for_person) == (ceo.person, None)


# -- the calendar --------------------------------------------------------------------------------


def test_calendar_clash_names_free_slots_and_who_could_sit_there(
    board: ProgressBoard, chair: User, clerk: User, dsi: User, ceo: User, client_for: Browser
) -> None:
    from progress_boards.queries.calendar import calendar_page

    reseated = date_board(board, starts_at=at(dt.date(2026, 12, 8)), by=clerk)
    add_away_days(ceo.person, starts_on=dt.date(2026, 12, 8), ends_on=dt.date(2026, 12, 8), by=ceo)
    year = factories.make_year(2026)
    (clash,) = calendar_page(clerk, year).clashes
    assert clash.sentence == (
        "Alderfen Primary Academy, 8 December 2026: the chief executive is away that day"
    )
    assert [each.words for each in clash.stand_ins] == ["Naomi Fleet for the chief executive"]
    assert len(clash.free) == 3
    assert "2026-12-08" not in {slot.on for slot in clash.free}
    page = client_for(clerk).get(url("board-list")).content.decode()
    link = f"{url('board-date', pk=reseated.pk)}?on={clash.free[0].on}&amp;at={clash.free[0].at}"
    assert f'href="{link}"' in page
    assert "?person=" in page


def test_calendar_of_months_is_dragged_by_the_planners_alone(
    board: ProgressBoard, clerk: User, head: User, client_for: Browser
) -> None:
    planners = client_for(clerk).get(f"{url('board-list')}?view=month").content.decode()
    assert f'data-drag-field="on-{board.pk}"' in planners
    assert f'<form method="get" action="{url("board-date", pk=board.pk)}" hidden>' in planners
    heads = client_for(head).get(f"{url('board-list')}?view=month").content.decode()
    assert "Alderfen Primary Academy" in heads
    assert "data-drag-field" not in heads
