"""Real register files, and rows built under their true headers."""

import csv
import io
from pathlib import Path
from typing import BinaryIO

from schools import gias
from schools.tabular import Columns, Row, open_table

FOLDER = Path(__file__).parent.parent / "data" / "gias"
LINKS = "links_edubasealldata20250422.csv.gz"
GROUPS = "allgroups_202608.csv.gz"
SCHOOLS = "establishments_1924_202608.csv.gz"
SEARCH = "results_850_936_20220420.csv.gz"
OF_2017 = "edubasealldata_2017_all_columns_9rows.csv"
HEADER_2025 = "header_edubasealldata_to_20250422_all140.csv"
HEADER_2026 = "header_edubasealldata_2026_135.csv"


def opened(name: str) -> BinaryIO:
    return io.BytesIO((FOLDER / name).read_bytes())


def rows_of(name: str, columns: Columns) -> list[Row]:
    return list(open_table(opened(name), name, columns).rows)


def school_in(name: str, urn: int) -> gias.SchoolRow:
    """One real school, read."""
    row = next(r for r in rows_of(name, gias.SCHOOL_COLUMNS) if r.get("URN") == str(urn))
    school, refusals = gias.read_school(row, name)
    assert refusals == ()
    assert school is not None
    return school


def links() -> list[gias.LinkRow]:
    read = [gias.read_link(row, LINKS) for row in rows_of(LINKS, gias.LINK_COLUMNS)]
    assert all(isinstance(link, gias.LinkRow) for link in read)
    return read


def groups() -> list[gias.GroupRow]:
    read = [gias.read_group(row) for row in rows_of(GROUPS, gias.GROUP_COLUMNS)]
    return [group for group in read if group]


def header_of(name: str) -> list[str]:
    return next(csv.reader(io.StringIO((FOLDER / name).read_text("utf-8"))))


def built(*schools: dict[str, str], header: str = HEADER_2026, encoding: str = "cp1252") -> bytes:
    """A file with the true header and built rows; what a row does not say is empty."""
    columns = header_of(header)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    for number, cells in enumerate(schools):
        writer.writerow(
            {
                "URN": str(900001 + number),
                "EstablishmentName": f"Built School {number}",
                "EstablishmentStatus (name)": "Open",
                "TypeOfEstablishment (name)": "Academy converter",
                "EstablishmentTypeGroup (name)": "Academies",
                "LA (code)": "926",
                "LA (name)": "Norfolk",
                "EstablishmentNumber": "2001",
                "Trusts (code)": "16635",
                "Trusts (name)": "INCLUSIVE SCHOOLS TRUST",
                **cells,
            }
        )
    return out.getvalue().encode(encoding)


def read_built(content: bytes) -> tuple[gias.SchoolRow | None, tuple]:
    """The first row of a built file, read."""
    table = open_table(io.BytesIO(content), "built.csv", gias.SCHOOL_COLUMNS)
    return gias.read_school(next(table.rows), "built.csv")


def value_built(column: str, cell: str, field: str) -> object:
    """What one built cell is read as."""
    school, refusals = read_built(built({column: cell}, encoding="utf-8"))
    assert refusals == ()
    assert school is not None
    return school.values[field]
