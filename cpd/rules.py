"""Who may do what with requests, the central fund, shared purchases and joint practice.

The school decides on its own training; the Strategy Group advises. Money is asked about in one place
only: the part that the central fund pays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpd.defaults import ACTS
from trust.access import Actor, Answer, Capacity, Denied, allowed_if, first_denied, rule

if TYPE_CHECKING:
    from cpd.models import (
        CentralPart,
        CpdRequest,
        ImpactReview,
        JointProject,
        PracticeCard,
        SharedPurchase,
    )

OF_SCHOOL = (Capacity.HEAD, Capacity.LEADER)
READ_RAISED = (Capacity.CEO, Capacity.DSI, Capacity.HEAD, Capacity.CFO, Capacity.CLERK)
"""Who reads what any school has raised: title, need, provider, cost and audience."""
MEMBERS = (Capacity.CEO, Capacity.DSI, Capacity.HEAD)
"""Who sits on the Strategy Group by post; others by a seat at its meeting."""
READ_FUND = (Capacity.CEO, Capacity.CFO, Capacity.DSI, Capacity.HEAD)
STRATEGY_READERS = tuple(ACTS["read_schedule"])
STRATEGY_PLANNERS = tuple(ACTS["schedule"])
READ_TOTALS = (*READ_RAISED, Capacity.TRUSTEE, Capacity.CHAIR, Capacity.LOCAL_COMMITTEE)
READ_PRACTICE = (
    Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI, Capacity.HEAD, Capacity.LEADER,
    Capacity.LINK_TRUSTEE, Capacity.TRUSTEE, Capacity.CHAIR, Capacity.CLERK, Capacity.CFO,
    Capacity.SAFEGUARDING_LEAD,
)  # fmt: skip


# -- the request ---------------------------------------------------------------------------------


def may_draft_request(user: Actor, school_id: int | None) -> Answer:
    return allowed_if(
        school_id is not None and user.posts.holds(*OF_SCHOOL, school=school_id),
        "Only the school's own leaders ask for its training",
    )


def is_own(user: Actor, request: CpdRequest) -> bool:
    """Whether the request is of a school this person leads."""
    return user.posts.holds(*OF_SCHOOL, school=request.school_id)


def heads(user: Actor, school_id: int | None) -> bool:
    return school_id is not None and user.posts.holds(Capacity.HEAD, school=school_id)


def wrote(user: Actor, request: CpdRequest) -> bool:
    """Whether this leader of the school wrote the request."""
    own = user.person_id is not None and user.person_id == request.requester_id
    return own and is_own(user, request)


def may_read_requests(user: Actor) -> Answer:
    return allowed_if(
        user.posts.holds(*OF_SCHOOL, *READ_RAISED, Capacity.CEO_REPRESENTATIVE),
        "Schools' leaders and the Strategy Group read requests for training",
    )


def reads_whole(user: Actor, request: CpdRequest) -> bool:
    """Whether this reader of a request sees what it is linked to and rests on, not title, need and cost alone."""
    return (
        is_own(user, request)
        or user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI)
        or user.posts.holds(Capacity.CEO_REPRESENTATIVE, school=request.school_id)
    )


def may_edit_provider(user: Actor) -> Answer:
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI),
        "The Chief Executive and the Director of School Improvement keep the directory",
    )


def may_edit_request(user: Actor, request: CpdRequest) -> Answer:
    """The head any of the school's, a leader the own; until it is evaluated or withdrawn."""
    return first_denied(
        (
            allowed_if(
                heads(user, request.school_id) or wrote(user, request),
                "Only the headteacher and the leader who wrote it change a request",
            ),
            allowed_if(
                request.state in ("draft", "raised", "going_ahead", "listed"),
                "This request is closed",
            ),
        )
    )


@rule("cpd.raise")
def may_raise_request(user: Actor, request: CpdRequest) -> Answer:
    return allowed_if(
        heads(user, request.school_id) or wrote(user, request),
        "Only the headteacher and the leader who wrote it raise a request",
    )


