"""No advice stands in a school's way, and no money beyond the part that the central fund pays.

"Schools have autonomy over the training they require for their staff" (seed 1): every move of a request
is walked with each advice and with each answer of the central fund, and answered the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from cpd.actions.decisions import book_first, decide_request, reconsider_request
from cpd.actions.impact import evaluate_request, look_again_request
from cpd.actions.joining import answer_purchase
from cpd.actions.requests import (
    copy_request,
    raise_request,
    reinstate_request,
    save_request,
    take_back_request,
    withdraw_request,
)
from cpd.models import Advice, CentralPart, CpdRequest, PurchaseSchool, SharedPurchase
from cpd.states import REQUEST
from meetings.models import Meeting
from schools.models import School
from tests import factories
from trust.access import Conflict, NotAllowed, rule_named
from trust.calendar import now
from trust.people.models import User
from trust.states import transition

pytestmark = pytest.mark.django_db

SAID = (None, *Advice.Words.values)
PAYS = (None, "asked", "agreed", "declined")
CONDITIONS = [(said, None) for said in SAID] + [
    (said, pays) for said in (None, Advice.Words.AGAINST) for pays in PAYS[1:]
]
ADVISED = "The Strategy Group has advised on this request. Withdraw it instead"
NOT_ADVISED = "There is no advice on this request yet: choose Proceed"

Outcome = tuple[str, str]
Act = Callable[[CpdRequest, User], Any]


def _join(request: CpdRequest, by: User) -> None:
    answer_purchase(PurchaseSchool.objects.get(request=request), join=True, by=by)


def _decide(decision: str, **fields: Any) -> Act:
    return lambda request, by: decide_request(request, decision=decision, by=by, **fields)


ACTS: dict[str, tuple[str, Act]] = {
    "raise": ("raise_request", lambda request, by: raise_request(request, by=by)),
    "take back": ("take_back", lambda request, by: take_back_request(request, by=by)),
    "book first": ("book_first", lambda request, by: book_first(request, by=by)),
    "proceed": ("go_ahead", _decide("proceed")),
    "proceed amended": ("go_ahead", _decide("amended", fee=Decimal(200))),
    "proceed despite": ("go_ahead", _decide("despite", reason="Our pupils need it now")),
    "join": ("go_ahead", _join),
    "decide to withdraw": ("withdraw", _decide("withdraw", reason="Not this year")),
    "withdraw": (
        "withdraw",
        lambda request, by: withdraw_request(request, reason="Not this year", by=by),
    ),
    "reinstate": ("reinstate", lambda request, by: reinstate_request(request, by=by)),
    "reconsider": ("reconsider", lambda request, by: reconsider_request(request, by=by)),
    "evaluate": ("evaluate", lambda request, by: evaluate_request(request, verdict="adapt", by=by)),
    "look again": ("look_again", lambda request, by: look_again_request(request, by=by)),
    "save": (
        "",
        lambda request, by: save_request(request, version=request.version, by=by, fee=Decimal(210)),
    ),
    "copy": ("", lambda request, by: copy_request(request, by=by)),
}
"""Every act of a headteacher on a request: the machine's verb that it makes, and how it is called."""

OTHERWISE = {
    ("raised", "take back", ADVISED),
    ("listed", "take back", ADVISED),
    ("raised", "proceed despite", NOT_ADVISED),
}
"""All that advice changes: what was advised on is no draft again but may be withdrawn, and where there is no
advice there is none to go against."""


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _standing(state: str, school: School, head: User) -> CpdRequest:
    """A request of the school in a state; "reviewed" is going ahead with a review recorded."""
    reached = {"raised_at": now(), "raised_by": head} if state != "draft" else {}
    if state in ("going_ahead", "reviewed", "evaluated"):
        reached |= {"decision": "proceed", "decided_at": now(), "decided_by": head}
    if state == "withdrawn":
        reached |= {"state_left": "raised", "withdrawn_at": now(), "withdrawn_by": head}
    if state == "evaluated":
        reached |= {"verdict": "repeat", "evaluated_at": now(), "evaluated_by": head}
    request = factories.CpdRequestFactory(
        school=school, created_by=head, listing="statutory" if state == "listed" else "",
        state="going_ahead" if state == "reviewed" else state, **reached,
    )  # fmt: skip
    if state in ("reviewed", "evaluated"):
        request.reviews.create(
            level=4, due_on=dt.date(2026, 11, 2), outcome="met", evidence="Books seen",
            reviewed_at=now(), reviewed_by=head,
        )  # fmt: skip
    purchase = SharedPurchase.objects.create(title="Spelling", created_by=head, created_at=now())
    purchase.schools.create(school=school, request=request, staff=4)
    return request


