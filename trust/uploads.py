"""What may be uploaded, checked by name, size and content; and how a stored file is handed out."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from uuid import uuid4

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 20 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_RATIO = 100
MOST_ENTRIES = 2_000

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "csv": "text/csv",
    "txt": "text/plain",
}
SAME = {"jpeg": "jpg"}
ACCEPT = ",".join(f".{each}" for each in (*TYPES, *SAME))
"""For the `accept` of a file input."""
ALLOWED_WORDS = "PDF, Word, Excel, PowerPoint, PNG, JPG, CSV or text"

# The part that makes a package a document of its kind (ECMA-376, part 2: every package names its parts).
_MAIN_PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
}
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?xml|iframe|body|head)\b", re.IGNORECASE)
# What a reader would run on opening; names long enough never to occur by chance in packed bytes.
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|Launch)\b")


@dataclass(frozen=True)
class CleanUpload:
    """A file that passed: its original name for people, its content for the store."""

    name: str
    extension: str
    content: ContentFile[bytes]

    @property
    def size(self) -> int:
        return int(self.content.size)

    @property
    def stored_name(self) -> str:
        """A name nobody can guess, with nothing of the original in it."""
        return f"{uuid4()}.{self.extension}"


class FileRefused(forms.ValidationError):
    """The file is not taken; the message says why and what to do."""


def check_upload(file: UploadedFile[bytes]) -> CleanUpload:
    """The file, read and checked: its ending must agree with its content; pictures are drawn anew, without their location.

    Raises FileRefused (a ValidationError) in words.
    """
    name = _plain_name(file.name or "")
    ending = PurePath(name).suffix.lower().lstrip(".")
    extension = SAME.get(ending, ending)
    if extension not in TYPES:
        raise FileRefused(f"“{name}” cannot be taken. Choose a file of {ALLOWED_WORDS}")
    if (file.size or 0) > LARGEST:
        raise FileRefused(f"“{name}” is larger than 20 MB. Choose a smaller file")
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise FileRefused(f"“{name}” is larger than 20 MB. Choose a smaller file")
    if not data:
        raise FileRefused(f"“{name}” is empty. Choose another file")
    return CleanUpload(name, extension, ContentFile(_checked(extension, data, name)))


def send_file(stored: FieldFile, name: str) -> FileResponse:
    """A stored file as a download that can do nothing in the browser; the view has checked who asks."""
    try:
        opened = stored.open("rb")
    except FileNotFoundError as gone:
        raise Http404("The file is not in the store") from gone
    extension = PurePath(name).suffix.lower().lstrip(".")
    response = FileResponse(
        opened,
        as_attachment=True,
        filename=name,
        content_type=TYPES.get(SAME.get(extension, extension), "application/octet-stream"),
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _plain_name(name: str) -> str:
    """The last part of a path, without what a file system or a header would stumble over."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*')
    stem, dot, suffix = kept.strip(" .").rpartition(".")
    return f"{stem[:180]}{dot}{suffix[:12]}" or "file"


def _checked(extension: str, data: bytes, name: str) -> bytes:
    if extension in ("png", "jpg"):
        return _drawn_anew(extension, data, name)
    if extension == "pdf":
        _check_pdf(data, name)
    elif extension in _MAIN_PARTS:
        _check_package(extension, data, name)
    else:
        _check_text(data, name)
    return data


def _disagrees(extension: str, name: str) -> FileRefused:
    return FileRefused(
        f"“{name}” is not a {extension.upper()} file inside. Save it again from its own program"
    )


def _check_pdf(data: bytes, name: str) -> None:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise _disagrees("pdf", name)
    # A file that is two things at once: a page or an archive behind the mark of a PDF.
    if _MARKUP.search(data[:1024]) or zipfile.is_zipfile(io.BytesIO(data)):
        raise _disagrees("pdf", name)
    if _ACTIVE_PDF.search(data):
        raise FileRefused(f"“{name}” has a script inside. Print it to a new PDF and choose that")


def _check_text(data: bytes, name: str) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Spreadsheet programs on Windows write CSV in this code page.
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text or "\ufffd" in text or data.startswith((b"%PDF-", b"PK\x03\x04")):
        raise FileRefused(f"“{name}” is not a text file inside. Choose another file")
    if _MARKUP.search(data):
        raise FileRefused(f"“{name}” is a web page inside. Save it as PDF and choose that")


def _check_package(extension: str, data: bytes, name: str) -> None:
    if not data.startswith(b"PK\x03\x04"):
        raise _disagrees(extension, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _check_entries(entries, name)
            if _MAIN_PARTS[extension] not in {entry.filename for entry in entries}:
                raise _disagrees(extension, name)
            types = package.read("[Content_Types].xml")
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError) as broken:
        raise FileRefused(
            f"“{name}” is damaged or locked. Save it again without a password"
        ) from broken
    inside = {entry.filename.lower() for entry in entries}
    if b"macroEnabled" in types or any(each.endswith("vbaproject.bin") for each in inside):
        raise FileRefused(f"“{name}” has macros. Save it without macros and choose that")


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse a package that would unpack to far more than it is (measured: 49 kB can hold 50 MB)."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or unpacked > LARGEST_UNPACKED
        or unpacked > LARGEST_RATIO * max(packed, 1)
    ):
        raise FileRefused(f"“{name}” unpacks to too much. Choose a smaller file")
    if any(entry.filename.startswith(("/", "\\")) or ".." in entry.filename for entry in entries):
        raise FileRefused(f"“{name}” is damaged or locked. Save it again without a password")


def _drawn_anew(extension: str, data: bytes, name: str) -> bytes:
    kind = {"png": "PNG", "jpg": "JPEG"}[extension]
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise FileRefused(f"“{name}” has too many pixels. Choose a smaller picture")
            upright = _upright(picture)
            anew = io.BytesIO()
            upright.save(anew, kind, **({"quality": 88} if kind == "JPEG" else {}))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as broken:
        raise _disagrees(extension, name) from broken
    return anew.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """The pixels alone, turned as the camera was held: no location, no device, no comment."""
    turned = ImageOps.exif_transpose(picture)
    mode = (
        "RGB"
        if picture.format == "JPEG" or turned.mode not in ("1", "L", "P", "RGB", "RGBA")
        else turned.mode
    )
    if mode == "P":
        mode = "RGBA"
    bare = Image.new(mode, turned.size)
    bare.paste(turned.convert(mode))
    return bare
