"""Nothing that anybody reads about training sounds as if somebody had to say yes to it.

"Schools have autonomy over the training they require for their staff" (seed 1).
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cpd.models import Advice
from cpd.states import FUNDING, PROJECT, PURCHASE, REQUEST
from improvement.states import PRIORITY
from tests.cpd.test_autonomy import _beside, _standing
from tests.factories import GroupMeetingFactory
from tests.matrix_objects import World
from tests.test_access_matrix import _undone, sessions, world
from tests.words import ROOMS, found_in, found_on

__all__ = ["sessions", "world"]
ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize(
    "words", ["Approved", "needs authorising", "Permission granted", "rejected", "sign-off"]
)
def test_the_words_looked_for_are_found(words: str) -> None:
    assert found_in(f"<p>{words} on Monday</p>")


# -- what is written -------------------------------------------------------------------------------


def _strings(path: Path) -> Iterator[str]:
    """Every text a module holds but its docstrings."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.value) for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def _written() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), "\n".join(_strings(path))
        for path in sorted((ROOT / "templates" / room).rglob("*.html")):
            yield str(path.relative_to(ROOT)), path.read_text()
    for folder in ("mail", "pdf"):
        for path in sorted((ROOT / "templates" / folder).rglob("*.*")):
            yield str(path.relative_to(ROOT)), path.read_text()
    for path in sorted((ROOT / "home" / "demo" / "story").glob("*.toml")):
        yield path.name, path.read_text()


def test_no_text_page_mail_or_document_of_training_has_such_a_word() -> None:
    written = dict(_written())
    assert len(written) > 150
    assert {name: found_in(text) for name, text in written.items() if found_in(text)} == {}


@pytest.mark.parametrize("machine", [REQUEST, FUNDING, PURCHASE, PROJECT, PRIORITY])
def test_no_state_and_no_move_has_such_a_word(machine: Any) -> None:
    words = [*machine.states, *machine.states.values()]
    words += [word for move in machine.moves for word in (move.verb.replace("_", " "), move.rule)]
    assert found_in(" · ".join(words)) == []


def test_no_advice_says_yes_or_no_to_a_school() -> None:
    assert [str(label) for label in Advice.Words.labels] == [
        "Support", "Support with a suggestion", "Suggest an alternative", "Ask for more",
        "Advise against",
    ]  # fmt: skip


# -- what is read ----------------------------------------------------------------------------------
# Every page of these rooms is read for every reader by `test_address_answers_each_capacity_as_written`.


def _read(url: str, session: str) -> HttpResponse:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client.get(url)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [*REQUEST.states, "reviewed"])
def test_no_request_in_any_state_has_such_a_word_beside_advice_against_it(
    state: str, world: World, sessions: dict[str, str]
) -> None:
    with _undone():
        request = _standing(state, world.school, world.users["head"])
        meeting = GroupMeetingFactory(day=dt.date(2026, 11, 24), meeting__state="held").meeting
        _beside(request, "against", "declined", meeting)
        readers = ("head", "leader") if state == "draft" else ("head", "leader", "ceo", "cfo")
        for who in readers:
            page = _read(reverse("cpd:request", args=[request.pk]), sessions[who])
            assert request.title in page.content.decode()
            assert found_on(page) == []
