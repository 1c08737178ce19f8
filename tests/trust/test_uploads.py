"""What is taken, what is refused and in which words, on files made here."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from trust.uploads import CleanUpload, FileRefused, check_upload

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TYPES_XML = (
    b'<?xml version="1.0"?><Types><Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def package(extension: str, *, types: bytes = TYPES_XML, **more: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(MAIN[extension], b"<document>words</document>")
        for name, content in more.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def picture(kind: str, *, exif: bool = False, size: tuple[int, int] = (12, 8)) -> bytes:
    made = io.BytesIO()
    drawn = Image.new("RGB", size, "white")
    marks = Image.Exif()
    if exif:
        marks[0x010F] = "Camera of the deputy"
        marks[0x0112] = 6
        marks.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    drawn.save(made, kind, exif=marks)
    return made.getvalue()


def upload(name: str, content: bytes) -> CleanUpload:
    return check_upload(SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PDF),
        ("PLAN.PDF", PDF),
        ("plan.docx", package("docx")),
        ("figures.xlsx", package("xlsx")),
        ("talk.pptx", package("pptx")),
        ("wall.png", picture("PNG")),
        ("wall.jpg", picture("JPEG")),
        ("wall.jpeg", picture("JPEG")),
        ("figures.csv", b"Year,Pupils\n1,30\n"),
        ("figures.csv", "Name,Ort\nZoë,Café\n".encode("cp1252")),
        ("note.txt", "Café at 9".encode()),
    ],
)
def test_check_upload_of_an_allowed_file_is_taken(name: str, content: bytes) -> None:
    clean = upload(name, content)
    assert clean.name == name
    assert clean.size > 0
    assert name.rsplit(".")[0] not in clean.stored_name


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<html>", "cannot be taken"),
        ("mark.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be taken"),
        ("macro.docm", package("docx"), "cannot be taken"),
        ("tool.exe", b"MZ", "cannot be taken"),
        ("noending", b"words", "cannot be taken"),
        ("plan.pdf.exe", PDF, "cannot be taken"),
        ("empty.txt", b"", "is empty"),
        ("plan.pdf", b"words", "not a PDF"),
        ("plan.pdf", b"%PDF-1.4\n<script>alert(1)</script>", "not a PDF"),
        ("plan.pdf", b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF", "not a PDF"),
        ("plan.pdf", PDF + package("docx") + b"%%EOF", "not a PDF"),
        ("plan.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"), "a script"),
        ("plan.docx", PDF, "not a DOCX"),
        ("plan.docx", package("xlsx"), "not a DOCX"),
        ("plan.docx", package("docx")[:-40], "damaged"),
        ("plan.docx", package("docx", types=TYPES_XML + b"macroEnabled"), "has macros"),
        ("figures.xlsx", package("xlsx", xl__vbaProject__bin=b"x").replace(b"vbaProject/bin", b"vbaProject.bin"), "has macros"),
        ("wall.jpg", picture("PNG"), "not a JPG"),
        ("wall.png", b"<svg/>", "not a PNG"),
        ("figures.csv", b"a,b\n<script>alert(1)</script>\n", "a web page"),
        ("note.txt", b"<!DOCTYPE html><html></html>", "a web page"),
        ("note.txt", b"PK\x03\x04rest", "not a text file"),
        ("note.txt", b"a\x00b", "not a text file"),
    ],
)  # fmt: skip
def test_check_upload_of_another_kind_is_refused_in_words(
    name: str, content: bytes, says: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        upload(name, content)
    assert says in refused.value.messages[0]
    assert name in refused.value.messages[0]


def test_check_upload_that_unpacks_to_too_much_is_refused() -> None:
    bomb = package("docx", word__big=b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(FileRefused, match="unpacks to too much"):
        upload("plan.docx", bomb)


def test_check_upload_with_too_many_entries_is_refused() -> None:
    many = package("docx", **{f"word__{n}": b"x" for n in range(2_001)})
    with pytest.raises(FileRefused, match="unpacks to too much"):
        upload("plan.docx", many)


def test_check_upload_with_a_path_that_climbs_is_refused() -> None:
    with pytest.raises(FileRefused, match="damaged"):
        upload("plan.docx", package("docx", **{"..__..__etc__passwd": b"x"}))


def test_check_upload_larger_than_20_mb_is_refused() -> None:
    with pytest.raises(FileRefused, match="larger than 20 MB"):
        upload("plan.pdf", PDF + b" " * (20 * 1024 * 1024))


def test_check_upload_of_a_picture_drops_its_location_and_turns_it_upright() -> None:
    clean = upload("wall.jpg", picture("JPEG", exif=True))
    with Image.open(io.BytesIO(clean.content.read())) as anew:
        assert dict(anew.getexif()) == {}
        assert anew.size == (8, 12)


def test_check_upload_of_a_picture_with_a_tail_drops_the_tail() -> None:
    clean = upload("wall.png", picture("PNG") + b"<script>alert(1)</script>")
    assert b"script" not in clean.content.read()


def test_check_upload_of_a_picture_with_too_many_pixels_is_refused() -> None:
    with pytest.raises(FileRefused, match="too many pixels"):
        upload("wall.png", picture("PNG", size=(8_000, 7_000)))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/plan.pdf", "plan.pdf"),
        ("C:\\Users\\head\\plan.pdf", "plan.pdf"),
        ("pl\x07an.pdf", "plan.pdf"),
    ],
)
def test_check_upload_keeps_only_the_name(sent: str, kept: str) -> None:
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = sent
    assert check_upload(file).name == kept
