"""Pages: their CPU time beside a page that does nothing, their queries at every size, their plans and their weight."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.staticfiles import finders
from django.db import connection
from django.template import engines
from django.test import RequestFactory
from django.urls import reverse

from evidence.queries.visits import listed_visits
from evidence.tables import VisitTable
from meetings.models import Minute
from progress_boards.models import ProgressBoard
from schools.queries import with_posts
from tests.performance import naive
from tests.performance.asking import Browser, browser, counting, cpu, least, queries_of
from tests.performance.budgets import Row, judge
from tests.performance.seed import CEO, CHAIRS, CLERK, FULL_SCHOOL, HEAD, TRUSTEE
from tests.performance.sites import use
from trust.calendar import today
from trust.people.models import User

OVERVIEW, BOARD, LIST, OTHER = "overview", "board", "list", "other"
LOOP = """{% load eyeline %}<table>{% for visit in visits %}<tr>
<th><a href="{% url 'evidence:visit-page' visit.pk %}">{{ visit.kind.name }}</a></th><td>{{ visit.school.name }}</td>
<td>{{ visit.visited_on|short_day }}</td><td>{{ visit.visitor.name }}</td>
<td>{% if visit.is_external %}Outside{% else %}Inside{% endif %}</td><td>{{ visit.get_state_display }}</td>
<td>{{ visit.to_board }}</td></tr>{% endfor %}</table>"""
HISTORY = 20_000
"""Rows from which a table is history, which no page may read whole."""


@dataclass(frozen=True)
class Page:
    """One page as one reader opens it."""

    name: str
    kind: str
    user: int
    path: str


def pages() -> list[Page]:
    """The pages that are opened daily, in the database now used."""
    boards = ProgressBoard.objects.filter(school_id=FULL_SCHOOL)
    final = boards.filter(meeting__state="final").order_by("-half_term__starts_on")[0].pk

    def at(kind: str, name: str, *args: int, user: int = CEO, query: str = "") -> Page:
        return Page(f"{name}{query}", kind, user, reverse(name, args=args) + query)

    return [
        at(OVERVIEW, "home:overview"),
        at(OVERVIEW, "home:overview", user=TRUSTEE),
        at(BOARD, "progress_boards:board-detail", final),
        at(BOARD, "progress_boards:board-detail", final, user=HEAD + FULL_SCHOOL),
        at(BOARD, "progress_boards:board-minutes", final, user=11 + FULL_SCHOOL % CHAIRS),
        at(LIST, "progress_boards:board-list", query="?view=list"),
        at(LIST, "meetings:action-list"),
        at(LIST, "meetings:action-list", user=HEAD + FULL_SCHOOL),
        at(LIST, "evidence:visit-list"),
        at(LIST, "evidence:document-list"),
        at(LIST, "schools:school-list"),
        at(LIST, "schools:post-list"),
        at(LIST, "improvement:priority-list"),
        at(LIST, "cpd:request-list"),
        at(LIST, "progress_boards:schools-to-rate"),
        at(LIST, "progress_boards:report-list"),
        at(LIST, "ratings:school-history", FULL_SCHOOL),
        at(OTHER, "home:my-work"),
        at(OTHER, "home:my-work", user=HEAD + FULL_SCHOOL),
        at(OTHER, "home:my-work", user=CLERK),
        at(OTHER, "school", FULL_SCHOOL),
        at(OTHER, "progress_boards:board-list"),
        at(OTHER, "progress_boards:year-plan"),
        at(OTHER, "progress_boards:diary-list"),
    ]


@dataclass(frozen=True)
class Measured:
    """One page in one database: its time beside the floor, its statements."""

    page: Page
    over_floor: float
    milliseconds: float
    queries: list[str]
    bytes: int


def measure(database: str, rounds: int, kinds: Sequence[str] = ()) -> dict[str, Measured]:
    """Every page of a site, by its name and reader."""
    found: dict[str, Measured] = {}
    with use(database):
        browsers: dict[int, Browser] = {}
        for page in pages():
            if kinds and page.kind not in kinds:
                continue
            one = browsers.setdefault(page.user, browser(page.user))
            answer = one.get(page.path)
            assert answer.status == 200, f"{page.path} answers {answer.status}"
            asked = queries_of(lambda one=one, page=page: one.get(page.path))
            floor, spent = (
                least([one.rest, lambda one=one, page=page: one.get(page.path)], rounds)
                if rounds
                else (1, 0)
            )
            key = f"{page.name} ({'CEO' if page.user == CEO else 'another reader'})"
            found[key] = Measured(page, spent / floor, spent, asked, len(answer.body))
    return found


# -- the rows ------------------------------------------------------------------------------------


def overview_row(found: dict[str, Measured]) -> Row:
    shown = [m for m in found.values() if m.page.kind == OVERVIEW]
    worst = max(shown, key=lambda m: m.over_floor)
    return judge("W1", worst.over_floor, f"{worst.milliseconds:.0f} ms")


def query_rows(sites: Sequence[dict[str, Measured]]) -> Iterator[Row]:
    """The most queries of each kind of page, and which pages ask more at one size than at another."""
    for key, kind in (("W2a", OVERVIEW), ("W2b", BOARD), ("W2c", LIST)):
        counts = {
            name: max(len(site[name].queries) for site in sites)
            for name, measured in sites[0].items()
            if measured.page.kind == kind
        }
        limit = judge(key, 0).must
        over = [f"{n} {c}" for n, c in sorted(counts.items(), key=lambda i: -i[1]) if c > limit]
        yield judge(key, max(counts.values()), "; ".join(over))
    differing = [name for name in sites[0] if len({len(site[name].queries) for site in sites}) > 1]
    yield judge("W2d", len(differing), "; ".join(differing))


def growth_row(small: dict[str, Measured], large: dict[str, Measured]) -> Row:
    """How much slower the pages are in the large and old trust."""
    grown = {name: large[name].over_floor / small[name].over_floor for name in small}
    limit = judge("W3", 0).must
    over = sorted(((g, n) for n, g in grown.items() if g > limit), reverse=True)
    return judge("W3", max(grown.values()), "; ".join(f"{n} {g:.2f}" for g, n in over[:12]))


def list_row(database: str, rounds: int) -> Row:
    """A hundred records in the house's table beside a plain loop over the same rows."""
    with use(database):
        reader = with_posts(User.objects.get(pk=CEO), today())
        rows = list(listed_visits(reader)[:100])
        request = RequestFactory().get("/evidence/visits/")
        plain = engines["django"].from_string(LOOP)

        def house() -> str:
            table = VisitTable(rows)
            table.paginate(per_page=100)
            return str(table.as_html(request))

        def loop() -> str:
            return str(plain.render({"visits": rows}))

        base, spent = least([loop, house], rounds)
    return judge("W5", spent / base, f"{spent:.0f} ms for {len(rows)} rows")


