"""Template tags of the house: icons, rating marks, tags, steppers, dates, times and money."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trust import marks

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A Lucide icon by name; decoration only, so the words beside it must say the same."""
    return marks.icon(name, extra)


@register.simple_tag
def rag(band: marks.Band | None, size: str = "chip") -> SafeString:
    """A rating with shape, letter and word: size is chip, lg or plain."""
    return marks.rating(band, {"chip": "rag-chip", "lg": "rag-lg"}.get(size, ""))


@register.simple_tag
def rag_mark(band: marks.Band | None) -> SafeString:
    """Shape and letter of a rating, for use beside its word."""
    return marks.mark(band)


@register.simple_tag
def rag_cell(band: marks.Band | None, direction: str = "") -> SafeString:
    """The inside of a rating cell's link: direction is improving, steady or declining."""
    return marks.cell(band, direction)


@register.simple_tag
def rag_trend(direction: str) -> SafeString:
    """The arrow of a direction; the word must stand beside it."""
    return marks.trend(direction)


@register.filter
def tone(band: marks.Band | None) -> str:
    """The letter for class names such as is-r: r, a, g, b or n."""
    return marks.tone(band)


@register.simple_tag
def spark(bands: Sequence[marks.Band | None]) -> SafeString:
    """The line of a school's last ratings, oldest first."""
    return marks.spark(bands)


@register.simple_tag
def history_chart(terms: Sequence[marks.Term]) -> SafeString:
    """Ratings by term, drawn wide for desks and narrow for phones."""
    return marks.history(terms)


@register.simple_tag
def level(position: int, name: str, of: int = 3) -> SafeString:
    """A level of support as bars and its word: position counts from 1 (least support)."""
    bars = format_html_join(
        "",
        "<b{}></b>",
        ((SafeString(' class="on"') if index < position else "",) for index in range(of)),
    )
    return format_html('<span class="level"><i aria-hidden="true">{}</i>{}</span>', bars, name)


_TAG_ICONS = {"done": "check", "late": "clock"}


@register.simple_tag
def tag(kind: str, text: object, icon_name: str = "") -> SafeString:
    """A status tag: kind is todo, doing, you, done, late or plain."""
    name = icon_name or _TAG_ICONS.get(kind, "")
    css = "tag" if kind == "plain" else f"tag tag-{kind}"
    return format_html('<span class="{}">{}{}</span>', css, marks.icon(name) if name else "", text)


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Iterable[Any], label: str = "Progress of this board") -> dict[str, Any]:
    """Steps with label, small (a line under it) and state (done, current, todo)."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("bootstrap5/field.html")
def field(bound: BoundField, label: str = "", help_text: str | None = None) -> dict[str, Any]:
    """A form field in the house's mark-up, with other words where the form belongs to a library."""
    if label:
        bound.label = label
    if help_text is not None:
        bound.help_text = help_text
    bound.field.widget.attrs.pop("placeholder", None)  # never a placeholder in place of a label
    return {"field": bound}


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value: date | datetime | None) -> str:
    """5 November 2026; nothing for no date."""
    if not value:
        return ""
    shown = _local(value)
    return f"{shown.day} {shown:%B %Y}"


@register.filter
def short_day(value: date | datetime | None) -> str:
    """26 Nov 2026, for dense tables and the calendar."""
    if not value:
        return ""
    shown = _local(value)
    return f"{shown.day} {shown:%b %Y}"


@register.filter
def clock(value: time | datetime | None) -> str:
    """9:30am, 2pm, midday, midnight."""
    if value is None or value == "":
        return ""
    shown = _local(value) if isinstance(value, datetime) else value
    if shown.minute == 0 and shown.hour in (0, 12):
        return "midday" if shown.hour else "midnight"
    minutes = f":{shown.minute:02d}" if shown.minute else ""
    return f"{shown.hour % 12 or 12}{minutes}{'am' if shown.hour < 12 else 'pm'}"


@register.filter
def clock_range(start: time | datetime | None, end: time | datetime | None) -> str:
    """9:30am to 10:30am; only the start when the end is not known."""
    return f"{clock(start)} to {clock(end)}" if start and end else clock(start)


@register.filter
def money(value: Decimal | float | str | None) -> str:
    """£1,140; pence only where there are any."""
    if value is None or value == "":
        return ""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    pence = amount != amount.to_integral_value()
    return f"{'−' if amount < 0 else ''}£{abs(amount):,.{2 if pence else 0}f}"


@register.filter
def pounds(value: Decimal | None) -> str:
    """£133, to the nearest pound, half a pound up: a cost a head is read beside others, not paid."""
    return "" if value is None else money(value.quantize(Decimal(1), ROUND_HALF_UP))
