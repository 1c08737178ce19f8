"""The house's lists: one lean template, with dates drawn in Python because a template per cell is slow."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.columns.linkcolumn import BaseLinkColumn
from django_tables2.utils import signature

from trust.templatetags.eyeline import short_day

TH_BEGINS = SafeString('<th scope="row" role="rowheader">')
TH_ENDS, TD_ENDS = SafeString("</th>"), SafeString("</td>")


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
    def drawn_rows(self) -> Iterator[list[tuple[SafeString, object, SafeString]]]:
        """The rows of the page: each cell between its tags, which say the label of its column."""
        columns: list[_Drawing] = []
        for row in self.paginated_rows:
            columns = columns or [
                _Drawing(bound, row.record, names_row=not place)
                for place, bound in enumerate(self.columns)
            ]
            yield [(each.opening, each.cell(row), each.closing) for each in columns]


class _Drawing:
    """How the cells of one column are drawn, worked out once a table and not once a cell.

    What a cell shows is what `BoundRow.get_cell` would answer, which looks at a signature for each one.
    """

    def __init__(self, bound: Any, record: object, *, names_row: bool) -> None:
        css = bound.column.attrs.get("td", {}).get("class", "")
        tag = format_html('<td role="cell" class="{}" data-label="{}">', css, bound.header)
        self.opening = TH_BEGINS if names_row else tag
        self.closing = TH_ENDS if names_row else TD_ENDS
        self.bound, self.accessor = bound, tables.A(bound.accessor)
        self.is_plain = not isinstance(bound.column, tables.ManyToManyColumn | BaseLinkColumn)
        self.display = _display_of(self.accessor, record)
        names, takes_all = signature(bound.render)
        self.wanted = None if takes_all else names

    def cell(self, row: Any) -> object:
        """What the column shows of a row."""
        if not self.is_plain:
            return row.get_cell(self.bound.name)
        value = self._value(row.record)
        if value in self.bound.column.empty_values:
            return self.bound.default
        given = {
            "value": value, "record": row.record, "column": self.bound.column,
            "bound_column": self.bound, "bound_row": row, "table": row.table,
        }  # fmt: skip
        wanted = given if self.wanted is None else {name: given[name] for name in self.wanted}
        content = self.bound.render(**wanted)
        return self.bound.link(content, **given) if self.bound.link else content

    def _value(self, record: object) -> object:
        if self.display:
            holder, _ = self.accessor.penultimate(record)
            return getattr(holder, self.display)()
        try:
            return self.accessor.resolve(record)
        except Exception:  # noqa: BLE001 - a column that is no field of the record, as django-tables2 has it
            return None


def _display_of(accessor: Any, record: object) -> str:
    """The method that says a field of choices in words; "" for every other field."""
    try:
        field = accessor.get_field(record)
    except FieldDoesNotExist:
        return ""
    holder, name = accessor.penultimate(record)
    method = f"get_{name}_display"
    return method if getattr(field, "choices", None) and hasattr(holder, method) else ""
