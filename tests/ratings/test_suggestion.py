"""The suggested overall band, on positions: 1 best, 2 middle, 3 worst, 0 the fourth above best."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratings.suggestion import BEST, MIDDLE, WORST, IndicatorPosition, Suggestion, suggest

# A busy machine is no fault of the function.
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)

G, A, R = BEST, MIDDLE, WORST
SAFEGUARDING = IndicatorPosition("Safeguarding culture", "decisive", R)
ATTENDANCE = IndicatorPosition("Attendance and behaviour", "additional", R)
WORDS = {0: "Blue", 1: "Green", 2: "Amber", 3: "Red"}


def _core_four(capacity=G, proximity=G, standards=G, leaders=G):
    """Rate the four indicators of the trust."""
    return (
        IndicatorPosition("Capacity to improve", "decisive", capacity),
        IndicatorPosition("Proximity to inspection", "core", proximity),
        IndicatorPosition("Standards", "decisive", standards),
        IndicatorPosition("Experience of leaders", "core", leaders),
    )


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (_core_four(G, R, G, G), A),  # proximity alone never makes a school red
        (_core_four(G, A, A, G), A),
        (_core_four(G, A, G, G), G),
        (_core_four(standards=A), A),
        (_core_four(standards=R), R),
        (_core_four(proximity=R, leaders=R), R),  # two core red
        (_core_four(proximity=A, leaders=A), A),
        ((*_core_four(), SAFEGUARDING), R),
        ((*_core_four(), ATTENDANCE), A),
        (_core_four(), G),
    ],
)
def test_suggest_for_the_trusts_examples_gives_the_agreed_band(parts, expected):
    assert suggest(parts).position == expected


def test_suggest_without_standards_suggests_nothing_and_says_which_is_missing():
    assert suggest(_core_four(standards=None)) == Suggestion(
        None, ("Standards not rated",), ("Standards",)
    )


def test_suggest_names_a_missing_indicator_even_when_another_is_worst():
    found = suggest(_core_four(capacity=R, leaders=None))
    assert (found.position, found.missing) == (None, ("Experience of leaders",))


def test_suggest_does_without_an_additional_indicator_that_is_not_rated():
    unrated = IndicatorPosition("Inclusion", "additional", None)
    assert suggest((*_core_four(), unrated)).position == G


def test_suggest_counts_the_fourth_band_as_best_and_never_suggests_it():
    assert suggest(_core_four(0, 0, 0, 0)).position == G


def test_suggest_gives_its_reasons_in_the_trusts_words():
    assert suggest(_core_four(standards=R), WORDS).reasons == ("Standards (decisive) is Red",)
    assert suggest(_core_four(proximity=R), WORDS).reasons == (
        "Proximity to inspection (core) is Red",
    )
    assert suggest(_core_four(), WORDS).reasons == ("every decisive indicator is Green",)


def test_suggest_with_nothing_decisive_or_core_suggests_nothing():
    assert suggest((ATTENDANCE,)) == Suggestion(None, ("no decisive or core indicator is in use",))


def test_indicator_position_that_is_no_band_is_refused():
    with pytest.raises(ValueError, match="no band has position 4"):
        IndicatorPosition("Standards", "decisive", 4)


positions = st.integers(0, 3)
indicators = st.lists(
    st.builds(
        IndicatorPosition,
        st.sampled_from(["P", "Q", "S", "T"]),
        st.sampled_from(["decisive", "core", "additional"]),
        positions,
    ),
    min_size=1,
    max_size=8,
)


@UNHURRIED
@given(indicators, st.randoms())
def test_suggest_does_not_depend_on_the_order(parts, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    found, again = suggest(parts), suggest(shuffled)
    assert (found.position, sorted(found.reasons)) == (again.position, sorted(again.reasons))


@UNHURRIED
@given(indicators, st.data())
def test_suggest_never_improves_when_one_indicator_worsens(parts, data):
    place = data.draw(st.integers(0, len(parts) - 1))
    worse = data.draw(st.integers(parts[place].position, 3))
    changed = [*parts]
    changed[place] = IndicatorPosition(parts[place].name, parts[place].part, worse)
    before, after = suggest(parts).position, suggest(changed).position
    assert (before is None) == (after is None)
    if before is not None:
        assert after >= before


@UNHURRIED
@given(indicators)
def test_suggest_is_never_above_best_and_always_gives_a_reason(parts):
    found = suggest(parts)
    assert found.position in (None, G, A, R)
    assert found.reasons


@UNHURRIED
@given(indicators)
def test_suggest_is_red_only_when_a_decisive_or_two_core_are_red(parts):
    red = [each.part for each in parts if each.position == R and each.part != "additional"]
    anything_required = any(each.part != "additional" for each in parts)
    expected = anything_required and ("decisive" in red or len(red) >= 2)
    assert (suggest(parts).position == R) is expected
