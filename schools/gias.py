"""Rows of the national register (Get Information about Schools), read by column name and never by position."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from schools import cells
from schools.cells import EMPTY, Unreadable, padded, text
from schools.tabular import REPLACED, Columns, Refusal, Row

OPEN_STATUSES = ("open", "open, but proposed to close")
ACADEMY_GROUPS = ("academies", "free schools")
TRUST_TYPES = {
    "06": "Multi-academy trust",
    "10": "Single-academy trust",
    "11": "Secure single-academy trust",
}
"""Group types that run academies; 02 is a foundation trust, 05 a sponsor: neither is one."""
SPONSOR_TYPE = "05"


@dataclass(frozen=True)
class Reader:
    """How one field is read: from which column, by what, and how long it may be."""

    column: str
    read: Callable[[str], Any] = text
    longest: int = 0


SCHOOL_FIELDS: dict[str, Reader] = {
    "ukprn": Reader("UKPRN", longest=8),
    "name": Reader("EstablishmentName", longest=200),
    "local_authority": Reader("LA (name)", longest=80),
    "type_name": Reader("TypeOfEstablishment (name)", longest=80),
    "type_group": Reader("EstablishmentTypeGroup (name)", longest=60),
    "status": Reader("EstablishmentStatus (name)", longest=40),
    "phase": Reader("PhaseOfEducation (name)", longest=40),
    "low_age": Reader("StatutoryLowAge", cells.age),
    "high_age": Reader("StatutoryHighAge", cells.age),
    "has_nursery": Reader("NurseryProvision (name)", cells.yes_or_no),
    "has_sixth_form": Reader("OfficialSixthForm (name)", cells.yes_or_no),
    "gender": Reader("Gender (name)", longest=20),
    "religious_character": Reader("ReligiousCharacter (name)", longest=60),
    "diocese": Reader("Diocese (name)", longest=80),
    "capacity": Reader("SchoolCapacity", cells.whole_number),
    "pupils": Reader("NumberOfPupils", cells.whole_number),
    "percentage_fsm": Reader("PercentageFSM", cells.percentage),
    "census_on": Reader("CensusDate", cells.date),
    "opened_on": Reader("OpenDate", cells.date),
    "closed_on": Reader("CloseDate", cells.date),
    "street": Reader("Street", longest=120),
    "town": Reader("Town", longest=80),
    "county": Reader("County (name)", longest=80),
    "postcode": Reader("Postcode", longest=10),
    "website": Reader("SchoolWebsite", cells.website),
    "telephone": Reader("TelephoneNum", cells.telephone, longest=30),
    "easting": Reader("Easting", cells.whole_number),
    "northing": Reader("Northing", cells.whole_number),
    "register_changed_on": Reader("LastChangedDate", cells.date),
}
LAESTAB = {"LA (code)": padded(3), "EstablishmentNumber": padded(4)}
SCHOOL_COLUMNS = Columns(
    required=(
        "URN",
        "EstablishmentName",
        "EstablishmentStatus (name)",
        "TypeOfEstablishment (name)",
        "LA (name)",
    ),
    optional=(
        *(
            r.column
            for n, r in SCHOOL_FIELDS.items()
            if n not in ("name", "status", "type_name", "local_authority")
        ),
        *LAESTAB,
        "Trusts (code)",
        "Trusts (name)",
    ),
    aliases={
        "EstablishmentStatus (name)": ("EstablishmentStatus",),
        "TypeOfEstablishment (name)": ("TypeOfEstablishment",),
        "EstablishmentTypeGroup (name)": ("EstablishmentTypeGroup",),
        "PhaseOfEducation (name)": ("PhaseOfEducation",),
        "County (name)": ("County",),
        "SchoolWebsite": ("Website",),
        "TelephoneNum": ("Telephone",),
    },
)
GROUP_COLUMNS = Columns(
    required=("Group UID", "Group Name", "Group Type"),
    optional=(
        *("Group ID", "Companies House Number", "Group Type (code)", "Group Status", "Closed Date"),
        *("Open date", "Incorporated on (open date)", "UKPRN", "URN", "Joined date"),
    ),
    aliases={
        "Group Type": ("Group Type (name)",),
        "Companies House Number": ("CompaniesHouseNumber",),
    },
)
LINK_COLUMNS = Columns(
    required=("URN", "LinkURN", "LinkName", "LinkType"), optional=("LinkEstablishedDate",)
)


@dataclass(frozen=True)
class SchoolRow:
    """One school as the file has it; `values` holds only the fields whose columns the file has."""

    urn: int
    values: dict[str, Any]
    trust_uid: str
    trust_name: str

    @property
    def is_open(self) -> bool:
        """Open, or open but proposed to close."""
        return self.values["status"].casefold() in OPEN_STATUSES

    @property
    def is_academy(self) -> bool:
        """An academy or free school; a file without the type group is taken at its word."""
        return self.values.get("type_group", "academies").casefold() in ACADEMY_GROUPS


@dataclass(frozen=True)
class GroupRow:
    """One group: a trust, a sponsor, a federation."""

    uid: str
    group_id: str
    name: str
    companies_house_number: str
    type_code: str
    type_name: str
    is_open: bool
    ukprn: str
    has_damaged_name: bool = False

    @property
    def is_trust(self) -> bool:
        return self.type_code in TRUST_TYPES

    def __str__(self) -> str:
        parts = [f"UID {self.uid}", self.name, self.type_name, self.group_id]
        if self.companies_house_number:
            parts.append(f"Companies House {self.companies_house_number}")
        if not self.is_open:
            parts.append("closed")
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class LinkRow:
    """One link between two URNs, of whatever kind the register names."""

    urn: int
    linked_urn: int
    linked_name: str
    kind: str
    linked_on: dt.date | None

    @property
    def is_predecessor(self) -> bool:
        return self.kind.casefold().startswith("predecessor")

    @property
    def is_successor(self) -> bool:
        return self.kind.casefold().startswith(("successor", "result of amalgamation"))


def same_name(name: str) -> str:
    """A name for comparison: spaces collapsed, capitals aside."""
    return " ".join(name.split()).casefold()


def trust_of(row: Row) -> tuple[str, str]:
    """The trust's UID and name as a school's row has them, unread otherwise: for filtering."""
    uid, name = row.get("Trusts (code)").removesuffix(".0"), row.get("Trusts (name)")
    return ("" if uid.casefold() in EMPTY else uid), ("" if name.casefold() in EMPTY else name)


def read_school(row: Row, file: str) -> tuple[SchoolRow | None, tuple[Refusal, ...]]:
    """Read one school, or say cell by cell why its row is refused."""
    values: dict[str, Any] = {}
    refusals: list[Refusal] = []

    def take(column: str, read: Callable[[str], Any], longest: int = 0) -> Any:
        found = row.get(column)
        try:
            value = read(found)
            if longest and len(value) > longest:
                raise Unreadable(f"at most {longest} characters")
        except Unreadable as error:
            refusals.append(Refusal(file, row.number, column, found[:200], str(error)))
            return None
        return value

    number = take("URN", cells.urn)
    for name, reader in SCHOOL_FIELDS.items():
        if reader.column in row.places:
            values[name] = take(reader.column, reader.read, reader.longest)
    for name in ("name", "status"):
        if values[name] == "":
            column = SCHOOL_FIELDS[name].column
            refusals.append(Refusal(file, row.number, column, row.get(column), "a value"))
    if all(column in row.places for column in LAESTAB):
        parts = [take(column, read) for column, read in LAESTAB.items()]
        values["laestab"] = "".join(parts) if all(parts) and len("".join(parts)) == 7 else ""
    if refusals:
        return None, tuple(refusals)
    return SchoolRow(number, values, *trust_of(row)), ()


def read_group(row: Row) -> GroupRow | None:
    """Read one group; None for a row without UID. A damaged name is kept and marked."""
    uid = row.get("Group UID").removesuffix(".0")
    if not uid.isdigit():
        return None
    name = row.get("Group Name")
    kind = row.get("Group Type")
    code = padded(2)(row.get("Group Type (code)").replace(REPLACED, ""))
    return GroupRow(
        uid=uid,
        group_id=_or_nothing(row.get("Group ID")).upper(),
        name=name,
        companies_house_number=_or_nothing(
            padded(8)(row.get("Companies House Number").replace(REPLACED, ""))
        ),
        type_code=code
        or next((c for c, n in TRUST_TYPES.items() if n.casefold() == kind.casefold()), ""),
        type_name=kind,
        is_open=row.get("Group Status").casefold() != "closed",
        ukprn=_or_nothing(row.get("UKPRN")).removesuffix(".0"),
        has_damaged_name=REPLACED in name,
    )


def _or_nothing(value: str) -> str:
    return "" if value.casefold() in EMPTY or not value.strip("0") else value


def read_link(row: Row, file: str) -> LinkRow | Refusal:
    """Read one link; its date is off by a day either way in the register, so it is never a key."""
    column = "URN"
    try:
        number = cells.urn(row.get(column))
        column = "LinkURN"
        linked = cells.urn(row.get(column))
        column = "LinkName"
        name = text(row.get(column))
        column = "LinkType"
        kind = text(row.get(column))
        column = "LinkEstablishedDate"
        return LinkRow(number, linked, name[:200], kind[:80], cells.date(row.get(column)))
    except Unreadable as error:
        return Refusal(file, row.number, column, row.get(column)[:200], str(error))


def history_of(urns: Iterable[int], links: Iterable[LinkRow]) -> dict[int, tuple[LinkRow, ...]]:
    """The links of each school and of its predecessors, theirs and so on; a circle ends where it closes.

    A successor link counts backwards where the register lacks the predecessor link.
    """
    ahead: dict[int, list[LinkRow]] = {}
    behind: dict[int, list[LinkRow]] = {}
    for link in links:
        ahead.setdefault(link.urn, []).append(link)
        if link.is_successor:
            behind.setdefault(link.linked_urn, []).append(link)
    found: dict[int, tuple[LinkRow, ...]] = {}
    for school in urns:
        kept: dict[tuple[int, int, str], LinkRow] = {}
        seen, waiting = {school}, [school]
        while waiting:
            each = waiting.pop()
            own = [k for k in ahead.get(each, ()) if k.is_predecessor or each == school]
            before = {k.linked_urn for k in own if k.is_predecessor}
            only_ahead = [k for k in behind.get(each, ()) if k.urn not in before]
            for link in (*own, *only_ahead):
                kept.setdefault((link.urn, link.linked_urn, link.kind), link)
            nexts = before | {k.urn for k in only_ahead}
            waiting.extend(nexts - seen)
            seen |= nexts
        found[school] = tuple(kept[key] for key in sorted(kept))
    return found


@dataclass(frozen=True)
class TrustSearch:
    """What a search for a trust found: the trust itself, or the candidates to choose from."""

    trust: GroupRow | None
    candidates: tuple[GroupRow, ...] = ()
    uids: frozenset[str] = frozenset()
    """Every UID this trust has had: one that grew from a single-academy trust has two."""

    @property
    def display_name(self) -> str:
        """The sponsor's casing where the trust's own row shouts."""
        if self.trust is None:
            return ""
        twins = [c for c in self.candidates if c.type_code == SPONSOR_TYPE]
        return twins[0].name if twins else self.trust.name


def find_trust(groups: Iterable[GroupRow], wanted: str) -> TrustSearch:
    """Find a trust by UID, TR number, Companies House number or name; a name of several groups is ambiguous."""
    everyone = tuple({g.uid: g for g in groups}.values())
    sought = " ".join(wanted.split())
    code = sought.upper()
    by_code = [g for g in everyone if sought and _has_code(g, code)]
    by_name = [g for g in everyone if sought and same_name(g.name) == same_name(sought)]
    fits = _open_first(by_code or by_name)
    if len(fits) != 1 or not fits[0].is_trust:
        names = {same_name(g.name) for g in fits}
        return TrustSearch(
            None, tuple(_open_first([g for g in everyone if same_name(g.name) in names]))
        )
    trust = fits[0]
    twins = tuple(g for g in everyone if same_name(g.name) == same_name(trust.name) and g.is_open)
    uids = {g.uid for g in everyone if trust.group_id and g.group_id == trust.group_id}
    return TrustSearch(trust, twins, frozenset(uids | {trust.uid}))


def _has_code(group: GroupRow, code: str) -> bool:
    house = code.zfill(8) if code.isdigit() else code
    return code in (group.uid, group.group_id) or house == (group.companies_house_number or None)


def _open_first(groups: list[GroupRow]) -> list[GroupRow]:
    """The open ones, or all when none is open."""
    return [g for g in groups if g.is_open] or groups
