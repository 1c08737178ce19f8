"""What is recorded in Part B: which items say so, and the texts for those who read them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse

from meetings.models import (
    AgendaItem,
    Meeting,
    PartB,
    PartBCorrection,
    PartBGrant,
    PartBKept,
    Seat,
)
from meetings.part_b_rules import (
    NEVER,
    asked_of_part_b,
    may_answer_part_b,
    may_correct_part_b,
    may_grant_part_b,
    may_open_part_b,
    may_read_part_b,
    may_write_part_b,
    seats_there,
)
from meetings.queries.checking import Check, check_words
from meetings.queries.people import table_labels
from meetings.tracked import Piece, changes, count
from schools.models import Post
from trust.access import CAPACITY_NAMES, Actor, Capacity
from trust.people.models import Person, User


def parts_of_meeting(meeting: Meeting) -> list[PartB]:
    """Every Part B of a meeting, empty ones too, with what its rules read."""
    rows = PartB.objects.filter(item__meeting=meeting).select_related("item", "updated_by__person")
    rows = rows.prefetch_related(
        "item__stayed_for_b__person",
        "replies",
        Prefetch("grants", PartBGrant.objects.select_related("person", "granted_by__person")),
    )
    parts = list(rows.order_by("item__order"))
    for part in parts:
        part.item.meeting = meeting
    return parts


def part_with_rules(part: PartB) -> PartB:
    """One Part B as its rules read it, with its meeting's kind and seats."""
    meeting = Meeting.objects.with_seats().get(items__part_b=part.pk)
    return next(row for row in parts_of_meeting(meeting) if row.pk == part.pk)


def recorded_in_part_b(meeting: Meeting, reader: Actor | None) -> dict[int, str]:
    """The items with a Part B text, and for its readers the address; "" for everybody else."""
    parts = PartB.objects.filter(item__meeting=meeting).exclude(text="").select_related("item")
    found: dict[int, str] = {}
    for part in parts.prefetch_related("item__stayed_for_b", "grants"):
        part.item.meeting = meeting
        reads = reader is not None and may_read_part_b(reader, part)
        url = reverse("meetings:part-b", args=[meeting.pk])
        found[part.item_id] = f"{url}#item-{part.item_id}" if reads else ""
    return found


def sentence(item: AgendaItem) -> str:
    """All that Part A says of it."""
    return f"Item {item.order} recorded in Part B"


# -- while it is written -------------------------------------------------------------------------


@dataclass(frozen=True)
class Tick:
    """Somebody who was there, and whether they stayed for the Part B of an item."""

    person_id: int
    label: str
    name: str
    is_ticked: bool


@dataclass(frozen=True)
class PartBEdit:
    """What the minutes' page shows of one item's Part B to whoever writes it."""

    item: AgendaItem
    text: str
    version: int
    kept: tuple[PartBKept, ...]
    """Texts of the writer's own that came second and wait to be put in."""
    ticks: tuple[Tick, ...]
    out_of_place: bool
    is_locked: bool = False
    """Whether the writer has yet to take a second step of signing in; then nothing of it is here."""

    @property
    def is_open(self) -> bool:
        return bool(self.text or self.kept)


def part_b_edits(meeting: Meeting, writer: User) -> dict[int, PartBEdit]:
    """By item, for whoever may write them; {} for everybody else."""
    if not may_write_part_b(writer, meeting):
        return {}
    items = list(meeting.items.all())
    if not writer.took_second_step:
        return {item.pk: PartBEdit(item, "", 1, (), (), False, is_locked=True) for item in items}
    parts = {part.item_id: part for part in parts_of_meeting(meeting)}
    kept: dict[int, list[PartBKept]] = {}
    for row in PartBKept.objects.filter(
        part__item__meeting=meeting, resolved_at=None, author=writer
    ):
        kept.setdefault(row.part_id, []).append(row)
    misplaced = out_of_place(items, {pk for pk, part in parts.items() if part.text})
    labels = table_labels(meeting)
    stayed: dict[int, set[int]] = {}
    for item_id, person_id in meeting.items.filter(stayed_for_b__isnull=False).values_list(
        "pk", "stayed_for_b__person"
    ):
        stayed.setdefault(item_id, set()).add(person_id)
    return {
        item.pk: PartBEdit(
            item=item,
            text=parts[item.pk].text if item.pk in parts else "",
            version=parts[item.pk].version if item.pk in parts else 1,
            kept=tuple(kept.get(parts[item.pk].pk, ())) if item.pk in parts else (),
            ticks=ticks_of(meeting, labels, stayed.get(item.pk, set())),
            out_of_place=item.pk in misplaced,
        )
        for item in items
    }


def out_of_place(items: Iterable[AgendaItem], with_text: set[int]) -> set[int]:
    """The items with a Part B text after which something else than another of them and the close is taken."""
    found: set[int] = set()
    open_after = False
    for item in sorted(items, key=lambda each: each.order, reverse=True):
        if item.pk in with_text and open_after:
            found.add(item.pk)
        elif item.pk not in with_text and item.type != AgendaItem.Type.CLOSE:
            open_after = True
    return found


def ticks_of(meeting: Meeting, labels: dict[int, str], stayed: set[int]) -> tuple[Tick, ...]:
    """Those at the table who read it only when they stayed, and whoever is ticked already."""
    there = tickable(meeting)
    known = {seat.person_id for seat in there}
    others = {s.person_id: s for s in meeting.seats.all() if s.person_id in stayed - known}
    return tuple(
        Tick(
            seat.person.pk,
            labels.get(seat.pk, seat.get_role_display()),
            seat.person.name,
            seat.person.pk in stayed,
        )
        for seat in (*there, *others.values())
        if seat.person
    )


