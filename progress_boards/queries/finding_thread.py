"""From a finding of a visit to its thread: what was asked, agreed and rated after it."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from evidence.finding_links import FindingLink
from evidence.models import Finding, VisitRecord
from trust.access import Actor


def thread_links(
    visit: VisitRecord, findings: Sequence[Finding], user: Actor
) -> dict[int, tuple[FindingLink, ...]]:
    """A link under each finding of a record that the school has."""
    if visit.state == "draft":
        return {}
    return {
        finding.pk: (
            FindingLink(
                "Follow the thread",
                reverse("progress_boards:thread", args=["finding", finding.pk]),
            ),
        )
        for finding in findings
    }
