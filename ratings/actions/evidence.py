"""What a rating rests on, written down as it is confirmed."""

from __future__ import annotations

from django.db import transaction

from ratings.actions.drafts import acting_as
from ratings.models import EvidenceLink, RatingAssessment
from ratings.queries import current_rating
from ratings.queries.beside import EvidenceLine, evidence_since
from trust.audit import record
from trust.people.models import User


@transaction.atomic
def keep_evidence(draft: RatingAssessment, *, by: User) -> None:
    """Link each indicator with what stood beside it for the one who confirms, in place of what was linked before."""
    former = current_rating(draft.school)
    beside = evidence_since(draft.school, by, former.effective_on if former else None)
    EvidenceLink.objects.filter(rating__assessment=draft).delete()
    links = EvidenceLink.objects.bulk_create(
        _link(cell, line)
        for cell in draft.indicators.values_list("pk", "indicator")
        for line in beside.get(cell[1], ())
    )
    record("keep_evidence", draft, by=by, acted_as=acting_as(by, draft), links=len(links))


def _link(cell: tuple[int, int], line: EvidenceLine) -> EvidenceLink:
    of = {"visit_id" if line.kind == "visit" else "document_id": line.pk}
    return EvidenceLink(rating_id=cell[0], label=line.title[:160], seen_on=line.seen_on, **of)
