"""The boards of the story: each lives its whole life through the actions that a real one lives through."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from evidence.models import Finding, Indicator
from home.demo.cast import Cast
from home.demo.hour import Held
from home.demo.timeline import Timeline, at, story
from home.demo.told import Told, last_year, this_year
from meetings.actions.agenda import (
    SourceOf,
    add_item,
    fill_in_hand,
    minutes_on_agenda,
    open_draft,
)
from meetings.actions.amending import add_late_item
from meetings.actions.answering import choose_respondent
from meetings.actions.replies import reply_to_meeting
from meetings.actions.standing import add_standing_item
from meetings.models import AgendaItem, Meeting, MeetingKind, Seat
from progress_boards.actions.agenda import issue_board, send_board_to_chair
from progress_boards.actions.dating import date_board, postpone_board
from progress_boards.actions.planning import agree_number, lay_out_year, remove_board
from progress_boards.actions.proposing import propose_draft
from progress_boards.actions.telling import tell_issued
from progress_boards.defaults import PROGRESS_BOARD
from progress_boards.documents.packs import build_pack
from progress_boards.models import ProgressBoard
from trust.models import AcademicYear

FIXED = {
    "welcome": ("Welcome, apologies, declarations of interest", 2),
    "actions": ("Actions from the last board", 8),
    "close": ("Actions read back, closing statement, next board", 5),
}


class Boards(Held):
    """Every board, as steps of the timeline."""

    def __init__(self, cast: Cast, visits: dict[str, list[Finding]], timeline: Timeline) -> None:
        super().__init__(cast, timeline)
        self.visits = visits
        self.indicators = {i.slug: i for i in Indicator.objects.all()}

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
