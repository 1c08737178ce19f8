"""Records of visit in each state, written through the actions that a person would use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings

from evidence.actions import (
    FindingText,
    VisitFacts,
    VisitText,
    draft_visit,
    file_visit,
    save_visit,
    send_visit,
)
from evidence.models import VisitKind, VisitRecord
from schools.models import School
from trust.people.models import User

NOV_12 = dt.date(2026, 11, 12)
Write = Callable[..., VisitRecord]


@pytest.fixture(autouse=True)
def _media(settings: django_settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def write(school: School) -> Write:
    """Write a record at a school as somebody, up to a state."""

    def written(
        by: User,
        *,
        state: str = "draft",
        kind: str = "learning-walk",
        at: School | None = None,
        on: dt.date = NOV_12,
        text: str = "Clear models in 7 of 9 lessons",
        **finding: object,
    ) -> VisitRecord:
        facts = VisitFacts(at or school, VisitKind.objects.get(slug=kind), on)
        visit = draft_visit(facts, by=by)
        first = visit.findings.get()
        typed = FindingText(first.pk, **{"kind": "strength", "text": text, **finding})
        fields = {"focus": "Adaptive teaching in Years 3 to 5"}
        visit = save_visit(visit, VisitText(fields, (typed,)), by=by, version=visit.version)
        if state != "draft":
            send_visit(visit, by=by)
        if state == "filed":
            file_visit(visit)
        return VisitRecord.objects.get(pk=visit.pk)

    return written
