"""What the access matrix asks for at a row of the grid on which all schools are rated."""

from __future__ import annotations

from tests.matrix_objects import Sample, World, sample


@sample("progress_boards:rate-grid-row")
def _row(world: World, ownership: str) -> Sample:
    return Sample({"school": world.school_for(ownership).pk}, {"version": "0", "summary": "Steady"})
