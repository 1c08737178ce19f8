"""The pages of priorities: each reader's list, forms that keep what was typed, acts that are done once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from improvement.actions import change_priority
from improvement.models import ItemPriority, Priority
from improvement.queries.register import ICONS, TAGS
from improvement.states import PRIORITY
from schools.models import School
from tests import factories
from tests.factories import PriorityFactory, make_year
from trust import marks
from trust.models import AcademicYear, AuditEvent
from trust.pages import new_key
from trust.people.models import User

ClientFor = Callable[..., Client]
LIST = "improvement:priority-list"


def url(name: str, *args: int) -> str:
    return reverse(f"improvement:{name}", args=args)


def html(response: HttpResponse) -> str:
    return response.content.decode()


def typed(school: School | None, **more: Any) -> dict[str, Any]:
    return {
        "school": school.pk if school else "trust",
        "academic_year": make_year(2026).pk,
        "title": "Early reading",
        "outcome": "Every pupil reads by July",
        "phase": "explore",
        "idempotency_key": new_key(),
        **more,
    }


# -- the list ------------------------------------------------------------------------------------


def test_list_shows_the_trusts_first_then_each_schools(
    client_for: ClientFor, school: School, other_school: School, dsi: User
) -> None:
    PriorityFactory(school=other_school, title="At Cressmere", number=1)
    PriorityFactory(school=school, title="Second at Alderfen", number=2)
    PriorityFactory(school=school, title="First at Alderfen", number=1)
    PriorityFactory(school=None, title="Of the trust", number=1)
    page = html(client_for(dsi).get(reverse(LIST)))
    words = ("Of the trust", "First at Alderfen", "Second at Alderfen", "At Cressmere")
    places = [page.index(f"{each}</a>") for each in words]
    assert places == sorted(places)


def test_list_filters_stand_in_the_address(
    client_for: ClientFor, school: School, other_school: School, dsi: User
) -> None:
    PriorityFactory(school=school, title="Reading now", state="off_track")
    PriorityFactory(school=school, title="Reading done", state="met")
    PriorityFactory(school=other_school, title="Maths now")
    PriorityFactory(school=None, title="Of the trust")
    PriorityFactory(school=school, title="Of last year", academic_year=make_year(2025))
    client = client_for(dsi)

    def shown(query: str) -> set[str]:
        groups = client.get(f"{reverse(LIST)}?{query}").context["groups"]
        return {row.priority.title for group in groups for row in group.rows}

    assert shown("") == {"Reading now", "Reading done", "Maths now", "Of the trust"}
    assert shown("year=2025") == {"Of last year"}
    assert shown(f"school={school.pk}") == {"Reading now", "Reading done"}
    assert shown("school=trust") == {"Of the trust"}
    assert shown("status=met") == {"Reading done"}
    assert shown("status=live") == {"Reading now", "Maths now", "Of the trust"}
    assert shown("year=no&school=²&status=x&page=-1") == shown("")


def test_list_never_shows_another_schools_to_a_head(
    client_for: ClientFor, school: School, other_school: School, head: User
) -> None:
    PriorityFactory(school=other_school, title="Of another school")
    PriorityFactory(school=school, title="Our own")
    for query in ("", f"?school={other_school.pk}"):
        assert "Of another school" not in html(client_for(head).get(reverse(LIST) + query))


def test_list_advises_when_a_school_has_more_than_five_and_blocks_nothing(
    client_for: ClientFor, school: School, head: User
) -> None:
    for number in range(1, 6):
        PriorityFactory(school=school, number=number, title=f"Priority no {number}")
    PriorityFactory(school=school, number=6, title="Stopped", state="stopped")
    client = client_for(head)
    assert "three to five are usual" not in html(client.get(reverse(LIST)))
    answer = client.post(url("priority-new"), typed(school), follow=True)
    assert "The school now has 6 priorities: three to five are usual" in html(answer)
    assert "6 priorities: three to five are usual" in html(client.get(reverse(LIST)))


@pytest.mark.parametrize("who", ["dsi", "head"])
def test_list_asks_the_same_number_of_queries_at_1_3_and_40_rows(
    client_for: ClientFor, school: School, who: str, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    above = PriorityFactory(school=None, number=1, title="Of the trust")
    client, asked = client_for(user), {}
    for rows in (1, 3, 40):
        have = Priority.objects.filter(school=school).count()
        for number in range(have + 1, rows + 1):
            PriorityFactory(school=school, number=number, parent=above, lead=user.person)
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            page = html(client.get(reverse(LIST)))
        assert page.count('id="priority-') == rows + 1
        asked[rows] = len(queries)
    assert asked[1] == asked[3] == asked[40]


def test_every_status_has_a_tag_and_its_icon_is_there() -> None:
    assert set(TAGS) == set(PRIORITY.states)
    for name in ICONS.values():
        assert 'aria-hidden="true"' in marks.icon(name)


# -- a new one -----------------------------------------------------------------------------------


def test_new_asks_whose_it_is_only_where_there_is_a_choice(
    client_for: ClientFor, school: School, other_school: School, dsi: User, head: User, ceo: User
) -> None:
    page = html(client_for(dsi).get(url("priority-new")))
    assert "Whose priority is it?" in page
    assert f"?school={school.pk}" in page
    assert f"?school={other_school.pk}" in page
    assert "?school=trust" in page
    for user, place in ((head, school.name), (ceo, "The trust")):
        page = html(client_for(user).get(url("priority-new")))
        assert "Whose priority is it?" not in page
        assert f'<p class="lede">{place}</p>' in page


def test_new_saves_once_though_clicked_twice(
    client_for: ClientFor, school: School, head: User, leader: User
) -> None:
    client, data = client_for(head), typed(school, lead=leader.person_id, budget="1200")
    first, second = (client.post(url("priority-new"), data) for _ in range(2))
    made = Priority.objects.get()
    assert first["Location"] == second["Location"] == url("priority", made.pk)
    assert (made.lead, made.budget, made.created_by) == (leader.person, 1200, head)


def test_new_with_errors_keeps_what_was_typed(
    client_for: ClientFor, school: School, other_school: School, head: User, other_head: User
) -> None:
    wrong = PriorityFactory(school=None, academic_year=make_year(2025))
    data = typed(
        school, outcome="", rationale="The checks in June say so", budget="-5",
        parent=wrong.pk, lead=other_head.person_id, phase="begin",
    )  # fmt: skip
    answer = client_for(head).post(url("priority-new"), data)
    page = html(answer)
    assert answer.status_code == 200
    assert not Priority.objects.filter(school=school).exists()
    assert "There is a problem" in page
    assert "The checks in June say so" in page
    assert set(answer.context["form"].errors) == {"outcome", "budget", "parent", "lead", "phase"}
    said = [error for errors in answer.context["form"].errors.values() for error in errors]
    assert not [error for error in said if re.search("invalid|please|valid choice", error, re.I)]


def test_new_parent_of_another_year_is_refused_beside_its_field(
    client_for: ClientFor, school: School, head: User
) -> None:
    make_year(2025)
    this = PriorityFactory(school=None, title="Of this year")
    coming = AcademicYear.objects.create(
        name="2027 to 2028", starts_on="2027-09-01", ends_on="2028-08-31"
    )
    answer = client_for(head).post(
        url("priority-new"), typed(school, parent=this.pk, academic_year=coming.pk)
    )
    assert answer.context["form"].errors == {
        "parent": ["Choose one of the trust’s priorities of 2027 to 2028"]
    }


def test_new_of_a_title_that_is_there_is_refused_beside_its_field(
    client_for: ClientFor, school: School, head: User
) -> None:
    PriorityFactory(school=school, title="Early Reading")
    answer = client_for(head).post(url("priority-new"), typed(school))
    assert set(answer.context["form"].errors) == {"title"}


def test_trust_form_offers_no_parent_and_the_trusts_people(
    client_for: ClientFor, dsi: User, head: User
) -> None:
    form = client_for(dsi).get(url("priority-new") + "?school=trust").context["form"]
    assert "parent" not in form.fields
    assert list(form.fields["lead"].queryset) == [dsi.person]


# -- one priority --------------------------------------------------------------------------------


def test_detail_of_the_trusts_shows_the_schools_that_serve_it_within_rights(
    client_for: ClientFor, school: School, other_school: School, dsi: User, head: User
) -> None:
    above = PriorityFactory(school=None, title="Of the trust")
    PriorityFactory(school=school, parent=above, title="Our part")
    PriorityFactory(school=other_school, parent=above, title="Their part")
    page = html(client_for(dsi).get(url("priority", above.pk)))
    assert "Our part" in page
    assert "Their part" in page
    page = html(client_for(head).get(url("priority", above.pk)))
    assert "Our part" in page
    assert "Their part" not in page
    assert "Change the priority" not in page


def test_detail_asks_the_same_number_of_queries_at_1_3_and_40_rows(
    client_for: ClientFor, school: School, dsi: User
) -> None:
    above = PriorityFactory(school=None, title="Of the trust")
    own = PriorityFactory(school=school, parent=above, number=900)
    board = None
    client, asked, made = client_for(dsi), [], 0
    for rows in (1, 3, 40):
        for n in range(made, rows):
            PriorityFactory(school=school, parent=above, lead=dsi.person, title=f"Part {n}")
            if n < 6:
                board = factories.ProgressBoardFactory(
                    school=school, half_term=factories.half_term(1 + n), meeting__state="issued"
                )
            item = factories.AgendaItemFactory(meeting=board.meeting, order=n + 1)
            ItemPriority.objects.create(item=item, priority=own)
        made = rows
        counts = []
        for pk in (above.pk, own.pk):
            client.get(url("priority", pk))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url("priority", pk)).status_code == 200
            counts.append(len(queries))
        asked.append(counts)
    assert asked[0] == asked[1] == asked[2]


def test_detail_names_boards_whose_agenda_the_reader_may_read(
    client_for: ClientFor, school: School, head: User, ceo: User
) -> None:
    own = PriorityFactory(school=school)
    for half, state in ((1, "issued"), (2, "agenda_draft")):
        board = factories.ProgressBoardFactory(
            school=school, half_term=factories.half_term(half), meeting__state=state
        )
        item = factories.AgendaItemFactory(meeting=board.meeting, title=f"Item of {state}", order=3)
        ItemPriority.objects.create(item=item, priority=own)
    page = html(client_for(head).get(url("priority", own.pk)))
    assert "Item 3: Item of issued" in page
    assert "Item of agenda_draft" not in page
    assert "Item of agenda_draft" in html(client_for(ceo).get(url("priority", own.pk)))


def test_edit_that_comes_too_late_loses_no_text(
    client_for: ClientFor, school: School, head: User, dsi: User
) -> None:
    made = PriorityFactory(school=school, title="Early reading")
    client = client_for(head)
    assert 'name="version" value="1"' in html(client.get(url("priority-edit", made.pk)))
    change_priority(made, version=1, by=dsi, title="Reading by the DSI")
    data = {
        "title": "Reading by the head", "outcome": "What the head typed", "phase": "deliver",
        "version": "1", "idempotency_key": new_key(),
    }  # fmt: skip
    late = client.post(url("priority-edit", made.pk), data)
    page = html(late)
    assert late.status_code == 409
    assert "Reading by the head" in page
    assert "What the head typed" in page
    assert "Reading by the DSI" in page
    made.refresh_from_db()
    assert made.title == "Reading by the DSI"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    again = client.post(url("priority-edit", made.pk), data | {"version": version[1]})
    assert again.status_code == 302
    made.refresh_from_db()
    assert (made.title, made.outcome, made.phase, made.version) == (
        "Reading by the head", "What the head typed", "deliver", 3,
    )  # fmt: skip


def test_edit_keeps_lead_and_indicator_that_are_no_longer_offered(
    client_for: ClientFor, school: School, head: User
) -> None:
    gone = factories.PersonFactory(name="Ivo Marsh")
    made = PriorityFactory(school=school, lead=gone)
    form = client_for(head).get(url("priority-edit", made.pk)).context["form"]
    assert gone in form.fields["lead"].queryset
    assert form["lead"].value() == gone.pk


def test_report_is_told_once_and_shown(
    client_for: ClientFor, school: School, head: User, leader: User
) -> None:
    made = PriorityFactory(school=school, lead=leader.person)
    client = client_for(leader)
    data = {"state": "at_risk", "note": "Two staff left", "idempotency_key": new_key()}
    for key in (data["idempotency_key"], data["idempotency_key"], new_key()):
        client.post(url("priority-report", made.pk), data | {"idempotency_key": key})
    assert AuditEvent.objects.filter(verb="report_progress").count() == 1
    page = html(client.get(url("priority", made.pk)))
    assert "At risk: Two staff left" in page
    assert "Hanna Birk" in page


def test_report_of_stopping_without_a_reason_comes_back_with_the_choice(
    client_for: ClientFor, school: School, head: User
) -> None:
    made = PriorityFactory(school=school)
    answer = client_for(head).post(
        url("priority-report", made.pk), {"state": "stopped", "note": ""}
    )
    assert answer.status_code == 200
    assert answer.context["report"].errors == {"note": ["Enter why it is stopped"]}
    assert re.search(r'value="stopped"[^>]*checked', html(answer))


def test_report_of_an_ended_one_offers_to_take_it_up_only(
    client_for: ClientFor, school: School, head: User
) -> None:
    made = PriorityFactory(school=school, state="met")
    answer = client_for(head).get(url("priority", made.pk))
    form = answer.context["report"]
    assert ">Take it up again</button>" in html(answer)
    assert [value for value, _ in form.fields["state"].choices] == [
        "not_started", "on_track", "at_risk", "off_track",
    ]  # fmt: skip


def test_move_clicked_twice_moves_once_and_keeps_the_filter(
    client_for: ClientFor, school: School, dsi: User
) -> None:
    titles = ("One", "Two", "Three")
    made = [PriorityFactory(school=school, number=n, title=t) for n, t in enumerate(titles, 1)]
    client, data = client_for(dsi), {"to": "up", "at": "3", "school": str(school.pk)}
    for _ in range(2):
        answer = client.post(url("priority-move", made[2].pk), data)
    assert list(Priority.objects.order_by("number").values_list("title", flat=True)) == [
        "One", "Three", "Two",
    ]  # fmt: skip
    assert answer["Location"] == (
        f"{reverse(LIST)}?year=2026&school={school.pk}#priority-{made[2].pk}"
    )


def test_moves_are_offered_to_those_who_set_and_never_on_part_of_a_list(
    client_for: ClientFor, school: School, head: User, leader: User
) -> None:
    for number in (1, 2):
        PriorityFactory(school=school, number=number, lead=leader.person)
    moves = 'name="to" value="up"'
    assert html(client_for(head).get(reverse(LIST))).count(moves) == 2
    assert moves not in html(client_for(head).get(f"{reverse(LIST)}?status=live"))
    assert moves not in html(client_for(leader).get(reverse(LIST)))


def test_menu_has_priorities_for_readers_only(
    client_for: ClientFor, school: School, chair: User, administrator: User
) -> None:
    line = f'href="{reverse(LIST)}"'
    assert line in html(client_for(chair).get("/"))
    assert line not in html(client_for(administrator).get("/"))
