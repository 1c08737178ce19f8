"""The life of a record of visit: written, sent, answered, filed, frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import InternalError, transaction

from evidence.actions import (
    FindingText,
    Stale,
    StepText,
    VisitFacts,
    VisitText,
    attach_file,
    change_facts,
    delete_draft,
    draft_visit,
    file_visit,
    open_to_leaders,
    reply_to_visit,
    save_visit,
    send_visit,
)
from evidence.models import Finding, VisitKind, VisitRecord
from evidence.queries.words import reply_words
from evidence.states import VISIT
from schools.models import School
from trust.access import Conflict, NotAllowed
from trust.models import AuditEvent, TrustProfile
from trust.people.models import User
from trust.states import transition
from trust.uploads import CleanUpload
from trust.work import run_due_work

Write = Callable[..., VisitRecord]


def facts(school: School, kind: str, **more: Any) -> VisitFacts:
    return VisitFacts(school, VisitKind.objects.get(slug=kind), dt.date(2026, 11, 12), more)


# -- who writes what -------------------------------------------------------------------------------

KINDS = (
    "learning-walk",
    "external-record-of-visit",
    "safeguarding-review",
    "link-trustee-visit",
    "local-committee-visit",
)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("ceo", KINDS),
        ("dsi", KINDS),
        ("ceo_representative", KINDS),
        ("link_trustee", ("link-trustee-visit",)),
        ("local_committee", ("local-committee-visit",)),
        ("provider", ("external-record-of-visit",)),
        ("safeguarding_lead", ("safeguarding-review",)),
        ("head", ()),
        ("leader", ()),
        ("chair", ()),
        ("clerk", ()),
        ("trustee", ()),
        ("cfo", ()),
        ("administrator", ()),
        ("stranger", ()),
    ],
)
def test_draft_visit_of_each_kind_is_for_its_visitors(
    who: str, may: tuple[str, ...], school: School, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    made = []
    for kind in KINDS:
        try:
            draft_visit(facts(school, kind), by=user)
        except NotAllowed:
            continue
        made.append(kind)
    assert tuple(made) == may


@pytest.mark.parametrize("who", ["ceo_representative", "link_trustee", "provider"])
def test_draft_visit_at_another_school_is_refused(
    who: str, other_school: School, request: pytest.FixtureRequest
) -> None:
    for kind in KINDS:
        with pytest.raises(NotAllowed):
            draft_visit(facts(other_school, kind), by=request.getfixturevalue(who))
    assert not VisitRecord.objects.exists()


def test_draft_visit_is_external_as_its_kind_unless_said(school: School, dsi: User) -> None:
    assert draft_visit(facts(school, "external-record-of-visit"), by=dsi).is_external
    assert not draft_visit(facts(school, "learning-walk"), by=dsi).is_external
    assert draft_visit(facts(school, "learning-walk", is_external=True), by=dsi).is_external


def test_draft_visit_is_audited_in_the_visitors_capacity(school: School, provider: User) -> None:
    visit = draft_visit(facts(school, "external-record-of-visit"), by=provider)
    event = AuditEvent.objects.get(verb="draft", object_type="evidence.visitrecord")
    assert (event.object_id, event.acted_as, event.school_id) == (visit.pk, "provider", school.pk)


# -- saved as typed --------------------------------------------------------------------------------


def test_save_visit_keeps_words_findings_and_steps(write: Write, dsi: User) -> None:
    visit = write(dsi)
    first = visit.findings.get()
    text = VisitText(
        {"focus": "Reading", "lessons": 9},
        (FindingText(first.pk, "concern", "Gaps in Year 2", take_to_board=True),),
        (StepText(None, "Planning clinic", "Headteacher", dt.date(2026, 12, 11)),),
        add="finding",
    )
    saved = save_visit(visit, text, by=dsi, version=visit.version)
    assert (saved.focus, saved.lessons, saved.version) == ("Reading", 9, visit.version + 1)
    assert list(saved.findings.values_list("kind", "text", "take_to_board")) == [
        ("concern", "Gaps in Year 2", True),
        ("strength", "", False),
    ]
    assert list(saved.next_steps.values_list("text", "by_when")) == [
        ("Planning clinic", dt.date(2026, 12, 11))
    ]


def test_save_visit_leaves_unnamed_findings_and_removes_the_named_one(
    write: Write, dsi: User
) -> None:
    visit = write(dsi)
    second = Finding.objects.create(visit=visit, kind="concern", text="Second", order=2)
    kept = save_visit(visit, VisitText({}), by=dsi, version=visit.version)
    assert kept.findings.count() == 2
    gone = VisitText({}, remove=("finding", second.pk))
    left = save_visit(visit, gone, by=dsi, version=kept.version)
    assert list(left.findings.values_list("text", flat=True)) == ["Clear models in 7 of 9 lessons"]


def test_save_visit_never_writes_a_finding_of_another_record(write: Write, dsi: User) -> None:
    mine, other = write(dsi), write(dsi, text="Theirs")
    theirs = other.findings.get()
    text = VisitText({}, (FindingText(theirs.pk, "concern", "Mine now"),))
    save_visit(mine, text, by=dsi, version=mine.version)
    theirs.refresh_from_db()
    assert theirs.text == "Theirs"
    assert list(mine.findings.values_list("text", flat=True)) == [
        "Clear models in 7 of 9 lessons",
        "Mine now",
    ]


def test_save_visit_of_an_older_version_changes_nothing(write: Write, dsi: User) -> None:
    visit = write(dsi)
    save_visit(visit, VisitText({"focus": "First"}), by=dsi, version=visit.version)
    with pytest.raises(Stale):
        save_visit(visit, VisitText({"focus": "Second"}), by=dsi, version=visit.version)
    visit.refresh_from_db()
    assert visit.focus == "First"


def test_change_facts_to_a_kind_that_is_not_ones_own_is_refused(
    write: Write, provider: User, school: School
) -> None:
    visit = write(provider, kind="external-record-of-visit")
    with pytest.raises(NotAllowed):
        change_facts(visit, facts(school, "learning-walk"), by=provider, version=visit.version)
    visit.refresh_from_db()
    assert visit.kind.slug == "external-record-of-visit"


# -- every state and move --------------------------------------------------------------------------

LEGAL = {("draft", "send"), ("sent", "file")}
PAIRS = [(state, move.verb) for state in VISIT.states for move in VISIT.moves]


@pytest.mark.parametrize(("state", "verb"), PAIRS)
def test_each_move_from_each_state_moves_or_changes_nothing(
    state: str, verb: str, write: Write, dsi: User
) -> None:
    visit = write(dsi, state=state)
    by = None if verb == "file" else dsi
    if (state, verb) in LEGAL:
        transition(visit, verb, by=by)
        assert VisitRecord.objects.get(pk=visit.pk).state == VISIT.move(verb).targets[0]
        return
    with pytest.raises(Conflict):
        transition(visit, verb, by=by)
    assert VisitRecord.objects.get(pk=visit.pk).state == state


def test_file_by_a_person_is_refused(write: Write, ceo: User) -> None:
    visit = write(ceo, state="sent")
    with pytest.raises(NotAllowed):
        transition(visit, "file", by=ceo)


def test_states_are_refused_by_the_database_too(write: Write, dsi: User) -> None:
    visit = write(dsi, state="filed")
    with pytest.raises(InternalError), transaction.atomic():
        VisitRecord.objects.filter(pk=visit.pk).update(state="draft")


# -- sending and filing ----------------------------------------------------------------------------


def test_send_visit_waits_five_school_days_for_a_reply(
    write: Write, dsi: User, as_of: Callable[[str], dt.date]
) -> None:
    as_of("2026-11-13")
    visit = write(dsi, state="sent")
    assert (visit.state, visit.reply_by, visit.sent_by) == ("sent", dt.date(2026, 11, 20), dsi)
    assert reply_words(visit) == "Reply awaited until 20 November"


def test_send_visit_before_a_holiday_waits_over_it(
    write: Write, dsi: User, as_of: Callable[[str], dt.date]
) -> None:
    as_of("2026-10-21")
    assert write(dsi, state="sent").reply_by == dt.date(2026, 11, 4)


def test_send_visit_that_is_not_written_says_what_is_missing(school: School, dsi: User) -> None:
    visit = draft_visit(facts(school, "learning-walk"), by=dsi)
    with pytest.raises(Conflict, match="Enter what you looked at"):
        send_visit(visit, by=dsi)
    visit.refresh_from_db()
    assert visit.state == "draft"


def test_send_visit_leaves_empty_findings_out(write: Write, dsi: User) -> None:
    visit = write(dsi)
    Finding.objects.create(visit=visit, kind="strength", text="", order=2)
    send_visit(visit, by=dsi)
    assert visit.findings.count() == 1


def test_send_visit_where_the_trust_asks_for_no_reply_files_it(
    write: Write, dsi: User, trust_set_up: TrustProfile
) -> None:
    trust_set_up.steps["visit_reply"] = False
    trust_set_up.save()
    visit = write(dsi, state="sent")
    assert (visit.state, visit.reply_by) == ("filed", None)
    assert visit.filed_at is not None
    assert visit.findings.get().sealed_at is not None
    assert reply_words(visit) == "Filed"


def test_send_visit_by_its_reader_is_refused(write: Write, dsi: User, head: User) -> None:
    visit = write(dsi)
    with pytest.raises(NotAllowed):
        send_visit(visit, by=head)


def test_sent_visit_files_itself_the_day_after_its_last_day_and_not_before(
    write: Write, dsi: User, as_of: Callable[[str], dt.date]
) -> None:
    as_of("2026-11-09")
    visit = write(dsi, state="sent")
    assert visit.reply_by == dt.date(2026, 11, 16)
    as_of("2026-11-16")
    run_due_work()
    assert VisitRecord.objects.get(pk=visit.pk).state == "sent"
    as_of("2026-11-17")
    run_due_work()
    filed = VisitRecord.objects.get(pk=visit.pk)
    assert (filed.state, reply_words(filed)) == ("filed", "No reply")
    assert filed.findings.get().sealed_at is not None
    event = AuditEvent.objects.get(verb="file", object_id=filed.pk)
    assert (event.acted_as, event.user_id) == ("software", None)
    run_due_work()
    assert AuditEvent.objects.filter(verb="file", object_id=filed.pk).count() == 1


@pytest.mark.parametrize(
    ("reply", "text", "label"),
    [
        ("agreed", "", "Agreed"),
        ("commented", "The plan has moved on", "Agreed with comment"),
        ("disputed", "Staffing was full that day", "Disputed"),
    ],
)
def test_reply_to_visit_keeps_both_texts_and_files_it(
    reply: str, text: str, label: str, write: Write, dsi: User, head: User
) -> None:
    visit = write(dsi, state="sent")
    reply_to_visit(visit, reply=reply, text=text, by=head)
    filed = VisitRecord.objects.get(pk=visit.pk)
    assert (filed.state, filed.reply_text, reply_words(filed)) == ("filed", text, label)
    assert filed.findings.get().text == "Clear models in 7 of 9 lessons"


@pytest.mark.parametrize(("reply", "text"), [("", "x"), ("disputed", " "), ("commented", "")])
def test_reply_to_visit_without_its_words_is_refused(
    reply: str, text: str, write: Write, dsi: User, head: User
) -> None:
    visit = write(dsi, state="sent")
    with pytest.raises(Conflict):
        reply_to_visit(visit, reply=reply, text=text, by=head)
    assert VisitRecord.objects.get(pk=visit.pk).state == "sent"


@pytest.mark.parametrize("who", ["ceo", "dsi", "leader", "other_head", "link_trustee"])
def test_reply_to_visit_by_anybody_but_the_head_is_refused(
    who: str, write: Write, dsi: User, request: pytest.FixtureRequest
) -> None:
    visit = write(dsi, state="sent")
    with pytest.raises(NotAllowed):
        reply_to_visit(visit, reply="agreed", text="", by=request.getfixturevalue(who))


def test_reply_to_visit_that_is_filed_is_too_late(write: Write, dsi: User, head: User) -> None:
    visit = write(dsi, state="filed")
    with pytest.raises(NotAllowed):
        reply_to_visit(visit, reply="agreed", text="", by=head)


# -- what is frozen --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["focus", "overall", "progress", "reply_text", "visitor_names"])
def test_filed_visit_is_frozen_and_a_draft_is_not(field: str, write: Write, dsi: User) -> None:
    draft, filed = write(dsi), write(dsi, state="filed")
    assert VisitRecord.objects.filter(pk=draft.pk).update(**{field: "Other words"}) == 1
    with pytest.raises(InternalError), transaction.atomic():
        VisitRecord.objects.filter(pk=filed.pk).update(**{field: "Other words"})


def test_filed_visit_may_still_be_opened_to_leaders(write: Write, dsi: User, head: User) -> None:
    filed = write(dsi, state="filed")
    assert open_to_leaders(filed, is_open=True, by=head).open_to_leaders


def test_findings_of_a_filed_visit_are_frozen_and_kept(write: Write, dsi: User) -> None:
    draft, filed = write(dsi).findings.get(), write(dsi, state="filed").findings.get()
    assert Finding.objects.filter(pk=draft.pk).update(text="Other words") == 1
    with pytest.raises(InternalError), transaction.atomic():
        Finding.objects.filter(pk=filed.pk).update(text="Other words")
    with pytest.raises(InternalError), transaction.atomic():
        Finding.objects.filter(pk=filed.pk).delete()
    assert Finding.objects.filter(pk=draft.pk).delete()[0] == 1


def test_filed_visit_is_kept(write: Write, dsi: User) -> None:
    filed = write(dsi, state="filed")
    with pytest.raises(InternalError), transaction.atomic():
        filed.delete()


@pytest.mark.parametrize("state", ["sent", "filed"])
def test_save_visit_that_the_school_has_is_refused(state: str, write: Write, dsi: User) -> None:
    visit = write(dsi, state=state)
    with pytest.raises(Conflict):
        save_visit(visit, VisitText({"focus": "Other"}), by=dsi, version=visit.version)


# -- files and drafts ------------------------------------------------------------------------------


def a_file(name: str = "wall.txt", size: int = 5) -> CleanUpload:
    return CleanUpload(name, "txt", ContentFile(b"x" * size))


def test_attach_file_is_stored_under_a_name_nobody_knows(write: Write, dsi: User) -> None:
    made = attach_file(write(dsi), a_file("Working wall.txt"), by=dsi)
    assert made.name == "Working wall.txt"
    assert "wall" not in made.file.name.lower().removeprefix("visits/")
    with made.file.open("rb") as stored:
        assert stored.read() == b"xxxxx"


def test_attach_file_beyond_200_mb_together_is_refused(write: Write, dsi: User) -> None:
    visit = write(dsi)
    first = attach_file(visit, a_file(), by=dsi)
    type(first).objects.filter(pk=first.pk).update(size=200 * 1024 * 1024)
    with pytest.raises(Conflict, match="200 MB together"):
        attach_file(visit, a_file(), by=dsi)


def test_delete_draft_takes_its_files_out_of_the_store(
    write: Write, dsi: User, django_capture_on_commit_callbacks: Any
) -> None:
    visit = write(dsi)
    made = attach_file(visit, a_file(), by=dsi)
    with django_capture_on_commit_callbacks(execute=True):
        delete_draft(visit, by=dsi)
    assert not VisitRecord.objects.exists()
    assert not made.file.storage.exists(made.file.name)


@pytest.mark.parametrize("state", ["sent", "filed"])
def test_delete_draft_that_the_school_has_is_refused(state: str, write: Write, dsi: User) -> None:
    visit = write(dsi, state=state)
    with pytest.raises(Conflict):
        delete_draft(visit, by=dsi)


def test_nothing_is_saved_when_the_audit_fails(
    write: Write, dsi: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = write(dsi)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the audit is full")

    monkeypatch.setattr("evidence.actions.visits.record", fail)
    with pytest.raises(RuntimeError):
        save_visit(visit, VisitText({"focus": "Other"}), by=dsi, version=visit.version)
    visit.refresh_from_db()
    assert visit.focus == "Adaptive teaching in Years 3 to 5"


def test_file_visit_twice_is_refused(write: Write, dsi: User) -> None:
    visit = write(dsi, state="filed")
    with pytest.raises(Conflict):
        file_visit(visit)
