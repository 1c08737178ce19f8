"""How a day, a visitor, a reply and a finding are said."""

from __future__ import annotations

import datetime as dt

from evidence.models import (
    Finding,
    VisitRecord,
)


def day_words(day: dt.date) -> str:
    """5 November 2026."""
    return f"{day.day} {day:%B %Y}"


def reply_words(visit: VisitRecord) -> str:
    """Where a record stands with the school: "Draft", "Reply awaited until 20 November", "Disputed", "No reply"."""
    if visit.state == "draft":
        return "Draft"
    if visit.reply:
        return str(visit.get_reply_display())
    if visit.state == "sent" and visit.reply_by:
        return f"Reply awaited until {visit.reply_by.day} {visit.reply_by:%B}"
    return "No reply" if visit.reply_by else "Filed"


def visitor_words(visit: VisitRecord) -> str:
    """Who came, with the organisation if there is one."""
    names = [visit.visitor.name] if visit.visitor else []
    names += [visit.visitor_names] if visit.visitor_names else []
    who = " and ".join(names)
    return (
        f"{who}, {visit.organisation}" if who and visit.organisation else who or visit.organisation
    )


def finding_ref(finding: Finding) -> str:
    """V57-2: the second finding of record 57, as PDFs print it."""
    return f"V{finding.visit_id}-{finding.order}"
