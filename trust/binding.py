"""Several PDFs bound to one: bookmarks, and a page number at the foot of every page.

The only importer of pypdf. Nothing here knows what the pages say.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MOST_PAGES = 100
"""Pages of one paper; a longer one is named in the pack and read by its link."""
STRIP = 26.0
"""Points that a paper's page gains at its foot, so that a number never lies on its words."""
RAISED = 15.5
"""Points by which the number of our own page is raised to the line of its foot."""
A4_WIDTH = 595.28
QUIET_ACTIONS = ("/URI", "/GoTo")
"""What a link of a paper may do: anything else would run when the pack is opened."""
CARRIERS = ("/FileAttachment", "/RichMedia", "/Screen", "/3D", "/Movie", "/Sound")
"""Notes on a page that carry a file of their own; they are left out."""
MOST_TURNED = 4 * 1024 * 1024
"""Bytes of a page's drawing that are read to turn it upright."""


class NotReadable(Exception):
    """The paper cannot be bound; the message says why, in the middle of a sentence."""


@dataclass(frozen=True)
class Leaf:
    """One paper of a pack: its bookmark, what stands at the foot of its pages, and its bytes."""

    bookmark: str
    content: bytes
    pages: int


Feet = Callable[[int], bytes]
"""Draws the numbers of so many pages as a PDF with one strip a page."""


def count_pages(content: bytes) -> int:
    """How many pages a PDF has."""
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(content)).pages)


def clean_paper(content: bytes) -> tuple[bytes, int]:
    """A paper written anew with its pages alone, and their number; nothing that runs goes with them.

    Raises NotReadable when it is damaged, locked or too long.
    """
    from pypdf import PdfReader, PdfWriter

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotReadable("is locked with a password")
        pages = len(reader.pages)
        if pages == 0:
            raise NotReadable("has no page")
        if pages > MOST_PAGES:
            raise NotReadable(f"has more than {MOST_PAGES} pages")
        writer = PdfWriter()
        for page in reader.pages:
            added = writer.add_page(page)
            _take_sting(added)
            _make_ready(added)
        written = io.BytesIO()
        writer.write(written)
        return written.getvalue(), count_pages(written.getvalue())
    except NotReadable:
        raise
    except Exception as damage:  # a hostile file fails in a hundred ways, each of them "damaged"
        raise NotReadable("is damaged and cannot be opened") from damage


def _take_sting(page: Any) -> None:
    """Take from a page what a reader would run by itself, and every file it carries."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    page.pop("/AA", None)
    if "/Annots" not in page:
        return
    kept = ArrayObject()
    for each in page["/Annots"]:
        note = each.get_object()
        if not isinstance(note, DictionaryObject) or note.get("/Subtype") in CARRIERS:
            continue
        note.pop("/AA", None)
        act = note.get("/A")
        if act is not None and act.get_object().get("/S") not in QUIET_ACTIONS:
            note.pop("/A")
        elif act is not None:
            act.get_object().pop("/Next", None)
        kept.append(each)
    page[NameObject("/Annots")] = kept


def _make_ready(page: Any) -> None:
    """A paper's page upright, with room at its foot, so that binding it later meets no damage."""
    drawn = page.get_contents()
    if page.rotation and drawn is not None and len(drawn.get_data()) > MOST_TURNED:
        raise NotReadable("has a turned page that is too large")
    page.transfer_rotation_to_content()
    _lengthen(page)
    _own_resources(page)


def bind(own: bytes, leaves: Sequence[Leaf], *, under: str, feet: Feet) -> bytes:
    """Our own pages, then the leaves, with a bookmark each under the bookmark `under`; every page is numbered.

    The same pages give the same bytes.
    """
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(own))
    own_pages = len(writer.pages)
    above = _bookmark_own(writer, own).get(under)
    # A reader that is told of PDF/UA trusts every page; a paper's own pages may carry no tags.
    if leaves:
        writer.root_object.pop("/Metadata", None)
    for leaf in leaves:
        start = len(writer.pages)
        writer.append(io.BytesIO(leaf.content), import_outline=False)
        writer.add_outline_item(title=leaf.bookmark, page_number=start, parent=above)
    _number(writer, feet(len(writer.pages)), own_pages)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _bookmark_own(writer: Any, own: bytes) -> dict[str, Any]:
    """Our own bookmarks, written anew so that others can be hung under them; by their titles."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(own))
    first: list[Any] = [each for each in reader.outline if not isinstance(each, list)]
    marks = [(str(each.title), reader.get_destination_page_number(each)) for each in first]
    writer.root_object.pop("/Outlines", None)
    return {title: writer.add_outline_item(title=title, page_number=page) for title, page in marks}


def _number(writer: Any, strips: bytes, own_pages: int) -> None:
    """Draw one strip at the foot of each page, on paper that was added for it where the page is not ours."""
    from pypdf import PdfReader

    for n, strip in enumerate(PdfReader(io.BytesIO(strips)).pages):
        page = writer.pages[n]
        raised = 0.0 if n >= own_pages else RAISED
        _draw(writer, page, strip, raised, name=f"/PackFoot{n + 1}")


def _lengthen(page: Any) -> None:
    from pypdf.generic import RectangleObject

    left, right = sorted((float(page.cropbox.left), float(page.cropbox.right)))
    bottom, top = sorted((float(page.cropbox.bottom), float(page.cropbox.top)))
    if right - left < 1 or top - bottom < 1:
        raise NotReadable("has a page without a size")
    longer = RectangleObject((left, bottom - STRIP, right, top))
    page.mediabox = page.cropbox = page.trimbox = page.bleedbox = page.artbox = longer


def _draw(writer: Any, page: Any, strip: Any, raised: float, *, name: str) -> None:
    """Put a strip on a page as a form of its own, marked as no part of the text."""
    from pypdf.generic import NameObject, StreamObject

    form = StreamObject()
    form.set_data(strip.get_contents().get_data())
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): strip.mediabox,
            NameObject("/Resources"): strip["/Resources"].clone(writer),
        }
    )
    box = page.cropbox
    scale = float(box.width) / A4_WIDTH
    at = f"{scale:.5f} 0 0 {scale:.5f} {float(box.left):.3f} {float(box.bottom) + raised:.3f}"
    drawn = StreamObject()
    drawn.set_data(f"\nQ\n/Artifact BMC\nq {at} cm {name} Do Q\nEMC\n".encode())
    opened = StreamObject()
    opened.set_data(b"q\n")
    _own_resources(page)[NameObject(name)] = writer._add_object(form)
    _set_contents(writer, page, opened, drawn)


def _own_resources(page: Any) -> Any:
    """The page's forms by their names, in resources that it shares with no other page."""
    from pypdf.generic import DictionaryObject, NameObject

    resources: Any = page.get("/Resources")
    own: Any = DictionaryObject(resources.get_object() if resources else {})
    forms = DictionaryObject(own["/XObject"].get_object() if "/XObject" in own else {})
    own[NameObject("/XObject")] = forms
    page[NameObject("/Resources")] = own
    return forms


def _set_contents(writer: Any, page: Any, before: Any, after: Any) -> None:
    """Wrap what a page draws, so that nothing it leaves behind moves the strip."""
    from pypdf.generic import ArrayObject, NameObject

    drawn = page.get("/Contents")
    if drawn is None:
        parts: list[Any] = []
    elif isinstance(drawn.get_object(), ArrayObject):
        parts = list(drawn.get_object())
    else:
        parts = [page.raw_get("/Contents")]
    around = [writer._add_object(before), *parts, writer._add_object(after)]
    page[NameObject("/Contents")] = ArrayObject(around)
