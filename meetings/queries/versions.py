"""The issued versions of an agenda: a list of what each changed, and one beside another."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.models import AgendaVersion, Meeting
from meetings.versions import Compared, changes_between, compare


@dataclass(frozen=True)
class VersionPage:
    """One version as it was read, against an earlier one."""

    version: AgendaVersion
    rows: tuple[Compared, ...]
    changes: tuple[str, ...]
    against: AgendaVersion | None
    others: tuple[AgendaVersion, ...]
    """The versions it may be compared with: all earlier ones, the newest first."""
    minutes: int


def versions_of(meeting: Meeting) -> list[AgendaVersion]:
    """Every issued version, the newest first, with who issued it."""
    return list(meeting.agenda_versions.select_related("issued_by__person"))


def version_page(meeting: Meeting, number: int, against: int | None) -> VersionPage | None:
    """One version beside an earlier one, by default the one before it; None when there is no such version."""
    versions = {version.number: version for version in versions_of(meeting)}
    version = versions.get(number)
    if version is None:
        return None
    others = tuple(v for n, v in versions.items() if n < number)
    before = versions.get(against) if against and against < number else None
    before = before or (others[0] if others else None)
    lines = before.items if before else version.items
    return VersionPage(
        version=version,
        rows=tuple(compare(lines, version.items)),
        changes=tuple(changes_between(lines, version.items)),
        against=before,
        others=others,
        minutes=sum(line["minutes"] for line in version.items),
    )
