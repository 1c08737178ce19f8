"""Drawings of ratings, trends and icons as ready-made safe strings, for pages and PDFs alike.

A rating is never a colour alone: shape, letter and word carry it. Cells of the rating grid are drawn
once per kind and kept, because drawing a thousand of them a page is what a grid costs.
A band is any object with name, shape, letter and tone; None stands for "Not rated".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide


class Band(Protocol):
    """What a rating band shows of itself."""

    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> str: ...
    @property
    def letter(self) -> str: ...
    @property
    def tone(self) -> str: ...


@dataclass(frozen=True)
class PlainBand:
    """A band without a row: for "Not rated", examples and tests."""

    name: str
    shape: str
    letter: str
    tone: str


NOT_RATED = PlainBand("Not rated", "dashed", "–", "n")
RED = PlainBand("Red", "square", "R", "r")
AMBER = PlainBand("Amber", "diamond", "A", "a")
GREEN = PlainBand("Green", "circle", "G", "g")
BLUE = PlainBand("Blue", "hexagon", "B", "b")
EXAMPLES = (RED, AMBER, GREEN, BLUE, NOT_RATED)

# fill, edge, letter, tint: fixed here too, because a PDF and high contrast keep them only as attributes
_COLOURS = {
    "r": ("#b42318", "#8a1a11", "#fff", "#fcebe8"),
    "a": ("#f2b63c", "#8a6100", "#3d2c00", "#fdf4da"),
    "g": ("#0b7a5e", "#075a45", "#fff", "#e4f3ed"),
    "b": ("#1d4f9e", "#12366f", "#fff", "#e6eefa"),
    "n": ("#fff", "#5a6180", "#5a6180", "#f1efe8"),
}
_SHAPES = {
    "square": '<rect x="2" y="2" width="20" height="20" rx="3" fill="{}" stroke="{}"/>',
    "diamond": '<path d="M12 .8 23.2 12 12 23.2.8 12Z" fill="{}" stroke="{}"/>',
    "circle": '<circle cx="12" cy="12" r="11" fill="{}" stroke="{}"/>',
    "hexagon": '<path d="M6.5 2h11L23 12l-5.5 10h-11L1 12Z" fill="{}" stroke="{}"/>',
    "dashed": '<circle cx="12" cy="12" r="10.5" fill="{}" stroke="{}" stroke-dasharray="3 2.5"/>',
}
_SMALL = {
    "square": '<rect x="{0}" y="{1}" width="{3}" height="{3}" fill="{4}" stroke="{5}"/>',
    "diamond": '<path d="M{6} {1}l{2} {2}-{2} {2}-{2}-{2}Z" fill="{4}" stroke="{5}"/>',
    "circle": '<circle cx="{6}" cy="{7}" r="{2}" fill="{4}" stroke="{5}"/>',
    "hexagon": '<path d="M{0} {7}l{2}-{2} {2} {2}-{2} {2}Z" fill="{4}" stroke="{5}"/>',
    "dashed": '<circle cx="{6}" cy="{7}" r="{2}" fill="{4}" stroke="{5}" stroke-dasharray="2 1.5"/>',
}
TRENDS = {
    "improving": ("up", "arrow-up-right", "improved since last term"),
    "steady": ("same", "arrow-right", "no change"),
    "declining": ("down", "arrow-down-right", "declined since last term"),
}
_SAME_TREND = {"up": "improving", "same": "steady", "down": "declining"}


def tone(band: Band | None) -> str:
    """The one letter that classes and colours go by: r, a, g, b or n."""
    letter = (band.tone if band else "n")[:1].lower()
    return letter if letter in _COLOURS else "n"


@lru_cache(maxsize=256)
def icon(name: str, extra: str = "") -> SafeString:
    """A Lucide icon, hidden from screen readers; raises lucide.IconDoesNotExist for an unknown name."""
    drawn: str = lucide(name, size=16, **{"class": f"icon {extra}".strip(), "aria_hidden": "true"})
    return SafeString(drawn)  # the package's own archive: nothing typed ever comes this way


@lru_cache(maxsize=128)
def _mark(shape: str, letter: str, colour: str, title: str = "") -> SafeString:
    fill, edge, ink, _ = _COLOURS[colour]
    drawn = format_html(_SHAPES.get(shape, _SHAPES["circle"]), fill, edge)
    if title:  # for print: a weight it has, and words that begin at their x (_begins)
        return format_html(
            '<svg class="rag-mark" viewBox="0 0 24 24"><title>{}</title>{}<text x="7.7" y="16.6"'
            ' font-size="13" font-weight="600" font-family="Figtree,sans-serif" fill="{}">{}</text></svg>',
            title,
            drawn,
            ink,
            letter,
        )
    return format_html(
        '<svg class="rag-mark" viewBox="0 0 24 24" aria-hidden="true">{}<text x="12" y="16.6" text-anchor="middle"'
        ' font-size="13" font-weight="700" font-family="Figtree,sans-serif" fill="{}">{}</text></svg>',
        drawn,
        ink,
        letter,
    )


def mark(band: Band | None) -> SafeString:
    """Shape and letter without the word: only where the word stands beside it."""
    shown = band or NOT_RATED
    return _mark(shown.shape, shown.letter, tone(shown))


@lru_cache(maxsize=256)
def _rating(shape: str, letter: str, colour: str, name: str, extra: str) -> SafeString:
    return format_html(
        '<span class="rag rag-{}{}">{}{}</span>',
        colour,
        f" {extra}" if extra else "",
        _mark(shape, letter, colour),
        name,
    )


def rating(band: Band | None, extra: str = "rag-chip") -> SafeString:
    """Shape, letter and word of a rating; extra is rag-chip, rag-lg or nothing."""
    shown = band or NOT_RATED
    return _rating(shown.shape, shown.letter, tone(shown), shown.name, extra)


def printed(band: Band | None, words: str = "") -> SafeString:
    """The mark for a PDF, where a drawing without a title would not be tagged; the word stands beside it."""
    shown = band or NOT_RATED
    return _mark(shown.shape, shown.letter, tone(shown), f"{words or shown.name}: mark")


def colours(band: Band | None) -> tuple[str, str, str, str]:
    """Fill, edge, ink and tint of a band, for charts drawn elsewhere."""
    return _COLOURS[tone(band)]


def trend(direction: str) -> SafeString:
    """The arrow of a direction (improving, steady, declining); nothing for anything else."""
    known = TRENDS.get(_SAME_TREND.get(direction, direction))
    return icon(known[1], f"trend trend-{known[0]}") if known else SafeString("")


@lru_cache(maxsize=256)
def _cell(shape: str, letter: str, colour: str, name: str, direction: str) -> SafeString:
    known = TRENDS.get(_SAME_TREND.get(direction, direction))
    words = f"{name}, {known[2]}" if known else name
    return format_html(
        '<span class="visually-hidden">{}</span>{}{}',
        words,
        _mark(shape, letter, colour),
        trend(direction),
    )


def cell(band: Band | None, direction: str = "") -> SafeString:
    """The inside of a link in the rating grid: hidden words, mark, arrow."""
    shown = band or NOT_RATED
    return _cell(
        shown.shape, shown.letter, tone(shown), shown.name, "" if band is None else direction
    )


@lru_cache(maxsize=512)
def _around(
    shape: str, letter: str, colour: str, name: str, direction: str, label: str
) -> tuple[SafeString, SafeString]:
    """What stands before and after the address in one cell of the grid."""
    before = format_html(
        '<td role="cell" class="cell is-{}" data-label="{}"><a href="', colour, label
    )
    inner = _cell(shape, letter, colour, name, direction)
    return before, format_html('">{}</a></td>', inner)


def cells(url: str, row: Sequence[tuple[Band | None, str, str]]) -> SafeString:
    """The rating cells of one school: band, direction and column label of each, all leading to one address.

    Drawn in one piece, because template variables in each cell are what a grid costs.
    """
    href = format_html("{}", url)
    drawn = SafeString("")
    for band, direction, label in row:
        shown = band or NOT_RATED
        before, after = _around(
            shown.shape, shown.letter, tone(shown), shown.name, direction if band else "", label
        )
        drawn = drawn + before + href + after
    return drawn


def bar(counts: Sequence[tuple[Band | None, int]]) -> SafeString:
    """Shares of schools by band as one bar, for the eye only: the words stand beside it."""
    total = sum(count for _, count in counts)
    if not total:
        return SafeString("")
    shown = [(band, count) for band, count in counts if count]
    room = 90 - 0.5 * (len(shown) - 1)
    parts, x = [], 0.0
    for band, count in shown:
        width = room * count / total
        parts.append((f"{x:g}", f"{width:g}", _COLOURS[tone(band)][0 if band else 1]))
        x += width + 0.5
    return format_html(
        '<svg class="rag-bar" viewBox="0 0 90 4" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        format_html_join("", '<rect x="{}" width="{}" height="4" fill="{}"/>', parts),
    )


for _band in EXAMPLES:
    for _direction in ("", *TRENDS):
        cell(_band, _direction)


def _scale(bands: Sequence[Band | None]) -> list[str]:
    """Tones from the top down: the optional fourth band only where it is used."""
    return ["b", "g", "a", "r"] if any(tone(band) == "b" for band in bands) else ["g", "a", "r"]


def _small(band: Band | None, x: float, y: float, radius: float) -> SafeString:
    fill, edge, _, _ = _COLOURS[tone(band)]
    template = _SMALL.get((band or NOT_RATED).shape, _SMALL["circle"])
    return format_html(template, x - radius, y - radius, radius, radius * 2, fill, edge, x, y)


def _line(points: Sequence[tuple[float, float | None]], stroke: str, width: str) -> SafeString:
    """One polyline for each unbroken run: a term without a rating is a gap, never a guess."""
    runs: list[list[str]] = [[]]
    for x, y in points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append(f"{x:g},{y:g}")
    return format_html_join(
        "",
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}"/>',
        ((" ".join(run), stroke, width) for run in runs if len(run) > 1),
    )


def _word(band: Band | None) -> str:
    return (band or NOT_RATED).name.lower()


def spark(bands: Sequence[Band | None]) -> SafeString:
    """Overall ratings of the last terms, oldest first, as a line of 62 by 24 pixels that reads every value."""
    if not bands:
        return SafeString("")
    scale = _scale(bands)
    heights = {each: 5 + 14 * index / (len(scale) - 1) for index, each in enumerate(scale)}
    points = [(5.0 + 10 * index, heights.get(tone(band))) for index, band in enumerate(bands)]
    last = points[-1][1]
    width = 10 * len(bands) + 2
    return format_html(
        '<svg class="spark" width="{0}" height="24" viewBox="0 0 {0} 24" role="img" aria-label="{1}">{2}{3}</svg>',
        width,
        f"Last {len(bands)} terms: " + ", ".join(_word(band) for band in bands),
        _line(points, "#858aa0", "1.5"),
        _small(bands[-1], points[-1][0], last, 3) if last is not None else "",
    )


@dataclass(frozen=True)
class Term:
    """One point of a history: the term's name in full ("Autumn term 2026" or "Autumn 2026") and its band."""

    label: str
    band: Band | None


