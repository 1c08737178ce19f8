"""The external Chair's annual report of last year: opened, written, signed, with the Trust Board."""

from __future__ import annotations

import datetime as dt
from typing import Any

from home.demo.cast import Cast
from home.demo.timeline import Timeline, at, story
from progress_boards.actions.report import add_recommendation, open_report, save_section
from progress_boards.actions.report_after import (
    follow_recommendation,
    record_read,
    respond_to_report,
)
from progress_boards.actions.report_stages import (
    answer_comment,
    comment_report,
    present_report,
    send_for_accuracy,
    sign_report,
    submit_report,
)
from progress_boards.documents import request_report
from progress_boards.models import AnnualReport, ReportSection
from trust.models import AcademicYear


class Report:
    """The report, as steps of the timeline."""

    def __init__(self, cast: Cast, timeline: Timeline) -> None:
        self.cast, self.timeline = cast, timeline
        self.told = story("report_2025")

    def plan(self) -> None:
        for day, step in (
            (self.told["opened_on"], self._write),
            (self.told["checked_on"], self._send),
            (self.told["answered_on"], self._answer),
            (self.told["signed_on"], self._sign),
            (self.told["presented_on"], self._present),
            (self.told["responded_on"], self._respond),
            (self.told["followed_on"], self._follow),
        ):
            self.timeline.add(at(day, "10:00"), step)

    def _report(self) -> AnnualReport:
        return AnnualReport.objects.select_related("academic_year").get()

    def _write(self) -> None:
        chair = self.cast.by("chair")
        year = AcademicYear.objects.get(name=self.told["year"])
        report = open_report(year, lead=self.cast.people["chair"], by=chair)
        self._section(report, "summary", self.told["summary"])
        self._section(report, "how_boards_ran", self.told["how_boards_ran"])
        for key, words in self.told["more"].items():
            self._section(report, key, words)
        for key, words in self.told["schools"].items():
            self._section(report, "school", words, school=self.cast.schools[key])
        for each in self.told["recommendations"]:
            add_recommendation(
                report, text=each["text"], owner=each["owner"], by=chair,
                by_when=dt.date.fromisoformat(each["by_when"]),
            )  # fmt: skip

    def _section(self, report: AnnualReport, key: str, words: str, school: Any = None) -> None:
        section = ReportSection.objects.select_related("report").get(
            report=report, key=key, school=school
        )
        save_section(section, text=words.strip(), version=section.version, by=self.cast.by("chair"))

    def _send(self) -> None:
        send_for_accuracy(self._report(), by=self.cast.by("chair"))

    def _answer(self) -> None:
        """Corrections and answers of the story; whoever is not in it says nothing."""
        report, chair = self._report(), self.cast.by("chair")
        for told in self.told["corrections"]:
            section = None
            if "school" in told:
                section = report.sections.get(school=self.cast.schools[told["school"]])
            key = self.cast.head_of(told["school"]) if told["by"] == "head" else told["by"]
            by = self.cast.by(key)
            comment = comment_report(report, section=section, text=told["text"].strip(), by=by)
            if comment.text:
                answer_comment(
                    comment, accepted=told["accepted"], reason=told.get("reason", ""), by=chair
                )

    def _sign(self) -> None:
        chair = self.cast.by("chair")
        sign_report(self._report(), typed_name=self.cast.people["chair"].name, by=chair)

    def _present(self) -> None:
        submit_report(self._report(), by=self.cast.by("chair"))
        report = present_report(self._report(), by=self.cast.by("clerk"))
        request_report(report, by=self.cast.by("chair"))
        record_read(report, by=self.cast.by("trustee"))

    def _respond(self) -> None:
        report = self._report()
        respond_to_report(
            report, text=self.told["response"].strip(), version=report.response_version,
            by=self.cast.by("ceo"),
        )  # fmt: skip

    def _follow(self) -> None:
        for row, told in zip(
            self._report().recommendations.all(), self.told["recommendations"], strict=True
        ):
            if "progress" in told:
                follow_recommendation(
                    row, progress=told["progress"], note=told["note"], by=self.cast.by("ceo")
                )
