"""Open a CSV that somebody hands in (plain, .gz or .zip), decode it and read it by column name."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_BYTES = 400 * 1024 * 1024
"""Unpacked bytes read at most: six times the whole register, and the end of any zip bomb."""
MAX_ROWS = 1_000_000
MAX_LINE = 1024 * 1024
HEADER_LINES = 10
CHUNK = 256 * 1024
REPLACED = "\ufffd"


@dataclass(frozen=True)
class Refusal:
    """What in a file cannot be used: where it stands, what was found and what was expected."""

    file: str
    row: int | None
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row:,}")
        if self.column:
            place.append(f"column {self.column}")
        found = f"found “{self.found}”, " if self.found else ""
        return f"{', '.join(place)}: {found}expected {self.expected}"


class FileRefused(ValueError):
    """The file cannot be used at all; `refusal` says why, and nothing of it was taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True)
class Row:
    """One line of data: its number in the file (the first line is 1) and its cells by column."""

    number: int
    cells: Sequence[str]
    places: Mapping[str, int]

    def get(self, column: str) -> str:
        """The cell of a column, spaces trimmed and collapsed; "" when the file lacks the column."""
        place = self.places.get(column)
        return "" if place is None else " ".join(self.cells[place].split())


@dataclass
class Table:
    """A file under way: its true columns, its hash, and its rows as a stream."""

    name: str
    sha256: str
    encoding: str
    size: int
    places: dict[str, int]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: Iterator[Row] = field(repr=False)
    read: int = 0
    """Rows of data read so far."""


@dataclass(frozen=True)
class Columns:
    """The columns to look for: by their house name, and the other names they have had."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def locate(self, cells: Sequence[str]) -> dict[str, int]:
        """Where each column stands in a header line; the first of two equal names counts."""
        seen: dict[str, int] = {}
        for place, cell in enumerate(cells):
            seen.setdefault(plain_name(cell), place)
        found = {}
        for column in (*self.required, *self.optional):
            for name in (column, *self.aliases.get(column, ())):
                if plain_name(name) in seen:
                    found[column] = seen[plain_name(name)]
                    break
        return found


def plain_name(name: str) -> str:
    """A column name without byte order mark, double spaces and capitals."""
    return " ".join(name.replace("\ufeff", "").split()).casefold()


def open_table(
    stream: BinaryIO, name: str, columns: Columns, *, member: str = "", chooses: str = ""
) -> Table:
    """Read the header of a seekable file and return its rows as a stream, never the whole in memory.

    `member` is how the wanted file's name begins inside a zip; `chooses` says in words what the file
    should be. Raises FileRefused with the file's name, the row, the column and what was expected.
    """
    sha256 = _sha256_of(stream)
    unpack = _unpacker(stream, name, member)
    encoding, size = _encoding_of(unpack, name)
    reader = csv.reader(_lines(unpack, encoding, name))
    header_row, header = _header(reader, name, columns, chooses)
    places = columns.locate(header)
    known = {plain_name(header[place]) for place in places.values()}
    table = Table(
        name=name,
        sha256=sha256,
        encoding=encoding,
        size=size,
        places=places,
        missing=tuple(c for c in columns.optional if c not in places),
        unknown=tuple(cell.strip() for cell in header if plain_name(cell) not in known),
        rows=iter(()),
    )
    table.rows = _rows(reader, table, header, header_row)
    return table


def _rows(
    reader: Iterator[list[str]], table: Table, header: Sequence[str], number: int
) -> Iterator[Row]:
    """Yield the rows of data; cells beyond the header are passed over, a row cut short is damage."""
    needed = max(table.places.values()) + 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(
                Refusal(table.name, number, "", str(error), "cells in closed quotation marks")
            ) from error
        if not any(cells):
            continue
        if len(cells) < needed:
            column = header[len(cells)]
            found = f"a row cut off after {len(cells)} of {len(header)} cells"
            raise FileRefused(Refusal(table.name, number, column, found, "a whole row"))
        table.read += 1
        if table.read > MAX_ROWS:
            raise FileRefused(
                Refusal(table.name, number, "", "more rows", f"at most {MAX_ROWS:,} rows")
            )
        yield Row(number, cells, table.places)


def _header(
    reader: Iterator[list[str]], name: str, columns: Columns, chooses: str
) -> tuple[int, list[str]]:
    """Find the header within the first lines: the one with every required column."""
    best: tuple[int, int, list[str]] = (0, 1, [])
    for number in range(1, HEADER_LINES + 1):
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileRefused(Refusal(name, number, "", str(error), "a header line")) from error
        if cells is None:
            break
        found = columns.locate(cells)
        if all(column in found for column in columns.required):
            return number, cells
        hits = sum(column in found for column in columns.required)
        if hits > best[0] or not best[2]:
            best = (hits, number, cells)
    hits, number, cells = best
    wanted = chooses or "a header line with " + ", ".join(columns.required)
    if hits == 0:
        raise FileRefused(Refusal(name, number, "", ",".join(cells)[:60], wanted))
    located = columns.locate(cells)
    gone = ", ".join(column for column in columns.required if column not in located)
    raise FileRefused(Refusal(name, number, gone, "no such column", wanted))


def _sha256_of(stream: BinaryIO) -> str:
    """The hash of the file as it was handed in; leaves the stream at its start."""
    digest = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def _unpacker(stream: BinaryIO, name: str, member: str) -> Callable[[], BinaryIO]:
    """A way to open the unpacked bytes from their start, as often as wanted."""
    magic = stream.read(8)

    def rewound() -> BinaryIO:
        stream.seek(0)
        return stream

    if magic.startswith(b"\x1f\x8b"):
        return lambda: gzip.GzipFile(fileobj=rewound())  # type: ignore[return-value]
    if magic.startswith(b"PK"):
        archive, chosen = _zip_member(stream, name, member)
        return lambda: archive.open(chosen)  # type: ignore[return-value]
    if magic.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(Refusal(name, 1, "", "UTF-16 text", "a CSV saved as “CSV UTF-8”"))
    if magic.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise FileRefused(
            Refusal(name, None, "", "not a text file", "a CSV, or a .gz or .zip of one")
        )
    return rewound


def _zip_member(stream: BinaryIO, name: str, member: str) -> tuple[zipfile.ZipFile, str]:
    """The one CSV inside a zip that begins with `member`, or its only CSV."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError) as error:
        raise FileRefused(Refusal(name, None, "", "a damaged zip", "a zip that opens")) from error
    names = archive.namelist()
    if "[Content_Types].xml" in names:
        raise FileRefused(Refusal(name, None, "", "a workbook", "a CSV: save the sheet as CSV"))
    csvs = [each for each in names if each.lower().endswith(".csv") and "__MACOSX" not in each]
    fits = [each for each in csvs if re.split(r"[/\\]", each)[-1].lower().startswith(member)]
    chosen = fits if member and fits else csvs
    if len(chosen) != 1:
        found = ", ".join(names[:5]) or "an empty zip"
        wanted = f"one CSV in the zip{f' named {member}…' if member else ''}"
        raise FileRefused(Refusal(name, None, "", found, wanted))
    if archive.getinfo(chosen[0]).flag_bits & 1:
        raise FileRefused(Refusal(name, None, "", "a zip with a password", "a zip without one"))
    return archive, chosen[0]


