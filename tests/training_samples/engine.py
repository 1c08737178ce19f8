"""What the access matrix asks for at the addresses of this part: engine."""

from __future__ import annotations

import datetime as dt
from typing import Any

from meetings.models import AgendaItem, Correction, Meeting, StandingItem
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.calendar import now
from trust.pages import new_key

SOON = dt.date(2026, 11, 24)


def _meeting(world: World, state: str, **fields: Any) -> Meeting:
    """A meeting of no school with one item, in a state."""
    meeting = factories.MeetingFactory(
        kind=factories.group_kind(), school=None, title="Strategy Group", state=state,
        during=factories.hour(SOON, "13:30", 90), starts_at=factories.at(SOON, "13:30"),
        minutes_length=90, steps={"accuracy_check": False, "fills_its_time": False,
                                  "chair_sees_agenda": "off", "required_items": []},
        **fields,
    )  # fmt: skip
    factories.seat(meeting, world.users["dsi"].person, "dsi")
    factories.AgendaItemFactory(meeting=meeting, order=1, type="business", minutes=10)
    return meeting


def _signed(world: World, state: str) -> Meeting:
    dsi = world.users["dsi"]
    return _meeting(world, state, signed_at=now(), signed_by=dsi, signed_name="dsi")


@sample("meetings:agenda", "meetings:agenda-pdf", "meetings:agenda-recall")
def _issued(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": _meeting(world, "issued").pk})


@sample("meetings:agenda-item-add")
def _new_item(world: World, ownership: str) -> Sample:
    data = {"type": "business", "title": "Requests", "question": "", "minutes": 5,
            "idempotency_key": new_key()}  # fmt: skip
    return Sample(kwargs={"pk": _meeting(world, "agenda_draft").pk}, data=data)


@sample("meetings:agenda-late")
def _late_item(world: World, ownership: str) -> Sample:
    data = {"type": "business", "title": "Late", "minutes": 5, "idempotency_key": new_key()}
    return Sample(kwargs={"pk": _meeting(world, "issued").pk}, data=data)


STANDING = {"title": "Value for money", "type": "business", "minutes": 5, "place": "last",
            "version": 1}  # fmt: skip


@sample("meetings:standing-list", "meetings:standing-add")
def _standing_items(world: World, ownership: str) -> Sample:
    data = {**STANDING, "idempotency_key": new_key()}
    return Sample(kwargs={"slug": factories.group_kind().slug}, data=data)


@sample("meetings:standing-edit", "meetings:standing-retire", "meetings:standing-back")
def _standing_item(world: World, ownership: str) -> Sample:
    item = StandingItem.objects.create(
        kind=factories.group_kind(), title="Value for money", minutes=5
    )
    return Sample(kwargs={"pk": item.pk}, data=STANDING)


@sample("meetings:agenda-item-restore", "meetings:agenda-fill", "meetings:agenda-issue")
def _draft(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": _meeting(world, "agenda_draft").pk})


@sample(
    "meetings:agenda-item-edit",
    "meetings:agenda-item-minutes",
    "meetings:agenda-item-move",
    "meetings:agenda-item-remove",
)
def _item(world: World, ownership: str) -> Sample:
    item: AgendaItem = _meeting(world, "agenda_draft").items.get()
    data = {"title": "Requests raised", "question": "", "minutes": 12, "version": 1, "do": "up"}
    return Sample(kwargs={"pk": item.pk}, data=data)


@sample("meetings:meeting-date")
def _dated(world: World, ownership: str) -> Sample:
    data = {"on": "2026-12-08", "at": "13:30", "place": "", "link": ""}
    return Sample(kwargs={"pk": _meeting(world, "scheduled").pk}, data=data)


@sample("meetings:meeting-postpone", "meetings:meeting-cancel")
def _not_held(world: World, ownership: str) -> Sample:
    data = {"reason": "Diary clash", "idempotency_key": new_key()}
    return Sample(kwargs={"pk": _meeting(world, "scheduled").pk}, data=data)


@sample("meetings:minutes-pdf")
def _final(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": _signed(world, "final").pk})


@sample("meetings:minutes-sign")
def _to_sign(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": _meeting(world, "with_chair").pk}, data={"typed_name": "dsi"})


@sample("meetings:minutes-return")
def _to_return(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": _meeting(world, "with_chair").pk}, data={"note": "Item 1"})


@sample("meetings:sign-take-back")
def _signature(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"pk": _signed(world, "accuracy_check").pk})


@sample("meetings:correction-answer")
def _correction(world: World, ownership: str) -> Sample:
    meeting = _signed(world, "accuracy_check")
    ceo = world.users["ceo"]
    correction = Correction.objects.create(
        meeting=meeting,
        person=ceo.person,
        role="ceo",
        saved_by=ceo,
        text="Two, not three",
        at=now(),
    )
    return Sample(kwargs={"pk": correction.pk}, data={"answer": "accepted", "reason": ""})
