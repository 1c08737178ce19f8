"""Coming or cannot come, and who hears of it at once."""

from __future__ import annotations

from django.db import transaction

from meetings.actions.moves import in_state, locked, note
from meetings.models import Meeting, Seat
from meetings.queries.pages import cannot_come_url
from meetings.rules import may_reply
from meetings.states import DATED
from schools.models import Post
from trust.access import Conflict, require
from trust.calendar import now, today
from trust.mail import queue_mail
from trust.people.models import User


def reply_to_meeting(seat: Seat, *, reply: str, by: User) -> Seat:
    """Say Coming or Cannot come for one's own seat; the last answer counts.

    When somebody required cannot come, whoever dates the meeting is told at once.
    """
    if reply not in (Seat.Reply.COMING, Seat.Reply.CANNOT):
        raise Conflict("Say whether you are coming")
    with transaction.atomic():
        meeting = locked(seat.meeting)
        require(may_reply(by, seat))
        in_state(meeting, *DATED)
        was = Seat.objects.values_list("reply", flat=True).get(pk=seat.pk)
        seat.reply, seat.replied_at = reply, now()
        seat.save(update_fields=["reply", "replied_at"])
        note("reply", seat, by=by, meeting=meeting, act="read_schedule", reply=str(reply))
        if reply == Seat.Reply.CANNOT and was != reply and seat.is_required:
            _tell_who_dates(meeting, seat, by)
    return seat


def _tell_who_dates(meeting: Meeting, seat: Seat, by: User) -> None:
    """One mail to each who may set another date or name a substitute: which seat, which meeting, no reason."""
    dates = [who for who in meeting.kind.acts.get("schedule", ()) if not who.startswith("seat:")]
    posts = Post.objects.current(today()).filter(capacity__in=dates, person__isnull=False)
    people = {p.person.pk: p.person for p in posts.select_related("person") if p.person}
    people.pop(by.person_id or 0, None)
    context = {
        "role": seat.get_role_display(),
        "kind": meeting.kind.name,
        "school": meeting.school.name if meeting.school else "",
        "starts_at": meeting.starts_at,
        "path": cannot_come_url(meeting, seat.pk),
    }
    at = int(now().timestamp())
    for pk, person in sorted(people.items()):
        key = f"cannot-come:{seat.pk}:{at}:{pk}"
        queue_mail(key, to=person.email, template="cannot_come", context=context)
