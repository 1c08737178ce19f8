"""Our printed pages as a Word document: the HTML of a PDF, walked once, with Word's own styles.

Pure but for the document handed in: headings, paragraphs, lists and tables become what Word calls so;
a drawing becomes its words, because Word's readers edit and read aloud.
"""

from __future__ import annotations

from typing import Any

from lxml import etree, html

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADINGS = {"h1": 0, "h2": 1, "h3": 2, "h4": 3}
LEFT_OUT = frozenset(("svg", "style", "script"))
BOLD = frozenset(("b", "strong"))
INLINE = frozenset(("a", "b", "strong", "em", "span", "small", "br", "svg"))


def write(page: str, document: Any) -> None:
    """Write a page made for print into an empty python-docx document."""
    root = html.document_fromstring(page)
    main = root.find(".//main")
    _name(document, root, main)
    _blocks(document, main)


def _name(document: Any, root: Any, main: Any) -> None:
    """Title, author and language, and the line at the foot of every page with its number."""
    title, author = root.findtext(".//title") or "", main.get("data-trust") or ""
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, author, "en-GB"
    properties.comments = ""
    for language in document.styles.element.iter(f"{W}lang"):
        language.set(f"{W}val", "en-GB")
    foot = document.sections[0].footer.paragraphs[0]
    foot.add_run(f"{main.get('data-status') or title} · page ")
    number = foot._p.makeelement(f"{W}fldSimple", {f"{W}instr": "PAGE"})
    foot._p.append(number)
    if main.find("div[@class='draft']") is not None:
        document.sections[0].header.paragraphs[0].add_run("Draft").bold = True


# -- blocks --------------------------------------------------------------------------------------


def _blocks(document: Any, parent: Any) -> None:
    """Each child in its order; words that stand between blocks are a paragraph of their own."""
    loose: list[Any] = []
    for child in parent:
        if not isinstance(child.tag, str):
            continue
        if child.tag in INLINE:
            loose.append(child)
            continue
        _paragraph_of(document, loose)
        _block(document, child)
    _paragraph_of(document, loose)


def _paragraph_of(document: Any, loose: list[Any]) -> None:
    if any(_plain(each) for each in loose):
        paragraph = document.add_paragraph()
        for each in loose:
            _run(paragraph, each, bold=False)
    loose.clear()


def _block(document: Any, element: Any) -> None:
    tag, classes = element.tag, (element.get("class") or "").split()
    if tag in LEFT_OUT or "contents" in classes or "draft" in classes:
        return
    if tag in HEADINGS:
        document.add_heading(_plain(element), HEADINGS[tag])
    elif tag in ("ul", "ol"):
        _list(document, element, "List Number" if tag == "ol" else "List Bullet")
    elif tag == "table":
        _table(document, element)
    elif tag == "figure":
        _figure(document, element)
    elif tag == "p" or not len(element):
        _paragraph(document, element, "Subtitle" if "lede" in classes else None)
    elif all(child.tag in INLINE for child in element):
        _paragraph(document, element, None)
    else:
        _blocks(document, element)


def _paragraph(document: Any, element: Any, style: str | None) -> None:
    if _plain(element):
        _runs(document.add_paragraph(style=style), element, bold=False)


def _list(document: Any, element: Any, style: str) -> None:
    for item in element.iterchildren("li"):
        _runs(document.add_paragraph(style=style), item, bold=False)


def _figure(document: Any, element: Any) -> None:
    """A drawing in words: its caption, and the sentence that stands for it when read aloud."""
    for caption in element.iter("p", "figcaption"):
        _paragraph(document, caption, "Caption")
    for title in element.iter("title"):
        document.add_paragraph((title.text or "").strip())


def _table(document: Any, element: Any) -> None:
    """A table with its caption above it and its first row repeated on every page."""
    caption = element.find("caption")
    if caption is not None:
        document.add_paragraph(_plain(caption), style="Caption")
    rows = [list(row.iterchildren("th", "td")) for row in element.iter("tr")]
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return
    table = document.add_table(rows=len(rows), cols=columns, style="Light Grid Accent 1")
    cells = table._cells
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            _runs(cells[i * columns + j].paragraphs[0], cell, bold=cell.tag == "th")
    if element.find("thead") is not None:
        properties = table.rows[0]._tr.get_or_add_trPr()
        etree.SubElement(properties, f"{W}tblHeader")
    document.add_paragraph()


# -- words ---------------------------------------------------------------------------------------


def _plain(element: Any) -> str:
    """All words of an element but those of its drawings, with single spaces."""
    return " ".join("".join(_words(element)).split())


def _words(element: Any) -> Any:
    if element.tag in LEFT_OUT:
        return
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _words(child)
        yield child.tail or ""


def _runs(paragraph: Any, element: Any, *, bold: bool) -> None:
    _add(paragraph, element.text, bold=bold)
    for child in element:
        if isinstance(child.tag, str):
            _run(paragraph, child, bold=bold)
        else:
            _add(paragraph, child.tail, bold=bold)


def _run(paragraph: Any, element: Any, *, bold: bool) -> None:
    if element.tag == "br":
        paragraph.add_run().add_break()
    elif element.tag not in LEFT_OUT:
        _runs(paragraph, element, bold=bold or element.tag in BOLD)
    _add(paragraph, element.tail, bold=bold)


def _add(paragraph: Any, text: str | None, *, bold: bool) -> None:
    """Words with single spaces; none at the beginning of a paragraph."""
    words = " ".join((text or "").split())
    if not words:
        words = " " if text and paragraph.runs else ""
    elif text:
        before = " " if text[0].isspace() and paragraph.runs else ""
        words = before + words + (" " if text[-1].isspace() else "")
    if words:
        paragraph.add_run(words).bold = bold or None
