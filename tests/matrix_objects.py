"""What the access matrix asks for at each address: the object's key and the form that is sent.

One entry a URL name that needs either: `(world, ownership) -> Sample`. `ownership` is "own" (the object
belongs to `world.school`, where every user of `world.users` with a post at a school has it), "other" (it
belongs to `world.other_school`) or "none". It is called once a row; whatever it makes is undone after the row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator

from evidence.models import Indicator
from progress_boards.models import ProgressBoard
from ratings.models import Band, RatingAssessment
from schools.models import ImportRun, NonSchoolDay, Post, School
from tests import factories
from trust.calendar import now
from trust.models import Document
from trust.pages import new_key
from trust.people.models import Invitation, User
from trust.people.queries import token_hash


@dataclass(frozen=True)
class Sample:
    """Arguments of the address, and what is sent."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Two schools, and one user of each capacity; posts at a school are held at `school`."""

    school: School
    other_school: School
    users: dict[str, User]

    def school_for(self, ownership: str) -> School:
        return self.other_school if ownership == "other" else self.school


Maker = Callable[[World, str], Sample]
MAKERS: dict[str, Maker] = {}


def sample(*url_names: str) -> Callable[[Maker], Maker]:
    """Register a maker for one URL name or several that need the same."""

    def register(maker: Maker) -> Maker:
        for name in url_names:
            if name in MAKERS:
                raise ValueError(f"Two samples for {name}")
            MAKERS[name] = maker
        return maker

    return register


# -- the accounts pages ----------------------------------------------------------------------------


@sample("account_login")
def _sign_in(world: World, ownership: str) -> Sample:
    return Sample(data={"login": world.users["head"].email, "password": factories.PASSWORD})


@sample("account_reset_password")
def _reset(world: World, ownership: str) -> Sample:
    return Sample(data={"email": world.users["head"].email})


@sample("account_reset_password_from_key")
def _reset_key(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"uidb36": "1", "key": "no-such-key"})


@sample("mfa_edit_webauthn", "mfa_remove_webauthn")
def _passkey(world: World, ownership: str) -> Sample:
    """Own: the passkey of the head; other: of somebody who is nobody here."""
    owner = world.users["head"] if ownership == "own" else factories.UserFactory()
    key = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Tablet", "credential": {}}
    )
    return Sample(kwargs={"pk": key.pk}, data={"name": "Office tablet"})


# -- people ----------------------------------------------------------------------------------------


