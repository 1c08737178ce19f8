"""One engine for every kind of meeting: both go the whole way, and nothing asks for a kind by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from meetings.models import Action, Meeting, MeetingKind
from meetings.queries.pages import has_own_documents, pages_of
from tests import factories
from tests.meetings import group
from tests.meetings.makers import bring_to, make_cast

ROOT = Path(__file__).resolve().parents[2]


def _board() -> Meeting:
    cast = make_cast(has_external_chair=True)
    return bring_to(cast, "final")


def _of_no_school() -> Meeting:
    factories.lay_down_trust()
    return group.bring_to(group.make_table(), "final")


@pytest.mark.django_db
@pytest.mark.parametrize("live", [_board, _of_no_school], ids=["of a school", "of no school"])
def test_every_kind_goes_from_planned_to_final(live: Callable[[], Meeting]) -> None:
    meeting = live()
    assert meeting.state == "final"
    assert meeting.signed_by is not None
    assert meeting.items.filter(sealed_at=None).count() == 0
    assert meeting.seats.filter(sealed_at=None).count() == 0
    assert not Action.objects.filter(meeting=meeting, state="draft").exists()


@pytest.mark.django_db
def test_pages_of_an_app_above_are_found_by_its_rows_and_not_by_the_kind(trust_set_up) -> None:
    board = factories.ProgressBoardFactory()
    of_the_same_kind = factories.MeetingFactory(kind=board.meeting.kind)
    assert pages_of(board.meeting).agenda == reverse(
        "progress_boards:board-detail", args=[board.pk]
    )
    assert pages_of(of_the_same_kind).agenda == ""
    assert has_own_documents(board.meeting)
    assert not has_own_documents(of_the_same_kind)


@pytest.mark.django_db
def test_both_kinds_are_laid_down_as_data(trust_set_up) -> None:
    assert MeetingKind.objects.count() >= 2
    assert {kind.is_of_a_school for kind in MeetingKind.objects.all()} == {True, False}


# -- no comparison on the name of a kind -----------------------------------------------------------

PLACES = ("meetings", "progress_boards", "cpd", "home", "improvement", "ratings", "templates")
NAMES = r"(STRATEGY_GROUP|PROGRESS_BOARD|['\"](strategy-group|progress-board|School Improvement Strategy Group|Progress Board)['\"])"
OF_A_KIND = r"kind(_of)?(\.|__)(slug|name)"
COMPARES = re.compile(
    rf"({OF_A_KIND}\s*(==|!=|\bin\b|\bnot in\b))"
    rf"|((==|!=)\s*{NAMES})|({NAMES}\s*(==|!=|\bin\b))"
    rf"|(kind__(slug|name)\w*\s*=)"
    rf"|(match\s+\S*kind)"
    rf"|({OF_A_KIND}\.(startswith|endswith|casefold|lower)\()",
)
LOOKUP = re.compile(r"MeetingKind\.objects\.get\(slug=")
"""A row is created with its kind, so the kind is looked up then."""
OTHER_KINDS = re.compile(r"document__kind|visit__kind|kind__name__in=SORTS")
"""Kinds of document and of visit are other rows."""


def lines() -> list[tuple[str, str]]:
    found = []
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix not in (".py", ".html", ".txt") or "migrations" in path.parts:
                continue
            name = str(path.relative_to(ROOT))
            found += [(name, line) for line in path.read_text(encoding="utf-8").splitlines()]
    return found


def test_nothing_compares_the_slug_or_name_of_a_kind_of_meeting() -> None:
    read = lines()
    assert len(read) > 10_000
    asked = [
        f"{name}: {line.strip()}"
        for name, line in read
        if COMPARES.search(line) and not LOOKUP.search(line) and not OTHER_KINDS.search(line)
    ]
    assert asked == []


@pytest.mark.parametrize(
    "line",
    [
        'if meeting.kind.slug == "strategy-group":',
        "if meeting.kind.name != other:",
        '{% if meeting.kind.slug == "progress-board" %}',
        'Meeting.objects.filter(kind__slug="strategy-group")',
        "if kind.slug in (STRATEGY_GROUP,):",
        "if PROGRESS_BOARD == slug:",
    ],
)
def test_the_search_finds_such_a_comparison(line: str) -> None:
    assert COMPARES.search(line)


def test_the_engine_names_no_kind_of_its_own() -> None:
    own = [
        f"{name}: {line.strip()}"
        for name, line in lines()
        if name.startswith(("meetings/", "templates/meetings/", "templates/mail/meeting_"))
        and re.search(r"Progress Board|Strategy Group|external Chair of", line)
    ]
    assert own == []
