"""The agenda that the evidence proposes, in the trust's own examples."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress_boards.agenda import (
    AgendaRules,
    Candidate,
    ScoreWeights,
    TooManyEnquiriesError,
    add_for_open_actions,
    allot_minutes,
    choose,
    merge,
    propose_agenda,
)

WEIGHTS = ScoreWeights()


def _candidate(kind, topic, *, on=date(2026, 11, 2), number=1, **changes):
    """Make a candidate whose title says its topic."""
    made = Candidate(
        kind=kind,
        score=WEIGHTS.of(kind),
        title=f"{topic}",
        question=f"What shows that {topic} improves?",
        reason=f"{kind} seen",
        source=(kind, number),
        evidence_on=on,
        topic=topic,
    )
    return replace(made, **changes)


STANDARDS = _candidate("worst_band", "standards", is_red_undiscussed=True)
SEND = _candidate("action_carried_twice", "send")
ATTENDANCE = _candidate("flagged", "attendance", on=date(2026, 10, 12))
PRIORITY = _candidate("priority_off_track", "priority 2", on=date(2026, 10, 20))
BEHAVIOUR = _candidate("judged_worst", "behaviour")
CAPACITY = _candidate("middle_band", "capacity")
EXAMPLE = (CAPACITY, BEHAVIOUR, PRIORITY, ATTENDANCE, SEND, STANDARDS)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((90, 80, 70, 50), (14, 12, 11, 8)),
        ((200, 45, 45), (15, 15, 15)),
        ((90,), (15,)),
        ((90, 85, 80, 80), (12, 11, 11, 11)),
        ((90,) * 9, (5,) * 9),
        ((90, 90, 90, 90, 5), (10, 10, 10, 10, 5)),
        ((100, 100, 1, 1, 1), (15, 15, 5, 5, 5)),
        ((0, 0, 0, 0), (12, 11, 11, 11)),
        ((), ()),
    ],
)
def test_allot_minutes_shares_45_minutes_by_score_within_bounds(scores, expected):
    assert allot_minutes(scores, 45) == expected


def test_allot_minutes_for_ten_enquiries_is_refused():
    with pytest.raises(TooManyEnquiriesError, match="10 enquiries of at least 5 minutes"):
        allot_minutes((50,) * 10, 45)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=9), st.integers(45, 120))
def test_allot_minutes_uses_every_minute_that_the_bounds_allow(scores, minutes):
    allotted = allot_minutes(scores, minutes)
    assert all(5 <= each <= 15 for each in allotted)
    assert sum(allotted) == min(minutes, 15 * len(scores))


@given(st.lists(st.integers(0, 300), min_size=2, max_size=9))
def test_allot_minutes_never_gives_the_lower_score_more(scores):
    allotted = allot_minutes(scores, 45)
    ordered = sorted(zip(scores, allotted, strict=True), reverse=True)
    for (high, more), (low, less) in pairwise(ordered):
        assert more >= less or high == low


def test_propose_agenda_of_the_trusts_example_chooses_four_and_shows_the_rest():
    candidates = add_for_open_actions(EXAMPLE, {"priority 2"})
    proposal = propose_agenda(candidates)
    assert [(i.enquiry.topic, i.enquiry.score, i.minutes) for i in proposal.items] == [
        ("standards", 90, 12),
        ("send", 85, 11),
        ("attendance", 80, 11),
        ("priority 2", 80, 11),
    ]
    assert [(e.topic, e.score) for e in proposal.unchosen] == [("behaviour", 75), ("capacity", 50)]
    assert proposal.unallocated == 0


def test_propose_agenda_of_one_enquiry_leaves_30_of_60_minutes_unallocated():
    proposal = propose_agenda([STANDARDS])
    assert [item.minutes for item in proposal.items] == [15]
    assert (proposal.unallocated, proposal.rules.board) == (30, 60)


def test_propose_agenda_without_evidence_proposes_nothing():
    proposal = propose_agenda([])
    assert (proposal.items, proposal.unchosen, proposal.unallocated) == ((), (), 45)


def test_propose_agenda_wanting_more_than_nine_enquiries_is_refused():
    many = [_candidate("flagged", f"topic {n}") for n in range(12)]
    with pytest.raises(TooManyEnquiriesError):
        propose_agenda(many, AgendaRules(enquiries=10))
    assert len(propose_agenda(many, AgendaRules(enquiries=9)).items) == 9


def test_propose_agenda_of_shorter_actions_gives_the_minutes_to_the_enquiries():
    proposal = propose_agenda(EXAMPLE, AgendaRules(actions=5))
    assert sum(item.minutes for item in proposal.items) == 48


def test_merge_on_one_topic_keeps_the_highest_score_and_every_source():
    walk = _candidate("flagged", "standards", on=date(2026, 11, 12), number=7)
    sef = _candidate("evaluation_differs", "standards", on=date(2026, 9, 20), number=9)
    (enquiry,) = merge([walk, STANDARDS, sef])
    assert (enquiry.score, enquiry.title, enquiry.lead) == (90, "standards", STANDARDS)
    assert [each.source for each in enquiry.candidates] == [
        ("worst_band", 1),
        ("evaluation_differs", 9),
        ("flagged", 7),
    ]
    assert enquiry.evidence_on == date(2026, 9, 20)
    assert enquiry.is_red_undiscussed


def test_merge_adds_for_open_actions_once_however_many_sources():
    walk = _candidate("flagged", "standards", number=7)
    (enquiry,) = merge(add_for_open_actions([STANDARDS, walk], {"standards"}))
    assert enquiry.score == 100


def test_merge_leaves_candidates_without_topic_apart():
    loose = [_candidate("document_missing", None, number=n, on=None) for n in (1, 2)]
    assert [each.lead.source[1] for each in merge(loose)] == [1, 2]


def test_choose_puts_an_undiscussed_red_before_a_higher_score():
    raised = replace(ATTENDANCE, adds=10, score=95)
    chosen, _ = choose(merge([raised, STANDARDS]))
    assert [each.topic for each in chosen] == ["standards", "attendance"]


def test_choose_takes_the_top_two_of_three_reds_and_the_third_by_its_score():
    reds = [
        _candidate("worst_band", topic, on=date(2026, 9, day), is_red_undiscussed=True)
        for day, topic in enumerate(("a", "b", "c"), start=1)
    ]
    high = [_candidate("worst_band", t, score=95) for t in ("p", "q", "r")]
    chosen, unchosen = choose(merge([*reds, *high]))
    assert [each.topic for each in chosen] == ["a", "b", "p", "q"]
    assert [each.topic for each in unchosen] == ["r", "c"]


def test_choose_between_equal_scores_takes_the_older_evidence():
    older = _candidate("flagged", "z", on=date(2026, 9, 9))
    undated = _candidate("flagged", "a", on=None)
    newer = _candidate("flagged", "b", on=date(2026, 11, 9))
    chosen, unchosen = choose(merge([undated, newer, older]), AgendaRules(enquiries=1))
    assert [each.topic for each in chosen] == ["z"]
    assert [each.topic for each in unchosen] == ["b", "a"]


@given(st.permutations(EXAMPLE))
def test_propose_agenda_does_not_depend_on_the_order_of_the_evidence(candidates):
    assert propose_agenda(candidates) == propose_agenda(EXAMPLE)


def test_weights_of_an_unknown_kind_are_refused():
    with pytest.raises(AttributeError):
        WEIGHTS.of("rumour")
