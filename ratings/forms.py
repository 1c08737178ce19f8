"""What is typed into ratings: the sheet, the school's own view, a comment, an earlier rating, a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from evidence.models import Indicator
from meetings.forms import ChangeActionForm
from ratings.actions import DraftText, OwnView
from ratings.actions.drafts import WORDS
from ratings.models import Band, LevelOfSupport
from ratings.queries.grid import GridSheet
from ratings.queries.makings import rated_indicators
from ratings.queries.sheet import Judgement, Sheet, SheetRow, chosen_in, judgement_of
from trust.calendar import today
from trust.forms import HouseForm
from trust.numbers import whole_number


def _one_of(
    rows: Iterable[Any], label: str, *, required: bool = False, blank: str = ""
) -> forms.TypedChoiceField:
    """A choice among rows already read, so that a sheet of indicators asks the database once."""
    by_key = {str(row.pk): row for row in rows}
    return forms.TypedChoiceField(
        choices=[("", blank), *((key, str(row)) for key, row in by_key.items())],
        coerce=lambda value: by_key[str(value)],
        empty_value=None,
        required=required,
        label=label,
    )


def _words(label: str, rows: int = 2) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "class": "form-control"})
    return forms.CharField(widget=area, required=False, label=label)


@dataclass(frozen=True)
class TypedRow:
    """One indicator with what is chosen and typed for it."""

    row: SheetRow
    name: str
    chosen: int | None
    why: forms.BoundField


class RateForm(HouseForm):
    """The sheet as typed: saved whole or half, because a draft may be unfinished."""

    override_reason = _words("Why it differs from the suggestion", 3)
    level_reason = _words("Why the level of support differs")
    boards_reason = _words("Why three boards are enough")
    summary = _words("Summary, read by all who see the rating", 3)
    strengths = _words("Strengths")
    risks = _words("Risks")
    boards = forms.TypedChoiceField(
        choices=[("", ""), *((str(n), n) for n in range(1, 7))],
        coerce=int, empty_value=None, required=False, label="Boards a year",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    share = forms.ChoiceField(choices=[("now", "Now"), ("date", "On a date")], required=False)
    share_on = forms.DateField(required=False, label="Date to share")

    def __init__(self, data: Mapping[str, Any] | None, *, sheet: Sheet) -> None:
        self.sheet = sheet
        super().__init__(data, initial=self._kept())
        for each in sheet.indicators:
            self.fields[f"band_{each.pk}"] = _one_of(sheet.bands, each.name)
            self.fields[f"why_{each.pk}"] = _words(f"Rationale: {each.name}", 3)
        self.fields["overall"] = _one_of(sheet.bands, "Your judgement")
        self.fields["level"] = _one_of(sheet.levels, "Level of support")

    def _kept(self) -> dict[str, Any]:
        """What the draft holds, or what is carried forward while there is none."""
        draft = self.sheet.draft
        chosen = chosen_in(draft, self.sheet.former)
        kept: dict[str, Any] = {f"band_{k}": b.pk for k, b in chosen.items() if b}
        kept |= {f"why_{k}": row.rationale for k, row in rated_indicators(draft).items()}
        kept |= {"version": self.sheet.version, "share": "now"}
        if draft is not None:
            kept |= {name: getattr(draft, name) for name in WORDS}
            kept |= {"overall": draft.overall_id, "level": draft.level_id}
            kept |= {"boards": draft.boards_per_year, "share_on": draft.share_on}
            kept["share"] = "date" if draft.share_on else "now"
        return kept

    def _int(self, name: str) -> int | None:
        value = self[name].value()
        return whole_number(str(value or ""))

    def _row(self, rows: Iterable[Any], name: str) -> Any:
        key = self._int(name)
        return next((row for row in rows if row.pk == key), None)

    @property
    def rows(self) -> list[TypedRow]:
        """Each indicator with its picker and its rationale."""
        return [
            TypedRow(row, f"band_{key}", self._int(f"band_{key}"), self[f"why_{key}"])
            for row in self.sheet.rows
            for key in [row.indicator.pk]
        ]

    @property
    def chosen(self) -> dict[int, Band | None]:
        """The band of each indicator as it stands on the page."""
        bands = self.sheet.bands
        return {each.pk: self._row(bands, f"band_{each.pk}") for each in self.sheet.indicators}

    @property
    def overall_chosen(self) -> Band | None:
        found: Band | None = self._row(self.sheet.bands, "overall")
        return found

    @property
    def level_chosen(self) -> LevelOfSupport | None:
        found: LevelOfSupport | None = self._row(self.sheet.levels, "level")
        return found

    @property
    def level_differs(self) -> bool:
        """Whether another level is chosen than the judgement brings."""
        overall, level = self.overall_chosen, self.level_chosen
        return bool(overall and level and level.pk != overall.level_id)

    @property
    def boards_chosen(self) -> int | None:
        return self._int("boards")

    def differences(self, other: RateForm) -> list[tuple[str, str]]:
        """What the other form holds where this one holds something else: label and words."""
        found = []
        for name, field in other.fields.items():
            mine, theirs = str(self[name].value() or ""), str(other[name].value() or "")
            if mine == theirs or name in ("version", "share", "share_on"):
                continue
            words = dict(getattr(field, "choices", ())).get(theirs, theirs)
            found.append((str(field.label), words or "Nothing"))
        return found

    def text(self) -> DraftText:
        """All that one save carries; raises KeyError before the form is valid."""
        data = self.cleaned_data
        keys = [each.pk for each in self.sheet.indicators]
        return DraftText(
            bands={key: data[f"band_{key}"] for key in keys},
            reasons={key: data[f"why_{key}"] for key in keys},
            overall=data["overall"],
            level=data["level"],
            boards_per_year=data["boards"] if data["overall"] else None,
            words={name: data[name] for name in WORDS if name in data},
        )


@dataclass(frozen=True)
class GridCell:
    """One indicator of a row of the grid with what is chosen for it."""

    row: SheetRow
    name: str
    chosen: int | None


class GridForm(RateForm):
    """A school's row of the grid: colours, judgement and the words that sharing asks for; the sheet keeps the rest."""

    SHOWN = ("override_reason", "level_reason", "summary", "version", "overall", "level")

    def __init__(self, data: Mapping[str, Any] | None, *, sheet: GridSheet) -> None:
        self.grid_sheet = sheet
        super().__init__(data, sheet=sheet)
        for name in list(self.fields):
            if name not in self.SHOWN and not name.startswith("band_"):
                del self.fields[name]

    def _kept(self) -> dict[str, Any]:
        sheet = self.grid_sheet
        kept: dict[str, Any] = {f"band_{k}": b.pk for k, b in sheet.bands_chosen.items() if b}
        kept["version"] = sheet.version
        if (draft := sheet.draft) is not None:
            kept |= {name: getattr(draft, name) for name in WORDS}
            kept |= {"overall": draft.overall_id, "level": draft.level_id}
        return kept

    @property
    def cells(self) -> list[GridCell]:
        """Each indicator with its choice, in the order of the columns."""
        names = [(row, f"band_{row.indicator.pk}") for row in self.sheet.rows]
        return [GridCell(row, name, self._int(name)) for row, name in names]

    @property
    def judgement(self) -> Judgement:
        """What the row as it stands leads to."""
        return judgement_of(
            self.sheet, self.chosen, self.overall_chosen, self.level_chosen, boards=None
        )

    def text(self) -> DraftText:
        """What the row carries; the rationales and, while the judgement stands, the boards stay as they are."""
        data, draft = self.cleaned_data, self.sheet.draft
        overall = data["overall"]
        stays = draft is not None and overall is not None and draft.overall_id == overall.pk
        return DraftText(
            bands={each.pk: data[f"band_{each.pk}"] for each in self.sheet.indicators},
            overall=overall,
            level=data["level"],
            boards_per_year=draft.boards_per_year if draft is not None and stays else None,
            words={name: data[name] for name in WORDS if name in data},
        )


