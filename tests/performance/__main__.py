"""`python3 run.py bench`: sow, measure, print a table, keep a JSON file; status 1 when a must falls short."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django

django.setup()

from tests.performance import boards, printing, starting, web  # noqa: E402
from tests.performance.budgets import Row, save, table  # noqa: E402
from tests.performance.sites import BASE, make_base, make_site, remove_sites  # noqa: E402
from trust.documents import pdf_trouble  # noqa: E402

Facts = list[tuple[str, str]]


def say(words: str) -> None:
    sys.stderr.write(f"{time.process_time():6.1f} s  {words}\n")
    sys.stderr.flush()


def quick() -> Iterator[Row]:
    """A minute: counts exactly, times loosely, at thirty schools."""
    lone, middle = make_site(1, 1), make_site(30, 2)
    say("sown")
    at_thirty = web.measure(middle, 3, kinds=(web.OVERVIEW, web.BOARD, web.LIST))
    yield web.overview_row(at_thirty)
    yield from web.query_rows(
        [web.measure(lone, 0, kinds=(web.OVERVIEW, web.BOARD, web.LIST)), at_thirty]
    )
    say("pages")
    yield web.list_row(middle, 3)
    yield from web.saving_rows(middle, 5)
    yield web.weight_row(middle)
    yield boards.agendas_row(middle, 10)
    yield from starting.rows(1)
    say("the rest")


def whole(facts: Facts) -> Iterator[Row]:
    """Every row, at one, thirty and a hundred schools, at one year and at twenty."""
    lone, young, middle = make_site(1, 1), make_site(30, 1), make_site(30, 2)
    large = make_site(100, 20)
    say("sown")
    at_young, at_middle, at_large = (web.measure(d, 6) for d in (young, middle, large))
    yield web.overview_row(at_middle)
    yield from web.query_rows([web.measure(lone, 0), at_young, at_middle, at_large])
    yield web.growth_row(at_young, at_large)
    say("pages")
    yield web.list_row(middle, 6)
    yield from web.saving_rows(middle, 10)
    yield web.weight_row(middle)
    facts += [("F itself", f"{at_middle_floor(at_middle):.1f} ms CPU"), web.naive_fact(middle)]
    whole_reads = web.whole_reads(large)
    facts.append(("pages that read a history table whole", "; ".join(whole_reads) or "none"))
    if pdf_trouble():
        facts.append(("documents", f"not measured: {pdf_trouble()}"))
    else:
        yield from printing.rows({30: middle, 10: make_site(10, 2), 60: make_site(60, 2)}, 5)
    say("documents")
    yield boards.agendas_row(large, 100)
    yield from boards.year_rows(make_site(100, 2, until="2026-08-31"))
    say("boards")
    yield from starting.rows(3)
    facts += starting.trust_facts(make_site(100, 1), large, 100, 20)


def at_middle_floor(found: dict[str, web.Measured]) -> float:
    return min(each.milliseconds / each.over_floor for each in found.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute, for each change")
    parser.add_argument("--json", type=Path, default=Path(".run/bench.json"))
    options = parser.parse_args()
    say(f"database {BASE}")
    make_base()
    facts: Facts = []
    rows: list[Row] = []
    try:
        for row in quick() if options.quick else whole(facts):
            rows.append(row)
            say(f"{row.key} {row.value:g}: {row.verdict} {row.note}")
    finally:
        remove_sites()
    save(rows, facts, options.json)
    sys.stdout.write(table(rows, facts) + "\n")
    short = [row.key for row in rows if row.value > row.must]
    failed = [row.key for row in rows if row.is_failure]
    sys.stdout.write(
        f"\n{len(rows)} rows, short of a must: {', '.join(short) or 'none'};"
        f" worse than known: {', '.join(failed) or 'none'}\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
