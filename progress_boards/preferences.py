"""What this app adds to the settings: the scores of the proposed agenda, and the dates of the annual report."""

from __future__ import annotations

from collections.abc import Iterable

from progress_boards.agenda import DEFAULT_WEIGHTS
from progress_boards.models import AnnualReport
from progress_boards.queries.report_dates import DEFAULT_DATES, ReportDates
from trust.calendar import academic_year_of, today
from trust.models import TrustProfile
from trust.preferences.parts import Example, Part, Preset, Setting, Values
from trust.templatetags.eyeline import day

MONTHS = ((5, "May"), (6, "June"), (7, "July"), (8, "August"))

SCORES: tuple[Setting, ...] = tuple(
    Setting(kind, label, getattr(DEFAULT_WEIGHTS, kind), "scores", help)
    for kind, label, help in (
        ("worst_band", "Indicator in the worst band",
         "Red, where no board discussed it this term, stands first whatever its score"),
        ("evaluation_differs", "School’s own evaluation differs from the rating",
         "A judgement in its documents, or its own view of an indicator"),
        ("action_carried_twice", "Action carried at two boards", ""),
        ("flagged", "Finding or passage marked for the board",
         "In a record of visit, or on a page of a school document"),
        ("judged_worst", "Item judged in the worst band last time", ""),
        ("priority_off_track", "Priority off track", ""),
        ("data_alert", "Alert in the data", ""),
        ("middle_band", "Indicator in the middle band", ""),
        ("document_missing", "School document expired or missing", ""),
        ("high_risk", "Risk of 15 or more", ""),
        ("cpd_review", "Training: a review due, or an impact claimed", ""),
        ("strength", "Strength in a filed visit", ""),
        ("open_action", "Open or overdue action on the same subject",
         "Added once to what it is about; never an item of its own"),
    )
)  # fmt: skip

REPORT: tuple[Setting, ...] = (
    Setting("cut_off_day", "Cut-off, day", DEFAULT_DATES.cut_off_day, "report",
            "What happens later belongs to the next report", least=1, most=31),
    Setting("cut_off_month", "Cut-off, month", DEFAULT_DATES.cut_off_month, "report", choices=MONTHS),
    Setting("accuracy_days", "Accuracy check", DEFAULT_DATES.accuracy_days, "report",
            "For the Chief Executive and each headteacher, when the Chair has sent it",
            unit="school days", least=1, most=20),
)  # fmt: skip
AUTUMN = {s.name: s.default for s in REPORT}
JULY = {**AUTUMN, "cut_off_day": 31, "cut_off_month": 5}


def scores_part(profile: TrustProfile) -> Iterable[Part]:
    """How strongly each kind of evidence asks for a place on the agenda."""
    yield Part(
        slug="agenda-scores",
        title="Agenda scores",
        lede="How strongly each kind of evidence asks for one of the enquiries of a board, from 0 to 100",
        takes_effect="Every draft opened from now on is proposed by them, and what a draft did not take "
        "shows its new score. No draft that is there is written anew",
        row=profile,
        settings=SCORES,
    )


def report_part(profile: TrustProfile) -> Iterable[Part]:
    """When the year of the annual report ends, and how long its facts are checked."""
    yield Part(
        slug="annual-report",
        title="Annual report",
        lede="The day on which the year of the Chair’s report ends, and how long its facts are checked",
        takes_effect="Reports opened from now on follow them, and checks that begin from now on. "
        "A report that is open keeps its cut-off. A board after the cut-off belongs to the next report",
        row=profile,
        settings=REPORT,
        presets=(Preset("autumn", "Autumn report", AUTUMN), Preset("july", "July report", JULY)),
        check=_is_a_day,
        examples=_cut_offs,
    )


def _is_a_day(values: Values) -> dict[str, str]:
    try:
        ReportDates(**values).cut_off_in(2027)
    except ValueError:
        month = dict(MONTHS)[values["cut_off_month"]]
        return {"cut_off_day": f"{month} has no day {values['cut_off_day']}: choose an earlier day"}
    return {}


def _cut_offs(values: Values) -> Iterable[Example]:
    """This year's cut-off, and the reports that keep another."""
    begins = academic_year_of(today())
    cut_off = day(ReportDates(**values).cut_off_in(begins + 1))
    kept = AnnualReport.objects.filter(state__in=("draft", "accuracy")).select_related(
        "academic_year"
    )
    yield Example(
        f"The report of {begins}/{(begins + 1) % 100}, if it is opened now, is as at {cut_off}",
        tuple((f"{each.academic_year}, open", f"As at {day(each.cut_off_on)}") for each in kept),
    )
