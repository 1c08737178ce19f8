"""Mail as rows: written with the act that causes it, sent once by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from trust.leases import FIRST_BACK_OFF
from trust.models import Mail, TrustProfile
from trust.work import register_due, ring


@dataclass(frozen=True)
class Letter:
    """One mail to be written: its key, to whom, and what its template is told."""

    key: str
    to: str
    context: dict[str, Any]
    calendar: str = ""


def queue_mail(
    key: str, *, to: str, template: str, context: dict[str, Any], calendar: str = ""
) -> Mail | None:
    """Write one mail, once per key, from `mail/<template>.txt` and `.html`; the text's first line is the subject.

    No judgement and no personal data belong in a mail: it says what waits, where, and by when. Nobody
    without an address is written to. Returns None then. `calendar` is an iCalendar text that goes with it.
    """
    return next(iter(queue_mails(template, [Letter(key, to, context, calendar)])), None)


def queue_mails(template: str, letters: Iterable[Letter]) -> list[Mail]:
    """Write many mails from one template, each once per key; whose key is there already stays as it is."""
    wanted = {letter.key: letter for letter in letters if letter.to}
    if not wanted:
        return []
    shared = {"site_url": settings.SITE_URL, "trust_name": TrustProfile.current().name}
    there = set(Mail.objects.filter(key__in=wanted).values_list("key", flat=True))
    new = [_mail(template, each, shared) for key, each in wanted.items() if key not in there]
    Mail.objects.bulk_create(new, ignore_conflicts=True)
    mails = list(Mail.objects.filter(key__in=wanted).order_by("pk"))
    for mail in mails:
        if mail.key not in there:
            ring("mail", mail.pk)
    return mails


def _mail(template: str, letter: Letter, shared: dict[str, Any]) -> Mail:
    whole = {**letter.context, **shared}
    subject, _, text = render_to_string(f"mail/{template}.txt", whole).strip().partition("\n")
    return Mail(
        key=letter.key,
        to=letter.to,
        subject=subject.strip()[:200],
        text=text.strip() + "\n",
        html=render_to_string(f"mail/{template}.html", {**whole, "subject": subject}),
        calendar=letter.calendar,
        created_at=timezone.now(),
    )


def send_one(pk: int) -> None:
    """Claim one mail and send it; a fault leaves the row to be sent later."""
    mail = Mail.objects.claim(pk, timezone.now())
    if mail is None:
        return
    message = EmailMultiAlternatives(mail.subject, mail.text, None, [mail.to])
    message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        message.attach(
            "board.ics", mail.calendar, f"text/calendar; method={_method(mail.calendar)}"
        )
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever stops a mail is kept on its row
        mail.give_back(timezone.now(), f"{type(error).__name__}: {error}")
        return
    # A link that opens an account is a secret: once sent, it is known to its reader alone.
    spent = {"text": "", "html": ""} if mail.key.startswith("link:") else {}
    mail.finish(timezone.now(), **spent)


def _method(calendar: str) -> str:
    """What an entry asks of a calendar, as it says itself."""
    lines = (line.partition(":") for line in calendar.splitlines())
    return next((value for name, _, value in lines if name == "METHOD"), "PUBLISH")


def due_mail() -> list[int]:
    """Mails to send now; each is put off a little, so that a stuck queue is not flooded."""
    now = timezone.now()
    due = list(Mail.objects.due(now).values_list("pk", flat=True)[:200])
    Mail.objects.filter(pk__in=due).update(next_attempt_at=now + FIRST_BACK_OFF)
    return due


register_due("mail", find=due_mail, run=send_one)
