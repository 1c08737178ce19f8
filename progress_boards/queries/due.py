"""What the software does by itself at boards, found by state."""

from __future__ import annotations

from django.db.models import Q, QuerySet
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
    """Boards whose minutes lie with a Chair who was not yet told of this sending."""
    return _untold(
        "minutes_with_chair",
        "chair",
        "minutes_sent_at",
        ProgressBoard.objects.filter(meeting__state="with_chair"),
    )


def returned_to_tell() -> list[int]:
    """Boards whose minutes the Chair has returned to a clerk who was not yet told."""
    returned = ProgressBoard.objects.filter(meeting__state="held").exclude(meeting__return_note="")
    return _untold("minutes_returned", "clerk", "minutes_sent_at", returned)


def corrections_to_tell() -> list[int]:
    """Boards with a correction to answer whose Chair was not yet told of one in this round."""
    asked = ProgressBoard.objects.filter(
        meeting__state="accuracy_check", meeting__corrections__answer=""
    )
    return _untold("minutes_corrections", "chair", "signed_at", asked.distinct())


def _untold(template: str, role: str, since: str, boards: QuerySet[ProgressBoard]) -> list[int]:
    """Those of the boards whose seat of this role has an address and no such mail since then."""
    waiting = boards.filter(
        meeting__seats__role=role,
        meeting__seats__person__email__gt="",
        **{f"meeting__{since}__isnull": False},
    ).values_list("pk", "meeting__seats__person_id", f"meeting__{since}")
    keys = {f"{template}:{pk}:{person}:{at}": pk for pk, person, at in waiting}
    told = set(Mail.objects.filter(key__in=keys).values_list("key", flat=True))
    return sorted({pk for key, pk in keys.items() if key not in told})
