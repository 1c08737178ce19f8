"""What a set of register files says about one trust: read once, as a stream, without touching the database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from schools import cells, gias
from schools.gias import GroupRow, LinkRow, SchoolRow
from schools.tabular import FileRefused, Refusal, Row, Table, open_table

MOST_REFUSALS = 200


@dataclass(frozen=True)
class Handed:
    """A file as somebody handed it in."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True)
class FileRead:
    """What a file was: kept with the import, because the file itself is not."""

    kind: str
    name: str
    sha256: str
    dated: dt.date | None
    rows: int
    size: int
    encoding: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """Everything the files say about one trust and about the schools already known."""

    files: tuple[FileRead, ...]
    trust: GroupRow
    trust_name: str
    schools: tuple[SchoolRow, ...]
    elsewhere: Mapping[int, str]
    """Known schools that the file shows outside the trust, and where."""
    links: Mapping[int, tuple[LinkRow, ...]]
    joined: Mapping[int, dt.date]
    refused: tuple[Refusal, ...]
    refused_urns: frozenset[int]

    @property
    def dated(self) -> dt.date | None:
        """The date in the name of the schools file."""
        return self.files[0].dated


class TrustNotFound(ValueError):
    """No trust, or several groups, answer to what was asked; `candidates` are the groups to choose from."""

    def __init__(self, wanted: str, candidates: tuple[GroupRow, ...], file: str) -> None:
        self.wanted, self.candidates = wanted, candidates
        if candidates:
            lines = "\n".join(f"  {each}" for each in candidates)
            message = f"“{wanted}” is not one trust. Give the UID of one of these:\n{lines}"
        else:
            message = f"{file} has no trust with the UID, TR number, Companies House number or name “{wanted}”"
        super().__init__(message)


def read_register(
    schools: Handed,
    groups: Handed,
    links: Handed | None = None,
    *,
    wanted: str,
    known: frozenset[int] = frozenset(),
) -> Reading:
    """Read the files for one trust; `known` are the URNs held already, so that it is seen where they went.

    Raises FileRefused for a file that cannot be used, TrustNotFound with the candidates.
    """
    group_file, search, joined = _read_groups(groups, wanted)
    if search.trust is None:
        raise TrustNotFound(wanted, search.candidates, groups.name)
    if "\ufffd" in search.display_name:
        expected = "a name that can be read: the file was saved again with the wrong encoding"
        raise FileRefused(Refusal(groups.name, None, "Group Name", search.display_name, expected))
    found = _Schools(schools.name, search, known)
    school_file = found.read(schools)
    if not found.schools:
        nobody = f"no school of {search.display_name}, UID {search.trust.uid}"
        raise FileRefused(Refusal(schools.name, None, "Trusts (code)", nobody, "at least one"))
    files = [school_file, group_file]
    history: dict[int, tuple[LinkRow, ...]] = {}
    if links is not None:
        link_file, history = _read_links(links, found)
        files.append(link_file)
    return Reading(
        files=tuple(files),
        trust=search.trust,
        trust_name=search.display_name,
        schools=tuple(found.schools.values()),
        elsewhere=found.elsewhere,
        links=history,
        joined={urn: day for urn, day in joined.items() if urn in found.schools},
        refused=tuple(found.refused),
        refused_urns=frozenset(found.refused_urns),
    )


def _read_groups(
    groups: Handed, wanted: str
) -> tuple[FileRead, gias.TrustSearch, dict[int, dt.date]]:
    """The trust sought, and when its schools joined where the file is the one of members."""
    table = open_table(groups.stream, groups.name, gias.GROUP_COLUMNS)
    everyone: dict[str, GroupRow] = {}
    joined: dict[tuple[str, str], str] = {}
    for row in table.rows:
        group = gias.read_group(row)
        if group is None:
            continue
        everyone.setdefault(group.uid, group)
        if row.get("Joined date"):
            joined[group.uid, row.get("URN")] = row.get("Joined date")
    search = gias.find_trust(everyone.values(), wanted)
    days: dict[int, dt.date] = {}
    for (uid, number), day in joined.items():
        if uid in search.uids:
            try:
                read = cells.date(day)
                if read:
                    days[cells.urn(number)] = read
            except cells.Unreadable as error:
                raise FileRefused(
                    Refusal(groups.name, None, "Joined date", day, str(error))
                ) from error
    return _file_read("groups", table), search, days