@dataclass(frozen=True)
class _Frame:
    css: str
    width: int
    left: int
    row: int
    short: bool


_FRAMES = (_Frame("chart-wide", 620, 64, 41, False), _Frame("chart-narrow", 330, 50, 33, True))


def _labels(label: str, short: bool) -> tuple[str, str]:
    words = label.replace(" term", "").split()
    if short and len(words) > 1:
        return f"{words[0][:3]} {words[-1][-2:]}", ""
    if words and not (words[-1].isdigit() and len(words[-1]) == 4):
        return label, ""  # a half term, "Autumn 1": only a year goes on a line of its own
    return " ".join(words[:-1]) or label, words[-1] if len(words) > 1 else ""


def _one_history(
    terms: Sequence[Term], names: dict[str, str], frame: _Frame, *, is_printed: bool = False
) -> SafeString:
    scale = _scale([term.band for term in terms])
    step = frame.row + 3
    base = 8 + step * len(scale)
    middle = {each: 8 + step * index + frame.row / 2 for index, each in enumerate(scale)}
    span = frame.width - frame.left - 32
    xs = [
        frame.left + 16 + (span * index / (len(terms) - 1) if len(terms) > 1 else span / 2)
        for index in range(len(terms))
    ]
    xs = [round(x) for x in xs]
    rows = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="4" fill="{}"/><text x="0" y="{}" font-size="13" fill="#39415f">{}</text>',
        (
            (
                frame.left,
                8 + step * i,
                frame.width - frame.left,
                frame.row,
                _COLOURS[each][3],
                middle[each] + 5,
                names[each],
            )
            for i, each in enumerate(scale)
        ),
    )
    ys = [middle.get(tone(term.band)) for term in terms]
    marks = [
        _small(term.band, x, y, 7)
        for term, x, y in zip(terms, xs, ys, strict=True)
        if y is not None
    ]
    captions = []
    for index, (term, x) in enumerate(zip(terms, xs, strict=True)):
        first, second = _labels(term.label, frame.short)
        anchor, at = _anchor(index, len(terms), x)
        above = below = at
        if is_printed:
            above, below = (begins(anchor, at, words) for words in (first, second))
            anchor = "start"
        captions.append((above, base + 16, anchor, first, below, second))
    words = "; ".join(f"{term.label} {_word(term.band)}" for term in terms)
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}" font-family="Figtree,sans-serif">{}{}{}{}{}</svg>',
        frame.css,
        frame.width,
        base + (20 if frame.short else 36),
        f"Overall rating by term: {words}",
        format_html("<title>Overall rating by term: {}</title>", words) if is_printed else "",
        rows,
        _line(list(zip(xs, ys, strict=True)), "#1c2340", "2"),
        format_html_join("", "{}", ((each,) for each in marks)),
        format_html_join(
            "",
            '<text x="{}" y="{}" font-size="12" text-anchor="{}" fill="#5a6180">{}<tspan x="{}" dy="14">{}</tspan></text>',
            captions,
        ),
    )


