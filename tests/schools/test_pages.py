"""The pages of the register, the posts and the term dates: who sees them, what they say, what a click does."""

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.models import ImportRun, NonSchoolDay, Post, School, SchoolHalfTerm
from schools.queries import import_plan
from tests import factories
from tests.schools.makers import TODAY, make_person, make_post, make_school, make_user, make_year
from tests.schools.register_files import FOLDER, GROUPS, LINKS, SCHOOLS, built, opened
from trust.access import Capacity
from trust.models import AcademicYear, HalfTerm, TrustProfile
from trust.people.models import Person, User

pytestmark = pytest.mark.django_db
C = Capacity


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: object) -> str:
    return response.content.decode()


@pytest.fixture
def admin() -> User:
    return make_user((C.ADMINISTRATOR, None))


def upload(client: Client, schools: bytes, trust: str = "16635"):
    files = {"schools": io.BytesIO(schools), "groups": opened(GROUPS)}
    files["schools"].name, files["groups"].name = "edubasealldata20261116.csv", GROUPS
    return client.post(reverse("schools:import-upload"), {"trust": trust, **files})


# -- the register on screen ----------------------------------------------------------------------


def test_upload_real_register_previews_and_one_click_brings_it_in(admin: User) -> None:
    client = client_of(admin)
    with (
        (FOLDER / SCHOOLS).open("rb") as schools,
        (FOLDER / GROUPS).open("rb") as groups,
        (FOLDER / LINKS).open("rb") as links,
    ):
        sent = {"trust": "TR02343", "schools": schools, "groups": groups, "links": links}
        response = client.post(reverse("schools:import-upload"), sent, follow=True)
    page = body(response)
    assert "Check before anything changes" in page
    assert "33 new schools" in page
    assert "Bring in 33 schools" in page
    assert School.objects.count() == 0
    run = ImportRun.objects.get()
    confirm = reverse("schools:import-apply", args=[run.pk])
    for _ in range(2):
        done = client.post(confirm, {"key": import_plan(run).key}, follow=True)
    assert "What the register changed" in body(done)
    assert School.objects.count() == 33


def test_preview_shows_old_and_new_values_and_refused_rows(admin: User) -> None:
    client = client_of(admin)
    first = upload(client, built({"NumberOfPupils": "412"}, {}, {}))
    run = ImportRun.objects.get()
    client.post(reverse("schools:import-apply", args=[run.pk]), {"key": import_plan(run).key})
    assert first.status_code == 302
    second = upload(client, built({"NumberOfPupils": "417"}, {"NumberOfPupils": "20S"}))
    page = body(client.get(second["Location"]))
    assert re.search(r"old value </span>412</del>", page)
    assert re.search(r"new value </span>417</ins>", page)
    assert "1 school changes" in page
    assert '<span class="val-bad">20S</span>' in page
    assert "A whole number, such as 205" in page
    assert "1 school left" in page


def test_upload_of_a_wrong_file_says_row_column_and_what_was_expected(admin: User) -> None:
    response = upload(client_of(admin), (FOLDER / GROUPS).read_bytes())
    page = body(response)
    assert response.status_code == 200
    assert "<title>Error: " in page
    assert "edubasealldata20261116.csv, row 1" in page
    assert "Nothing was changed" in page
    assert 'value="16635"' in page
    assert list(response.context["form"].errors) == ["schools"]
    assert ImportRun.objects.count() == 0


def test_upload_of_another_trust_is_refused_before_a_preview(admin: User) -> None:
    TrustProfile.objects.update_or_create(
        pk=1, defaults={"name": "Dales", "group_uid": "2107", "group_id": ""}
    )
    response = upload(client_of(admin), built({}))
    assert "This is the service of Dales, UID 2107" in body(response)
    assert list(response.context["form"].errors) == ["trust"]
    assert ImportRun.objects.count() == 0


def test_upload_with_a_twin_name_lists_the_candidates(admin: User) -> None:
    page = body(upload(client_of(admin), built({}), trust="Inclusive Schools Trust"))
    assert "UID 16891 · School sponsor" in page
    assert "UID 16635 · Multi-academy trust" in page


