"""Made-up content for the living components page: words of the demo story, never read from the database."""

from datetime import timedelta
from types import SimpleNamespace as Example
from typing import Any

from django import forms

from trust.calendar import today
from trust.forms import HouseForm
from trust.marks import AMBER, BLUE, EXAMPLES, GREEN, NOT_RATED, RED, Term
from trust.work import WorkItem


class ExampleForm(HouseForm):
    """One field of each kind."""

    why = forms.CharField(widget=forms.Textarea, label="Why it differs from the suggestion")
    held_on = forms.DateField(
        label="Date of the board", help_text="A school day in the right half term"
    )
    holds = forms.ChoiceField(
        label="Does leaders’ own evaluation hold?",
        choices=[("yes", "Yes"), ("part", "In part"), ("no", "No"), ("not", "Not enough evidence")],
        widget=forms.RadioSelect,
    )
    level = forms.ChoiceField(
        label="Level of support", choices=[("1", "Universal"), ("2", "Targeted")]
    )
    to_board = forms.BooleanField(label="Take to Progress Board", required=False)
    note = forms.CharField(label="Note", required=False)


def examples() -> dict[str, Any]:
    """The context of the components page."""
    six = [GREEN, AMBER, AMBER, RED, RED, AMBER]
    names = [
        "Spring 2025",
        "Summer 2025",
        "Autumn 2025",
        "Spring 2026",
        "Summer 2026",
        "Autumn 2026",
    ]
    steps = ["Planned", "Agenda", "With the school", "Held", "Minutes", "Final"]
    return {
        "bands": [RED, AMBER, GREEN],
        "all_bands": EXAMPLES,
        "amber": AMBER,
        "not_rated": NOT_RATED,
        "cells": [
            (RED, "declining"),
            (AMBER, "improving"),
            (GREEN, "steady"),
            (BLUE, "improving"),
            (None, ""),
        ],
        "six": six,
        "terms": [Term(name, band) for name, band in zip(names, six, strict=True)],
        "form": ExampleForm({"why": "", "held_on": "2026-12-05", "holds": "", "level": "1"}),
        "steps": [
            Example(
                label=label,
                state="done" if index < 2 else "current" if index == 2 else "todo",
                small="Choose by 20 November" if index == 2 else "",
            )
            for index, label in enumerate(steps)
        ],
        "stats": [
            Example(label="Boards held this term", value="6", small="of 12", late=False),
            Example(label="Overdue actions", value="5", small="in 3 schools", late=True),
            Example(label="Ratings over a term old", value="1", small="Gorsefield", late=False),
        ],
        "work": [
            WorkItem(
                key="choose",
                icon="user-check",
                title="Choose who answers each item",
                why="Progress Board, 3 December 2026 · 2 of 4 chosen",
                due=today() + timedelta(days=1),
                url="#work",
                button="Choose people",
            ),
            WorkItem(
                key="keep-up",
                icon="square-check-big",
                title="Daily keep-up timetable for early reading",
                why="owned by the reading lead",
                school="Alderfen Primary Academy",
                due=today() - timedelta(days=6),
                is_late=True,
                url="#work",
                button="Update",
            ),
        ],
        "entries": [
            Example(
                title="Progress Board",
                small="3 December 2026, 9:30am to 10:30am · at school",
                url="",
            ),
            Example(
                title="Learning walk",
                small="12 November 2026 · Director of School Improvement",
                url="#timeline",
            ),
        ],
        "source": Example(
            band=AMBER,
            title="Standards",
            small="Amber, was red",
            why="Not yet discussed this term",
            on_agenda=True,
        ),
        "finding": Example(
            kind="Strength",
            icon="star",
            text="Clear models in 7 of 9 lessons.",
            small="Standards · to the Progress Board",
        ),
    }
