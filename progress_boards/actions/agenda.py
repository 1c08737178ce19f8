"""The agenda of a board: proposed from evidence, edited, sent to the Chair, issued to the school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from cpd.models import TrainingItem
from improvement.models import ItemPriority, Priority
from meetings.actions import agenda as engine
from meetings.actions import answering
from meetings.actions.moves import in_state, locked, note, permit
from meetings.actions.reminders import ask_owners_for_updates
from meetings.models import AgendaItem, ItemSource, Meeting
from meetings.rules import may_assign, may_prepare
from progress_boards.agenda import DEFAULT_RULES, Candidate
from progress_boards.models import ItemRating, ProgressBoard
from progress_boards.queries.agenda import Gathered, gather, item_of
from progress_boards.queries.offers import Offer
from schools.models import Post
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.mail import queue_mail
from trust.people.models import Person, User
from trust.work import ring

LEAST, MOST = 3, 30
"""Minutes an enquiry may have by hand."""
OPEN_DRAFT = "boards.open_draft"


# -- the proposal --------------------------------------------------------------------------------


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
    board = ProgressBoard.objects.select_related("meeting", "half_term").filter(pk=pk).first()
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
    meeting, rules = board.meeting, gathered.proposal.rules
    kinds = AgendaItem.Type
    engine.add_item(meeting, type=kinds.WELCOME, purpose="", minutes=rules.welcome, by=None,
                    title="Welcome, apologies, declarations of interest")  # fmt: skip
    title, question = actions_item_words(gathered)
    engine.add_item(meeting, type=kinds.ACTIONS, purpose="", minutes=rules.actions, by=None,
                    title=title, question=question)  # fmt: skip
    for proposed in gathered.proposal.items:
        offers = [gathered.offer(c.source) for c in proposed.enquiry.candidates]
        _add_enquiry(meeting, proposed.enquiry.lead, offers, minutes=proposed.minutes, by=None)
    engine.add_item(meeting, type=kinds.CLOSE, purpose="", minutes=rules.close, by=None,
                    title="Actions read back, closing statement, next board")  # fmt: skip


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


def _add_enquiry(
    meeting: Meeting,
    lead: Candidate,
    offers: Iterable[Offer],
    *,
    minutes: int,
    by: User | None,
) -> AgendaItem:
    """One item with all its sources, and the links to ratings that this app owns."""
    offers = list(offers)
    is_strength = lead.kind == "strength"
    first = next(o for o in offers if o.candidate.source == lead.source)
    item = engine.add_item(
        meeting,
        title=lead.title,
        question=lead.question,
        type=AgendaItem.Type.SUCCESS if is_strength else AgendaItem.Type.ENQUIRY,
        purpose=_purpose(lead),
        minutes=minutes,
        indicator=next((o.indicator for o in [first, *offers] if o.indicator), None),
        sources=[_source(offer) for offer in [first, *(o for o in offers if o is not first)]],
        carried_from=next((o.former_item for o in offers if o.former_item), None),
        by=by,
    )
    for rating in {o.rating.pk: o.rating for o in offers if o.rating}.values():
        ItemRating.objects.create(item=item, rating=rating)
    _point_to_priority(item, (o.priority for o in [first, *offers] if o.priority))
    _point_to_reviews(item, [first, *offers])
    return item


def _point_to_priority(item: AgendaItem, priorities: Iterable[Priority]) -> None:
    """An item is about one priority: the first; a second one on the same indicator stays a source."""
    for priority in priorities:
        ItemPriority.objects.get_or_create(item=item, defaults={"priority": priority})
        return


def _point_to_reviews(item: AgendaItem, offers: Iterable[Offer]) -> None:
    """The impact reviews an item is about, each once."""
    for offer in offers:
        if offer.review:
            TrainingItem.objects.get_or_create(item=item, review=offer.review)


def _purpose(lead: Candidate) -> str:
    purposes = {
        "strength": AgendaItem.Purpose.CELEBRATE,
        "evaluation_differs": AgendaItem.Purpose.VALIDATE,
    }
    return purposes.get(lead.kind, AgendaItem.Purpose.CHALLENGE)


def _source(offer: Offer) -> engine.SourceOf:
    return engine.SourceOf(
        label=offer.label[:160],
        reason=offer.candidate.reason[:300],
        seen_on=offer.candidate.evidence_on,
        **offer.links,
    )


# -- the CEO's edits -----------------------------------------------------------------------------


def add_from_evidence(board: ProgressBoard, *, key: str, by: User) -> AgendaItem:
    """Put one offer on the agenda: into the item on the same indicator, else as a new one; twice is once."""
    with transaction.atomic():
        meeting = locked(board.meeting)
        permit(by, meeting, "prepare")
        in_state(meeting, *engine.OPEN)
        offer = next((o for o in gather(board, today()).offers if o.key == key), None)
        if offer is None:
            raise Conflict("This evidence is no longer offered. Nothing was changed")
        items = list(
            meeting.items.select_related("about_priority").prefetch_related(
                "sources", "rating_links", "training"
            )
        )
        there = item_of(offer, items)
        if there is not None:
            return there
        same = next(
            (i for i in items if offer.indicator and i.indicator_id == offer.indicator.pk), None
        )
        if same is not None:
            return _join(same, offer, meeting, by)
        left = meeting.minutes_length - sum(item.minutes for item in items)
        minutes = max(DEFAULT_RULES.least, min(DEFAULT_RULES.most, left))
        return _add_enquiry(meeting, offer.candidate, [offer], minutes=minutes, by=by)


def _join(item: AgendaItem, offer: Offer, meeting: Meeting, by: User) -> AgendaItem:
    source = _source(offer)
    ItemSource.objects.create(
        item=item, **{n: getattr(source, n) for n in source.__dataclass_fields__}
    )
    if offer.rating:
        ItemRating.objects.get_or_create(item=item, rating=offer.rating)
    if offer.priority:
        _point_to_priority(item, [offer.priority])
    _point_to_reviews(item, [offer])
    note("add_source", item, by=by, meeting=meeting, act="prepare", source=offer.key)
    return item


def add_own_item(
    board: ProgressBoard, *, type: str, title: str, question: str, minutes: int, by: User
) -> AgendaItem:
    """Add an item that comes from no evidence."""
    _within_bounds(type, minutes)
    return engine.add_item(board.meeting, type=type, title=title, question=question,
                           minutes=minutes, by=by)  # fmt: skip


def set_item_minutes(item: AgendaItem, *, minutes: int, by: User) -> AgendaItem:
    """Give an item its minutes; an enquiry has 3 to 30."""
    _within_bounds(item.type, minutes)
    return engine.set_minutes(item, minutes=minutes, by=by)


def change_board_item(item: AgendaItem, *, version: int, by: User, **changes: Any) -> AgendaItem:
    """Change the words and minutes of an item: freely in draft, as a new version once it is issued."""
    if "minutes" in changes:
        _within_bounds(changes.get("type", item.type), changes["minutes"])
    if item.meeting.state == "issued":
        return _amend(item, version=version, by=by, **changes)
    return engine.change_item(item, version=version, by=by, **changes)


def _within_bounds(kind: str, minutes: int) -> None:
    if kind == AgendaItem.Type.ENQUIRY and not LEAST <= minutes <= MOST:
        raise Conflict(f"Give an enquiry {LEAST} to {MOST} minutes")


def _amend(item: AgendaItem, *, version: int, by: User, **changes: Any) -> AgendaItem:
    """An amendment of an issued agenda is told again to everybody who has it."""
    with transaction.atomic():
        engine.amend_issued_item(item, version=version, by=by, **changes)
        board = ProgressBoard.objects.select_related("meeting", "school").get(
            meeting=item.meeting_id
        )
        _tell_issued(board)
    return item


# -- its way -------------------------------------------------------------------------------------


def send_board_to_chair(board: ProgressBoard, *, by: User) -> ProgressBoard:
    """Send the draft to the Chair, who is told."""
    with transaction.atomic():
        engine.send_agenda_to_chair(board.meeting, by=by)
        tell(board, people_in(board.meeting, Capacity.CHAIR), "agenda_with_chair",
              board.meeting.deadline("agenda_lapses"), board.meeting.agenda_sent_at)  # fmt: skip
    return board


def issue_board(board: ProgressBoard, *, by: User) -> ProgressBoard:
    """Issue the agenda to the school; head, Link Trustee and Chair are told. A small school is not asked who answers."""
    with transaction.atomic():
        engine.issue_agenda(board.meeting, by=by)
        _stand_in_small_school(board.meeting)
        _tell_issued(board)
    return board


def _stand_in_small_school(meeting: Meeting) -> None:
    """A school with one leader is not asked: the head stands on every item and may change it."""
    if len({post.person_id for post in answering.people_of_school(meeting)}) == 1:
        answering.fill_respondents(meeting)


def _tell_issued(board: ProgressBoard) -> None:
    meeting = board.meeting
    meeting.refresh_from_db()
    version = f"v{meeting.agenda_version}"
    asks = any(item.is_for_school and not item.answered_by_id for item in meeting.items.all())
    due = meeting.deadline("leaders") if asks else None
    tell(board, _heads(board), "agenda_issued" if asks else "agenda_to_read", due, version)
    readers = people_in(meeting, Capacity.LINK_TRUSTEE, Capacity.CHAIR)
    tell(board, readers, "agenda_to_read", None, version)


def recall_board(board: ProgressBoard, *, by: User) -> ProgressBoard:
    """Take the issued agenda back into draft: the school is told, respondents and papers are kept."""
    with transaction.atomic():
        engine.recall_agenda(board.meeting, by=by)
        tell(board, _heads(board), "agenda_recalled", None, now())
    return board


# -- who answers ---------------------------------------------------------------------------------


def choose_respondents(
    board: ProgressBoard,
    *,
    chosen: Mapping[int, int | None],
    seconds: Mapping[int, int | None],
    by: User,
) -> int:
    """The school says who answers each item, all at once; items chosen as before stay untouched."""
    with transaction.atomic():
        require(may_assign(by, board.meeting))
        people = {post.person_id: post.person for post in answering.people_of_school(board.meeting)}
        changed = 0
        for item in board.meeting.items.filter(pk__in=chosen):
            first, second = chosen[item.pk], seconds.get(item.pk, item.second_id)
            if first is None:
                second = None
            if (first, second) == (item.answered_by_id, item.second_id):
                continue
            if {first, second} - {None, *people}:
                raise Conflict("Choose one of the school's own people")
            answering.choose_respondent(
                item, person=people.get(first), second=people.get(second), by=by
            )
            changed += 1
    return changed


# -- who is told ---------------------------------------------------------------------------------


def people_in(meeting: Meeting, *roles: str) -> list[Person]:
    """Who sits in these roles at the meeting."""
    seats = meeting.seats.filter(role__in=roles, person__isnull=False).select_related("person")
    return [seat.person for seat in seats if seat.person]


def _heads(board: ProgressBoard) -> list[Person]:
    """The head in the seat, the school's heads by post, and whom a head named to act."""
    heads = Post.objects.current(today()).filter(
        capacity=Capacity.HEAD, school=board.school_id, person__isnull=False
    )
    found = {person.pk: person for person in people_in(board.meeting, Capacity.HEAD)}
    for post in heads.select_related("person"):
        if post.person:
            found[post.person.pk] = post.person
    return list(found.values())


def tell(
    board: ProgressBoard, people: Iterable[Person], template: str, due: Any, once_per: object
) -> None:
    """One mail each: what waits, at which school, by when and where; no judgement."""
    for person in people:
        queue_mail(
            f"{template}:{board.pk}:{person.pk}:{once_per}",
            to=person.email,
            template=template,
            context={"board": board, "school": board.school, "day": board.meeting.day, "due": due},
        )
    record("tell", board, by=None, mail=template)
