"""The draft of an agenda as the evidence proposes it, laid once by the software or sooner by whoever prepares it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from cpd.models import TrainingItem
from improvement.models import ItemPriority
from meetings.actions import agenda as engine
from meetings.actions.laying import NewItem, lay_items
from meetings.actions.moves import in_state, locked, note
from meetings.actions.reminders import ask_owners_for_updates
from meetings.actions.standing import standing_at
from meetings.models import AgendaItem, Meeting, StandingItem
from meetings.rules import may_prepare
from progress_boards.agenda import Candidate
from progress_boards.models import ItemRating, ProgressBoard
from progress_boards.queries.agenda import Gathered, gather
from progress_boards.queries.offers import Offer
from trust.access import require
from trust.calendar import now, today
from trust.people.models import User
from trust.work import ring

OPEN_DRAFT = "boards.open_draft"


def want_draft(board: ProgressBoard, *, by: User) -> ProgressBoard:
    """Ask the software to propose the agenda now; it is done in the background, once."""
    with transaction.atomic():
        meeting = locked(board.meeting)
        require(may_prepare(by, meeting))
        in_state(meeting, "scheduled")
        if meeting.draft_wanted_at is None:
            meeting.draft_wanted_at = board.meeting.draft_wanted_at = now()
            meeting.save(update_fields=["draft_wanted_at"])
            note("want_draft", meeting, by=by, meeting=meeting, act="prepare")
        ring(OPEN_DRAFT, board.pk)
    return board


def open_due_draft(pk: int) -> None:
    """Open the draft of one board as the software; one that is open already stays as it is."""
    board = (
        ProgressBoard.objects.select_related("meeting__kind", "meeting__school", "half_term")
        .filter(pk=pk)
        .first()
    )
    if board is None or board.meeting.state != "scheduled":
        return
    propose_draft(board, by=None)


def propose_draft(board: ProgressBoard, *, by: User | None) -> ProgressBoard:
    """Open the draft and lay the items that the evidence proposes, in one transaction.

    The move from "scheduled" is the claim: whoever comes second gets Conflict and changes nothing.
    A draft that is there already is never rewritten.
    """
    with transaction.atomic():
        engine.open_draft(board.meeting, by=by)
        if not board.meeting.items.exists():
            _lay_items(board, gather(board, today()))
        ask_owners_for_updates(board.meeting)
    return board


def _lay_items(board: ProgressBoard, gathered: Gathered) -> None:
    kinds, rules = AgendaItem.Type, gathered.proposal.rules
    title, question = actions_item_words(gathered)
    enquiries = [
        (proposed, strongest_first(
            proposed.enquiry.lead, [gathered.offer(c.source) for c in proposed.enquiry.candidates]
        ))
        for proposed in gathered.proposal.items
    ]  # fmt: skip
    before = [
        NewItem("Welcome, apologies, declarations of interest", rules.welcome, kinds.WELCOME),
        NewItem(title, rules.actions, kinds.ACTIONS, question),
        *standing_at(StandingItem.Place.FIRST, gathered.standing),
    ]
    asked = [
        NewItem(proposed.enquiry.lead.title, proposed.minutes,
                question=proposed.enquiry.lead.question,
                **fields_of(proposed.enquiry.lead, offers))
        for proposed, offers in enquiries
    ]  # fmt: skip
    after = [
        *standing_at(StandingItem.Place.LAST, gathered.standing),
        NewItem("Actions read back, closing statement, next board", rules.close, kinds.CLOSE),
    ]
    laid = lay_items(board.meeting, [*before, *asked, *after])[len(before) :]
    hang_on((item, offers) for item, (_, offers) in zip(laid, enquiries, strict=False))


def actions_item_words(gathered: Gathered) -> tuple[str, str]:
    """The title of the actions item and how many wait, counted when the draft is laid."""
    former = gathered.former.meeting.day if gathered.former else None
    title = f"Actions from {former.day} {former:%B %Y}" if former else "Actions so far"
    count = len(gathered.open_actions)
    late = sum(1 for a in gathered.open_actions if a.state == "open" and a.due_on < today())
    if not count:
        return title, "No action is open."
    words = f"{count} action{'s' if count > 1 else ''} open"
    return title, f"{words}, {late} overdue." if late else f"{words}."


def add_enquiry(
    meeting: Meeting,
    lead: Candidate,
    offers: Iterable[Offer],
    *,
    minutes: int,
    by: User | None,
) -> AgendaItem:
    """One item with all its sources, and the links to ratings that this app owns."""
    offers = strongest_first(lead, offers)
    item = engine.add_item(meeting, minutes=minutes, by=by, title=lead.title,
                           question=lead.question, **fields_of(lead, offers))  # fmt: skip
    hang_on([(item, offers)])
    return item


def strongest_first(lead: Candidate, offers: Iterable[Offer]) -> list[Offer]:
    """The offers of one item, that of its lead before the others."""
    return sorted(offers, key=lambda offer: offer.candidate.source != lead.source)


def fields_of(lead: Candidate, offers: list[Offer]) -> dict[str, Any]:
    """What an item takes from its evidence beside title and line of enquiry."""
    is_strength = lead.kind == "strength"
    return {
        "type": AgendaItem.Type.SUCCESS if is_strength else AgendaItem.Type.ENQUIRY,
        "purpose": PURPOSES.get(lead.kind, AgendaItem.Purpose.CHALLENGE),
        "indicator": next((o.indicator for o in offers if o.indicator), None),
        "sources": [source_of(offer) for offer in offers],
        "carried_from": next((o.former_item for o in offers if o.former_item), None),
    }


PURPOSES = {
    "strength": AgendaItem.Purpose.CELEBRATE,
    "evaluation_differs": AgendaItem.Purpose.VALIDATE,
}


def source_of(offer: Offer) -> engine.SourceOf:
    """The offer as the source of an item."""
    return engine.SourceOf(
        label=offer.label[:160],
        reason=offer.candidate.reason[:300],
        seen_on=offer.candidate.evidence_on,
        **offer.links,
    )


def hang_on(items: Iterable[tuple[AgendaItem, Iterable[Offer]]]) -> None:
    """Point from items to the ratings, the one priority and the reviews each is about, each once.

    An item is about one priority: the first; a second one on the same indicator stays a source.
    """
    pairs = [(item, offer) for item, offers in items for offer in offers]
    ItemRating.objects.bulk_create(
        [ItemRating(item=i, rating=o.rating) for i, o in pairs if o.rating], ignore_conflicts=True
    )
    ItemPriority.objects.bulk_create(
        [ItemPriority(item=i, priority=o.priority) for i, o in pairs if o.priority],
        ignore_conflicts=True,
    )
    TrainingItem.objects.bulk_create(
        [TrainingItem(item=i, review=o.review) for i, o in pairs if o.review],
        ignore_conflicts=True,
    )
