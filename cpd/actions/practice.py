"""Practice worth sharing: cards, offers and needs; and joint projects, written in their own file."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models, transaction

from cpd.actions.places import change_place, join_project, write_gain
from cpd.actions.projects import (
    ask_school_in,
    change_project,
    finish_project,
    leave_project,
    propose_project,
    record_project_visit,
    remove_project_visit,
    reopen_project,
    stop_project,
    take_up_project,
)
from cpd.actions.texts import AtField, Stale, change_texts, standing
from cpd.models import PracticeCard, PracticeNotice
from cpd.rules import may_edit_card, may_write_practice
from evidence.models import Finding, Indicator
from schools.models import School
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User

__all__ = [
    "AtField",
    "Stale",
    "ask_school_in",
    "change_card",
    "change_place",
    "change_project",
    "close_notice",
    "finish_project",
    "join_project",
    "leave_project",
    "post_notice",
    "propose_project",
    "record_project_visit",
    "remove_project_visit",
    "reopen_notice",
    "reopen_project",
    "restore_card",
    "retire_card",
    "share_card",
    "stop_project",
    "take_up_project",
    "write_card",
    "write_gain",
]

M = TypeVar("M", bound=models.Model)
CARD_FIELDS = frozenset(
    {
        "title", "what", "effect", "conditions", "indicator", "contact_role", "seen_on", "seen_by",
    }
)  # fmt: skip


def seen_words(finding: Finding) -> str:
    """Where the practice was seen, such as "From the peer review of 13 October 2026"; names nobody.

    Of every kind of visit it reads as a sentence: a learning walk or a record of visit sees nothing by itself.
    """
    kind, day = finding.visit.kind.name, finding.visit.visited_on
    kind = kind[:1].lower() + kind[1:] if kind[1:2].islower() else kind
    return f"From the {kind} of {day.day} {day:%B %Y}"


# -- cards ---------------------------------------------------------------------------------------


def write_card(
    *,
    school: School,
    by: User,
    title: str,
    what: str,
    finding: Finding | None = None,
    **fields: Any,
) -> PracticeCard:
    """Write a practice card, in draft until it is shared; from a finding it takes when and how it was seen.

    Raises Conflict when the finding is of another school, is not marked to share, or has its card.
    """
    require(may_write_practice(by, school.pk))
    _check_names(fields)
    if finding is not None:
        _check_finding(finding, school)
        fields = {
            "seen_on": finding.visit.visited_on,
            "seen_by": seen_words(finding),
            "indicator": finding.indicator,
            **fields,
        }
    card = PracticeCard(
        school=school, finding=finding, title=title.strip(), what=what.strip(),
        created_by=by, created_at=now(), **fields,
    )  # fmt: skip
    _check_card(card)
    with refusals_as_conflicts():
        card.save()
        record("write_card", card, by=by, finding=finding.pk if finding else None,
               **standing(by, school.pk))  # fmt: skip
    return card


def _check_names(fields: dict[str, Any]) -> None:
    unknown = set(fields) - CARD_FIELDS
    if unknown:
        raise TypeError(f"A practice card has no {sorted(unknown)}")


def _check_finding(finding: Finding, school: School) -> None:
    if finding.visit.school_id != school.pk:
        raise Conflict("This was seen at another school: its own leaders write the card")
    if not finding.good_practice or finding.visit.state == "draft":
        raise Conflict("This finding is not marked as good practice to share")


def _check_card(card: PracticeCard) -> None:
    if not card.title:
        raise AtField("title", "Enter a title")
    if not card.what:
        raise AtField("what", "Enter what we do")


def change_card(card: PracticeCard, *, version: int, by: User, **fields: Any) -> PracticeCard:
    """Change a card's text under the version check; raises Stale when somebody saved since, with nothing lost."""
    require(may_edit_card(by, card))
    _check_names(fields)
    with transaction.atomic():
        row = PracticeCard.objects.select_for_update(of=("self",)).get(pk=card.pk)
        if row.retired_at:
            raise Conflict("This card is retired: restore it first")
        if change_texts(row, fields, version, check=_check_card):
            record("change_card", row, by=by, fields=sorted(fields), version=row.version,
                   **standing(by, row.school_id))  # fmt: skip
    return row


