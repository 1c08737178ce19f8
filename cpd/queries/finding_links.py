"""From a finding of a visit to its practice card, or to the page that makes one."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from cpd.models import PracticeCard
from cpd.rules import may_write_practice
from evidence.finding_links import FindingLink
from evidence.models import Finding, VisitRecord
from trust.access import Actor


def finding_links(
    visit: VisitRecord, findings: Sequence[Finding], user: Actor
) -> dict[int, tuple[FindingLink, ...]]:
    """A link to the card for whoever may read it; a button to make one for the school's leaders."""
    to_share = [finding.pk for finding in findings if finding.good_practice]
    if visit.state == "draft" or not to_share:
        return {}
    made = PracticeCard.objects.filter(finding__in=to_share)
    cards = dict(made.values_list("finding_id", "pk"))
    seen = set(made.visible_to(user).values_list("finding_id", flat=True))
    may_write = may_write_practice(user, visit.school_id) and not visit.is_restricted
    links: dict[int, tuple[FindingLink, ...]] = {}
    for pk in to_share:
        if pk in seen:
            url = reverse("cpd:practice", args=[cards[pk]])
            links[pk] = (FindingLink("Open its practice card", url),)
        elif pk not in cards and may_write:
            url = f"{reverse('cpd:practice-new')}?finding={pk}"
            links[pk] = (FindingLink("Make a practice card", url),)
    return links
