"""The Strategy Group: its meeting, who sits at it, and the agenda that proposes itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from cpd.defaults import SEATS, STRATEGY_GROUP
from cpd.models import GroupMeeting, TrainingItem
from cpd.proposal import PRACTICE, REQUESTS, propose
from cpd.queries.group import (
    Offer,
    group_before,
    live_meetings,
    offers_for,
    on_agenda,
)
from meetings.actions import agenda as engine
from meetings.actions.moves import in_state, locked, note, permit
from meetings.actions.scheduling import plan_meeting, schedule_meeting, set_seats
from meetings.actions.standing import lay_standing_items
from meetings.models import AgendaItem, Meeting, MeetingKind, Seat, StandingItem
from meetings.queries.standing import standing_items
from schools.models import Post, School
from trust.access import Capacity, Conflict
from trust.audit import record
from trust.calendar import HALF_TERM_KEYS, LONDON, now, today
from trust.conflicts import refusals_as_conflicts
from trust.models import HalfTerm
from trust.people.models import Person, User
from trust.templatetags.eyeline import day

# -- the meeting ---------------------------------------------------------------------------------


def plan_group_meeting(
    *,
    half_term: HalfTerm,
    starts_at: dt.datetime,
    by: User,
    place: str = "",
    is_online: bool = True,
    link: str = "",
    another: bool = False,
) -> GroupMeeting:
    """Plan and date the Group's meeting of a half term, and seat its members.

    One a half term, unless `another` is asked for; raises Conflict in words.
    """
    year = half_term.term.academic_year
    on = starts_at.astimezone(LONDON).date()
    if not year.starts_on <= on <= year.ends_on:
        raise Conflict(f"Choose a day in the academic year {year}")
    with refusals_as_conflicts():
        HalfTerm.objects.select_for_update(of=("self",)).get(pk=half_term.pk)
        there = live_meetings().filter(half_term=half_term).count()
        if there and not another:
            raise Conflict(f"The group has a meeting in {half_term} already")
        kind = MeetingKind.objects.get(slug=STRATEGY_GROUP)
        meeting = plan_meeting(
            kind=kind, school=None, academic_year=year, title=f"Strategy Group, {half_term}",
            code=_code(half_term), by=by,
        )  # fmt: skip
        group = GroupMeeting.objects.create(meeting=meeting, half_term=half_term)
        _seat_members(meeting, by=by, on=on)
        schedule_meeting(
            meeting, starts_at=starts_at, by=by, place=place, is_online=is_online, link=link
        )
        record("plan_group_meeting", group, by=by, half_term=half_term.name, meeting=meeting.pk)
    return group


def _code(half_term: HalfTerm) -> str:
    """The part of its actions' references, such as "SG-26-A2"; a second meeting is "SG-26-A2.2"."""
    year = half_term.term.academic_year.starts_on.year % 100
    code = f"SG-{year}-{HALF_TERM_KEYS[half_term.order - 1]}"
    before = GroupMeeting.objects.filter(half_term=half_term).count()
    return f"{code}.{before + 1}" if before else code


def _seat_members(meeting: Meeting, *, by: User | None, on: dt.date) -> None:
    """Seat those who hold the posts on a day: CEO, DSI and clerk, and every head of a school in the trust."""
    posts = (
        Post.objects.current(on)
        .filter(capacity__in=(*SEATS, Capacity.HEAD), delegate_of__isnull=True)
        .exclude(standing=Post.Standing.VACANT)
        .select_related("person", "school")
        .order_by("starts_on", "pk")
    )
    in_trust = set(School.objects.in_trust(on).values_list("pk", flat=True))
    trust: dict[str, Person | None] = dict.fromkeys(SEATS)
    heads: dict[int, Person] = {}
    for post in posts:
        if post.person is None:
            continue
        if post.capacity != Capacity.HEAD and post.school_id is None:
            trust[post.capacity] = post.person
        elif post.capacity == Capacity.HEAD and post.school_id in in_trust:
            heads[post.person.pk] = post.person
    seated = {s.role: s for s in meeting.seats.filter(role__in=SEATS)}
    changed = {
        role: person
        for role, person in trust.items()
        if role not in seated
        or (seated[role].for_person_id is None and seated[role].person != person)
    }
    if changed:
        set_seats(meeting, roles=changed, by=by)
    _seat_heads(meeting, {k: p for k, p in heads.items() if p not in trust.values()})


def _seat_heads(meeting: Meeting, heads: Mapping[int, Person]) -> None:
    """One seat for each head; who is head no longer leaves it, unless they have answered or sit for another."""
    old = meeting.seats.filter(role=Capacity.HEAD)
    old.filter(for_person__isnull=True, reply="").exclude(person__in=heads).delete()
    there = set(old.values_list("person_id", flat=True)) | set(
        old.values_list("for_person_id", flat=True)
    )
    required = Capacity.HEAD in meeting.kind.required_roles
    Seat.objects.bulk_create(
        Seat(meeting=meeting, role=Capacity.HEAD, person=person, is_required=required)
        for pk, person in sorted(heads.items())
        if pk not in there
    )


# -- the agenda ----------------------------------------------------------------------------------