def test_upload_without_a_file_asks_for_it(admin: User) -> None:
    page = body(client_of(admin).post(reverse("schools:import-upload"), {"trust": "16635"}))
    assert "Choose schools" in page
    assert "There is a problem" in page


def test_confirm_after_a_change_shows_the_preview_again(admin: User) -> None:
    client = client_of(admin)
    upload(client, built({}))
    run = ImportRun.objects.get()
    client.post(reverse("schools:import-apply", args=[run.pk]), {"key": import_plan(run).key})
    upload(client, built({"Town": "Norwich"}))
    run = ImportRun.objects.get(applied_at=None)
    key = import_plan(run).key
    School.objects.update(town="Cromer")
    page = body(
        client.post(reverse("schools:import-apply", args=[run.pk]), {"key": key}, follow=True)
    )
    assert "A school was changed since you looked" in page
    assert "Cromer" in page
    assert School.objects.get().town == "Cromer"


def test_leave_everything_as_it_is_removes_the_preview(admin: User) -> None:
    client = client_of(admin)
    upload(client, built({}))
    run = ImportRun.objects.get()
    client.post(reverse("schools:import-discard", args=[run.pk]))
    assert ImportRun.objects.count() == 0
    assert client.get(reverse("schools:import-preview", args=[run.pk])).status_code == 404


# -- schools -------------------------------------------------------------------------------------


def test_school_list_shows_a_head_the_own_school_only() -> None:
    own, other = make_school("Alderfen Primary"), make_school("Cressmere High")
    page = body(client_of(make_user((C.HEAD, own))).get(reverse("schools:school-list")))
    assert own.name in page
    assert other.name not in page


def test_school_list_keeps_schools_that_left_apart(admin: User) -> None:
    make_school("Stays Primary")
    make_school("Gone Primary", left_on=dt.date(2025, 8, 31))
    client = client_of(admin)
    now, left = (body(client.get(reverse("schools:school-list") + q)) for q in ("", "?show=left"))
    assert ("Stays" in now, "Gone" in now) == (True, False)
    assert ("Stays" in left, "Gone" in left) == (False, True)


def test_school_page_shows_facts_people_dates_and_history(admin: User) -> None:
    make_year()
    school = make_school(
        "Lionwood Junior", urn=144146, pupils=240, website="https://lionwood.example"
    )
    school.links.create(
        urn=144146, linked_urn=120955, linked_name="Lionwood Junior School", kind="Predecessor"
    )
    head = make_post(make_person("Tessa Marlow"), C.HEAD, school)
    page = body(client_of(admin).get(reverse("schools:school-register", args=[school.pk])))
    for text in ("144146", "240", "Tessa Marlow", "Headteacher", "3 September 2026", "URN 120955"):
        assert text in page
    assert head.label in page


def test_school_page_of_another_school_is_not_there_for_a_head() -> None:
    own, other = make_school(), make_school()
    client = client_of(make_user((C.HEAD, own)))
    for name in ("school-register", "school-code", "school-membership"):
        assert client.get(reverse(f"schools:{name}", args=[other.pk])).status_code == 404


def test_school_page_for_a_provider_is_refused_with_its_reason() -> None:
    school = make_school()
    response = client_of(make_user((C.PROVIDER, school))).get(
        reverse("schools:school-register", args=[school.pk])
    )
    assert response.status_code == 403
    assert "External providers know a school by its name" in body(response)


def test_record_leaving_on_screen_keeps_the_text_of_a_form_with_an_error(admin: User) -> None:
    school = make_school(joined_on=TODAY)
    url = reverse("schools:school-membership", args=[school.pk])
    sent = {"what": "left", "on": "2020-01-01", "reason": "Transfer agreed"}
    page = body(client_of(admin).post(url, sent))
    assert "A school cannot leave before it joined" in page
    assert "Transfer agreed" in page
    client_of(admin).post(url, {**sent, "on": "2027-08-31"})
    school.refresh_from_db()
    assert school.left_on == dt.date(2027, 8, 31)


def test_menu_has_one_current_line(admin: User) -> None:
    page = body(client_of(admin).get(reverse("schools:import-list")))
    menu = page.partition('aria-label="Main"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)" aria-current="page"', menu) == ["/schools/register/"]


