"""The look keeps its promises: marks say their rating three ways, and no template needs an inline exception."""

import io
import re
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from trust import marks
from trust.assets import ASSETS, FONTS, AssetFinder
from trust.examples import ExampleForm, examples
from trust.faces import FACES, face
from trust.forms import HouseForm, IdempotencyField
from trust.tables import DayColumn, HouseTable

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PYTHON = [
    path
    for path in ROOT.rglob("*.py")
    if not {".venv", "tests"} & set(path.relative_to(ROOT).parts)
]


def draw(source: str, **context: object) -> str:
    return Template("{% load eyeline %}" + source).render(Context(context))


def icon_names() -> set[str]:
    names = set()
    for path in TEMPLATES:
        text = path.read_text()
        names |= set(re.findall(r"""{% icon "([^"]+)""", text))
        names |= set(re.findall(r"""(?:icon_name=|icon(?:_name)?\|default:)"([^"]+)""", text))
    for path in PYTHON:
        text = path.read_text()
        names |= set(re.findall(r"""\bicon=["']([a-z0-9-]+)["']""", text))
        names |= set(re.findall(r"""register_menu\(\s*"[^"]+",\s*"[^"]+",\s*"([^"]+)""", text))
    return names


@pytest.mark.parametrize("name", sorted(icon_names()))
def test_icon_used_anywhere_renders_hidden_from_screen_readers(name: str) -> None:
    assert 'aria-hidden="true"' in draw("{% icon name %}", name=name)


def test_icon_of_an_unknown_name_fails_loudly() -> None:
    with pytest.raises(Exception, match="no-such-icon"):
        marks.icon("no-such-icon")


@pytest.mark.parametrize(
    ("band", "letter", "word", "shape"),
    [
        (marks.RED, "R", "Red", "<rect"),
        (marks.AMBER, "A", "Amber", "<path"),
        (marks.GREEN, "G", "Green", "<circle"),
        (marks.BLUE, "B", "Blue", "<path"),
        (None, "–", "Not rated", "stroke-dasharray"),
    ],
)
def test_rag_of_every_band_has_shape_letter_and_word(
    band: marks.Band | None, letter: str, word: str, shape: str
) -> None:
    drawn = draw("{% rag band %}", band=band)
    assert shape in drawn
    assert f">{letter}</text>" in drawn
    assert drawn.endswith(f"{word}</span>")


def test_rag_shapes_differ_from_band_to_band() -> None:
    bodies = {
        re.sub(r'(fill|stroke)="[^"]*"', "", marks.mark(band).split("<text")[0])
        for band in marks.EXAMPLES
    }
    assert len(bodies) == len(marks.EXAMPLES)


def test_rag_escapes_a_name_that_holds_markup() -> None:
    drawn = draw("{% rag band %}", band=marks.PlainBand("<b>Red</b>", "square", "<", "r"))
    assert "<b>" not in drawn
    assert "&lt;b&gt;Red&lt;/b&gt;" in drawn


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        ("improving", "Amber, improved since last term"),
        ("steady", "Amber, no change"),
        ("declining", "Amber, declined since last term"),
        ("", "Amber"),
    ],
)
def test_rag_cell_says_rating_and_direction_in_hidden_words(direction: str, words: str) -> None:
    drawn = draw("{% rag_cell band direction %}", band=marks.AMBER, direction=direction)
    assert drawn.startswith(f'<span class="visually-hidden">{words}</span>')


def test_rag_cell_is_drawn_once_and_kept() -> None:
    assert marks.cell(marks.RED, "steady") is marks.cell(marks.RED, "steady")


def test_spark_reads_every_value_and_leaves_a_gap_where_nothing_was_rated() -> None:
    drawn = marks.spark([marks.GREEN, marks.GREEN, None, marks.RED, marks.AMBER])
    assert "Last 5 terms: green, green, not rated, red, amber" in drawn
    assert drawn.count("<polyline") == 2


def test_history_chart_reads_every_value_in_both_widths() -> None:
    drawn = marks.history(
        [marks.Term("Spring 2026", marks.RED), marks.Term("Summer 2026", marks.AMBER)]
    )
    assert drawn.count("Spring 2026 red; Summer 2026 amber") == 2
    assert 'class="chart-wide"' in drawn
    assert 'class="chart-narrow"' in drawn


