"""The training of the story: providers, money, requests from their draft to their verdict, shared purchases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

from cpd.actions.decisions import book_first, decide_request
from cpd.actions.funding import (
    agree_part,
    ask_central_part,
    decline_part,
    set_central_fund,
    set_training_budget,
)
from cpd.actions.impact import evaluate_request, record_review
from cpd.actions.joining import answer_purchase
from cpd.actions.providers import add_provider
from cpd.actions.purchases import buy, open_purchase
from cpd.actions.requests import copy_request, draft_request, raise_request, save_request
from cpd.models import (
    CentralPart,
    CpdRequest,
    ImpactReview,
    Provider,
    SharedPurchase,
    TrainingPolicy,
)
from evidence.models import Finding, Indicator
from home.demo.cast import Cast
from home.demo.priorities import Priorities
from home.demo.timeline import Timeline, at, story
from trust.audit import record
from trust.calendar import now
from trust.models import AcademicYear
from trust.people.models import User

YEARS = ("training_2025", "training_2026")
PLAN_FROM = "2025-09-01"
REVIEW_PLAN = [
    {"level": 2, "weeks": 2},
    {"level": 3, "weeks": 6},
    {"level": 4, "weeks": 12},
    {"level": 5, "terms": 2},
]
"""This trust asks about learning and after; it leaves the first impression to the provider."""
FACTS = (
    "title", "kind", "listing", "provider_name", "audience", "staff", "hours_each", "mode", "need",
    "need_evidence", "practice_change", "success_measure", "baseline", "evidence_base",
    "alternatives", "follow_up", "could_join", "sharing_plan", "would_join", "funding",
)  # fmt: skip
MONEY = ("fee", "materials", "travel", "supply_days")
DAYS = ("starts_on", "ends_on")
OF_PROVIDERS = ("name", "contact", "expertise", "rates_note", "conflicts")


def _day(words: str) -> dt.date:
    return dt.date.fromisoformat(words)


class Training:
    """Every request, as steps of the timeline; the Strategy Group's meetings find them by number."""

    def __init__(
        self,
        cast: Cast,
        priorities: Priorities,
        visits: dict[str, list[Finding]],
        timeline: Timeline,
    ) -> None:
        self.cast, self.priorities, self.visits = cast, priorities, visits
        self.timeline = timeline
        self.providers: dict[str, Provider] = {}
        self.indicators = {i.slug: i for i in Indicator.objects.all()}

    def plan(self) -> None:
        self._add(PLAN_FROM, "07:30", self._set_review_plan)
        for name in YEARS:
            told = story(name)
            self._add(told["fund"]["set_on"], "08:00", self._set_fund, told)
            self._add(told["budgets"]["set_on"], "08:05", self._set_budgets, told)
            for entry in told.get("providers", ()):
                self._add(entry["added_on"], "08:10", self._add_provider, entry)
            for entry in told["requests"]:
                self._plan_request(entry)
            for entry in told["purchases"]:
                self._add(entry["opened_on"], "12:00", self._open_purchase, entry)

    def _add(self, day: str | dt.date, clock: str, step: Any, *told: Any) -> None:
        self.timeline.add(at(day, clock), partial(step, *told))

    def request(self, number: int) -> CpdRequest:
        return CpdRequest.objects.select_related("school").get(number=number)

    def _told(self, number: int) -> dict[str, Any]:
        """What the story tells of a request."""
        told = (r for name in YEARS for r in story(name)["requests"] if r["number"] == number)
        return next(told)

    def head(self, school: str) -> User:
        return self.cast.by(self.cast.head_of(school))

    def _writer(self, told: dict[str, Any]) -> User:
        return self.cast.by(told["by"]) if "by" in told else self.head(told["school"])

    # -- what the trust and its schools set -----------------------------------------------------

    def _set_review_plan(self) -> None:
        policy = TrainingPolicy.current()
        policy.review_plan = REVIEW_PLAN
        policy.save(update_fields=["review_plan"])
        record("set_training_policy", policy, by=self.cast.by("ceo"), fields=["review_plan"])

    def _set_fund(self, told: dict[str, Any]) -> None:
        year = AcademicYear.objects.get(name=told["year"])
        set_central_fund(year, amount=Decimal(told["fund"]["amount"]), by=self.cast.by("cfo"))

    def _set_budgets(self, told: dict[str, Any]) -> None:
        year = AcademicYear.objects.get(name=told["year"])
        for key, school in self.cast.schools.items():
            amount = Decimal(told["budgets"][key])
            set_training_budget(school, year, amount=amount, by=self.head(key))

    def _add_provider(self, told: dict[str, Any]) -> None:
        fields: dict[str, Any] = {n: told[n] for n in OF_PROVIDERS if n in told}
        days = ("checks_seen_on", "contract_from", "contract_until")
        fields |= {n: _day(told[n]) for n in days if n in told}
        if "day_rate" in told:
            fields["day_rate"] = Decimal(told["day_rate"])
        self.providers[told["key"]] = add_provider(by=self.cast.by("dsi"), **fields)

    # -- a request ------------------------------------------------------------------------------

    def _plan_request(self, told: dict[str, Any]) -> None:
        """Its steps at their days; what the Group and the reviews bring is added as it comes."""
        for name, clock, step in (
            ("written_on", "08:20", self._write),
            ("found_on", "08:25", self._link_finding),
            ("raised_on", "08:30", self._raise),
            ("booked_on", "08:30", self._book),
        ):
            if name in told:
                self._add(told[name], clock, step, told)
        if "new_priority" in told:
            self._add(told["new_priority"][0], "08:45", self._serve_priority, told)
        if "central" in told:
            self._add(told["central"][0], "08:50", self._ask_fund, told)
        if "decided" in told:
            self._add(told["decided"][0], "16:00", self._decide, told, *told["decided"][1:])
        if "verdict" in told:
            self._add(told["verdict"][0], "17:30", self._conclude, told)

    def _write(self, told: dict[str, Any]) -> None:
        by = self._writer(told)
        if "copy_of" in told:
            request = copy_request(self.request(told["copy_of"]), by=by)
            save_request(request, version=request.version, by=by, **self._fields(told))
        else:
            school = self.cast.schools[told["school"]]
            request = draft_request(school=school, by=by, **self._fields(told))
        if request.number != told["number"]:
            raise ValueError(f"{request.ref} was to be number {told['number']}")

    def _fields(self, told: dict[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {name: told[name] for name in FACTS if name in told}
        fields |= {name: Decimal(str(told[name])) for name in MONEY if name in told}
        fields |= {name: _day(told[name]) for name in DAYS if name in told}
        if "hours_each" in fields:
            fields["hours_each"] = Decimal(fields["hours_each"])
        if "provider" in told:
            fields["provider"] = self.providers[told["provider"]]
        if "priority" in told:
            fields["priority"] = self.priorities.rows[told["priority"]]
        if "indicator" in told:
            fields["indicator"] = self.indicators[told["indicator"]]
        if "finding" in told and "found_on" not in told:
            fields["finding"] = self._finding(told)
        return fields

    def _finding(self, told: dict[str, Any]) -> Finding:
        key, _, number = told["finding"].partition(":")
        return self.visits[key][int(number) - 1]

    def _change(self, told: dict[str, Any], **fields: Any) -> None:
        request = self.request(told["number"])
        save_request(request, version=request.version, by=self.head(told["school"]), **fields)

    def _link_finding(self, told: dict[str, Any]) -> None:
        self._change(told, finding=self._finding(told))

    def _serve_priority(self, told: dict[str, Any]) -> None:
        self._change(told, priority=self.priorities.rows[told["new_priority"][1]])

    def _raise(self, told: dict[str, Any]) -> None:
        raise_request(self.request(told["number"]), by=self._writer(told))

    def _book(self, told: dict[str, Any]) -> None:
        book_first(self.request(told["number"]), by=self.head(told["school"]))
        self.follow_reviews(told)

    # -- the school's decision, told here or two days after the advice ----------------------------

    def decide_after(self, number: int, day: dt.date) -> None:
        """A school that waited for the Group and has no decision of its own in the story goes ahead."""
        told = self._told(number)
        bought = any(number in p["requests"] for name in YEARS for p in story(name)["purchases"])
        if "decided" not in told and "booked_on" not in told and not bought:
            self._add(day, "16:00", self._decide, told, "proceed", "")

    def _decide(self, told: dict[str, Any], decision: str, reason: str) -> None:
        amended = dict(told.get("amended", {}))
        if "fee" in amended:
            amended["fee"] = Decimal(amended["fee"])
        request, head = self.request(told["number"]), self.head(told["school"])
        decide_request(request, decision=decision, reason=reason, by=head, **amended)
        if "sooner" in told:
            self._ask_sooner(request, told)
        self.follow_reviews(told)

    def _ask_sooner(self, request: CpdRequest, told: dict[str, Any]) -> None:
        level, day, why = told["sooner"]
        record_review(
            request.reviews.get(level=level), outcome="early", evidence=why, next_due=_day(day),
            by=self.head(told["school"]),
        )  # fmt: skip

    # -- what it changed --------------------------------------------------------------------------

    def follow_reviews(self, told: dict[str, Any]) -> None:
        """Record on its day each review that the story tells of, and no other."""
        waiting = list(told.get("reviews", ()))
        for review in self.request(told["number"]).reviews.filter(outcome=""):
            said = next((each for each in waiting if each[0] == review.level), None)
            if said:
                day = told.get("reviewed_on") or review.due_on
                moment = max(at(day, "16:10"), now() + dt.timedelta(minutes=5))
                self.timeline.add(moment, partial(self._review, review.pk, told, said))

    def _review(self, pk: int, told: dict[str, Any], said: list[Any]) -> None:
        _, outcome, evidence, measured, *again = said
        record_review(
            ImpactReview.objects.get(pk=pk), outcome=outcome, evidence=evidence, measured=measured,
            next_due=_day(again[0]) if again else None, by=self._writer(told),
        )  # fmt: skip
        if again:
            rest = [each for each in told["reviews"] if each != said]
            self.follow_reviews({**told, "reviews": rest})

    def _conclude(self, told: dict[str, Any]) -> None:
        _, verdict, note, again, of_provider = told["verdict"]
        evaluate_request(
            self.request(told["number"]), verdict=verdict, note=note, would_use_again=again,
            provider_note=of_provider, by=self._writer(told),
        )  # fmt: skip

    # -- the central fund -------------------------------------------------------------------------

    def _ask_fund(self, told: dict[str, Any]) -> None:
        _, pounds, answer, day, reason = told["central"]
        by = self.head(told["school"])
        part = ask_central_part(self.request(told["number"]), amount=Decimal(pounds), by=by)
        if answer:
            self._add(day, "10:30", self._answer_fund, part.pk, answer, reason)

    def _answer_fund(self, pk: int, answer: str, reason: str) -> None:
        part, cfo = CentralPart.objects.get(pk=pk), self.cast.by("cfo")
        if answer == "agree":
            agree_part(part, by=cfo)
        else:
            decline_part(part, reason=reason, by=cfo)

    # -- buying once ------------------------------------------------------------------------------

    def _open_purchase(self, told: dict[str, Any]) -> None:
        purchase = open_purchase(
            title=told["title"], by=self.cast.by("dsi"), note=told["note"], split=told["split"],
            requests=[self.request(number) for number in told["requests"]],
            schools=[self.cast.schools[key] for key in told["schools"]],
            lead_school=self.cast.schools[told["lead"]], quote=Decimal(told["quote"]),
            provider=self.providers[told["provider"]],
        )  # fmt: skip
        for key, day, staff in told.get("answers", ()):
            self._add(day, "11:10", self._join, purchase.pk, key, staff)
        if "bought" in told:
            self._add(told["bought"][0], "11:30", self._buy, purchase.pk, told)

    def _join(self, pk: int, key: str, staff: int) -> None:
        place = SharedPurchase.objects.get(pk=pk).schools.get(school=self.cast.schools[key])
        answer_purchase(place, join=True, staff=staff, by=self.head(key))
        if place.request:
            self.follow_reviews(self._told(place.request.number))

    def _buy(self, pk: int, told: dict[str, Any]) -> None:
        purchase = SharedPurchase.objects.get(pk=pk)
        buy(purchase, cost=Decimal(told["bought"][1]), by=self.head(told["lead"]))
