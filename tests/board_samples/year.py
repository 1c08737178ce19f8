"""What the access matrix asks for at the addresses of a year supposed otherwise."""

from __future__ import annotations

from tests.matrix_objects import Sample, World, sample


@sample("progress_boards:school-what-if")
def _what_if(world: World, ownership: str) -> Sample:
    return Sample({"school_pk": world.school_for(ownership).pk})
