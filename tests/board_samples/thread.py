"""What the access matrix asks for at the thread: an item of final minutes, and a school's part of a report."""

from __future__ import annotations

from tests.board_samples.report import _report_in
from tests.matrix_objects import Sample, World, _board, sample


@sample("progress_boards:thread-find")
def _find(world: World, ownership: str) -> Sample:
    return Sample()


@sample("progress_boards:thread")
def _item(world: World, ownership: str) -> Sample:
    item = _board(world, ownership, "final").meeting.items.first()
    assert item is not None
    return Sample({"kind": "item", "pk": item.pk})


@sample("progress_boards:thread-section")
def _section(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "presented")
    return Sample({"pk": report.pk, "school": world.school_for(ownership).pk})


@sample("progress_boards:thread-statement")
def _statement(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "presented")
    section = report.sections.filter(school=world.school_for(ownership)).exclude(text="").first()
    assert section is not None
    return Sample({"section": section.pk, "number": 1})
