"""Part B: typed under its item, read by its readers only, checked by them, opened to others by name."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.actions import part_b as acts
from meetings.actions import signing
from meetings.actions.part_b import StalePartB
from meetings.documents.part_b import request_part_b
from meetings.forms import PartBCorrectionForm, PartBGrantForm
from meetings.models import Meeting, PartB, PartBCorrection, PartBGrant, PartBKept
from meetings.part_b_rules import (
    READERS,
    may_answer_part_b,
    may_correct_part_b,
    may_grant_part_b,
    may_read_part_b,
    may_tick_part_b,
    may_write_part_b,
)
from meetings.queries.part_b import nameable, part_b_page, part_with_rules
from meetings.queries.way import signer_word
from meetings.views.found import back_to, item_or_404
from trust.access import Conflict, NotAllowed, require
from trust.calendar import now, today
from trust.numbers import whole_number
from trust.pages import new_key, once
from trust.people.second_factor import second_factor_first
from trust.templatetags.eyeline import clock


def part_or_404(request: HttpRequest, pk: int | None) -> PartB:
    """A Part B for one of its readers: who sees the meeting is told why not, a stranger finds nothing."""
    part = PartB.objects.filter(pk=pk).first()
    if part is None:
        raise Http404("No Part B to see here")
    part = part_with_rules(part)
    answer = may_read_part_b(request.user, part)
    if not answer:
        _refuse(request, part.item.meeting, answer.reason)
    return part


def _refuse(request: HttpRequest, meeting: Meeting, reason: str) -> NoReturn:
    if not _sees(request, meeting):
        raise Http404("No Part B to see here")
    raise NotAllowed(reason)


def _sees(request: HttpRequest, meeting: Meeting) -> bool:
    return Meeting.objects.visible_to(request.user).filter(pk=meeting.pk).exists()


def _is_typed(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "autosave"


# -- read --------------------------------------------------------------------------------------------


@require_GET
@second_factor_first
def part_b(request: HttpRequest, pk: int) -> HttpResponse:
    """Every Part B of a meeting that this person reads."""
    return _page(request, _meeting(pk))


def _meeting(pk: int) -> Meeting:
    meeting = Meeting.objects.with_seats().filter(pk=pk).first()
    if meeting is None:
        raise Http404("No Part B to see here")
    return meeting


def _page(
    request: HttpRequest, meeting: Meeting, *, bound: dict[int, Any] | None = None,
    refused: dict[int, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; `bound` holds a form that comes back with its errors, `refused` why an answer was not taken."""
    page = part_b_page(meeting, request.user)
    if page is None:
        _refuse(request, meeting, READERS)
    bound, refused = bound or {}, refused or {}
    context = {
        "meeting": meeting,
        "page": page,
        "lines": [
            {"line": line, "form": bound.get(line.part.pk) or PartBCorrectionForm(prefix=f"b{line.part.pk}")}
            for line in page.lines
        ],
        "refused": refused,
        "errors": {f"answer-{pk}": words for pk, words in refused.items()},
        "form": next(iter(bound.values()), None),
        "typed": request.POST,
        "signer": signer_word(meeting.kind),
        "sees_minutes": _sees(request, meeting),
        "key": new_key(),
    }  # fmt: skip
    status = 422 if bound or refused else 200
    return render(request, "meetings/part_b.html", context, status=status)


@require_POST
@second_factor_first
def part_b_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the PDF of one Part B; that of final minutes is there already."""
    part = part_or_404(request, pk)
    document = request_part_b(part, by=request.user)
    back = reverse("meetings:part-b", args=[part.item.meeting_id])
    address = reverse("document-progress", args=[document.pk])
    return redirect(f"{address}?{urlencode({'back': back})}")


# -- written -----------------------------------------------------------------------------------------


@require_POST
@second_factor_first
def part_b_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the Part B of an item: as typed (JSON), or by its button (to the page, or to both texts)."""
    item = item_or_404(request, pk)
    try:
        require(may_write_part_b(request.user, item.meeting))
        part = acts.save_part_b(
            item,
            text=request.POST.get("text", ""),
            version=whole_number(request.POST.get("version", "")) or 0,
            by=request.user,
        )
    except StalePartB as stale:
        return _stale(request, stale)
    except NotAllowed as refused:
        return _not_saved(request, refused)
    if _is_typed(request):
        return JsonResponse({"version": part.version, "saved_at": clock(now())})
    messages.success(request, f"Part B of item {item.order} is saved")
    return back_to(request, item.meeting, item=item.pk)


def _not_saved(request: HttpRequest, refused: NotAllowed | Conflict) -> HttpResponse:
    """The open page says why in words; a button gets the page that says so."""
    if not _is_typed(request):
        raise refused
    return JsonResponse({"message": f"Not saved: {refused}"}, status=403)


def _stale(request: HttpRequest, stale: StalePartB) -> HttpResponse:
    if _is_typed(request):
        url = reverse("meetings:part-b-merge", args=[stale.kept.pk])
        return JsonResponse({"url": url, "message": str(stale)}, status=409)
    return render(request, "meetings/part_b_merge.html", _both(stale.kept), status=409)


def _both(kept: PartBKept) -> dict[str, Any]:
    item = kept.part.item
    return {"kept": kept, "part": kept.part, "item": item, "meeting": item.meeting}


