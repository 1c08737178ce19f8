"""The table of one board with its date set, for tests of its agenda."""

from __future__ import annotations

import pytest

from evidence.models import DocumentKind
from progress_boards.models import ProgressBoard
from tests.progress_boards import lives
from tests.progress_boards.lives import Table
from trust.people.models import User


@pytest.fixture
def table(
    school: object, ceo: User, chair: User, clerk: User, head: User, link_trustee: User
) -> Table:
    # Which documents a school is expected to have is another test's matter.
    DocumentKind.objects.update(is_expected=False)
    return Table(school, ceo, chair, clerk, head, link_trustee)  # type: ignore[arg-type]


@pytest.fixture
def scheduled(table: Table) -> ProgressBoard:
    return lives.schedule(lives.board_at(table), table)
