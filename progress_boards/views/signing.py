"""The Chair's page: read, edit, judge, sign; afterwards the corrections."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from meetings.actions import signing as engine
from meetings.actions.minutes import StaleText, minute_of, save_minute
from meetings.models import Correction, Minute
from meetings.rules import SIGNED, may
from meetings.tracked import changes
from progress_boards.actions import signing as acts
from progress_boards.models import ProgressBoard
from progress_boards.queries.board_steps import steps_of
from progress_boards.queries.signing import TOO_EARLY, sign_page
from progress_boards.rules import may_judge
from progress_boards.views.agenda import back, board_of, item_of_board
from ratings.models import Band
from trust.access import Conflict, require
from trust.calendar import now
from trust.numbers import whole_number
from trust.templatetags.eyeline import clock, day

SIGN = "progress_boards:chair-sign"


@require_http_methods(["GET", "POST"])
def chair_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the Chair says of one board, on one page; who else opens it is refused."""
    board = board_of(request, pk)
    require(may(request.user, board.meeting, "sign"))
    if board.meeting.state not in ("with_chair", "accuracy_check"):
        return back(board)
    if request.method == "POST":
        return _said(request, board)
    engine.open_minutes(board.meeting, by=request.user)
    return _page(request, board)


def _page(
    request: HttpRequest, board: ProgressBoard, errors: dict[str, str] | None = None
) -> HttpResponse:
    typed = request.POST if errors is not None else None
    statement = {
        "closing_statement": board.closing_statement,
        "evaluation": board.evaluation_validated,
        "evaluation_reason": board.evaluation_reason,
        "advises": board.advises_new_rating,
        "typed_name": "",
        "note": "",
    }
    if typed is not None:
        statement = {**statement, **{k: typed.get(k, "") for k in statement}}
    signed = board.meeting.state == "accuracy_check"
    wrong = next((name for name in errors or {} if name.startswith("judged-")), "")
    return render(
        request,
        "progress_boards/chair_corrections.html" if signed else "progress_boards/chair_sign.html",
        {
            "board": board, "meeting": board.meeting, "page": sign_page(board, typed, reader=request.user),
            "steps": steps_of(board.meeting), "said": statement, "errors": errors or {},
            "has_errors": bool(errors), "wrong_item": whole_number(wrong.removeprefix("judged-")),
            "wrong_words": (errors or {}).get(wrong, ""), "clean": request.GET.get("show") == "clean",
        },
        status=422 if errors else 200,
    )  # fmt: skip


def _said(request: HttpRequest, board: ProgressBoard) -> HttpResponse:
    """Save what is typed; then what the button asks for."""
    do = request.POST.get("do", "save")
    if do == "sign" and board.meeting.state in SIGNED and may(request.user, board.meeting, "sign"):
        return _signed_already(request, board)
    require(may_judge(request.user, board))
    saves_itself = request.headers.get("X-Requested-With") == "autosave"
    try:
        _save(request, board)
        if saves_itself:
            return JsonResponse({"saved_at": clock(now()), "version": board.version})
        if do == "sign":
            acts.sign_board(board, typed_name=request.POST.get("typed_name", ""), by=request.user)
            messages.success(request, "Signed. The accuracy check is open"
                             if board.meeting.state == "accuracy_check" else "Signed. The minutes are final")  # fmt: skip
            return (
                redirect(SIGN, board.pk) if board.meeting.state == "accuracy_check" else back(board)
            )
        if do == "return":
            engine.return_minutes(board.meeting, note=request.POST.get("note", ""), by=request.user)
            messages.success(request, "The minutes are back with the clerk, with your note")
            return back(board)
    except Conflict as refused:
        if saves_itself:
            return JsonResponse({"message": str(refused)}, status=422)
        board.meeting.refresh_from_db()
        if board.meeting.state in SIGNED:
            return _signed_already(request, board)
        if board.meeting.state != "with_chair":
            raise
        errors = {_field_of(refused, do): str(refused)}
        return _page(
            request, board, {**_unsaid(request, board), **errors} if do == "sign" else errors
        )
    messages.success(request, "Saved")
    return redirect(SIGN, board.pk)


def _signed_already(request: HttpRequest, board: ProgressBoard) -> HttpResponse:
    """The second click, or the second of two at one moment: who signed, when, and that it counts once."""
    meeting = board.meeting
    at = f"{day(meeting.signed_at)} at {clock(meeting.signed_at)}"
    messages.info(
        request, f"These minutes were signed by {meeting.signed_name} on {at}: they are signed once"
    )
    return redirect(SIGN, board.pk) if meeting.state == "accuracy_check" else back(board)