def _beside(request: CpdRequest, said: str | None, pays: str | None, meeting: Meeting) -> None:
    """The Group's advice and the central part, as rows beside the request."""
    if said:
        Advice.objects.create(
            request=request, meeting=meeting, advice=said, note="Low likely impact",
            request_version=request.version, recorded_by=request.created_by, recorded_at=now(),
        )  # fmt: skip
    if pays:
        decided = {"decided_at": now(), "decided_by": request.created_by} if pays != "asked" else {}
        CentralPart.objects.create(
            request=request, academic_year=factories.make_year(2026), amount=Decimal(100),
            state=pays, asked_at=now(), **decided,
        )  # fmt: skip


def _outcome(request: CpdRequest, act: Act, by: User) -> Outcome:
    """Where the act leaves the request, or the sentence that refuses it."""
    with _undone():
        try:
            with transaction.atomic():
                act(CpdRequest.objects.get(pk=request.pk), by)
        except (Conflict, NotAllowed) as refusal:
            return "refused", str(refusal)
        row = CpdRequest.objects.get(pk=request.pk)
        return row.state, row.decision


@pytest.fixture
def meeting() -> Meeting:
    return factories.GroupMeetingFactory(day=dt.date(2026, 11, 24), meeting__state="held").meeting


@pytest.mark.long
@pytest.mark.parametrize("state", [*REQUEST.states, "reviewed"])
def test_every_act_of_the_head_is_answered_the_same_whatever_is_advised_and_paid(
    state: str, school: Any, head: User, meeting: Meeting
) -> None:
    request = _standing(state, school, head)
    plain = {name: _outcome(request, act, head) for name, (_, act) in ACTS.items()}
    differs = set()
    for said, pays in CONDITIONS[1:]:
        with _undone():
            _beside(request, said, pays, meeting)
            for name, (_, act) in ACTS.items():
                answer = _outcome(request, act, head)
                if answer != plain[name]:
                    refused = answer if answer[0] == "refused" else plain[name]
                    differs.add((state, name, refused[1]))
                    assert said is not None, f"{name} of {state}: money is in its way"
    assert differs == {row for row in OTHERWISE if row[0] == state}


def test_the_head_makes_every_move_of_the_machine_by_some_act(school: Any, head: User) -> None:
    """So that the sameness above is not the sameness of refusals."""
    made = set()
    for standing in [*REQUEST.states, "reviewed"]:
        with _undone():
            request = _standing(standing, school, head)
            for verb, act in ACTS.values():
                if verb and _outcome(request, act, head)[0] in REQUEST.move(verb).targets:
                    made.add((verb, request.state))
    assert {(move.verb, source) for move in REQUEST.moves for source in move.sources} <= made


@pytest.mark.parametrize("said", SAID)
def test_transition_makes_every_pair_of_state_and_move_the_same_with_each_advice(
    said: str | None, school: Any, head: User, meeting: Meeting
) -> None:
    fields = {"evaluate": {"verdict": "stop"}, "go_ahead": {"decision": "proceed"},
              "book_first": {"decision": "proceed", "raised_at": now()}}  # fmt: skip
    for state in REQUEST.states:
        with _undone():
            request = _standing(state, school, head)
            _beside(request, said, "asked", meeting)
            for move in REQUEST.moves:
                for target in move.targets:

                    def make(
                        row: CpdRequest, by: User, verb: str = move.verb, to: str = target
                    ) -> None:
                        decided = {"decision": "proceed", "decided_at": now(), "decided_by": by}
                        extra = decided if to == "going_ahead" else {}
                        transition(row, verb, by=by, to=to, **{**extra, **fields.get(verb, {})})

                    reached = _outcome(request, make, head)[0]
                    assert reached == (target if state in move.sources else "refused")


def test_no_rule_of_a_move_reads_advice_or_money(head: User, school: Any) -> None:
    """The rules are asked with a request that has nothing but its school, its writer and its state."""
    for state in REQUEST.states:
        bare = SimpleNamespace(
            school_id=school.pk, requester_id=head.person_id, state=state, state_left=""
        )
        for move in REQUEST.moves:
            assert rule_named(move.rule)(head, bare), f"{move.verb} of {state}"


def test_nobody_but_the_school_makes_a_move_of_a_request(school: Any, head: User) -> None:
    """Neither who advises nor who keeps the fund moves it forward, back or away."""
    others = [factories.user_with((role, None)) for role in ("ceo", "dsi", "cfo", "clerk")]
    others.append(factories.user_with(("head", factories.SchoolFactory())))
    for state in [*REQUEST.states, "reviewed"]:
        with _undone():
            request = _standing(state, school, head)
            for name, (_, act) in ACTS.items():
                for by in others:
                    answer, decision = _outcome(request, act, by)
                    assert answer in ("refused", request.state), f"{name} of {state}"
                    assert answer == "refused" or decision == request.decision
