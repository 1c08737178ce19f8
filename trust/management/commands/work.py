"""The background worker for a trust without a broker: listens, sweeps, does what is due."""

from __future__ import annotations

import logging
import signal
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from trust.work import CHANNEL, run_due_work, run_one

log = logging.getLogger("eyeline.work")


class Command(BaseCommand):
    """Runs until it is told to stop."""

    help = "Do background work: documents, mail and what is due. One process per trust is enough."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop")
        parser.add_argument("--every", type=float, default=30, help="Seconds between sweeps")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self.stdout.write(f"{run_due_work()} done")
            return
        self.stopping = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self.stopping:
            try:
                self._listen(options["every"])
            except (OperationalError, InterfaceError):
                log.warning("the database does not answer; trying again")
                close_old_connections()
                time.sleep(1)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _listen(self, every: float) -> None:
        """Sweep, then wait for the doorbell until the next sweep."""
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        raw = connection.connection
        while not self.stopping:
            run_due_work()
            next_sweep = time.monotonic() + every
            while not self.stopping and time.monotonic() < next_sweep:
                for ring in self._rings(raw):
                    name, _, pk = ring.partition(":")
                    run_one(name, int(pk))

    def _rings(self, raw: Any) -> list[str]:
        """What was rung within a second, each once."""
        import select

        select.select([raw], [], [], 1.0)
        raw.poll()
        rung = list(dict.fromkeys(notice.payload for notice in raw.notifies))
        raw.notifies.clear()
        return rung
