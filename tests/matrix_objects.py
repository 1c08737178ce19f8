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
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from evidence.models import (
    DocumentKind,
    Finding,
    Indicator,
    MarkedPassage,
    SchoolDocument,
    VisitAttachment,
    VisitKind,
    VisitRecord,
)
from meetings.models import (
    Action,
    ActionUpdate,
    AgendaItem,
    Challenge,
    Correction,
    EvidenceSeen,
    Meeting,
    Minute,
    MinuteConflict,
    Paper,
)
from progress_boards.models import (
    ProgressBoard,
    ReviewQuestion,
)
from ratings.models import Band, RatingAssessment
from schools.models import ImportRun, NonSchoolDay, Post, School
from tests import factories
from trust.calendar import now
from trust.models import Document
from trust.pages import new_key
from trust.people.actions import remember_device
from trust.people.models import Invitation, User
from trust.people.queries import token_hash
from trust.preferences.parts import parts


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


@sample("mfa_device_forget")
def _device(world: World, ownership: str) -> Sample:
    """Own: a device of the head; other: of somebody who is nobody here."""
    owner = world.users["head"] if ownership == "own" else factories.UserFactory()
    remember_device(owner, name="Safari on iPad", days=180)
    return Sample(kwargs={"pk": owner.known_devices.get().pk})


# -- people ----------------------------------------------------------------------------------------


