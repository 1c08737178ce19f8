"""Who somebody is today: dated posts, several of them, and delegates."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from schools.middleware import PostsMiddleware
from schools.models import Post
from schools.queries import posts_of, with_posts
from tests.schools.makers import LONG_AGO, TODAY, make_person, make_post, make_school, make_user
from trust.access import NO_POSTS, Capacity, Holding, Posts

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_posts_of_nobody_holds_nothing() -> None:
    assert posts_of(None, TODAY) == NO_POSTS
    assert posts_of(make_person().pk, TODAY).holdings == ()


def test_posts_of_person_with_several_posts_gives_each_in_one_query() -> None:
    alderfen, dunlin = make_school(), make_school()
    person = make_person()
    make_post(person, Capacity.HEAD, alderfen)
    make_post(person, Capacity.LINK_TRUSTEE, dunlin)
    make_post(person, Capacity.TRUSTEE, is_chair_of_trustees=True)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        posts = posts_of(person.pk, TODAY)
    assert len(queries) == 1
    assert posts == Posts(
        (
            Holding(Capacity.HEAD, alderfen.pk),
            Holding(Capacity.LINK_TRUSTEE, dunlin.pk),
            Holding(Capacity.TRUSTEE, is_mark=True),
        ),
        person.pk,
    )


@pytest.mark.parametrize(
    ("starts", "ends", "held"),
    [
        (TODAY, None, True),
        (TODAY + DAY, None, False),
        (LONG_AGO, TODAY, True),
        (LONG_AGO, TODAY - DAY, False),
    ],
)
def test_posts_of_person_begin_and_end_with_the_term_of_office(
    starts: dt.date, ends: dt.date | None, held: bool
) -> None:
    person = make_person()
    make_post(person, Capacity.TRUSTEE, starts_on=starts, ends_on=ends)
    assert posts_of(person.pk, TODAY).holds(Capacity.TRUSTEE) is held


def test_posts_of_delegate_gives_the_delegated_capacity_for_its_holder() -> None:
    school, head, deputy = make_school(), make_person(), make_person()
    post = make_post(head, Capacity.HEAD, school)
    make_post(deputy, Capacity.HEAD, school, delegate_of=post)
    posts = posts_of(deputy.pk, TODAY)
    assert posts.holdings == (Holding(Capacity.HEAD, school.pk, for_person_id=head.pk),)
    assert posts.holds(Capacity.HEAD, school=school.pk)
    assert not posts.holds(Capacity.HEAD, school=school.pk, in_person=True)


def test_posts_of_delegate_end_with_the_post_itself() -> None:
    school, head, deputy = make_school(), make_person(), make_person()
    post = make_post(head, Capacity.HEAD, school, ends_on=TODAY - DAY)
    make_post(deputy, Capacity.HEAD, school, delegate_of=post)
    assert posts_of(deputy.pk, TODAY).holdings == ()
    assert posts_of(deputy.pk, TODAY - DAY).holds(Capacity.HEAD)


def test_posts_of_delegate_of_a_vacant_post_hold_nothing() -> None:
    school, deputy = make_school(), make_person()
    vacant = make_post(None, Capacity.HEAD, school, standing=Post.Standing.VACANT)
    make_post(deputy, Capacity.HEAD, school, delegate_of=vacant)
    assert posts_of(deputy.pk, TODAY).holdings == ()


def test_with_posts_sets_the_posts_of_the_day() -> None:
    user = make_user((Capacity.CEO, None))
    assert user.posts.holds(Capacity.CEO)
    assert not with_posts(user, LONG_AGO - DAY).posts.holds(Capacity.CEO)


@pytest.mark.parametrize("posts", [1, 3, 40])
def test_middleware_sets_posts_in_one_query_whatever_their_number(posts: int) -> None:
    user = make_user(*[(Capacity.LINK_TRUSTEE, make_school()) for _ in range(posts)])
    user.posts = NO_POSTS
    seen: list[Posts] = []

    def answer(request: object) -> HttpResponse:
        seen.append(request.user.posts)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = user
    with CaptureQueriesContext(connection) as queries:
        PostsMiddleware(answer)(request)
    assert len(queries) == 1
    assert len(seen[0].holdings) == posts


def test_middleware_gives_a_stranger_no_posts() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    PostsMiddleware(lambda _: HttpResponse())(request)
    assert request.user.posts == NO_POSTS