@require_http_methods(["GET", "POST"])
@second_factor_first
def part_b_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Both texts side by side; the author puts the kept one where it belongs."""
    rows = PartBKept.objects.select_related("part__item__meeting", "part__updated_by__person")
    kept = rows.filter(author=request.user, pk=pk).first()
    if kept is None:
        raise Http404("No text to see here")
    part_or_404(request, kept.part_id)
    if request.method == "GET":
        return render(request, "meetings/part_b_merge.html", _both(kept))
    version = whole_number(request.POST.get("version", "")) or 0
    text = request.POST.get("text", "")
    try:
        acts.resolve_part_b(kept, text=text, version=version, by=request.user)
    except StalePartB as stale:
        return _stale(request, stale)
    messages.success(request, f"Part B of item {kept.part.item.order} is saved")
    return back_to(request, kept.part.item.meeting, item=kept.part.item_id)


@require_POST
@second_factor_first
def part_b_stayed(request: HttpRequest, pk: int) -> HttpResponse:
    """Save who stayed for the Part B of an item; a tick more or less is one click."""
    item = item_or_404(request, pk)
    ticked, shown = (
        {key for value in request.POST.getlist(name) if (key := whole_number(value))}
        for name in ("stayed", "shown")
    )
    try:
        require(may_tick_part_b(request.user, item.meeting))
        acts.set_stayed(item, ticked=ticked, shown=shown | ticked, by=request.user)
    except (NotAllowed, Conflict) as refused:
        return _not_saved(request, refused)
    if _is_typed(request):
        return JsonResponse({"saved_at": clock(now())})
    messages.success(request, f"Who stayed for Part B of item {item.order} is saved")
    return back_to(request, item.meeting, item=item.pk)


# -- its accuracy check --------------------------------------------------------------------------------


@require_POST
@second_factor_first
@once
def part_b_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a correction of a Part B."""
    part = part_or_404(request, pk)
    require(may_correct_part_b(request.user, part))
    form = PartBCorrectionForm(request.POST, prefix=f"b{pk}")
    if not form.is_valid():
        return _page(request, part.item.meeting, bound={pk: form})
    acts.propose_part_b_correction(part, text=form.cleaned_data["text"], by=request.user)
    signing.open_signature(part.item.meeting, by=request.user)
    messages.success(request, "Your correction is with whoever signs")
    return redirect("meetings:part-b", pk=part.item.meeting_id)


@require_POST
@second_factor_first
def part_b_nothing(request: HttpRequest, pk: int) -> HttpResponse:
    """ "Nothing to correct": the answer of a reader who was there."""
    part = part_or_404(request, pk)
    acts.say_nothing_of_part_b(part, by=request.user)
    signing.open_signature(part.item.meeting, by=request.user)
    messages.success(request, "Thank you. The record says that you found nothing to correct")
    return _to_item(part)


@require_POST
@second_factor_first
def part_b_nothing_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take "Nothing to correct" back; the second click finds it gone."""
    part = part_or_404(request, pk)
    acts.take_back_nothing_of_part_b(part, by=request.user)
    messages.success(request, "The record says no longer that you found nothing to correct")
    return _to_item(part)


def _to_item(part: PartB) -> HttpResponse:
    page = reverse("meetings:part-b", args=[part.item.meeting_id])
    return redirect(f"{page}#item-{part.item_id}")


@require_POST
@second_factor_first
def part_b_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, edit or refuse a correction of a Part B, and sign it again; what was typed comes back."""
    correction = PartBCorrection.objects.select_related("part__item__meeting").filter(pk=pk).first()
    part = part_or_404(request, correction.part_id if correction else None)
    require(may_answer_part_b(request.user, part))
    given = request.POST
    try:
        acts.answer_part_b_correction(
            correction, answer=given.get("answer", ""), reason=given.get("reason", ""),
            text=given.get("text"), version=whole_number(given.get("version", "")),
            typed_name=given.get("typed_name", ""), by=request.user,
        )  # fmt: skip
    except Conflict as refused:
        return _page(request, part.item.meeting, refused={pk: str(refused)})
    messages.success(request, "Your answer is noted, and the Part B signed again")
    return redirect("meetings:part-b", pk=part.item.meeting_id)


# -- others, by name -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@second_factor_first
@once
def part_b_readers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may read a Part B by the Chief Executive's word; a POST names one more."""
    part = part_or_404(request, pk)
    require(may_grant_part_b(request.user, part))
    people = nameable(part, today())
    form = PartBGrantForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        person = form.people[form.cleaned_data["person"]]
        acts.grant_part_b(part, person=person, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"{person.name} may read it now")
        return redirect("meetings:part-b-readers", pk=pk)
    context = {
        "part": part, "item": part.item, "meeting": part.item.meeting, "form": form,
        "grants": list(part.grants.all()), "key": new_key(), "signer": signer_word(part.item.meeting.kind),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "meetings/part_b_readers.html", context, status=status)


@require_POST
@second_factor_first
def part_b_grant_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a permission; the second click finds it ended."""
    grant = PartBGrant.objects.select_related("part", "person").filter(pk=pk).first()
    part = part_or_404(request, grant.part_id if grant else None)
    require(may_grant_part_b(request.user, part))
    if grant is not None:
        acts.end_part_b_grant(grant, by=request.user)
        messages.success(request, f"{grant.person.name} reads it no longer")
    return redirect("meetings:part-b-readers", pk=part.pk)
