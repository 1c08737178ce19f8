"""The door for files: the register's three, and a CSV of term dates."""

from __future__ import annotations

from typing import BinaryIO

from schools.actions import preview_import
from schools.calendar_file import Line, SchoolNames, read_calendar
from schools.models import ImportRun, School
from schools.register import Handed, read_register
from schools.tabular import Refusal
from trust.access import Actor
from trust.calendar import HALF_TERM_KEYS
from trust.models import HalfTerm


def read_files(
    schools: Handed, groups: Handed, links: Handed | None, *, wanted: str, by: Actor | None
) -> ImportRun:
    """Read the register's files for one trust and keep the preview; raises FileRefused, TrustNotFound."""
    known = frozenset(School.objects.values_list("urn", flat=True))
    reading = read_register(schools, groups, links, wanted=wanted, known=known)
    return preview_import(reading, by=by)


def read_term_dates(stream: BinaryIO, name: str, *, by: Actor) -> tuple[list[Line], list[Refusal]]:
    """Read a CSV of term dates for the schools this person may see; raises FileRefused."""
    by_name: dict[str, int] = {}
    for school in School.objects.visible_to(by):
        for word in (str(school.urn), school.code, school.name):
            if word:
                by_name[word.casefold()] = school.pk
    latest = HalfTerm.objects.order_by("starts_on").values_list("order", "name")
    names = {HALF_TERM_KEYS[order - 1]: half_term for order, half_term in latest}
    return read_calendar(stream, name, SchoolNames(by_name), names)