def test_tag_of_a_late_thing_carries_a_clock_and_its_word() -> None:
    drawn = draw('{% tag "late" "Overdue" %}')
    assert "<svg" in drawn
    assert "Overdue</span>" in drawn


def test_stepper_marks_the_current_step() -> None:
    drawn = draw("{% stepper steps %}", steps=examples()["steps"])
    assert re.findall(r'aria-current="step">([^<]+)', drawn) == ["With the school"]


def test_dates_times_and_money_read_as_the_trust_writes_them() -> None:
    drawn = draw(
        "{{ d|day }}; {{ d|short_day }}; {{ a|clock }}; {{ n|clock }}; {{ a|clock_range:b }}; {{ m|money }}; {{ p|money }}",
        d=date(2026, 11, 5),
        a=time(9, 30),
        b=time(10, 0),
        n=time(12, 0),
        m=1140,
        p=Decimal("-3.50"),
    )
    assert drawn == "5 November 2026; 5 Nov 2026; 9:30am; midday; 9:30am to 10am; £1,140; −£3.50"


def test_day_of_a_moment_is_the_day_in_england() -> None:
    late = datetime.fromisoformat("2026-06-30T23:30:00+00:00")
    assert draw("{{ moment|day }} {{ moment|clock }}", moment=late) == "1 July 2026 12:30am"


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_template_holds_nothing_inline_and_nothing_unescaped(path: Path) -> None:
    text = path.read_text()
    if (
        "mail" not in path.relative_to(ROOT / "templates").parts
    ):  # a mail reader needs its styles inline
        assert not re.search(r"\sstyle\s*=", text)
        assert "<style" not in text
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"\|\s*safe\b|{%\s*autoescape off|javascript:", text)
    for opening in re.findall(r"<script[^>]*>", text):
        assert "src=" in opening or 'type="application/json"' in opening


def test_no_python_of_ours_marks_strings_safe() -> None:
    assert [str(path) for path in PYTHON if re.search(r"\bmark_safe\b", path.read_text())] == []


def test_finder_lists_bootstraps_styles_and_htmx() -> None:
    finder = AssetFinder()
    listed = dict(finder.list([]))
    assert sorted(listed) == [
        "vendor/bootstrap.min.css",
        "vendor/bootstrap.min.css.map",
        "vendor/htmx.min.js",
    ]
    assert all(storage.exists(name) for name, storage in listed.items())
    assert finder.find("vendor/nothing.css") == []


def test_every_static_file_named_in_a_template_is_found() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{% static ['\"]([^'\"]+)", path.read_text())
    }
    assert [name for name in sorted(named) if not finders.find(name)] == []


def test_every_asset_of_the_print_stylesheet_is_known() -> None:
    wanted = set(re.findall(r"url\(asset:([^)]+)", ASSETS["print.css"].read_text()))
    assert wanted == set(FACES)
    assert all(path.exists() for path in (*ASSETS.values(), *FONTS.values()))


def test_form_says_what_to_enter_beside_the_field_and_in_the_summary() -> None:
    form = ExampleForm({"why": "", "held_on": "the fifth", "holds": "", "level": "1"})
    drawn = Template("{% load crispy_forms_filters %}{{ form|crispy }}").render(
        Context({"form": form})
    )
    assert "There is a problem" in drawn
    assert '<a href="#id_why">Enter why it differs from the suggestion</a>' in drawn
    assert (
        '<a href="#id_holds_0">Choose an answer to “Does leaders’ own evaluation hold?”</a>'
        in drawn
    )
    assert drawn.count("Enter a date, for example 3 December 2026") == 2
    assert 'value="the fifth"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_form_marks_the_optional_field_and_not_the_required_one() -> None:
    drawn = Template("{% load crispy_forms_filters %}{{ form|crispy }}").render(
        Context({"form": ExampleForm()})
    )
    assert re.findall(r"([A-Z][a-z ]+) <span[^>]*>\(optional\)", drawn) == ["Note"]


def test_form_puts_help_between_label_and_field() -> None:
    drawn = Template("{% load eyeline %}{% field form.held_on %}").render(
        Context({"form": ExampleForm()})
    )
    assert drawn.index("<label") < drawn.index("A school day in the right") < drawn.index("<input")
    assert 'type="date"' in drawn


