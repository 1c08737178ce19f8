"""A board of the story from its hour to its review, through the actions that a real one lives through."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from home.demo.cast import Cast
from home.demo.timeline import Timeline, at
from home.demo.told import KEYS, Told
from meetings.actions.clocks import begin_item
from meetings.actions.errata import record_erratum
from meetings.actions.follow_up import add_action, decide_former_action
from meetings.actions.minutes import (
    add_attendee,
    add_challenge,
    add_evidence,
    finish_meeting,
    record_attendance,
    save_minute,
    start_meeting,
)
from meetings.actions.part_b import save_part_b, set_stayed
from meetings.actions.signing import close_minutes, say_nothing_to_correct, send_minutes
from meetings.models import Action, AgendaItem, Meeting, Seat
from progress_boards.actions.signing import (
    comment_on_item,
    judge_item,
    mark_reviewed,
    save_statement,
    sign_board,
)
from progress_boards.models import ProgressBoard
from ratings.models import Band
from trust.calendar import clock_at

OVERRUN = {3: 2, 4: -1}
"""Minutes that the first enquiry takes too long, and the second gives back."""
LATEST = 56
"""The minute at which the last item is begun at the latest."""


class Held:
    """The board that the story tells of, and what happens from its hour on."""

    def __init__(self, cast: Cast, timeline: Timeline) -> None:
        self.cast, self.timeline = cast, timeline
        self.bands = {band.letter: band for band in Band.objects.all()}
        self._keys: dict[tuple[str, dt.datetime], int] = {}

    def board(self, told: Told) -> ProgressBoard:
        """The board's row as it is now; which one it is, is looked for once."""
        rows, key = ProgressBoard.objects.with_meeting(), self._keys.get((told.school, told.at))
        if key is not None:
            return rows.get(pk=key)
        board = rows.get(
            school=self.cast.schools[told.school],
            half_term__order=KEYS.index(told.half_term) + 1,
            academic_year__starts_on__lte=told.at.date(),
            academic_year__ends_on__gte=told.at.date(),
        )
        self._keys[told.school, told.at] = board.pk
        return board

    def meeting(self, told: Told) -> Meeting:
        key = self._keys.get((told.school, told.at)) or self.board(told).pk
        return Meeting.objects.with_seats().get(progress_board=key)

    # -- the hour -----------------------------------------------------------------------------

    def _hold(self, told: Told) -> None:
        clerk, meeting = self.cast.by("clerk"), self.meeting(told)
        start_meeting(meeting, by=clerk)
        self._attendance(told, meeting)
        self._former_actions(told, meeting)
        minutes = 0
        for item in meeting.items.select_related("meeting__kind"):
            told_item = next((i for i in told.items if i["title"] == item.title), None)
            with clock_at(told.at + dt.timedelta(minutes=min(minutes, LATEST))):
                if told.is_timed:
                    begin_item(item, by=clerk)
                if told_item:
                    self._minute(item, told_item)
            minutes += item.minutes + OVERRUN.get(item.order, 0)
        self._loose_actions(told, meeting)
        self.timeline.add(
            told.at + dt.timedelta(minutes=58),
            lambda: finish_meeting(self.meeting(told), by=self.cast.by("clerk")),
        )

    def _attendance(self, told: Told, meeting: Meeting) -> None:
        clerk = self.cast.by("clerk")
        online = {self.cast.people[k].pk for k in told.rest.get("online", [])}
        attended = {
            seat.pk: (Seat.Attendance.ONLINE if seat.person_id in online else Seat.Attendance.PRESENT, "")
            for seat in meeting.seats.all()
            if seat.person_id
        }  # fmt: skip
        record_attendance(meeting, attended, by=clerk)
        seated = {seat.person_id for seat in meeting.seats.all()}
        leaders = dict.fromkeys(i["by"] for i in told.items if "by" in i)
        for key in leaders:
            if self.cast.people[key].pk not in seated:
                add_attendee(meeting, person=self.cast.people[key], by=clerk)
        for key in told.rest.get("apologies", []):
            add_attendee(
                meeting,
                person=self.cast.people[key],
                by=clerk,
                attendance=Seat.Attendance.APOLOGIES,
            )

    def _former_actions(self, told: Told, meeting: Meeting) -> None:
        clerk = self.cast.by("clerk")
        counts: dict[str, int] = {}
        for text, fate in told.rest.get("former", []):
            action = Action.objects.filter(school=meeting.school, text=text).open().first()
            if action is None:
                continue
            first_time = fate != "carried" or action.times_carried == 0
            decision = fate if first_time else "closed"
            decide_former_action(action, decision=decision, meeting=meeting, by=clerk,
                                 note="Overtaken by other work" if decision == "dropped" else "")  # fmt: skip
            counts[decision] = counts.get(decision, 0) + 1
        item = meeting.items.filter(type="actions").first()
        if item and counts:
            words = ", ".join(f"{n} {fate}" for fate, n in counts.items())
            save_minute(item, text=f"Actions so far: {words}.", version=1, by=clerk)

    def _minute(self, item: AgendaItem, told: dict[str, Any]) -> None:
        clerk = self.cast.by("clerk")
        save_minute(item, text=told["discussion"], version=1, by=clerk)
        for asked_by, question, response, answered_by in told.get("challenges", []):
            add_challenge(item, asked_by=asked_by, question=question, response=response,
                          answered_by=answered_by or item.answered_by_role, by=clerk)  # fmt: skip
        for what, how in told.get("evidence", []):
            add_evidence(item, what=what, how=how, by=clerk)
        if part := told.get("part_b"):
            save_part_b(item, text=part["text"], version=1, by=clerk)
            stayed = {self.cast.people[key].pk for key in part["stayed"]}
            set_stayed(item, ticked=stayed, shown=stayed, by=clerk)
        for text, owner, role, due in told.get("actions", []):
            add_action(item, text=text, owner=self.cast.people[owner], owner_role=role, by=clerk,
                       due_on=dt.date.fromisoformat(due) if due else None)  # fmt: skip

    def _loose_actions(self, told: Told, meeting: Meeting) -> None:
        """Last year's actions, each under the enquiry its owner answered."""
        for _, text, owner, role, _ in told.rest.get("actions", []):
            person = self.cast.people[owner]
            items = meeting.items.filter(type="enquiry").select_related("meeting__kind")
            item = items.filter(answered_by=person).first() or items.first()
            if item:
                add_action(item, text=text, owner=person, owner_role=role, by=self.cast.by("clerk"))

    # -- signing ------------------------------------------------------------------------------

    def _send(self, told: Told) -> None:
        send_minutes(self.meeting(told), by=self.cast.by("clerk"))

    def _sign(self, told: Told) -> None:
        chair, board = self.cast.by("chair"), self.board(told)
        for item in board.meeting.items.filter(type="enquiry"):
            judgement = next(
                (i.get("judgement") for i in told.items if i["title"] == item.title), None
            )
            if judgement:
                letter, direction, reason = judgement
                judge_item(
                    board, item, by=chair, band=self.bands.get(letter), direction=direction,
                    value="too_early" if letter == "E" else "band", reason=reason,
                )  # fmt: skip
        save_statement(
            board, version=board.version, by=chair, closing_statement=told.rest["closing"],
            evaluation=told.rest["holds"], evaluation_reason=told.rest.get("holds_reason", ""),
            advises_new_rating=told.rest.get("look_again", False),
        )  # fmt: skip
        sign_board(self.board(told), typed_name=self.cast.people["chair"].name, by=chair)
        self._after_signing(told)

    def _after_signing(self, told: Told) -> None:
        meeting = self.meeting(told)
        for key, _, day in told.rest.get("nothing_to_correct", []):
            self.timeline.add(
                at(day, "07:40"),
                partial(self._agree, told, key),
            )
        closes = meeting.deadline("corrections")
        if closes is None:
            return
        self.timeline.add(
            at(closes + dt.timedelta(days=1), "06:30"),
            lambda: close_minutes(self.meeting(told), by=None),
        )
        self.timeline.add(at(closes + dt.timedelta(days=6), "19:30"), lambda: self._review(told))
        if wrong := told.rest.get("erratum"):
            self.timeline.add(at(wrong["on"], "16:00"), partial(self._put_right, told, wrong))

    def _put_right(self, told: Told, wrong: dict[str, str]) -> None:
        meeting = self.meeting(told)
        record_erratum(
            meeting, item=meeting.items.get(title=wrong["item"]), text=wrong["text"],
            reason=wrong["reason"], by=self.cast.by("clerk"),
        )  # fmt: skip

    def _agree(self, told: Told, key: str) -> None:
        say_nothing_to_correct(self.meeting(told), by=self.cast.by(key))

    def _review(self, told: Told) -> None:
        board = self.board(told)
        key = next(
            k for k in self.cast.people if k.startswith("lt_") and self._links(k, told.school)
        )
        mark_reviewed(board, note="", by=self.cast.by(key))
        for title, words in told.rest.get("comments", []):
            item = board.meeting.items.get(title=title)
            comment_on_item(board, item=item, text=words, by=self.cast.by(key))

    def _links(self, key: str, school: str) -> bool:
        posts = self.cast.by(key).posts
        return self.cast.schools[school].pk in posts.schools("link_trustee")
