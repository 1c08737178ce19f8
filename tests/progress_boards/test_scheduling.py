"""The dates of a year's boards: every hard rule kept, and a named reason where no slot is left."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from progress_boards.diary import Attendee, Blackout, Diary, Engagement, Place, Travel
from progress_boards.planner import propose_dates
from progress_boards.scheduling import (
    BoardRequest,
    Planning,
    PlanRules,
    Wishes,
    is_far_enough,
    reasons_against_day,
    reasons_against_time,
)
from progress_boards.slots import slots_of_year
from trust.calendar import SchoolCalendar
from trust.term_dates import default_english_calendar
from trust.timetable import last_safe_day

CALENDAR = default_english_calendar(2026)
CHAIR = Attendee(1, "The Chair", is_chair=True)
CEO = Attendee(2, "The CEO")
RULES = PlanRules()
NO_WISHES = Wishes(
    unsettled=0, later=0, monday=0, friday_afternoon=0, near=0, discouraged=0, other_weekday=0, alone=0,
    before_trust_board=0,
)  # fmt: skip
"""The first free slot, whatever anybody would like."""


def _request(half_term="A2", school=1, **changes):
    """Ask for a board of a school in a half term of 2026/27."""
    made = BoardRequest(
        key=school * 10 + slots_of_year(6).index(half_term),
        school=school,
        school_name=f"School {school}",
        year=2026,
        half_term=half_term,
        attendees=(CHAIR, CEO, Attendee(100 + school, f"The head of school {school}")),
        place=Place(site=f"site {school}"),
    )
    return replace(made, **changes)


def _calendars(schools):
    """Give every school the default calendar."""
    return dict.fromkeys(range(1, schools + 1), CALENDAR)


def _propose(*requests, **options):
    """Propose dates on the default calendar."""
    return propose_dates(requests, _calendars(40), **options)


def _only(proposal):
    """Return the single dated board."""
    (dated,) = proposal.dated
    assert proposal.undated == ()
    return dated


def _planning(**options):
    """Know the default calendar and what is given."""
    return Planning(_calendars(40), Diary(options.pop("busy", ())), **options)


@pytest.mark.parametrize(
    ("second", "allowed"), [(date(2027, 1, 14), False), (date(2027, 1, 15), True)]
)
def test_is_far_enough_from_3_december_is_false_at_19_and_true_at_20_school_days(second, allowed):
    assert is_far_enough(CALENDAR, date(2026, 12, 3), second, 20) is allowed
    assert is_far_enough(CALENDAR, second, date(2026, 12, 3), 20) is allowed


@pytest.mark.parametrize(
    ("day", "reasons"),
    [
        (date(2027, 1, 14), ("less than 20 school days from another board of the school",)),
        (date(2027, 1, 15), ()),
        (date(2027, 1, 16), ("not a school day of the school",)),
        (date(2027, 2, 17), ("not a school day of the school", "outside Spring 1")),
    ],
)
def test_reasons_against_a_day_in_spring_1_after_a_board_on_3_december(day, reasons):
    planning = _planning(board_days={1: {date(2026, 12, 3)}})
    assert reasons_against_day(_request("Sp1"), day, planning) == reasons


def test_propose_dates_for_autumn_1_starts_on_24_september():
    dated = _only(_propose(_request("A1"), wishes=NO_WISHES))
    assert (dated.day, dated.start, dated.end) == (date(2026, 9, 24), time(9), time(10))


def test_propose_dates_tries_the_third_week_of_the_half_term_first_but_not_its_monday():
    monday = CALENDAR.school_days_of(CALENDAR.half_terms[1])[10]
    assert monday.weekday() == 0
    assert _only(_propose(_request("A2"))).day == monday + timedelta(days=1)
    relaxed = replace(Wishes(), monday=0)
    assert _only(_propose(_request("A2"), wishes=relaxed)).day == monday


def test_propose_dates_keeps_off_friday_afternoon_and_a_soft_blackout_while_there_is_another_slot():
    only_fridays = [
        Engagement(CEO.person, day) for day in CALENDAR.school_days if day.weekday() != 4
    ]
    dated = _only(_propose(_request("A2"), busy=only_fridays))
    assert (dated.day.weekday(), dated.end <= time(12)) == (4, True)
    tests = Blackout(dated.day, dated.day, "Mock tests")
    moved = _only(_propose(_request("A2"), busy=only_fridays, discouraged=[tests]))
    assert moved.day != dated.day
    stays = _only(_propose(_request("A2"), busy=only_fridays, discouraged=[
        Blackout(date(2026, 11, 1), date(2026, 12, 31), "Building works")
    ]))  # fmt: skip
    assert stays.day == dated.day  # a soft one is kept off only where there is a choice


def test_propose_dates_follows_the_weekdays_that_a_person_prefers():
    wanted = {CHAIR.person: frozenset({3})}
    assert _only(_propose(_request("A2"), weekdays=wanted)).day.weekday() == 3


def test_propose_dates_puts_a_link_trustees_boards_on_one_day():
    trustee = Attendee(50, "The Link Trustee", is_trustee=True)
    requests = [
        _request("A2", school, attendees=(Attendee(60 + school, "A Chair", is_chair=True), trustee))
        for school in (1, 2, 3)
    ]
    assert len({each.day for each in _propose(*requests).dated}) == 1


def test_propose_dates_is_in_time_for_the_trust_board():
    thursdays = {CHAIR.person: frozenset({3})}
    trust_board = date(2026, 12, 9)
    alone = _only(_propose(_request("A2"), weekdays=thursdays))
    assert CALENDAR.school_days_between(alone.day, trust_board) < 15
    dated = _only(_propose(_request("A2"), weekdays=thursdays, trust_board_days=[trust_board]))
    assert CALENDAR.school_days_between(dated.day, trust_board) >= 15


def test_propose_dates_asks_a_board_placed_before_to_move_when_a_later_one_has_no_other_slot():
    """School 2 can only on the one day that school 1 would take; school 1 has others."""
    day = date(2026, 11, 17)
    head = Attendee(102, "The head of school 2")
    away = [Engagement(head.person, each) for each in CALENDAR.school_days if each != day] + [
        Engagement(head.person, day, time(10, 30), time(15, 30))
    ]
    first = _request("A2", 1, school_name="A school that comes first")
    second = _request("A2", 2, school_name="B", attendees=(CHAIR, CEO, head))
    proposal = _propose(first, second, busy=away)
    assert proposal.undated == ()
    days = {each.request.school: (each.day, each.start) for each in proposal.dated}
    assert days[2] == (day, time(9))
    _assert_hard_rules(proposal)


def test_propose_dates_for_summer_2_ends_on_the_last_safe_day():
    until_june = Blackout(date(2027, 6, 1), date(2027, 7, 6), "Exams")
    assert _only(_propose(_request("Su2"), blackouts=[until_june])).day == date(2027, 7, 7)
    until_july = replace(until_june, end=date(2027, 7, 7))
    (undated,) = _propose(_request("Su2"), blackouts=[until_july]).undated
    assert "after the last day whose minutes can be final before the summer" in undated.reason


def test_propose_dates_avoids_the_blackout_of_the_school_only():
    tests = Blackout(date(2027, 4, 12), date(2027, 5, 13), "Key stage 2 tests", frozenset({1}))
    proposal = _propose(_request("Su1", 1), _request("Su1", 2), blackouts=[tests])
    days = {each.request.school: each.day for each in proposal.dated}
    assert days[1] == date(2027, 5, 14)
    assert days[2] < date(2027, 5, 14)


def test_propose_dates_in_mid_year_keeps_20_school_days_of_notice():
    dated = _only(_propose(_request("Sp2"), today=date(2027, 1, 20), wishes=NO_WISHES))
    assert dated.day == date(2027, 2, 24)
    (undated,) = _propose(_request("Sp1"), today=date(2027, 1, 20)).undated
    assert undated.reason.startswith("No free slot in Spring 1: ")
    assert "less than 20 school days of notice" in undated.reason


def test_propose_dates_before_the_year_needs_no_notice():
    dated = _only(_propose(_request("A1"), today=date(2026, 8, 31), wishes=NO_WISHES))
    assert dated.day == date(2026, 9, 24)


def test_propose_dates_of_a_rebooked_board_waives_the_notice():
    lost = _request("A2", is_rebooked=True)
    dated = _only(_propose(lost, today=date(2026, 12, 9), wishes=NO_WISHES))
    assert dated.day == date(2026, 12, 9)


def test_propose_dates_of_a_board_lost_on_the_last_day_uses_the_next_half_term():
    lost = _request("A2", is_rebooked=True)
    dated = _only(_propose(lost, today=date(2026, 12, 18), wishes=NO_WISHES))
    assert dated.day == date(2027, 1, 5)
    planning = _planning(today=date(2026, 12, 18))
    assert reasons_against_day(lost, date(2027, 1, 18), planning) == ()
    assert reasons_against_day(lost, date(2027, 1, 19), planning) == ("outside Autumn 2",)


def test_reasons_against_a_day_that_has_passed_say_so():
    planning = _planning(today=date(2026, 11, 21))
    assert reasons_against_day(_request("A2"), date(2026, 11, 20), planning) == (
        "the day has passed",
    )


def test_propose_dates_goes_round_the_days_already_agreed():
    agreed = {1: [date(2026, 12, 3)]}
    dated = _only(_propose(_request("Sp1"), board_days=agreed, wishes=NO_WISHES))
    assert dated.day == date(2027, 1, 15)


def test_propose_dates_lets_the_chair_have_three_boards_a_day():
    requests = [_request("A2", school) for school in range(1, 5)]
    days = sorted(each.day for each in _propose(*requests).dated)
    assert days[0] == days[1] == days[2] < days[3]


def test_propose_dates_leaves_30_minutes_between_sites():
    boards = _propose(_request("A2", 1), _request("A2", 2)).dated
    assert [(each.start, each.end) for each in boards] == [
        (time(9), time(10)),
        (time(10, 30), time(11, 30)),
    ]


def test_propose_dates_leaves_nothing_between_boards_at_one_site():
    site = Place(site="campus")
    boards = _propose(_request("A2", 1, place=site), _request("A2", 2, place=site)).dated
    assert [each.start for each in boards] == [time(9), time(10)]


def test_propose_dates_leaves_10_minutes_between_boards_online():
    online = Place(is_online=True)
    requests = (_request("A2", 1, place=online), _request("A2", 2, place=online))
    boards = _propose(*requests, rules=PlanRules(step=10)).dated
    assert [each.start for each in boards] == [time(9), time(10, 10)]


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        (Place("x"), Place("x"), 0),
        (Place("x"), Place("y"), 30),
        (Place(), Place(), 30),  # two unknown sites are not one
        (Place(is_online=True), Place(is_online=True), 10),
        (Place("x"), Place(is_online=True), 30),
    ],
)
def test_travel_between_places_takes_as_long_as_the_trust_says(a, b, minutes):
    assert Travel().between(a, b) == Travel().between(b, a) == timedelta(minutes=minutes)


def test_propose_dates_keeps_an_executive_head_in_one_diary():
    head = Attendee(7, "The executive head")
    requests = [_request("A2", school, attendees=(head,)) for school in (1, 2)]
    boards = _propose(*requests).dated
    assert [each.start for each in boards] == [time(9), time(10, 30)]


def test_propose_dates_at_one_school_ignores_an_inset_day_at_the_other():
    head = Attendee(7, "The executive head")
    first = CALENDAR.school_days_of(CALENDAR.half_terms[1])[0]
    inset = SchoolCalendar(CALENDAR.half_terms, CALENDAR.closed_days | {first})
    requests = [_request("A2", school, attendees=(head,)) for school in (1, 2)]
    boards = propose_dates(requests, {1: CALENDAR, 2: inset}, wishes=NO_WISHES).dated
    assert [(each.request.school, each.day) for each in boards] == [
        (1, first),
        (2, CALENDAR.add_school_days(first, 1)),
    ]


def test_propose_dates_names_whoever_is_never_free():
    away = [Engagement(CHAIR.person, day) for day in CALENDAR.school_days]
    (undated,) = _propose(_request("A2"), busy=away).undated
    assert undated.reason == "No free slot in Autumn 2: The Chair is engaged"


def test_propose_dates_in_an_unknown_half_term_says_it_is_not_in_the_calendar():
    (undated,) = _propose(_request("A2", year=2031)).undated
    assert undated.reason == "The half term A2 of 2031 is not in the calendar"
    assert reasons_against_day(_request("A2", year=2031), date(2031, 11, 6), _planning()) == (
        undated.reason,
    )


def test_reasons_against_a_time_name_everybody_engaged_and_a_full_chair():
    day = date(2026, 11, 17)
    full = [
        Engagement(CHAIR.person, day, time(hour), time(hour + 1), Place("site 1"), True)
        for hour in (9, 10, 11)
    ]
    planning = _planning(busy=[*full, Engagement(CEO.person, day, time(13, 30), time(14))])
    assert reasons_against_time(_request("A2"), day, time(14), planning) == (
        "The Chair chairs 3 boards that day",
        "The CEO is engaged",
    )
    assert reasons_against_time(_request("A2"), day, time(10), planning) == (
        "The Chair is engaged",
    )


def test_starts_of_the_grid_end_every_board_by_three():
    starts = list(RULES.starts())
    assert (starts[0], starts[1], starts[-1]) == (time(9), time(9, 30), time(14))
    assert RULES.end_of(starts[-1]) == time(15)


def test_propose_dates_for_100_schools_gives_each_its_boards_without_a_clash():
    """Three Chairs, ten Link Trustees, six who act as CEO, three sets of term dates, boards of 3 and 6."""
    proposal = propose_dates(hundred_schools(), hundred_calendars())
    assert proposal.undated == ()
    assert len(proposal.dated) == 450
    _assert_hard_rules(proposal, hundred_calendars())


def hundred_calendars():
    """A third of the schools close two days more, and a third start a day later each half term."""
    late = SchoolCalendar(
        tuple(replace(h, start=h.start + timedelta(days=1)) for h in CALENDAR.half_terms),
        CALENDAR.closed_days,
    )
    closed = SchoolCalendar(
        CALENDAR.half_terms, CALENDAR.closed_days | {date(2026, 11, 20), date(2027, 3, 5)}
    )
    return {school: (CALENDAR, late, closed)[school % 3] for school in range(1, 101)}


def hundred_schools():
    """450 boards: half of the schools termly, half of them half-termly."""
    return [
        _request(
            half_term,
            school,
            attendees=(
                Attendee(school % 3, f"Chair {school % 3}", is_chair=True),
                Attendee(10 + school % 6, f"CEO or representative {school % 6}"),
                Attendee(20 + school % 10, f"Link Trustee {school % 10}", is_trustee=True),
                Attendee(100 + school, f"The head of school {school}"),
            ),
        )
        for school in range(1, 101)
        for half_term in slots_of_year(6 if school % 2 else 3)
    ]


def test_propose_dates_for_40_half_termly_schools_with_three_chairs_dates_them_all():
    requests = [
        _request(
            half_term,
            school,
            attendees=(
                Attendee(school % 3, f"Chair {school % 3}", is_chair=True),
                Attendee(100 + school, f"The head of school {school}"),
            ),
        )
        for school in range(1, 41)
        for half_term in slots_of_year(6)
    ]
    proposal = _propose(*requests)
    assert proposal.undated == ()
    _assert_hard_rules(proposal)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_propose_dates_keeps_every_hard_rule_whatever_is_asked(data):
    schools = data.draw(st.integers(1, 6))
    requests = [
        _request(half_term, school, place=Place(f"site {school % 3}"))
        for school in range(1, schools + 1)
        for half_term in slots_of_year(data.draw(st.integers(1, 6)))
    ]
    days = data.draw(st.lists(st.sampled_from(CALENDAR.school_days), max_size=40))
    busy = [Engagement(CEO.person, day) for day in days]
    proposal = _propose(*requests, busy=busy)
    assert len(proposal.dated) + len(proposal.undated) == len(requests)
    assert all(each.reason for each in proposal.undated)
    assert not {each.day for each in proposal.dated} & set(days)
    _assert_hard_rules(proposal)
    again = _propose(*reversed(requests), busy=busy)
    assert again.dated == proposal.dated


def _assert_hard_rules(proposal, calendars=None):
    """Check by plain counting what the trust requires of every year."""
    known = calendars or _calendars(40)
    last = last_safe_day(CALENDAR, date(2027, 3, 1))
    for board in proposal.dated:
        calendar = known[board.request.school]
        half_term = calendar.half_term_of(board.day)
        assert calendar.is_school_day(board.day)
        assert half_term is not None
        assert half_term.key == board.request.half_term
        assert date(2026, 9, 24) <= board.day <= last
        assert time(9) <= board.start < board.end <= time(15)
    for one, other in combinations(proposal.dated, 2):
        if one.request.school == other.request.school:
            assert is_far_enough(known[one.request.school], one.day, other.day, 20)
        people = {a.person for a in one.request.attendees}
        if one.day == other.day and people & {a.person for a in other.request.attendees}:
            first, second = sorted((one, other), key=lambda each: each.start)
            gap = datetime.combine(one.day, second.start) - datetime.combine(one.day, first.end)
            same_site = one.request.place == other.request.place
            assert gap >= timedelta(minutes=0 if same_site else 30)
    chaired = [
        (a.person, board.day)
        for board in proposal.dated
        for a in board.request.attendees
        if a.is_chair
    ]
    assert all(chaired.count(each) <= 3 for each in set(chaired))


@pytest.mark.parametrize(
    ("start", "engaged"),
    [(time(9), False), (time(9, 1), True), (time(11, 59), True), (time(12), False)],
)
def test_is_engaged_ends_exactly_when_the_travel_ends(start, engaged):
    day = date(2026, 11, 17)
    diary = Diary([Engagement(CEO.person, day, time(10, 30), time(11, 30), Place("x"))])
    end = RULES.end_of(start)
    assert diary.is_engaged(CEO.person, day, start, end, Place("y")) is engaged