@sample("people:person", "people:account-close")
def _person(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": world.users["head"].person_id})


@sample("settings:part-edit")
def _settings(world: World, ownership: str) -> Sample:
    part = next(each for each in parts() if each.slug == "steps")
    return Sample({"slug": part.slug}, {"based_on": part.based_on(), "fill": "preset:light"})


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


@sample("school", "schools:school-register", "schools:school-code", "schools:school-membership")
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


@sample("progress_boards:past-minutes")
def _minutes_entered_later(world: World, ownership: str) -> Sample:
    board = factories.ProgressBoardFactory(
        school=world.school_for(ownership),
        meeting__state="final",
        meeting__entered_later=True,
        meeting__past_minutes=SimpleUploadedFile("a-name-nobody-guesses.pdf", b"%PDF-1.7"),
        meeting__past_minutes_name="minutes.pdf",
    )
    return Sample({"pk": board.pk})


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


# -- evidence --------------------------------------------------------------------------------------


def _visit_in(world: World, ownership: str, state: str) -> VisitRecord:
    """A learning walk by somebody who is none of the world's users."""
    sent = {"sent_at": now(), "reply_by": dt.date(2026, 11, 30)} if state != "draft" else {}
    return factories.VisitRecordFactory(
        school=world.school_for(ownership),
        kind=VisitKind.objects.get(slug="learning-walk"),
        state=state,
        **sent,
    )


def _file_of(visit: VisitRecord) -> VisitAttachment:
    file = VisitAttachment(visit=visit, name="wall.txt", added_by=visit.created_by, added_at=now())
    file.file.save("wall.txt", ContentFile(b"Words"), save=False)
    file.save()
    return file


@sample("evidence:visit-new")
def _visit_begun(world: World, ownership: str) -> Sample:
    data = {"school": world.school.pk, "kind": "learning-walk", "visited_on": "2026-11-12"}
    return Sample(data={**data, "days": "0.5", "is_mine": "on"})


@sample("evidence:visit-page", "evidence:visit-reply", "evidence:visit-open")
def _visit_sent(world: World, ownership: str) -> Sample:
    visit = _visit_in(world, ownership, "sent")
    return Sample({"pk": visit.pk}, {"reply": "agreed", "open": "yes"})


@sample(
    "evidence:visit-edit",
    "evidence:visit-autosave",
    "evidence:visit-both-texts",
    "evidence:visit-delete",
)
def _visit_draft(world: World, ownership: str) -> Sample:
    visit = _visit_in(world, ownership, "draft")
    return Sample({"pk": visit.pk}, {"version": "1", "focus": "Reading"})


@sample("evidence:visit-facts")
def _visit_facts(world: World, ownership: str) -> Sample:
    visit = _visit_in(world, ownership, "draft")
    data = {"school": visit.school_id, "kind": "learning-walk", "visited_on": "2026-11-12"}
    return Sample({"pk": visit.pk}, {**data, "days": "1", "is_mine": "on", "version": "1"})


@sample("evidence:visit-attach")
def _visit_file_new(world: World, ownership: str) -> Sample:
    return Sample({"pk": _visit_in(world, ownership, "draft").pk})


@sample("evidence:visit-file")
def _visit_file(world: World, ownership: str) -> Sample:
    visit = _visit_in(world, ownership, "sent")
    return Sample({"pk": visit.pk, "file_pk": _file_of(visit).pk})


@sample("evidence:visit-file-remove")
def _visit_file_gone(world: World, ownership: str) -> Sample:
    visit = _visit_in(world, ownership, "draft")
    return Sample({"pk": visit.pk, "file_pk": _file_of(visit).pk})


@sample("evidence:document-page", "evidence:document-file")
def _school_document(world: World, ownership: str) -> Sample:
    return Sample({"pk": _self_evaluation(world, ownership).pk})


def _self_evaluation(world: World, ownership: str) -> SchoolDocument:
    return factories.SchoolDocumentFactory(
        school=world.school_for(ownership), kind=DocumentKind.objects.get(slug="self-evaluation")
    )


@sample("evidence:passage-mark", "evidence:judgement-enter")
def _mark(world: World, ownership: str) -> Sample:
    standards = Indicator.objects.get(slug="standards")
    data = {"passage-quote": "Words", "judgement-indicator": standards.pk}
    return Sample(
        {"pk": _self_evaluation(world, ownership).pk}, {**data, "judgement-position": "2"}
    )


@sample("evidence:passage-unmark")
def _marked(world: World, ownership: str) -> Sample:
    passage = MarkedPassage.objects.create(
        document=_self_evaluation(world, ownership),
        quote="Words",
        marked_by=world.users["ceo"],
        marked_at=now(),
    )
    return Sample({"pk": passage.pk})


# -- the life of one board -------------------------------------------------------------------------


def _board(world: World, ownership: str, state: str, **meeting: Any) -> ProgressBoard:
    """A board of 3 December with its whole table, at the own school the users', and a filled hour."""
    signed = state in ("accuracy_check", "final")
    if signed:
        meeting |= {
            "signed_at": now(),
            "signed_by": world.users["chair"],
            "signed_name": "chair",
        }
    board: ProgressBoard = factories.ProgressBoardFactory(
        school=world.school_for(ownership), day=dt.date(2026, 12, 3), meeting__state=state,
        **{f"meeting__{name}": value for name, value in meeting.items()},
    )  # fmt: skip
    for role in ("chair", "ceo", "link_trustee", "head", "clerk"):
        own = world.users[role].person if ownership == "own" else factories.PersonFactory()
        factories.seat(board.meeting, own, role, attendance="present")
    for order, (kind, minutes) in enumerate((("welcome", 2), ("enquiry", 53), ("close", 5)), 1):
        factories.AgendaItemFactory(meeting=board.meeting, order=order, type=kind, minutes=minutes)
    return board


def _enquiry(board: ProgressBoard) -> AgendaItem:
    return board.meeting.items.get(type="enquiry")


@sample("progress_boards:board-detail")
def _board_seen(world: World, ownership: str) -> Sample:
    return Sample({"pk": _board(world, ownership, "agenda_draft").pk})


@sample("progress_boards:board-propose")
def _board_wanted(world: World, ownership: str) -> Sample:
    return Sample({"pk": _board(world, ownership, "scheduled").pk})


@sample(
    "progress_boards:agenda-item-add",
    "progress_boards:agenda-item-restore",
    "progress_boards:agenda-fill",
    "progress_boards:agenda-send",
)
def _agenda_in_draft(world: World, ownership: str) -> Sample:
    data = {"type": "enquiry", "title": "Attendance", "question": "", "minutes": 5}
    board = _board(world, ownership, "agenda_draft", steps={"chair_sees_agenda": "lapses"})
    return Sample({"pk": board.pk}, {**data, "idempotency_key": new_key()})


@sample("progress_boards:agenda-source-add")
def _agenda_offer(world: World, ownership: str) -> Sample:
    visit = factories.VisitRecordFactory(
        school=world.school_for(ownership), state="filed", sent_at=now()
    )
    found = Finding.objects.create(visit=visit, kind="develop", text="Gaps", take_to_board=True)
    board = _board(world, ownership, "agenda_draft")
    return Sample({"pk": board.pk}, {"source": f"finding-{found.pk}"})


@sample("progress_boards:agenda-return")
def _agenda_with_the_chair(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "agenda_with_chair")
    return Sample({"pk": board.pk}, {"note": "Ask about attendance"})


@sample("progress_boards:agenda-issue")
def _agenda_to_issue(world: World, ownership: str) -> Sample:
    """Where the Chair's check is off, issuing is the Chief Executive's alone."""
    board = _board(world, ownership, "agenda_draft", steps={"chair_sees_agenda": "off"})
    return Sample({"pk": board.pk})


@sample(
    "progress_boards:agenda-item-edit",
    "progress_boards:agenda-item-minutes",
    "progress_boards:agenda-item-move",
    "progress_boards:agenda-item-remove",
)
def _agenda_item(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "agenda_draft")
    data = {"title": "Attendance", "question": "", "minutes": "12", "version": "1", "do": "up"}
    return Sample({"pk": board.pk, "item": _enquiry(board).pk}, data)


@sample(
    "progress_boards:agenda-recall",
    "progress_boards:board-school",
    "progress_boards:board-answer-all",
)
def _board_with_the_school(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued", issued_at=now())
    answer = {f"item-{_enquiry(board).pk}": world.users["leader"].person_id}
    return Sample({"pk": board.pk}, answer if ownership == "own" else {})


@sample(
    "progress_boards:leader-item",
    "progress_boards:leader-item-note",
    "progress_boards:leader-item-sheet",
)
def _leaders_item(world: World, ownership: str) -> Sample:
    """Own: the leader of the users answers it."""
    board = _board(world, ownership, "issued", issued_at=now())
    item = _enquiry(board)
    if ownership == "own":
        item.answered_by, item.assigned_at = world.users["leader"].person, now()
        item.save()
    return Sample({"pk": board.pk, "item": item.pk}, {"note": "9 of 14"})


@sample("progress_boards:paper-add")
def _paper_added(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued", issued_at=now(), steps={"papers": True})
    document = factories.SchoolDocumentFactory(school=world.school_for(ownership))
    return Sample({"pk": board.pk}, {"document": document.pk, "idempotency_key": new_key()})


@sample("progress_boards:item-paper-add")
def _paper_added_to_item(world: World, ownership: str) -> Sample:
    made = _paper_added(world, ownership)
    item = _enquiry(ProgressBoard.objects.get(pk=made.kwargs["pk"]))
    return Sample({**made.kwargs, "item": item.pk}, made.data)


@sample("progress_boards:paper-file", "progress_boards:paper-remove")
def _paper(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued", issued_at=now(), steps={"papers": True})
    document = factories.SchoolDocumentFactory(school=world.school_for(ownership))
    paper = Paper.objects.create(
        meeting=board.meeting, title="Self-evaluation", document=document, added_at=now(),
        added_by=world.users["head"],
    )  # fmt: skip
    return Sample({"pk": board.pk, "paper": paper.pk})


@sample("progress_boards:chair-sign")
def _minutes_to_sign(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "with_chair", minutes_sent_at=now())
    return Sample(
        {"pk": board.pk}, {"closing_statement": "Calmer", "evaluation": "yes", "version": "1"}
    )


@sample("progress_boards:chair-minute")
def _minute_to_edit(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "with_chair", minutes_sent_at=now())
    data = {"text": "Leaders reported", "version": "1"}
    return Sample({"pk": board.pk, "item": _enquiry(board).pk}, data)


@sample("progress_boards:sign-take-back")
def _signature(world: World, ownership: str) -> Sample:
    return Sample({"pk": _board(world, ownership, "accuracy_check").pk})


def _correction(world: World, board: ProgressBoard, **answer: Any) -> Correction:
    return Correction.objects.create(
        meeting=board.meeting, person=world.users["head"].person, role="head", text="It was 39%",
        saved_by=world.users["head"], at=now(), **answer,
    )  # fmt: skip


@sample("progress_boards:sign-again")
def _signed_again(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "accuracy_check")
    _correction(
        world, board, answer="accepted", answered_by=world.users["chair"], answered_at=now()
    )
    return Sample({"pk": board.pk}, {"typed_name": "chair"})


@sample("progress_boards:correction-answer")
def _correction_answered(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "accuracy_check")
    correction = _correction(world, board)
    return Sample({"pk": board.pk, "correction": correction.pk}, {"answer": "accepted"})


@sample(
    "progress_boards:board-minutes", "progress_boards:board-reviewed", "progress_boards:board-ask"
)
def _final_minutes(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "final")
    return Sample({"pk": board.pk}, {"text": "What helps?", "idempotency_key": new_key()})


@sample("progress_boards:board-answer")
def _question(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "final")
    question = ReviewQuestion.objects.create(
        board=board, asked_by=world.users["link_trustee"], asked_at=now(), text="What helps?"
    )
    return Sample({"pk": board.pk, "question": question.pk}, {"answer": "Two more days"})


# -- documents ------------------------------------------------------------------------------------


@sample("progress_boards:agenda-pdf")
def _issued_agenda(world: World, ownership: str) -> Sample:
    """An issued agenda; at the own school the Chair has the Chair's seat."""
    board = _board_on_3_december(world, ownership, "issued")
    if ownership == "own":
        factories.seat(board.meeting, world.users["chair"].person, "chair")
    return Sample({"pk": board.pk})


@sample("progress_boards:minutes-pdf")
def _final_record(world: World, ownership: str) -> Sample:
    board = factories.ProgressBoardFactory(
        school=world.school_for(ownership),
        day=dt.date(2026, 10, 8),
        meeting__state="final",
        meeting__entered_later=True,
    )
    return Sample({"pk": board.pk})


# -- the meeting engine ----------------------------------------------------------------------------


def _meeting_in(world: World, ownership: str, state: str) -> Meeting:
    return _board(world, ownership, state).meeting


@sample("meetings:minutes-edit", "meetings:meeting-finish", "meetings:minutes-send")
def _meeting_held(world: World, ownership: str) -> Sample:
    return Sample({"pk": _meeting_in(world, ownership, "held").pk})


@sample("meetings:meeting-start")
def _meeting_to_start(world: World, ownership: str) -> Sample:
    return Sample({"pk": _meeting_in(world, ownership, "issued").pk})


@sample("meetings:minutes-take-back")
def _meeting_minutes_sent(world: World, ownership: str) -> Sample:
    return Sample({"pk": _meeting_in(world, ownership, "with_chair").pk})


@sample("meetings:attendance-save", "meetings:attendee-add")
def _meeting_table(world: World, ownership: str) -> Sample:
    meeting = _meeting_in(world, ownership, "held")
    data = {f"attendance-{seat.pk}": "online" for seat in meeting.seats.all()}
    return Sample({"pk": meeting.pk}, {**data, "person": world.users["leader"].person_id})


@sample(
    "meetings:minute-save", "meetings:action-add", "meetings:challenge-add", "meetings:evidence-add"
)
def _meeting_item(world: World, ownership: str) -> Sample:
    item = _meeting_in(world, ownership, "held").items.get(type="enquiry")
    pk = item.pk
    data = {
        "text": "Said", "version": "1", f"a{pk}-line": "@headteacher: Mend it",
        f"c{pk}-asked_by": "Chair", f"c{pk}-question": "Why?",
        f"e{pk}-what": "Books", f"e{pk}-how": "paper",
    }  # fmt: skip
    return Sample({"pk": pk}, data)


def _meeting_minute(world: World, ownership: str) -> Minute:
    item = _meeting_in(world, ownership, "held").items.get(type="enquiry")
    return Minute.objects.create(item=item)


@sample("meetings:challenge-edit")
def _meeting_challenge(world: World, ownership: str) -> Sample:
    minute = _meeting_minute(world, ownership)
    challenge = Challenge.objects.create(minute=minute, asked_by="Chair", question="Why?")
    return Sample({"pk": challenge.pk}, {"asked_by": "Chair", "question": "Why now?"})


@sample("meetings:evidence-edit")
def _meeting_evidence(world: World, ownership: str) -> Sample:
    minute = _meeting_minute(world, ownership)
    seen = EvidenceSeen.objects.create(minute=minute, what="Books", how="paper")
    return Sample({"pk": seen.pk}, {"what": "Six books", "how": "paper"})


@sample("meetings:minute-merge")
def _meeting_kept_text(world: World, ownership: str) -> Sample:
    """Own: a text the clerk typed; other: one of somebody else's."""
    minute = _meeting_minute(world, ownership)
    author = world.users["clerk"] if ownership == "own" else factories.UserFactory()
    kept = MinuteConflict.objects.create(
        minute=minute, text="Second", based_on_version=1, author=author, at=now()
    )
    return Sample({"pk": kept.pk}, {"text": "Both", "version": "1"})


def _action(world: World, ownership: str, **fields: Any) -> Action:
    """An action owned by a leader of its school."""
    own = ownership == "own"
    values = {
        "ref": f"X-{ownership}", "school": world.school_for(ownership), "text": "Mend it",
        "owner": world.users["leader"].person if own else factories.PersonFactory(),
        "owner_role": "Reading lead", "due_on": dt.date(2026, 12, 18), "state": "open",
        "created_by": world.users["clerk"], "created_at": now(),
    }  # fmt: skip
    return Action.objects.create(**{**values, **fields})


@sample("meetings:action-edit")
def _meeting_action(world: World, ownership: str) -> Sample:
    item = _meeting_in(world, ownership, "held").items.get(type="enquiry")
    action = _action(world, ownership, state="draft", meeting=item.meeting, item=item)
    data = {"text": "Mend both", "owner_role": "Site manager", "due_on": "2026-12-18"}
    return Sample({"pk": action.pk}, data)


@sample("meetings:former-action-mark")
def _meeting_former_action(world: World, ownership: str) -> Sample:
    meeting = _meeting_in(world, ownership, "held")
    action = _action(world, ownership)
    return Sample({"pk": meeting.pk, "action_pk": action.pk}, {"mark": "closed"})


@sample("meetings:minutes", "meetings:nothing-to-correct", "meetings:correction-propose")
def _meeting_to_check(world: World, ownership: str) -> Sample:
    meeting = _meeting_in(world, ownership, "accuracy_check")
    return Sample({"pk": meeting.pk}, {"k0-text": "It was the 4th"})


@sample("meetings:school-note")
def _meeting_note(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "accuracy_check")
    _correction(world, board)
    return Sample({"pk": board.meeting_id}, {"text": "We differ"})


@sample("meetings:seat-reply")
def _meeting_seat(world: World, ownership: str) -> Sample:
    seat = _meeting_in(world, ownership, "scheduled").seats.get(role="head")
    return Sample({"pk": seat.pk}, {"reply": "coming"})


@sample("meetings:action", "meetings:action-update", "meetings:action-done")
def _action_open(world: World, ownership: str) -> Sample:
    data = {"update-text": "Under way", "done-note": "Seen"}
    return Sample({"pk": _action(world, ownership).pk}, data)


@sample("meetings:action-close", "meetings:action-drop", "meetings:action-reopen")
def _action_done(world: World, ownership: str) -> Sample:
    action = _action(world, ownership, state="done", done_at=now(), done_note="Seen")
    return Sample({"pk": action.pk}, {"drop-reason": "Not needed", "reopen-reason": "Not yet"})


@sample("meetings:action-file")
def _action_evidence(world: World, ownership: str) -> Sample:
    action = _action(world, ownership)
    update = ActionUpdate(
        action=action, text="Checks", file_name="checks.pdf", by=world.users["ceo"], at=now()
    )
    update.file.save("checks.pdf", ContentFile(b"%PDF-1.7 sample"))
    return Sample({"pk": action.pk, "update_pk": update.pk})


@sample("meetings:action-raise")
def _action_new(world: World, ownership: str) -> Sample:
    data = {"school": world.school.pk, "text": "Mend it", "owner_role": "Site manager"}
    return Sample(data=data)


# Samples of later rooms are kept beside this file; they register themselves.
import tests.board_samples  # noqa: E402
import tests.training_samples  # noqa: E402, F401
