"""Draws the transition tables, so that the diagrams in docs/ are never older than the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trust.states import Machine, machines

PAGE = Path("docs") / "states.md"


def diagram(machine: Machine) -> str:
    """One machine as a Mermaid diagram and a table of its moves."""
    lines = [f"## {machine.name.replace('_', ' ').capitalize()}", "", "```mermaid"]
    lines += ["stateDiagram-v2", f"    [*] --> {machine.initial}"]
    lines += [f"    {slug}: {label.replace(':', ',')}" for slug, label in machine.states.items()]
    for move in machine.moves:
        for source in move.sources:
            targets = [t for t in move.targets if t == source] or list(move.targets)
            lines += [f"    {source} --> {target}: {move.verb}" for target in targets]
    lines += [f"    {slug} --> [*]" for slug in machine.final]
    lines += ["```", "", "| move | from | to | rule | by the software |", "|---|---|---|---|---|"]
    for move in machine.moves:
        cells = (move.verb, ", ".join(move.sources), ", ".join(move.targets), move.rule or "–")
        lines.append(f"| {' | '.join(cells)} | {'yes' if move.by_software else 'no'} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    head = (
        "# State diagrams\n\nMade from the transition tables by `manage.py state_diagrams`; "
        "`run.py check` fails when this page is older than they are.\n"
    )
    return "\n".join([head, *(diagram(machines[key]) + "\n" for key in sorted(machines))])


class Command(BaseCommand):
    """Writes docs/states.md, or says that it is stale."""

    help = "Write docs/states.md from the transition tables (--check only compares)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / PAGE
        text = page()
        if not options["check"]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{PAGE} written")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"{PAGE} is older than the tables: run manage.py state_diagrams")
