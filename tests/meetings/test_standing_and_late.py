"""Standing items and late items of a meeting of any kind, on the engine's own pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpd.actions.group import propose_group_agenda
from meetings.actions.standing import add_standing_item
from meetings.models import AgendaItem, AgendaVersion, Meeting, StandingItem
from tests import factories
from tests.meetings.group import Table, bring_to, make_table
from trust.models import Mail
from trust.pages import new_key
from trust.people.models import User

pytestmark = pytest.mark.django_db
LATE = {"type": "business", "title": "A quote that came today", "question": "", "minutes": 5}
ITEM = {
    "title": "Value for money",
    "question": "",
    "type": "business",
    "minutes": 6,
    "place": "last",
}


@pytest.fixture
def table(trust_set_up: object) -> Table:
    return make_table()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# -- late items ------------------------------------------------------------------------------------


def test_add_a_late_item_makes_a_version_and_tells_the_seated(table: Table) -> None:
    meeting = bring_to(table, "issued")
    Mail.objects.all().delete()
    url = reverse("meetings:agenda-late", args=[meeting.pk])
    agenda = reverse("meetings:agenda", args=[meeting.pk])
    assert url in signed_in(table.dsi).get(agenda).content.decode()
    data = {**LATE, "idempotency_key": new_key()}
    for _ in range(2):  # the second click
        assert signed_in(table.dsi).post(url, data).status_code == 302
    item = meeting.items.get(title=LATE["title"])
    assert (item.since_version, Meeting.objects.get(pk=meeting.pk).agenda_version) == (2, 2)
    assert AgendaVersion.objects.filter(meeting=meeting, number=2).count() == 1
    assert Mail.objects.filter(subject__contains="the agenda has changed").count() == 4
    page = signed_in(table.heads[0]).get(agenda).content.decode()
    assert "Late item" in page
    assert url not in page
    fresh = {**LATE, "idempotency_key": new_key()}
    assert signed_in(table.heads[0]).post(url, fresh).status_code == 403


def test_late_item_without_room_comes_back_and_takes_its_minutes_from_another(
    table: Table,
) -> None:
    meeting = bring_to(table, "issued")
    url = reverse("meetings:agenda-late", args=[meeting.pk])
    giver = meeting.items.get(title="Requests 1")
    AgendaItem.objects.filter(pk=giver.pk).update(minutes=85)
    data = {**LATE, "idempotency_key": new_key()}
    refused = signed_in(table.dsi).post(url, data).content.decode()
    assert "There is a problem" in refused
    assert LATE["title"] in refused
    assert meeting.items.count() == 2
    data = {**LATE, "taken_from": giver.pk, "idempotency_key": new_key()}
    assert signed_in(table.dsi).post(url, data).status_code == 302
    assert meeting.items.get(pk=giver.pk).minutes == 80


def test_late_item_before_issue_is_refused(table: Table) -> None:
    meeting = bring_to(table, "agenda_draft")
    url = reverse("meetings:agenda-late", args=[meeting.pk])
    assert signed_in(table.dsi).get(url).status_code == 403


# -- standing items --------------------------------------------------------------------------------


def test_keep_standing_items_of_a_kind(table: Table) -> None:
    kind, client = table.meeting.kind, signed_in(table.ceo)
    home = reverse("meetings:standing-list", args=[kind.slug])
    add = reverse("meetings:standing-add", args=[kind.slug])
    assert "No standing items" in client.get(home).content.decode()
    data = {**ITEM, "idempotency_key": new_key()}
    for _ in range(2):  # the second click
        assert client.post(add, data)["Location"] == home
    item = StandingItem.objects.get()
    assert item.kind == kind
    page = client.get(home).content.decode()
    assert "Value for money" in page
    assert f"At most <strong>6 of {kind.minutes_length} minutes" in page
    change = reverse("meetings:standing-edit", args=[item.pk])
    changed = {**ITEM, "minutes": 8, "version": 1, "idempotency_key": new_key()}
    assert client.post(change, changed)["Location"] == home
    stale = client.post(change, {**changed, "minutes": 9})
    assert "Somebody else changed this item" in stale.content.decode()
    for _ in range(2):  # the second click
        client.post(reverse("meetings:standing-retire", args=[item.pk]))
    assert "No longer taken in (1)" in client.get(home).content.decode()
    client.post(reverse("meetings:standing-back", args=[item.pk]))
    item.refresh_from_db()
    assert (item.minutes, item.retired_at) == (8, None)


def test_standing_items_are_read_by_who_prepares_and_kept_by_the_chief_executive(
    table: Table,
) -> None:
    slug = table.meeting.kind.slug
    home = reverse("meetings:standing-list", args=[slug])
    page = signed_in(table.dsi).get(home).content.decode()
    assert "Add a standing item" not in page
    assert (
        signed_in(table.dsi).get(reverse("meetings:standing-add", args=[slug])).status_code == 403
    )
    assert signed_in(table.heads[0]).get(home).status_code == 403
    assert (
        signed_in(table.ceo).get(reverse("meetings:standing-list", args=["none"])).status_code
        == 404
    )
    agenda = reverse("meetings:agenda", args=[bring_to(table, "agenda_draft").pk])
    assert home in signed_in(table.dsi).get(agenda).content.decode()


def test_proposed_agenda_of_the_group_has_them_and_stays_within_its_length(
    table: Table, ceo: User, dsi: User
) -> None:
    group = factories.GroupMeetingFactory(day=factories.TODAY, meeting__state="scheduled")
    kind = group.meeting.kind
    for place, title in (("first", "News of the trust"), ("last", "Value for money")):
        add_standing_item(kind, by=table.ceo, **{**ITEM, "place": place, "title": title})
    propose_group_agenda(group, by=None)
    items = list(group.meeting.items.order_by("order"))
    titles = [item.title for item in items]
    assert titles[2] == "News of the trust"
    assert titles[-2] == "Value for money"
    assert items[-2].sources.get().label == "Standing item"
    assert sum(item.minutes for item in items) <= group.meeting.minutes_length


def test_list_of_standing_items_asks_as_often_for_twelve_as_for_one(table: Table) -> None:
    home = reverse("meetings:standing-list", args=[table.meeting.kind.slug])
    client, asked = signed_in(table.ceo), []
    for number in (1, 12):
        while StandingItem.objects.count() < number:
            title = f"Item {StandingItem.objects.count()}"
            StandingItem.objects.create(kind=table.meeting.kind, title=title, minutes=5)
        client.get(home)
        with CaptureQueriesContext(connection) as queries:
            client.get(home)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 7
