"""A worker killed outright while it makes a pack: the next one makes it, once, and tells of it once."""

from __future__ import annotations

import datetime as dt
import io
import signal
import time
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from pypdf import PdfWriter

from meetings.models import Paper
from progress_boards.documents.packs import build_pack
from progress_boards.queries.pack import packs_due
from tests import factories
from tests.progress_boards.records import board_on, item_of, writer
from tests.sites import Site
from trust.calendar import now
from trust.documents import pdf_trouble

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here"),
]

PACKS = "kind IN ('pack', 'pack-clerk')"
IN_HAND = f"{PACKS} AND state = 'pending' AND lease_until > now()"


SCHOOL_DAY = "2026-11-26"


def lay_boards() -> None:
    """Two issued boards whose packs are due, with papers enough to be caught at them; runs in the site."""
    factories.lay_down_trust()
    for n, code in enumerate(("ALD", "CRE")):
        school = factories.SchoolFactory(name=f"{code} Academy", code=code)
        board = board_on(
            school, dt.date(2026, 12, 3 + n), 2, year=2026, state="issued",
            issued_on=dt.date(2026, 11, 18), deadlines={"pack": SCHOOL_DAY},
        )  # fmt: skip
        board.meeting.steps = {"papers": True, "accuracy_check": True}
        board.meeting.save()
        item_of(board, 1, "Early reading", minutes=60)
        for title in ("First", "Second"):
            row = Paper(meeting=board.meeting, title=title, file_name=f"{title}.pdf",
                        added_by=writer(), added_at=now())  # fmt: skip
            row.file.save(row.file_name, ContentFile(_pages(60)))
    for pk in packs_due():
        build_pack(pk)


def _pages(number: int) -> bytes:
    paper, file = PdfWriter(), io.BytesIO()
    for _ in range(number):
        paper.add_blank_page(595, 842)
    paper.write(file)
    return file.getvalue()


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A small trust on a day on which packs are asked for and not yet made."""
    made = Site(tmp_path_factory.mktemp("killed"), EYELINE_AS_OF=SCHOOL_DAY)
    made.manage("migrate", "--no-input")
    made.manage("createcachetable")
    made.manage(
        "shell", "-c", "from tests.attack.test_killed_worker import lay_boards as lay; lay()"
    )
    assert made.value(f"SELECT count(*) FROM trust_document WHERE {PACKS}") == 4  # noqa: S608
    yield made
    made.stop()


def count(site: Site, rows: str) -> int:
    found = site.value(f"SELECT count(*) FROM {rows}")  # noqa: S608 - the test's own words
    assert isinstance(found, int)
    return found


def when_a_pack_is_in_hand(site: Site) -> int:
    """The document that the worker is making now."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        held = site.value(f"SELECT min(id) FROM trust_document WHERE {IN_HAND}")  # noqa: S608
        if isinstance(held, int):
            return held
        time.sleep(0.01)
    raise AssertionError(site.output())


def test_worker_killed_while_it_makes_a_pack_leaves_one_pack_and_one_mail(site: Site) -> None:
    worker = site.start("manage.py", "work", "--every", "1")
    held = when_a_pack_is_in_hand(site)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    site.processes.remove(worker)
    assert site.value(f"SELECT state FROM trust_document WHERE id = {held}") == "pending"  # noqa: S608
    # Three minutes later the lease is over; the test does not wait for them.
    site.manage(
        "shell", "-c",
        "from trust.models import Document; from django.utils import timezone; "
        f"Document.objects.filter(pk={held}).update(lease_until=timezone.now())",
    )  # fmt: skip
    for _ in range(2):  # two at once, as after a restart that began one too many
        site.start("manage.py", "work", "--every", "1")
    site.wait_until(
        lambda: (
            count(site, f"trust_document WHERE {PACKS} AND state = 'done'") > 1
            and not count(site, f"trust_document WHERE {PACKS} AND state <> 'done'")
        )
    )
    told = "trust_mail WHERE key LIKE 'pack_ready:%'"
    site.wait_until(lambda: count(site, told))
    site.stop_processes()
    site.manage("work", "--once")
    boards = site.value(
        f"SELECT count(DISTINCT (subject_id, kind)) FROM trust_document WHERE {PACKS}"  # noqa: S608
    )
    assert count(site, f"trust_document WHERE {PACKS}") == boards
    assert site.value(f"SELECT attempts FROM trust_document WHERE id = {held}") == 2  # noqa: S608
    doubled = "(SELECT 1 FROM trust_mail WHERE key LIKE 'pack_ready:%' "
    doubled += "GROUP BY split_part(key, ':', 2), split_part(key, ':', 3) HAVING count(*) > 1) AS m"
    assert count(site, doubled) == 0
    packs = "trust_auditevent WHERE verb = 'build_pack'"
    assert count(site, packs) * 2 == boards
