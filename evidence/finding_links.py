"""Where a finding leads in the apps above, such as its practice card: a registry, because evidence knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evidence.models import Finding, VisitRecord
from trust.access import Actor


@dataclass(frozen=True)
class FindingLink:
    """A label and an address, shown under the finding to the reader it was made for."""

    label: str
    url: str


LinksOf = Callable[[VisitRecord, Sequence[Finding], Actor], Mapping[int, Sequence[FindingLink]]]
_links: list[LinksOf] = []


def register_finding_links(function: LinksOf) -> LinksOf:
    """Add what an app above links to the findings of a record, for one reader, by the finding's key."""
    if function not in _links:
        _links.append(function)
    return function


def links_of(
    visit: VisitRecord, findings: Sequence[Finding], user: Actor
) -> dict[int, tuple[FindingLink, ...]]:
    """Every link of a record's findings for this reader."""
    found: dict[int, tuple[FindingLink, ...]] = {}
    for function in _links:
        for pk, links in function(visit, findings, user).items():
            found[pk] = (*found.get(pk, ()), *links)
    return found
