"""The dates of the Chair's annual report, as the trust has set them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from progress_boards.models import AnnualReport
from trust.models import AcademicYear, TrustProfile


@dataclass(frozen=True)
class ReportDates:
    """The day from which what happens belongs to the next report, and the school days of its accuracy check."""

    cut_off_day: int = 31
    cut_off_month: int = 7
    accuracy_days: int = 5

    def cut_off_in(self, year: int) -> dt.date:
        """The cut-off of the academic year that ends in this one; raises ValueError for 31 June."""
        return dt.date(year, self.cut_off_month, self.cut_off_day)


DEFAULT_DATES = ReportDates()


def report_dates() -> ReportDates:
    """Those in force."""
    return ReportDates(**TrustProfile.current().report)


def cut_off_of(year: AcademicYear) -> dt.date:
    """The cut-off of a year: that of its report once it is opened, else the one in force."""
    opened = AnnualReport.objects.filter(academic_year=year).values_list("cut_off_on", flat=True)
    return opened.first() or report_dates().cut_off_in(year.ends_on.year)
