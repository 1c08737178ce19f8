"""The external Chair’s annual report: who writes it, checks its facts, signs, lists, answers and follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trust.access import Actor, Answer, Capacity, allowed_if, first_denied, rule

if TYPE_CHECKING:
    from progress_boards.models import AnnualReport, ReportSection


def may_open_report(user: Actor) -> Answer:
    """ "The external Chair writes an annual report for the Trust" (seed 1): in person, never by delegation."""
    return allowed_if(
        user.posts.holds(Capacity.CHAIR, in_person=True),
        "Only the external Chair opens the year's report",
    )


@rule("progress_boards.sign_report")
def may_sign_report(user: Actor, report: AnnualReport) -> Answer:
    """The lead, in person, who is a Chair still or holds the post for this report."""
    is_lead = user.person_id is not None and user.person_id == report.lead_id
    is_chair = user.posts.holds(
        Capacity.CHAIR, Capacity.LEAD_CHAIR, in_person=True, year=report.academic_year_id
    )
    return allowed_if(
        is_lead and is_chair,
        "Only the external Chair who leads this report signs it",
    )


WRITTEN_IN = ("draft", "accuracy")


def may_write_report(user: Actor, report: AnnualReport) -> Answer:
    """Whoever signs it writes it, until it is signed."""
    return first_denied(
        (
            may_sign_report(user, report),
            allowed_if(
                report.state in WRITTEN_IN, "The report is signed: take it back to change it"
            ),
        )
    )


def may_write_section(user: Actor, report: AnnualReport, section: ReportSection) -> Answer:
    """The lead Chair every section; a Chair who contributes his or her own, in person, until it is signed."""
    is_own = user.person_id is not None and user.person_id == section.writer_id
    if not (is_own and user.posts.holds(Capacity.CHAIR, in_person=True)):
        return may_write_report(user, report)
    return allowed_if(report.state in WRITTEN_IN, "The report is signed")


def may_comment_report(user: Actor, report: AnnualReport, school: int | None) -> Answer:
    """While its accuracy is checked: the chief executive and the DSI on all of it, a head on the own school."""
    checks = user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI)
    own = school is not None and user.posts.holds(Capacity.HEAD, school=school)
    return first_denied(
        (
            allowed_if(
                checks or own,
                "The chief executive, the Director of School Improvement and each head check the facts",
            ),
            allowed_if(report.state == "accuracy", "The report is not with you for its accuracy"),
        )
    )


def may_read_check(user: Actor, report: AnnualReport) -> Answer:
    """The check of its facts is between the Chair, the trust's officers and the schools, each of which sees its own."""
    officers = user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.CLERK)
    return allowed_if(
        officers or may_sign_report(user, report),
        "The check of its facts is between the Chair, the trust and the schools",
    )


def may_answer_comment(user: Actor, report: AnnualReport) -> Answer:
    """Comments are kept and the Chair decides, until the report is signed."""
    return first_denied(
        (
            may_sign_report(user, report),
            allowed_if(report.state in WRITTEN_IN, "The report is signed"),
        )
    )


def may_submit_report(user: Actor, report: AnnualReport) -> Answer:
    """The Chair submits the signed report to the Trust Board, once."""
    return first_denied(
        (
            may_sign_report(user, report),
            allowed_if(
                report.state == "signed" and report.submitted_at is None,
                "A signed report is submitted once",
            ),
        )
    )


@rule("progress_boards.present_report")
def may_present_report(user: Actor, report: AnnualReport) -> Answer:
    """The clerk lists the submitted report for the Trust Board; its readers have it from then on."""
    return first_denied(
        (
            allowed_if(
                user.posts.is_trust_wide(Capacity.CLERK),
                "The clerk lists the report for the Trust Board",
            ),
            allowed_if(report.submitted_at, "The Chair has not submitted the report yet"),
        )
    )


def may_respond_to_report(user: Actor, report: AnnualReport) -> Answer:
    """The chief executive's response is the chief executive's, apart from the Chair's words, once those are signed."""
    return first_denied(
        (
            allowed_if(
                user.posts.is_trust_wide(Capacity.CEO),
                "Only the chief executive responds to the report",
            ),
            allowed_if(report.state in ("signed", "presented"), "The report is not signed yet"),
        )
    )


def may_follow_recommendation(user: Actor, report: AnnualReport) -> Answer:
    """The trust says what becomes of each recommendation, once the Trust Board has the report."""
    return first_denied(
        (
            allowed_if(
                user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI),
                "The chief executive or the Director of School Improvement says what became of it",
            ),
            allowed_if(report.state == "presented", "The Trust Board does not have the report yet"),
        )
    )