def test_idempotency_key_stays_the_same_when_the_form_comes_back() -> None:
    class Sent(HouseForm):
        idempotency_key = IdempotencyField()
        text = forms.CharField()

    first, second = (str(Sent()["idempotency_key"].value()) for _ in range(2))
    back = Sent({"idempotency_key": first, "text": ""})
    assert first != second
    assert not back.is_valid()
    assert str(back["idempotency_key"].value()) == first


def test_crispy_form_of_the_house_ends_with_its_one_button() -> None:
    class Sent(HouseForm):
        submit = "Send to the Chair"
        text = forms.CharField()

    drawn = Template("{% load crispy_forms_tags %}{% crispy form %}").render(
        Context({"form": Sent()})
    )
    assert drawn.count("<button") == 1
    assert "Send to the Chair</button>" in drawn
    assert "novalidate" in drawn


def test_table_of_the_house_has_caption_sorting_and_labels_for_phones() -> None:
    class Visits(HouseTable):
        caption = "Visits"
        title = DayColumn.__base__(verbose_name="Visit")
        held_on = DayColumn(verbose_name="Day")

    table = Visits([{"title": "Learning walk", "held_on": date(2026, 11, 12)}], order_by="-held_on")
    drawn = render_to_string(
        "tables/house.html", {"table": table, "request": RequestFactory().get("/")}
    )
    assert "<caption>Visits</caption>" in drawn
    assert 'aria-sort="descending"' in drawn
    assert 'data-label="Day">12 Nov 2026</td>' in drawn
    assert 'role="region" tabindex="0" aria-label="Visits"' in drawn


@pytest.mark.parametrize("name", ["400", "403", "404", "409", "500", "503"])
def test_error_page_renders_without_any_context(name: str) -> None:
    drawn = render_to_string(f"{name}.html")
    assert drawn.count("<h1") == 1


def test_signed_out_page_holds_every_posted_word() -> None:
    kept = [("discussion", "Leaders said <they> check weekly")]
    drawn = render_to_string(
        "401_keep_text.html", {"kept": kept, "action": "/minutes/1/", "sign_in": "/accounts/login/"}
    )
    assert drawn.count("Leaders said &lt;they&gt; check weekly") == 2
    assert 'action="/minutes/1/"' in drawn


@pytest.mark.parametrize("name", ["409", "503"])
def test_refusal_page_shows_what_was_typed(name: str) -> None:
    drawn = render_to_string(
        f"{name}.html", {"kept": [("discussion", "Leaders said <they> check weekly")]}
    )
    assert "Leaders said &lt;they&gt; check weekly" in drawn


@pytest.mark.django_db
def test_send_form_with_an_old_key_gives_the_words_back_with_a_new_one() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("account_login"))
    answer = client.post(
        reverse("account_login"), {"csrfmiddlewaretoken": "x" * 64, "note": "Leaders check weekly"}
    )
    assert answer.status_code == 403
    assert answer.content.decode().count("Leaders check weekly") == 2
    assert "csrfmiddlewaretoken" in answer.content.decode()


def test_base_page_works_for_nobody_and_for_somebody() -> None:
    person = SimpleNamespace(name="Dana Marsh", capacity="Headteacher")
    menu = [SimpleNamespace(label="My work", url="/", icon="house", current=True, count=4)]
    chrome = {
        "trust_name": "Marlfen Learning Trust",
        "menu": menu,
        "person": person,
        "demo_banner": "It is 21 November",
    }
    signed_in = render_to_string("base.html", {"chrome": chrome})
    signed_out = render_to_string(
        "base.html", {"chrome": {"trust_name": "Marlfen", "menu": [], "person": None}}
    )
    assert "Sign out</button>" in signed_in
    assert "4<span" in signed_in
    assert "It is 21 November" in signed_in
    assert "Sign out" not in signed_out
    assert signed_in.index('class="skip"') < signed_in.index("<nav")


def test_faces_of_print_are_cut_alike_and_hold_the_letters_of_names() -> None:
    from fontTools.ttLib import TTFont

    for name in FACES:
        cut = face(name)
        face.cache_clear()
        assert face(name) == cut
        font = TTFont(io.BytesIO(cut))
        assert "fvar" not in font
        assert {ord(letter) for letter in "AaÉłşŵ–’€"} <= set(font.getBestCmap())