@rule("cpd.take_back")
def may_take_back(user: Actor, request: CpdRequest) -> Answer:
    return may_raise_request(user, request)


@rule("cpd.decide")
def may_decide_request(user: Actor, request: CpdRequest) -> Answer:
    """ "Schools have autonomy over the training they require" (seed 1): the headteacher alone."""
    return allowed_if(
        heads(user, request.school_id), "The school decides: its headteacher, and nobody else"
    )


@rule("cpd.reconsider")
def may_reconsider(user: Actor, request: CpdRequest) -> Answer:
    return may_decide_request(user, request)


@rule("cpd.withdraw")
def may_withdraw_request(user: Actor, request: CpdRequest) -> Answer:
    """The head at any time; the leader who wrote it until the school has decided."""
    if request.state in ("draft", "raised") or request.state_left in ("draft", "raised"):
        return may_raise_request(user, request)
    return may_decide_request(user, request)


@rule("cpd.evaluate")
def may_evaluate(user: Actor, request: CpdRequest) -> Answer:
    return allowed_if(
        heads(user, request.school_id) or wrote(user, request),
        "Only the school says what its training changed",
    )


def may_review(user: Actor, review: ImpactReview) -> Answer:
    """The school's leaders say what changed, while the training stands."""
    return first_denied(
        (
            allowed_if(is_own(user, review.request), "Only the school reviews its training"),
            allowed_if(
                review.request.state in ("going_ahead", "evaluated"),
                "The school is not going ahead with this training, so there is nothing to review",
            ),
        )
    )


def may_read_evidence(user: Actor, request: CpdRequest) -> bool:
    """What was seen at a review is read by the school, the Chief Executive and the Director of School Improvement."""
    return is_own(user, request) or user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI)


def may_list_reviews(user: Actor) -> Answer:
    return allowed_if(
        user.posts.holds(*READ_RAISED, *OF_SCHOOL, Capacity.CEO_REPRESENTATIVE),
        "Impact reviews are read by schools and the Strategy Group",
    )


def may_read_totals(user: Actor) -> Answer:
    return allowed_if(
        user.posts.holds(*READ_TOTALS), "What training costs in all is not for your post"
    )


def totals_of(user: Actor) -> frozenset[int] | None:
    """The schools whose totals somebody reads: None for every school; a local committee its own only."""
    others = [capacity for capacity in READ_TOTALS if capacity != Capacity.LOCAL_COMMITTEE]
    if user.posts.holds(*others):
        return None
    return user.posts.schools(Capacity.LOCAL_COMMITTEE)


def sees_priorities_of(user: Actor, school_id: int | None, *, is_narrowed: bool) -> bool:
    """Whether spend is shown by priority: not where a narrow figure would tell another school's priority."""
    if not is_narrowed or user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.TRUSTEE):
        return True
    own = user.posts.schools(*OF_SCHOOL, Capacity.LOCAL_COMMITTEE)
    return school_id in own


# -- the Strategy Group --------------------------------------------------------------------------


def may_read_group(user: Actor) -> Answer:
    """Its readers by post; somebody with a seat at a meeting reads that meeting."""
    return allowed_if(
        user.posts.holds(*STRATEGY_READERS), "The Strategy Group's members read its meetings"
    )


def may_plan_group(user: Actor) -> Answer:
    return allowed_if(
        user.posts.holds(*STRATEGY_PLANNERS),
        "The Chief Executive, the Director of School Improvement or the clerk plans the meeting",
    )


def may_score(user: Actor, request: CpdRequest) -> Answer:
    """Members score; nobody scores the request of their own school."""
    return first_denied(
        (
            allowed_if(user.posts.holds(*MEMBERS), "Members of the Strategy Group score requests"),
            allowed_if(
                not user.posts.holds(*OF_SCHOOL, school=request.school_id)
                or user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI),
                "Your own school asks for this: the other members score it",
            ),
        )
    )


def may_advise(user: Actor) -> Answer:
    return allowed_if(
        user.posts.holds(*MEMBERS, Capacity.CLERK), "The Strategy Group records its advice"
    )


