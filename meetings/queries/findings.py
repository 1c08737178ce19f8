"""From a finding of a visit to its action and back, for whoever reads both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from evidence.finding_links import FindingLink
from evidence.models import Finding, VisitRecord
from meetings.action_rules import may_raise_action
from meetings.models import Action
from schools.models import School
from trust.access import Actor


@dataclass(frozen=True)
class FindingToRaise:
    """A finding from which an action is raised, and the one raised before, if this reader sees it."""

    finding: Finding
    school: School
    raised: Action | None


def finding_to_raise(user: Actor, pk: int | None) -> FindingToRaise | None:
    """The finding that an address names, of a record this reader sees and that is out of draft; else 404."""
    if pk is None:
        return None
    seen = VisitRecord.objects.visible_to(user).exclude(state="draft")
    rows = Finding.objects.select_related("visit__school", "visit__kind", "indicator")
    finding = rows.filter(pk=pk, visit__in=seen).first()
    if finding is None:
        raise Http404("No finding to see here")
    raised = Action.objects.visible_to(user).filter(finding=finding).first()
    return FindingToRaise(finding, finding.visit.school, raised)


def action_links(
    visit: VisitRecord, findings: Sequence[Finding], user: Actor
) -> dict[int, tuple[FindingLink, ...]]:
    """Under each finding its action, or the way to add one; nothing while the record is a draft."""
    if visit.state == "draft":
        return {}
    raised = Action.objects.visible_to(user).filter(finding__in=[each.pk for each in findings])
    links: dict[int, tuple[FindingLink, ...]] = {
        action.finding_id: (
            FindingLink(f"Action {action.ref}", reverse("meetings:action", args=[action.pk])),
        )
        for action in raised
        if action.finding_id
    }
    if may_raise_action(user, visit.school_id) and may_raise_action(user, None):
        for each in findings:
            url = f"{reverse('meetings:action-raise')}?{urlencode({'finding': each.pk})}"
            links.setdefault(each.pk, (FindingLink("Add an action", url),))
    return links
