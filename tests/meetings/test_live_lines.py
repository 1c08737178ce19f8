"""What a clerk types in one line, what is pasted from Word, and two texts put together: read without a database."""

import pytest

from meetings.merging import together
from meetings.note_line import NoteLine, read_note
from meetings.pasted import plain_text


def read(line: str) -> NoteLine:
    return read_note(line, asked_by="Chair", answered_by="Reading lead")


# -- one line --------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [
    "? What changed for families → Breakfast for eleven",
    "?What changed for families -> Breakfast for eleven",
    "/c What changed for families => Breakfast for eleven",
    "/C What changed   for families > Breakfast for eleven",
])  # fmt: skip
def test_read_a_challenge_and_its_answer_by_whoever_signs_and_whoever_answers(line: str) -> None:
    assert read(line) == NoteLine(
        "challenge", asked_by="Chair", question="What changed for families",
        response="Breakfast for eleven", answered_by="Reading lead",
    )  # fmt: skip


def test_read_a_challenge_with_roles_before_colons_takes_those() -> None:
    line = "? Link Trustee asked: what changed? -> Attendance lead: breakfast from 7:45"
    assert read(line) == NoteLine(
        "challenge", asked_by="Link Trustee", question="what changed?",
        response="breakfast from 7:45", answered_by="Attendance lead",
    )  # fmt: skip


@pytest.mark.parametrize("question", ["Why 61 percent", "What about this: staffing", "Is it so"])
def test_read_a_challenge_without_an_answer_names_nobody_who_answered(question: str) -> None:
    assert read(f"? {question}") == NoteLine("challenge", asked_by="Chair", question=question)


def test_read_a_number_greater_than_another_is_no_arrow() -> None:
    assert read("? Is 5>4 enough").question == "Is 5>4 enough"


@pytest.mark.parametrize(("line", "how", "what"), [
    ("+ Six books of Year 4", "in_room", "Six books of Year 4"),
    ("/e paper: attendance tracker", "paper", "attendance tracker"),
    ("+ Paper 4.1", "paper", "Paper 4.1"),
    ("+ visit: consultant, 5 November", "visit", "consultant, 5 November"),
    ("+ record of visit: consultant", "visit", "consultant"),
    ("+ Stated: nine of fourteen", "stated", "nine of fourteen"),
])  # fmt: skip
def test_read_evidence_and_how_it_was_seen(line: str, how: str, what: str) -> None:
    assert read(line) == NoteLine("evidence", what=what, how=how)


@pytest.mark.parametrize("line", ["@head by 4 May Mend it", "/a @head by 4 May Mend it"])
def test_read_an_action_leaves_the_line_from_its_sign(line: str) -> None:
    assert read(line) == NoteLine("action", action="@head by 4 May Mend it")


@pytest.mark.parametrize(("line", "words"), [
    ("Leaders reported", "Begin with ?"), ("?", "Write what was asked"), ("? → Staffing", "Write what was asked"),
    ("+", "Write what was put forward"), ("+ paper:", "Write what was put forward"),
    ("/a", "Write what is to be done"), ("+ " + "x" * 201, "it has 201"), ("/else", "Begin with ?"),
])  # fmt: skip
def test_read_a_line_that_says_too_little_names_what_is_missing(line: str, words: str) -> None:
    assert words in read(line).problem


# -- pasted from Word --------------------------------------------------------------------------------

WORD_LIST = """<html><head><style>p.MsoListParagraph {margin: 0}</style></head><body><!--StartFragment-->
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>Nine of
fourteen pupils</p>
<p class=MsoListParagraphCxSpLast><span style='mso-list:Ignore'>2.<span>&nbsp;&nbsp;</span></span>Daily keep-up</p>
<p class=MsoNormal>5 &lt; 8 &amp; more<o:p></o:p></p>
<!--EndFragment--></body></html>"""


def test_paste_a_list_of_word_keeps_its_bullets_and_numbers() -> None:
    assert plain_text(WORD_LIST) == "- Nine of fourteen pupils\n2. Daily keep-up\n5 < 8 & more"


def test_paste_lists_inside_lists_keeps_their_depth() -> None:
    html = "<ol><li>One<ul><li>Inner</li></ul></li><li><p>Two</p></li></ol><p>After</p>"
    assert plain_text(html) == "1. One\n  - Inner\n2. Two\nAfter"


def test_paste_a_table_keeps_its_rows() -> None:
    html = "<table><tr><th>Year</th><th>Absence</th></tr><tr><td>3</td><td>4.1</td></tr></table>"
    assert plain_text(html) == "Year | Absence\n3 | 4.1"


@pytest.mark.parametrize("html", [
    "<script>alert(1)</script>", "<style>p {}</style>", "<img src=x onerror=alert(1)>", "<!-- hidden -->",
    "<svg><script>alert(1)</script></svg>", "",
])  # fmt: skip
def test_paste_what_is_no_words_leaves_nothing(html: str) -> None:
    assert plain_text(html) == ""


def test_paste_words_that_begin_like_a_bullet_keeps_them() -> None:
    assert plain_text("<p>o Brother</p><p>a) first</p>") == "o Brother\na) first"


# -- put together ------------------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    return sorted(text.split())


def test_put_together_what_two_added_to_one_text_holds_each_word_once() -> None:
    there, typed = "Shared start. Ann one two", "Shared start. Ben three"
    assert together(there, typed) == "Shared start. Ann one two Ben three"


def test_put_together_texts_that_differ_in_the_middle_keeps_the_ends_once() -> None:
    assert together("begin A1 A2 end", "begin B1 end") == "begin A1 A2 B1 end"


@pytest.mark.parametrize(("there", "typed", "both"), [
    ("", "Mine", "Mine"), ("Theirs", " ", "Theirs"), ("Same", "Same", "Same"),
    ("One\nTwo", "One\nThree", "One\nTwo Three"), ("All of it", "All", "All of it"),
])  # fmt: skip
def test_put_together_short_texts(there: str, typed: str, both: str) -> None:
    assert together(there, typed) == both


def test_put_together_never_loses_a_word() -> None:
    there = "A1 A2 x A3\n\nA4 y"
    typed = "B1 x B2 B3\n\nB4 y B5"
    assert words_of(together(there, typed)) == words_of("A1 A2 A3 A4 B1 B2 B3 B4 B5 x y")
