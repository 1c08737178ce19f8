"""The redacted copy: final Part A minutes with roles for names, for whoever may ask for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from meetings.documents.pieces import day_words, role_words
from meetings.documents.versions import maker_of
from meetings.errata_rules import may_redact
from meetings.models import Meeting
from meetings.redaction import full_names, patterns_of, redacted
from schools.models import Post
from trust.access import Actor, require
from trust.audit import record
from trust.calendar import today
from trust.documents import register_document, request_document
from trust.models import Document
from trust.people.models import Person

KIND = "redacted"
KEEP = ("trust", "kind", "layout", "state", "school", "meeting", "board")
"""What names no person: the trust, the school and the meeting."""


def names_of(meeting: Meeting) -> dict[str, str]:
    """Everybody a record may name, with the role that stands in their place."""
    found: dict[str, str] = {}
    for action in meeting.actions.select_related("owner"):
        if action.owner:
            found[action.owner.name] = action.owner_role or role_words("leader")
    for item in meeting.items.select_related("answered_by", "second"):
        if item.answered_by:
            found[item.answered_by.name] = item.answered_by_role or role_words("leader")
        if item.second:
            found.setdefault(item.second.name, role_words("leader"))
    for correction in meeting.corrections.select_related("person"):
        found.setdefault(correction.person.name, role_words(correction.role))
    for seat in meeting.seats.all():
        for person in (seat.person, seat.for_person):
            if person is not None and not (seat.role == "leader" and person.name in found):
                found[person.name] = role_words(seat.role)
    return found


SOMEBODY = "a named person"
WAS_THERE = re.compile(r"(?P<name>[^()]+?)(?: for (?P<other>[^()]+?))? \((?P<role>[^()]+)\)")


def names_in(meeting: Meeting, snapshot: Mapping[str, Any]) -> dict[str, str]:
    """Everybody named in a version of the minutes: as it was sealed, and as people are known today.

    Since then an action may have gone to another owner, and somebody may have another name.
    """
    text = json.dumps(snapshot, ensure_ascii=False)
    known = full_names(Person.objects.values_list("name", flat=True), text)
    posts = dict(
        Post.objects.filter(person__name__in=known)
        .order_by("starts_on").values_list("person__name", "capacity")
    )  # fmt: skip
    found = {name: role_words(posts[name]) if name in posts else SOMEBODY for name in known}
    return found | dict(_seated_in(snapshot)) | names_of(meeting)


def _seated_in(snapshot: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Who was there by the words of the record itself: "Martin Yeo (External Chair)"."""
    for part in ("present", "in_attendance", "apologies", "absent"):
        for line in snapshot.get(part, ()):
            if match := WAS_THERE.match(line):
                for name in filter(None, (match["name"], match["other"])):
                    yield name, match["role"]


def redacted_snapshot(
    meeting: Meeting, base: Document, layout: str, more: Mapping[str, str]
) -> dict[str, Any]:
    """The newest version of the minutes with names replaced, under a line that says so."""
    names = names_in(meeting, base.snapshot) | dict(more)
    snapshot: dict[str, Any] = redacted(base.snapshot, patterns_of(names), KEEP)
    if snapshot.get("signature"):
        snapshot["signature"]["name"] = "Signed; the name is left out of this copy"
    made = day_words(today())
    return snapshot | {
        "title": f"Redacted copy: {snapshot['title']}",
        "layout": layout,
        "status": "Redacted copy: roles stand for names",
        "redacted_on": made,
    }


def request_redacted(
    meeting: Meeting, *, under: str, more: Mapping[str, str], by: Actor
) -> Document:
    """Make a redacted copy, once for the same words on the same day; the audit says under what it was asked for."""
    with transaction.atomic():
        require(may_redact(by, meeting))
        maker = maker_of(meeting)
        base = maker.request(by)
        snapshot = redacted_snapshot(meeting, base, maker.layout, more)
        document = request_document(
            KIND, meeting, title=snapshot["title"], snapshot=snapshot, by=by
        )
        record("make_redacted_copy", document, by=by, meeting=meeting.pk, under=under)
    return document


def may_read_redacted(user: Actor, document: Document) -> bool:
    """Who makes such copies; whoever asked gets it from them."""
    meeting = Meeting.objects.with_seats().filter(pk=document.subject_id).first()
    return meeting is not None and bool(may_redact(user, meeting))


def register() -> None:
    """Declare the kind."""
    register_document(KIND, template="pdf/redacted.html", may_read=may_read_redacted)
