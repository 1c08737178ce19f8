"""The report's way to the Trust Board: checked for accuracy, signed, submitted by the Chair, listed by the clerk."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, cast

from django.db import transaction

from meetings.actions.signing import own_name
from progress_boards.actions.report import AS_CHAIR, KEYS, locked
from progress_boards.actions.report_notices import (
    tell_of_accuracy,
    tell_of_presentation,
    tell_of_submission,
)
from progress_boards.models import AnnualReport, ReportComment, ReportSection
from progress_boards.queries.report_content import content_of
from progress_boards.queries.report_dates import report_dates
from progress_boards.report_rules import (
    may_answer_comment,
    may_comment_report,
    may_sign_report,
    may_submit_report,
)
from schools.actions import end_for_year
from schools.queries import calendars
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import NoSchoolDayError, now, today
from trust.documents import canonical
from trust.models import TrustProfile
from trust.people.models import User
from trust.states import transition

# -- accuracy ------------------------------------------------------------------------------------


def send_for_accuracy(report: AnnualReport, *, by: User) -> AnnualReport:
    """Send the report to the chief executive, the DSI and each head (the own school) for its accuracy.

    Raises Conflict while a section that must be written is empty, or when the trust checks no accuracy.
    """
    with transaction.atomic():
        row = locked(report)
        require(may_sign_report(by, row))
        if not checks_accuracy():
            raise Conflict("This trust has switched the accuracy check off: sign the report")
        _refuse_unwritten(row, "before you send it")
        transition(report, "send_for_accuracy", by=by, accuracy_until=_until(row), **AS_CHAIR)
        tell_of_accuracy(report)
    return report


def checks_accuracy() -> bool:
    """Whether the trust has the accuracy check on."""
    return bool(TrustProfile.current().step("accuracy_check"))


def _until(report: AnnualReport) -> dt.date:
    """The last day for the chief executive and the heads, at the school where it comes last."""
    days, within = [], report_dates().accuracy_days
    for calendar in calendars([s["id"] for s in report.facts["schools"]]).values():
        try:
            days.append(calendar.add_school_days(today(), within))
        except NoSchoolDayError:
            continue
    return max(days, default=today() + dt.timedelta(days=7))


def comment_report(
    report: AnnualReport, *, section: ReportSection | None, text: str, by: User
) -> ReportComment:
    """Propose a factual correction, or say with no text that there is nothing to correct; kept for good."""
    school = section.school_id if section else None
    with transaction.atomic():
        row = locked(report)
        require(may_comment_report(by, row, school))
        role = _role_of(by, school)
        held = by.posts.holding(role, school=school)
        # Whoever holds a post is a person; a delegate speaks for the person whose post it is.
        person = cast("int", (held and held.for_person_id) or by.person_id)
        made = ReportComment.objects.create(
            report=row, section=section, person_id=person,
            role=role, saved_by=by, text=text.strip(), at=now(),
        )  # fmt: skip
        record(
            "comment_report", made, by=by, acted_as=str(role), report=row.pk,
            acted_for=held.for_person_id if held else None,
        )  # fmt: skip
    return made


def _role_of(user: User, school: int | None) -> Capacity:
    """A head speaks for the own school as its head, whatever else the same person is."""
    if school is not None and user.posts.holds(Capacity.HEAD, school=school):
        return Capacity.HEAD
    return Capacity.CEO if user.posts.is_trust_wide(Capacity.CEO) else Capacity.DSI


def answer_comment(
    comment: ReportComment, *, accepted: bool, reason: str = "", by: User
) -> ReportComment:
    """The Chair decides on a correction; a refusal needs its reason, and both are kept."""
    with transaction.atomic():
        report = locked(comment.report)
        require(may_answer_comment(by, report))
        if not accepted and not reason.strip():
            raise Conflict("Say why the correction is not accepted")
        row = ReportComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        if not row.text:
            raise Conflict("There is nothing to answer: nothing was to be corrected")
        answers = ReportComment.Answer
        row.answer = answers.ACCEPTED if accepted else answers.REFUSED
        row.answer_reason = reason.strip()
        row.answered_by, row.answered_at = by, now()
        row.save(update_fields=["answer", "answer_reason", "answered_by", "answered_at"])
        record("answer_comment", row, by=by, report=report.pk, answer=row.answer, **AS_CHAIR)
    return row


def write_on(report: AnnualReport, *, by: User) -> AnnualReport:
    """Take the report back from its accuracy check to write on: it is the next draft."""
    with transaction.atomic():
        number = locked(report).draft_number + 1
        transition(
            report, "write_on", by=by, draft_number=number, accuracy_sent_at=None,
            accuracy_until=None, **AS_CHAIR,
        )  # fmt: skip
    return report


# -- signed --------------------------------------------------------------------------------------


def unwritten(report: AnnualReport) -> list[str]:
    """What must be written and is not."""
    empty = [s for s in report.sections.all() if not s.text.strip()]
    said = ["Write the summary"] if any(s.key == KEYS.SUMMARY for s in empty) else []
    schools = sum(1 for s in empty if s.key == KEYS.SCHOOL)
    if schools:
        said.append(f"Write {schools} school{'s' if schools > 1 else ''}")
    if not report.recommendations.exists():
        said.append("Add a recommendation")
    return said


def missing_before_signing(report: AnnualReport) -> list[str]:
    """What is still to be done before the report can be signed."""
    said = unwritten(report)
    if checks_accuracy() and report.accuracy_sent_at is None:
        said.append("Send the report for its accuracy")
    waiting = report.comments.filter(answer="").exclude(text="").count()
    if waiting:
        said.append(f"Answer {waiting} correction{'s' if waiting > 1 else ''}")
    return said


def _refuse_unwritten(report: AnnualReport, before: str) -> None:
    missing = unwritten(report)
    if missing:
        raise Conflict(f"{missing[0]} {before}")


def sign_report(report: AnnualReport, *, typed_name: str, by: User) -> AnnualReport:
    """Sign the report with one's own name: facts, words and recommendations are sealed as they stand, with their hash."""
    signed_name = own_name(typed_name, by)
    with transaction.atomic():
        row = locked(report)
        require(may_sign_report(by, row))
        missing = missing_before_signing(row)
        if missing:
            raise Conflict(f"{missing[0]} before you sign")
        seal = hashlib.sha256(canonical(content_of(row))).hexdigest()
        transition(
            report, "sign_report", by=by, signed_name=signed_name, signed_hash=seal, **AS_CHAIR
        )
        _seal(report, now())
    return report


