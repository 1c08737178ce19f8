"""Priorities are set by the trust and by each school, and nobody loses what was typed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from evidence.models import Indicator
from improvement.actions import (
    Stale,
    add_priority,
    change_priority,
    move_priority,
    report_priority,
)
from improvement.models import Priority
from improvement.queries.people import leads_for, places_to_set
from improvement.rules import may_edit_priority
from improvement.states import LIVE
from schools.models import School
from tests import factories
from tests.factories import TODAY, PriorityFactory, make_year
from trust.access import Conflict, NotAllowed
from trust.conflicts import refusals_as_conflicts
from trust.models import AuditEvent
from trust.people.models import User


def given(school: School | None, by: User, **more: Any) -> Priority:
    said = {"title": "Early reading", "outcome": "Every pupil reads by July", **more}
    return add_priority(school=school, academic_year=make_year(2026), by=by, **said)


def numbers(school: School | None) -> list[tuple[int, str]]:
    return list(
        Priority.objects.filter(school=school).order_by("number").values_list("number", "title")
    )


# -- setting one ---------------------------------------------------------------------------------


def test_add_priority_takes_the_next_number_of_its_place_and_year(
    school: School, other_school: School, head: User, dsi: User
) -> None:
    given(school, head)
    given(school, head, title="Attendance")
    given(other_school, dsi)
    given(None, dsi, title="Every school secures early reading")
    assert numbers(school) == [(1, "Early reading"), (2, "Attendance")]
    assert numbers(other_school) == [(1, "Early reading")]
    assert numbers(None) == [(1, "Every school secures early reading")]
    last = AuditEvent.objects.latest("pk")
    assert (last.verb, last.acted_as, last.object_type) == ("add", "dsi", "improvement.priority")


def test_add_priority_by_whom_the_table_names_and_nobody_else(
    school: School, ceo: User, dsi: User, head: User, other_head: User, leader: User, trustee: User
) -> None:
    given(None, ceo)
    given(None, dsi, title="Attendance")
    given(school, head)
    for user, place in (
        (ceo, school), (head, None), (other_head, school), (leader, school), (trustee, None),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            given(place, user, title="Not theirs to set")
    assert Priority.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "  "}, "Enter a title"),
        ({"outcome": ""}, "Enter what pupils will do better"),
        ({"budget": Decimal("-1")}, "Enter a budget of £0 or more"),
        ({"phase": "begin"}, "Choose a phase"),
    ],
)
def test_add_priority_without_what_it_needs_says_what(
    school: School, head: User, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        given(school, head, **changes)
    assert not Priority.objects.exists()


def test_add_priority_of_the_same_title_is_refused_in_words(school: School, head: User) -> None:
    given(school, head)
    with pytest.raises(Conflict, match="already"):
        given(school, head, title="EARLY reading ")
    assert numbers(school) == [(1, "Early reading")]


def test_parent_is_only_a_trust_priority_of_the_same_year(
    school: School, other_school: School, head: User, dsi: User
) -> None:
    of_trust = PriorityFactory(school=None)
    of_school = PriorityFactory(school=other_school)
    of_last_year = PriorityFactory(school=None, academic_year=make_year(2025))
    for wrong in (of_school, of_last_year):
        with pytest.raises(Conflict, match="same year"):
            given(school, head, parent=wrong)
    with pytest.raises(Conflict, match="Only a school's"):
        given(None, dsi, parent=of_trust)
    assert given(school, head, parent=of_trust).parent == of_trust


def test_lead_holds_a_post_at_the_school_or_for_the_trust(
    school: School, head: User, leader: User, other_head: User, dsi: User, trustee: User
) -> None:
    made = given(school, head, lead=leader.person)
    assert (made.lead, made.lead_role) == (leader.person, "School leader")
    for stranger in (other_head, dsi, trustee):
        with pytest.raises(Conflict, match="holds a post there"):
            given(school, head, title="Attendance", lead=stranger.person)
    assert given(None, dsi, lead=dsi.person).lead_role == "Director of School Improvement"
    with pytest.raises(Conflict, match="holds a post there"):
        given(None, dsi, title="Attendance", lead=head.person)


def test_leads_for_names_each_person_once_and_only_todays(school: School, head: User) -> None:
    factories.PostFactory(
        person=head.person, capacity="leader", school=school, title="Reading lead"
    )
    factories.PostFactory(
        capacity="leader", school=school, starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2021, 1, 1)
    )
    assert [lead.person_id for lead in leads_for(school, TODAY)] == [head.person_id]


def test_places_to_set_are_those_the_table_names(
    school: School, other_school: School, ceo: User, dsi: User, head: User, leader: User
) -> None:
    assert places_to_set(ceo, TODAY) == [None]
    assert places_to_set(dsi, TODAY) == [None, school, other_school]
    assert places_to_set(head, TODAY) == [school]
    assert places_to_set(leader, TODAY) == []


# -- changing one --------------------------------------------------------------------------------


def test_change_priority_stale_changes_nothing(school: School, head: User, dsi: User) -> None:
    made = given(school, head)
    changed = change_priority(made, version=1, by=head, title="Early reading and phonics")
    assert changed.version == 2
    with pytest.raises(Stale):
        change_priority(made, version=1, by=dsi, title="Reading for all")
    made.refresh_from_db()
    assert (made.title, made.version) == ("Early reading and phonics", 2)


def test_change_priority_to_what_it_is_writes_nothing(school: School, head: User) -> None:
    made = given(school, head)
    before = AuditEvent.objects.count()
    change_priority(made, version=1, by=head, title="Early reading ")
    assert AuditEvent.objects.count() == before
    made.refresh_from_db()
    assert made.version == 1


def test_change_priority_keeps_a_lead_who_has_left(school: School, head: User) -> None:
    gone = factories.PersonFactory()
    made = PriorityFactory(school=school, lead=gone, lead_role="Reading lead")
    assert change_priority(made, version=1, by=head, title="Reading", lead=gone).lead == gone


def test_change_priority_checks_what_it_would_become(school: School, head: User) -> None:
    made = given(school, head)
    for change in (
        {"title": ""},
        {"parent": PriorityFactory(school=school)},
        {"budget": Decimal(-5)},
    ):
        with pytest.raises(Conflict):
            change_priority(made, version=1, by=head, **change)
    made.refresh_from_db()
    assert (made.title, made.version) == ("Early reading", 1)


def test_change_priority_of_a_field_that_stays_is_an_error(school: School, head: User) -> None:
    with pytest.raises(TypeError):
        change_priority(given(school, head), version=1, by=head, state="met")


def test_leader_edits_only_what_they_lead(
    school: School, other_school: School, head: User, leader: User
) -> None:
    mine = given(school, head, lead=leader.person, indicator=Indicator.objects.first())
    other = given(school, head, title="Attendance")
    elsewhere = PriorityFactory(school=other_school, lead=leader.person)
    change_priority(mine, version=1, by=leader, rationale="The checks in June")
    report_priority(mine, state="on_track", by=leader)
    for not_theirs in (other, elsewhere):
        assert not may_edit_priority(leader, not_theirs)
        with pytest.raises(NotAllowed):
            change_priority(not_theirs, version=1, by=leader, title="Taken over")
        with pytest.raises(NotAllowed):
            report_priority(not_theirs, state="met", by=leader)
    with pytest.raises(NotAllowed):
        move_priority(mine, up=False, by=leader)


# -- reporting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*LIVE, "met", "stopped"])
def test_report_priority_from_live_says_who_when_and_why(
    school: School, head: User, state: str
) -> None:
    made = report_priority(given(school, head), state=state, note="Nine of 14 pupils", by=head)
    made.refresh_from_db()
    assert (made.state, made.report_note, made.reported_by) == (state, "Nine of 14 pupils", head)
    assert made.reported_at is not None
    assert AuditEvent.objects.latest("pk").acted_as == "head"


def test_report_priority_twice_is_one_report(school: School, head: User) -> None:
    made = given(school, head)
    for _ in range(2):
        report_priority(made, state="met", note="Done", by=head)
    assert AuditEvent.objects.filter(verb="meet").count() == 1


def test_stopping_needs_the_reason(school: School, head: User) -> None:
    made = given(school, head)
    with pytest.raises(Conflict, match="Give a reason"):
        report_priority(made, state="stopped", note="  ", by=head)


def test_priority_that_ended_is_only_taken_up_again(school: School, head: User) -> None:
    made = report_priority(given(school, head), state="met", by=head)
    with pytest.raises(Conflict, match="This is now: met"):
        report_priority(made, state="stopped", note="After all", by=head)
    with pytest.raises(Conflict):
        report_priority(made, state="no-such-state", by=head)
    assert report_priority(made, state="at_risk", by=head).state == "at_risk"
    assert AuditEvent.objects.latest("pk").verb == "take_up"


def test_database_refuses_a_move_that_no_verb_makes(school: School, head: User) -> None:
    made = report_priority(given(school, head), state="met", by=head)
    with pytest.raises(Exception, match="Invalid transition"), transaction.atomic():
        Priority.objects.filter(pk=made.pk).update(state="stopped")


# -- the order -----------------------------------------------------------------------------------


def test_move_priority_changes_places_and_stays_at_the_ends(school: School, head: User) -> None:
    first, second = given(school, head), given(school, head, title="Attendance")
    PriorityFactory(school=school, academic_year=make_year(2025), number=1, title="Last year’s")
    move_priority(second, up=True, by=head)
    move_priority(second, up=True, by=head)
    move_priority(first, up=False, by=head)
    this_year = Priority.objects.filter(academic_year=make_year(2026)).order_by("number")
    assert list(this_year.values_list("number", "title")) == [
        (1, "Attendance"),
        (2, "Early reading"),
    ]


def test_move_priority_seen_elsewhere_is_a_second_click(school: School, head: User) -> None:
    for title in ("One", "Two", "Three"):
        given(school, head, title=title)
    third = Priority.objects.get(title="Three")
    for _ in range(2):
        move_priority(third, up=True, seen_at=3, by=head)
    assert numbers(school) == [(1, "One"), (2, "Three"), (3, "Two")]


# -- the database --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": 1}, "Somebody added a priority"),
        ({"number": 2, "budget": Decimal("-0.01")}, "Enter a budget"),
    ],
)
def test_database_refusal_is_said_in_words(
    school: School, fields: dict[str, Any], words: str
) -> None:
    PriorityFactory(school=school, number=1)
    with pytest.raises(Conflict, match=words), refusals_as_conflicts():
        PriorityFactory(school=school, **fields)


def test_database_refuses_a_parent_of_a_trust_priority(trust_set_up: object) -> None:
    above = PriorityFactory(school=None)
    with pytest.raises(Conflict, match="Only a school's"), refusals_as_conflicts():
        PriorityFactory(school=None, parent=above)


# -- who reads -----------------------------------------------------------------------------------


def test_visible_to_each_capacity_as_the_table_says(
    school: School, other_school: School, ceo: User, dsi: User, trustee: User, clerk: User, cfo: User,
    ceo_representative: User, head: User, leader: User, link_trustee: User, chair: User,
    provider: User, local_committee: User, safeguarding_lead: User, administrator: User,
    stranger: User,
) -> None:  # fmt: skip
    trusts, own, other = (
        PriorityFactory(school=place, title=f"At {place}") for place in (None, school, other_school)
    )
    every, at_own = {trusts, own, other}, {trusts, own}
    for user in (ceo, dsi, trustee, clerk, cfo):
        assert set(Priority.objects.visible_to(user)) == every
    for user in (
        ceo_representative, head, leader, link_trustee, chair, provider, local_committee,
    ):  # fmt: skip
        assert set(Priority.objects.visible_to(user)) == at_own
    for user in (safeguarding_lead, administrator, stranger):
        assert set(Priority.objects.visible_to(user)) == set()