# -- posts ---------------------------------------------------------------------------------------


def appointment(**said: object) -> dict[str, object]:
    return {"standing": "permanent", "starts_on": "2026-11-21", **said}


def test_appoint_somebody_new_on_screen_needs_no_account(admin: User) -> None:
    school = make_school()
    url = reverse("schools:post-appoint")
    key = "5b6ad6f5-8c43-4bd1-a3f8-6a9b6e1e6c11"
    sent = appointment(capacity="head", school=school.pk, name="Tessa Marlow", idempotency_key=key)
    client = client_of(admin)
    for _ in range(2):  # the second click does nothing twice
        assert client.post(url, sent).status_code == 302
    post = Post.objects.get(capacity="head")
    assert (post.person.name, post.school) == ("Tessa Marlow", school)
    assert Person.objects.filter(name="Tessa Marlow").count() == 1
    assert "Tessa Marlow" in body(client.get(reverse("schools:post-list")))


def test_appoint_with_errors_says_them_beside_the_fields(admin: User) -> None:
    make_school()
    person = make_person("Grace Osei")
    sent = appointment(
        capacity="head",
        person=person.pk,
        name="Somebody Else",
        ends_on="2026-01-01",
        title="Kept text",
    )
    page = body(client_of(admin).post(reverse("schools:post-appoint"), sent))
    for said in (
        "Choose the school of the Headteacher",
        "Choose a person or type a name, not both",
        "Enter a last day after the first day",
        "Kept text",
    ):
        assert said in page
    assert not Post.objects.filter(person=person).exists()


def test_appoint_form_of_a_head_offers_leaders_of_the_own_school_only() -> None:
    own, other = make_school("Alderfen Primary"), make_school("Cressmere High")
    client = client_of(make_user((C.HEAD, own)))
    page = body(client.get(reverse("schools:post-appoint")))
    assert re.findall(r'<option value="([a-z_]+)">', page.partition('name="standing"')[0]) == [
        "leader"
    ]
    assert other.name not in page
    sent = appointment(capacity="leader", school=own.pk, name="Hanna Birk", title="Reading lead")
    assert client.post(reverse("schools:post-appoint"), sent).status_code == 302
    assert Post.objects.get(title="Reading lead").school == own


def test_appoint_form_is_refused_to_those_who_may_appoint_nobody() -> None:
    for capacity in (C.CLERK, C.TRUSTEE):
        response = client_of(make_user((capacity, None))).get(reverse("schools:post-appoint"))
        assert response.status_code == 403


def test_end_post_and_name_delegate_on_screen() -> None:
    school = make_school()
    head = make_user((C.HEAD, school))
    deputy = make_person("Deputy Dale")
    post = Post.objects.get(person_id=head.person_id)
    client = client_of(head)
    sent = {"person": deputy.pk, "starts_on": "2026-11-21", "ends_on": "2026-12-18"}
    assert client.post(reverse("schools:post-delegate", args=[post.pk]), sent).status_code == 302
    assert "Delegate of" in body(client.get(reverse("schools:post-list")))
    leader = make_post(make_person(), C.LEADER, school)
    assert (
        client.post(reverse("schools:post-end", args=[leader.pk]), {"on": "2026-11-30"}).status_code
        == 302
    )
    assert Post.objects.get(pk=leader.pk).ends_on == dt.date(2026, 11, 30)
    assert client.get(reverse("schools:post-end", args=[post.pk])).status_code == 403


def test_post_of_another_school_is_not_there_for_a_head() -> None:
    own, other = make_school(), make_school()
    post = make_post(make_person(), C.LEADER, other)
    client = client_of(make_user((C.HEAD, own)))
    assert client.get(reverse("schools:post-end", args=[post.pk])).status_code == 404
    assert client.get(reverse("schools:post-delegate", args=[post.pk])).status_code == 404


# -- term dates ----------------------------------------------------------------------------------