def _unsaid(request: HttpRequest, board: ProgressBoard) -> dict[str, str]:
    """Everything that is still to be said, so that nobody signs three times to hear of three gaps."""
    words = ("closing_statement", "evaluation", "evaluation_reason", "typed_name")
    typed = {name: request.POST.get(name, "") for name in words}
    return acts.unsaid(board, by=request.user, **typed)


def _field_of(refused: Conflict, do: str) -> str:
    """Beside which field a refusal is said."""
    if isinstance(refused, acts.Unsaid):
        return refused.field
    return {"sign": "typed_name", "return": "note"}.get(do, "closing_statement")


def _save(request: HttpRequest, board: ProgressBoard) -> None:
    """The judgements first, then the statement, which may still lack a reason."""
    post: QueryDict = request.POST
    bands = {str(band.pk): band for band in Band.objects.all()}
    for item in board.meeting.items.all():
        choice = post.get(f"judged-{item.pk}")
        if choice is None:
            continue
        band = bands.get(choice)
        value = "band" if band else TOO_EARLY if choice == TOO_EARLY else ""
        acts.judge_item(board, item, value=value, band=band, by=request.user,
                        direction=post.get(f"direction-{item.pk}", "") if value else "",
                        evaluation=post.get(f"evaluation-{item.pk}", ""),
                        reason=post.get(f"reason-{item.pk}", ""))  # fmt: skip
    version = post.get("version", "")
    acts.save_statement(
        board, version=whole_number(version) or 0, by=request.user,
        closing_statement=post.get("closing_statement", ""), evaluation=post.get("evaluation", ""),
        evaluation_reason=post.get("evaluation_reason", ""), advises_new_rating="advises" in post,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def edit_minute(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """The Chair's words for one item, with the changes shown; undo returns to what the clerk sent."""
    board = board_of(request, pk)
    require(may_judge(request.user, board))
    row = item_of_board(board, item)
    opened = Minute.objects.filter(item=row).first() or Minute(item=row)  # looking makes no row
    minute = minute_of(row) if request.method == "POST" else opened
    text, kept = minute.discussion, ""
    if request.method == "POST":
        text = (
            minute.sent_discussion
            if request.POST.get("do") == "undo"
            else request.POST.get("text", "")
        )
        version = request.POST.get("version", "")
        try:
            minute = save_minute(
                row, text=text, version=whole_number(version) or 0, by=request.user
            )
        except StaleText as stale:
            minute.refresh_from_db()
            kept = str(stale)
        if request.headers.get("X-Requested-With") == "autosave":
            return _saved_minute(request, minute.version, kept)
        if not kept:
            return redirect(f"{request.path.split('/items/')[0]}/#item-{row.pk}")
    pieces = changes(minute.sent_discussion, minute.discussion)
    return render(request, "progress_boards/chair_minute.html",
                  {"board": board, "item": row, "minute": minute, "text": text, "kept": kept, "pieces": pieces})  # fmt: skip


def _saved_minute(request: HttpRequest, version: int, kept: str) -> HttpResponse:
    if kept:
        return JsonResponse({"message": kept, "url": request.path}, status=409)
    return JsonResponse({"saved_at": clock(now()), "version": version})


@require_POST
def take_back_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the signature back while nobody else has opened the signed minutes."""
    board = board_of(request, pk)
    engine.take_back_signature(board.meeting, by=request.user)
    messages.success(request, "Your signature is taken back. Nothing you wrote is lost")
    return redirect(SIGN, board.pk)


@require_POST
def answer_correction(request: HttpRequest, pk: int, correction: int) -> HttpResponse:
    """Accept, edit or refuse one correction; both it and the answer are kept."""
    board = board_of(request, pk)
    require(may(request.user, board.meeting, "sign"))
    row = get_object_or_404(Correction.objects.select_related("meeting__kind", "item"),
                            pk=correction, meeting=board.meeting_id)  # fmt: skip
    version = request.POST.get("version", "")
    try:
        engine.answer_correction(
            row, answer=request.POST.get("answer", ""), reason=request.POST.get("reason", ""),
            text=request.POST.get("text"), version=whole_number(version),
            by=request.user,
        )  # fmt: skip
    except Conflict as refused:
        return _page(request, board, {f"correction-{row.pk}": str(refused)})
    messages.success(request, "Your answer is noted")
    return redirect(SIGN, board.pk)


@require_POST
def sign_again(request: HttpRequest, pk: int) -> HttpResponse:
    """After corrections the Chair signs again, and the minutes are final."""
    board = board_of(request, pk)
    require(may(request.user, board.meeting, "sign"))
    try:
        engine.close_minutes(
            board.meeting, typed_name=request.POST.get("typed_name", ""), by=request.user
        )
    except Conflict as refused:
        return _page(request, board, {"typed_name": str(refused)})
    messages.success(request, "Signed again. The minutes are final")
    return back(board)
