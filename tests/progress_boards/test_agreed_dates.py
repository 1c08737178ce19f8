"""Dates already agreed come in by paste or CSV as they are; what clashes is named, row by row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from meetings.models import Meeting
from progress_boards.actions.agreed import look_at_agreed, take_agreed
from progress_boards.actions.planning import plan_board
from progress_boards.agreed import read_agreed
from progress_boards.models import ProgressBoard
from tests.factories import half_term
from trust.calendar import LONDON
from trust.models import AuditEvent, Mail


@pytest.mark.parametrize(
    ("line", "day", "start", "chair"),
    [
        ("Alderfen, 3 December 2026, 9:30am, Martin Yeo", (2026, 12, 3), (9, 30), "Martin Yeo"),
        ("Alderfen\t03/12/2026\t09:30", (2026, 12, 3), (9, 30), ""),
        ("Alderfen;Thurs 3rd Dec 2026;1.30pm;Yeo", (2026, 12, 3), (13, 30), "Yeo"),
        ('"Alderfen, Primary",2026-12-03,14:00,', (2026, 12, 3), (14, 0), ""),
        ("Alderfen,46359,12pm", (2026, 12, 3), (12, 0), ""),
    ],
)
def test_read_agreed_takes_a_line_as_people_write_it(
    line: str, day: tuple[int, int, int], start: tuple[int, int], chair: str
) -> None:
    (found,) = read_agreed(f"School,Date,Time,Chair\n\n{line}")
    assert (found.row, found.problems) == (3, ())
    assert (found.day, found.start, found.chair) == (dt.date(*day), dt.time(*start), chair)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Alderfen,31 November 2026,9:30am", "Row 1, Date: found “31 November 2026”"),
        ("Alderfen,3 December 2026,930", "Row 1, Time: found “930”"),
        (",3 December 2026,9:30am", "Row 1, School: expected"),
        ("a,3 December 2026,9:30am,Yeo,more", "Row 1: found 5 cells"),
        ("nothing of it", "Row 1, Date: found “”"),
    ],
)
def test_read_agreed_names_row_and_column_of_what_it_cannot_read(line: str, words: str) -> None:
    (found,) = read_agreed(line)
    assert found.problems[0].startswith(words)


LINES = "Alderfen Primary Academy, 3 December 2026, 9:30am, Martin Yeo\nCRE, 3 December 2026, 9:30am\nNowhere, 3 December 2026, 9:30am"


@pytest.fixture
def boards(
    school: Any, other_school: Any, ceo: Any, head: Any, other_head: Any, chair: Any, clerk: Any
) -> list[ProgressBoard]:
    return [plan_board(each, half_term(2), by=clerk) for each in (school, other_school)]


@pytest.mark.django_db
def test_look_at_agreed_says_what_would_happen_and_changes_nothing(
    boards: list[ProgressBoard], clerk: Any
) -> None:
    before = AuditEvent.objects.count()
    first, clash, stranger = look_at_agreed(read_agreed(LINES), by=clerk)
    assert (first.board, first.problem) == (boards[0], "")
    assert "chief executive is booked at Alderfen Primary Academy at 9:30am" in clash.problem
    assert "Nearest free" in clash.problem
    assert stranger.problem == "Row 3, School: “Nowhere” is no school of the trust"
    assert set(Meeting.objects.values_list("state", flat=True)) == {"planned"}
    assert (AuditEvent.objects.count(), Mail.objects.count()) == (before, 0)


@pytest.mark.django_db
def test_take_agreed_dates_what_fits_and_a_second_time_does_no_harm(
    boards: list[ProgressBoard], clerk: Any
) -> None:
    for _ in range(2):
        found = take_agreed(read_agreed(LINES), by=clerk)
        assert [bool(each.problem) for each in found] == [False, True, True]
    meeting = Meeting.objects.get(pk=boards[0].meeting_id)
    assert meeting.state == "scheduled"
    assert meeting.starts_at == dt.datetime(2026, 12, 3, 9, 30, tzinfo=LONDON)


@pytest.mark.django_db
def test_take_agreed_refuses_a_chair_who_is_not_appointed_there(
    boards: list[ProgressBoard], clerk: Any
) -> None:
    (found,) = take_agreed(read_agreed("CRE, 3 December 2026, 9:30am, Martin Yeo"), by=clerk)
    assert found.problem == "Row 1: “Martin Yeo” is not appointed as a Chair of Cressmere High"


@pytest.mark.django_db
def test_take_agreed_outside_any_half_term_or_without_a_board_says_so(
    boards: list[ProgressBoard], clerk: Any
) -> None:
    october, spring = take_agreed(
        read_agreed("ALD, 28 October 2026, 9:30am\nALD, 4 February 2027, 9:30am"), by=clerk
    )
    assert october.problem.endswith("has no half term on that day")
    assert spring.problem.endswith("is planned in Spring 1: plan it first")


@pytest.mark.django_db
def test_the_page_keeps_what_could_not_be_taken(
    boards: list[ProgressBoard], clerk: Any, client_for: Any
) -> None:
    client, url = client_for(clerk), reverse("progress_boards:year-agreed") + "?year=2026"
    seen = client.post(url, {"lines": LINES, "do": "look"}).content.decode()
    assert "What these lines would do" in seen
    assert LINES.splitlines()[0] in seen
    taken = client.post(url, {"lines": LINES, "do": "take"}).content.decode()
    assert "2 lines not taken" in taken
    assert "1 date taken as agreed" in taken
    assert LINES.splitlines()[0] not in taken
    assert LINES.splitlines()[1] in taken


@pytest.mark.django_db
def test_the_page_reads_a_file_and_refuses_nothing_at_all(
    boards: list[ProgressBoard], clerk: Any, client_for: Any
) -> None:
    client, url = client_for(clerk), reverse("progress_boards:year-agreed") + "?year=2026"
    file = SimpleUploadedFile("dates.csv", LINES.splitlines()[0].encode("utf-8-sig"))
    assert "Autumn 2" in client.post(url, {"file": file, "do": "look"}).content.decode()
    empty = client.post(url, {"lines": " ", "do": "look"}).content.decode()
    assert "Enter at least one line, or choose a file" in empty
