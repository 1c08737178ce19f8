"""The faces of print: cut once a process from the variable fonts, instead of once a document.

The renderer would cut every weight and size it meets anew for each PDF, a third of what a PDF costs.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from trust.assets import FONTS

FACES: dict[str, tuple[str, dict[str, float]]] = {
    "figtree-400.ttf": ("figtree", {"wght": 400}),
    "figtree-600.ttf": ("figtree", {"wght": 600}),
    "newsreader-500.ttf": ("newsreader", {"wght": 500, "opsz": 24}),
}
"""Name of an asset → its variable font, and where on its axes the face lies."""

FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "lnum", "tnum"]
LETTERS = {
    "newsreader": (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2040), 0x20AC, 0x2122)
}
"""Headings are set in Latin; what a heading has besides comes from the text's font (print.css)."""


@cache
def face(name: str) -> bytes:
    """The bytes of one face, the same in every process; raises KeyError for an unknown name."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font, axes = FACES[name]
    whole: Any = TTFont(io.BytesIO(FONTS[font].read_bytes()), recalcTimestamp=False, lazy=True)
    only = Subsetter(Options(layout_features=FEATURES, notdef_outline=True, hinting=False))
    only.populate(unicodes=LETTERS.get(font) or whole.getBestCmap())
    only.subset(whole)
    cut = io.BytesIO()
    instantiateVariableFont(whole, axes, inplace=True)
    whole.save(cut)
    return cut.getvalue()
