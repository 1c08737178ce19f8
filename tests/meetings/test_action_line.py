"""An action typed in one line."""

import datetime as dt

import pytest

from meetings.action_line import ActionLine, read_line

TODAY = dt.date(2026, 11, 21)
ROLES = ("Head", "Headteacher", "Reading lead")


def read(line: str) -> ActionLine:
    return read_line(line, today=TODAY, roles=ROLES)


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("@maths director by 26 November 2026 Revised plan", dt.date(2026, 11, 26)),
        ("@maths director by 26 Nov Revised plan", dt.date(2026, 11, 26)),
        ("@maths director by 5 January Revised plan", dt.date(2027, 1, 5)),
        ("@maths director by 26/11/2026: Revised plan", dt.date(2026, 11, 26)),
        ("@maths director by 2026-12-01 Revised plan", dt.date(2026, 12, 1)),
    ],
)
def test_read_line_with_role_and_date_takes_all_three(line: str, due: dt.date) -> None:
    assert read(line) == ActionLine("Revised plan", "maths director", due)


def test_read_line_without_at_is_the_text_alone() -> None:
    assert read("Revised plan by 26 November") == ActionLine("Revised plan by 26 November")


def test_read_line_with_a_known_role_and_no_date_takes_the_longest_role() -> None:
    assert read("@headteacher Train a deputy") == ActionLine("Train a deputy", "Headteacher")


def test_read_line_with_a_colon_takes_any_role() -> None:
    assert read("@site manager: Mend the gate") == ActionLine("Mend the gate", "site manager")


def test_read_line_with_by_in_the_text_is_not_a_date() -> None:
    assert read("@reading lead Check books by hand") == ActionLine(
        "Check books by hand", "Reading lead"
    )


@pytest.mark.parametrize("line", ["@nobody knows this", "@reading lead", "@head by 31 February"])
def test_read_line_that_says_too_little_names_what_is_missing(line: str) -> None:
    assert read(line).problem
