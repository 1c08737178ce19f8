"""Puts the demo trust into an empty database."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from home.demo.seed import seed_demo
from trust.models import TrustProfile


class Command(BaseCommand):
    """Marlfen Learning Trust: two academic years, up to a day."""

    help = "Seed the demo trust (Marlfen Learning Trust) up to a day."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--as-of", help="The day on which the clock stands (ISO date)")
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing when there is a trust"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo trust is seeded in the demo only: set DEMO=1")
        if TrustProfile.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There is a trust in this database already")
        as_of = options["as_of"]
        day = dt.date.fromisoformat(as_of) if as_of else settings.EYELINE_AS_OF
        began = time.monotonic()
        seed_demo(day, say=lambda words: self.stdout.write(f"  {words}"))
        self.stdout.write(f"  The demo trust stands at {day} ({time.monotonic() - began:.0f} s)")
