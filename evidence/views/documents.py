"""School documents: the list, a new one, one with its marked passages and own judgements."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from evidence.actions import (
    add_school_document,
    enter_document_judgement,
    mark_passage,
    unmark_passage,
)
from evidence.forms import DocumentForm, JudgementForm, PassageForm
from evidence.models import DocumentKind, MarkedPassage, SchoolDocument
from evidence.queries.documents import document_with_marks, gaps_of, listed_documents
from evidence.rules import (
    may_add_document,
    may_enter_judgement,
    may_mark_passage,
    may_read_documents,
    may_replace_document,
    may_unmark_passage,
)
from evidence.tables import DocumentTable
from evidence.views.visits import person
from schools.models import School
from schools.queries.pages import school_choices
from trust.access import Capacity, get_visible_or_404, require
from trust.calendar import today
from trust.numbers import whole_number
from trust.pages import new_key, once, page_of, remembered, version_of
from trust.uploads import send_file

SCHOOLS_A_PAGE = 30
"""Schools whose missing documents stand on one page."""


def _document_or_404(request: HttpRequest, pk: int) -> SchoolDocument:
    documents = document_with_marks(SchoolDocument.objects.all())
    return get_visible_or_404(documents, request.user, pk=pk)


@require_GET
def document_list(request: HttpRequest) -> HttpResponse:
    """Documents this person may read, and what is missing or has run out at the schools shown."""
    require(may_read_documents(request.user))
    asked = request.GET
    school = whole_number(asked.get("school", ""))
    documents = listed_documents(
        person(request), school=school, kind=asked.get("kind", ""), with_older="older" in asked
    )
    table = DocumentTable(documents)
    RequestConfig(request, paginate={"per_page": 50, "silent": True}).configure(table)
    at = version_of(request)
    schools = school_choices(person(request), at, in_trust=True)
    kinds = remembered("document-kinds", at, lambda: list(DocumentKind.objects.all()))
    shown = [each for each in schools if school in (None, each.pk)]
    gap_pages = page_of(shown, len(shown), SCHOOLS_A_PAGE, asked.get("gaps"))
    gaps = gaps_of(gap_pages, today(), kinds)
    context = {
        "table": table,
        "schools": schools,
        "kinds": kinds,
        "gaps": [(each, gaps[each.pk]) for each in gap_pages if gaps[each.pk]],
        "gap_pages": gap_pages,
        "sees_gaps": person(request).posts.holds(*SEE_GAPS),
        "asked": asked,
        "may_add": may_add_document(request.user, None),
    }
    return render(request, "evidence/document_list.html", context)


SEE_GAPS = (
    Capacity.CEO,
    Capacity.CEO_REPRESENTATIVE,
    Capacity.DSI,
    Capacity.CLERK,
    Capacity.HEAD,
    Capacity.LEADER,
    Capacity.LINK_TRUSTEE,
)
"""Who reads every kind of document, so that a missing one is missing and not merely out of sight."""


@require_http_methods(["GET", "POST"])
@once
def document_new(request: HttpRequest) -> HttpResponse:
    """Add a document; `replaces` in the address makes it a newer version."""
    user = person(request)
    require(may_add_document(user, None))
    older = None
    if request.GET.get("replaces"):
        older = _document_or_404(request, pk=whole_number(request.GET["replaces"]) or 0)
        require(may_replace_document(user, older))
    own = user.posts.schools(Capacity.HEAD, Capacity.LEADER)
    schools = School.objects.filter(pk__in=[older.school_id] if older else own).by_name()
    initial = {"kind": request.GET.get("kind"), "valid_from": today()}
    if older:
        initial |= {"school": older.school_id, "kind": older.kind.slug, "title": older.title}
    form = DocumentForm(
        request.POST or None, request.FILES or None, schools=schools, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        made = add_school_document(
            typed["school"], form.facts(), typed["file"], by=user, replaces=older
        )
        return redirect("evidence:document-page", pk=made.pk)
    return render(request, "evidence/document_new.html", {"form": form, "older": older})


@require_GET
def document_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One document with its marks and own judgements."""
    return _document_page(request, _document_or_404(request, pk))


def _document_page(
    request: HttpRequest,
    document: SchoolDocument,
    passage_form: PassageForm | None = None,
    judgement_form: JudgementForm | None = None,
) -> HttpResponse:
    context = {
        "document": document,
        "older": SchoolDocument.objects.filter(replaced_by=document).first(),
        "is_over": bool(document.valid_until and document.valid_until < today()),
        "may_mark": may_mark_passage(request.user, document),
        "may_judge": may_enter_judgement(request.user, document),
        "may_replace": may_replace_document(request.user, document),
        "passage_form": passage_form or PassageForm(prefix="passage"),
        "judgement_form": judgement_form or JudgementForm(prefix="judgement"),
        "form": passage_form or judgement_form,
        "key": new_key(),
    }
    return render(request, "evidence/document.html", context)


@require_GET
def document_file(request: HttpRequest, pk: int) -> FileResponse:
    """The document itself, as a download."""
    document = _document_or_404(request, pk)
    return send_file(document.file, document.file_name)


@require_POST
def passage_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a passage by its page and words."""
    document = _document_or_404(request, pk)
    require(may_mark_passage(request.user, document))
    form = PassageForm(request.POST, prefix="passage")
    if not form.is_valid():
        return _document_page(request, document, passage_form=form)
    mark_passage(document, by=person(request), **form.cleaned_data)
    messages.success(request, "The passage is marked")
    return redirect(f"{reverse('evidence:document-page', args=[pk])}#passages")


@require_POST
def passage_unmark(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mark away."""
    passages = MarkedPassage.objects.select_related("document")
    passage = get_visible_or_404(passages, request.user, pk=pk)
    require(may_unmark_passage(request.user, passage))
    unmark_passage(passage, by=person(request))
    messages.success(request, "The mark is taken away")
    url = reverse("evidence:document-page", args=[passage.document_id])
    return redirect(f"{url}#passages")


@require_POST
def judgement_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what the document itself judges of one indicator."""
    document = _document_or_404(request, pk)
    require(may_enter_judgement(request.user, document))
    form = JudgementForm(request.POST, prefix="judgement")
    if not form.is_valid():
        return _document_page(request, document, judgement_form=form)
    enter_document_judgement(document, by=person(request), **form.cleaned_data)
    messages.success(request, "The document's own judgement is entered")
    return redirect(f"{reverse('evidence:document-page', args=[pk])}#judgements")