def tickable(meeting: Meeting) -> list[Seat]:
    """The seats of those who may have stayed: present or in attendance, but who writes and who signs."""
    at_the_desk = {
        who.removeprefix("seat:")
        for act in ("minute", "sign")
        for who in meeting.kind.acts.get(act, ())
    }
    found: dict[int, Seat] = {}
    for seat in seats_there(meeting):
        reads_anyway = seat.role in at_the_desk or (
            seat.role == Capacity.CEO and seat.for_person_id is None
        )
        if seat.person_id and not reads_anyway:
            found.setdefault(seat.person_id, seat)
    return list(found.values())


# -- the page of those who read it ----------------------------------------------------------------


@dataclass(frozen=True)
class PartBLine:
    """One Part B as a reader sees it."""

    part: PartB
    item: AgendaItem
    pieces: tuple[Piece, ...]
    changed: int
    readers: str
    grants: tuple[PartBGrant, ...]
    corrections: tuple[PartBCorrection, ...]
    checks: tuple[Check, ...]
    """Where each of those asked stands; silence is said as silence."""
    corrects: bool
    said_nothing: bool
    says_nothing: bool
    """Whether the reader may press "Nothing to correct" still."""
    answers: bool
    may_grant: bool
    silence: bool


@dataclass(frozen=True)
class PartBPage:
    """The Part B of one meeting, as far as the reader reads it."""

    meeting: Meeting
    lines: tuple[PartBLine, ...]
    writes: bool
    tracks: bool
    """Whether the reader is shown what was changed since the clerk sent it."""
    until: dt.date | None


def part_b_page(meeting: Meeting, reader: User) -> PartBPage | None:
    """Every Part B of the meeting that this person reads; None when they read none and may open none."""
    parts = [part for part in parts_of_meeting(meeting) if part.text]
    mine = [part for part in parts if may_read_part_b(reader, part)]
    if not mine and not may_open_part_b(reader, meeting):
        return None
    corrections = PartBCorrection.objects.filter(part__in=mine).select_related("person", "part")
    said: dict[int, list[PartBCorrection]] = {}
    for correction in corrections:
        said.setdefault(correction.part_id, []).append(correction)
    lines = tuple(_line(part, tuple(said.get(part.pk, ())), reader) for part in mine)
    return PartBPage(
        meeting=meeting,
        lines=lines,
        writes=bool(may_write_part_b(reader, meeting)),
        tracks=bool(may_open_part_b(reader, meeting)),
        until=meeting.deadline("corrections") if meeting.state == "accuracy_check" else None,
    )


def _line(part: PartB, said: tuple[PartBCorrection, ...], reader: User) -> PartBLine:
    pieces = changes(part.sent_text or part.text, part.text)
    meeting = part.item.meeting
    corrects = bool(may_correct_part_b(reader, part))
    mine = any(row.person_id == reader.person_id for row in said)
    said_nothing = any(row.person_id == reader.person_id for row in part.replies.all())
    return PartBLine(
        part=part,
        item=part.item,
        pieces=pieces,
        changed=count(pieces),
        readers=readers_words(part),
        grants=tuple(grant for grant in part.grants.all() if grant.ended_at is None),
        corrections=said,
        checks=part_b_checks(part, said, reader),
        corrects=corrects,
        said_nothing=corrects and said_nothing,
        says_nothing=corrects and not (said_nothing or mine),
        answers=bool(may_answer_part_b(reader, part)),
        may_grant=bool(may_grant_part_b(reader, part)),
        silence=meeting.state == "final" and bool(meeting.signed_at) and not said,
    )


def part_b_checks(part: PartB, said: Iterable[PartBCorrection], reader: User) -> tuple[Check, ...]:
    """Where each of those who check a signed Part B stands; () before it is signed."""
    meeting = part.item.meeting
    if not (meeting.signed_at and meeting.steps.get("accuracy_check")):
        return ()
    replied = {row.person_id for row in part.replies.all()}
    proposed = Counter(row.person_id for row in said)
    found = []
    for seat in asked_of_part_b(part):
        person, mine = seat.person_id or 0, seat.person_id == reader.person_id
        words, tag = check_words(meeting, proposed[person], person in replied, mine)
        name = seat.person.name if seat.person else ""
        found.append(Check("You" if mine else seat.get_role_display(), name, words, tag))
    return tuple(found)


def readers_words(part: PartB) -> str:
    """Who reads it, as its page and its PDF say: by post those at the desk, by name those who stayed."""
    kind = part.item.meeting.kind
    posts = [CAPACITY_NAMES[role] for role in desk_roles(kind.acts)]
    names = [row.person.name for row in part.item.stayed_for_b.all()]
    stayed = f"; stayed: {', '.join(names)}" if names else "; nobody else stayed"
    return f"Read by {', '.join(posts)} and Chief Executive{stayed}"


def desk_roles(acts: dict[str, list[str]]) -> list[str]:
    """The roles that sign and that minute, in that order, each once."""
    named = [who.removeprefix("seat:") for act in ("sign", "minute") for who in acts.get(act, ())]
    return [role for role in dict.fromkeys(named) if role != Capacity.CEO]


# -- whom the Chief Executive may name --------------------------------------------------------------


def nameable(part: PartB, today: dt.date) -> list[Person]:
    """People with an account and a post today who do not read it yet."""
    named = part.grants.filter(ended_at=None).values("person")
    stayed = part.item.stayed_for_b.values("person")
    posts = Post.objects.current(today).filter(academic_year=None).exclude(capacity__in=NEVER)
    people = Person.objects.filter(pk__in=posts.values("person"), user__is_active=True)
    return list(people.exclude(pk__in=named).exclude(pk__in=stayed).order_by("name"))
