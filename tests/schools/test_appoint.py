"""Posts are dated, several to a person, named by those who may, and end access when they end."""

import datetime as dt

import pytest

from schools.actions import (
    appoint_person,
    end_post,
    mark_school_joined,
    mark_school_left,
    name_delegate,
    set_school_code,
)
from schools.models import Post
from schools.queries import posts_of
from tests.schools.makers import LONG_AGO, TODAY, make_person, make_post, make_school, make_user
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import AuditEvent

pytestmark = pytest.mark.django_db
C = Capacity


@pytest.fixture
def admin():
    return make_user((C.ADMINISTRATOR, None))


def test_appoint_at_several_schools_gives_each_post(admin) -> None:
    person, schools = make_person(), [make_school(), make_school()]
    for school in schools:
        appoint_person(
            by=admin, person=person, capacity=C.LINK_TRUSTEE, school=school, starts_on=TODAY
        )
    held = posts_of(person.pk, TODAY)
    assert held.schools(C.LINK_TRUSTEE) == {school.pk for school in schools}
    assert AuditEvent.objects.filter(verb="appoint_person").count() == 2


def test_appoint_the_same_post_twice_is_a_conflict_and_makes_one(admin) -> None:
    person, school = make_person(), make_school()
    appoint_person(by=admin, person=person, capacity=C.HEAD, school=school, starts_on=TODAY)
    with pytest.raises(Conflict, match="already holds this post"):
        appoint_person(by=admin, person=person, capacity=C.HEAD, school=school, starts_on=TODAY)
    assert Post.objects.filter(person=person).count() == 1


def test_appoint_nobody_makes_a_vacant_post(admin) -> None:
    post = appoint_person(
        by=admin, person=None, capacity=C.HEAD, school=make_school(), starts_on=TODAY
    )
    assert post.standing == Post.Standing.VACANT


@pytest.mark.parametrize(
    ("capacity", "at_school", "reason"),
    [(C.HEAD, False, "Choose the school"), (C.CEO, True, "Leave the school empty")],
)
def test_appoint_to_a_post_of_the_wrong_shape_is_a_conflict(
    admin, capacity, at_school, reason
) -> None:
    school = make_school() if at_school else None
    with pytest.raises(Conflict, match=reason):
        appoint_person(
            by=admin, person=make_person(), capacity=capacity, school=school, starts_on=TODAY
        )


@pytest.mark.parametrize(
    ("by", "capacity", "allowed"),
    [
        (C.ADMINISTRATOR, C.CEO, True),
        (C.ADMINISTRATOR, C.HEAD, True),
        (C.CEO, C.HEAD, True),
        (C.CEO, C.ADMINISTRATOR, False),
        (C.DSI, C.CHAIR, True),
        (C.DSI, C.CEO, False),
        (C.CLERK, C.HEAD, False),
        (C.TRUSTEE, C.LINK_TRUSTEE, False),
    ],
)
def test_appoint_by_each_trust_wide_capacity(by, capacity, allowed) -> None:
    user = make_user((by, None))
    school = make_school() if capacity in (C.HEAD, C.CHAIR, C.LINK_TRUSTEE) else None
    wanted = {"person": make_person(), "capacity": capacity, "school": school, "starts_on": TODAY}
    if allowed:
        assert appoint_person(by=user, **wanted).pk
    else:
        with pytest.raises(NotAllowed):
            appoint_person(by=user, **wanted)
        assert not Post.objects.filter(person=wanted["person"]).exists()


def test_appoint_by_a_head_names_leaders_of_the_own_school_only() -> None:
    own, other = make_school(), make_school()
    head = make_user((C.HEAD, own))
    wanted = {"by": head, "person": make_person(), "starts_on": TODAY}
    appoint_person(**wanted, capacity=C.LEADER, school=own, title="Reading lead")
    for capacity, school in ((C.LEADER, other), (C.HEAD, own), (C.LINK_TRUSTEE, own)):
        with pytest.raises(NotAllowed):
            appoint_person(**wanted, capacity=capacity, school=school)


