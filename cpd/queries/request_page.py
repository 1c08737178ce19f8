"""One request as its reader sees it: its facts, its versions, the advice given, what happens next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cpd.models import Advice, CpdRequest, Provider, RequestVersion, TrainingPolicy
from cpd.prompts import balance, mechanism_words, standard_words
from cpd.queries.costs import cost_of
from cpd.queries.requests import Status, day_and_month, meeting_day, sees_finding, status_of
from cpd.review_dates import full_plan, short_plan
from cpd.rules import (
    may_decide_request,
    may_draft_request,
    may_edit_request,
    may_raise_request,
    may_withdraw_request,
    reads_whole,
)
from evidence.models import Finding, Indicator
from improvement.models import Priority
from schools.queries import school_calendar
from trust.people.models import User
from trust.templatetags.eyeline import day, money, pounds


@dataclass(frozen=True)
class Fact:
    """One thing asked for, in words."""

    label: str
    words: str


LONG_WORDS = 45


@dataclass(frozen=True)
class Section:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]

    @property
    def is_long(self) -> bool:
        """Whether a phone needs each label above its words."""
        return any(len(fact.words) > LONG_WORDS for fact in self.facts)


@dataclass(frozen=True)
class AdviceGiven:
    """What the Group said at one meeting, and whether the request has changed since."""

    words: str
    note: str
    meeting_on: dt.date | None
    version: int
    changed_since: bool


@dataclass(frozen=True)
class Step:
    """What happens next: when, and what."""

    title: str
    small: str


@dataclass(frozen=True)
class Acts:
    """What this reader may do now."""

    edit: bool = False
    raise_it: bool = False
    take_back: bool = False
    book: bool = False
    decide: bool = False
    reconsider: bool = False
    withdraw: bool = False
    reinstate: bool = False
    copy: bool = False


@dataclass(frozen=True)
class RequestPage:
    """Everything the page of a request says to one reader."""

    status: Status
    sections: tuple[Section, ...]
    advice: tuple[AdviceGiven, ...]
    versions: tuple[RequestVersion, ...]
    advised_on: frozenset[int]
    steps: tuple[Step, ...]
    acts: Acts
    is_whole: bool
    head: str


def request_page(request: CpdRequest, user: User, today: dt.date) -> RequestPage:
    """The page of one request; the request comes with its school, provider, priority and advice."""
    whole = reads_whole(user, request)
    given = advice_given(request)
    meets_on = meeting_day(today)
    head = cost_of(request).a_head
    return RequestPage(
        status=status_of(request, meets_on),
        sections=sections(request, user, whole=whole),
        advice=given,
        versions=tuple(request.versions.select_related("by__person").order_by("-number")),
        advised_on=frozenset(each.version for each in given),
        steps=next_steps(request, meets_on, today),
        acts=acts_of(request, user, is_advised=bool(given)),
        is_whole=whole,
        head=pounds(head),
    )


def advice_given(request: CpdRequest) -> tuple[AdviceGiven, ...]:
    """Each advice, newest first, with the version it was given on."""
    rows: QuerySet[Advice] = request.advice.select_related("meeting").order_by(
        "-recorded_at", "-pk"
    )
    return tuple(
        AdviceGiven(
            row.get_advice_display(), row.note, row.meeting.day, row.request_version, request.version > row.request_version,
        )
        for row in rows
    )  # fmt: skip


def acts_of(request: CpdRequest, user: User, *, is_advised: bool) -> Acts:
    """The buttons of this reader: the school's own, whatever the advice is."""
    state = request.state
    decides = bool(may_decide_request(user, request))
    raises = bool(may_raise_request(user, request))
    return Acts(
        edit=bool(may_edit_request(user, request)),
        raise_it=raises and state == "draft",
        take_back=raises and state in ("raised", "listed") and not is_advised,
        book=decides and state == "draft" and not request.listing,
        decide=decides and state == "raised",
        reconsider=decides and state == "going_ahead",
        withdraw=state in ("draft", "raised", "listed", "going_ahead")
        and bool(may_withdraw_request(user, request)),
        reinstate=state == "withdrawn" and bool(may_withdraw_request(user, request)),
        copy=bool(may_draft_request(user, request.school_id)),
    )


# -- the facts ---------------------------------------------------------------------------------------


def sections(row: CpdRequest, user: User, *, whole: bool) -> tuple[Section, ...]:
    """What the request says; to another school's people title, need, provider, cost and audience alone.

    What it points to is shown to whoever may read that too.
    """
    told = [
        Section("The training", _training(row)),
        Section(
            "What will pupils do better?",
            _need(row, user) if whole else _facts([("Need", row.need)]),
        ),
        Section("What it costs", _money(row, whole)),
    ]
    if whole:
        told.append(Section("How it is designed", _design(row)))
    return tuple(section for section in told if section.facts)


def _facts(pairs: Iterable[tuple[str, Any]]) -> tuple[Fact, ...]:
    return tuple(Fact(label, str(words)) for label, words in pairs if words not in (None, ""))


def _training(row: CpdRequest) -> tuple[Fact, ...]:
    return _facts(
        [
            ("Kind", row.get_kind_display()),
            ("How it is raised", row.get_listing_display() if row.listing else ""),
            ("Provider", row.provider_words),
            ("Who it is for", row.get_audience_display()),
            ("Staff", row.staff or ""),
            ("Hours each", f"{row.hours_each.normalize():f}" if row.hours_each else ""),
            ("Starts", day(row.starts_on)),
            ("Ends", day(row.ends_on)),
            ("How", row.get_mode_display() if row.mode else ""),
            ("Shared purchase", "Would join one" if row.would_join else ""),
        ]
    )


