"""The list of people."""

import django_tables2 as tables

from trust.tables import HouseTable


class PeopleTable(HouseTable):
    """Who is named in this trust, in which posts, and who can sign in."""

    caption = "People and their accounts"

    name = tables.Column(linkify=lambda record: record.url)
    posts = tables.Column(verbose_name="Posts today", orderable=False)
    email = tables.Column(verbose_name="Work email")
    account = tables.Column()

    class Meta(HouseTable.Meta):
        empty_text = "Nobody with this name or address"
