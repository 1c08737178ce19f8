"""Who of the school answers an item, and how they prepare it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from meetings.actions.moves import in_state, locked, note
from meetings.models import AgendaItem, Meeting, Seat
from meetings.rules import may_assign, may_write_note
from schools.models import Post
from trust.access import Capacity, Conflict, require
from trust.calendar import now, today
from trust.people.models import Person, User

AT_SCHOOL = (Capacity.HEAD, Capacity.LEADER)


def people_of_school(meeting: Meeting) -> list[Post]:
    """The people of the meeting's school who may be chosen to answer, by their current posts."""
    posts = Post.objects.current(today()).filter(school=meeting.school, capacity__in=AT_SCHOOL)
    return list(posts.exclude(person=None).select_related("person"))


def choose_respondent(
    item: AgendaItem, *, person: Person | None, by: User, second: Person | None = None
) -> AgendaItem:
    """The school says who answers an item (None: nobody yet), and optionally who helps."""
    with transaction.atomic():
        row = locked(item.meeting)
        require(may_assign(by, row))
        titles = {post.person_id: post.label for post in people_of_school(row)}
        _stand_on(item, person, second, titles, by)
        _seat_respondents(row)
        note("choose_respondent", item, by=by, meeting=row, act="assign",
             person=person.pk if person else None, second=second.pk if second else None)  # fmt: skip
    return item


def _stand_on(
    item: AgendaItem,
    person: Person | None,
    second: Person | None,
    titles: dict[Any, str],
    by: User | None,
) -> None:
    if not item.is_for_school:
        raise Conflict("Nobody of the school is named for this item")
    strangers = [p for p in (person, second) if p and p.pk not in titles]
    if strangers:
        raise Conflict(f"{strangers[0].name} holds no post at the school")
    if second and (person is None or second.pk == person.pk):
        raise Conflict("Choose another person as the second")
    item.answered_by, item.second = person, second
    item.answered_by_role = titles[person.pk] if person else ""
    item.assigned_by = by if person else None
    item.assigned_at = now() if person else None
    item.is_ready = item.is_ready and person is not None
    item.save(update_fields=["answered_by", "second", "answered_by_role", "assigned_by",
                             "assigned_at", "is_ready"])  # fmt: skip


def _seat_respondents(meeting: Meeting) -> None:
    """Each respondent has a seat; one who answers nothing any more loses it unless attended."""
    answering: set[int] = set()
    for item in meeting.items.all():
        answering |= {pk for pk in (item.answered_by_id, item.second_id) if pk}
    seated = set(meeting.seats.exclude(person=None).values_list("person_id", flat=True))
    for person_id in sorted(answering - seated):
        Seat.objects.create(meeting=meeting, role=Capacity.LEADER, person_id=person_id)
    meeting.seats.filter(role=Capacity.LEADER, is_required=False, attendance="").exclude(
        person_id__in=answering
    ).delete()


def answer_all(meeting: Meeting, *, by: User) -> Meeting:
    """ "I will answer all": whoever assigns stands on every item for which nobody was chosen yet."""
    with transaction.atomic():
        row = locked(meeting)
        require(may_assign(by, row))
        titles = {post.person_id: post.label for post in people_of_school(row)}
        person = by.person
        if person is None or person.pk not in titles:
            raise Conflict("You hold no post at the school: choose who answers each item")
        for item in row.items.filter(answered_by__isnull=True):
            if item.is_for_school:
                _stand_on(item, person, None, titles, by)
        _seat_respondents(row)
        note("answer_all", row, by=by, meeting=row, act="assign", person=person.pk)
    return meeting


def fill_respondents(meeting: Meeting) -> None:
    """On the day, whoever may assign answers what nobody was named for: an item is never blank."""
    roles = [w.removeprefix("seat:") for w in meeting.kind.acts.get("assign", ())]
    seat = meeting.seats.filter(role__in=roles, person__isnull=False).order_by("pk").first()
    if seat is None or seat.person is None:
        return
    titles = {post.person_id: post.label for post in people_of_school(meeting)}
    titles.setdefault(seat.person.pk, seat.get_role_display())
    for item in meeting.items.filter(answered_by=None):
        if item.is_for_school:
            _stand_on(item, seat.person, None, titles, None)


def save_leader_note(item: AgendaItem, *, text: str, by: User) -> AgendaItem:
    """The note of a leader who answers, for the school's own side of the table."""
    with transaction.atomic():
        row = locked(item.meeting)
        require(may_write_note(by, item))
        in_state(row, "issued")
        item.leader_note = text.strip()
        item.save(update_fields=["leader_note"])
        note("save_leader_note", item, by=by, meeting=row, act="read_agenda")
    return item


def mark_ready(item: AgendaItem, *, is_ready: bool = True, by: User) -> AgendaItem:
    """The leader who answers says that the item is prepared."""
    with transaction.atomic():
        row = locked(item.meeting)
        require(may_write_note(by, item))
        in_state(row, "issued")
        item.is_ready = is_ready
        item.save(update_fields=["is_ready"])
        note("mark_ready", item, by=by, meeting=row, act="read_agenda", ready=is_ready)
    return item
