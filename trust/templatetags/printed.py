"""Template tags of PDFs: they draw from a snapshot, where a band is a plain dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trust import marks

register = template.Library()

WIDTH, HEIGHT, GAP = 620, 160, 18


def band_of(snapshot: Mapping[str, str] | None) -> marks.PlainBand:
    """The band that a snapshot holds as name, shape, letter and tone."""
    return marks.PlainBand(**snapshot) if snapshot else marks.NOT_RATED


def terms_of(points: Sequence[Mapping[str, Any]]) -> list[marks.Term]:
    """The points of a history, each with label and band."""
    return [marks.Term(p["label"], band_of(p["band"]) if p["band"] else None) for p in points]


@register.filter
def beside(values: Sequence[Any], names: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each value with the name of its column, for the labels of a table on a phone."""
    return list(zip(names, values, strict=False))


@register.simple_tag
def printed_rating(snapshot: Mapping[str, str] | None, words: str = "") -> SafeString:
    """Mark and word of a rating; `words` stands in place of the band's name."""
    band = band_of(snapshot)
    return format_html(
        '<span class="rag">{}{}</span>', marks.printed(band, words), words or band.name
    )


@register.simple_tag
def printed_history(points: Sequence[Mapping[str, Any]]) -> SafeString:
    """A school's ratings over the year, as one line."""
    return marks.printed_history(terms_of(points))


@register.simple_tag
def history_of(points: Sequence[Mapping[str, Any]]) -> SafeString:
    """The same line for a page: wide for desks, narrow for phones."""
    return marks.history(terms_of(points))


@register.simple_tag
def printed_columns(
    columns: Sequence[Mapping[str, Any]], what: str = "Schools by overall rating"
) -> SafeString:
    """How many are in each band, at several dates, as stacked columns with their numbers in them.

    Each column has label and bands; each band has band (or None for not rated) and count.
    """
    if not columns:
        return SafeString("")
    most = max(max(sum(b["count"] for b in c["bands"]) for c in columns), 1)
    step = WIDTH / len(columns)
    return format_html(
        '<svg viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}" font-family="Figtree,sans-serif">'
        "<title>{}</title>{}</svg>",
        WIDTH,
        HEIGHT + 24,
        (words := _words(columns, what)),
        words,
        format_html_join(
            "", "{}", ((_column(c, i * step, step - GAP, most),) for i, c in enumerate(columns))
        ),
    )


def _words(columns: Sequence[Mapping[str, Any]], what: str) -> str:
    said = (
        f"{c['label']} "
        + ", ".join(f"{band_of(b['band']).name.lower()} {b['count']}" for b in c["bands"])
        for c in columns
    )
    return f"{what}: " + "; ".join(said)


def _column(column: Mapping[str, Any], x: float, width: float, most: int) -> SafeString:
    parts, top = [], float(HEIGHT)
    for each in column["bands"]:
        if not each["count"]:
            continue
        band = band_of(each["band"])
        fill, edge, ink, _ = marks.colours(band)
        height = HEIGHT * each["count"] / most
        top -= height
        parts.append(
            format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}"/>'
                '<text x="{}" y="{}" font-size="12" font-weight="600" fill="{}">{}</text>',
                round(x + GAP / 2, 1), round(top + 1, 1), round(width, 1), round(height - 2, 1),
                fill, edge, marks.begins("middle", x + GAP / 2 + width / 2, words := f"{band.letter} {each['count']}"),
                round(top + height / 2 + 4, 1), ink, words,
            )
        )  # fmt: skip
    parts.append(
        format_html(
            '<text x="{}" y="{}" font-size="11" fill="#5a6180">{}</text>',
            marks.begins("middle", x + GAP / 2 + width / 2, column["label"]), HEIGHT + 18, column["label"],
        )
    )  # fmt: skip
    return format_html_join("", "{}", ((part,) for part in parts))


BAR, BAR_GAP, NAMES = 16, 8, 210


@register.simple_tag
def printed_bars(
    rows: Sequence[Mapping[str, Any]], key: str, what: str, unit: str = ""
) -> SafeString:
    """A bar a row, longest first as given, with its name before and its number behind it."""
    if not rows:
        return SafeString("")
    most = max(max(int(row[key]) for row in rows), 1)
    words = f"{what}: " + "; ".join(f"{row['name']} {row[key]}{unit}" for row in rows)
    height = len(rows) * (BAR + BAR_GAP)
    return format_html(
        '<svg viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}" font-family="Figtree,sans-serif" font-size="11">'
        "<title>{}</title>{}</svg>",
        WIDTH,
        height,
        words,
        words,
        format_html_join(
            "",
            '<text x="0" y="{}" fill="#1c2340">{}</text><rect x="{}" y="{}" width="{}" height="{}" fill="#4150a8"/>'
            '<text x="{}" y="{}" font-weight="600" fill="#1c2340">{}{}</text>',
            (_bar(row, int(row[key]), i, most, unit) for i, row in enumerate(rows)),
        ),
    )


def _bar(
    row: Mapping[str, Any], value: int, place: int, most: int, unit: str
) -> tuple[object, ...]:
    top = place * (BAR + BAR_GAP)
    length = round((WIDTH - NAMES - 60) * value / most, 1)
    line = top + BAR - 4
    return (line, row["name"], NAMES, top, length, BAR, NAMES + length + 6, line, value, unit)
