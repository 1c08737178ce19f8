"""What the central fund of a year holds, what is agreed from it, what waits, and what is left."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from cpd.models import CentralPart, CpdRequest
from trust.access import Conflict
from trust.calendar import today
from trust.models import AcademicYear
from trust.templatetags.eyeline import money

NOTHING = Decimal("0")


def pounds(amount: Decimal) -> str:
    """An amount in the house's words, such as £1,650."""
    return money(amount)


def year_of(request: CpdRequest) -> AcademicYear:
    """The year from whose fund a request is paid: that of its first day, else this one."""
    found = (AcademicYear.on(request.starts_on) if request.starts_on else None) or current_year()
    if found is None:
        raise Conflict("No academic year is entered yet, so there is no central fund to ask")
    return found


def current_year() -> AcademicYear | None:
    """The academic year of today, else the newest entered."""
    return AcademicYear.on(today()) or AcademicYear.objects.order_by("-starts_on").first()


def agreed_of(year: AcademicYear) -> Decimal:
    """The sum agreed from the fund of a year."""
    rows = CentralPart.objects.filter(academic_year=year, state="agreed")
    return rows.aggregate(total=Sum("amount"))["total"] or NOTHING
