"""What a post gives begins and ends with its term of office, and nobody's menu names what is not theirs."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from progress_boards.models import AnnualReport
from schools.models import Post, School
from tests import factories
from trust.calendar import now
from trust.people.models import Person, User
from trust.people.queries import people_list

TODAY = dt.date(2026, 11, 21)


def menu(page: object) -> list[str]:
    """The words of the menu, in order."""
    nav = page.content.decode().partition('aria-label="Main"')[2].partition("</nav>")[0]
    return [
        re.sub(r"<[^>]+>", "", line).strip() for line in re.findall(r"<li>(.*?)</li>", nav, re.S)
    ]


def test_end_of_term_closes_everything_on_the_next_day(
    ceo: User, client_for: object, as_of: object
) -> None:
    Post.objects.filter(person=ceo.person).update(ends_on=TODAY)
    client = client_for(ceo)
    assert client.get(reverse("people:people")).status_code == 200
    as_of("2026-11-22")
    assert client.get(reverse("people:people")).status_code == 403
    page = client.get("/")
    assert "You hold no post in this trust today" in page.content.decode()
    assert menu(page) == ["My work"]


def test_sign_in_after_end_of_term_works_and_shows_nothing(
    link_trustee: User, school: School, client_for: object, as_of: object
) -> None:
    Post.objects.filter(person=link_trustee.person).update(ends_on=TODAY)
    as_of("2026-11-22")
    client = client_for()
    data = {"login": link_trustee.email, "password": factories.PASSWORD}
    assert client.post(reverse("account_login"), data)["Location"] == "/"
    assert school.name not in client.get("/").content.decode()


def test_post_that_begins_tomorrow_gives_nothing_today(
    stranger: User, school: School, client_for: object, as_of: object
) -> None:
    factories.PostFactory(
        person=stranger.person, capacity="head", school=school, starts_on=dt.date(2026, 11, 22)
    )
    assert school.name not in client_for(stranger).get("/").content.decode()
    as_of("2026-11-22")
    assert school.name in client_for(stranger).get("/").content.decode()


def test_administrator_menu_names_no_rating_and_no_minutes(
    administrator: User, client_for: object
) -> None:
    page = client_for(administrator).get("/")
    nav = page.content.decode().partition('aria-label="Main"')[2].partition("</nav>")[0]
    assert "My work" in menu(page)
    assert "People" in menu(page)
    for forbidden in ("/ratings/", "/meetings/", "/progress-boards/", "/evidence/"):
        assert forbidden not in nav


@pytest.mark.parametrize("name", ["head", "leader", "link_trustee", "trustee", "chair", "provider"])
def test_menu_of_other_posts_has_no_people(
    request: pytest.FixtureRequest, client_for: object, name: str
) -> None:
    assert "People" not in menu(client_for(request.getfixturevalue(name)).get("/"))


def test_people_list_says_posts_and_account_in_words(
    administrator: User, head: User, client_for: object
) -> None:
    factories.PersonFactory(name="Zoe Unnamed", email="")
    page = client_for(administrator).get(reverse("people:people")).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert f"Tessa Marlow Headteacher, Alderfen Primary Academy {head.email} Active" in words
    assert "Zoe Unnamed — — No account" in words


def test_people_list_search_finds_by_part_of_a_name(
    administrator: User, head: User, client_for: object
) -> None:
    page = client_for(administrator).get(reverse("people:people"), {"q": "marlow"})
    assert [row.name for row in page.context["table"].data] == ["Tessa Marlow"]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_people_list_asks_as_many_questions_of_one_as_of_forty(
    administrator: User,
    school: School,
    count: int,
    django_assert_num_queries: object,
) -> None:
    for person in factories.PersonFactory.create_batch(count):
        factories.PostFactory(person=person, capacity="leader", school=school)
    with django_assert_num_queries(3):
        rows = people_list(administrator, on=TODAY, now=now())
    assert len(rows) == Person.objects.count()


@pytest.mark.parametrize("name", ["chair", "clerk", "link_trustee", "head"])
@pytest.mark.parametrize("state", ["agenda_with_chair", "issued", "with_chair", "final"])
def test_a_seat_gives_nothing_once_its_person_holds_no_post(
    name: str, state: str, request: pytest.FixtureRequest, client_for: object, school: School
) -> None:
    """ "Ex-trustee loses access on term end date": the seat of a board past or to come is no way in."""
    user: User = request.getfixturevalue(name)
    final = {"meeting__signed_by": user, "meeting__signed_name": "X", "meeting__signed_at": now()}
    board = factories.ProgressBoardFactory(
        school=school, half_term=factories.half_term(2), day=dt.date(2026, 12, 3),
        meeting__state=state, meeting__agenda_version=1, **(final if state == "final" else {}),
    )  # fmt: skip
    factories.seat(board.meeting, user.person, name)
    Post.objects.filter(person=user.person).update(ends_on=dt.date(2026, 11, 20))
    client = client_for(user)
    pages = ("board-detail", "pack", "chair-sign", "board-minutes", "board-school", "briefing")
    urls = [reverse(f"progress_boards:{page}", args=[board.pk]) for page in pages]
    urls += [
        reverse(f"meetings:{page}", args=[board.meeting_id])
        for page in ("minutes-edit", "minutes", "agenda-versions", "part-b")
    ]
    assert {client.get(url).status_code for url in urls} == {404}


def test_a_report_is_read_no_more_by_its_lead_without_a_post(
    chair: User, client_for: object
) -> None:
    report = AnnualReport.objects.create(
        academic_year=factories.make_year(2025), lead=chair.person, created_at=now(),
        cut_off_on=dt.date(2026, 7, 1), facts={"schools": [], "trust": "T", "year": "2025/26"},
    )  # fmt: skip
    Post.objects.filter(person=chair.person).update(ends_on=dt.date(2026, 11, 20))
    url = reverse("progress_boards:report-detail", args=[report.pk])
    assert client_for(chair).get(url).status_code == 404