def _chunks(unpack: Callable[[], BinaryIO], name: str) -> Iterator[bytes]:
    """The unpacked bytes piece by piece, never more than the cap, whatever the archive claims."""
    total = 0
    try:
        source = unpack()
        while chunk := source.read(CHUNK):
            total += len(chunk)
            if total > MAX_BYTES:
                limit = f"at most {MAX_BYTES // 1024 // 1024} MB when unpacked"
                raise FileRefused(Refusal(name, None, "", "a larger file", limit))
            yield chunk
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
        raise FileRefused(
            Refusal(name, None, "", "an archive that ends early or is damaged", "a whole archive")
        ) from error


def _encoding_of(unpack: Callable[[], BinaryIO], name: str) -> tuple[str, int]:
    """Strict UTF-8 over the whole file, else cp1252, as the register's own files are; and the size."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, size = "utf-8-sig", 0
    for chunk in _chunks(unpack, name):
        size += len(chunk)
        if b"\x00" in chunk:
            raise FileRefused(Refusal(name, None, "", "bytes that are not text", "a CSV"))
        if encoding == "utf-8-sig":
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
    if not size:
        raise FileRefused(Refusal(name, None, "", "an empty file", "a CSV with a header line"))
    return encoding, size


def _lines(unpack: Callable[[], BinaryIO], encoding: str, name: str) -> Iterator[str]:
    """Decoded lines with their ends; a line without end would be a whole file in memory."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    for chunk in _chunks(unpack, name):
        rest += decoder.decode(chunk)
        *whole, rest = rest.split("\n")
        for line in whole:
            yield line + "\n"
        if len(rest) > MAX_LINE:
            raise FileRefused(
                Refusal(
                    name,
                    None,
                    "",
                    "a line without end",
                    f"lines of at most {MAX_LINE:,} characters",
                )
            )
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