def _anchor(index: int, count: int, x: float) -> tuple[str, float]:
    """The outer labels lean inwards, so that none is cut off at the edge."""
    if count > 1 and index == 0:
        return "start", x - 14
    if count > 1 and index == count - 1:
        return "end", x + 12
    return "middle", x


def begins(anchor: str, x: float, words: str) -> float:
    """Where words of twelve pixels begin when they lie around or end at x: the PDF library makes an object of each text that does not begin at its x."""
    width = 6.8 * len(words)
    return round(x - width * {"start": 0, "middle": 0.5, "end": 1}[anchor], 1)


def history(terms: Sequence[Term], names: dict[str, str] | None = None) -> SafeString:
    """The chart of overall ratings by term, wide and narrow; names maps tones to the trust's own words."""
    shown = {band.tone: band.name for band in EXAMPLES} | (names or {})
    shown |= {tone(term.band): term.band.name for term in terms if term.band}
    return format_html_join("", "{}", ((_one_history(terms, shown, frame),) for frame in _FRAMES))


def printed_history(terms: Sequence[Term]) -> SafeString:
    """The wide chart alone, for a PDF."""
    shown = {band.tone: band.name for band in EXAMPLES}
    shown |= {tone(term.band): term.band.name for term in terms if term.band}
    return _one_history(terms, shown, _FRAMES[0], is_printed=True)
