"""What the software does by itself at boards, found by state."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from progress_boards.models import ProgressBoard
from trust.calendar import today
from trust.models import Mail


def boards_to_open() -> list[int]:
    """Boards whose draft is to be opened: its day has come, or somebody asked for it."""
    due = (
        ProgressBoard.objects.filter(meeting__state="scheduled")
        .annotate(draft_on=KeyTextTransform("draft", "meeting__deadlines"))
        .filter(Q(meeting__draft_wanted_at__isnull=False) | Q(draft_on__lte=today().isoformat()))
    )
    return list(due.values_list("pk", flat=True))


def minutes_to_tell() -> list[int]:
    """Boards whose minutes lie with a Chair who has an address and was not yet told of this sending."""
    waiting = ProgressBoard.objects.filter(
        meeting__state="with_chair",
        meeting__seats__role="chair",
        meeting__seats__person__email__gt="",
        meeting__minutes_sent_at__isnull=False,
    ).values_list("pk", "meeting__seats__person_id", "meeting__minutes_sent_at")
    keys = {f"minutes_with_chair:{pk}:{person}:{sent}": pk for pk, person, sent in waiting}
    told = set(Mail.objects.filter(key__in=keys).values_list("key", flat=True))
    return sorted({pk for key, pk in keys.items() if key not in told})