def test_end_post_ends_access_after_its_last_day(admin) -> None:
    person, school = make_person(), make_school()
    post = make_post(person, C.LINK_TRUSTEE, school)
    end_post(post, by=admin, on=TODAY)
    assert posts_of(person.pk, TODAY).holds(C.LINK_TRUSTEE)
    assert not posts_of(person.pk, TODAY + dt.timedelta(days=1)).holds(C.LINK_TRUSTEE)


def test_end_post_twice_on_the_same_day_is_done_once(admin) -> None:
    post = make_post(make_person(), C.TRUSTEE)
    end_post(post, by=admin, on=TODAY)
    end_post(post, by=admin, on=TODAY)
    assert AuditEvent.objects.filter(verb="end_post").count() == 1


def test_end_post_before_it_began_is_a_conflict(admin) -> None:
    with pytest.raises(Conflict):
        end_post(make_post(make_person(), C.TRUSTEE), by=admin, on=LONG_AGO - dt.timedelta(days=1))


def test_name_delegate_by_the_head_lets_the_deputy_act_for_the_head() -> None:
    school = make_school()
    head = make_user((C.HEAD, school))
    deputy = make_person()
    post = Post.objects.get(person_id=head.person_id)
    name_delegate(post, by=head, person=deputy, starts_on=TODAY, ends_on=TODAY)
    (held,) = posts_of(deputy.pk, TODAY).holdings
    assert (held.capacity, held.school_id, held.for_person_id) == (
        C.HEAD,
        school.pk,
        head.person_id,
    )


def test_name_delegate_twice_in_one_time_is_a_conflict() -> None:
    head = make_user((C.HEAD, make_school()))
    post = Post.objects.get(person_id=head.person_id)
    name_delegate(post, by=head, person=make_person(), starts_on=TODAY)
    with pytest.raises(Conflict, match="a delegate in that time already"):
        name_delegate(post, by=head, person=make_person(), starts_on=TODAY)


def test_name_delegate_by_somebody_else_or_of_another_capacity_is_refused() -> None:
    school = make_school()
    ceo = make_user((C.CEO, None))
    head = make_post(make_person(), C.HEAD, school)
    chair = make_post(make_person(), C.CHAIR, school)
    for post in (head, chair):
        with pytest.raises(NotAllowed):
            name_delegate(post, by=ceo, person=make_person(), starts_on=TODAY)


def test_name_delegate_of_a_delegate_or_of_oneself_is_a_conflict(admin) -> None:
    person = make_person()
    post = make_post(person, C.CEO)
    with pytest.raises(Conflict, match="somebody else"):
        name_delegate(post, by=admin, person=person, starts_on=TODAY)
    delegate = name_delegate(post, by=admin, person=make_person(), starts_on=TODAY)
    with pytest.raises(Conflict):
        name_delegate(delegate, by=admin, person=make_person(), starts_on=TODAY)


def test_mark_school_left_ends_posts_thirty_days_later_and_keeps_the_school(admin) -> None:
    school = make_school()
    link = make_post(make_person(), C.LINK_TRUSTEE, school)
    mark_school_left(school, by=admin, on=TODAY)
    school.refresh_from_db()
    assert school.left_on == TODAY
    assert Post.objects.get(pk=link.pk).ends_on == dt.date(2026, 12, 21)


def test_mark_school_joined_later_than_it_left_brings_it_back(admin) -> None:
    school = make_school(left_on=dt.date(2025, 8, 31))
    mark_school_joined(school, by=admin, on=TODAY)
    school.refresh_from_db()
    assert (school.joined_on, school.left_on) == (TODAY, None)
    with pytest.raises(Conflict):
        mark_school_left(school, by=admin, on=LONG_AGO)


def test_mark_school_left_by_its_head_is_refused() -> None:
    school = make_school()
    with pytest.raises(NotAllowed):
        mark_school_left(school, by=make_user((C.HEAD, school)), on=TODAY)


def test_set_school_code_that_another_school_has_is_a_conflict(admin) -> None:
    make_school(code="ALD")
    school = make_school()
    with pytest.raises(Conflict, match="Another school has the code ALD"):
        set_school_code(school, by=admin, code="ald")
    assert set_school_code(school, by=admin, code="dun").code == "DUN"
