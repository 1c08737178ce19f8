"""Practice of the story: cards, offers and needs, and what two schools found out together."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from cpd.actions.places import join_project, write_gain
from cpd.actions.practice import close_notice, post_notice, share_card, write_card
from cpd.actions.projects import (
    change_project,
    finish_project,
    propose_project,
    record_project_visit,
)
from cpd.models import JointProject, PracticeCard, PracticeNotice, ProjectSchool
from evidence.models import Finding, Indicator
from home.demo.cast import Cast
from home.demo.timeline import Timeline, at, story
from home.demo.training import YEARS
from trust.people.models import User

OF_CARDS = ("title", "what", "effect", "conditions", "contact_role", "seen_by")
OF_PROJECTS = ("title", "question", "baseline")
IN_THE_END = ("practice_changed", "pupils_changed", "product")


class Practice:
    """Every card, notice and joint project, as steps of the timeline."""

    def __init__(self, cast: Cast, visits: dict[str, list[Finding]], timeline: Timeline) -> None:
        self.cast, self.visits, self.timeline = cast, visits, timeline
        self.cards: dict[str, PracticeCard] = {}
        self.indicators = {i.slug: i for i in Indicator.objects.all()}

    def plan(self) -> None:
        for name in YEARS:
            told = story(name)
            for card in told["cards"]:
                self._add(card["written_on"], "16:30", self._write, card)
                if "shared_on" in card:
                    self._add(card["shared_on"], "16:35", self._share, card)
            for notice in told["notices"]:
                self._add(notice["posted_on"], "16:40", self._post, notice)
            for project in told["projects"]:
                self._add(project["proposed_on"], "16:45", self._propose, project)

    def _add(self, day: str, clock: str, step: Any, *told: Any) -> None:
        self.timeline.add(at(day, clock), partial(step, *told))

    def _head(self, school: str) -> User:
        return self.cast.by(self.cast.head_of(school))

    def _writer(self, told: dict[str, Any]) -> User:
        return self.cast.by(told["by"]) if "by" in told else self._head(told["school"])

    # -- cards, offers and needs ----------------------------------------------------------------

    def _write(self, told: dict[str, Any]) -> None:
        fields: dict[str, Any] = {name: told[name] for name in OF_CARDS if name in told}
        if "seen_on" in told:
            fields["seen_on"] = dt.date.fromisoformat(told["seen_on"])
        if "indicator" in told:
            fields["indicator"] = self.indicators[told["indicator"]]
        if "finding" in told:
            key, _, number = told["finding"].partition(":")
            fields["finding"] = self.visits[key][int(number) - 1]
        school = self.cast.schools[told["school"]]
        self.cards[told["key"]] = write_card(school=school, by=self._writer(told), **fields)

    def _share(self, told: dict[str, Any]) -> None:
        card = PracticeCard.objects.get(pk=self.cards[told["key"]].pk)
        share_card(card, by=self._writer(told))

    def _post(self, told: dict[str, Any]) -> None:
        notice = post_notice(
            school=self.cast.schools[told["school"]], kind=told["kind"], title=told["title"],
            words=told["words"], indicator=self.indicators.get(told.get("indicator", "")),
            by=self._head(told["school"]),
        )  # fmt: skip
        if "closed_on" in told:
            self._add(told["closed_on"], "16:40", self._close, notice.pk, told["school"])

    def _close(self, pk: int, school: str) -> None:
        close_notice(PracticeNotice.objects.get(pk=pk), by=self._head(school))

    # -- projects -------------------------------------------------------------------------------

    def _propose(self, told: dict[str, Any]) -> None:
        fields: dict[str, Any] = {name: told[name] for name in OF_PROJECTS}
        fields |= {n: dt.date.fromisoformat(told[n]) for n in ("starts_on", "ends_on")}
        lead, role = told["lead"]
        project = propose_project(
            schools=[self.cast.schools[told["school"]], self.cast.schools[told["with"]]],
            card=self.cards[told["card"]] if "card" in told else None,
            indicator=self.indicators.get(told.get("indicator", "")),
            own_lead=self.cast.people[lead], own_lead_role=role, own_brings=told["brings"],
            by=self._head(told["school"]), **fields,
        )  # fmt: skip
        self._add(told["joined_on"], "16:45", self._join, project.pk, told)
        for visit in told["visits"]:
            self._add(visit[2], "16:50", self._visit, project.pk, *visit)
        if "finished_on" in told:
            self._add(told["finished_on"], "16:55", self._finish, project.pk, told)

    def _place(self, pk: int, school: str) -> ProjectSchool:
        return ProjectSchool.objects.get(project=pk, school=self.cast.schools[school])

    def _join(self, pk: int, told: dict[str, Any]) -> None:
        lead, role = told["their_lead"]
        join_project(
            self._place(pk, told["with"]), lead=self.cast.people[lead], lead_role=role,
            brings=told["they_bring"], by=self._head(told["with"]),
        )  # fmt: skip

    def _visit(self, pk: int, visitor: str, host: str, day: str, learned: str) -> None:
        record_project_visit(
            JointProject.objects.get(pk=pk), visitor=self._place(pk, visitor),
            host=self._place(pk, host), visited_on=dt.date.fromisoformat(day), learned=learned,
            by=self._head(visitor),
        )  # fmt: skip

    def _finish(self, pk: int, told: dict[str, Any]) -> None:
        for school, words in told["gains"].items():
            write_gain(self._place(pk, school), gained=words, by=self._head(school))
        project, by = JointProject.objects.get(pk=pk), self._head(told["school"])
        changed = {name: told[name] for name in IN_THE_END}
        change_project(project, version=project.version, by=by, **changed)
        finish_project(JointProject.objects.get(pk=pk), by=by)
