"""What a screen is looked at for: axe's rules, sideways scroll, the content policy and JavaScript errors."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Page

WIDTHS = (1280, 390)
NARROW = 320
HEIGHT = 900
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
}  # fmt: skip
_LISTEN = """document.addEventListener("securitypolicyviolation", function (event) {
  console.error("Content-Security-Policy: " + event.violatedDirective + " " + event.blockedURI);
});"""
_WIDEST = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return "";
  const out = Array.from(document.querySelectorAll("main *, header *, nav *"))
    .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(-1).map(e => e.tagName.toLowerCase() + "." + e.className);
  return root.scrollWidth + " of " + root.clientWidth + " px: " + out;
}"""
_axe = Axe()


class Look:
    """Listens to one page; `at(screen)` looks at what it shows now, `found` holds every failure as a sentence."""

    def __init__(self, page: Page, who: str) -> None:
        self.page = page
        self.who = who
        self.found: list[str] = []
        self.expected_refusal = False
        page.add_init_script(_LISTEN)
        page.on("console", self._console)
        page.on("pageerror", self._error)

    def _console(self, message: ConsoleMessage) -> None:
        refused = self.expected_refusal and "Failed to load resource" in message.text
        if message.type == "error" and not refused:
            self._say(f"console: {message.text}")

    def _error(self, error: Error) -> None:
        self._say(f"JavaScript error: {error.message}")

    def _say(self, sentence: str) -> None:
        path = self.page.url.partition("//")[2].partition("/")[2]
        line = f"{self.who} · /{path} · {sentence}"
        if line not in self.found:
            self.found.append(line)

    def at(self, widths: tuple[int, ...] = WIDTHS) -> None:
        """Run axe at each width and look for sideways scroll at 320 px."""
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            for violation in _axe.run(self.page, options=RULES).response["violations"]:
                nodes = "; ".join(" ".join(node["target"]) if all(isinstance(t, str) for t in node["target"]) else str(node["target"]) for node in violation["nodes"][:4])  # fmt: skip
                self._say(f"axe {violation['id']} at {width}: {violation['help']} ({nodes})")
        self.page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        if wide := self.page.evaluate(_WIDEST):
            self._say(f"scrolls sideways at {NARROW}: {wide}")
        self.page.set_viewport_size({"width": widths[0], "height": HEIGHT})
