"""The trust's settings: who reads them, what changing one does, and what two people at once are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from meetings.models import MeetingKind
from meetings.preferences import DEADLINES, out_of_order
from tests import factories
from trust.access import Capacity, NotAllowed
from trust.models import FULL, LIGHT, AuditEvent, TrustProfile
from trust.preferences.actions import SettingsChanged, change_settings
from trust.preferences.parts import Part, parts
from trust.timetable import DEFAULT_OFFSETS

pytestmark = pytest.mark.django_db
LIST = "settings:part-list"
PAGE = "settings:part-edit"


@pytest.fixture
def administrator(trust_set_up: TrustProfile) -> Any:
    return factories.user_with((Capacity.ADMINISTRATOR, None), name="administrator")


@pytest.fixture
def office(client_for: Any, administrator: Any) -> Client:
    return client_for(administrator)


def part(slug: str) -> Part:
    return next(each for each in parts() if each.slug == slug)


def typed(slug: str, **other: Any) -> dict[str, Any]:
    """What the page of a part would send, with these values instead."""
    found = part(slug)
    shown = {
        s.name: found.values[s.name] if s.choices else s.sign * found.values[s.name]
        for s in found.settings
    }
    return {**shown, "based_on": found.based_on(), **other}


def send(client: Client, slug: str, data: dict[str, Any]) -> HttpResponse:
    return client.post(reverse(PAGE, args=[slug]), data)


def offsets() -> dict[str, int]:
    return TrustProfile.objects.get().offsets


def test_list_shows_every_part_and_what_is_not_as_it_came(office: Client) -> None:
    TrustProfile.objects.update(offsets={"issued": -7})
    page = office.get(reverse(LIST)).content.decode()
    for each in parts():
        assert reverse(PAGE, args=[each.slug]) in page
    assert "Agenda issued to the school: 7 school days before" in page
    assert [p.slug for p in parts()] == [
        "steps", "deadlines", "kind-strategy-group", "agenda-scores", "annual-report",
    ]  # fmt: skip


def test_chief_executive_reads_a_part_and_cannot_send_it(client_for: Any, ceo: Any) -> None:
    client, data = client_for(ceo), typed("deadlines", draft=14)
    page = client.get(reverse(PAGE, args=["deadlines"])).content.decode()
    assert "15 school days before" in page
    assert "Save the settings" not in page
    assert send(client, "deadlines", data).status_code == 403
    assert offsets() == {}
    with pytest.raises(NotAllowed):
        change_settings(part("deadlines"), {"draft": -14}, based_on=data["based_on"], by=ceo)


def test_change_keeps_only_what_differs_and_audits_old_and_new(
    office: Client, administrator: Any
) -> None:
    answer = send(office, "deadlines", typed("deadlines", leaders=7, final=16))
    assert answer.status_code == 302
    assert offsets() == {"leaders": -7, "final": 16}
    said = AuditEvent.objects.filter(verb="change_settings").get()
    assert (said.user_id, said.object_type) == (administrator.pk, "trust.trustprofile")
    assert said.detail == {
        "part": "deadlines",
        "changes": {"leaders": {"was": -8, "now": -7}, "final": {"was": 15, "now": 16}},
    }


def test_second_click_changes_and_audits_nothing(office: Client) -> None:
    data = typed("deadlines", leaders=7)
    assert send(office, "deadlines", data).status_code == 302
    assert send(office, "deadlines", data).status_code == 302
    assert AuditEvent.objects.filter(verb="change_settings").count() == 1


def test_set_back_to_default_saves_what_is_typed_too(office: Client) -> None:
    TrustProfile.objects.update(offsets={"leaders": -7})
    send(office, "deadlines", typed("deadlines", chair=9, fill="default:leaders"))
    assert offsets() == {"chair": 9}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"issued": 14}, "Agenda issued to the school: enter at most 12, because “Draft sent to the Chair” comes first"),
        ({"chair": 4}, "Minutes signed: enter at least 5, because “Draft minutes to the Chair” comes first"),
        ({"final": 9, "corrections": 9}, "Minutes final: enter at least 10, because “In the last weeks of summer: minutes final” comes first"),
        ({"draft": 25}, "Draft agenda opens: enter a whole number from 1 to 20"),
        ({"papers": "six"}, "Papers, if any: enter a whole number from 0 to 20"),
        ({"pack": ""}, "Pack sent out, agenda no longer recalled: enter a whole number from 0 to 20"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_come_back_with_the_reason_beside_them(
    office: Client, changed: dict[str, Any], said: str
) -> None:
    answer = send(office, "deadlines", typed("deadlines", visit_reply=7, **changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(escape(said)) == 2  # in the summary, and beside the field
    assert 'value="7"' in page
    assert offsets() == {}


def test_defaults_are_in_order() -> None:
    assert out_of_order({s.name: s.default for s in DEADLINES}) == {}


def test_every_offset_is_a_setting() -> None:
    assert {s.name for s in DEADLINES} == set(vars(DEFAULT_OFFSETS))


def test_somebody_else_was_quicker_and_what_was_typed_comes_back(office: Client) -> None:
    data = typed("deadlines", leaders=7)
    TrustProfile.objects.update(offsets={"final": 18})
    answer = send(office, "deadlines", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else changed these settings" in page
    assert "Minutes final: 18 school days after" in page
    assert offsets() == {"final": 18}
    again = {**data, "based_on": part("deadlines").based_on()}
    assert send(office, "deadlines", again).status_code == 302
    assert offsets() == {"leaders": -7}


def test_change_under_the_lock_sees_what_was_written_meanwhile(administrator: Any) -> None:
    opened = part("deadlines")
    TrustProfile.objects.update(offsets={"final": 18})
    with pytest.raises(SettingsChanged):
        change_settings(opened, {"draft": -14}, based_on=opened.based_on(), by=administrator)


def test_light_and_full_set_every_step_at_once(office: Client) -> None:
    fill = {"based_on": part("steps").based_on()}
    page = office.post(reverse(PAGE, args=["steps"]), {**fill, "fill": "preset:light"}, follow=True)
    assert TrustProfile.objects.get().steps == LIGHT
    assert "Saved. Chair sees the agenda first: Off" in page.content.decode()
    office.post(
        reverse(PAGE, args=["steps"]), {"based_on": part("steps").based_on(), "fill": "preset:full"}
    )
    assert TrustProfile.objects.get().steps == FULL


def test_kind_follows_the_trust_until_it_has_its_own(office: Client) -> None:
    group = MeetingKind.objects.get(slug="strategy-group")
    MeetingKind.objects.filter(pk=group.pk).update(offsets={"draft": -10, "ceo": -6, "issued": -5,
                                                            "leaders": -5, "papers": -5, "pack": -5})  # fmt: skip
    TrustProfile.objects.update(offsets={"final": 16})
    MeetingKind.objects.filter(pk=group.pk).update(steps={"papers": False, "required_items": []})
    held = part("kind-strategy-group").values
    assert (held["final"], held["papers"], held["step_papers"]) == (16, -5, False)
    send(
        office,
        "kind-strategy-group",
        typed("kind-strategy-group", chair=7, step_papers="True", fill="default:draft"),
    )
    group.refresh_from_db()
    assert group.offsets == {
        "ceo": -6,
        "issued": -5,
        "leaders": -5,
        "papers": -5,
        "pack": -5,
        "chair": 7,
    }

    assert group.steps == {"required_items": []}


def test_part_that_is_not_there_is_not_found(office: Client) -> None:
    assert office.get(reverse(PAGE, args=["nothing"])).status_code == 404


@pytest.mark.parametrize("based_on", ["", "[", "5", "[[[],1]]", "{}"])
def test_form_that_does_not_say_what_it_was_opened_with_is_not_taken(
    office: Client, based_on: str
) -> None:
    assert (
        send(office, "deadlines", typed("deadlines", leaders=7, based_on=based_on)).status_code
        == 409
    )
    assert offsets() == {}


def test_cut_off_that_is_no_day_comes_back(office: Client) -> None:
    answer = send(office, "annual-report", typed("annual-report", cut_off_month="6"))
    assert answer.status_code == 422
    assert "June has no day 31: choose an earlier day" in answer.content.decode()
    office.post(
        reverse(PAGE, args=["annual-report"]),
        {"based_on": part("annual-report").based_on(), "fill": "preset:july"},
    )
    assert TrustProfile.objects.get().report == {"cut_off_month": 5}


def test_example_says_what_the_deadlines_come_to(office: Client) -> None:
    factories.SchoolFactory(name="Alderfen Primary Academy")
    page = office.get(reverse(PAGE, args=["deadlines"])).content.decode()
    assert "at Alderfen Primary Academy" in page


@pytest.mark.parametrize(
    ("slug", "queries"),
    [("steps", 6), ("deadlines", 12), ("kind-strategy-group", 6), ("agenda-scores", 6), ("annual-report", 7), ("", 6)],
)  # fmt: skip
@pytest.mark.parametrize("kinds", [0, 2])
def test_page_asks_as_often_for_more_schools_and_kinds(
    office: Client, slug: str, queries: int, kinds: int, django_assert_num_queries: Any
) -> None:
    factories.SchoolFactory.create_batch(1 + kinds)
    for n in range(kinds):
        MeetingKind.objects.create(slug=f"panel-{n}", name=f"Panel {n}")
    url = reverse(PAGE, args=[slug]) if slug else reverse(LIST)
    office.get(url)
    with django_assert_num_queries(queries):
        office.get(url)