@sample("people:person", "people:account-close")
def _person(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": world.users["head"].person_id})


@sample("people:person-add")
def _new_person(world: World, ownership: str) -> Sample:
    return Sample(data={"name": "Ivo Tranter", "email": "", "idempotency_key": new_key()})


@sample("people:person-change")
def _changed_person(world: World, ownership: str) -> Sample:
    head = world.users["head"].person
    return Sample(kwargs={"pk": head.pk}, data={"name": "Tessa Marlow", "email": head.email})


@sample("people:person-invite", "people:invitation-withdraw")
def _uninvited_person(world: World, ownership: str) -> Sample:
    person = factories.PersonFactory()
    return Sample(kwargs={"pk": person.pk}, data={"idempotency_key": new_key()})


@sample("people:accept-invitation")
def _invitation(world: World, ownership: str) -> Sample:
    """Whoever holds the link may use it: it went to one address only."""
    Invitation.objects.create(
        person=factories.PersonFactory(),
        email="ivo@marlfen.example",
        token_hash=token_hash("a-link"),
        invited_by=world.users["administrator"],
        sent_at=now(),
        expires_at=now() + dt.timedelta(days=14),
    )
    password = "quiet heron under ice"
    return Sample({"token": "a-link"}, {"password1": password, "password2": password})


@sample("people:demo-sign-in")
def _demo(world: World, ownership: str) -> Sample:
    factories.UserFactory(person=factories.PersonFactory(email="ceo@marlfen.example"))
    return Sample(data={"key": "ceo"})


# -- the register, the posts and the term dates ----------------------------------------------------


def _post_at(world: World, ownership: str, capacity: str) -> Post:
    """A post at the school, held by whoever holds it there, or by somebody new."""
    school = world.school_for(ownership)
    held = Post.objects.filter(school=school, capacity=capacity).first()
    return held or factories.PostFactory(school=school, capacity=capacity)


@sample("schools:school-register", "schools:school-code", "schools:school-membership")
def _school(world: World, ownership: str) -> Sample:
    data = {"code": "NEW", "what": "joined", "on": "2026-09-01"}
    return Sample({"pk": world.school_for(ownership).pk}, data)


@sample("schools:import-preview", "schools:import-apply", "schools:import-discard")
def _import(world: World, ownership: str) -> Sample:
    run = ImportRun.objects.create(
        made_at=now(),
        files=[{"kind": "schools", "name": "schools.csv", "rows": 0, "size": 0, "dated": None}],
        trust_row={
            "uid": "16635",
            "group_id": "TR03556",
            "name": "Marlfen Learning Trust",
            "companies_house_number": "",
            "ukprn": "",
        },
        rows={
            "schools": [],
            "elsewhere": {},
            "refused_urns": [],
            "joined": {},
            "links": {},
            "day": "2026-11-16",
        },
        counts={},
    )
    return Sample({"pk": run.pk})


@sample("schools:post-appoint")
def _appointment(world: World, ownership: str) -> Sample:
    data = {"capacity": "leader", "school": world.school.pk, "name": "Ivo Marsh"}
    return Sample(data={**data, "standing": "permanent", "starts_on": "2026-11-21"})


@sample("schools:post-end")
def _ending(world: World, ownership: str) -> Sample:
    post = _post_at(world, ownership, "leader")
    return Sample({"pk": post.pk}, {"on": "2026-11-30"})


@sample("schools:post-delegate")
def _delegate(world: World, ownership: str) -> Sample:
    post = _post_at(world, ownership, "head")
    deputy = factories.PersonFactory()
    return Sample({"pk": post.pk}, {"person": deputy.pk, "starts_on": "2026-11-21"})


@sample("schools:calendar-day-add")
def _closed_day(world: World, ownership: str) -> Sample:
    return Sample(data={"day": "2026-12-04", "kind": "inset", "school": world.school.pk})


@sample("schools:calendar-day-remove")
def _opened_day(world: World, ownership: str) -> Sample:
    closed = NonSchoolDay.objects.create(
        school=world.school_for(ownership), day=dt.date(2026, 12, 4), kind="inset"
    )
    return Sample({"pk": closed.pk})


@sample("schools:calendar-year", "schools:calendar-edit", "schools:calendar-default")
def _year(world: World, ownership: str) -> Sample:
    return Sample({"year": 2026})


@sample("schools:calendar-enter")
def _new_year(world: World, ownership: str) -> Sample:
    return Sample({"year": 2027})


@sample("schools:calendar-school", "schools:calendar-school-edit")
def _school_year(world: World, ownership: str) -> Sample:
    return Sample({"year": 2026, "pk": world.school_for(ownership).pk})


# -- documents -------------------------------------------------------------------------------------


@sample("document-progress", "document-download", "document-try-again")
def _final_minutes(world: World, ownership: str) -> Sample:
    """The PDF of a board's final minutes, still being made."""
    board = factories.ProgressBoardFactory(
        school=world.school_for(ownership),
        day=dt.date(2026, 10, 8),
        meeting__state="final",
        meeting__entered_later=True,
    )
    document = Document.objects.create(
        kind="minutes",
        subject_type=board._meta.label_lower,
        subject_id=board.pk,
        title="Minutes",
        snapshot={"state": "final"},
        content_hash="0" * 64,
        created_at=now(),
    )
    return Sample(kwargs={"pk": document.pk})


# -- the year's boards -----------------------------------------------------------------------------


@sample("progress_boards:school-year")
def _number_of_boards(world: World, ownership: str) -> Sample:
    school = world.school_for(ownership)
    return Sample({"school_pk": school.pk}, {"number": "3", "reason": ""})


@sample("progress_boards:board-plan")
def _board_added(world: World, ownership: str) -> Sample:
    school = world.school_for(ownership)
    return Sample({"school_pk": school.pk, "half_term_pk": factories.half_term(3).pk})


def _board_on_3_december(world: World, ownership: str, state: str = "scheduled") -> ProgressBoard:
    """A board of Autumn 2; where it is postponed it holds no time."""
    fields = {"meeting__postponed_reason": "Illness"} if state == "postponed" else {}
    return factories.ProgressBoardFactory(
        school=world.school_for(ownership),
        day=None if state == "postponed" else dt.date(2026, 12, 3),
        meeting__state=state,
        **fields,
    )


@sample("progress_boards:board-date")
def _board_dated(world: World, ownership: str) -> Sample:
    board = _board_on_3_december(world, ownership)
    return Sample({"pk": board.pk}, {"on": "2026-12-08", "at": "09:30", "agreed": "on"})


@sample("progress_boards:board-rebook")
def _board_booked_again(world: World, ownership: str) -> Sample:
    board = _board_on_3_december(world, ownership, "postponed")
    return Sample({"pk": board.pk}, {"on": "2026-12-08", "at": "09:30", "agreed": "on"})


@sample("progress_boards:board-postpone", "progress_boards:board-cancel")
def _board_with_a_reason(world: World, ownership: str) -> Sample:
    board = _board_on_3_december(world, ownership)
    return Sample({"pk": board.pk}, {"reason": "Illness"})


@sample("progress_boards:board-remove")
def _board_removed(world: World, ownership: str) -> Sample:
    board = _board_on_3_december(world, ownership)
    return Sample({"pk": board.pk}, {"reason": "Settled team"})


@sample("progress_boards:seat-substitute")
def _seat_filled(world: World, ownership: str) -> Sample:
    board = _board_on_3_december(world, ownership)
    seat = factories.seat(board.meeting, None, "link_trustee")
    return Sample({"pk": seat.pk}, {"person": world.users["trustee"].person_id})


# -- ratings ---------------------------------------------------------------------------------------


def _draft_rating(world: World, ownership: str) -> RatingAssessment:
    """A draft of the CEO's with all that sharing it asks for, and the school's own view asked."""
    amber = Band.objects.get(position=2)
    return factories.RatingAssessmentFactory(
        school=world.school_for(ownership),
        overall=amber,
        level=amber.level,
        rated_by=world.users["ceo"],
        own_view_asked_at=now(),
    )


@sample("ratings:rating-detail", "ratings:comment", "progress_boards:withdraw-rating")
def _shared_rating(world: World, ownership: str) -> Sample:
    rating = factories.RatingAssessmentFactory(school=world.school_for(ownership), shared=True)
    return Sample({"pk": rating.pk}, {"comment": "We agree", "reason": "Entered in error"})


@sample("ratings:school-history", "progress_boards:rate", "progress_boards:rate-preview")
@sample("ratings:ask-own-view")
def _school_to_rate(world: World, ownership: str) -> Sample:
    return Sample({"school": world.school_for(ownership).pk}, {"version": "0", "summary": "Steady"})


@sample("ratings:delete-draft", "progress_boards:confirm-rating", "progress_boards:take-back-date")
def _rating_in_draft(world: World, ownership: str) -> Sample:
    return Sample({"school": _draft_rating(world, ownership).school_id})


@sample("ratings:own-view")
def _own_view(world: World, ownership: str) -> Sample:
    draft = _draft_rating(world, ownership)
    indicator = Indicator.objects.active(dt.date(2026, 11, 21)).first()
    field = {f"band_{indicator.pk}": draft.overall_id} if indicator else {}
    return Sample({"school": draft.school_id}, field)


@sample("ratings:record-earlier")
def _earlier_rating(world: World, ownership: str) -> Sample:
    given = {"effective_on": "2026-03-02", "overall": Band.objects.get(position=2).pk}
    return Sample({"school": world.school_for(ownership).pk}, given)
