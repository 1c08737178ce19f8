"""What the Strategy Group says of a request: its members' scores and its advice.

"Schools have autonomy over the training they require for their staff, but this is raised at the School
Improvement Strategy Group" (seed 1): nothing here moves a request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from cpd.actions.telling import asks_and_decides, tell
from cpd.models import Advice, CpdRequest, MemberScore
from cpd.queries.group import ADVISABLE, OPEN_FOR_ADVICE, medians
from cpd.rules import may_advise, may_score
from meetings.actions.moves import locked
from meetings.models import Meeting
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User

# -- scores --------------------------------------------------------------------------------------


def score_request(
    request: CpdRequest,
    *,
    meeting: Meeting,
    by: User,
    impact: int | None = None,
    value: int | None = None,
    conflict: str = "",
) -> MemberScore:
    """A member's likely impact and value for money, 1 to 4 each, or the conflict that they declare instead.

    The last one said counts, until the minutes are final; the same said twice changes nothing.
    """
    said = {"impact": impact, "value": value, "conflict": conflict.strip()}
    if said["conflict"]:
        said |= {"impact": None, "value": None}
    elif impact not in (1, 2, 3, 4) or value not in (1, 2, 3, 4):
        raise Conflict("Score both, 1 to 4, or declare a conflict of interest")
    with refusals_as_conflicts():
        row = _open_for_advice(meeting)
        held = _advisable(request)
        require(may_score(by, held))
        if by.person is None:
            raise Conflict("Only a named person scores")
        old = held.scores.filter(meeting=row, person=by.person).first()
        if old is not None and all(getattr(old, name) == v for name, v in said.items()):
            return old
        score, _ = MemberScore.objects.update_or_create(
            request=held, meeting=row, person=by.person, defaults={**said, "at": now(), "by": by}
        )
        record("score_request", held, by=by, meeting=row.pk)
    return score


def _open_for_advice(meeting: Meeting) -> Meeting:
    """The meeting, held, while its advice may still change."""
    row = locked(meeting)
    if row.state not in OPEN_FOR_ADVICE:
        raise Conflict(f"This meeting is now: {row.state_label.lower()}. Nothing was changed")
    return row


def _advisable(request: CpdRequest) -> CpdRequest:
    """The request, held, while the Group may speak of it."""
    row = locked(request)
    if row.listing:
        raise Conflict(f"{row.ref} is listed only: the group gives no advice on it")
    if row.state not in ADVISABLE:
        raise Conflict(f"{row.ref} is now: {row.get_state_display().lower()}. Nothing was changed")
    return row


# -- advice --------------------------------------------------------------------------------------


class ChangedMeanwhile(Conflict):
    """A request was changed while it was advised on; `requests` are those, as they are now."""

    def __init__(self, requests: Sequence[CpdRequest]) -> None:
        self.requests = tuple(requests)
        names = ", ".join(r.ref for r in requests)
        super().__init__(
            f"{names} changed while you were advising. Read what changed, then record the advice again"
        )


@dataclass(frozen=True)
class Said:
    """What the Group says of a request."""

    advice: str
    note: str
    impact: int | None
    value: int | None


def record_advice(
    requests: Sequence[CpdRequest],
    *,
    meeting: Meeting,
    advice: str,
    by: User,
    note: str = "",
    impact: int | None = None,
    value: int | None = None,
    versions: Mapping[int, int] | None = None,
    advised: Mapping[int, int] | None = None,
) -> list[Advice]:
    """Record one advice on a list of like requests; never their state, which is the school's.

    May be changed until the minutes are final. `versions` and `advised` are the versions of request and
    advice that were on the page: raises ChangedMeanwhile, or Conflict, when either has moved on. The same
    advice twice changes nothing and mails nobody.
    """
    require(may_advise(by))
    if advice not in Advice.Words.values:
        raise Conflict("Choose one of the five advices")
    if advice != Advice.Words.SUPPORT and not note.strip():
        raise Conflict("Write the note: what the group suggests, asks for or advises")
    if not requests:
        raise Conflict("Choose a school that the advice is for")
    with refusals_as_conflicts():
        row = _open_for_advice(meeting)
        held = [_advisable(r) for r in sorted(requests, key=lambda r: r.pk)]
        _unchanged(held, versions or {})
        there = {a.request_id: a for a in Advice.objects.select_for_update().filter(
            meeting=row, request__in=held)}  # fmt: skip
        _not_overtaken(there, advised)
        given = []
        for request in held:
            said = _said(request, row, Said(advice, note.strip(), impact, value))
            given.append(_give(request, row, there.get(request.pk), said, by))
    return given


def _unchanged(held: Sequence[CpdRequest], versions: Mapping[int, int]) -> None:
    changed = [r for r in held if versions.get(r.pk, r.version) != r.version]
    if changed:
        raise ChangedMeanwhile(changed)


def _not_overtaken(there: Mapping[int, Advice], advised: Mapping[int, int] | None) -> None:
    """Nobody's advice is replaced by somebody who has not read it."""
    if advised is None:
        return
    for pk, old in there.items():
        if pk in advised and advised[pk] != old.version:
            raise Conflict(
                f"Somebody recorded “{old.get_advice_display()}” a moment ago. Open the page again"
            )


def _said(request: CpdRequest, meeting: Meeting, said: Said) -> Said:
    """With the medians of the members' scores, halves rounded up, where the Group gave no score itself."""
    impact, value = medians(request.scores.filter(meeting=meeting))
    return Said(said.advice, said.note, said.impact or _whole(impact), said.value or _whole(value))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number + 0.5)


def _give(
    request: CpdRequest, meeting: Meeting, old: Advice | None, said: Said, by: User
) -> Advice:
    fields = {"advice": said.advice, "note": said.note, "impact": said.impact, "value": said.value,
              "request_version": request.version}  # fmt: skip
    if old is not None and all(getattr(old, name) == v for name, v in fields.items()):
        return old
    row = old or Advice(request=request, meeting=meeting, version=0)
    for name, v in fields.items():
        setattr(row, name, v)
    row.recorded_by, row.recorded_at, row.version = by, now(), row.version + 1
    row.save()
    record("record_advice", row, by=by, meeting=meeting.pk, request=request.pk, version=row.version)
    if old is None:
        _tell(request, meeting)
    return row


def _tell(request: CpdRequest, meeting: Meeting) -> None:
    """Requester and headteacher are told that there is advice, never which; once a request and meeting."""
    tell(
        asks_and_decides(request), key=f"advice:{request.pk}:{meeting.pk}", template="advice_given",
        title=request.title, school=request.school.name, request_pk=request.pk,
    )  # fmt: skip


def take_back_advice(request: CpdRequest, *, meeting: Meeting, by: User) -> None:
    """Take advice back before the minutes are final, as if it had not been given; twice is once."""
    require(may_advise(by))
    with transaction.atomic():
        row = _open_for_advice(meeting)
        old = Advice.objects.select_for_update().filter(meeting=row, request=request).first()
        if old is not None:
            record("take_back_advice", old, by=by, meeting=row.pk, request=request.pk)
            old.delete()


def seal_advice(meeting: Meeting, at: dt.datetime) -> None:
    """Seal what the Group said and how its members scored, when the minutes become final."""
    for model in (Advice, MemberScore):
        model.objects.filter(meeting=meeting, sealed_at=None).update(sealed_at=at)
