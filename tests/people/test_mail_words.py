"""What a mail may say: that something waits, where and by when; never what was judged, or about whom."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

MAILS = Path(settings.BASE_DIR) / "templates" / "mail"
TEXTS = sorted(path.stem for path in MAILS.glob("*.txt"))
SAID = {
    "trust_name", "site_url", "subject", "link", "path", "url", "password_reset_url", "expires_at", "code", "asked_at",
    "school", "half_term", "title", "kind", "meeting", "day", "due", "by", "starts_at", "ends_at", "was", "minutes",
    "is_online", "place", "state", "count", "role", "news", "ref", "is_due", "is_new", "is_yours", "is_withdrawn", "number", "verb", "when",
    "action", "board", "boards", "item", "items", "is_more", "reply_path", "year",
}  # fmt: skip
"""Every word a mail may be filled with: names of schools, days and places, and addresses of this site."""
UNSAID = re.compile(
    r"\b(red|amber|green|inadequate|pupil|rationale|judgement|judged|UPN|date of birth)\b", re.I
)


def words(source: str) -> set[str]:
    """The first part of every variable and condition of a template."""
    inside = re.findall(r"{{\s*([a-z_]+)", source)
    for condition in re.findall(r"{%\s*(?:if|elif)\s+(.*?)%}", source):
        bare = re.sub(r'"[^"]*"', "", condition)
        inside += re.findall(r"(?<![.|:\w])([a-z_]+)", bare)
    return set(inside) - {"and", "or", "not", "in", "is", "None", "for"}


def test_there_are_mails() -> None:
    assert {"invitation", "password_reset_key", "board_moved"} <= set(TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_mail_has_a_text_and_an_html_form(name: str) -> None:
    assert '{% extends "mail/base.html" %}' in (MAILS / f"{name}.html").read_text()


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("form", ["txt", "html"])
def test_mail_is_filled_with_nothing_personal_and_names_no_judgement(name: str, form: str) -> None:
    source = (MAILS / f"{name}.{form}").read_text()
    assert words(source) - SAID == set()
    assert UNSAID.findall(re.sub(r"{[{%].*?[%}]}", "", source)) == []


@pytest.mark.parametrize("name", TEXTS)
def test_text_of_a_mail_writes_an_apostrophe_as_one(name: str) -> None:
    told = {"school": "St Mary's", "trust_name": "St Mary's", "board": {"pk": 1, "meeting_id": 1}, "state": "",
            "place": "St Mary's", "half_term": "Autumn 2", "path": "/", "link": "/",
            "title": "St Mary's", "request_pk": 1, "review_pk": 1, "purchase_pk": 1, "board_pk": 1, "action_pk": 1,
            "rating_pk": 1, "number": 1}  # fmt: skip
    assert "&#x27;" not in render_to_string(f"mail/{name}.txt", told)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{{ person.name }}", {"person"}),
        ("{% if rating.is_red and not was %}x{% endif %}", {"rating", "was"}),
        ('{% if state == "cancelled" %}x{% endif %}', {"state"}),
    ],
)
def test_words_of_a_template_are_found(source: str, found: set[str]) -> None:
    assert words(source) == found
