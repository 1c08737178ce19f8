"""A printed page as a Word document: headings, lists and tables are Word's own, drawings are their words."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from trust.documents import render_docx

PAGE = """<!doctype html><html lang="en-GB"><head><title>Annual report</title></head><body>
<main data-trust="Marlfen" data-status="Report · draft 1">{draft}
<section class="cover"><svg><title>Marlfen</title><path d=""/></svg><h1>Annual report</h1><p>Year &amp; more</p></section>
<section class="contents"><h2>Contents</h2><ol class="toc"><li><a href="#a">A</a></li></ol></section>
<h2 id="a">How boards ran</h2><div class="big"><div><b>4</b> <span>boards held</span></div></div>
<p>One <strong>two</strong>, three <span class="rag"><svg><title>x</title></svg>Amber</span>.</p>
<figure><p class="figcaption">By term</p><svg><title>Schools: red 1</title><text>R</text></svg></figure>
<table><caption>Boards</caption><thead><tr><th>Measure</th><th>Year</th></tr></thead>
<tbody><tr><th>Held</th><td>4 of<br>5</td></tr></tbody></table>
<ul><li>first</li></ul><ol class="recs"><li><strong>Do it</strong><br>Owner: CEO.</li></ol></main></body></html>"""


def opened(draft: str = "") -> docx.document.Document:
    return docx.Document(io.BytesIO(render_docx(PAGE.format(draft=draft))))


def test_page_becomes_paragraphs_in_words_own_styles() -> None:
    told = [(p.style.name, p.text) for p in opened().paragraphs if p.text]
    assert told == [
        ("Title", "Annual report"),
        ("Normal", "Year & more"),
        ("Heading 1", "How boards ran"),
        ("Normal", "4 boards held"),
        ("Normal", "One two, three Amber."),
        ("Caption", "By term"),
        ("Normal", "Schools: red 1"),
        ("Caption", "Boards"),
        ("List Bullet", "first"),
        ("List Number", "Do it\nOwner: CEO."),
    ]


def test_table_keeps_its_cells_and_repeats_its_first_row() -> None:
    (table,) = opened().tables
    assert [[c.text for c in row.cells] for row in table.rows] == [["Measure", "Year"], ["Held", "4 of\n5"]]  # fmt: skip
    assert ["tblHeader" in row._tr.xml for row in table.rows] == [True, False]


def test_title_author_language_and_foot_are_set() -> None:
    document = opened()
    properties = document.core_properties
    assert (properties.title, properties.author, properties.language) == ("Annual report", "Marlfen", "en-GB")  # fmt: skip
    foot = document.sections[0].footer.paragraphs[0]
    assert foot.text == "Report · draft 1 · page "
    assert 'w:instr="PAGE"' in foot._p.xml


@pytest.mark.parametrize(("mark", "head"), [('<div class="draft">Draft</div>', "Draft"), ("", "")])
def test_draft_says_so_at_the_head_of_every_page(mark: str, head: str) -> None:
    assert opened(mark).sections[0].header.paragraphs[0].text == head


def test_same_page_is_the_same_bytes_and_holds_no_clock() -> None:
    first, second = (render_docx(PAGE.format(draft="")) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
