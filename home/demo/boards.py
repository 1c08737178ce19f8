"""The boards of the story: each lives its whole life through the actions that a real one lives through."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from evidence.models import Finding, Indicator
from home.demo.cast import Cast
from home.demo.timeline import Timeline, at, story
from meetings.actions.agenda import (
    SourceOf,
    add_item,
    fill_in_hand,
    minutes_on_agenda,
    open_draft,
)
from meetings.actions.amending import add_late_item
from meetings.actions.answering import choose_respondent
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
from meetings.actions.replies import reply_to_meeting
from meetings.actions.signing import close_minutes, say_nothing_to_correct, send_minutes
from meetings.actions.standing import add_standing_item
from meetings.models import Action, AgendaItem, Meeting, MeetingKind, Seat
from progress_boards.actions.agenda import issue_board, send_board_to_chair
from progress_boards.actions.dating import date_board, postpone_board
from progress_boards.actions.planning import agree_number, lay_out_year, remove_board
from progress_boards.actions.proposing import propose_draft
from progress_boards.actions.signing import (
    comment_on_item,
    judge_item,
    mark_reviewed,
    save_statement,
    sign_board,
)
from progress_boards.actions.telling import tell_issued
from progress_boards.defaults import PROGRESS_BOARD
from progress_boards.documents.packs import build_pack
from progress_boards.models import ProgressBoard
from ratings.models import Band
from trust.calendar import clock_at
from trust.models import AcademicYear

KEYS = ("A1", "A2", "Sp1", "Sp2", "Su1", "Su2")
FIXED = {
    "welcome": ("Welcome, apologies, declarations of interest", 2),
    "actions": ("Actions from the last board", 8),
    "close": ("Actions read back, closing statement, next board", 5),
}
OVERRUN = {3: 2, 4: -1}
"""Minutes that the first enquiry takes too long, and the second gives back."""
LATEST = 56
"""The minute at which the last item is begun at the latest."""


@dataclass
class Told:
    """One board as the story tells it."""

    school: str
    half_term: str
    at: dt.datetime
    items: list[dict[str, Any]] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)
    is_timed: bool = False
    """Whether the clerk kept the clock of its items."""


def last_year() -> list[Told]:
    """The boards of 2025 to 2026, put together from themes, closings and actions."""
    told = story("boards_2025")
    return [
        Told(
            school,
            key,
            at(day, told["clock"][school]),
            [_theme_item(t, key) for t in told["themes"] if t["school"] == school and key in t["minutes"]],
            _closing(told, school, key),
        )
        for school, dates in told["dates"].items()
        for key, day in dates.items()
    ]  # fmt: skip


def _theme_item(theme: dict[str, Any], key: str) -> dict[str, Any]:
    letter, direction, discussion, asked_by, question, response = theme["minutes"][key]
    return {
        "type": "enquiry", "title": theme["title"], "question": theme["question"], "minutes": 14,
        "indicator": theme["indicator"], "by": theme["by"], "discussion": discussion,
        "challenges": [[asked_by, question, response, ""]], "judgement": [letter, direction, ""],
    }  # fmt: skip


def _closing(told: dict[str, Any], school: str, key: str) -> dict[str, Any]:
    half, holds, reason, words = next(c for c in told["close"][school] if c[0] == key)
    before = KEYS[: KEYS.index(half)]
    return {
        "holds": holds, "holds_reason": reason, "closing": words,
        "actions": [a for a in told["actions"][school] if a[0] == key],
        "former": [[text, fate] for half_term, text, _, _, fate in told["actions"][school] if half_term in before],
        "look_again": holds == "no" and key == "Su2",
    }  # fmt: skip


def this_year() -> list[Told]:
    """The boards of 2026 to 2027, those to come without items."""
    told = story("boards_2026")
    boards = [
        Told(
            b["school"], b["half_term"], at(b["at"][:10], b["at"][11:]), b.get("items", []), b, True
        )
        for b in told["boards"]
    ]
    later = [
        Told(school, key, at(when[:10], when[11:]), [], {"scheduled_only": True})
        for school, dates in told["later"].items()
        for key, when in dates.items()
    ]
    return boards + later


class Boards:
    """Every board, as steps of the timeline."""

    def __init__(self, cast: Cast, visits: dict[str, list[Finding]], timeline: Timeline) -> None:
        self.cast, self.visits, self.timeline = cast, visits, timeline
        self.bands = {band.letter: band for band in Band.objects.all()}
        self.indicators = {i.slug: i for i in Indicator.objects.all()}
        self._keys: dict[tuple[str, dt.datetime], int] = {}

    # -- the year -----------------------------------------------------------------------------

    def plan(self) -> None:
        """Lay out both years in the summers before them."""
        self.timeline.add(at("2025-07-14"), lambda: self._lay_out("2025 to 2026", last_year()))
        self.timeline.add(at("2026-07-13"), lambda: self._lay_out("2026 to 2027", this_year()))
        told = story("boards_2026")["standing"]
        self.timeline.add(at(told.pop("on"), "14:20"), lambda: self._keep_standing(told))

    def _keep_standing(self, told: dict[str, Any]) -> None:
        kind = MeetingKind.objects.get(slug=PROGRESS_BOARD)
        add_standing_item(kind, by=self.cast.by("ceo"), **told)

    def _lay_out(self, name: str, boards: list[Told]) -> None:
        year, ceo = AcademicYear.objects.get(name=name), self.cast.by("ceo")
        lay_out_year(year, by=ceo)
        self._agree_three_for_junior(year)
        dated = sorted(boards, key=lambda told: told.at)
        for told in dated:
            board = self.board(told)
            date_board(board, starts_at=told.at, by=ceo)
            self._schedule_steps(told, board)

    def _agree_three_for_junior(self, year: AcademicYear) -> None:
        """One amber school has three boards this year, by agreement and with a reason."""
        junior = self.cast.schools["brj"]
        boards = ProgressBoard.objects.of_year(year).filter(school=junior)
        if boards.count() <= 3:
            return
        ceo = self.cast.by("ceo")
        for board in boards.filter(half_term__order__in=(1, 3, 5)):
            remove_board(board, by=ceo, reason="Three boards by agreement")
        agree_number(
            junior, year, number=3, by=ceo,
            reason="New head seconded from Brackenholme Infant, settled team",
        )  # fmt: skip

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

    def _schedule_steps(self, told: Told, board: ProgressBoard) -> None:
        """Add the steps of one board at the days of its own timetable."""
        if told.rest.get("scheduled_only"):
            return
        on = board.meeting.deadline
        self._add(on("draft"), "06:30", self._draft, told)
        if told.rest.get("proposed_by_software"):
            return
        prepared = told.rest.get("to_chair_on") or told.rest.get("prepared_on") or on("ceo")
        self._add(prepared, "10:00", self._to_chair, told)
        if "to_chair_on" in told.rest:
            return
        self._add(on("issued"), "11:00", self._issue, told)
        for late in (item for item in told.items if "late_on" in item):
            self.timeline.add(at(late["late_on"], "15:10"), partial(self._add_late, told, late))
        self._add(told.rest.get("assign_on") or on("leaders"), "16:30", self._assign, told)
        if told.rest.get("pack"):
            self._add(on("pack"), "06:30", lambda each: build_pack(self.board(each).pk), told)
        if moved := told.rest.get("postponed_on"):
            self._add(moved, "11:30", self._postpone, told)
            self._add(told.rest["rebooked_on"], "14:00", self._rebook, told)
            return
        self.timeline.add(told.at, lambda: self._hold(told))
        self._add(told.rest.get("sent_on") or on("draft_minutes"), "15:00", self._send, told)
        if "closing" in told.rest:
            self._add(on("chair"), "17:00", self._sign, told)

    def _add(self, day: Any, clock: str, step: Any, told: Told) -> None:
        self.timeline.add(at(day, clock), lambda: step(told))

    # -- the agenda ---------------------------------------------------------------------------

    def _draft(self, told: Told) -> None:
        board = self.board(told)
        if told.rest.get("proposed_by_software"):
            propose_draft(board, by=None)
            return
        open_draft(board.meeting, by=None)

    def _to_chair(self, told: Told) -> None:
        ceo, meeting = self.cast.by("ceo"), self.meeting(told)
        for kind in ("welcome", "actions"):
            self._fixed(meeting, kind)
        for item in told.items:
            if "late_on" not in item:
                add_item(meeting, by=ceo, **self._words_of(told, item))
        self._fixed(meeting, "close")
        if minutes_on_agenda(meeting) < meeting.minutes_length:
            fill_in_hand(meeting, by=ceo)
        send_board_to_chair(self.board(told), by=ceo)

    def _words_of(self, told: Told, item: dict[str, Any]) -> dict[str, Any]:
        return {
            "title": item["title"], "type": item["type"], "question": item.get("question", ""),
            "minutes": item["minutes"],
            "indicator": self.indicators.get(item.get("indicator", "")),
            "sources": [self._source(*s) for s in item.get("sources", [])],
            "carried_from": self._last_time(told, item["title"]),
        }  # fmt: skip

    def _add_late(self, told: Told, item: dict[str, Any]) -> None:
        """An item after issue, out of the discussion in hand; everybody who has the agenda is told."""
        meeting = self.meeting(told)
        in_hand = meeting.items.get(type=AgendaItem.Type.IN_HAND)
        words = self._words_of(told, item)
        add_late_item(meeting, by=self.cast.by("ceo"), taken_from=in_hand, **words)
        tell_issued(self.board(told))

    def _last_time(self, told: Told, title: str) -> AgendaItem | None:
        """The item of the same theme at the school's board before, when there was one."""
        earlier = AgendaItem.objects.filter(
            meeting__school__code=told.school.upper(), meeting__state="final", title=title
        )
        return earlier.order_by("-meeting__starts_at").first()

    def _fixed(self, meeting: Meeting, kind: str) -> None:
        title, minutes = FIXED[kind]
        add_item(
            meeting, title=title, by=self.cast.by("ceo"), type=kind, minutes=minutes, purpose=""
        )

    def _source(self, label: str, visit: str, seen_on: str) -> SourceOf:
        key, _, number = visit.partition(":")
        finding = self.visits[key][int(number) - 1] if visit else None
        return SourceOf(
            label=label,
            seen_on=dt.date.fromisoformat(seen_on),
            reason="Marked for the board" if finding else "",
            finding=finding,
        )

    def _issue(self, told: Told) -> None:
        issue_board(self.board(told), by=self.cast.by("chair"))

    def _assign(self, told: Told) -> None:
        head = self.cast.by(self.cast.head_of(told.school))
        meeting = self.meeting(told)
        chosen = told.rest.get("assign")
        for item in self._items(meeting):
            if chosen is not None and str(item.order) not in chosen:
                continue
            person = self._who_answers(told, item) or head.person
            choose_respondent(item, person=person, by=head)
        for role in ("chair", "ceo", "link_trustee", "head"):
            self._reply(meeting, role)

    def _who_answers(self, told: Told, item: AgendaItem) -> Any:
        key = next((i["by"] for i in told.items if i["title"] == item.title and "by" in i), None)
        return self.cast.people[key] if key else None

    def _reply(self, meeting: Meeting, role: str) -> None:
        seat = meeting.seats.filter(role=role, person__isnull=False).first()
        user = next(
            (
                self.cast.by(k)
                for k, p in self.cast.people.items()
                if seat and p.pk == seat.person_id
            ),
            None,
        )
        if seat and user:
            reply_to_meeting(seat, reply=Seat.Reply.COMING, by=user)

    def _items(self, meeting: Meeting) -> list[AgendaItem]:
        items = meeting.items.select_related("meeting__kind").prefetch_related("meeting__seats")
        return [item for item in items if item.is_for_school]

    def _postpone(self, told: Told) -> None:
        postpone_board(
            self.board(told), reason=told.rest["postponed_reason"], by=self.cast.by("clerk")
        )

    def _rebook(self, told: Told) -> None:
        when = told.rest["rebooked_at"]
        date_board(self.board(told), starts_at=at(when[:10], when[11:]), by=self.cast.by("clerk"))

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
