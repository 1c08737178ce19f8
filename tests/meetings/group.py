"""A meeting of no school: its kind as the trust lays it down, who sits there, and its way by its own actions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meetings.actions import agenda, minutes, scheduling, sending, signing
from meetings.models import AgendaItem, Meeting, Seat
from schools.models import School
from tests import factories
from trust.access import Capacity
from trust.calendar import LONDON
from trust.people.models import User

TUESDAY = dt.datetime(2026, 11, 24, 13, 30, tzinfo=LONDON)
LATER = dt.datetime(2026, 12, 8, 13, 30, tzinfo=LONDON)


@dataclass
class Table:
    """Everybody of one meeting of no school."""

    meeting: Meeting
    ceo: User
    dsi: User
    clerk: User
    heads: list[User]
    schools: list[School]

    def again(self) -> Meeting:
        """The meeting as it is now."""
        self.meeting = Meeting.objects.with_seats().get(pk=self.meeting.pk)
        return self.meeting


def make_table(heads: int = 2, *, code: str = "SG-26-A2") -> Table:
    """A planned meeting with its seats: those of the kind, and the headteachers."""
    ceo = factories.user_with((Capacity.CEO, None), name="Ruth Calder")
    dsi = factories.user_with((Capacity.DSI, None), name="Naomi Fleet")
    clerk = factories.user_with((Capacity.CLERK, None), name="Bea Norris")
    schools = [factories.SchoolFactory(name=f"Fenby {n} Primary") for n in range(heads)]
    people = [
        factories.user_with((Capacity.HEAD, school), name=f"Head of {school.name}")
        for school in schools
    ]
    kind = factories.group_kind()
    meeting = scheduling.plan_meeting(
        kind=kind, school=None, academic_year=factories.make_year(2026), by=clerk,
        title="School Improvement Strategy Group, Autumn 2", code=code,
    )  # fmt: skip
    roles = {"dsi": dsi.person, "ceo": ceo.person, "clerk": clerk.person}
    scheduling.set_seats(meeting, roles=roles, by=clerk)
    for head in people:
        Seat.objects.create(meeting=meeting, role=Capacity.HEAD, person=head.person)
    return Table(meeting, ceo, dsi, clerk, people, schools)


def bring_to(table: Table, state: str) -> Meeting:
    """Bring the meeting to a state by its own actions."""
    path = {
        "scheduled": _date, "agenda_draft": _draft, "issued": _issue, "held": _hold,
        "with_chair": _send, "final": _sign,
    }  # fmt: skip
    names = list(path)
    for name in names[: names.index(state) + 1]:
        path[name](table)
    meeting = table.again()
    assert meeting.state == state
    return meeting


def fill(table: Table, items: int = 2) -> list[AgendaItem]:
    """Items of business."""
    return [
        agenda.add_item(table.meeting, title=f"Requests {n}", type="business", purpose="",
                        minutes=5, by=table.dsi)
        for n in range(1, items + 1)
    ]  # fmt: skip


def _date(table: Table) -> None:
    scheduling.schedule_meeting(table.meeting, starts_at=TUESDAY, is_online=True, by=table.clerk)


def _draft(table: Table) -> None:
    agenda.open_draft(table.meeting, by=table.dsi)
    fill(table)


def _issue(table: Table) -> None:
    sending.send_out_agenda(table.again(), by=table.dsi)


def _hold(table: Table) -> None:
    minutes.start_meeting(table.again(), by=table.clerk)
    there = {seat.pk: ("present", "") for seat in table.meeting.seats.all()}
    minutes.record_attendance(table.meeting, there, by=table.clerk)


def _send(table: Table) -> None:
    signing.send_minutes(table.again(), by=table.clerk)


def _sign(table: Table) -> None:
    signing.sign_minutes(table.again(), typed_name="Naomi Fleet", by=table.dsi)