def _need(row: CpdRequest, user: User) -> tuple[Fact, ...]:
    return _facts(
        [
            ("Need", row.need),
            ("Priority", row.priority),
            ("Indicator", row.indicator),
            ("Finding of a visit", row.finding if sees_finding(user, row) else ""),
            ("Evidence of the need", row.need_evidence),
            ("What staff will do differently", row.practice_change),
            ("Success measure", row.success_measure),
            ("Now", row.baseline),
        ]
    )


def _money(row: CpdRequest, whole: bool) -> tuple[Fact, ...]:
    cost = cost_of(row)
    days = f"{cost.supply_days.normalize():f}"
    return _facts(
        [
            ("Fee", money(cost.fee)),
            ("Materials", money(cost.materials) if cost.materials else ""),
            ("Travel", money(cost.travel) if cost.travel else ""),
            (f"Supply, {days} at {money(cost.supply_rate)} a day", money(cost.supply) if cost.supply else ""),
            ("Total", money(cost.total)),
            ("Cost a head", pounds(cost.a_head)),
            ("Per participant-hour", money(cost.an_hour)),
            ("Paid from", row.get_funding_display() if whole else ""),
        ]
    )  # fmt: skip


def _design(row: CpdRequest) -> tuple[Fact, ...]:
    return _facts(
        [
            ("Evidence base", row.evidence_base),
            ("Alternatives looked at within the trust", row.alternatives),
            ("Sessions and follow-up", row.follow_up),
            ("Who else could join", row.could_join),
            ("How it will be shared", row.sharing_plan),
            ("Mechanisms", mechanism_words(row.mechanisms)),
            ("Balance", balance(row.mechanisms)),
            ("The Standard for professional development", standard_words(row.standard)),
        ]
    )


def as_it_stood(version: RequestVersion) -> CpdRequest:
    """A request with the words of one of its versions; it is read, never saved."""
    row = CpdRequest(number=version.request.number, school=version.request.school)
    pointers = {
        "priority": Priority, "indicator": Indicator, "finding": Finding, "provider": Provider,
    }  # fmt: skip
    for name, value in version.content.items():
        if name in pointers:
            model: Any = pointers[name]
            setattr(row, name, model.objects.filter(pk=value).first() if value else None)
        else:
            field: Any = CpdRequest._meta.get_field(name)
            setattr(row, name, field.to_python(value))
    return row


# -- what happens next -------------------------------------------------------------------------------


def review_days(request: CpdRequest) -> list[dt.date]:
    """The days on which this training would be reviewed, by its form."""
    if request.starts_on is None or request.listing:
        return []
    policy = TrainingPolicy.current()
    calendar = school_calendar(request.school_id)
    if request.is_full:
        plan = full_plan(request.starts_on, policy.review_plan, calendar)
    else:
        plan = short_plan(request.starts_on, policy.short_review_weeks, calendar)
    return sorted(step.due_on for step in plan)


def next_steps(request: CpdRequest, meets_on: dt.date | None, today: dt.date) -> tuple[Step, ...]:
    """The way of a request from now on, with real dates."""
    steps = []
    if request.state == "draft":
        steps.append(Step("You raise it", "Other headteachers and the trust team read what you ask for and its cost, never ratings or findings linked to it."))  # fmt: skip
    if request.listing and request.state in ("draft", "listed"):
        steps.append(Step("It is listed", "Statutory and nationally funded training needs no advice and no review."))  # fmt: skip
        return tuple(steps)
    if request.state in ("draft", "raised"):
        if not request.pk or not request.advice.all():
            steps.append(_meeting_step(request, meets_on))
        steps.append(_decision_step(request))
    if request.state in ("draft", "raised", "going_ahead"):
        steps += _review_steps(request)
    return tuple(steps)


def _meeting_step(request: CpdRequest, meets_on: dt.date | None) -> Step:
    if meets_on is None:
        return Step("The next Strategy Group", "The Group advises; its next meeting has no date yet. Need it sooner? Book it; the advice follows.")  # fmt: skip
    if request.starts_on is not None and request.starts_on <= meets_on:
        return Step(day(meets_on), f"The Strategy Group advises, after the training starts on {day_and_month(request.starts_on)}. Book it; the advice follows.")  # fmt: skip
    return Step(day(meets_on), "The Strategy Group advises. Need it sooner? Book it; the advice follows.")  # fmt: skip


def _decision_step(request: CpdRequest) -> Step:
    if request.funding == CpdRequest.Funding.CENTRAL:
        return Step("Your school decides", "Whatever the advice is. Only the part asked of the central fund waits for its answer.")  # fmt: skip
    return Step("Your school decides", "Whatever the advice is. It is paid from your own budget.")


def _review_steps(request: CpdRequest) -> list[Step]:
    days = review_days(request)
    if not days:
        return [
            Step("After the training", "A review of what changed; its day follows from the start.")
        ]
    if not request.is_full:
        weeks = TrainingPolicy.current().short_review_weeks
        moved = days[0] != (request.starts_on or days[0]) + dt.timedelta(weeks=weeks)
        past = ", moved past a holiday" if moved else ""
        return [Step(day(days[0]), f"One short review: {weeks} weeks after the start{past}")]
    return [Step(day(days[0]), f"The first of {len(days)} reviews; the last on {day(days[-1])}")]
