"""A hostile or broken paper is named in the pack, or bound without its sting; it never stops the pack."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    FloatObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from trust.binding import Leaf, NotReadable, bind, clean_paper

N = NameObject
RECT = ArrayObject([NumberObject(x) for x in (0, 0, 90, 90)])
SCRIPT = DictionaryObject({N("/S"): N("/JavaScript"), N("/JS"): TextStringObject("app.alert(1)")})
Spoil = Callable[[PdfWriter, Any], None]


def paper(spoil: Spoil) -> bytes:
    """One page, spoilt."""
    writer = PdfWriter()
    spoil(writer, writer.add_blank_page(595, 842))
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def strips(total: int) -> bytes:
    writer = PdfWriter()
    for _ in range(total):
        page = writer.add_blank_page(595, 26)
        drawn = StreamObject()
        drawn.set_data(b"q Q")
        page[N("/Contents")] = writer._add_object(drawn)
        page[N("/Resources")] = DictionaryObject()
    return written(writer)


def bound(content: bytes, pages: int) -> bytes:
    own = PdfWriter()
    own.add_blank_page(595, 842)
    own.add_outline_item(title="Papers", page_number=0)
    return bind(written(own), [Leaf("A paper", content, pages)], under="Papers", feet=strips)


def entry(name: str, value: Any, *, turned: bool = False) -> Spoil:
    """A page with this under this name."""

    def spoil(writer: PdfWriter, page: Any) -> None:
        page[N(name)] = value
        if turned:
            page[N("/Rotate")] = NumberObject(90)

    return spoil


def drawing(data: bytes, *, packed: bool = False) -> Spoil:
    """A page lying on its side that draws this."""

    def spoil(writer: PdfWriter, page: Any) -> None:
        stream: Any = EncodedStreamObject() if packed else StreamObject()
        if packed:
            stream._data = data
            stream[N("/Filter")] = N("/FlateDecode")
        else:
            stream.set_data(data)
        page[N("/Contents")] = writer._add_object(stream)
        page[N("/Rotate")] = NumberObject(90)

    return spoil


def noted(**more: Any) -> Spoil:
    """A page with one note on it."""

    def spoil(writer: PdfWriter, page: Any) -> None:
        note = DictionaryObject({N("/Type"): N("/Annot"), N("/Rect"): RECT})
        note.update({N(f"/{name}"): value for name, value in more.items()})
        page[N("/Annots")] = writer._add_object(ArrayObject([writer._add_object(note)]))

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        drawing(b"BI /W 1 ID xxxx"),
        drawing(zlib.compress(b"0" * 120_000_000, 9), packed=True),
        drawing(zlib.compress(b"q Q " * 2_000_000, 9), packed=True),
        entry("/MediaBox", ArrayObject([TextStringObject("a")])),
        entry("/MediaBox", ArrayObject([FloatObject(0)] * 4)),
        entry("/CropBox", ArrayObject([NumberObject(1)])),
        entry("/Resources", DictionaryObject({N("/XObject"): NumberObject(1)})),
        entry("/Rotate", N("/Sideways")),
        entry("/Annots", NumberObject(4)),
    ],
    ids=["unfinished", "bomb", "endless", "box of words", "no size", "half a crop", "forms", "turned by a word", "notes"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_paper_that_cannot_be_bound_is_known_before_the_pack_is(spoil: Spoil) -> None:
    """Each of these was read well and then stopped the whole pack, for good."""
    with pytest.raises(NotReadable):
        clean_paper(paper(spoil))


@pytest.mark.parametrize(
    "spoil",
    [
        drawing(b"<< /A (unclosed [ 1 2 "),
        drawing(b"not packed at all", packed=True),
        entry("/Contents", DictionaryObject(), turned=True),
        entry("/Annots", ArrayObject([NullObject()])),
        entry("/MediaBox", ArrayObject([FloatObject(x) for x in (500, 800, 0, 0)])),
        entry("/Resources", ArrayObject()),
    ],
    ids=["unclosed", "unpacked", "no drawing", "a note that is none", "box the wrong way", "list"],
)
@pytest.mark.filterwarnings("ignore")
def test_paper_with_small_damage_is_bound(spoil: Spoil) -> None:
    content, pages = clean_paper(paper(spoil))
    page = PdfReader(io.BytesIO(bound(content, pages))).pages[1]
    assert (page.rotation, float(page.cropbox.width) > 0, float(page.cropbox.height) > 0) == (
        0, True, True,
    )  # fmt: skip


def _with_a_file() -> DictionaryObject:
    file = StreamObject()
    file.set_data(b"MZ-EVIL")
    return DictionaryObject({N("/F"): TextStringObject("a.exe"), N("/EF"): DictionaryObject({N("/F"): file})})  # fmt: skip


@pytest.mark.parametrize(
    "spoil",
    [
        noted(Subtype=N("/Link"), A=DictionaryObject({N("/S"): N("/URI"), N("/URI"): TextStringObject("https://a.example"), N("/Next"): SCRIPT})),
        noted(Subtype=N("/Link"), A=SCRIPT),
        noted(Subtype=N("/Widget"), AA=DictionaryObject({N("/K"): SCRIPT})),
        noted(Subtype=N("/FileAttachment"), FS=_with_a_file()),
        noted(Subtype=N("/RichMedia"), RichMediaContent=_with_a_file()),
        entry("/AA", DictionaryObject({N("/O"): SCRIPT})),
    ],
    ids=["after a link", "link", "field", "attached file", "film", "page"],
)  # fmt: skip
def test_nothing_of_a_paper_runs_or_hides_in_the_pack(spoil: Spoil) -> None:
    content = paper(spoil)
    assert b"JavaScript" in content or b"MZ-EVIL" in content
    made = bound(*clean_paper(content))
    assert b"JavaScript" not in made
    assert b"MZ-EVIL" not in made