def test_ordinary_year_is_entered_by_one_click_and_shown_with_190_days(
    bare_house: None, admin: User
) -> None:
    client = client_of(admin)
    assert "Use ordinary dates" in body(client.get(reverse("schools:calendar-list")))
    for _ in range(2):
        response = client.post(reverse("schools:calendar-default", args=[2026]), follow=True)
    assert "190 school days" in body(response)
    assert AcademicYear.objects.count() == 1


def test_enter_year_on_screen_and_change_it(bare_house: None, admin: User) -> None:
    client = client_of(admin)
    url = reverse("schools:calendar-enter", args=[2026])
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert client.post(url, {**sent, "A1_end": "2026-11-10"}).status_code == 200
    assert AcademicYear.objects.count() == 0
    assert client.post(url, {**sent, "A1_name": "Term 1"}).status_code == 302
    assert HalfTerm.objects.get(order=1).name == "Term 1"
    edit = reverse("schools:calendar-edit", args=[2026])
    form = client.get(edit).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    first = HalfTerm.objects.get(order=1)
    page = body(client.post(edit, {**sent, f"{first.pk}_end": "nonsense"}))
    assert "Enter a date, for example 3 December 2026" in page
    assert "nonsense" in page
    client.post(edit, {**sent, f"{first.pk}_end": "2026-10-16"})
    assert HalfTerm.objects.get(order=1).ends_on == dt.date(2026, 10, 16)


def test_school_dates_on_screen_differ_and_follow_again() -> None:
    make_year()
    school = make_school("Dunlin Way Primary")
    client = client_of(make_user((C.HEAD, school)))
    url = reverse("schools:calendar-school-edit", args=[2026, school.pk])
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    first = HalfTerm.objects.get(order=1)
    page = body(client.post(url, {**sent, f"{first.pk}_end": ""}))
    assert "Enter both days, or neither to follow the trust" in page
    page = body(client.post(url, {**sent, f"{first.pk}_end": "2026-10-16"}, follow=True))
    assert "The school's own" in page
    assert SchoolHalfTerm.objects.get().ends_on == dt.date(2026, 10, 16)
    client.post(url, {**sent, f"{first.pk}_start": "", f"{first.pk}_end": ""})
    assert SchoolHalfTerm.objects.count() == 0


def test_closed_day_on_screen_is_added_once_and_removed() -> None:
    make_year()
    school = make_school()
    client = client_of(make_user((C.HEAD, school)))
    url = reverse("schools:calendar-day-add")
    sent = {"day": "2026-12-04", "kind": "inset", "school": school.pk}
    for _ in range(2):
        page = body(client.post(url, sent, follow=True))
    assert "4 December 2026" in page
    closed = NonSchoolDay.objects.get()
    assert "Choose a weekday" in body(client.post(url, {**sent, "day": "2026-12-05"}))
    client.post(reverse("schools:calendar-day-remove", args=[closed.pk]))
    assert NonSchoolDay.objects.count() == 0


def test_closed_day_of_every_school_is_not_a_heads_to_add_or_remove() -> None:
    make_year()
    school = make_school()
    closed = NonSchoolDay.objects.create(day=dt.date(2026, 12, 4), kind="inset")
    client = client_of(make_user((C.HEAD, school)))
    page = body(
        client.post(reverse("schools:calendar-day-add"), {"day": "2026-12-07", "kind": "inset"})
    )
    assert "Choose school" in page
    assert client.post(reverse("schools:calendar-day-remove", args=[closed.pk])).status_code == 403
    assert NonSchoolDay.objects.count() == 1


def calendar_file(*lines: str) -> io.BytesIO:
    file = io.BytesIO("\n".join(("School,Kind,From,To,Note", *lines)).encode())
    file.name = "dates.csv"
    return file


def test_calendar_file_is_looked_at_first_and_brought_in_by_one_click(admin: User) -> None:
    make_year()
    school = make_school(code="DUN")
    client = client_of(admin)
    url = reverse("schools:calendar-import")
    looked = client.post(
        url,
        {"file": calendar_file("DUN,INSET,04/12/2026,,", ",Closure,14/12/2026,15/12/2026,Snow")},
    )
    assert "Bring in 2 lines" in body(looked)
    assert NonSchoolDay.objects.count() == 0
    sent = {"name": "dates.csv", "content": looked.context["content"]}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    assert NonSchoolDay.objects.count() == 3
    assert NonSchoolDay.objects.filter(school=school).count() == 1


