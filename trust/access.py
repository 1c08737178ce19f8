"""Who may see and do what: capacities held on a date, and rules that answer with a reason (ADR 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404


class Capacity(StrEnum):
    """The capacities in which a person may act; rights belong to the capacity, not the person."""

    CEO = "ceo"
    CEO_REPRESENTATIVE = "ceo_representative"
    DSI = "dsi"
    HEAD = "head"
    LEADER = "leader"
    LINK_TRUSTEE = "link_trustee"
    TRUSTEE = "trustee"
    CHAIR = "chair"
    PROVIDER = "provider"
    CLERK = "clerk"
    LOCAL_COMMITTEE = "local_committee"
    CFO = "cfo"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    ADMINISTRATOR = "administrator"
    LEAD_CHAIR = "lead_chair"


CAPACITY_NAMES: dict[str, str] = {
    Capacity.CEO: "Chief Executive",
    Capacity.CEO_REPRESENTATIVE: "Chief Executive's representative",
    Capacity.DSI: "Director of School Improvement",
    Capacity.HEAD: "Headteacher",
    Capacity.LEADER: "School leader",
    Capacity.LINK_TRUSTEE: "Link Trustee",
    Capacity.TRUSTEE: "Trustee",
    Capacity.CHAIR: "External Chair",
    Capacity.PROVIDER: "External provider",
    Capacity.CLERK: "Clerk",
    Capacity.LOCAL_COMMITTEE: "Local committee member",
    Capacity.CFO: "Chief Financial Officer",
    Capacity.SAFEGUARDING_LEAD: "Trust safeguarding lead",
    Capacity.ADMINISTRATOR: "Trust administrator",
    Capacity.LEAD_CHAIR: "Lead Chair",
}

FOR_A_YEAR = frozenset({Capacity.LEAD_CHAIR})
"""Capacities held for one academic year: to read what belongs to it, and nothing else (ADR 15)."""
ROLE_NAMES = {c: name for c, name in CAPACITY_NAMES.items() if c not in FOR_A_YEAR}
"""The capacities in which somebody sits, rates, speaks, or is appointed by hand."""


@dataclass(frozen=True)
class Holding:
    """One capacity held today: at one school, or for the whole trust when `school_id` is None."""

    capacity: Capacity
    school_id: int | None = None
    for_person_id: int | None = None
    """Set for a delegate: the person whose post it is."""
    is_mark: bool = False
    """The mark Chair of trustees, carried by one trustee."""
    year_id: int | None = None
    """Set for a post for one academic year."""

    @property
    def is_delegate(self) -> bool:
        return self.for_person_id is not None


@dataclass(frozen=True)
class Posts:
    """Who a person is on one day.

    Posts for one year stand apart, so that whatever asks for no year never finds them: not a seat, not a
    list of capacities, not "any post at all".
    """

    holdings: tuple[Holding, ...] = ()
    person_id: int | None = None
    for_a_year: tuple[Holding, ...] = ()

    def holds(
        self,
        *capacities: str,
        school: int | None = None,
        in_person: bool = False,
        year: int | None = None,
    ) -> bool:
        """Whether any of the capacities is held for the school (a trust-wide post serves every school).

        `in_person` leaves delegates out: rating, sharing and signing are never delegated. With a `year` the
        posts for that academic year answer too.
        """
        return self.holding(*capacities, school=school, in_person=in_person, year=year) is not None

    def holding(
        self,
        *capacities: str,
        school: int | None = None,
        in_person: bool = False,
        year: int | None = None,
    ) -> Holding | None:
        """The first holding that answers, posts of one's own before a delegate's."""
        fits = [
            h
            for h in self.holdings
            if h.capacity in capacities
            and (h.school_id is None or school is None or h.school_id == school)
            and not (in_person and h.is_delegate)
        ]
        fits += [
            h
            for h in self.for_a_year
            if h.capacity in capacities and year is not None and h.year_id == year
        ]
        return min(fits, key=lambda h: h.is_delegate, default=None)

    def years(self, *capacities: str) -> frozenset[int]:
        """The academic years for which any of the capacities is held."""
        return frozenset(
            h.year_id for h in self.for_a_year if h.capacity in capacities and h.year_id is not None
        )

    def schools(self, *capacities: str) -> frozenset[int]:
        """The schools at which any of the capacities is held."""
        return frozenset(
            h.school_id
            for h in self.holdings
            if h.capacity in capacities and h.school_id is not None
        )

    def is_trust_wide(self, *capacities: str) -> bool:
        """Whether any of the capacities is held for the whole trust."""
        return any(h.capacity in capacities and h.school_id is None for h in self.holdings)

    @property
    def capacities(self) -> frozenset[Capacity]:
        return frozenset(h.capacity for h in self.holdings)

    @property
    def year_capacities(self) -> frozenset[Capacity]:
        return frozenset(h.capacity for h in self.for_a_year)


NO_POSTS = Posts()


class Actor(Protocol):
    """What rules need of a user."""

    pk: Any
    posts: Posts
    person_id: int | None


@dataclass(frozen=True)
class Allowed:
    reason: str = ""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    """A refusal with its reason, in words that can be shown."""

    reason: str

    def __bool__(self) -> bool:
        return False


Answer = Allowed | Denied
ALLOWED = Allowed()
Rule = Callable[[Any, Any], Answer]


class NotAllowed(PermissionDenied):
    """The act is refused by a rule; the message is the rule's reason."""


class Conflict(Exception):
    """The act came too late, or clashes with what is there; the message says how."""


_rules: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under a name such as "meetings.issue", so that transition tables can be data."""

    def register(function: Rule) -> Rule:
        if name in _rules and _rules[name] is not function:
            raise ValueError(f"Two rules are named {name}")
        _rules[name] = function
        return function

    return register


def rule_named(name: str) -> Rule:
    """The rule of that name; KeyError when nobody registered it."""
    return _rules[name]


def allowed_if(condition: object, otherwise: str) -> Answer:
    """Allowed, or Denied with the reason."""
    return ALLOWED if condition else Denied(otherwise)


def first_denied(answers: Iterable[Answer]) -> Answer:
    """The first refusal among several conditions that must all hold, else Allowed."""
    return next((answer for answer in answers if not answer), ALLOWED)


def require(answer: Answer) -> None:
    """Raise NotAllowed with the reason unless the answer is Allowed."""
    if not answer:
        raise NotAllowed(answer.reason)


M = TypeVar("M", bound=Model)


def get_visible_or_404(queryset: QuerySet[M], user: Actor, **lookup: object) -> M:
    """Fetch one row through `visible_to`; a stranger's id and an unknown id are the same 404."""
    try:
        return queryset.visible_to(user).get(**lookup)  # type: ignore[attr-defined, no-any-return]
    except (ObjectDoesNotExist, ValueError, OverflowError) as missing:
        raise Http404(f"No {queryset.model._meta.verbose_name} to see here") from missing
