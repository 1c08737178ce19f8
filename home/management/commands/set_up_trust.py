"""Begins a real trust: its name, its steps, the defaults, and the first administrator."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from home.actions import appoint_first_administrator, set_up_trust
from trust.access import Conflict
from trust.models import PRESETS


class Command(BaseCommand):
    """A second run changes nothing that the trust has changed."""

    help = (
        "Set up this database's trust: name, steps (light or full), defaults, first administrator."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--name", required=True, help="The trust's name, as its pages show it")
        parser.add_argument("--steps", choices=sorted(PRESETS), default="full")
        parser.add_argument(
            "--administrator", metavar="EMAIL", help="Work e-mail of the first administrator"
        )
        parser.add_argument("--administrator-name", default="", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["administrator"]
        try:
            with transaction.atomic():
                trust = set_up_trust(name=options["name"], preset=options["steps"])
                password = ""
                if email:
                    name = options["administrator_name"] or email.partition("@")[0]
                    password = appoint_first_administrator(name=name, email=email)
        except Conflict as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{trust.name} is set up.")
        if password:
            self.stdout.write(
                f"Sign in at {settings.SITE_URL} as {email} with {password} "
                "and choose a password of your own by Forgotten your password."
            )
