"""School documents: added and replaced by the school, marked and judged by their readers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from evidence.models import (
    DocumentJudgement,
    DocumentKind,
    Indicator,
    MarkedPassage,
    SchoolDocument,
)
from evidence.rules import (
    READERS,
    may_add_document,
    may_enter_judgement,
    may_mark_passage,
    may_replace_document,
    may_unmark_passage,
)
from schools.models import School
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User
from trust.uploads import CleanUpload

POSITIONS = (1, 2, 3)
"""Best, middle, worst: the bands' own names belong to the floor above."""


@dataclass(frozen=True)
class DocumentFacts:
    """What a document is and how long it holds."""

    kind: DocumentKind
    title: str
    valid_from: dt.date
    valid_until: dt.date | None = None
    version_label: str = ""


def add_school_document(
    school: School,
    facts: DocumentFacts,
    upload: CleanUpload,
    *,
    by: User,
    replaces: SchoolDocument | None = None,
) -> SchoolDocument:
    """Add a document, as a newer version of another if one is named; the older one stays readable."""
    require(may_add_document(by, school.pk))
    with transaction.atomic(), refusals_as_conflicts():
        older = None
        if replaces is not None:
            older = SchoolDocument.objects.select_for_update(of=("self",)).get(pk=replaces.pk)
            if older.replaced_by_id is not None:
                raise Conflict("Somebody brought a newer version a moment ago")
            require(may_replace_document(by, older))
            if older.school_id != school.pk:
                raise Conflict("A newer version belongs to the same school")
        document = SchoolDocument(
            school=school,
            kind=facts.kind,
            title=facts.title,
            version_label=facts.version_label,
            valid_from=facts.valid_from,
            valid_until=facts.valid_until,
            file_name=upload.name,
            size=upload.size,
            added_by=by,
            added_at=now(),
        )
        document.file.save(upload.stored_name, upload.content, save=False)
        document.save()
        if older is not None:
            older.replaced_by = document
            older.save(update_fields=["replaced_by"])
        _note("add", document, document, by=by, replaces=older.pk if older else None)
    return document


def mark_passage(
    document: SchoolDocument,
    *,
    quote: str,
    by: User,
    page: int | None = None,
    note: str = "",
    indicator: Indicator | None = None,
    take_to_board: bool = True,
) -> MarkedPassage:
    """Mark a passage by its page and words; the same passage twice is one mark."""
    require(may_mark_passage(by, document))
    with transaction.atomic():
        SchoolDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
        passage, is_new = MarkedPassage.objects.get_or_create(
            document=document,
            page=page,
            quote=quote,
            defaults={
                "note": note,
                "indicator": indicator,
                "take_to_board": take_to_board,
                "marked_by": by,
                "marked_at": now(),
            },
        )
        if is_new:
            _note("mark", passage, document, by=by, of=document.pk)
    return passage


def unmark_passage(passage: MarkedPassage, *, by: User) -> None:
    """Take a mark away; one that stands on an agenda stays."""
    require(may_unmark_passage(by, passage))
    with transaction.atomic():
        _note("unmark", passage, passage.document, by=by, of=passage.document_id)
        try:
            with transaction.atomic():
                passage.delete()
        except ProtectedError as used:
            raise Conflict("This passage stands on an agenda, so its mark stays") from used


def enter_document_judgement(
    document: SchoolDocument,
    *,
    indicator: Indicator,
    position: int,
    by: User,
    page: int | None = None,
) -> DocumentJudgement:
    """Enter what the document itself judges of an indicator; a second entry puts the first right."""
    require(may_enter_judgement(by, document))
    if position not in POSITIONS:
        raise Conflict("Choose one of the three judgements")
    with transaction.atomic():
        judgement, _ = DocumentJudgement.objects.update_or_create(
            document=document,
            indicator=indicator,
            defaults={"position": position, "page": page, "entered_by": by, "entered_at": now()},
        )
        _note("enter", judgement, document, by=by, of=document.pk, indicator=indicator.slug)
    return judgement


def _note(verb: str, obj: Any, document: SchoolDocument, *, by: User, **detail: Any) -> None:
    held = by.posts.holding(*READERS, Capacity.HEAD, Capacity.LEADER, school=document.school_id)
    stands = {"acted_as": held.capacity, "acted_for": held.for_person_id} if held else {}
    detail.setdefault("school", document.school_id)
    record(verb, obj, by=by, **stands, **detail)
