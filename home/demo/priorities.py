"""The priorities of the story: set each September, reported as the year goes."""

from __future__ import annotations

from functools import partial
from typing import Any

from evidence.models import Indicator
from home.demo.cast import Cast
from home.demo.timeline import Timeline, at, story
from improvement.actions import add_priority, report_priority
from improvement.models import Priority
from trust.models import AcademicYear
from trust.people.models import User

FACTS = ("title", "outcome", "rationale", "lead_role", "phase", "budget")


class Priorities:
    """Every priority, as steps of the timeline; others of the story find them by key."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rows: dict[str, Priority] = {}
        self.indicators = {i.slug: i for i in Indicator.objects.all()}

    def plan(self, timeline: Timeline) -> None:
        told = story("priorities")
        for entry in told["priorities"]:
            day = told["added"][entry["year"]]["school" if "school" in entry else "trust"]
            timeline.add(at(day, "08:40"), partial(self._add, entry))
            for on, state, note in entry.get("reports", ()):
                timeline.add(at(on, "16:20"), partial(self._report, entry, state, note))

    def _writer(self, told: dict[str, Any]) -> User:
        return self.cast.by(self.cast.head_of(told["school"]) if "school" in told else "ceo")

    def _add(self, told: dict[str, Any]) -> None:
        self.rows[told["key"]] = add_priority(
            school=self.cast.schools[told["school"]] if "school" in told else None,
            academic_year=AcademicYear.objects.get(name=told["year"]),
            by=self._writer(told),
            indicator=self.indicators.get(told.get("indicator", "")),
            lead=self.cast.people[told["lead"]] if "lead" in told else None,
            parent=self.rows[told["serves"]] if "serves" in told else None,
            **{name: told[name] for name in FACTS if name in told},
        )

    def _report(self, told: dict[str, Any], state: str, note: str) -> None:
        priority = Priority.objects.get(pk=self.rows[told["key"]].pk)
        report_priority(priority, state=state, note=note, by=self._writer(told))