def share_card(card: PracticeCard, *, by: User) -> PracticeCard:
    """Show a card to all staff of the trust; a card that is shared already stays as it is."""
    with transaction.atomic():
        row = _own_card(card, by)
        if row.retired_at:
            raise Conflict("This card is retired: restore it first")
        if row.shared_at is None:
            row.shared_at, row.shared_by = now(), by
            _note_card("share_card", row, ["shared_at", "shared_by"], by)
    return _like(card, row)


def retire_card(card: PracticeCard, *, by: User) -> PracticeCard:
    """Take a card out of the library; its school still has it."""
    with transaction.atomic():
        row = _own_card(card, by)
        if row.retired_at is None:
            row.retired_at = now()
            _note_card("retire_card", row, ["retired_at"], by)
    return _like(card, row)


def restore_card(card: PracticeCard, *, by: User) -> PracticeCard:
    """Undo `retire_card`: a card that was shared is in the library again."""
    with transaction.atomic():
        row = _own_card(card, by)
        if row.retired_at is not None:
            row.retired_at = None
            _note_card("restore_card", row, ["retired_at"], by)
    return _like(card, row)


def _own_card(card: PracticeCard, by: User) -> PracticeCard:
    require(may_edit_card(by, card))
    return PracticeCard.objects.select_for_update(of=("self",)).get(pk=card.pk)


def _note_card(verb: str, row: PracticeCard, changed: list[str], by: User) -> None:
    row.save(update_fields=changed)
    record(verb, row, by=by, **standing(by, row.school_id))


def _like(obj: M, row: M) -> M:
    """The caller's object with what the locked row now says."""
    for name in ("shared_at", "shared_by_id", "retired_at", "closed_at"):
        if hasattr(row, name):
            setattr(obj, name, getattr(row, name))
    return obj


# -- offers and needs ----------------------------------------------------------------------------


def post_notice(
    *,
    school: School,
    kind: str,
    title: str,
    by: User,
    words: str = "",
    indicator: Indicator | None = None,
) -> PracticeNotice:
    """Say what a school can offer ("offer") or would like to gain ("need")."""
    require(may_write_practice(by, school.pk))
    if kind not in PracticeNotice.Kind.values:
        raise AtField("kind", "Choose whether the school offers this or would like to gain it")
    if not title.strip():
        raise AtField("title", "Enter a title")
    with transaction.atomic():
        notice = PracticeNotice.objects.create(
            school=school, kind=kind, title=title.strip(), words=words.strip(),
            indicator=indicator, posted_by=by, posted_at=now(),
        )  # fmt: skip
        record("post_notice", notice, by=by, kind=kind, **standing(by, school.pk))
    return notice


def close_notice(notice: PracticeNotice, *, by: User) -> PracticeNotice:
    """Take an offer or a need off the list: it is met, or no longer stands."""
    return _set_closed(notice, by=by, is_closed=True)


def reopen_notice(notice: PracticeNotice, *, by: User) -> PracticeNotice:
    """Put a closed offer or need on the list again."""
    return _set_closed(notice, by=by, is_closed=False)


def _set_closed(notice: PracticeNotice, *, by: User, is_closed: bool) -> PracticeNotice:
    require(may_write_practice(by, notice.school_id))
    with transaction.atomic():
        row = PracticeNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
        if (row.closed_at is not None) != is_closed:
            row.closed_at = now() if is_closed else None
            row.save(update_fields=["closed_at"])
            verb = "close_notice" if is_closed else "reopen_notice"
            record(verb, row, by=by, **standing(by, row.school_id))
    return _like(notice, row)
