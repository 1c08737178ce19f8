"""Who hears of what at a board, once each: dates with their calendar entry, drafts, what is outstanding, minutes."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from meetings.actions.agenda import fill_in_hand
from meetings.actions.signing import propose_correction, take_back_minutes
from progress_boards.actions import agenda, signing
from progress_boards.actions.accepting import accept_dates
from progress_boards.actions.dating import date_board, postpone_board
from progress_boards.actions.proposing import propose_draft
from progress_boards.actions.sharing import confirm_and_share
from progress_boards.queries.triggers import advice_waiting
from ratings.actions import start_rating
from ratings.models import Band, IndicatorRating, RatingAssessment
from schools.models import School
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.lives import BOARD_DAY, DRAFTED, Table
from tests.progress_boards.test_reviewing import finals
from tests.progress_boards.test_signing import NAME, signed, spoken, table, with_the_chair
from trust.calendar import clock_at
from trust.models import Mail
from trust.people.models import User
from trust.work import run_due_work

__all__ = ["table"]
SEPTEMBER = dt.date(2026, 9, 10)


def told(template: str) -> set[str]:
    """Who was written to, by the key that each mail has."""
    return set(Mail.objects.filter(key__startswith=f"{template}:").values_list("to", flat=True))


def times(template: str) -> int:
    return Mail.objects.filter(key__startswith=f"{template}:").count()


def email(*users: User) -> set[str]:
    return {user.person.email for user in users if user.person}


# -- dates -------------------------------------------------------------------------------------------


def seated(table: Table) -> set[str]:
    return email(table.ceo, table.chair, table.head, table.link_trustee, table.clerk)


def test_a_first_date_is_told_to_everybody_with_a_seat_with_its_entry(table: Table) -> None:
    board = lives.board_at(table)
    with clock_at(SEPTEMBER):
        date_board(board, starts_at=factories.at(BOARD_DAY), by=table.ceo)
    assert told("boards-dated") == seated(table) - email(table.ceo)
    entry = Mail.objects.get(to__in=email(table.head)).calendar
    assert "METHOD:REQUEST" in entry
    assert "DTSTART:20261203T093000Z" in entry
    assert f"UID:board-{board.pk}@" in entry


def test_a_year_s_dates_are_one_mail_for_each_person(
    table: Table, other_school: School, other_head: User
) -> None:
    first = lives.board_at(table)
    second = lives.board_at(table, half_term=4)
    days = (BOARD_DAY, dt.date(2027, 3, 11))
    with clock_at(SEPTEMBER):
        rows = [(b, factories.at(day)) for b, day in zip((first, second), days, strict=True)]
        accept_dates(rows, by=table.clerk)
        accept_dates(rows, by=table.clerk)
    assert told("boards-dated") == seated(table) - email(table.clerk)
    assert times("boards-dated") == 4
    mail = Mail.objects.get(to__in=email(table.chair))
    assert mail.subject == "2 Progress Boards have their dates"
    assert mail.calendar.count("BEGIN:VEVENT") == 2


def test_a_move_goes_on_with_the_same_entry_and_a_postponement_takes_it_out(table: Table) -> None:
    board = lives.board_at(table)
    with clock_at(SEPTEMBER):
        for day in (BOARD_DAY, dt.date(2026, 12, 4)):
            date_board(lives.fresh(board), starts_at=factories.at(day), by=table.ceo)
        postpone_board(lives.fresh(board), reason="Ofsted inspection", by=table.ceo)
    mails = Mail.objects.filter(to__in=email(table.head)).order_by("pk")
    entries = [mail.calendar for mail in mails]
    assert ["METHOD:REQUEST" in e for e in entries] == [True, True, False]
    assert "METHOD:CANCEL" in entries[2]
    assert "DTSTART:20261204T093000Z" in entries[2]
    uids = {line for e in entries for line in e.splitlines() if line.startswith("UID:")}
    assert len(uids) == 1
    numbers = [int(line[9:]) for e in entries for line in e.splitlines() if line.startswith("SEQUENCE:")]  # fmt: skip
    assert numbers == sorted(set(numbers))


def test_the_entry_goes_with_the_mail(table: Table, mailoutbox: list[object]) -> None:
    board = lives.board_at(table)
    with clock_at(SEPTEMBER):
        date_board(board, starts_at=factories.at(BOARD_DAY), by=table.ceo)
        run_due_work()
    (name, content, kind), *_ = mailoutbox[0].attachments  # type: ignore[attr-defined]
    assert (name, kind) == ("board.ics", "text/calendar; method=REQUEST")
    assert "BEGIN:VEVENT" in content


# -- before the board ----------------------------------------------------------------------------------


def test_a_draft_that_is_ready_is_told_once_to_those_who_prepare_it(
    table: Table, dsi: User, ceo_representative: User
) -> None:
    lives.schedule(lives.board_at(table), table)
    with clock_at(DRAFTED):
        run_due_work()
        run_due_work()
    assert told("draft_ready") == email(table.ceo, dsi, ceo_representative)
    assert times("draft_ready") == 3


def test_the_head_hears_once_of_answers_and_once_of_papers_outstanding(table: Table) -> None:
    lives.rate(table.school, {"standards": 3})
    board = lives.schedule(lives.board_at(table, steps={"chair_sees_agenda": "off", "papers": True}), table)  # fmt: skip
    lives.leader_of(table.school, "Rob Leigh")
    with clock_at(DRAFTED):
        propose_draft(board, by=table.ceo)
        fill_in_hand(board.meeting, by=table.ceo)
        agenda.issue_board(lives.fresh(board), by=table.ceo)
    for day, leaders, papers in (
        (dt.date(2026, 11, 19), 0, 0), (dt.date(2026, 11, 20), 1, 0), (dt.date(2026, 11, 23), 1, 0),
        (dt.date(2026, 11, 24), 1, 1), (dt.date(2026, 11, 26), 1, 1),
    ):  # fmt: skip
        with clock_at(day):
            run_due_work()
        assert (times("leaders_outstanding"), times("papers_outstanding")) == (leaders, papers), day
    assert told("leaders_outstanding") == told("papers_outstanding") == email(table.head)


# -- the minutes ---------------------------------------------------------------------------------------


def sweep(*days: dt.date) -> None:
    for day in days:
        with clock_at(day):
            run_due_work()


def test_each_stage_is_reminded_two_school_days_before_its_day_once(table: Table) -> None:
    board = with_the_chair(table)
    december = [dt.date(2026, 12, day) for day in range(1, 32)]
    sweep(december[9], december[10], december[11])  # due on the 15th: from the 11th
    assert told("minutes-soon") == email(table.chair)
    assert times("minutes-soon") == 1
    signed(board, table)
    signing_day = lives.fresh(board).meeting.deadline("corrections")
    assert signing_day == dt.date(2027, 1, 7)
    sweep(december[16])
    assert times("minutes-soon") == 1
    with clock_at(factories.at(december[17])):
        propose_correction(lives.fresh(board).meeting, item=None, text="It was the 4th", by=table.head)  # fmt: skip
    sweep(dt.date(2027, 1, 5), dt.date(2027, 1, 6))
    checks = Mail.objects.filter(key__contains=":check:").values_list("to", flat=True)
    assert set(checks) == email(table.ceo, table.link_trustee)
    sweep(dt.date(2027, 1, 7))
    answers = Mail.objects.filter(key__contains=":answer:").values_list("to", flat=True)
    assert set(answers) == email(table.chair)


def test_the_clerk_hears_that_the_minutes_are_to_be_written_and_soon_due(table: Table) -> None:
    board = with_the_chair(table)
    with clock_at(factories.at(BOARD_DAY, "11:00")):
        take_back_minutes(board.meeting, by=table.clerk)
        run_due_work()
    assert told("minutes_to_write") == set()
    sweep(dt.date(2026, 12, 4), dt.date(2026, 12, 7))
    assert told("minutes_to_write") == email(table.clerk)
    assert times("minutes_to_write") == 1
    sweep(dt.date(2026, 12, 8))
    assert told("minutes-soon") == email(table.clerk)


def test_final_minutes_are_told_to_the_board_and_the_local_committee_once(
    table: Table, local_committee: User, leader: User, trustee: User
) -> None:
    finals(table)
    with clock_at(dt.date(2027, 1, 9)):
        run_due_work()
    expected = email(table.ceo, table.head, table.link_trustee, table.clerk, local_committee)
    assert told("minutes_final") == expected
    assert times("minutes_final") == len(expected)


def test_the_trust_board_hears_weekly_of_minutes_made_final(table: Table, trustee: User) -> None:
    finals(table)  # on Friday 8 January 2027
    sweep(dt.date(2027, 1, 8))
    assert told("minutes-final-week") == set()
    sweep(dt.date(2027, 1, 11), dt.date(2027, 1, 13), dt.date(2027, 1, 18))
    assert told("minutes-final-week") == email(trustee)
    mail = Mail.objects.get(key__startswith="minutes-final-week")
    assert "Alderfen Primary Academy, 3 December 2026" in mail.text


def test_advice_to_look_again_reaches_the_ceo_without_its_words(table: Table) -> None:
    board = with_the_chair(table)
    with clock_at(dt.date(2026, 12, 11)):
        spoken(board, table, advises_new_rating=True)
        signing.sign_board(board, typed_name=NAME, by=table.chair)
    sweep(dt.date(2027, 1, 8))
    assert told("look_again") == email(table.ceo)
    assert "Calmer corridors" not in Mail.objects.get(key__startswith="look_again").text


def test_a_question_and_its_answer_are_told_to_the_other_one_without_their_words(
    table: Table,
) -> None:
    board = finals(table)
    with clock_at(dt.date(2027, 1, 11)):
        asked = signing.ask_about_board(board, text="zqaskedqz", by=table.link_trustee)
        signing.answer_question(asked, answer="zqansweredqz", by=table.ceo)
    assert told("question_asked") == email(table.ceo)
    assert told("question_answered") == email(table.link_trustee)
    assert not any("zq" in mail.text + mail.html for mail in Mail.objects.all())


def test_no_mail_names_a_colour_or_a_judgement(table: Table) -> None:
    finals(table)
    for mail in Mail.objects.all():
        for word in ("Red", "Amber", "Green", "Calmer corridors", "38%"):
            assert word not in mail.subject + mail.text, mail.key


def test_the_chair_s_advice_is_kept_as_the_trigger_of_the_rating_that_follows(
    table: Table, client_for: object
) -> None:
    board = with_the_chair(table)
    with clock_at(dt.date(2026, 12, 11)):
        spoken(board, table, advises_new_rating=True)
        signing.sign_board(board, typed_name=NAME, by=table.chair)
    sweep(dt.date(2027, 1, 8))
    assert advice_waiting(table.school.pk) == board
    rate = reverse("progress_boards:rate", args=[table.school.pk])
    with clock_at(dt.date(2027, 1, 11)):
        client_for(table.ceo).post(rate, {"version": "0", "summary": "Looked at again"})  # type: ignore[operator]
        draft = RatingAssessment.objects.get(school=table.school, state="draft")
        assert draft.trigger == "The Chair advised it at the Progress Board of 3 December 2026"
        client_for(table.ceo).post(rate, {"version": str(draft.version), "summary": "Again"})  # type: ignore[operator]
    draft.refresh_from_db()
    assert (draft.summary, draft.trigger[:9]) == ("Again", "The Chair")


def test_sharing_a_rating_tells_the_head_and_the_link_trustee_and_not_its_colour(
    table: Table, trustee: User, leader: User
) -> None:
    with clock_at(dt.date(2026, 11, 20)):
        draft = start_rating(table.school, by=table.ceo)
        amber = Band.objects.get(position=2)
        RatingAssessment.objects.filter(pk=draft.pk).update(
            overall=amber, level=amber.level, boards_per_year=amber.boards_per_year, override_reason="As seen", suggested=None, summary="Steady"
        )  # fmt: skip
        for each in IndicatorRating.objects.filter(assessment=draft):
            IndicatorRating.objects.filter(pk=each.pk).update(band=amber, rationale="As seen")
        draft.refresh_from_db()
        confirm_and_share(draft, by=table.ceo)
    assert told("rating-shared") == email(table.head, table.link_trustee)
    assert not any("Amber" in mail.text + mail.html for mail in Mail.objects.all())
