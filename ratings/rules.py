"""Who may rate, share and read; rating and sharing are never delegated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetings.action_rules import may_raise_action
from trust.access import (
    ALLOWED,
    Actor,
    Answer,
    Capacity,
    Denied,
    allowed_if,
    first_denied,
    rule,
)

if TYPE_CHECKING:
    from ratings.models import RatingAssessment
    from schools.models import School

OWN_HEAD = "The school's own headteacher does not rate it: the Director of School Improvement does"


def standing(user: Actor, school_id: int, rated_as: str = "") -> str:
    """In which capacity this person rates the school, "" for in none.

    Whoever is Chief Executive and headteacher of one school leaves that school to the Director of School
    Improvement; where there is none the rating is made "as headteacher", and every page says so.
    """
    posts = user.posts
    if posts.holds(Capacity.CEO, in_person=True):
        if not posts.holds(Capacity.HEAD, school=school_id, in_person=True):
            return str(Capacity.CEO)
        return "" if rated_as == Capacity.DSI else str(Capacity.HEAD)
    if posts.holds(Capacity.DSI, in_person=True) and rated_as in ("", Capacity.DSI):
        return str(Capacity.DSI)
    if any(
        h.capacity == Capacity.CEO_REPRESENTATIVE and h.school_id == school_id
        for h in posts.holdings
        if not h.is_delegate
    ):
        return str(Capacity.CEO_REPRESENTATIVE)
    return ""


def may_start(user: Actor, school: School) -> Answer:
    """The Chief Executive, for named schools the representative, for the CEO's own school the Director."""
    return allowed_if(standing(user, school.pk), "Only the Chief Executive rates a school")


@rule("ratings.rate")
def may_rate(user: Actor, assessment: RatingAssessment) -> Answer:
    """Whoever may start it, while it is a draft."""
    return first_denied(
        (
            allowed_if(
                standing(user, assessment.school_id, assessment.rated_as),
                "Only the Chief Executive rates a school",
            ),
            allowed_if(assessment.state == "draft", "This rating has been shared"),
        )
    )


@rule("ratings.share")
def may_share(user: Actor, assessment: RatingAssessment) -> Answer:
    """The Chief Executive in person; for the CEO's own school the Director who rated it."""
    capacity = standing(user, assessment.school_id, assessment.rated_as)
    if capacity == Capacity.DSI and assessment.rated_as != Capacity.DSI:
        capacity = ""
    if capacity in (Capacity.CEO, Capacity.DSI):
        return ALLOWED
    if capacity == Capacity.HEAD:
        return allowed_if(assessment.rated_as == Capacity.HEAD, OWN_HEAD)
    return Denied("Only the Chief Executive, in person, shares a rating")


@rule("ratings.withdraw")
def may_withdraw(user: Actor, assessment: RatingAssessment) -> Answer:
    """A rating entered in error is withdrawn by whoever may share it."""
    answer = may_share(user, assessment)
    if answer:
        return ALLOWED
    return Denied("Only the Chief Executive, in person, withdraws a rating")


@rule("ratings.record_earlier")
def may_record_earlier(user: Actor, assessment: RatingAssessment) -> Answer:
    """Ratings made before the software came are entered by the Chief Executive."""
    return may_record_earlier_at(user, assessment.school)


def may_record_earlier_at(user: Actor, school: School) -> Answer:
    """The same, asked of the school before there is a rating."""
    return allowed_if(
        user.posts.holds(Capacity.CEO, in_person=True),
        "Only the Chief Executive records an earlier rating",
    )


def may_read_drafts(user: Actor) -> Answer:
    """Who sees ratings in the making: CEO, DSI and, of named schools, the representative; no delegate."""
    return allowed_if(
        user.posts.holds(Capacity.CEO, Capacity.DSI, Capacity.CEO_REPRESENTATIVE, in_person=True),
        "Only the Chief Executive rates a school",
    )


def may_ask_own_view(user: Actor, assessment: RatingAssessment) -> Answer:
    """Whoever rates may ask the school first."""
    return may_rate(user, assessment)


def may_enter_own_view(user: Actor, school: School) -> Answer:
    """The headteacher of the school, or who acts for the headteacher."""
    return allowed_if(
        user.posts.holding(Capacity.HEAD, school=school.pk),
        "Only the headteacher enters the school's own view",
    )


def may_comment(user: Actor, assessment: RatingAssessment) -> Answer:
    """The headteacher of the school, on the rating that stands."""
    return first_denied(
        (
            allowed_if(
                user.posts.holding(Capacity.HEAD, school=assessment.school_id),
                "Only the headteacher comments on a rating",
            ),
            allowed_if(assessment.state == "shared", "This rating no longer stands"),
        )
    )


def _reads_closely(user: Actor, school_id: int) -> bool:
    trust = (Capacity.CEO, Capacity.DSI)
    at_school = (
        Capacity.HEAD,
        Capacity.LINK_TRUSTEE,
        Capacity.CHAIR,
        Capacity.CEO_REPRESENTATIVE,
    )
    return user.posts.holds(*trust, in_person=True) or any(
        h.capacity in at_school and h.school_id == school_id and not h.is_delegate
        for h in user.posts.holdings
    )


def may_read_reasons(user: Actor, school: School) -> Answer:
    """Reasons of single indicators: CEO, DSI, and the school's head, Link Trustee and Chair; trustees read the summary."""
    return allowed_if(
        _reads_closely(user, school.pk) or user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI),
        "Trustees read the summary and the reason",
    )


def may_read_reasons_about_people(user: Actor, school: School) -> Answer:
    """Personal data: CEO, DSI, the school's head, Link Trustee and Chair, and no delegate."""
    return allowed_if(
        _reads_closely(user, school.pk), "A reason about people is read by few; the colour by all"
    )


def may_read_history(user: Actor, school: School) -> Answer:
    """Who reads the shared ratings of a school at all: "RAG shared + history" is not for leaders or clerks."""
    return allowed_if(
        _reads_closely(user, school.pk)
        or user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.TRUSTEE)
        or user.posts.holding(Capacity.HEAD, school=school.pk),
        "The ratings of a school are for its headteacher, Link Trustee and Chair, and for the trust",
    )


def may_read_overview(user: Actor) -> Answer:
    """The ratings of every school side by side: CEO, DSI and the Trust Board."""
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.TRUSTEE),
        "The overview is for the Chief Executive, the Director of School Improvement and the Trust Board",
    )


def may_raise_from_rating(user: Actor, rating: RatingAssessment) -> Answer:
    """Whoever adds actions at the school, once the rating is shared and while it stands."""
    return first_denied(
        (
            may_raise_action(user, rating.school_id),
            allowed_if(rating.state == "shared", "Actions are raised from the rating that stands"),
        )
    )
