"""Reads a page's links and controls out of its HTML, so that a walk opens each distinct screen once."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

WITHOUT_CONTENT = ("mailto:", "tel:", "javascript:", "#")


class PageRead(HTMLParser):
    """The links of a page inside the site, and where its forms post to."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url = url
        self.links: list[str] = []
        self.controls: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and (href := given.get("href")):
            self._link(href)
        elif tag == "form" and (given.get("method") or "").lower() == "post":
            self.controls.add(url_name(urljoin(self.url, given.get("action") or "")))
        elif target := given.get("formaction"):
            self.controls.add(url_name(urljoin(self.url, target)))

    def _link(self, href: str) -> None:
        if href.startswith(WITHOUT_CONTENT):
            return
        address = urljoin(self.url, href).partition("#")[0]
        if urlsplit(address).netloc == urlsplit(self.url).netloc and address not in self.links:
            self.links.append(address)


def url_name(address: str) -> str:
    """The URL name behind an address, or the path itself when nothing answers there."""
    path = urlsplit(address).path
    try:
        return resolve(path).view_name
    except Resolver404:
        return path