class OwnViewForm(HouseForm):
    """A band and a line for each indicator, all of it optional."""

    def __init__(self, data: Mapping[str, Any] | None, *, sheet: Sheet) -> None:
        self.sheet = sheet
        kept = {f"band_{r.indicator.pk}": r.own_band.pk for r in sheet.rows if r.own_band}
        kept |= {f"line_{r.indicator.pk}": r.own_line for r in sheet.rows}
        super().__init__(data, initial=kept)
        for each in sheet.indicators:
            self.fields[f"band_{each.pk}"] = _one_of(sheet.bands, each.name)
            self.fields[f"line_{each.pk}"] = forms.CharField(
                max_length=300, required=False, label="In one line",
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )  # fmt: skip

    @property
    def rows(self) -> list[TypedRow]:
        found = []
        for row in self.sheet.rows:
            key = row.indicator.pk
            value = str(self[f"band_{key}"].value() or "")
            chosen = whole_number(value)
            found.append(TypedRow(row, f"band_{key}", chosen, self[f"line_{key}"]))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(value for name, value in data.items() if name.startswith("band_")):
            raise forms.ValidationError("Choose a colour for one indicator or more")
        return data

    def views(self) -> list[OwnView]:
        """The indicators for which a colour was chosen."""
        return [
            OwnView(each, band, self.cleaned_data[f"line_{each.pk}"])
            for each in self.sheet.indicators
            if (band := self.cleaned_data[f"band_{each.pk}"])
        ]


