"""Random trusts, small and of 100 schools: no hard rule is broken, and every school has its number or a named reason.

The rules are counted here by hand, from the trust's words and not by the planner's own functions.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import time as clock
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from progress_boards.diary import Attendee, Blackout, Engagement, Place
from progress_boards.planner import propose_dates
from progress_boards.scheduling import BoardRequest, DateProposal
from progress_boards.slots import slots_of_year
from trust.calendar import SchoolCalendar
from trust.term_dates import default_english_calendar

DEFAULT = default_english_calendar(2026)
HALVES = {half.key: half for half in DEFAULT.half_terms}
SPACING, CHAIRED_A_DAY, WAY_ON_SITE, WAY_ONLINE = 20, 3, 30, 10
LAST_SAFE_DAY = dt.date(2027, 7, 7)
WORDS = ("is engaged", "chairs 3 boards that day", "less than 20 school days", "school day 16",
         "last day whose minutes", "Closed for the test", "it has no school day", "not a school day")  # fmt: skip


@dataclass
class Trust:
    """A trust made up at random: its calendars, its people, its boards."""

    calendars: dict[int, SchoolCalendar]
    numbers: dict[int, int]
    requests: list[BoardRequest]
    busy: list[Engagement] = field(default_factory=list)
    blackouts: list[Blackout] = field(default_factory=list)
    agreed: dict[int, list[dt.date]] = field(default_factory=dict)

    def propose(self) -> DateProposal:
        return propose_dates(
            self.requests, self.calendars, self.busy, self.blackouts, board_days=self.agreed
        )


def calendar_of(dice: random.Random) -> SchoolCalendar:
    """Term dates as schools set them: days closed more, a two-week October, halves that begin late or end early."""
    halves = []
    for half in DEFAULT.half_terms:
        start = half.start + dt.timedelta(days=dice.choice((0, 0, 0, 1, 2)))
        end = half.end - dt.timedelta(days=dice.choice((0, 0, 1, 4 if half.key == "A1" else 0)))
        halves.append(replace(half, start=start, end=end))
    closed = dice.sample(DEFAULT.school_days, dice.randint(0, 4))
    return SchoolCalendar(tuple(halves), DEFAULT.closed_days | set(closed))


def trust_of(
    dice: random.Random, schools: int, *, chairs: int, trustees: int, sit_as_ceo: int, away: int
) -> Trust:
    """Schools of any number of boards, in either half of a term, with people shared among them."""
    trust = Trust({}, {}, [])
    for school in range(1, schools + 1):
        trust.calendars[school] = calendar_of(dice)
        trust.numbers[school] = number = dice.choice((1, 2, 3, 3, 3, 4, 5, 6, 6))
        online = dice.random() < 0.1
        place = Place(f"site {dice.randint(1, schools)}", is_online=online)
        attendees = (
            Attendee(dice.randrange(chairs), "the External Chair", is_chair=True),
            Attendee(1_000 + dice.randrange(sit_as_ceo), "the chief executive"),
            Attendee(2_000 + dice.randrange(trustees), "the Link Trustee", is_trustee=True),
            Attendee(3_000 + school - dice.choice((0, 0, 0, 1)), "the headteacher"),
            Attendee(4_000 + dice.randrange(sit_as_ceo), "the clerk"),
        )
        halves = dice.choice(("second", "first"))
        for half_term in slots_of_year(number, halves):
            key = school * 10 + slots_of_year(6).index(half_term)
            trust.requests.append(
                BoardRequest(key, school, f"School {school}", 2026, half_term, attendees, place)
            )
    people = sorted({a.person for r in trust.requests for a in r.attendees})
    for _ in range(away):
        trust.busy.append(Engagement(dice.choice(people), dice.choice(DEFAULT.school_days)))
    for _ in range(dice.randint(0, 3)):
        first = dice.choice(DEFAULT.school_days)
        of = frozenset(dice.sample(range(1, schools + 1), dice.randint(1, schools)))
        last = first + dt.timedelta(days=dice.randint(0, 9))
        trust.blackouts.append(Blackout(first, last, "Closed for the test", of))
    for school in dice.sample(range(1, schools + 1), schools // 5):
        trust.agreed[school] = [dice.choice(DEFAULT.school_days)]
    return trust


# -- counted by hand -----------------------------------------------------------------------------


def school_days(calendar: SchoolCalendar) -> list[dt.date]:
    """Weekdays within a half term that are not closed."""
    found = []
    for half in calendar.half_terms:
        day = half.start
        while day <= half.end:
            if day.weekday() < 5 and day not in calendar.closed_days:
                found.append(day)
            day += dt.timedelta(days=1)
    return found


def minutes(at: dt.time) -> int:
    return at.hour * 60 + at.minute


def broken(trust: Trust, proposal: DateProposal) -> list[str]:
    """Every hard rule that a proposal breaks, in words."""
    said: list[str] = []
    days_of: dict[int, list[dt.date]] = defaultdict(list)
    known = {school: school_days(calendar) for school, calendar in trust.calendars.items()}
    for board in proposal.dated:
        school = board.request.school
        half = {h.key: h for h in trust.calendars[school].half_terms}[board.request.half_term]
        days_of[school].append(board.day)
        who = f"{board.request.school_name} {board.request.half_term} on {board.day}"
        if board.day not in known[school] or not half.start <= board.day <= half.end:
            said.append(f"{who}: no day of the half term")
        if board.day < known[school][15] or board.day > LAST_SAFE_DAY:
            said.append(f"{who}: too early or too late in the year")
        if any(
            b.start <= board.day <= b.end and school in (b.schools or ()) for b in trust.blackouts
        ):
            said.append(f"{who}: on a blackout")
        if not dt.time(9) <= board.start < board.end <= dt.time(15):
            said.append(f"{who}: out of hours")
        if minutes(board.end) - minutes(board.start) != 60:
            said.append(f"{who}: not an hour")
    for school, days in days_of.items():
        said += too_near(known[school], sorted(days), trust.agreed.get(school, ()))
    return said + in_two_places(trust, proposal) + chairs_of_a_day(proposal)


def too_near(known: list[dt.date], days: list[dt.date], agreed: Iterable[dt.date]) -> list[str]:
    """Boards of one school less than 20 school days apart; days already agreed are among themselves."""

    def apart(a: dt.date, b: dt.date) -> int:
        return sum(min(a, b) < day <= max(a, b) for day in known)

    pairs = [(a, b) for n, a in enumerate(days) for b in days[n + 1 :]]
    pairs += [(a, b) for a in days for b in agreed]
    return [f"{a} and {b} are too near" for a, b in pairs if apart(a, b) < SPACING]


def in_two_places(trust: Trust, proposal: DateProposal) -> list[str]:
    """People who would be in two places, the way between them included, or on a day they are away."""
    away = {(each.person, each.day) for each in trust.busy}
    diary = defaultdict(list)
    for board in proposal.dated:
        for each in board.request.attendees:
            diary[each.person, board.day].append(board)
    said = [f"{key} is away" for key in diary if key in away]
    for key, boards in diary.items():
        boards.sort(key=lambda board: board.start)
        for one, other in itertools.pairwise(boards):
            a, b = one.request.place, other.request.place
            way = WAY_ON_SITE
            if a.is_online and b.is_online:
                way = WAY_ONLINE
            elif not a.is_online and not b.is_online and a.site == b.site:
                way = 0
            if minutes(other.start) - minutes(one.end) < way:
                said.append(f"{key} is in two places")
    return said


def chairs_of_a_day(proposal: DateProposal) -> list[str]:
    counted = Counter(
        (a.person, board.day) for board in proposal.dated for a in board.request.attendees if a.is_chair
    )  # fmt: skip
    return [f"{key} chairs {n} boards" for key, n in counted.items() if n > CHAIRED_A_DAY]


def assert_whole(trust: Trust, proposal: DateProposal) -> None:
    """No hard rule is broken, and every school has its number: each board a date or a reason that names a rule."""
    assert broken(trust, proposal) == []
    counted = Counter(each.request.school for each in (*proposal.dated, *proposal.undated))
    assert dict(counted) == trust.numbers
    keys = [each.request.key for each in (*proposal.dated, *proposal.undated)]
    assert sorted(keys) == sorted(request.key for request in trust.requests)
    for each in proposal.undated:
        name = HALVES[each.request.half_term].name
        assert each.reason.startswith(f"No free slot in {name}: ")
        assert any(words in each.reason for words in WORDS), each.reason


# -- small trusts, many of them ------------------------------------------------------------------


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 3), st.integers(1, 4),
    st.integers(1, 2), st.integers(0, 120),
)  # fmt: skip
def test_any_trust_has_no_clash_and_every_board_a_date_or_a_named_reason(
    seed: int, schools: int, chairs: int, trustees: int, sit_as_ceo: int, away: int
) -> None:
    dice = random.Random(seed)
    trust = trust_of(
        dice, schools, chairs=chairs, trustees=trustees, sit_as_ceo=sit_as_ceo, away=away
    )
    proposal = trust.propose()
    assert_whole(trust, proposal)
    dice.shuffle(trust.requests)
    assert trust.propose() == proposal  # the same question gets the same answer


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_a_board_without_a_date_has_no_free_slot_in_the_finished_year(
    seed: int, schools: int
) -> None:
    """Each board given up is asked for once more, beside all the others: it still has no slot."""
    dice = random.Random(seed)
    trust = trust_of(dice, schools, chairs=1, trustees=1, sit_as_ceo=1, away=500)
    proposal = trust.propose()
    days = {school: list(agreed) for school, agreed in trust.agreed.items()}
    for board in proposal.dated:
        days.setdefault(board.request.school, []).append(board.day)
    hours = [
        Engagement(a.person, b.day, b.start, b.end, b.request.place, a.is_chair)
        for b in proposal.dated
        for a in b.request.attendees
    ]
    for each in proposal.undated:
        again = propose_dates(
            [each.request], trust.calendars, trust.busy + hours, trust.blackouts, board_days=days
        )
        assert again.dated == ()


# -- a trust of 100 schools ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_100_schools_have_no_clash_and_every_school_its_number(seed: int) -> None:
    """300 to 600 boards, three Chairs, ten Link Trustees, six who sit for the chief executive; and in 10 seconds."""
    dice = random.Random(seed)
    trust = trust_of(dice, 100, chairs=3, trustees=10, sit_as_ceo=6, away=150)
    assert 300 <= len(trust.requests) <= 600
    began = clock.process_time()
    proposal = trust.propose()
    assert clock.process_time() - began <= 10
    assert_whole(trust, proposal)
    assert len(proposal.dated) >= 0.9 * len(trust.requests)


def test_100_schools_with_nobody_free_name_the_person_for_every_board() -> None:
    dice = random.Random(3)
    trust = trust_of(dice, 100, chairs=1, trustees=10, sit_as_ceo=6, away=0)
    trust.busy = [Engagement(0, day) for day in DEFAULT.school_days]
    trust.blackouts, trust.agreed = [], {}
    trust.calendars = dict.fromkeys(trust.calendars, DEFAULT)
    proposal = trust.propose()
    assert proposal.dated == ()
    assert_whole(trust, proposal)
    assert {"the External Chair is engaged" in each.reason for each in proposal.undated} == {True}
