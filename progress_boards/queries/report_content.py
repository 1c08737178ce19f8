"""The words and figures of one report as plain data: what is signed, and what its hash is taken of."""

from __future__ import annotations

from typing import Any

from progress_boards.models import AnnualReport


def content_of(report: AnnualReport) -> dict[str, Any]:
    """Everything that a signature seals, in an order that depends on nothing but the content."""
    sections = [s for s in report.sections.all() if s.text.strip()]
    return {
        "facts": report.facts,
        "sections": sorted([s.key, s.school_id or 0, s.text] for s in sections),
        "recommendations": [
            [r.order, r.text, r.owner, r.by_when.isoformat() if r.by_when else ""]
            for r in report.recommendations.all()
        ],
    }
