"""What stands behind one figure of the report: its boards, or the same of each school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from progress_boards.models import AnnualReport, ProgressBoard
from trust.access import Actor


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    boards: list[dict[str, Any]]
    schools: list[dict[str, str]] = field(default_factory=list)
    """For a figure that comes from no board (training, visits, priorities): the same of each school."""
    definition: str = ""


def figure_of(report: AnnualReport, key: str, user: Actor) -> Figure | None:
    """The boards one figure comes from, each with its address where this person may see it."""
    facts = report.facts
    found = next((f for f in _figures(facts) if f["key"] == key), None)
    if found is None:
        return None
    cited = set(found["boards"])
    seen = set(
        ProgressBoard.objects.visible_to(user).filter(pk__in=cited).values_list("pk", flat=True)
    )
    boards = [b | {"is_seen": b["id"] in seen} for b in facts["boards"] if b["id"] in cited]
    return Figure(
        found["label"], found["value"], boards, found.get("schools", []),
        found.get("definition", ""),
    )  # fmt: skip


def _figures(facts: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for row in (*(r for g in facts["groups"] for r in g["rows"]), *facts["actions"]):
        yield {
            "key": row["key"],
            "label": row["label"],
            "value": row["year"],
            "boards": row["boards"],
        }
    for row in facts["indicators"]:
        yield {"key": row["key"], "label": f"Items on {row['name']}", "value": str(row["items"]),
               "boards": row["boards"]}  # fmt: skip
    for row in facts["movement"]:
        yield {"key": row["key"], "label": f"Carried items judged {row['label'].lower()}",
               "value": str(row["n"]), "boards": row["boards"]}  # fmt: skip
    for row in facts.get("training", {}).get("rows", []):
        yield {"key": row["key"], "label": row["label"], "value": row["year"], "boards": [],
               "schools": row["schools"], "definition": row["definition"]}  # fmt: skip
    for row in (*facts["visits"].get("support", []), *facts.get("priorities", [])):
        yield {"key": row["key"], "label": row["label"], "value": row["year"], "boards": [],
               "schools": row["schools"], "definition": row["definition"]}  # fmt: skip
    leaders = facts["leaders"]
    yield {"key": "leaders", "label": "Leaders who answered at a board",
           "value": str(leaders["n"]), "boards": leaders["boards"]}  # fmt: skip
    for school in facts["schools"]:
        yield {"key": f"school_{school['id']}", "label": f"Boards held, {school['name']}",
               "value": school["held"], "boards": school["boards"]}  # fmt: skip
