"""What the software does by itself at boards, found by state."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from meetings.models import AgendaItem
from progress_boards.models import ProgressBoard
from trust.calendar import now, today
from trust.models import Mail
from trust.people.models import Person

CHOSEN = "leader_chosen"
"""The mail to a leader who is to answer."""
SETTLES = dt.timedelta(minutes=10)
"""How long a choice stands before its leader is told, so that a change of mind is no mail."""


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
    waits = Q(meeting__corrections__answer="") | Q(meeting__items__part_b__corrections__answer="")
    asked = ProgressBoard.objects.filter(waits, meeting__state="accuracy_check")
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


# -- leaders chosen to answer ----------------------------------------------------------------------


def boards_with_chosen_to_tell() -> list[int]:
    """Boards with the school where somebody was chosen some time ago who was not told."""
    found = _chosen(AgendaItem.objects.filter(meeting__progress_board__isnull=False))
    return sorted({board for board, _ in found})


def chosen_to_tell(board: ProgressBoard) -> dict[int, list[AgendaItem]]:
    """By person of one board who is to be told, the items to answer or to help with."""
    found = _chosen(AgendaItem.objects.filter(meeting=board.meeting_id))
    return {person: items for (_, person), items in found.items()}


def _chosen(items: QuerySet[AgendaItem]) -> dict[tuple[int, int], list[AgendaItem]]:
    """By board and person whose last choice has settled, the items they were not told of before.

    Nobody who chose themselves: an item is told to a person once, however often the choice changes.
    """
    rows = items.filter(meeting__state="issued", assigned_by__isnull=False).select_related(
        "assigned_by", "meeting__progress_board", "answered_by", "second"
    )
    found: dict[tuple[int, int], list[AgendaItem]] = defaultdict(list)
    for item in rows.order_by("meeting", "order"):
        for person in (item.answered_by, item.second):
            chose = item.assigned_by.person_id if item.assigned_by else None
            if person and person.email and person.pk != chose:
                found[item.meeting.progress_board.pk, person.pk].append(item)
    settled = now() - SETTLES
    told = _told({board for board, _ in found})
    news = {
        key: [item for item in mine if item.pk not in told.get(key, ())]
        for key, mine in found.items()
        if all(item.assigned_at and item.assigned_at <= settled for item in mine)
    }
    return {key: mine for key, mine in news.items() if mine}


def _told(boards: Iterable[int]) -> dict[tuple[int, int], set[int]]:
    """By board and person, the items of which they were told: a mail's key ends with those it names."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for board in boards:
        sent = Mail.objects.filter(key__startswith=f"{CHOSEN}:{board}:")
        for key in sent.values_list("key", flat=True):
            _, _, person, items = key.split(":")
            found[board, int(person)] |= set(map(int, items.split("-")))
    return found


def once_per(items: Iterable[AgendaItem]) -> str:
    """What makes the mail of these items one of its own."""
    return "-".join(str(pk) for pk in sorted(item.pk for item in items))


def chosen_people(board: ProgressBoard) -> list[Person]:
    """Everybody who answers an item of the board, or helps."""
    answering = Q(items_answered__meeting=board.meeting_id)
    return list(
        Person.objects.filter(answering | Q(items_seconded__meeting=board.meeting_id))
        .distinct()
        .order_by("pk")
    )


def told_people(board: ProgressBoard) -> list[Person]:
    """Those of them who were told that they are to answer."""
    told = {person for _, person in _told([board.pk])}
    return [person for person in chosen_people(board) if person.pk in told]