@dataclass
class _Schools:
    """The rows of the trust, picked out while the file goes by."""

    file: str
    search: gias.TrustSearch
    known: frozenset[int]
    schools: dict[int, SchoolRow] = field(default_factory=dict)
    elsewhere: dict[int, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    refused_urns: set[int] = field(default_factory=set)

    def read(self, handed: Handed) -> FileRead:
        table = open_table(
            handed.stream,
            handed.name,
            gias.SCHOOL_COLUMNS,
            member="edubasealldata",
            chooses="the schools of Get Information about Schools, with URN and LA first",
        )
        if "Trusts (code)" not in table.places and "Trusts (name)" not in table.places:
            raise FileRefused(
                Refusal(
                    handed.name, 1, "Trusts (code)", "no such column", "the trust of each school"
                )
            )
        by_code = "Trusts (code)" in table.places
        names = {gias.same_name(self.search.display_name)}
        for row in table.rows:
            uid, name = gias.trust_of(row)
            if (uid in self.search.uids) if by_code else (gias.same_name(name) in names):
                self._take(row)
            elif self.known:
                self._note(row, name)
        return _file_read("schools", table)

    def _take(self, row: Row) -> None:
        school, refusals = gias.read_school(row, self.file)
        if school is None:
            self._refuse(row, refusals)
        elif not school.is_academy:
            self.elsewhere[school.urn] = "not an academy or free school"
        elif self.schools.setdefault(school.urn, school) != school:
            again = Refusal(
                self.file, row.number, "URN", str(school.urn), "one row for each URN, or equal rows"
            )
            self._refuse(row, (again,))

    def _refuse(self, row: Row, refusals: Iterable[Refusal]) -> None:
        """Refuse one row; without its URN nobody could say which school keeps what it has."""
        if len(self.refused) < MOST_REFUSALS:
            self.refused += [each for each in refusals if each not in self.refused]
        try:
            self.refused_urns.add(cells.urn(row.get("URN")))
        except cells.Unreadable as error:
            refusal = Refusal(self.file, row.number, "URN", row.get("URN")[:200], str(error))
            raise FileRefused(refusal) from error

    def _note(self, row: Row, name: str) -> None:
        number = row.get("URN")
        if number.isdigit() and int(number) in self.known:
            status = row.get("EstablishmentStatus (name)")
            closed = status.casefold() not in gias.OPEN_STATUSES
            self.elsewhere[int(number)] = (
                status.lower() if closed else f"now {name or 'in no trust'}"
            )


def _read_links(links: Handed, found: _Schools) -> tuple[FileRead, dict[int, tuple[LinkRow, ...]]]:
    table = open_table(links.stream, links.name, gias.LINK_COLUMNS, member="links_")
    urns = set(found.schools) | found.refused_urns
    kept: dict[LinkRow, None] = {}
    for row in table.rows:
        link = gias.read_link(row, links.name)
        if isinstance(link, LinkRow):
            kept[link] = None
        elif row.get("URN") in {str(urn) for urn in urns} and len(found.refused) < MOST_REFUSALS:
            found.refused.append(link)
    return _file_read("links", table), gias.history_of(sorted(urns), kept)


def _file_read(kind: str, table: Table) -> FileRead:
    return FileRead(
        kind=kind,
        name=table.name,
        sha256=table.sha256,
        dated=date_in_name(table.name),
        rows=table.read,
        size=table.size,
        encoding=table.encoding,
        missing=table.missing,
    )


def date_in_name(name: str) -> dt.date | None:
    """The date YYYYMMDD in a file's name, as the register's downloads carry it."""
    for digits in re.findall(r"(?<!\d)20\d{6}(?!\d)", name):
        try:
            return dt.datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 (a date has no zone)
        except ValueError:
            continue
    return None
