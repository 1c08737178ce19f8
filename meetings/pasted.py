"""What is pasted from Word, as plain text that keeps its paragraphs, lists and table rows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

TAGS = {"p", "div", "br", "ul", "ol", "li", "h1", "h2", "h3", "h4", "tr", "td", "th"}
BLOCKS = TAGS - {"br", "td", "th", "ul", "ol"}
LONGEST = 400_000
# Word writes a list as paragraphs that begin with the bullet of a symbol font and hard spaces.
BULLET = re.compile(r"^[·•▪§●○◦‣]\s*|^[o\-–]\s{2,}|^[o\-–]\xa0\s*")
NUMBER = re.compile(r"^(\(?[0-9]{1,3}[.)]|\(?[a-z][.)]|[ivx]{1,5}[.)])[\s\xa0]+")


def plain_text(html: str) -> str:
    """Return the words of a pasted piece; scripts, styles, comments and pictures leave nothing behind."""
    safe = nh3.clean(
        html[:LONGEST], tags=TAGS, attributes={}, clean_content_tags={"script", "style"}
    )
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.lists: list[int | None] = []
        self.mark = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self._end()
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._end()
            self.mark = self._next_mark()
        elif tag in ("td", "th") and self.line.strip():
            self.line += " | "
        elif tag == "br" or (tag in BLOCKS and not self.mark):
            self._end()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self._end()
            self.lists.pop()
        elif tag == "li" or tag in BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        # A line break in the source is a blank in the text; a hard space may stand after a bullet.
        self.line += re.sub(r"[ \t\r\n\f]+", " ", data)

    def _next_mark(self) -> str:
        if not self.lists:
            return "- "
        indent = "  " * (len(self.lists) - 1)
        count = self.lists[-1]
        if count is None:
            return f"{indent}- "
        self.lists[-1] = count + 1
        return f"{indent}{count + 1}. "

    def _end(self) -> None:
        words = self.line.strip(" ")
        self.line = ""
        if not words.replace("\xa0", " ").strip():
            return
        if not self.mark:
            words = NUMBER.sub(r"\1 ", BULLET.sub("- ", words.lstrip("\xa0 ")))
        words = re.sub(r"[ \xa0]+", " ", words).strip()
        self.lines.append(f"{self.mark}{words}")
        self.mark = ""

    def text(self) -> str:
        """The lines so far, one under the other."""
        self._end()
        return "\n".join(self.lines)
