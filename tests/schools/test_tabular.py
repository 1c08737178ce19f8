"""A file that is damaged, wrong or far too large is refused by name, row and column."""

import gzip
import io
import zipfile

import pytest

from schools import gias, tabular
from schools.tabular import FileRefused, Refusal, open_table
from tests.schools.register_files import LINKS, OF_2017, built, opened


def refused(content: bytes, name: str = "schools.csv", **options: str) -> Refusal:
    """The refusal of a file, whether its header or a later row is at fault."""
    with pytest.raises(FileRefused) as caught:  # noqa: PT012 (rows are read lazily)
        table = open_table(io.BytesIO(content), name, gias.SCHOOL_COLUMNS, **options)
        for _ in table.rows:
            pass
    return caught.value.refusal


def count(content: bytes, **options: str) -> int:
    table = open_table(io.BytesIO(content), "f", gias.SCHOOL_COLUMNS, **options)
    return sum(1 for _ in table.rows)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/") + ".csv", content)
    return out.getvalue()


def test_open_plain_gz_and_zip_reads_the_same_rows() -> None:
    plain = opened(OF_2017).read()
    assert count(plain) == count(gzip.compress(plain)) == count(zipped(x=plain)) == 9


def test_open_zip_with_several_files_takes_the_one_named_as_the_download() -> None:
    plain = opened(OF_2017).read()
    content = zipped(
        extract__edubasealldata20261116=plain, extract__links_edubasealldata=b"URN,LinkURN"
    )
    assert count(content, member="edubasealldata") == 9
    assert refused(content).expected == "one CSV in the zip"


def test_open_finds_a_header_below_title_lines() -> None:
    assert count(b"Schools of the trust\r\n\r\n" + built({}, {})) == 2


def test_open_finds_columns_whatever_their_spaces_and_capitals() -> None:
    content = built({}).replace(b"EstablishmentName", b" establishmentname ", 1)
    assert count(content.replace(b"LA (name)", b"LA  (NAME)", 1)) == 1


@pytest.mark.parametrize(
    ("content", "found", "expected"),
    [
        (b"", "an empty file", "a CSV with a header line"),
        (b'{"error": "Forbidden"}', "{error: Forbidden}", "a header line with"),
        (b"\xff\xfeU\x00R\x00N\x00", "UTF-16 text", "a CSV saved as"),
        (b"%PDF-1.7", "not a text file", "a CSV, or a .gz or .zip of one"),
        (b"PK\x03\x04 not a zip", "a damaged zip", "a zip that opens"),
        (b"URN\x00", "bytes that are not text", "a CSV"),
    ],
)
def test_open_of_what_is_no_register_is_refused(content: bytes, found: str, expected: str) -> None:
    refusal = refused(content)
    assert refusal.file == "schools.csv"
    assert found in refusal.found.replace('"', "")
    assert refusal.expected.startswith(expected)


def test_open_of_the_wrong_file_names_the_columns_that_are_missing() -> None:
    refusal = refused(gzip.decompress(opened(LINKS).read()), "links.csv")
    assert refusal.row == 1
    assert refusal.column == (
        "EstablishmentName, EstablishmentStatus (name), TypeOfEstablishment (name), LA (name)"
    )
    assert refusal.found == "no such column"


def test_open_of_a_workbook_asks_for_csv() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    assert refused(out.getvalue()).expected == "a CSV: save the sheet as CSV"


def test_read_of_a_file_cut_short_names_row_and_column() -> None:
    plain = opened(OF_2017).read()
    cut = plain[: plain.rindex(b"Local authority maintained")]
    refusal = refused(cut)
    assert refusal.row == 10
    assert refusal.column == "EstablishmentTypeGroup (code)" or "cut off" in refusal.found
    assert refusal.expected == "a whole row"


def test_read_of_an_archive_cut_short_is_refused() -> None:
    whole = opened(LINKS).read()
    assert refused(whole[: len(whole) // 2]).expected == "a whole archive"


def test_read_of_an_unclosed_quotation_mark_is_refused_by_row() -> None:
    content = built({}, {}) + b'900009,"926' + b"x" * 140_000
    assert refused(content).row == 4


def test_read_of_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_LINE", 1000)
    assert refused(b"x" * 400_000).found == "a line without end"


def test_read_of_a_zip_bomb_stops_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_BYTES", 5 * 1024 * 1024)
    bomb = gzip.compress(b"\n" * 50_000_000)
    assert len(bomb) < 100_000
    assert refused(bomb).expected == "at most 5 MB when unpacked"


def test_read_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_ROWS", 8)
    refusal = refused(opened(OF_2017).read())
    assert (refusal.row, refusal.expected) == (10, "at most 8 rows")


def test_refusal_says_file_row_column_found_and_expected() -> None:
    refusal = Refusal("a.csv", 31487, "NumberOfPupils", "20S", "a whole number, such as 205")
    assert str(refusal) == (
        "a.csv, row 31,487, column NumberOfPupils: found “20S”, expected a whole number, such as 205"
    )
