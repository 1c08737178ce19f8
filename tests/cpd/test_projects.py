"""Joint projects: each school joins by its own headteacher, visits both ways, and says what it gained."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cpd.actions.practice import (
    AtField,
    Stale,
    ask_school_in,
    change_place,
    change_project,
    finish_project,
    join_project,
    leave_project,
    propose_project,
    record_project_visit,
    remove_project_visit,
    reopen_project,
    stop_project,
    take_up_project,
    write_gain,
)
from cpd.models import JointProject, ProjectSchool
from schools.models import School
from tests import factories
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import AuditEvent
from trust.people.models import User

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _november(as_of: Any) -> None:
    as_of("2026-11-21")


@pytest.fixture
def project(school: School, other_school: School, head: User) -> JointProject:
    """Proposed by the headteacher of one school to another."""
    return propose_project(
        title="Oral rehearsal before writing",
        question="Does saying a sentence aloud first lengthen what pupils write?",
        schools=[school, other_school],
        by=head,
    )


def place(project: JointProject, school: School) -> ProjectSchool:
    return project.schools.get(school=school)


@pytest.fixture
def begun(project: JointProject, other_school: School, other_head: User) -> JointProject:
    join_project(place(project, other_school), by=other_head)
    project.refresh_from_db()
    return project


def visit_both_ways(project: JointProject, by: User) -> None:
    one, two = project.schools.all()
    record_project_visit(
        project, visitor=one, host=two, visited_on=TODAY, learned="Seen twice a day", by=by
    )
    record_project_visit(
        project, visitor=two, host=one, visited_on=TODAY, learned="Seen in maths too", by=by
    )


def write_it_up(project: JointProject, head: User, other_head: User) -> JointProject:
    visit_both_ways(project, head)
    one, two = project.schools.all()
    write_gain(one, gained="A routine", by=head)
    write_gain(two, gained="A bank of stems", by=other_head)
    return change_project(
        project, version=project.version, by=other_head,
        baseline="9 of 30 write three sentences", pupils_changed="21 of 30 do",
    )  # fmt: skip


# -- proposed and joined -------------------------------------------------------------------------


def test_propose_by_a_head_joins_the_own_school_and_asks_the_other(
    project: JointProject, school: School, other_school: School
) -> None:
    assert project.state == "proposed"
    assert place(project, school).joined_at is not None
    assert place(project, other_school).joined_at is None


def test_propose_by_a_leader_asks_both_headteachers(
    school: School, other_school: School, leader: User
) -> None:
    proposed = propose_project(
        title="T", question="Q", schools=[school, other_school], by=leader,
        own_lead=leader.person, own_lead_role="English lead",
    )  # fmt: skip
    assert [each.joined_at for each in proposed.schools.all()] == [None, None]
    assert place(proposed, school).lead == leader.person


def test_propose_with_one_school_only_says_so(school: School, head: User) -> None:
    with pytest.raises(AtField, match="needs two schools at least") as refused:
        propose_project(title="T", question="Q", schools=[school, school], by=head)
    assert refused.value.field == "schools"
    assert not JointProject.objects.exists()


def test_propose_without_the_own_school_is_refused(
    school: School, other_school: School, head: User
) -> None:
    third = factories.SchoolFactory()
    with pytest.raises(NotAllowed, match="their own school"):
        propose_project(title="T", question="Q", schools=[other_school, third], by=head)


def test_propose_by_those_who_only_read_is_refused(
    school: School, other_school: School, ceo: User
) -> None:
    with pytest.raises(NotAllowed):
        propose_project(title="T", question="Q", schools=[school, other_school], by=ceo)


def test_propose_with_an_end_before_the_start_says_so(
    school: School, other_school: School, head: User
) -> None:
    with pytest.raises(AtField, match="ends before it starts") as refused:
        propose_project(
            title="T", question="Q", schools=[school, other_school], by=head,
            starts_on=TODAY, ends_on=TODAY - dt.timedelta(days=1),
        )  # fmt: skip
    assert refused.value.field == "ends_on"


def test_join_by_the_last_school_begins_the_project_by_itself(begun: JointProject) -> None:
    assert begun.state == "active"
    assert begun.begun_at is not None


def test_join_twice_changes_nothing(
    begun: JointProject, other_school: School, other_head: User
) -> None:
    before = AuditEvent.objects.count()
    again = join_project(place(begun, other_school), by=other_head, brings="something else")
    assert again.brings == ""
    assert AuditEvent.objects.count() == before


def test_join_by_a_leader_or_another_schools_head_is_refused(
    project: JointProject, other_school: School, head: User
) -> None:
    deputy = factories.user_with((Capacity.LEADER, other_school))
    for by in (deputy, head):
        with pytest.raises(NotAllowed, match="its own headteacher"):
            join_project(place(project, other_school), by=by)


def test_join_with_a_lead_of_another_school_says_so_and_joins_nobody(
    project: JointProject, other_school: School, other_head: User, leader: User
) -> None:
    with pytest.raises(AtField, match="is of another school: choose a leader of Cressmere High"):
        join_project(place(project, other_school), by=other_head, lead=leader.person)
    project.refresh_from_db()
    assert project.state == "proposed"


def test_leave_with_two_schools_says_to_stop_instead(
    project: JointProject, other_school: School, other_head: User
) -> None:
    with pytest.raises(Conflict, match="stop it, with the reason"):
        leave_project(place(project, other_school), by=other_head)


def test_leave_by_the_third_school_lets_the_others_begin(
    project: JointProject, other_school: School, head: User, other_head: User
) -> None:
    third = factories.SchoolFactory()
    third_head = factories.user_with((Capacity.HEAD, third))
    asked = ask_school_in(project, school=third, by=head)
    assert ask_school_in(project, school=third, by=head).pk == asked.pk
    join_project(place(project, other_school), by=other_head)
    project.refresh_from_db()
    assert project.state == "proposed"
    leave_project(asked, by=third_head)
    leave_project(asked, by=third_head)
    project.refresh_from_db()
    assert (project.state, project.schools.count()) == ("active", 2)


def test_leave_for_a_school_that_joined_is_its_own_act(
    project: JointProject, school: School, other_school: School, head: User, other_head: User
) -> None:
    ask_school_in(project, school=factories.SchoolFactory(), by=head)
    with pytest.raises(NotAllowed, match="its own act"):
        leave_project(place(project, school), by=other_head)


# -- written up ----------------------------------------------------------------------------------


def test_change_on_an_older_version_loses_nothing(
    begun: JointProject, head: User, other_head: User
) -> None:
    version = begun.version
    change_project(begun, version=version, by=head, baseline="Theirs")
    with pytest.raises(Stale):
        change_project(begun, version=version, by=other_head, baseline="Mine")
    begun.refresh_from_db()
    assert begun.baseline == "Theirs"


def test_change_sent_twice_is_saved_once(begun: JointProject, head: User) -> None:
    version = begun.version
    change_project(begun, version=version, by=head, baseline="Same")
    again = change_project(begun, version=version, by=head, baseline="Same\r\n")
    assert again.version == version + 1


def test_change_by_a_school_outside_is_refused(begun: JointProject) -> None:
    stranger = factories.user_with((Capacity.HEAD, factories.SchoolFactory()))
    with pytest.raises(NotAllowed, match="Leaders of the schools in the project"):
        change_project(begun, version=begun.version, by=stranger, baseline="x")


def test_record_visit_refuses_itself_the_future_and_a_school_outside(
    begun: JointProject, school: School, head: User
) -> None:
    one, two = begun.schools.all()
    elsewhere = ProjectSchool.objects.create(
        project=JointProject.objects.create(
            title="Other", question="Q", created_by=head, created_at=factories.at(TODAY)
        ),
        school=school,
    )
    for visitor, host, day, words in (
        (one, one, TODAY, "cannot visit itself"),
        (one, two, TODAY + dt.timedelta(days=1), "still to come"),
        (one, elsewhere, TODAY, "two schools of this project"),
    ):
        with pytest.raises(AtField, match=words):
            record_project_visit(
                begun, visitor=visitor, host=host, visited_on=day, learned="", by=head
            )
    assert begun.visits.count() == 0


def test_record_visit_twice_is_one_visit_and_can_be_taken_out(
    begun: JointProject, head: User
) -> None:
    visit_both_ways(begun, head)
    visit_both_ways(begun, head)
    assert begun.visits.count() == 2
    visit = begun.visits.all()[0]
    remove_project_visit(visit, by=head)
    remove_project_visit(visit, by=head)
    assert begun.visits.count() == 1


def test_record_visit_before_the_project_begins_says_so(project: JointProject, head: User) -> None:
    with pytest.raises(Conflict, match="begins when every school has joined"):
        visit_both_ways(project, head)


def test_write_gain_is_each_schools_own(begun: JointProject, school: School, head: User) -> None:
    other = begun.schools.exclude(school=school).get()
    with pytest.raises(NotAllowed, match="their own school"):
        write_gain(other, gained="What they gained", by=head)


def test_write_gain_on_an_older_text_loses_nothing(
    begun: JointProject, school: School, head: User, leader: User
) -> None:
    own = place(begun, school)
    write_gain(own, gained="First", by=head, was="")
    with pytest.raises(Stale):
        write_gain(own, gained="Second", by=leader, was="")
    own.refresh_from_db()
    assert own.gained == "First"
    assert write_gain(own, gained="First", by=leader, was="").gained == "First"


def test_change_place_names_a_lead_of_the_own_school(
    begun: JointProject, school: School, head: User, leader: User, other_head: User
) -> None:
    own = change_place(place(begun, school), by=leader, lead=leader.person, lead_role="Writing")
    assert own.lead == leader.person
    with pytest.raises(AtField, match="is of another school"):
        change_place(own, by=head, lead=other_head.person)


# -- its end -------------------------------------------------------------------------------------


def test_finish_says_in_words_what_is_missing(begun: JointProject, head: User) -> None:
    with pytest.raises(Conflict) as refused:
        finish_project(begun, by=head)
    assert str(refused.value) == (
        "Before it is finished: where pupils stood at the start; a visit by Alderfen Primary Academy; "
        "a visit by Cressmere High; a visit to Alderfen Primary Academy; a visit to Cressmere High; "
        "what Alderfen Primary Academy gained; what Cressmere High gained; what changed for pupils"
    )


def test_finish_with_everything_there_finishes_once(
    begun: JointProject, head: User, other_head: User
) -> None:
    project = write_it_up(begun, head, other_head)
    finish_project(project, by=head)
    finish_project(project, by=other_head)
    project.refresh_from_db()
    assert (project.state, project.finished_by) == ("finished", head)
    with pytest.raises(Conflict, match="reopen it first"):
        change_project(project, version=project.version, by=head, product="New")
    reopen_project(project, by=other_head)
    reopen_project(project, by=other_head)
    project.refresh_from_db()
    assert (project.state, project.finished_at) == ("active", None)


def test_finish_of_a_proposed_project_says_what_it_is(project: JointProject, head: User) -> None:
    with pytest.raises(Conflict, match="proposed"):
        finish_project(project, by=head)


def test_stop_needs_a_reason_and_take_up_goes_on_where_it_stood(
    begun: JointProject, head: User, other_head: User
) -> None:
    with pytest.raises(AtField, match="reason"):
        stop_project(begun, reason="  ", by=head)
    stop_project(begun, reason="The lead has moved", by=head)
    stop_project(begun, reason="again", by=other_head)
    begun.refresh_from_db()
    assert (begun.state, begun.stopped_reason) == ("stopped", "The lead has moved")
    with pytest.raises(Conflict, match="take it up again"):
        visit_both_ways(begun, head)
    take_up_project(begun, by=other_head)
    take_up_project(begun, by=other_head)
    begun.refresh_from_db()
    assert (begun.state, begun.stopped_reason) == ("active", "")


def test_take_up_of_a_project_that_never_began_is_proposed_again(
    project: JointProject, head: User
) -> None:
    stop_project(project, reason="Not this year", by=head)
    take_up_project(project, by=head)
    project.refresh_from_db()
    assert project.state == "proposed"