# -- the central fund ----------------------------------------------------------------------------


@rule("cpd.fund")
def may_fund(user: Actor, part: CentralPart) -> Answer:
    """Only the centrally funded part, and only under the scheme of financial delegation."""
    return may_keep_fund(user)


def may_keep_fund(user: Actor) -> Answer:
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO, Capacity.CFO),
        "The Chief Executive or the Chief Financial Officer decides on the central fund",
    )


@rule("cpd.ask_funding")
def may_ask_funding(user: Actor, part: CentralPart) -> Answer:
    return may_raise_request(user, part.request)


def may_read_fund(user: Actor) -> Answer:
    """ "The trust's central fund": its keepers, the DSI, and every headteacher whose school may ask."""
    return allowed_if(
        user.posts.holds(*READ_FUND),
        "The central fund is read by the trust's leaders and headteachers",
    )


def may_set_budget(user: Actor, school_id: int | None) -> Answer:
    """What a school means to spend on training: its headteacher, or the CFO."""
    return allowed_if(
        heads(user, school_id) or user.posts.is_trust_wide(Capacity.CFO),
        "The school's headteacher or the Chief Financial Officer enters its training budget",
    )


# -- buying once ---------------------------------------------------------------------------------


def may_list_purchases(user: Actor) -> Answer:
    """Whoever reads raised requests, and leaders, who read those their school is asked to join."""
    return allowed_if(
        user.posts.holds(*READ_RAISED, Capacity.LEADER),
        "Shared purchases are read by the trust's leaders and its schools",
    )


def may_open_purchase(user: Actor) -> Answer:
    return allowed_if(user.posts.holds(*MEMBERS), "Members of the Strategy Group open a purchase")


@rule("cpd.lead_purchase")
def may_lead_purchase(user: Actor, purchase: SharedPurchase) -> Answer:
    """CEO and DSI, and the headteacher of the school that leads it."""
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI)
        or heads(user, purchase.lead_school_id),
        "Only the lead school's headteacher, the Chief Executive or the Director of School Improvement changes the purchase",
    )


@rule("cpd.buy")
def may_buy(user: Actor, purchase: SharedPurchase) -> Answer:
    """The lead school buys, for the schools that joined by their own act."""
    if purchase.lead_school_id is None:
        return Denied("Name a lead school first")
    return allowed_if(
        heads(user, purchase.lead_school_id), "The headteacher of the lead school buys"
    )


def may_answer_purchase(user: Actor, school_id: int) -> Answer:
    return allowed_if(heads(user, school_id), "Each school joins by its own act: its headteacher's")


# -- joint practice development ------------------------------------------------------------------


def may_write_practice(user: Actor, school_id: int | None) -> Answer:
    return allowed_if(
        school_id is not None and user.posts.holds(*OF_SCHOOL, school=school_id),
        "Leaders write for their own school",
    )


def may_edit_card(user: Actor, card: PracticeCard) -> Answer:
    return may_write_practice(user, card.school_id)


@rule("cpd.edit_project")
def may_edit_project(user: Actor, project: JointProject) -> Answer:
    """Leaders of any school in it; reads `project.schools`, prefetched."""
    return allowed_if(
        any(user.posts.holds(*OF_SCHOOL, school=s.school_id) for s in project.schools.all()),
        "Leaders of the schools in the project write in it",
    )


def may_change_project(user: Actor, project: JointProject) -> Answer:
    """Leaders of its schools write in a project until it is finished or stopped."""
    return first_denied(
        (
            may_edit_project(user, project),
            allowed_if(project.state != "finished", "This project is finished: reopen it first"),
            allowed_if(
                project.state != "stopped", "This project is stopped: take it up again first"
            ),
        )
    )


@rule("cpd.join_project")
def may_join_project(user: Actor, project: JointProject) -> Answer:
    """Each school joins by its own headteacher."""
    return allowed_if(
        any(heads(user, s.school_id) for s in project.schools.all()),
        "Each school joins by its own headteacher",
    )