def saving_rows(database: str, rounds: int) -> Iterator[Row]:
    """The clerk saves the text of an item, as the page does while it is typed."""
    with use(database):
        minute = Minute.objects.filter(item__meeting__state="held").order_by("pk")[0]
        one = browser(CLERK)
        path = reverse("meetings:minute-save", args=[minute.item_id])
        turn = iter(range(10_000))

        def save() -> Any:
            version = Minute.objects.values_list("version", flat=True).get(pk=minute.pk)
            text = f"Leaders showed the checks, {next(turn)}"
            return lambda: one.post(path, {"text": text, "version": version})

        assert save()().status == 302
        spent = min(cpu(save()) for _ in range(rounds))
        floor = least([one.rest], rounds)[0]
        call = save()
        with counting() as asked:
            call()
        yield judge("W6a", spent / floor, f"{spent:.1f} ms")
        yield judge("W6b", len(asked))


def weight_row(database: str) -> Row:
    """The overview with its styles and scripts as they travel, each compressed; not the fonts."""
    with use(database):
        body = browser(CEO).get(reverse("home:overview")).body
    found = re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', body)
    parts = {"page": len(gzip.compress(body, 6))}
    for name in dict.fromkeys(found):
        place = finders.find(name.decode())
        with open(place, "rb") as file:
            parts[name.decode().rpartition("/")[2]] = len(gzip.compress(file.read(), 6))
    words = ", ".join(f"{name} {size / 1000:.1f}" for name, size in parts.items())
    return judge("W7", sum(parts.values()) / 1000, words)


def whole_reads(database: str) -> list[str]:
    """The pages that read a history table from end to end, as PostgreSQL plans them."""
    with use(database):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [HISTORY]
            )
            history = {name for (name,) in cursor.fetchall()}
        return [
            f"{page.name}: {', '.join(sorted(tables))}"
            for page in pages()
            if (tables := _read_whole(lambda page=page: browser(page.user).get(page.path), history))
        ]


def _read_whole(call: Callable[[], Any], history: set[str]) -> set[str]:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        call()
    found: set[str] = set()
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN {sql}", params)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            found |= {t for t in re.findall(r"Seq Scan on (\w+)", plan) if t in history}
    return found


def naive_fact(database: str) -> tuple[str, str]:
    """The overview as one would first write it: what the budgets keep away."""
    with use(database):
        one = browser(CEO)
        floor, spent = least([one.rest, lambda: one.bare(naive.OVERVIEW)], 1)
        asked = len(queries_of(lambda: one.bare(naive.OVERVIEW)))
    return "naive overview, never shipped", f"{spent / floor:.0f} × F, {asked} queries"
