"""What one version of an agenda changed against another, in sentences and word by word."""

from typing import Any

from meetings.versions import changes_between, compare


def line(pk: int, title: str, *, order: int | None = None, **changes: Any) -> dict[str, Any]:
    return {"pk": pk, "order": order or pk, "type": "enquiry", "title": title, "question": "",
            "minutes": 10, "since": 0, **changes}  # fmt: skip


READING, WRITING, MATHS = line(1, "Reading"), line(2, "Writing"), line(3, "Maths")


def test_changes_between_the_same_lines_are_none() -> None:
    assert changes_between([READING, WRITING], [READING, WRITING]) == []


def test_changes_between_say_each_kind_in_one_sentence() -> None:
    after = [
        {**READING, "title": "Early reading", "question": "Who is behind?"},
        {**MATHS, "order": 2, "minutes": 1},
        line(9, "Exclusions", order=3),
    ]
    assert changes_between([READING, WRITING, MATHS], after) == [
        "Added: “Exclusions”, 10 minutes",
        "Taken off: “Writing”",
        "Renamed: “Reading” is now “Early reading”",
        "New line of enquiry: “Early reading”",
        "“Maths” has 1 minute instead of 10",
    ]


def test_an_item_that_only_shifts_has_not_moved() -> None:
    late = line(9, "Late", order=1)
    after = [late, {**READING, "order": 2}, {**WRITING, "order": 3}]
    assert changes_between([READING, WRITING], after) == ["Added: “Late”, 10 minutes"]


def test_an_item_that_passes_another_has_moved() -> None:
    after = [{**MATHS, "order": 1}, {**READING, "order": 2}, {**WRITING, "order": 3}]
    assert changes_between([READING, WRITING, MATHS], after) == ["Moved: “Maths” is now item 1"]


def test_an_item_taken_off_and_put_back_is_the_same_item() -> None:
    assert changes_between([READING], [line(7, "Reading", order=1)]) == []


def test_compare_marks_rows_and_shows_words() -> None:
    after = [{**READING, "title": "Early Reading", "minutes": 12}, line(9, "Late", order=2)]
    rows = compare([READING, WRITING], after)
    assert [(row.mark, row.minutes_before, row.minutes) for row in rows] == [
        ("Changed", 10, 12), ("Added", None, 10), ("Taken off", None, 10),
    ]  # fmt: skip
    assert [(piece.kind, piece.text) for piece in rows[0].title] == [
        ("added", "Early "), ("kept", "Reading"),
    ]  # fmt: skip
