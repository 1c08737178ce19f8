"""The benchmark itself: what it calls met, what fails it, and that what it sows opens as pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.urls import reverse

import run
from tests.performance.budgets import KNOWN, TOLERANCE, judge, save, table
from tests.performance.printing import bare
from tests.performance.seed import CEO, FULL_SCHOOL, HEAD, sow
from trust.people.models import User


@pytest.mark.parametrize(
    ("value", "verdict", "fails"),
    [
        (4, "goal met", False),
        (9, "must met", False),
        (11.7, "short of the must, within drift", False),
        (11.8, "FALLS SHORT", True),
    ],
)
def test_judge_ratio_fails_past_the_drift_of_a_busy_machine(
    value: float, verdict: str, fails: bool
) -> None:
    row = judge("W1", value)
    assert (row.verdict, row.is_failure) == (verdict, fails)


def test_judge_count_is_exact() -> None:
    assert not judge("W2a", 12).is_failure
    assert judge("W2a", 13).is_failure


def test_judge_known_shortfall_is_named_and_may_not_grow() -> None:
    row = judge("A1", KNOWN["A1"])
    assert (row.verdict, row.is_failure) == ("falls short, as known", False)
    assert judge("A1", KNOWN["A1"] * TOLERANCE + 1).is_failure


def test_table_and_file_say_the_same(tmp_path: Path) -> None:
    rows = [judge("W1", 7.26, "15 ms"), judge("W2a", 10)]
    assert "| W1 | Trust overview" in table(rows, [("F itself", "2 ms")])
    assert "| 7.26 | ≤ 9 | ≤ 4 | must met | 15 ms |" in table(rows, [])
    save(rows, [("F itself", "2 ms")], tmp_path / "deep" / "bench.json")
    told = json.loads((tmp_path / "deep" / "bench.json").read_text(encoding="utf-8"))
    assert [row["value"] for row in told["rows"]] == [7.26, 10]
    assert told["beside"] == {"F itself": "2 ms"}


def test_bare_page_keeps_the_words_and_nothing_else() -> None:
    page = "<html><head><title>T</title></head><body><h1>Minutes</h1><svg><title>x</title></svg><td>A &amp; B</td>"
    assert bare(page).endswith("<p>Minutes</p><p>A &amp; B</p>")


def test_run_takes_the_quick_benchmark_and_its_file() -> None:
    options = run.parse(["bench", "--quick", "--json", "out/b.json"])
    assert (options.command, options.quick, options.json) == ("bench", True, Path("out/b.json"))


def test_sow_makes_a_trust_whose_pages_open(trust_set_up: object, client_for: object) -> None:
    sow(4, 1)
    client = client_for(User.objects.get(pk=CEO))
    page = client.get(reverse("home:overview")).content.decode()
    assert page.count('class="overall nowrap"') == 4
    head = client_for(User.objects.get(pk=HEAD + FULL_SCHOOL))
    assert head.get(reverse("school", args=[FULL_SCHOOL])).status_code == 200
    assert head.get(reverse("school", args=[FULL_SCHOOL + 1])).status_code == 404
