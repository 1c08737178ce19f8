"""Who holds which post: the list, appointing, ending, and naming a delegate."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from schools import actions
from schools.forms import AppointForm, DelegateForm, EndPostForm
from schools.models import Post
from schools.queries.people import may_appoint_anybody, post_lines, posts_listed
from schools.rules import may_end_post, may_name_delegate, may_read_posts
from trust.access import Conflict, allowed_if, get_visible_or_404, require
from trust.calendar import today
from trust.pages import new_key, once, page_of, remembered, version_of

A_PAGE = 50


@require_GET
def post_list(request: HttpRequest) -> HttpResponse:
    require(may_read_posts(request.user, None))
    user, day, ended = request.user, today(), request.GET.get("show") == "ended"
    listed = posts_listed(user, day, ended=ended)
    key = f"posts-listed:{user.pk}:{hash(user.posts)}:{ended}:{day}"
    count = remembered(key, version_of(request), listed.count)
    pages = page_of(listed, count, A_PAGE, request.GET.get("page"))
    context = {
        "lines": post_lines(user, day, pages),
        "pages": pages,
        "query": "show=ended" if ended else "",
        "ended": ended,
        "may_appoint": may_appoint_anybody(request.user),
    }
    return render(request, "schools/post_list.html", context)


@require_http_methods(["GET", "POST"])
@once
def post_appoint(request: HttpRequest) -> HttpResponse:
    require(allowed_if(may_appoint_anybody(request.user), "The administrator and heads make posts"))
    first = {"school": request.GET.get("school"), "starts_on": today()}
    form = AppointForm(request.POST or None, by=request.user, today=today(), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            post = actions.appoint_person(by=request.user, **_appointment(form.cleaned_data))
            messages.success(request, f"{post} is recorded")
            return redirect("schools:post-list")
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    key = request.POST.get("idempotency_key") or new_key()
    return render(request, "schools/post_appoint.html", {"form": form, "key": key})


def _appointment(said: dict[str, object]) -> dict[str, object]:
    names = ("capacity", "school", "person", "title", "standing", "starts_on", "ends_on")
    wanted = {name: said[name] for name in names}
    wanted["new_name"], wanted["new_email"] = said["name"], said["email"]
    wanted["headship_since"] = said.get("headship_since")
    wanted["is_chair_of_trustees"] = said.get("is_chair_of_trustees", False)
    return wanted


@require_http_methods(["GET", "POST"])
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_visible_or_404(Post.objects.all(), request.user, pk=pk)
    require(may_end_post(request.user, post))
    form = EndPostForm(request.POST or None, initial={"on": post.ends_on or today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_post(post, by=request.user, on=form.cleaned_data["on"])
            messages.success(request, f"{post} has a last day")
            return redirect("schools:post-list")
        except Conflict as conflict:
            form.add_error("on", str(conflict))
    return render(request, "schools/post_end.html", {"form": form, "post": post})


@require_http_methods(["GET", "POST"])
@once
def post_delegate(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_visible_or_404(Post.objects.all(), request.user, pk=pk)
    require(may_name_delegate(request.user, post))
    first = {"starts_on": today()}
    form = DelegateForm(request.POST or None, by=request.user, post=post, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_delegate(post, by=request.user, **form.cleaned_data)
            messages.success(request, "The delegate is recorded")
            return redirect("schools:post-list")
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    key = request.POST.get("idempotency_key") or new_key()
    return render(request, "schools/post_delegate.html", {"form": form, "post": post, "key": key})
