"""The agenda that proposes itself: never over its length, always the same, nothing lost; what is alike."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st

from cpd.proposal import (
    DEFAULT_RULES,
    KINDS,
    PRACTICE,
    REQUESTS,
    REVIEW,
    Asked,
    Candidate,
    groups_of,
    propose,
)

DAYS = st.none() | st.dates(dt.date(2026, 9, 1), dt.date(2027, 8, 31))
candidates = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 10_000).map(str),
        kind=st.sampled_from(KINDS),
        title=st.text(max_size=20),
        reason=st.just("Raised"),
        day=DAYS,
    ),
    max_size=40,
    unique_by=lambda c: c.key,
)
asked = st.lists(
    st.builds(
        Asked,
        pk=st.integers(1, 10_000),
        school=st.integers(1, 6),
        provider=st.sampled_from(["", "Fenland Writing", "fenland  writing", "Oak Coaching"]),
        words=st.frozensets(st.sampled_from(["write", "length", "math", "fluenc"])),
    ),
    max_size=25,
    unique_by=lambda a: a.pk,
)


@given(candidates, st.integers(1, 240))
def test_propose_any_candidates_stays_within_the_length_and_loses_nothing(
    rows: list[Candidate], length: int
) -> None:
    proposal = propose(rows, length=length)
    assert proposal.total <= length
    chosen = [p.candidate for p in proposal.chosen]
    assert sorted(c.key for c in (*chosen, *proposal.left)) == sorted(c.key for c in rows)
    for placed in proposal.chosen:
        kind = placed.candidate.kind
        assert DEFAULT_RULES.least[kind] <= placed.minutes <= DEFAULT_RULES.most[kind]


@given(candidates, st.integers(1, 240), st.randoms(use_true_random=False))
def test_propose_in_another_order_gives_the_same_agenda(
    rows: list[Candidate], length: int, chance: random.Random
) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    assert propose(mixed, length=length) == propose(rows, length=length)


@given(candidates, st.integers(60, 240))
def test_propose_leaves_out_only_what_has_no_room(rows: list[Candidate], length: int) -> None:
    proposal = propose(rows, length=length)
    least = 20 + sum(DEFAULT_RULES.least[p.candidate.kind] for p in proposal.chosen)
    assert all(least + DEFAULT_RULES.least[c.kind] > length for c in proposal.left)


def test_propose_many_requests_keeps_room_for_a_review_and_for_practice() -> None:
    rows = [Candidate(f"r{n}", REQUESTS, f"Course {n}", "Raised") for n in range(60)]
    rows += [Candidate("v", REVIEW, "Impact", "Due"), Candidate("p", PRACTICE, "Talk", "Shared")]
    kinds = [p.candidate.kind for p in propose(rows, length=90).chosen]
    assert kinds[-2:] == [REVIEW, PRACTICE]
    assert kinds.count(REQUESTS) == 12


def test_propose_few_requests_gives_each_no_more_than_the_most() -> None:
    proposal = propose([Candidate("r", REQUESTS, "Course", "Raised")], length=90)
    assert [p.minutes for p in proposal.chosen] == [12]
    assert proposal.total == 32


def test_propose_shorter_than_its_fixed_items_keeps_the_close() -> None:
    proposal = propose([Candidate("r", REQUESTS, "Course", "Raised")], length=6)
    assert (proposal.close, proposal.welcome, proposal.actions) == (5, 0, 0)
    assert [c.key for c in proposal.left] == ["r"]


@given(asked)
def test_groups_of_any_requests_puts_each_into_one_group(rows: list[Asked]) -> None:
    groups = groups_of(rows)
    assert sorted(pk for group in groups for pk in group) == sorted(a.pk for a in rows)
    assert groups_of(list(reversed(rows))) == groups


def test_groups_of_same_provider_in_other_letters_are_one_group_across_schools() -> None:
    rows = [
        Asked(1, 1, "Fenland Writing"),
        Asked(2, 2, "FENLAND  writing"),
        Asked(3, 3, "Oak Coaching"),
    ]
    assert groups_of(rows) == [(1, 2), (3,)]


def test_groups_of_one_school_alone_are_not_grouped() -> None:
    rows = [Asked(1, 1, "Fenland Writing"), Asked(2, 1, "Fenland Writing")]
    assert groups_of(rows) == [(1,), (2,)]


def test_groups_of_same_topic_or_same_open_purchase_are_one_group() -> None:
    topic = [
        Asked(1, 1, "A", frozenset({"math", "fluenc", "4"})),
        Asked(2, 2, "B", frozenset({"math", "fluenc"})),
        Asked(3, 3, "C", frozenset({"math", "network"})),
    ]
    bought = [Asked(n, n, "", purchases=frozenset({7})) for n in (1, 2)]
    assert groups_of(topic) == [(1, 2), (3,)]
    assert groups_of(bought) == [(1, 2)]
