"""The command that writes three PDF files of the trust."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pypdf import PdfReader

from progress_boards.actions import report as actions
from progress_boards.actions import report_stages as stages
from tests.progress_boards.records import board_on, item_of, whole_board
from tests.progress_boards.report_year import small_year
from trust.calendar import clock_at
from trust.documents import pdf_trouble

needs_pdf = pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")


@pytest.fixture
def story(school, other_school, chair, settings, tmp_path) -> Path:
    """A trust with an issued agenda, final minutes and a signed report."""
    settings.MEDIA_ROOT = tmp_path / "media"
    made = small_year(school, other_school)
    whole_board(school)
    issued = board_on(school, dt.date(2026, 12, 3), 2, year=2026, state="issued")
    item_of(issued, 1, "Impact of maths fluency CPD")
    with clock_at(dt.date(2026, 8, 3)):
        report = actions.open_report(made.year, lead=chair.person, by=chair)
        for section in report.sections.all():
            actions.save_section(section, text="Words", version=section.version, by=chair)
        actions.add_recommendation(report, text="Go on", owner="", by_when=None, by=chair)
        stages.send_for_accuracy(report, by=chair)
        stages.sign_report(report, typed_name="Martin Yeo", by=chair)
    return tmp_path / "out"


@needs_pdf
def test_write_report_writes_three_files_and_prints_their_paths(story):
    said = io.StringIO()
    call_command("write_report", out=story, stdout=said)
    paths = said.getvalue().split()
    assert [Path(p).name for p in paths] == ["agenda.pdf", "minutes.pdf", "annual-report.pdf"]
    texts = [" ".join(page.extract_text() for page in PdfReader(p).pages) for p in paths]
    assert "Impact of maths fluency CPD" in texts[0]
    assert "Weekly drop-ins" in texts[1]
    assert "How the boards ran" in texts[2]


@needs_pdf
def test_write_report_twice_gives_the_same_bytes(story):
    call_command("write_report", out=story, stdout=io.StringIO())
    first = {p.name: p.read_bytes() for p in story.iterdir()}
    call_command("write_report", out=story, stdout=io.StringIO())
    assert {p.name: p.read_bytes() for p in story.iterdir()} == first


def test_write_report_without_the_libraries_ends_with_three_and_the_line_to_type(
    story, monkeypatch
):
    line = "apt-get install libpangoft2-1.0-0 libharfbuzz-subset0"
    monkeypatch.setattr("home.management.commands.write_report.pdf_trouble", lambda: line)
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("write_report", out=story, stderr=said)
    assert ended.value.code == 3
    assert said.getvalue().strip().endswith(line)
    assert not story.exists()


def test_write_report_of_an_empty_trust_says_what_is_missing(trust_set_up, tmp_path):
    if pdf_trouble():
        pytest.skip("the PDF libraries are missing here")
    with pytest.raises(CommandError, match="no issued agenda"):
        call_command("write_report", out=tmp_path)
