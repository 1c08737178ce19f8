"""Cells of the national register: what each kind of cell may hold, and the damage it may have taken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from schools.tabular import REPLACED

EMPTY = frozenset(
    (
        "",
        "not applicable",
        "not-applicable",
        "not recorded",
        "not collected",
        "none",
        "0000",
        "..",
        "does not apply",
    )
)
DATE_STYLES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y%m%d")
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
PLACEHOLDER = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 12, 31)


class Unreadable(ValueError):
    """A cell that cannot be read; the message is what was expected."""


def text(value: str) -> str:
    """The cell, or "" for the register's words for nothing; refuses a damaged letter."""
    if REPLACED in value:
        raise Unreadable(
            "a name that can be read: the file was saved again with the wrong encoding"
        )
    return "" if value.casefold() in EMPTY else value


def whole_number(value: str) -> int | None:
    """A whole number, or None for nothing."""
    value = text(value)
    if not value:
        return None
    plain = value.replace(",", "").removesuffix(".0")
    if not re.fullmatch(r"\d{1,9}", plain):
        raise Unreadable("a whole number, such as 205")
    return int(plain)


def age(value: str) -> int | None:
    """An age in years, or None."""
    years = whole_number(value)
    if years is not None and years > 99:
        raise Unreadable("an age in years, such as 11")
    return years


def percentage(value: str) -> Decimal | None:
    """A percentage between 0 and 100 with one decimal, or None."""
    value = text(value).removesuffix("%").strip()
    if not value:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal(-1)
    if not Decimal(0) <= number <= Decimal(100):
        raise Unreadable("a percentage, such as 28.3")
    return number.quantize(Decimal("0.1"))


def date(value: str) -> dt.date | None:
    """A date in any style the register has had, or after Excel; 1 January 1900 means unknown."""
    value = re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", text(value))
    if not value:
        return None
    found = _excel_day(value)
    for style in DATE_STYLES:
        if found:
            break
        try:
            found = dt.datetime.strptime(value, style).date()  # noqa: DTZ007 (a date has no zone)
        except ValueError:
            continue
    if found is None or not dt.date(1800, 1, 1) <= found <= LATEST:
        raise Unreadable("a date, such as 31-03-2017")
    return None if found <= PLACEHOLDER else found


def _excel_day(value: str) -> dt.date | None:
    plain = value.removesuffix(".0")
    if not re.fullmatch(r"\d{1,5}", plain):
        return None
    return EXCEL_DAY_ZERO + dt.timedelta(days=int(plain))


def urn(value: str) -> int:
    """A URN: six digits, sometimes five or seven."""
    plain = value.removesuffix(".0")
    if not re.fullmatch(r"[1-9]\d{4,6}", plain):
        raise Unreadable("a URN of six digits, such as 144146")
    return int(plain)


def padded(width: int) -> Callable[[str], str]:
    """A reader of codes that Excel has robbed of their leading zeros."""

    def read(value: str) -> str:
        value = text(value).removesuffix(".0")
        return value.zfill(width) if value.isdigit() else value.upper()

    return read


def telephone(value: str) -> str:
    """A telephone number, with the leading zero that Excel drops."""
    value = text(value)
    return f"0{value}" if re.fullmatch(r"[1-9]\d{8,9}", value.replace(" ", "")) else value


def website(value: str) -> str:
    """An address that can be linked to, or "" when it cannot be made one; never javascript:."""
    value = text(value).replace("\\", "/")
    if not value:
        return ""
    scheme = re.match(r"(?i)^(https?)://(?=[^/])", value)
    rest = re.sub(r"(?i)^https?[:;]*/*", "", value) if not scheme else value[scheme.end() :]
    whole = f"{scheme[1].lower() if scheme else 'https'}://{rest}"
    try:
        host = urlsplit(whole).hostname or ""
        _ = urlsplit(whole).port
    except ValueError:
        return ""
    label = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    fits = re.fullmatch(rf"({label}\.)+[a-z]{{2,}}", host) and not re.search(r"[\s<>\"'@]", whole)
    return whole if fits and len(whole) <= 300 else ""


def yes_or_no(value: str) -> bool | None:
    """Whether the words start with "Has", or None when they say nothing."""
    words = text(value).casefold()
    return words.startswith("has ") if words else None
