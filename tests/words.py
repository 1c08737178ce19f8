"""The words that no page, mail or button of training has: nobody says yes to a school.

"Schools have autonomy over the training they require for their staff" (seed 1). The access matrix looks for
them on every page it asks for; `tests/cpd/test_words.py` in everything that is written.
"""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse

ROOMS = ("cpd", "improvement", "meetings")
"""The rooms whose pages training is read on: its own, its priorities', and the engine of its meetings."""
FORBIDDEN = re.compile(
    r"approv|authori[sz]|permission|permitted|\breject|\bveto|\bsign(?:s|ed|ing)?[ -]?off\b"
    r"|turned down|\bdisallow",
    re.IGNORECASE,
)
NOBODY_DOES = "Nobody approves the minutes"
"""The one sentence that has the word: what nobody does with minutes."""


def found_in(text: str) -> list[str]:
    """Each forbidden word with what stands around it."""
    text = text.replace(NOBODY_DOES, "")
    return [text[max(0, m.start() - 40) : m.end() + 40] for m in FORBIDDEN.finditer(text)]


def found_on(page: HttpResponse) -> list[str]:
    """The same on a page as it is read; a file or an answer to a script is not a page."""
    if page.streaming or not page.get("Content-Type", "").startswith("text/html"):
        return []
    return found_in(unescape(page.content.decode()))