class CommentForm(HouseForm):
    """The headteacher's comment on the rating that stands."""

    submit = "Save the comment"
    comment = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        label="The headteacher's comment",
        help_text="Read by all who see the rating. It changes nothing in the rating",
    )


class EarlierRatingForm(HouseForm):
    """A rating given on paper: its date, its bands and its summary."""

    effective_on = forms.DateField(label="Date of the rating")
    summary = _words("Summary", 3)

    def __init__(self, data: Mapping[str, Any] | None, *, sheet: Sheet) -> None:
        self.sheet = sheet
        super().__init__(data)
        self.fields["overall"] = _one_of(
            sheet.bands, "Overall judgement", required=True, blank="Choose a band"
        )
        self.fields["level"] = _one_of(
            sheet.levels, "Level of support", blank="As the band suggests"
        )
        for each in sheet.indicators:
            self.fields[f"band_{each.pk}"] = _one_of(sheet.bands, each.name, blank="Not rated")
        for name in ("overall", "level"):
            self.fields[name].widget.attrs["class"] = "form-select"

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[f"band_{each.pk}"] for each in self.sheet.indicators]

    def clean_effective_on(self) -> Any:
        day = self.cleaned_data["effective_on"]
        if day > today():
            raise forms.ValidationError("Enter a date that is not after today")
        return day

    def given(self) -> dict[str, Any]:
        """The fields of the action that records it."""
        data = self.cleaned_data
        bands = {
            each: data[f"band_{each.pk}"]
            for each in self.sheet.indicators
            if data[f"band_{each.pk}"]
        }
        return {
            "effective_on": data["effective_on"],
            "overall": data["overall"],
            "level": data["level"],
            "summary": data["summary"],
            "bands": bands,
        }


class RatingActionForm(ChangeActionForm):
    """An action that a rating asks for, of one indicator or of the whole."""

    submit = "Add the action"
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), required=False, empty_label="The rating as a whole"
    )
    due_on = forms.DateField(
        label="Due", required=False, help_text="Without a date: before the school’s next meeting"
    )
    field_order = ["indicator", "text", "owner", "owner_role", "due_on", "success_measure"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = Indicator.objects.active(today()).order_by("order")
