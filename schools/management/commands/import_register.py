"""manage.py import_register: set up or bring up to date a trust from the national register's files."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from schools.actions import apply_import
from schools.imports import read_files
from schools.models import ImportRun
from schools.plan import ImportPlan
from schools.queries import import_plan
from schools.register import Handed, TrustNotFound
from schools.tabular import FileRefused
from trust.access import Conflict


class Command(BaseCommand):
    help = (
        "Bring in a trust's schools from files of Get Information about Schools (CSV, .gz or .zip)"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--trust", required=True, help="UID, TR number, Companies House number or name"
        )
        parser.add_argument(
            "--schools", required=True, type=Path, help="edubasealldata, or search results"
        )
        parser.add_argument(
            "--groups", required=True, type=Path, help="all groups, or group members"
        )
        parser.add_argument("--links", type=Path, help="links between predecessors and successors")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with ExitStack() as stack, transaction.atomic():
                run = self._read(stack, options)
                plan = import_plan(run)
                self._tell(run, plan, is_dry=options["dry_run"])
                if options["dry_run"]:
                    transaction.set_rollback(True)
                else:
                    apply_import(run, by=None)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except (FileRefused, TrustNotFound, Conflict) as error:
            raise CommandError(f"{error}\nNothing was changed") from error

    def _read(self, stack: ExitStack, options: dict[str, Any]) -> ImportRun:
        schools, groups, links = (
            Handed(path.name, stack.enter_context(path.open("rb"))) if path else None
            for path in (options["schools"], options["groups"], options["links"])
        )
        assert schools is not None  # noqa: S101 (argparse demands both)
        assert groups is not None  # noqa: S101
        return read_files(schools, groups, links, wanted=options["trust"], by=None)

    def _tell(self, run: ImportRun, plan: ImportPlan, *, is_dry: bool) -> None:
        for file in run.files:
            self.stdout.write(
                f"{file['kind']}: {file['name']}, {file['rows']:,} rows, sha256 {file['sha256']}"
            )
        self.stdout.write(f"Trust: {run.trust_row['name']}, UID {run.trust_row['uid']}")
        for refusal in run.refused:
            place = f"{refusal['file']}, row {refusal['row']}, column {refusal['column']}"
            self.stdout.write(
                f"Refused: {place}: found “{refusal['found']}”, expected {refusal['expected']}"
            )
        for new in plan.new:
            self.stdout.write(f"New: {new.name} (URN {new.urn})")
        for change in plan.changed:
            for value in change.values:
                self.stdout.write(
                    f"Changed: {change.name}: {value.label}: {value.old} → {value.new}"
                )
        for left in plan.left:
            self.stdout.write(f"Left: {left.name} (URN {left.urn}), {left.reason}")
        counts = plan.counts
        self.stdout.write(
            f"{counts['new']} new, {counts['changed']} changed, {counts['left']} left, "
            f"{counts['refused']} refused, {counts['unchanged']} unchanged, {counts['links']} links"
        )
        if is_dry:
            self.stdout.write("Dry run: nothing was changed")
        elif plan.changes_nothing:
            self.stdout.write("Nothing had to be changed")
