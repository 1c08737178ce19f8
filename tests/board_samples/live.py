"""What the access matrix asks for at the live hour: a line, the item the meeting is at, a piece pasted."""

from __future__ import annotations

from tests.matrix_objects import Sample, World, _meeting_in, sample
from trust.pages import new_key


@sample("meetings:line-add", "meetings:item-begin")
def _live_item(world: World, ownership: str) -> Sample:
    item = _meeting_in(world, ownership, "held").items.get(type="enquiry")
    return Sample({"pk": item.pk}, {"line": "? Why -> Staffing", "idempotency_key": new_key()})


@sample("meetings:paste-clean")
def _live_paste(world: World, ownership: str) -> Sample:
    pk = _meeting_in(world, ownership, "held").pk
    return Sample({"pk": pk}, {"html": "<ul><li>Said</li></ul>"})
