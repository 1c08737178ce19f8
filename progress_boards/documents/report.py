"""The annual report as a snapshot: the frozen facts, the Chair's words, the recommendations, the signature."""

from __future__ import annotations

from typing import Any

from meetings.documents.pieces import moment_words, paragraphs
from progress_boards.models import AnnualReport, Recommendation, ReportSection
from trust.templatetags.eyeline import day

ROWS = 40
"""Longer tables are cut into several, so that a page never waits for one."""


def report_snapshot(report: AnnualReport) -> dict[str, Any]:
    """Everything the annual report's PDF says, from the row and its frozen facts alone."""
    facts = report.facts
    texts = {
        (section.key, section.school_id): paragraphs(section.text)
        for section in report.sections.all()
    }
    name = f"External Chair’s annual report {facts['year']}"
    return {
        "title": name,
        "name": "External Chair’s annual report",
        "trust": facts["trust"],
        "year": facts["year"],
        "cut_off": facts["cut_off"],
        "state": report.state,
        "is_draft": report.state == "draft",
        "status": f"{name} · {_state_words(report)}",
        "big": big_figures(facts),
        "summary": texts.get((ReportSection.Key.SUMMARY, None), []),
        "how": texts.get((ReportSection.Key.HOW_BOARDS_RAN, None), []),
        "terms": facts["terms"],
        "groups": facts["groups"],
        "actions": facts["actions"],
        "indicators": facts["indicators"],
        "movement": facts["movement"],
        "leaders": facts["leaders"],
        "overrides": facts["overrides"],
        "visits": facts["visits"],
        "ratings": facts["ratings"],
        "board_tables": [
            facts["boards"][i : i + ROWS] for i in range(0, len(facts["boards"]), ROWS)
        ],
        "school_tables": [
            facts["schools"][i : i + ROWS] for i in range(0, len(facts["schools"]), ROWS)
        ],
        "schools": [
            school | {"text": texts.get((ReportSection.Key.SCHOOL, school["id"]), [])}
            for school in facts["schools"]
        ],
        "recommendation_text": texts.get((ReportSection.Key.RECOMMENDATIONS, None), []),
        "recommendations": [_recommendation(r) for r in report.recommendations.all()],
        "signature": _signature(report),
        **_training(facts, texts.get((ReportSection.Key.TRAINING, None), [])),
    }


def _training(facts: dict[str, Any], text: list[str]) -> dict[str, Any]:
    """The section on training; nothing at all when the year had none, so that older reports print as they did."""
    if not facts.get("training") and not text:
        return {}
    return {"training": facts.get("training") or {}, "training_text": text}


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


def _state_words(report: AnnualReport) -> str:
    if report.state == "draft":
        return "draft"
    return f"signed {day(report.signed_at)}"


def _recommendation(recommendation: Recommendation) -> dict[str, str]:
    return {
        "text": recommendation.text,
        "owner": recommendation.owner,
        "by_when": day(recommendation.by_when),
    }


def _signature(report: AnnualReport) -> dict[str, str] | None:
    if report.signed_at is None:
        return None
    presented = f"Submitted to the Trust Board {day(report.presented_at)}"
    return {
        "name": report.signed_name,
        "at": moment_words(report.signed_at),
        "presented": presented if report.presented_at else "",
    }