def take_back_report(report: AnnualReport, *, by: User) -> AnnualReport:
    """Take the signature back while the Trust Board does not have the report: it is the next draft."""
    nothing: dict[str, Any] = {
        "signed_at": None, "signed_by": None, "signed_name": "", "signed_hash": "",
        "submitted_at": None, "submitted_by": None, "accuracy_sent_at": None, "accuracy_until": None,
    }  # fmt: skip
    with transaction.atomic():
        number = locked(report).draft_number + 1
        transition(report, "take_back_report", by=by, draft_number=number, **nothing, **AS_CHAIR)
        _seal(report, None)
    return report


def _seal(report: AnnualReport, at: dt.datetime | None) -> None:
    report.sections.update(sealed_at=at)
    report.recommendations.update(sealed_at=at)


# -- submitted and listed ------------------------------------------------------------------------


def submit_report(report: AnnualReport, *, by: User) -> AnnualReport:
    """The Chair submits the signed report to the Trust Board; submitted twice it stays as it was."""
    with transaction.atomic():
        row = locked(report)
        if row.submitted_at is None or row.state != "signed":
            require(may_submit_report(by, row))
            row.submitted_at, row.submitted_by = now(), by
            row.save(update_fields=["submitted_at", "submitted_by"])
            record("submit_report", row, by=by, **AS_CHAIR)
            tell_of_submission(row)
        report.submitted_at, report.submitted_by = row.submitted_at, row.submitted_by
    return report


def present_report(report: AnnualReport, *, by: User) -> AnnualReport:
    """The clerk lists the submitted report for the Trust Board: from now on its readers see it, for good.

    With this day the lead's post for its year ends.
    """
    with transaction.atomic():
        transition(report, "present", by=by, acted_as=str(Capacity.CLERK))
        end_for_year(report.academic_year, capacity=Capacity.LEAD_CHAIR, by=by)
        tell_of_presentation(report)
    return report
