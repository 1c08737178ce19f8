"""A rating's life: draft, shared, superseded, withdrawn, and what each refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import InternalError, transaction

from ratings import actions
from ratings.models import IndicatorRating, LevelOfSupport, RatingAssessment
from ratings.states import RATING
from schools.models import Post
from schools.queries import with_posts
from tests.factories import TODAY, PostFactory, user_with
from trust.access import Capacity, Conflict, NotAllowed
from trust.calendar import clock_at
from trust.models import AuditEvent
from trust.states import transition

pytestmark = pytest.mark.django_db
LONG = "One cohort in one subject, and the plan is in every class"


def test_start_rating_carries_every_band_forward(school, shared, ceo, band):
    former = shared(school, "R")
    draft = actions.start_rating(school, by=ceo)
    rows = draft.indicators.filter(indicator__in=former.indicators.values("indicator"))
    assert {r.band for r in rows} == {band("R")}
    assert all(r.carried_forward for r in rows)
    assert {r.rationale for r in draft.indicators.all()} == {""}


def test_start_rating_twice_gives_the_same_draft(school, ceo, indicators):
    assert actions.start_rating(school, by=ceo) == actions.start_rating(school, by=ceo)
    assert RatingAssessment.objects.filter(school=school).count() == 1


@pytest.mark.parametrize(
    "who", ["dsi", "head", "leader", "link_trustee", "trustee", "chair", "clerk", "administrator"]
)
def test_start_rating_by_anybody_else_is_refused(request, school, indicators, who):
    with pytest.raises(NotAllowed):
        actions.start_rating(school, by=request.getfixturevalue(who))
    assert not RatingAssessment.objects.exists()


def test_start_rating_by_the_representative_waits_for_the_ceo(
    school, draft, ceo, ceo_representative
):
    made = draft(school, "A", by=ceo_representative)
    assert made.rated_as == Capacity.CEO_REPRESENTATIVE
    with pytest.raises(NotAllowed, match="in person"):
        actions.share_rating(made, by=ceo_representative)
    assert actions.share_rating(made, by=ceo).state == "shared"


def test_start_rating_of_the_ceos_own_school_is_the_directors(school, other_school, dsi, draft):
    both = user_with((Capacity.CEO, None), (Capacity.HEAD, school))
    with pytest.raises(NotAllowed, match="own headteacher"):
        actions.start_rating(school, by=both)
    made = draft(school, "A", by=dsi)
    assert made.rated_as == Capacity.DSI
    with pytest.raises(NotAllowed):
        actions.share_rating(made, by=both)
    assert actions.share_rating(made, by=dsi).state == "shared"
    assert actions.start_rating(other_school, by=both).rated_as == Capacity.CEO


def test_start_rating_of_the_own_school_without_a_director_is_stamped_as_head(school, draft):
    both = user_with((Capacity.CEO, None), (Capacity.HEAD, school))
    made = actions.share_rating(draft(school, "A", by=both), by=both)
    assert made.rated_as == Capacity.HEAD


def test_judge_overall_against_the_suggestion_needs_twenty_characters(school, draft, ceo, band):
    made = draft(school, "R")
    with pytest.raises(Conflict, match="20 characters"):
        actions.judge_overall(made, by=ceo, overall=band("A"), override_reason="x" * 19)
    judged = actions.judge_overall(made, by=ceo, overall=band("A"), override_reason="x" * 20)
    assert (judged.overall, judged.suggested) == (band("A"), band("R"))


def test_judge_overall_takes_level_and_boards_from_the_band(school, draft):
    made = draft(school, "A")
    assert (made.level.name, made.boards_per_year) == ("Targeted", 6)


def test_judge_overall_with_another_level_needs_its_own_reason(school, draft, ceo, band):
    made = draft(school, "A")
    universal = LevelOfSupport.objects.get(order=1)
    with pytest.raises(Conflict, match="level of support"):
        actions.judge_overall(made, by=ceo, overall=band("A"), level=universal)
    actions.judge_overall(
        made, by=ceo, overall=band("A"), level=universal, level_reason="The team is settled"
    )


def test_judge_overall_amber_with_three_boards_needs_its_reason(school, draft, ceo, band):
    made = draft(school, "A")
    with pytest.raises(Conflict, match="3 boards"):
        actions.judge_overall(made, by=ceo, overall=band("A"), boards_per_year=3)
    judged = actions.judge_overall(
        made, by=ceo, overall=band("A"), boards_per_year=3, boards_reason="A settled team"
    )
    assert judged.boards_per_year == 3


def test_save_draft_of_an_older_version_saves_nothing(school, draft, ceo, indicators):
    made = draft(school, "A")
    key = indicators["S"].pk
    newer = actions.save_draft(
        made, actions.DraftText(reasons={key: "First"}), by=ceo, version=made.version
    )
    with pytest.raises(actions.OlderVersion):
        actions.save_draft(
            made, actions.DraftText(reasons={key: "Second"}), by=ceo, version=made.version
        )
    assert newer.indicators.get(indicator=key).rationale == "First"


def test_save_draft_undoes_a_sharing_set_for_a_date(school, draft, ceo):
    made = actions.confirm_for_date(draft(school), by=ceo, share_on=dt.date(2026, 11, 26))
    saved = actions.save_draft(
        made, actions.DraftText(overall=made.overall), by=ceo, version=made.version
    )
    assert (saved.confirmed_at, saved.share_on) == (None, None)


def test_share_rating_supersedes_the_former_and_seals_every_judgement(school, shared, draft, ceo):
    former = shared(school, "R")
    now_shared = actions.share_rating(draft(school, "A"), by=ceo)
    former.refresh_from_db()
    assert (former.state, now_shared.state) == ("superseded", "shared")
    assert not now_shared.indicators.filter(sealed_at__isnull=True).exists()
    assert now_shared.effective_on == dt.date(2026, 11, 21)


def test_share_rating_twice_shares_once(school, draft, ceo):
    made = draft(school)
    again = RatingAssessment.objects.get(pk=made.pk)
    actions.share_rating(made, by=ceo)
    with pytest.raises(Conflict, match="shared"):
        actions.share_rating(again, by=ceo)
    assert AuditEvent.objects.filter(verb="share", object_id=made.pk).count() == 1


def test_share_rating_without_a_summary_is_refused(school, draft, ceo):
    made = draft(school)
    RatingAssessment.objects.filter(pk=made.pk).update(summary="")
    with pytest.raises(Conflict, match="summary"):
        actions.share_rating(made, by=ceo)
    made.refresh_from_db()
    assert made.state == "draft"


def test_share_rating_by_the_ceos_delegate_is_refused(school, draft, ceo):
    assistant = user_with()
    PostFactory(
        person=assistant.person,
        capacity=Capacity.CEO,
        delegate_of=Post.objects.get(person=ceo.person),
    )
    made = draft(school)
    with pytest.raises(NotAllowed):
        actions.share_rating(made, by=with_posts(assistant, TODAY))
    assert not RatingAssessment.objects.visible_to(with_posts(assistant, TODAY)).exists()


def test_withdraw_rating_brings_the_former_back(school, shared, ceo):
    former = shared(school, "G", on=dt.date(2026, 9, 20))
    wrong = shared(school, "R")
    assert actions.withdraw_rating(wrong, by=ceo, reason="Wrong school") == former
    former.refresh_from_db()
    wrong.refresh_from_db()
    assert (former.state, former.superseded_at, wrong.state) == ("shared", None, "withdrawn")
    assert list(RatingAssessment.objects.shared()) == [former]


def test_withdraw_rating_without_a_reason_is_refused(school, shared, ceo):
    rating = shared(school)
    with pytest.raises(Conflict, match="reason"):
        actions.withdraw_rating(rating, by=ceo, reason="  ")
    rating.refresh_from_db()
    assert rating.state == "shared"


def test_record_earlier_rating_stands_behind_the_current_one(school, shared, ceo, band):
    current = shared(school, "A")
    earlier = actions.record_earlier_rating(
        school, by=ceo, effective_on=dt.date(2026, 3, 2), overall=band("R"), summary="On paper"
    )
    assert (earlier.state, earlier.entered_later) == ("superseded", True)
    assert RatingAssessment.objects.as_at(dt.date(2026, 4, 1)).get() == earlier
    assert RatingAssessment.objects.as_at(dt.date(2026, 11, 21)).get() == current


def test_record_earlier_rating_of_an_unrated_school_stands_even_beside_a_draft(
    school, draft, ceo, band
):
    made = draft(school)
    earlier = actions.record_earlier_rating(
        school, by=ceo, effective_on=dt.date(2026, 9, 20), overall=band("G")
    )
    made.refresh_from_db()
    assert (earlier.state, made.state) == ("shared", "draft")


def test_record_earlier_rating_of_tomorrow_is_refused(school, ceo, band):
    with pytest.raises(Conflict, match="not after today"):
        actions.record_earlier_rating(
            school, by=ceo, effective_on=dt.date(2026, 11, 22), overall=band("G")
        )


def test_as_at_a_date_answers_the_rating_of_that_day(school, shared):
    first = shared(school, "G", on=dt.date(2026, 9, 20))
    second = shared(school, "R", on=dt.date(2026, 11, 5))
    assert RatingAssessment.objects.as_at(dt.date(2026, 11, 4)).get() == first
    assert RatingAssessment.objects.as_at(dt.date(2026, 11, 5)).get() == second
    assert not RatingAssessment.objects.as_at(dt.date(2026, 9, 19)).exists()


def test_comment_as_head_stands_beside_a_shared_rating(school, shared, head, other_head, ceo):
    rating = shared(school)
    for who in (other_head, ceo):
        with pytest.raises(NotAllowed):
            actions.comment_as_head(rating, by=who, comment="Fair")
    assert actions.comment_as_head(rating, by=head, comment="Fair").head_comment == "Fair"


def test_enter_own_view_before_it_is_asked_is_refused(school, draft, head, indicators, band, ceo):
    view = [actions.OwnView(indicators["S"], band("A"), "One weak cohort")]
    made = draft(school)
    with pytest.raises(Conflict, match="not being asked"):
        actions.enter_own_view(school, view, by=head)
    actions.ask_own_view(made, by=ceo)
    actions.enter_own_view(school, view, by=head)
    actions.enter_own_view(school, view, by=head)
    assert [v.line for v in made.own_views.all()] == ["One weak cohort"]


def test_delete_draft_leaves_the_shared_rating(school, shared, draft, ceo):
    current = shared(school)
    actions.delete_draft(draft(school), by=ceo)
    assert list(RatingAssessment.objects.all()) == [current]
    with pytest.raises(NotAllowed):
        actions.delete_draft(current, by=ceo)


# -- every state and move ----------------------------------------------------------------------------


def _in_state(state, school, shared, draft, ceo):
    if state == "draft":
        return draft(school)
    rating = shared(school, "A", on=dt.date(2026, 11, 5))
    if state == "superseded":
        shared(school, "R", on=dt.date(2026, 11, 12))
    if state == "withdrawn":
        actions.withdraw_rating(rating, by=ceo, reason="Entered in error")
    rating.refresh_from_db()
    return rating


@pytest.mark.parametrize("state", RATING.states)
@pytest.mark.parametrize("verb", [move.verb for move in RATING.moves])
def test_transition_from_every_state_makes_only_the_moves_of_the_table(
    state, verb, school, shared, draft, ceo
):
    rating = _in_state(state, school, shared, draft, ceo)
    move = RATING.move(verb)
    by = None if move.by_software and not move.rule else ceo
    fields = {"withdrawn_reason": "Entered in error"} if verb == "withdraw" else {}
    if state not in move.sources:
        with pytest.raises(Conflict):
            transition(rating, verb, by=by, **fields)
        rating.refresh_from_db()
        assert rating.state == state
        return
    if verb == "bring_back":  # one rating stands per school: the one that stands goes first
        standing = RatingAssessment.objects.get(school=school, state="shared")
        transition(standing, "withdraw", by=ceo, withdrawn_reason="Entered in error")
    transition(rating, verb, by=by, **fields)
    rating.refresh_from_db()
    assert rating.state == move.targets[0]


@pytest.mark.parametrize("state", ["superseded", "withdrawn"])
def test_a_final_rating_cannot_be_moved_in_the_database_either(state, school, shared, draft, ceo):
    rating = _in_state(state, school, shared, draft, ceo)
    with pytest.raises(InternalError), transaction.atomic():
        RatingAssessment.objects.filter(pk=rating.pk).update(state="draft")


# -- frozen three ways -----------------------------------------------------------------------------


def test_frozen_a_draft_may_change(school, draft, band):
    made = draft(school, "A")
    assert RatingAssessment.objects.filter(pk=made.pk).update(overall=band("R"), summary="New") == 1
    assert made.indicators.update(rationale="New") > 0


@pytest.mark.parametrize("state", ["shared", "superseded", "withdrawn"])
@pytest.mark.parametrize(
    "change", [{"summary": "New"}, {"override_reason": LONG}, {"boards_per_year": 1},
               {"effective_on": dt.date(2026, 1, 1)}],
)  # fmt: skip
def test_frozen_a_shared_rating_may_not_change(state, change, school, shared, draft, ceo):
    rating = _in_state(state, school, shared, draft, ceo)
    with pytest.raises(InternalError), transaction.atomic():
        RatingAssessment.objects.filter(pk=rating.pk).update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        IndicatorRating.objects.filter(assessment=rating).update(rationale="New")
    with pytest.raises(InternalError), transaction.atomic():
        IndicatorRating.objects.filter(assessment=rating).delete()
    with pytest.raises(InternalError), transaction.atomic():
        RatingAssessment.objects.filter(pk=rating.pk).delete()


def test_frozen_the_heads_comment_may_still_come(school, shared):
    rating = shared(school)
    assert RatingAssessment.objects.filter(pk=rating.pk).update(head_comment="Fair") == 1


def test_share_rating_on_another_day_is_dated_that_day(school, draft, ceo):
    with clock_at(dt.date(2027, 1, 20)):
        assert actions.share_rating(draft(school), by=ceo).half_term.name == "Spring 1"
