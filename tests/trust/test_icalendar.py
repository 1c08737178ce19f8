"""Entries of a calendar: what a diary reads, the hour across a clock change, and lines folded as the standard says."""

from __future__ import annotations

import datetime as dt

from trust.calendar import LONDON
from trust.icalendar import Entry, calendar_text

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=LONDON)


def entry(**fields: object) -> Entry:
    starts = dt.datetime(2027, 3, 30, 9, 30, tzinfo=LONDON)
    said = {"uid": "board-7@example.org", "sequence": 41, "starts_at": starts,
            "ends_at": starts + dt.timedelta(hours=1), "summary": "Progress Board, Alderfen"}  # fmt: skip
    return Entry(**(said | fields))  # type: ignore[arg-type]


def text_of(*entries: Entry) -> str:
    return calendar_text(
        entries, now=NOW, organizer="eyeline@example.org", attendee="a@example.org"
    )


def test_one_entry_is_a_request_with_its_hour_in_utc() -> None:
    text = text_of(entry())
    lines = text.split("\r\n")
    for line in ("METHOD:REQUEST", "UID:board-7@example.org", "SEQUENCE:41", "STATUS:CONFIRMED",
                 "DTSTART:20270330T083000Z", "DTEND:20270330T093000Z",
                 "SUMMARY:Progress Board\\, Alderfen"):  # fmt: skip
        assert line in lines
    assert text.endswith("END:VCALENDAR\r\n")


def test_one_cancelled_entry_is_a_cancellation_and_several_are_a_list() -> None:
    assert "METHOD:CANCEL" in text_of(entry(is_cancelled=True))
    assert "STATUS:CANCELLED" in text_of(entry(is_cancelled=True))
    assert "METHOD:PUBLISH" in text_of(entry(), entry(uid="board-8@example.org"))


def test_words_that_would_end_a_line_or_a_field_are_escaped() -> None:
    text = text_of(entry(place="Hall; upstairs\r\nBEGIN:VEVENT", summary="A\\B"))
    assert "LOCATION:Hall\\; upstairs\\nBEGIN:VEVENT\r\n" in text
    assert text.count("\r\nBEGIN:VEVENT\r\n") == 1
    assert "SUMMARY:A\\\\B\r\n" in text


def test_long_lines_are_folded_and_read_back_whole() -> None:
    summary = "Académie " * 30
    text = text_of(entry(summary=summary))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert f"SUMMARY:{summary}" in text.replace("\r\n ", "")
