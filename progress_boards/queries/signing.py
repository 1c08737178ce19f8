"""The draft minutes as the Chair reads, edits, judges and signs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from meetings.models import AgendaItem, Correction
from meetings.queries.checking import Check, checks_of
from meetings.queries.minutes import Line, MinutesPage, minutes_page
from meetings.rules import step
from meetings.tracked import Piece, changes, count
from progress_boards.models import ItemJudgement, ProgressBoard
from progress_boards.rules import has_external_chair
from ratings.models import Band
from trust.people.models import User

TOO_EARLY = "too_early"


@dataclass(frozen=True)
class Judged:
    """What is said, or typed, of one enquiry."""

    choice: str = ""
    direction: str = ""
    reason: str = ""
    evaluation: str = ""


@dataclass(frozen=True)
class SignLine:
    """One item on the Chair's page."""

    line: Line
    pieces: tuple[Piece, ...]
    changed: int
    is_judged: bool
    judged: Judged


@dataclass(frozen=True)
class SignPage:
    """The whole page."""

    minutes: MinutesPage
    lines: tuple[SignLine, ...]
    bands: tuple[Band, ...]
    directions: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]
    is_external: bool
    judges: bool
    checks: bool
    until: dt.date | None
    final_by: dt.date | None
    changed: int
    done: tuple[tuple[bool, str], ...]
    corrections: tuple[Correction, ...]
    open_corrections: int
    sign_by: dt.date | None
    checks_of: tuple[Check, ...]


def sign_page(
    board: ProgressBoard, typed: Mapping[str, str] | None = None, *, reader: User | None = None
) -> SignPage:
    """Read the minutes with the Chair's changes and judgements; what was typed stands before what is kept."""
    meeting = board.meeting
    minutes = minutes_page(meeting, reader=reader)
    judges = bool(step(meeting, "judgement_per_item"))
    kept = {j.item_id: j for j in ItemJudgement.objects.filter(item__meeting=meeting)}
    lines = tuple(_line(line, kept.get(line.item.pk), typed, judges) for line in minutes.lines)
    corrections = (*minutes.corrections, *(c for line in minutes.lines for c in line.corrections))
    external = has_external_chair(meeting)
    return SignPage(
        minutes=minutes,
        lines=lines,
        bands=tuple(Band.objects.order_by("-position")),
        directions=tuple((v, label) for v, label in ItemJudgement.Direction.choices if v),
        answers=tuple((v, label) for v, label in ProgressBoard.Holds.choices if v),
        is_external=external,
        judges=judges,
        checks=bool(step(meeting, "accuracy_check")),
        until=meeting.deadline("corrections"),
        final_by=meeting.deadline("final"),
        changed=sum(line.changed for line in lines),
        done=_done(board, lines, external),
        corrections=corrections,
        open_corrections=sum(1 for c in corrections if not c.answer),
        sign_by=meeting.deadline("chair"),
        checks_of=tuple(checks_of(minutes)),
    )


def _line(
    line: Line, kept: ItemJudgement | None, typed: Mapping[str, str] | None, judges: bool
) -> SignLine:
    pieces = changes(line.sent_text, line.text)
    pk = line.item.pk
    judged = Judged()
    if typed is not None and f"judged-{pk}" in typed:
        judged = Judged(
            typed[f"judged-{pk}"],
            *(typed.get(f"{name}-{pk}", "") for name in ("direction", "reason", "evaluation")),
        )
    elif kept is not None:
        judged = Judged(
            str(kept.band_id or TOO_EARLY), kept.direction, kept.reason, kept.evaluation
        )
    is_enquiry = line.item.type == AgendaItem.Type.ENQUIRY
    return SignLine(line, pieces, count(pieces), judges and is_enquiry, judged)


def _done(
    board: ProgressBoard, lines: tuple[SignLine, ...], external: bool
) -> tuple[tuple[bool, str], ...]:
    """What the Chair has said so far, and what is still to say."""
    done = [(bool(board.closing_statement), "Closing statement")]
    if external:
        holds = (
            board.get_evaluation_validated_display().lower() if board.evaluation_validated else ""
        )
        done.append((bool(holds), f"Leaders’ own evaluation{': ' if holds else ''}{holds}"))
    judged = [str(line.line.item.order) for line in lines if line.is_judged and line.judged.choice]
    if judged:
        done.append(
            (True, f"Judgement of item{'s' if len(judged) > 1 else ''} {', '.join(judged)}")
        )
    return tuple(done)
