"""What the access matrix asks for at the pack: an issued board of a trust that has packs."""

from __future__ import annotations

from tests.matrix_objects import Sample, World, _board, sample


@sample("progress_boards:pack")
def _pack(world: World, ownership: str) -> Sample:
    return Sample({"pk": _board(world, ownership, "issued", steps={"papers": True}).pk})


@sample("progress_boards:school-pdf")
def _school_on_a_page(world: World, ownership: str) -> Sample:
    return Sample({"school_pk": world.school_for(ownership).pk})
