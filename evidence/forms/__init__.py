"""The pages' forms: the facts of a visit, what was typed in a record, documents and their marks."""

from evidence.forms.documents import DocumentForm, JudgementForm, PassageForm
from evidence.forms.facts import VisitFactsForm
from evidence.forms.record import FileForm, ReplyForm, VisitEditor

__all__ = [
    "DocumentForm",
    "FileForm",
    "JudgementForm",
    "PassageForm",
    "ReplyForm",
    "VisitEditor",
    "VisitFactsForm",
]
