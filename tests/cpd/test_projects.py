"""Joint projects: each school joins by its own headteacher, visits both ways, and says what it gained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

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
    retire_card,
    share_card,
    stop_project,
    take_up_project,
    write_card,
    write_gain,
)
from cpd.models import JointProject, ProjectSchool
from cpd.queries.projects import practice_of_year
from schools.models import School
from tests import factories
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import AuditEvent
from trust.pages import new_key
from trust.people.models import User

ClientFor = Callable[..., Client]
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


# -- pages ---------------------------------------------------------------------------------------


def test_project_from_a_card_is_proposed_joined_written_and_finished(
    school: School, other_school: School, head: User, other_head: User, client_for: ClientFor
) -> None:
    card = share_card(
        write_card(school=school, by=head, title="Oral rehearsal", what="Say it first"), by=head
    )
    theirs, ours = client_for(other_head), client_for(head)
    address = f"{reverse('cpd:project-new')}?card={card.pk}"
    assert theirs.get(address).context["form"].initial["schools"] == [school.pk]
    sent = {
        "title": "Oral rehearsal", "question": "Does it carry over?", "school": other_school.pk,
        "schools": [school.pk], "baseline": "9 of 30", "idempotency_key": new_key(),
    }  # fmt: skip
    theirs.post(address, sent)
    theirs.post(address, sent)
    project = JointProject.objects.get()
    page = reverse("cpd:project", args=[project.pk])
    assert (project.card, project.state) == (card, "proposed")
    ours.post(reverse("cpd:project-join", args=[place(project, school).pk]), {"brings": "Films"})
    project.refresh_from_db()
    assert project.state == "active"
    assert "what changed for pupils" in ours.get(page).content.decode()
    one, two = place(project, school), place(project, other_school)
    for visitor, host in ((one, two), (two, one)):
        ours.post(
            reverse("cpd:project-visit", args=[project.pk]),
            {"visitor": visitor.pk, "host": host.pk, "visited_on": "2026-11-20", "learned": "x"},
        )
    ours.post(reverse("cpd:project-gain", args=[one.pk]), {"gained": "A routine", "was": ""})
    theirs.post(reverse("cpd:project-gain", args=[two.pk]), {"gained": "Stems", "was": ""})
    edit = reverse("cpd:project-edit", args=[project.pk])
    form = theirs.get(edit).context["form"]
    typed = {name: form.initial.get(name) or "" for name in form.fields if name in form.initial}
    theirs.post(edit, {**typed, "pupils_changed": "21 of 30", "product": "A film of the routine"})
    assert "Finish the project" in ours.get(page).content.decode()
    ours.post(reverse("cpd:project-finish", args=[project.pk]))
    project.refresh_from_db()
    assert project.state == "finished"
    made = ours.get(f"{reverse('cpd:practice-new')}?project={project.pk}").context["form"].initial
    assert made["what"] == "A film of the routine"
    assert made["effect"] == "21 of 30"
    assert (
        "Oral rehearsal"
        in ours.get(reverse("cpd:project-list") + "?show=finished").content.decode()
    )


@pytest.mark.parametrize(
    ("name", "sent", "words"),
    [
        ("project-visit", {"visitor": 0, "host": 0, "visited_on": "2026-11-20"}, "cannot visit itself"),
        ("project-visit", {"visitor": 0, "host": 1, "visited_on": "2026-11-22"}, "still to come"),
    ],
)  # fmt: skip
def test_visit_that_cannot_be_comes_back_with_its_text(
    begun: JointProject,
    head: User,
    client_for: ClientFor,
    name: str,
    sent: dict[str, Any],
    words: str,
) -> None:
    places = list(begun.schools.all())
    told = {**sent, "visitor": places[sent["visitor"]].pk, "host": places[sent["host"]].pk}
    page = client_for(head).post(
        reverse(f"cpd:{name}", args=[begun.pk]), {**told, "learned": "Seen in every class"}
    )
    body = page.content.decode()
    assert words in body
    assert "Seen in every class" in body


def test_edit_and_gain_on_an_older_text_show_both(
    begun: JointProject, school: School, head: User, leader: User, client_for: ClientFor
) -> None:
    own, client = place(begun, school), client_for(head)
    change_project(begun, version=begun.version, by=leader, baseline="What Hanna wrote")
    write_gain(own, gained="What Hanna gained", by=leader)
    sent = {"version": 1, "title": begun.title, "question": begun.question, "baseline": "Mine"}
    body = client.post(reverse("cpd:project-edit", args=[begun.pk]), sent).content.decode()
    assert "What Hanna wrote" in body
    assert "Mine" in body
    address = reverse("cpd:project-gain", args=[own.pk])
    page = client.post(address, {"gained": "My gain", "was": ""}).content.decode()
    assert "What Hanna gained" in page
    assert "My gain" in page
    client.post(address, {"gained": "My gain", "was": "What Hanna gained"})
    own.refresh_from_db()
    assert own.gained == "My gain"


def test_finish_before_it_is_ready_answers_with_what_is_missing(
    begun: JointProject, head: User, client_for: ClientFor
) -> None:
    page = client_for(head).post(reverse("cpd:project-finish", args=[begun.pk]))
    assert page.status_code == 409
    assert "what changed for pupils" in page.content.decode()


def test_proposal_to_nobody_comes_back_with_its_text(
    school: School, head: User, client_for: ClientFor
) -> None:
    sent = {"title": "Sentences", "question": "Do they grow?", "school": school.pk}
    body = client_for(head).post(reverse("cpd:project-new"), sent).content.decode()
    assert "needs two schools at least" in body
    assert "Do they grow?" in body


def test_project_page_shows_its_card_to_whoever_may_read_it(
    school: School, other_school: School, head: User, other_head: User, client_for: ClientFor
) -> None:
    card = share_card(write_card(school=school, by=head, title="Canary", what="x"), by=head)
    made = propose_project(
        title="T", question="Q", schools=[school, other_school], by=head, card=card
    )
    address = reverse("cpd:project", args=[made.pk])
    assert "Canary" in client_for(other_head).get(address).content.decode()
    retire_card(card, by=head)
    assert "Canary" not in client_for(other_head).get(address).content.decode()
    assert "Canary" in client_for(head).get(address).content.decode()


def test_list_and_page_ask_as_often_for_1_3_and_40_rows(
    school: School, other_school: School, head: User, other_head: User, client_for: ClientFor
) -> None:
    both = factories.user_with((Capacity.HEAD, school), (Capacity.HEAD, other_school))
    client, asked, made = client_for(head), [], 0
    for rows in (1, 3, 40):
        for n in range(made, rows):
            each = propose_project(
                title=f"T{n}", question="Q", schools=[school, other_school], by=both
            )
        made = rows
        first = JointProject.objects.order_by("pk")[0]
        one, two = first.schools.all()
        for n in range(rows):
            record_project_visit(
                first, visitor=one, host=two, visited_on=TODAY, learned=f"{rows} {n}", by=head
            )
        count = []
        for address in (reverse("cpd:project-list"), reverse("cpd:project", args=[first.pk])):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            count.append(len(queries))
        asked.append(count)
    assert each.state == "active"
    assert asked[0] == asked[1] == asked[2]


# -- the year ------------------------------------------------------------------------------------


def test_practice_of_year_counts_projects_visits_and_who_was_visited(
    begun: JointProject, school: School, other_school: School, head: User
) -> None:
    one, two = begun.schools.all()
    record_project_visit(begun, visitor=one, host=two, visited_on=TODAY, learned="", by=head)
    long_ago = dt.date(2026, 8, 31)
    record_project_visit(begun, visitor=two, host=one, visited_on=long_ago, learned="", by=head)
    share_card(write_card(school=school, by=head, title="x", what="x"), by=head)
    write_card(school=school, by=head, title="Draft", what="x")
    year = factories.make_year(2026)
    told = practice_of_year(year)
    assert (told.cards, told.projects, told.visits) == (1, {"Under way": 1}, 1)
    assert told.hosted == {"Cressmere High": 1}
    before = practice_of_year(factories.make_year(2025))
    assert (before.cards, before.projects, before.visits) == (0, {}, 1)


@pytest.mark.django_db(transaction=True)
def test_two_heads_joining_at_once_begin_the_project_once(
    project: JointProject, other_school: School, other_head: User, head: User
) -> None:
    third = factories.SchoolFactory()
    third_head = factories.user_with((Capacity.HEAD, third))
    asked = ask_school_in(project, school=third, by=head)
    answers = [(place(project, other_school), other_head), (asked, third_head)]

    def join(answer: tuple[ProjectSchool, User]) -> None:
        try:
            join_project(answer[0], by=answer[1])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(join, answers))
    project.refresh_from_db()
    assert project.state == "active"
    assert AuditEvent.objects.filter(verb="begin", object_id=project.pk).count() == 1
