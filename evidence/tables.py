"""The lists of records of visit and of school documents."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from evidence.models import SchoolDocument, VisitRecord
from evidence.queries.words import reply_words, visitor_words
from trust.tables import DayColumn, HouseTable, NumberColumn


class VisitTable(HouseTable):
    """Records of visit, newest first; the record names the row."""

    record = tables.Column(
        accessor="kind__name",
        verbose_name="Record",
        order_by=("kind__order", "-visited_on"),
        linkify=("evidence:visit-page", [tables.A("pk")]),
    )
    school = tables.Column(accessor="school__name", verbose_name="School")
    visited_on = DayColumn(verbose_name="Visited")
    visitor = tables.Column(empty_values=(), orderable=False, verbose_name="By")
    is_external = tables.Column(verbose_name="Seen from")
    state = tables.Column(empty_values=(), verbose_name="With the school")
    to_board = NumberColumn(verbose_name="To the board")

    caption = "Records of visit"

    class Meta(HouseTable.Meta):
        empty_text = "No record of visit to show"

    def render_visitor(self, record: VisitRecord) -> str:
        return visitor_words(record)

    def render_is_external(self, value: bool) -> str:
        return "Outside" if value else "Inside"

    def render_state(self, record: VisitRecord) -> str:
        return reply_words(record)


class DocumentTable(HouseTable):
    """School documents; the document names the row."""

    title = tables.Column(
        verbose_name="Document", linkify=("evidence:document-page", [tables.A("pk")])
    )
    school = tables.Column(accessor="school__name", verbose_name="School")
    kind = tables.Column(accessor="kind__name", order_by="kind__order", verbose_name="Kind")
    valid_from = DayColumn(verbose_name="Holds from")
    valid_until = DayColumn(verbose_name="Holds until", default="No end")
    marked = NumberColumn(verbose_name="Marked")

    caption = "School documents"

    class Meta(HouseTable.Meta):
        empty_text = "No document to show"

    def render_title(self, record: SchoolDocument, value: Any) -> SafeString | str:
        if record.version_label:
            return format_html("{} ({})", value, record.version_label)
        return str(value)
