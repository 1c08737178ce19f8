"""The Strategy Group's meetings of the story, from their plan to their signed minutes."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from cpd.actions.advice import record_advice, score_request
from cpd.actions.group import plan_group_meeting, propose_group_agenda
from cpd.models import GroupMeeting
from home.demo.cast import Cast
from home.demo.timeline import Timeline, at, story
from home.demo.training import YEARS, Training
from meetings.actions.agenda import issue_agenda
from meetings.actions.follow_up import add_action, decide_former_action, mark_action_done
from meetings.actions.minutes import (
    finish_meeting,
    record_attendance,
    save_minute,
    start_meeting,
)
from meetings.actions.replies import reply_to_meeting
from meetings.actions.signing import send_minutes, sign_minutes
from meetings.models import Action, AgendaItem, Meeting, Seat
from trust.calendar import HALF_TERM_KEYS, today
from trust.models import HalfTerm

OVER = dt.timedelta(minutes=85)
SENT_AFTER = dt.timedelta(days=2)
SIGNED_AFTER = dt.timedelta(days=3)
ABOUT = ("request", "review", "purchase", "card", "project")
SAID = {"request": "requests", "review": "reviews", "purchase": "requests", "card": "practice"}


class Group:
    """Every meeting of the Strategy Group, as steps of the timeline."""

    def __init__(self, cast: Cast, training: Training, timeline: Timeline) -> None:
        self.cast, self.training, self.timeline = cast, training, timeline

    def plan(self) -> None:
        for name in YEARS:
            told = story(name)
            for meeting in told["meetings"]:
                said = {**story(YEARS[0])["said"], **meeting.get("said", {})}
                entry = {**meeting, "year": told["year"], "said": said}
                self._add(entry["planned_on"], "09:10", self._plan_one, entry)

    def _add(self, day: str | dt.date, clock: str, step: Any, *told: Any) -> None:
        self.timeline.add(at(day, clock), partial(step, *told))

    # -- before it ------------------------------------------------------------------------------

    def _plan_one(self, told: dict[str, Any]) -> None:
        starts_at = at(told["at"][:10], told["at"][11:])
        half_term = HalfTerm.objects.get(
            term__academic_year__name=told["year"],
            order=HALF_TERM_KEYS.index(told["half_term"]) + 1,
        )
        group = plan_group_meeting(
            half_term=half_term, starts_at=starts_at, is_online=True, by=self.cast.by("dsi")
        )
        on, pk = group.meeting.deadline, group.pk
        self._add(on("draft") or today(), "06:30", self._propose, pk)
        self._add(on("issued") or today(), "11:15", self._issue, pk, told)
        self.timeline.add(starts_at, partial(self._hold, pk, told))
        self.timeline.add(starts_at + OVER, partial(self._finish, pk))
        self.timeline.add(starts_at + SENT_AFTER, partial(self._send, pk))
        self.timeline.add(starts_at + SIGNED_AFTER, partial(self._sign, pk))

    def _group(self, pk: int) -> GroupMeeting:
        return GroupMeeting.objects.select_related("meeting__kind", "half_term").get(pk=pk)

    def _meeting(self, pk: int) -> Meeting:
        return Meeting.objects.with_seats().get(group_meeting=pk)

    def _propose(self, pk: int) -> None:
        propose_group_agenda(self._group(pk), by=None)

    def _issue(self, pk: int, told: dict[str, Any]) -> None:
        meeting = self._meeting(pk)
        issue_agenda(meeting, by=self.cast.by("dsi"))
        away = {self.cast.people[key].pk for key in told.get("apologies", ())}
        users = {person.pk: key for key, person in self.cast.people.items()}
        for seat in meeting.seats.filter(person__isnull=False):
            reply = Seat.Reply.CANNOT if seat.person_id in away else Seat.Reply.COMING
            reply_to_meeting(seat, reply=reply, by=self.cast.by(users[seat.person_id or 0]))
        if told.get("scored_with_the_papers"):
            self._score(meeting, told)

    # -- the meeting ----------------------------------------------------------------------------

    def _hold(self, pk: int, told: dict[str, Any]) -> None:
        clerk, meeting = self.cast.by("clerk"), self._meeting(pk)
        start_meeting(meeting, by=clerk)
        self._attendance(meeting, told)
        self._former_actions(meeting)
        self._score(meeting, told)
        self._advise(meeting, told)
        self._minute(meeting, told)

    def _attendance(self, meeting: Meeting, told: dict[str, Any]) -> None:
        away = {self.cast.people[key].pk for key in told.get("apologies", ())}
        conflicts = {self.cast.people[s[1]].pk: s[4] for s in told.get("scores", ()) if s[4]}
        attended = {
            seat.pk: (
                Seat.Attendance.APOLOGIES if seat.person_id in away else Seat.Attendance.ONLINE,
                conflicts.get(seat.person_id or 0, ""),
            )
            for seat in meeting.seats.all()
            if seat.person_id
        }
        record_attendance(meeting, attended, by=self.cast.by("clerk"))

    def _former_actions(self, meeting: Meeting) -> None:
        """What the last meeting asked for is done by the next one."""
        former = Action.objects.filter(meeting__kind=meeting.kind).exclude(meeting=meeting).open()
        for action in former:
            decide_former_action(
                action, decision="closed", meeting=meeting, by=self.cast.by("clerk")
            )

    def _score(self, meeting: Meeting, told: dict[str, Any]) -> None:
        for number, key, impact, value, conflict in told.get("scores", ()):
            score_request(
                self.training.request(number), meeting=meeting, by=self.cast.by(key),
                impact=impact or None, value=value or None, conflict=conflict,
            )  # fmt: skip

    def _advise(self, meeting: Meeting, told: dict[str, Any]) -> None:
        for numbers, advice, impact, value, note in told.get("advice", ()):
            record_advice(
                [self.training.request(number) for number in numbers], meeting=meeting,
                advice=advice, impact=impact, value=value, note=note, by=self.cast.by("dsi"),
            )  # fmt: skip
            for number in numbers:
                self.training.decide_after(number, today() + SENT_AFTER)

    def _minute(self, meeting: Meeting, told: dict[str, Any]) -> None:
        clerk = self.cast.by("clerk")
        items = list(
            meeting.items.select_related("meeting__kind").prefetch_related("training__request")
        )
        for item in items:
            if text := self._said_of(item, told):
                save_minute(item, text=text, version=1, by=clerk)
        for text, owner, role, due, *shown in told.get("actions", ()):
            action = add_action(
                items[-1], text=text, owner=self.cast.people[owner], owner_role=role, by=clerk,
                due_on=dt.date.fromisoformat(due),
            )  # fmt: skip
            if shown:
                self._add(shown[0], "15:30", self._show_done, action.pk, owner, shown[1])

    def _said_of(self, item: AgendaItem, told: dict[str, Any]) -> str:
        """The minutes of an item: of its request, where the story has them, else of its matter."""
        numbers = [str(row.request.number) for row in item.training.all() if row.request]
        own = next((told["on"][n] for n in numbers if n in told.get("on", {})), "")
        return own or told["said"].get(_matter(item), "")

    def _show_done(self, pk: int, owner: str, note: str) -> None:
        mark_action_done(Action.objects.get(pk=pk), note=note, by=self.cast.by(owner))

    # -- after it -------------------------------------------------------------------------------

    def _finish(self, pk: int) -> None:
        finish_meeting(self._meeting(pk), by=self.cast.by("clerk"))

    def _send(self, pk: int) -> None:
        send_minutes(self._meeting(pk), by=self.cast.by("clerk"))

    def _sign(self, pk: int) -> None:
        name = self.cast.people["dsi"].name
        sign_minutes(self._meeting(pk), typed_name=name, by=self.cast.by("dsi"))


def _matter(item: AgendaItem) -> str:
    """Which of the meeting's sentences an item takes: by what it is about, else by its type."""
    row = next(iter(item.training.all()), None)
    about = next((n for n in ABOUT if row and getattr(row, f"{n}_id")), "")
    return SAID.get(about, item.type)
