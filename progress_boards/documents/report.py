"""The annual report as a snapshot, for PDF and Word alike: the frozen facts, the Chair's words, the signature."""

from __future__ import annotations

from typing import Any

from meetings.documents.pieces import moment_words, paragraphs
from progress_boards.models import AnnualReport, Recommendation, ReportSection
from progress_boards.queries.report_chairs import board_day_of, checks_of
from progress_boards.queries.report_pages import has_facts
from trust.templatetags.eyeline import day

ROWS = 40
"""Longer tables are cut into several, so that a page never waits for one."""
KEYS = ReportSection.Key
NAME = "External Chair’s annual report"


def report_snapshot(report: AnnualReport) -> dict[str, Any]:
    """Everything the annual report says, from the row and its frozen facts alone; PDF and Word are made of it."""
    facts = report.facts
    sections = list(report.sections.all())
    words = {s.key: paragraphs(s.text) for s in sections if s.school_id is None and s.text.strip()}
    halves = {s.school_id: paragraphs(s.text) for s in sections if s.key == KEYS.SCHOOL}
    return {
        "title": f"{NAME} {facts['year']}",
        "name": NAME,
        "trust": facts["trust"],
        "year": facts["year"],
        "cut_off": facts["cut_off"],
        "state": report.state,
        "is_draft": report.state in ("draft", "accuracy"),
        "reference": report.reference,
        "version": _version(report),
        "status": f"{NAME} {facts['year']} · {report.reference} · {_short_version(report)}",
        "for": _for_whom(report),
        "contents": _contents(report, words),
        "big": big_figures(facts),
        "words": words,
        "terms": facts["terms"],
        "groups": facts["groups"],
        "judged": facts.get("judged", []),
        "actions": facts["actions"],
        "indicators": facts["indicators"],
        "movement": facts["movement"],
        "leaders": facts["leaders"],
        "overrides": facts["overrides"],
        "visits": facts["visits"],
        "ratings": facts["ratings"],
        "priorities": facts.get("priorities", []),
        "follow_up": facts.get("follow_up", []),
        "training": facts.get("training") or {},
        "method": facts.get("method", []),
        "board_tables": _cut(facts["boards"]),
        "school_tables": _cut(facts["schools"]),
        "schools": [s | {"text": halves.get(s["id"], [])} for s in facts["schools"]],
        "recommendations": [_recommendation(r) for r in report.recommendations.all()],
        "checks": [{"who": c.label, "said": c.said} for c in checks_of(report)],
        "signature": _signature(report),
    }


def _cut(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [rows[i : i + ROWS] for i in range(0, len(rows), ROWS)]


def _for_whom(report: AnnualReport) -> str:
    """For which day of the Trust Board the clerk listed it, when its days are entered."""
    found = board_day_of(report) if report.presented_at else None
    return f"for the {found.name} of {day(found.day)}" if found else "for the Trust Board"


def _version(report: AnnualReport) -> str:
    """Which version it is: draft n, with those who check it, signed, with the Trust Board."""
    draft = f"draft {report.draft_number}"
    return {
        "draft": draft,
        "accuracy": f"{draft}, to be checked until {day(report.accuracy_until)}",
        "signed": f"signed {day(report.signed_at)}",
    }.get(
        report.state,
        f"signed {day(report.signed_at)}, with the Trust Board {day(report.presented_at)}",
    )


def _short_version(report: AnnualReport) -> str:
    """The same for the foot of each page."""
    if report.signed_at is None:
        return f"draft {report.draft_number}"
    return f"signed {day(report.signed_at)}"


CONTENTS = (
    (KEYS.SUMMARY, "Summary"), (KEYS.REMIT, ""), (KEYS.HOW_BOARDS_RAN, "How the boards ran"),
    (KEYS.THEMES, ""), (KEYS.SCHOOL, ""), (KEYS.SUPPORT, ""), (KEYS.TRAINING, ""),
    (KEYS.READINESS, ""), (KEYS.EFFECTIVENESS, ""), (KEYS.FOLLOW_UP, ""), (KEYS.RECOMMENDATIONS, ""),
)  # fmt: skip
NEEDED = (KEYS.SUMMARY, KEYS.HOW_BOARDS_RAN, KEYS.SCHOOL, KEYS.RECOMMENDATIONS)


def _contents(report: AnnualReport, words: dict[str, Any]) -> list[dict[str, str]]:
    """The chapters there are; one with neither facts nor words is gone."""
    found = [
        {"id": str(key), "label": label or str(key.label)}
        for key, label in CONTENTS
        if key in NEEDED or key in words or has_facts(report, key)
    ]
    return [
        *found,
        {"id": "annex-a", "label": "Annex A: the boards of the year"},
        {"id": "annex-b", "label": "Annex B: method and definitions"},
    ]


def response_snapshot(report: AnnualReport) -> dict[str, Any]:
    """The chief executive's response: a document of its own, apart from the Chair's report."""
    title = f"Chief Executive’s response to the {NAME.lower().replace('external chair', 'external Chair')} {report.academic_year.name}"
    return {
        "title": title,
        "trust": report.facts["trust"],
        "year": report.academic_year.name,
        "reference": report.reference,
        "state": report.state,
        "is_draft": False,
        "status": f"Response to {report.reference} · {day(report.responded_at)}",
        "lines": paragraphs(report.response),
        "by": report.responded_by.display_name if report.responded_by else "",
        "at": moment_words(report.responded_at),
        "recommendations": [
            _recommendation(r) | {"progress": str(r.get_progress_display())}
            for r in report.recommendations.all()
        ],
    }


def big_figures(facts: dict[str, Any]) -> list[dict[str, str]]:
    """The four figures at the head of the summary, each with the key of its boards."""
    rows = {row["key"]: row for group in facts["groups"] for row in group["rows"]}
    rows |= {row["key"]: row for row in facts["actions"]}
    share = rows["actions_closed"]["year"].partition("(")[2].rstrip(")") or "–"
    agreed, policy = rows["agreed"]["year"], rows["by_policy"]["year"]
    return [
        {"key": "held", "value": rows["held"]["year"], "name": "Boards held",
         "small": f"{agreed} agreed, {policy} by policy",
         "label": f"boards held, {agreed} agreed, {policy} by policy"},
        {"key": "actions_raised", "value": rows["actions_raised"]["year"], "name": "Actions agreed",
         "small": "at boards", "label": "actions agreed at boards"},
        {"key": "actions_closed", "value": share, "name": "Actions closed",
         "small": "of those agreed", "label": "of actions closed"},
        {"key": "holds_yes", "value": rows["holds_yes"]["year"],
         "name": "Leaders’ evaluation validated", "small": "boards",
         "label": "leaders’ evaluations validated"},
    ]  # fmt: skip


def _recommendation(recommendation: Recommendation) -> dict[str, str]:
    return {
        "text": recommendation.text,
        "owner": recommendation.owner,
        "by_when": day(recommendation.by_when),
    }


def _signature(report: AnnualReport) -> dict[str, str] | None:
    if report.signed_at is None:
        return None
    submitted = f"Submitted to the Trust Board {day(report.submitted_at)}"
    presented = f"Listed for the Trust Board {day(report.presented_at)}"
    return {
        "name": report.signed_name,
        "at": moment_words(report.signed_at),
        "hash": report.signed_hash,
        "submitted": submitted if report.submitted_at else "",
        "presented": presented if report.presented_at else "",
    }
