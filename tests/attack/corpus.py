"""Bad input, always the same: values, query strings, bodies and keys that a hostile client can send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

LONG = "x" * 100_000
MANY_DIGITS = "9" * 5_000
ELSEWHERE = "https://evil.example/"

VALUES: tuple[str, ...] = (
    "\x00",
    "a\x00b",
    "\ufffd\u202e\U0010ffff",
    LONG,
    "",
    "   ",
    "-1",
    "0",
    "²",
    "٣",
    "1e400",
    "NaN",
    "2147483648",
    "9223372036854775808",
    str(10**30),
    MANY_DIGITS,
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "31/02/2026",
    "25:99",
    "no-such-choice",
    "=1+1",
    "<script>alert(1)</script>",
    "%00%ff{{7*7}}",
    ELSEWHERE,
)
"""What may stand in any field. Lone surrogates arrive as bytes: see `BODIES` and `QUERIES`."""

NAMES = (
    "act", "answer", "at", "back", "band", "by_when", "capacity", "content", "day", "do", "due_on",
    "evaluation", "go", "idempotency_key", "item", "key", "mark", "minutes", "next", "note", "number",
    "on", "open", "owner", "page", "person", "q", "reply", "school", "sort", "source", "starts_on",
    "state", "text", "typed_name", "version", "year",
)  # fmt: skip
"""Names that views read from a form or an address, whatever page the form stands on."""

URLENCODED = "application/x-www-form-urlencoded"
BODIES: tuple[tuple[str, bytes], ...] = (
    (URLENCODED, b"text=%ED%A0%80&version=%ED%BF%BF&title=\xed\xa0\x80"),
    (URLENCODED, b"&&==&=%&%zz=%u0000;;"),
    (URLENCODED + "; charset=no-such-charset", b"text=1"),
    ("application/json", b'{"text": "\\ud800", "version": 1e400}'),
    ("text/plain", b"\x00\xff\xfe"),
    ("", b"text=1"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\ncut'),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="../../\x00\xed\xa0\x80.pdf"\r\n'
        b"Content-Type: \xff/\xff\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b--\r\n",
    ),
)  # fmt: skip
"""Whole bodies with their content type."""

QUERIES: tuple[str, ...] = (
    *(urlencode(dict.fromkeys(NAMES, value)) for value in VALUES if len(value) < 10_000),
    "%ED%A0%80=%ED%A0%80&q=%ED%A0%80&sort=%00&page=%00",
    "&".join(f"school={n}" for n in range(300)),
    "sort=--name&sort=?&page=-1&page=last&page=99999999999999999999",
    "q=" + "x" * 20_000,
    "replaces=²&replaces=" + MANY_DIGITS,
)
"""Query strings that say something in every name."""

PKS: tuple[Any, ...] = (0, 10**9, 2**31, 2**63, 10**30)
"""Keys that no row has."""

FIELD = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)\"""")
DIGITS = re.compile(r"\d+")


def names_on(page: str) -> list[str]:
    """The fields of the forms on a page, in order, each once."""
    return list(dict.fromkeys(FIELD.findall(page)))


def forms(sample: dict[str, Any], fields: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every bad form for one address, with a word for what is bad about it."""
    names = list(dict.fromkeys([*sample, *fields, *NAMES]))
    whole = dict.fromkeys(names, "1") | sample
    yield "nothing", {}
    for value in VALUES:
        yield f"all {value[:12]!r}", dict.fromkeys(names, value)
        typed = [n for n in [*sample, *fields] if n != "idempotency_key"]
        for name in dict.fromkeys(typed):
            yield f"{name}={value[:12]!r}", sample | {name: value}
    for name in sample:
        yield f"without {name}", {n: v for n, v in sample.items() if n != name}
        yield f"{name} twice", sample | {name: [sample[name], LONG[:50]]}
    for key in ("-1", "²", "x", str(10**30), "\x00"):
        yield f"keys {key!r}", {DIGITS.sub(key, name): value for name, value in whole.items()}
    yield (
        "a file in every field",
        {name: SimpleUploadedFile("a\u202e.pdf", b"\x00%PDF") for name in names},
    )
    yield "sent on elsewhere", sample | {"next": ELSEWHERE, "back": ELSEWHERE}


def bad_arguments(kwargs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The address with each key in turn replaced by one that no row has."""
    for name, value in kwargs.items():
        if isinstance(value, int):
            yield from ({**kwargs, name: pk} for pk in PKS)
        else:
            yield from ({**kwargs, name: text} for text in ("\x00", "²", "x" * 2_000, "\ufffd"))