def propose_group_agenda(group: GroupMeeting, *, by: User | None) -> GroupMeeting:
    """Open the draft and lay what asks for the Group's time; an agenda that is there is never rewritten."""
    with transaction.atomic():
        meeting = locked(group.meeting)
        permit(by, meeting, "prepare")
        in_state(meeting, "scheduled", "agenda_draft")
        if meeting.state == "scheduled":
            engine.open_draft(meeting, by=by)
        group.meeting = meeting
        if not meeting.items.exists():
            _seat_members(meeting, by=by, on=meeting.day or today())
            _lay_items(group)
            group.proposed_at = now()
            group.save(update_fields=["proposed_at"])
            note("propose_agenda", group, by=by, meeting=meeting, act="prepare")
    return group


def propose_due_agenda(pk: int) -> None:
    """Propose one agenda as the software, on its day; one that is open already stays as it is."""
    group = GroupMeeting.objects.select_related("meeting__kind", "half_term").filter(pk=pk).first()
    if group is not None and group.meeting.state == "scheduled":
        propose_group_agenda(group, by=None)


def _lay_items(group: GroupMeeting) -> None:
    meeting, kinds = group.meeting, AgendaItem.Type
    offers = {o.candidate.key: o for o in offers_for(group)}
    standing = standing_items(meeting.kind_id, group.half_term.order)
    length = meeting.minutes_length - sum(item.minutes for item in standing)
    proposal = propose((o.candidate for o in offers.values()), length=length)
    if proposal.welcome:
        engine.add_item(meeting, type=kinds.WELCOME, purpose="", minutes=proposal.welcome, by=None,
                        title="Welcome, apologies, declarations of interest")  # fmt: skip
    if proposal.actions:
        before = group_before(group)
        since = f"since {day(before.meeting.day)}" if before else "so far"
        engine.add_item(meeting, type=kinds.ACTIONS, purpose="", minutes=proposal.actions, by=None,
                        title=f"Actions and schools' decisions {since}")  # fmt: skip
    lay_standing_items(meeting, standing, StandingItem.Place.FIRST)
    for placed in proposal.chosen:
        _add_offer(meeting, offers[placed.candidate.key], minutes=placed.minutes, by=None)
    lay_standing_items(meeting, standing, StandingItem.Place.LAST)
    if proposal.close:
        engine.add_item(meeting, type=kinds.CLOSE, purpose="", minutes=proposal.close, by=None,
                        title="Actions read back, next meeting")  # fmt: skip


def _add_offer(meeting: Meeting, offer: Offer, *, minutes: int, by: User | None) -> AgendaItem:
    """One item with its reason, and the rows it is about."""
    candidate = offer.candidate
    celebrates = candidate.kind == PRACTICE
    item = engine.add_item(
        meeting,
        title=candidate.title,
        question=offer.question,
        type=AgendaItem.Type.SUCCESS if celebrates else AgendaItem.Type.BUSINESS,
        purpose=AgendaItem.Purpose.CELEBRATE if celebrates else "",
        minutes=minutes,
        sources=[engine.SourceOf(label=_label(offer), reason=candidate.reason[:300])],
        by=by,
    )
    for request in offer.requests:
        TrainingItem.objects.create(item=item, request=request)
    if not offer.requests:
        TrainingItem.objects.create(
            item=item, review=offer.review, purchase=offer.purchase, card=offer.card
        )
    return item


def _label(offer: Offer) -> str:
    if offer.requests:
        return ", ".join(r.ref for r in offer.requests)[:160]
    names = {"review": "Impact review", "purchase": "Shared purchase", "practice": "Practice card"}
    return names[offer.candidate.kind]


def add_to_group_agenda(group: GroupMeeting, *, key: str, by: User) -> AgendaItem | None:
    """Put something that was left out on the agenda; what is there already stays where it is (None)."""
    with transaction.atomic():
        meeting = locked(group.meeting)
        permit(by, meeting, "prepare")
        in_state(meeting, *engine.OPEN)
        group.meeting = meeting
        offer = _offered(group, key)
        if offer is None:
            if _is_there(meeting, key):
                return None
            raise Conflict("This no longer waits for the group. Nothing was changed")
        left = meeting.minutes_length - engine.minutes_on_agenda(meeting)
        return _add_offer(meeting, offer, minutes=max(3, min(5, left)), by=by)


def _offered(group: GroupMeeting, key: str) -> Offer | None:
    """What the key names; a group of requests that another one has joined since is still that group."""
    offers = offers_for(group)
    kind, wanted = _named(key)
    same = [o for o in offers if o.candidate.key == key]
    near = [o for o in offers if kind == REQUESTS and wanted & {r.pk for r in o.requests}]
    return next(iter((*same, *near)), None)


def _named(key: str) -> tuple[str, set[int]]:
    kind, _, numbers = key.partition(":")
    return kind, {int(n) for n in numbers.split(",") if n.isdecimal() and len(n) < 10}


def _is_there(meeting: Meeting, key: str) -> bool:
    kind, wanted = _named(key)
    there = on_agenda(meeting)
    rows = {REQUESTS: there.requests, "review": there.reviews, "purchase": there.purchases,
            PRACTICE: there.cards}.get(kind, frozenset())  # fmt: skip
    return bool(wanted) and wanted <= rows