def test_calendar_file_with_a_fault_names_row_and_column_and_changes_nothing(
    bare_house: None, admin: User
) -> None:
    page = body(
        client_of(admin).post(
            reverse("schools:calendar-import"),
            {"file": calendar_file(",INSET,04/12/2026,,", ",Holiday,05/12/2026,,")},
        )
    )
    assert "1 row to put right" in page
    assert '<span class="val-bad">Holiday</span>' in page
    assert 'data-label="Row">3<' in page
    assert NonSchoolDay.objects.count() == 0


def test_calendar_file_sent_with_garbage_changes_nothing(admin: User) -> None:
    page = body(
        client_of(admin).post(reverse("schools:calendar-import"), {"content": "§", "name": "x"})
    )
    assert "There is a problem" in page


def test_year_that_was_not_entered_is_not_there(admin: User) -> None:
    assert client_of(admin).get(reverse("schools:calendar-year", args=[2031])).status_code == 404


# -- query counts: the same at 1, 3 and 40 rows --------------------------------------------------


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def fill(number: int) -> School:
    schools = [make_school() for _ in range(number)]
    for school in schools:
        post = make_post(make_person(), C.HEAD, school)
        make_post(make_person(), C.HEAD, school, delegate_of=post)
        make_post(make_person(), C.LINK_TRUSTEE, school, ends_on=dt.date(2026, 11, 1))
        NonSchoolDay.objects.create(school=school, day=dt.date(2026, 12, 4), kind="inset")
        half = HalfTerm.objects.get(order=1)
        SchoolHalfTerm.objects.create(
            school=school, half_term=half, starts_on=half.starts_on, ends_on=dt.date(2026, 10, 16)
        )
        ImportRun.objects.create(
            made_at=factories.now(),
            made_by_id=User.objects.earliest("pk").pk,
            files=[{"kind": "schools", "name": "a.csv"}],
            trust_row={},
            rows={},
            counts={"new": 0, "changed": 0, "left": 0, "refused": 0},
        )
        school.links.create(urn=school.urn, linked_urn=1, linked_name="Old", kind="Predecessor")
    for other in range(number - 1):
        schools[0].links.create(
            urn=schools[0].urn, linked_urn=other + 2, linked_name="Old", kind="Predecessor"
        )
        make_post(make_person(), C.LEADER, schools[0])
    return schools[0]


PAGES = [
    "school-list",
    "school-register",
    "post-list",
    "post-list?show=ended",
    "post-appoint",
    "import-list",
    "calendar-list",
    "calendar-year",
    "calendar-school",
]


@pytest.mark.parametrize("page", PAGES)
def test_page_takes_the_same_queries_at_1_3_and_40_rows(page: str) -> None:
    make_year()
    client = client_of(make_user((C.ADMINISTRATOR, None)))
    counts = []
    for number in (1, 2, 37):
        school = fill(number)
        name, _, query = page.partition("?")
        args = {
            "school-register": [school.pk],
            "calendar-year": [2026],
            "calendar-school": [2026, school.pk],
        }.get(name, [])
        counts.append(queries(client, reverse(f"schools:{name}", args=args) + f"?{query}"))
    assert counts[0] == counts[1] == counts[2]


def test_lists_draw_thirty_schools_and_fifty_posts_a_page() -> None:
    make_year()
    client = client_of(make_user((C.ADMINISTRATOR, None)))
    for school in factories.SchoolFactory.create_batch(31):
        make_post(make_person(), C.HEAD, school)
        make_post(make_person(), C.LEADER, school)
    for name, rows, row in (("school-list", 31, "URN "), ("post-list", 63, 'data-label="Where"')):
        pages = [body(client.get(reverse(f"schools:{name}"), {"page": n})) for n in (1, 2)]
        a_page = 30 if name == "school-list" else 50
        assert [page.count(row) for page in pages] == [a_page, rows - a_page]
        assert 'rel="next" href="?page=2"' in pages[0]
        assert 'rel="prev" href="?page=1"' in pages[1]
