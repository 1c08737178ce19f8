"""Input of the year's plan: numbers, dates, reasons, substitutes, boards held before."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict

from meetings.models import Seat
from progress_boards.models import ProgressBoard
from progress_boards.queries.planning import moment
from progress_boards.queries.stand_ins import MAY_SIT_FOR, OF_THE_SCHOOL
from schools.models import Post
from trust.calendar import LONDON, today
from trust.forms import HouseForm
from trust.people.models import Person

OFSTED = "Ofsted inspection"
OTHER = "other"
REASONS = (
    OFSTED, "Illness", "Bereavement", "Weather or closure", "Diary clash", "Safeguarding incident",
)  # fmt: skip
NUMBERS = [
    (n, {3: "3, termly", 6: "6, half-termly"}.get(n, f"{n}")) for n in range(1, 7)
]  # "termly or half termly Progress Boards" (seed 1)


class NumberForm(HouseForm):
    """How many boards a school has in the year; a number beside the policy wants its reason."""

    number = forms.TypedChoiceField(label="Boards this year", choices=NUMBERS, coerce=int)
    reason = forms.CharField(
        label="Reason", required=False, max_length=300, widget=forms.Textarea,
        help_text="Needed when the number differs from what the rating gives",
    )  # fmt: skip

    def __init__(self, *args: Any, by_policy: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_policy = by_policy

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("number") not in (None, self.by_policy) and not said.get("reason"):
            self.add_error("reason", f"Enter why it is not {self.by_policy}, as the rating gives")
        return said


class AgreedForm(HouseForm):
    """Dates already agreed, pasted or as a CSV; both end as the same lines of text."""

    lines = forms.CharField(
        label="Dates already agreed", required=False, max_length=100_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="One board a line: school, date, time and, if it is settled, the Chair. A part of a sheet may be pasted as it is",
    )  # fmt: skip
    file = forms.FileField(
        label="Or a CSV with the columns School, Date, Time, Chair", required=False
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        file = said.get("file")
        if file and file.size > 1_000_000:
            self.add_error("file", "Choose a file of at most 1 MB")
        elif file:
            content = file.read()
            try:
                said["lines"] = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                said["lines"] = content.decode("cp1252", errors="replace")
        if not str(said.get("lines") or "").strip() and not self.errors:
            self.add_error("lines", "Enter at least one line, or choose a file")
        return said


class DateForm(HouseForm):
    """When and where a board is."""

    on = forms.DateField(label="Date")
    at = forms.TimeField(label="Starts at")
    is_online = forms.BooleanField(label="It is held online", required=False)
    place = forms.CharField(
        label="Place", required=False, max_length=120, help_text="Left empty, it is at the school"
    )
    link = forms.URLField(
        label="Link to join online", required=False, max_length=300, assume_scheme="https"
    )
    agreed = forms.BooleanField(label="Everybody has agreed to this date", required=False)

    def __init__(
        self, *args: Any, board: ProgressBoard, asked: QueryDict | None = None, **kwargs: Any
    ) -> None:
        """Take the board, and the day and time that a link asks for."""
        meeting = board.meeting
        first: dict[str, Any] = {"at": dt.time(9, 30), "place": board.school.name}
        if meeting.starts_at and meeting.state != "planned":
            local = meeting.starts_at.astimezone(LONDON)
            first = {"on": local.date(), "at": local.time(), "is_online": meeting.is_online,
                     "place": meeting.place, "link": meeting.link}  # fmt: skip
        first |= _asked_for(asked)
        kwargs.setdefault("initial", first)
        super().__init__(*args, **kwargs)

    @property
    def shown(self) -> dt.datetime | None:
        """The moment that a fresh form shows."""
        on, at = self.initial.get("on"), self.initial.get("at")
        return moment(on, at) if on and at else None

    @property
    def starts_at(self) -> dt.datetime:
        return moment(self.cleaned_data["on"], self.cleaned_data["at"])

    @property
    def where(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("place", "is_online", "link")}


def _asked_for(asked: QueryDict | None) -> dict[str, Any]:
    """The day and the time in an address, as far as they can be read."""
    found: dict[str, Any] = {}
    for name, read in (("on", dt.date.fromisoformat), ("at", dt.time.fromisoformat)):
        try:
            found[name] = read((asked or {}).get(name, ""))
        except ValueError:
            continue
    return found


def with_slot(data: QueryDict) -> QueryDict:
    """What was sent, with the free slot that a button chose as its day and time."""
    parts = data.get("put", "").split()
    if len(parts) != 2:
        return data
    changed = data.copy()
    changed["on"], changed["at"] = parts
    return changed


class PutForm(HouseForm):
    """A free slot that a button chose, sent as "2026-12-04 09:30"; nothing when none was."""

    put = forms.DateTimeField(required=False, input_formats=["%Y-%m-%d %H:%M"])

    @property
    def starts_at(self) -> dt.datetime | None:
        return self.cleaned_data["put"] if self.is_valid() else None


class ProposedDateForm(HouseForm):
    """One row of a year's dates: taken or not, on which day, at what time."""

    take = forms.BooleanField(label="Accept", required=False)
    on = forms.DateField(label="Date", required=False)
    at = forms.TimeField(label="Starts at", required=False)
    agreed = forms.BooleanField(label="Everybody has agreed to this date", required=False)

    @property
    def starts_at(self) -> dt.datetime | None:
        """The moment typed, when the row is taken and can be read."""
        said = self.cleaned_data if self.is_valid() else {}
        whole = said.get("take") and said.get("on") and said.get("at")
        return moment(said["on"], said["at"]) if whole else None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("take") and not self.errors:
            for name, words in (("on", "Enter a date"), ("at", "Enter a time")):
                if not said.get(name):
                    self.add_error(name, words)
        return said


class ReasonForm(HouseForm):
    """Why a board is postponed or cancelled."""

    reason = forms.ChoiceField(
        label="Reason", widget=forms.RadioSelect,
        choices=[*((r, r) for r in REASONS), (OTHER, "Another reason")],
    )  # fmt: skip
    other = forms.CharField(
        label="The other reason", required=False, max_length=120,
        help_text="Name nobody and say nothing about a person",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("reason") == OTHER and not said.get("other"):
            self.add_error("other", "Enter the reason")
        return said

    @property
    def words(self) -> str:
        chosen = self.cleaned_data["reason"]
        return str(self.cleaned_data["other"] if chosen == OTHER else chosen)


class RemoveForm(HouseForm):
    reason = forms.CharField(label="Reason", max_length=300, widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason


# -- substitutes ---------------------------------------------------------------------------------


class SubstituteForm(HouseForm):
    """Who sits for the one whose seat it is."""

    person = forms.ModelChoiceField(
        label="Who sits there", queryset=Person.objects.none(), empty_label="Choose a person"
    )  # fmt: skip

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.current(today()).filter(delegate_of__isnull=True)
        if seat.role in MAY_SIT_FOR:
            may = Q(capacity__in=(seat.role, *MAY_SIT_FOR[seat.role]))
        else:
            may = Q(capacity__in=OF_THE_SCHOOL, school=seat.meeting.school_id)
        who = posts.filter(may, person__isnull=False).values("person_id")
        seated = seat.meeting.seats.exclude(pk=seat.pk).filter(person__isnull=False)
        people = cast("forms.ModelChoiceField[Person]", self.fields["person"])
        people.queryset = Person.objects.filter(Q(pk__in=who) | Q(pk=seat.for_person_id)).exclude(
            Q(pk__in=seated.values("person_id")) | Q(pk=seat.person_id)
        )
