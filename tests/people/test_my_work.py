"""My work: what waits, what is coming up, and one's own schools, for each of the cast."""

import datetime as dt
import re

import pytest

from home.queries import coming_up, greeting, own_schools, standing_words
from schools.models import School
from tests import factories
from trust.access import Capacity
from trust.calendar import LONDON
from trust.people.models import User
from trust.work import WorkItem

TODAY = dt.date(2026, 11, 21)


def text(page: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.mark.parametrize(
    ("clock", "waiting", "said"),
    [
        (9, 3, "Good morning. Three things need you"),
        (12, 1, "Good afternoon. One thing needs you"),
        (18, 0, "Good evening. Nothing needs you"),
        (9, 12, "Good morning. 12 things need you"),
    ],
)
def test_greeting_says_how_many_things_wait(clock: int, waiting: int, said: str) -> None:
    assert greeting(dt.datetime(2026, 11, 21, clock, tzinfo=LONDON), waiting) == said


@pytest.mark.parametrize(
    ("due", "is_late", "said"),
    [
        (dt.date(2026, 11, 15), True, "Overdue by 6 days"),
        (dt.date(2026, 11, 20), True, "Overdue by 1 day"),
        (dt.date(2026, 11, 24), False, ""),
        (None, True, "Overdue"),
    ],
)
def test_work_item_says_how_late_it_is(due: dt.date | None, is_late: bool, said: str) -> None:
    item = WorkItem("k", "Choose", "", "/", "Choose", due=due, is_late=is_late)
    assert item.lateness == said


def test_my_work_without_work_says_what_will_stand_here(provider: User, client_for: object) -> None:
    assert "Nothing waits for you" in text(client_for(provider).get("/"))


def test_coming_up_lists_own_dated_meetings_soonest_first(
    head: User, school: School, client_for: object
) -> None:
    for day, half, state in (
        (dt.date(2027, 1, 14), 3, "scheduled"),
        (dt.date(2026, 12, 3), 2, "issued"),
        (TODAY, 4, "held"),
        (dt.date(2026, 10, 8), 1, "final"),
    ):
        factories.ProgressBoardFactory(
            school=school,
            half_term=factories.half_term(half),
            day=day,
            meeting__state=state,
            meeting__entered_later=True,
        )
    meeting = school.meetings.get(state="issued")
    factories.seat(meeting, head.person, Capacity.HEAD, reply="coming")
    coming = coming_up(head, TODAY)
    assert client_for(head).get(coming[0].url, follow=True).redirect_chain == [
        (f"/progress-boards/{meeting.progress_board.pk}/", 302)
    ]
    shown = [(each.title, each.small) for each in coming]
    board = f"{meeting.kind.name}, Alderfen Primary Academy"
    assert shown == [
        (board, "3 December 2026, 9:30am to 10:30am · you are coming"),
        (board, "14 January 2027, 9:30am to 10:30am"),
    ]


def test_coming_up_leaves_out_another_schools_meeting(
    head: User, school: School, other_school: School
) -> None:
    factories.ProgressBoardFactory(
        school=other_school, day=dt.date(2026, 12, 8), meeting__state="issued"
    )
    assert coming_up(head, TODAY) == []


def test_own_school_shows_shared_rating_and_never_a_draft(head: User, school: School) -> None:
    factories.RatingAssessmentFactory(school=school, position=2, shared=True)
    draft = factories.RatingAssessmentFactory(school=school)
    shown = own_schools(head, TODAY)
    assert [each.name for each in shown] == ["Alderfen Primary Academy"]
    assert shown[0].rating.state == "shared"
    assert shown[0].rating != draft


def test_own_school_of_a_leader_hides_the_rating(
    leader: User, school: School, client_for: object
) -> None:
    rating = factories.RatingAssessmentFactory(school=school, position=3, shared=True)
    assert own_schools(leader, TODAY)[0].rating is None
    aside = client_for(leader).get("/").content.decode().partition("<aside")[2]
    assert school.name in aside
    assert rating.overall.name not in aside


def test_link_trustee_of_two_schools_reads_both_and_so_in_words(
    link_trustee: User, school: School, other_school: School, client_for: object
) -> None:
    factories.PostFactory(
        person=link_trustee.person, capacity=Capacity.LINK_TRUSTEE, school=other_school
    )
    page = text(client_for(link_trustee).get("/"))
    assert "Link Trustee of two schools" in page
    assert "My schools" in page
    assert school.name in page
    assert other_school.name in page


def test_standing_words_of_one_school_are_empty(head: User) -> None:
    assert standing_words(head) == ""


@pytest.mark.parametrize("count", [1, 3, 40])
def test_own_schools_ask_as_many_questions_of_one_as_of_forty(
    trust_set_up: object, count: int, django_assert_num_queries: object
) -> None:
    schools = factories.SchoolFactory.create_batch(count)
    trustee = factories.user_with(*((Capacity.LINK_TRUSTEE, each) for each in schools))
    for each in schools:
        factories.RatingAssessmentFactory(school=each, shared=True)
    with django_assert_num_queries(6):
        shown = own_schools(trustee, TODAY)
        assert all(each.rating.overall.name and each.rating.level.name for each in shown)
    assert len(shown) == count
