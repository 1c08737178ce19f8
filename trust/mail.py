"""Mail as rows: written with the act that causes it, sent once by the worker."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from trust.leases import FIRST_BACK_OFF
from trust.models import Mail, TrustProfile
from trust.work import register_due, ring


def queue_mail(
    key: str, *, to: str, template: str, context: dict[str, Any], calendar: str = ""
) -> Mail | None:
    """Write one mail, once per key, from `mail/<template>.txt` and `.html`; the text's first line is the subject.

    No judgement and no personal data belong in a mail: it says what waits, where, and by when. Nobody
    without an address is written to. Returns None then. `calendar` is an iCalendar text that goes with it.
    """
    if not to:
        return None
    whole = {**context, "site_url": settings.SITE_URL, "trust_name": TrustProfile.current().name}
    subject, _, text = render_to_string(f"mail/{template}.txt", whole).strip().partition("\n")
    mail, is_new = Mail.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "subject": subject.strip()[:200],
            "text": text.strip() + "\n",
            "html": render_to_string(f"mail/{template}.html", {**whole, "subject": subject}),
            "calendar": calendar,
            "created_at": timezone.now(),
        },
    )
    if is_new:
        ring("mail", mail.pk)
    return mail


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
