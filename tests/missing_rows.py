"""Every address and method of the house, and those for which the access matrix has no row.

`python -m tests.missing_rows` prints them. It never fills a row: what a capacity may see is written by
hand, from the trust's words.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MATRIX = Path(__file__).with_name("access_matrix.csv")
METHODS = ("GET", "POST")
OWNERSHIPS = ("own", "other", "none")
CAPACITIES = (
    "anonymous",
    "ceo",
    "ceo_representative",
    "dsi",
    "head",
    "leader",
    "link_trustee",
    "trustee",
    "chair",
    "provider",
    "clerk",
    "local_committee",
    "cfo",
    "safeguarding_lead",
    "administrator",
)
CELLS = ("ok", "404", "403", "405", "409", "sign-in")


@dataclass(frozen=True)
class Row:
    """One line of the matrix: what each capacity is answered at one address."""

    url_name: str
    method: str
    ownership: str
    cells: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.url_name} {self.method} {self.ownership}"


@dataclass(frozen=True)
class Route:
    """One named address and the methods its view takes."""

    url_name: str
    methods: tuple[str, ...]
    has_object: bool


def rows() -> list[Row]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [
            Row(
                each["url_name"],
                each["method"],
                each["ownership"],
                tuple(each[name] or "" for name in CAPACITIES),
            )
            for each in reader
        ]


def routes() -> list[Route]:
    """Every address under the root, third-party ones too, sorted by name."""
    from django.urls import get_resolver

    return sorted(_walk(get_resolver().url_patterns), key=lambda route: route.url_name)


def _walk(patterns: list[Any], prefix: str = "", has_object: bool = False) -> Iterator[Route]:
    for pattern in patterns:
        takes = has_object or bool(pattern.pattern.regex.groupindex)
        if hasattr(pattern, "url_patterns"):
            inside = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern.url_patterns, inside, takes)
        else:
            name = f"{prefix}{pattern.name or f'(no name: {pattern.pattern})'}"
            yield Route(name, methods_of(pattern.callback), takes)


def methods_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """GET and POST, as far as the view takes them; both when it does not say."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        return tuple(m for m in METHODS if hasattr(view_class, m.lower()))
    layer: Any = view
    while layer is not None:
        names = layer.__code__.co_freevars if hasattr(layer, "__code__") else ()
        if "request_method_list" in names:
            taken = layer.__closure__[names.index("request_method_list")].cell_contents
            return tuple(m for m in METHODS if m in taken)
        layer = getattr(layer, "__wrapped__", None)
    return METHODS


def missing() -> list[str]:
    """What the matrix does not declare, as `url_name,method,ownership`."""
    declared: dict[tuple[str, str], set[str]] = {}
    for row in rows():
        declared.setdefault((row.url_name, row.method), set()).add(row.ownership)
    absent: list[str] = []
    for route in routes():
        for method in route.methods:
            given = declared.get((route.url_name, method), set())
            if "none" in given:
                continue
            wanted = {"own", "other"} if route.has_object else {"none"}
            absent += [f"{route.url_name},{method},{each}" for each in sorted(wanted - given)]
    return absent


def gone() -> list[str]:
    """Rows of an address or a method that no longer exists."""
    alive = {(route.url_name, method) for route in routes() for method in route.methods}
    return [str(row) for row in rows() if (row.url_name, row.method) not in alive]


def main() -> int:
    """Print the missing rows, one a line; status 1 when there are any."""
    import os
    import sys

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    found = missing() + [f"gone: {each}" for each in gone()]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
