"""Reviews of impact: one, its files, the list; the verdict at the end, and looking again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions.impact import evaluate_request, look_again_request, record_review
from cpd.forms.impact import ReviewForm, VerdictForm
from cpd.models import CpdRequest, ImpactReview, ReviewFile
from cpd.queries import impact
from cpd.rules import may_evaluate, may_list_reviews
from schools.models import School
from trust.access import Conflict, NotAllowed, get_visible_or_404, require
from trust.calendar import today
from trust.numbers import whole_number
from trust.pages import once
from trust.uploads import send_file

A_PAGE = 40


@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """Reviews of the requests this person reads; late ones are counted at the head."""
    require(may_list_reviews(request.user))
    day = today()
    school = whole_number(request.GET.get("school", ""))
    show = request.GET.get("show", "open")
    found = impact.reviews_shown(request.user, show=show, school=school, today=day)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    asked = f"&school={school}" if school else ""
    context = {
        "rows": [impact.review_row(each, day, request.user) for each in page.object_list],
        "page_obj": page,
        "counts": impact.review_counts(request.user, day),
        "shows": impact.SHOWS,
        "show": show if show in dict(impact.SHOWS) else "open",
        "schools": School.objects.filter(
            pk__in=impact.schools_with_reviews(request.user)
        ).by_name(),
        "school": school,
        "query": f"show={show}{asked}",
        "asked": asked,
    }
    return render(request, "cpd/review_list.html", context)


@require_http_methods(["GET", "POST"])
@once
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: what was promised, and what was seen. The form comes back with its words when it is refused."""
    found = get_visible_or_404(impact.reviews_with_request(), request.user, pk=pk)
    form = ReviewForm(request.POST or None, request.FILES or None, initial=_recorded(found))
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        typed.pop("idempotency_key")
        try:
            record_review(found, by=request.user, **typed)
        except (Conflict, NotAllowed) as refused:
            form.add_error(None, str(refused))
            status = 403 if isinstance(refused, NotAllowed) else 409
        else:
            messages.success(request, f"Review of {found.request.ref} recorded")
            return redirect("cpd:review", pk=found.pk)
    page = impact.review_page(found, request.user, today())
    shown = form if page.may_record or form.errors else None
    context = {"page": page, "review": found, "cpd_request": found.request, "form": shown}
    return render(request, "cpd/review.html", context, status=status)


def _recorded(found: ImpactReview) -> dict[str, object]:
    if found.reviewed_at is None:
        return {}
    return {
        "outcome": found.outcome,
        "evidence": found.evidence,
        "measured": found.measured,
        "seen": found.reviewed_at.isoformat(),
    }


@require_GET
def review_file(request: HttpRequest, pk: int) -> FileResponse:
    """A file of evidence, for whoever reads evidence."""
    kept = get_visible_or_404(ReviewFile.objects.all(), request.user, pk=pk)
    return send_file(kept.file, kept.name)


@require_http_methods(["GET", "POST"])
@once
def request_evaluate(request: HttpRequest, pk: int) -> HttpResponse:
    """The school's verdict: repeat, adapt, stop or scale to the trust."""
    found = get_visible_or_404(
        CpdRequest.objects.select_related("school", "provider"), request.user, pk=pk
    )
    require(may_evaluate(request.user, found))
    form = VerdictForm(request.POST or None, initial=_verdict(found))
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        typed.pop("idempotency_key")
        try:
            evaluate_request(found, by=request.user, **typed)
        except Conflict as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, f"Verdict on {found.ref} recorded")
            return redirect("cpd:request", pk=found.pk)
    rows = [impact.review_row(each, today()) for each in found.reviews.select_related("request")]
    context = {"cpd_request": found, "form": form, "rows": rows}
    return render(request, "cpd/review_verdict.html", context, status=status)


def _verdict(found: CpdRequest) -> dict[str, object]:
    again = {True: "yes", False: "no"}.get(found.would_use_again, "")  # type: ignore[call-overload]
    return {
        "verdict": found.verdict,
        "note": found.verdict_note,
        "would_use_again": again,
        "provider_note": found.provider_note,
    }


@require_POST
def request_look_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the verdict back; its words stay in the form."""
    found = get_visible_or_404(CpdRequest.objects.all(), request.user, pk=pk)
    look_again_request(found, by=request.user)
    messages.success(request, f"The verdict on {found.ref} is open again")
    return redirect("cpd:request-evaluate", pk=found.pk)
