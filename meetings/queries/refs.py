"""The references that pages and PDFs print, so that a reader of paper finds the thing again."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import Q

from meetings.models import AgendaItem, Meeting
from schools.models import School


def school_ref(school: School | None) -> str:
    """ALD, or a number while the school has no code; "" for what is of no school."""
    return (school.code or f"S{school.pk}") if school else ""


def meeting_ref(meeting: Meeting) -> str:
    """ALD-26-A2: the school's code and the meeting's, as its actions begin."""
    own = meeting.code or f"M{meeting.pk}"
    return "-".join(filter(None, (school_ref(meeting.school), own)))


def item_ref(item: AgendaItem) -> str:
    """ALD-26-A2/3: the third item of that meeting, and its minute."""
    return f"{meeting_ref(item.meeting)}/{item.order}"


def meetings_named(refs: Collection[str]) -> dict[str, int]:
    """The meetings that these references name, each with its key, in one query."""
    parts = {(ref[:n], ref[n + 1 :]) for ref in refs for n, sign in enumerate(ref) if sign == "-"}
    parts |= {("", ref) for ref in refs}
    codes, schools = {code for _, code in parts if code}, {school for school, _ in parts}
    coded = Q(code__in=codes) | Q(code="", pk__in=_numbers("M", codes))
    there = Q(school__code__in=schools) | Q(school__in=_numbers("S", schools))
    rows = Meeting.objects.filter(coded, there | Q(school=None)).select_related("school")
    found = {meeting_ref(row): row.pk for row in rows.only("code", "school__code")}
    return {ref: key for ref, key in found.items() if ref in refs}


def _numbers(letter: str, words: Collection[str]) -> list[int]:
    """The numbers behind a letter, where the words are nothing else."""
    pattern = re.compile(rf"{letter}(\d{{1,9}})")
    return [int(match.group(1)) for word in words if (match := pattern.fullmatch(word))]
