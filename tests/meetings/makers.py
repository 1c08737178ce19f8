"""A kind of meeting, its people, and a meeting brought to any state by its own actions."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from meetings.actions import agenda, minutes, scheduling, signing
from meetings.models import AgendaItem, Meeting, MeetingKind
from schools.models import School
from schools.queries import with_posts
from tests.schools.makers import TODAY, make_school, make_user, make_year
from trust.access import Capacity
from trust.calendar import LONDON
from trust.models import AcademicYear, TrustProfile
from trust.people.models import Person, User

THURSDAY = dt.datetime(2026, 12, 3, 14, 0, tzinfo=LONDON)
NEXT_TIME = dt.datetime(2027, 2, 4, 14, 0, tzinfo=LONDON)

ACTS: dict[str, list[str]] = {
    "read_schedule": [
        "ceo", "dsi", "clerk", "head", "leader", "link_trustee", "chair", "trustee",
        "local_committee",
    ],
    "schedule": ["ceo", "clerk"],
    "cancel": ["ceo"],
    "read_agenda_draft": ["ceo", "dsi", "clerk", "seat:chair"],
    "prepare": ["ceo", "dsi"],
    "issue_agenda": ["ceo"],
    "check_agenda": ["seat:chair"],
    "read_agenda": ["ceo", "dsi", "clerk", "head", "link_trustee", "seat:chair"],
    "assign": ["head"],
    "add_papers": ["head", "clerk"],
    "read_minutes_draft": ["clerk", "seat:chair"],
    "minute": ["clerk"],
    "sign": ["seat:chair"],
    "check_accuracy": ["head", "ceo", "link_trustee", "leader"],
    "read_minutes": [
        "ceo", "dsi", "clerk", "head", "leader", "link_trustee", "chair", "local_committee",
    ],
    "review": ["link_trustee"],
    "close_actions": ["ceo", "dsi"],
}  # fmt: skip


def make_kind(slug: str = "panel", **fields: Any) -> MeetingKind:
    values = {
        "name": slug.capitalize(),
        "minutes_length": 60,
        "required_roles": ["chair", "ceo", "link_trustee", "head"],
        "acts": ACTS,
        **fields,
    }
    return MeetingKind.objects.create(slug=slug, **values)


@dataclass
class Cast:
    """Everybody of one meeting."""

    kind: MeetingKind
    school: School
    year: AcademicYear
    ceo: User
    dsi: User
    clerk: User
    chair: User
    head: User
    leader: User
    link_trustee: User
    administrator: User
    stranger: User
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def roles(self) -> dict[str, Person | None]:
        return {
            "chair": self.chair.person,
            "ceo": self.ceo.person,
            "link_trustee": self.link_trustee.person,
            "head": self.head.person,
        }


def make_cast(*, steps: dict[str, object] | None = None, **kind: Any) -> Cast:
    profile = TrustProfile.current()
    profile.steps = {**profile.steps, **(steps or {})}
    profile.save()
    school = make_school("Alderfen Primary", code="ALD")
    elsewhere = make_school("Brackenholme Infant", code="BRI")
    at = Capacity
    return Cast(
        kind=make_kind(**kind),
        school=school,
        year=make_year(),
        ceo=make_user((at.CEO, None), name="Ruth Amadi"),
        dsi=make_user((at.DSI, None), name="Tom Hale"),
        clerk=make_user((at.CLERK, None), name="Una Clarke"),
        chair=make_user((at.CHAIR, school), name="Dr Margaret O’Neill"),
        head=make_user((at.HEAD, school), name="Helen Marsh"),
        leader=make_user((at.LEADER, school), name="Rob Leigh"),
        link_trustee=make_user((at.LINK_TRUSTEE, school), name="Lena Frost"),
        administrator=make_user((at.ADMINISTRATOR, None), name="Ivo Teal"),
        stranger=make_user((at.HEAD, elsewhere), name="Sam Other"),
    )


def make_meeting(cast: Cast, **fields: Any) -> Meeting:
    """A planned meeting with its seats."""
    values = {"title": "Panel, Autumn 2", "code": "26-A2", "school": cast.school, **fields}
    roles = values.pop("roles", cast.roles)
    meeting = scheduling.plan_meeting(
        kind=cast.kind, academic_year=cast.year, by=cast.clerk, **values
    )
    scheduling.set_seats(meeting, roles=roles, by=cast.clerk)
    return meeting


def fill_agenda(cast: Cast, meeting: Meeting) -> list[AgendaItem]:
    """Sixty minutes: welcome 5, two enquiries of 25, close 5."""
    plan = (
        ("Welcome", "welcome", 5), ("Reading in Year 3", "enquiry", 25),
        ("Attendance", "enquiry", 25), ("Close", "close", 5),
    )  # fmt: skip
    return [
        agenda.add_item(meeting, title=title, type=kind, minutes=length, by=cast.ceo)
        for title, kind, length in plan
    ]


def schedule(cast: Cast, meeting: Meeting, at: dt.datetime = THURSDAY, **where: Any) -> Meeting:
    return scheduling.schedule_meeting(meeting, starts_at=at, by=cast.clerk, **where)


def bring_to(cast: Cast, state: str, meeting: Meeting | None = None) -> Meeting:
    """A meeting in a state, by its own actions; steps as the cast's trust has them."""
    meeting = meeting or make_meeting(cast)
    for reach in _path(state):
        reach(cast, meeting)
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert meeting.state == state
    return meeting


def _draft(cast: Cast, meeting: Meeting) -> None:
    agenda.open_draft(meeting, by=cast.ceo)
    fill_agenda(cast, meeting)


def attend(cast: Cast, meeting: Meeting) -> None:
    """Everybody with a seat was there."""
    there = {seat.pk: ("present", "") for seat in meeting.seats.all()}
    minutes.record_attendance(meeting, there, by=cast.clerk)


def _sign(cast: Cast, meeting: Meeting) -> None:
    signing.sign_minutes(meeting, typed_name="Margaret O'Neill", by=cast.chair)


STEPS = {
    "scheduled": lambda c, m: schedule(c, m),
    "agenda_draft": _draft,
    "agenda_with_chair": lambda c, m: agenda.send_agenda_to_chair(m, by=c.ceo),
    "issued": lambda c, m: agenda.issue_agenda(m, by=c.chair),
    "held": lambda c, m: (attend(c, m), minutes.start_meeting(m, by=c.clerk)),
    "with_chair": lambda c, m: signing.send_minutes(m, by=c.clerk),
    "accuracy_check": _sign,
    "final": lambda c, m: close(c, m),
}


def close(cast: Cast, meeting: Meeting) -> Meeting:
    """Let the accuracy round lapse."""
    Meeting.objects.filter(pk=meeting.pk).update(
        deadlines={**meeting.deadlines, "corrections": "2026-11-20"}
    )
    return signing.close_minutes(meeting, by=None)


def _path(state: str) -> list[Any]:
    if state == "planned":
        return []
    if state == "postponed":
        return [*_path("scheduled"), _postpone]
    if state == "cancelled":
        return [_cancel]
    names = list(STEPS)
    return [STEPS[name] for name in names[: names.index(state) + 1]]


def _postpone(cast: Cast, meeting: Meeting) -> None:
    scheduling.postpone_meeting(meeting, reason="Ofsted inspection", by=cast.clerk)


def _cancel(cast: Cast, meeting: Meeting) -> None:
    scheduling.cancel_meeting(meeting, reason="Diary clash", by=cast.ceo)


def fresh(user: User) -> User:
    """The same user as another request would read it."""
    return with_posts(User.objects.get(pk=user.pk), TODAY)
