"""The house's lists: one lean template, with dates drawn in Python because a template per cell is slow."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.utils import timezone

from trust.templatetags.eyeline import short_day


class DayColumn(tables.Column):
    """A date as 26 Nov 2026; exports carry the ISO date."""

    def render(self, value: date | datetime) -> str:
        return short_day(value)

    def value(self, value: date | datetime) -> str:
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.localtime(value)
        return f"{value:%Y-%m-%d}"


class NumberColumn(tables.Column):
    """A number, to the right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "num"}, "th": {"class": "num"}})
        super().__init__(*args, **kwargs)


class HouseTable(tables.Table):
    """A list with a caption; the first column names the row. Order every queryset given to it."""

    caption = ""

    class Meta:
        template_name = "tables/house.html"
        attrs = {"class": "table stack"}
        per_page = 50
        empty_text = "Nothing to show"

    def __init__(self, *args: Any, caption: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caption = caption or self.caption

    @property
    def drawn_rows(self) -> Iterator[list[tuple[object, str, str]]]:
        """The rows of the page: each cell with its column's label and class, which are worked out once a table."""
        columns = [
            (each.name, each.header, each.column.attrs.get("td", {}).get("class", ""))
            for each in self.columns
        ]
        for row in self.paginated_rows:
            yield [(row.get_cell(name), label, css) for name, label, css in columns]
