"""What is typed in a request, in a decision on it, and in the directory of providers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from cpd.costs import faults
from cpd.models import CpdRequest, Provider
from cpd.prompts import ANSWERS, MECHANISMS, STANDARD
from cpd.queries.requests import sees_finding
from evidence.models import Finding, Indicator, VisitRecord
from improvement.models import Priority
from schools.models import School
from trust.calendar import today
from trust.forms import HouseForm
from trust.people.models import User

LISTED = {
    "listed:statutory": "Statutory training: listed only",
    "listed:national": "Nationally funded: listed only",
}
SHORT = (
    "title", "kind", "provider_name", "audience", "staff", "hours_each", "starts_on", "priority",
    "need", "fee", "materials", "travel", "supply_days", "would_join",
)  # fmt: skip
LONG = 20_000


class FigureField(forms.DecimalField):
    """A figure as people type it: with a pound sign and commas or without; too large is said in our words."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("£", "").replace(",", "").replace(" ", "")
        return super().to_python(value)


def _pounds(label: str) -> FigureField:
    said = f"Enter {label.split(',')[0].lower()} in pounds, such as 220 or 220.50"
    return FigureField(
        label=label, decimal_places=2, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": said, "max_decimal_places": said},
    )  # fmt: skip


def _number(label: str, places: int) -> FigureField:
    said = f"Enter {label.lower()} as a number, such as 3 or 1.5"
    return FigureField(
        label=label, decimal_places=places, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": said, "max_decimal_places": said},
    )  # fmt: skip


def _words(label: str, help_text: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONG, required=False, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _line(label: str, most: int = 300, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text)


class Figures(HouseForm):
    """The figures of a request, for the whole form and for a decision that amends them."""

    staff = forms.IntegerField(
        label="How many?", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Enter how many staff as a whole number, such as 4"},
    )  # fmt: skip
    hours_each = _number("Hours each", 1)
    fee = _pounds("Fee, £")
    materials = _pounds("Materials, £")
    travel = _pounds("Travel, £")
    supply_days = _number("Supply days", 1)

    def clean(self) -> dict[str, Any]:
        """Empty figures are nought; what cannot be is said beside its field."""
        typed = super().clean() or self.cleaned_data
        for name in Figures.base_fields:
            if name in typed and typed[name] is None:
                typed[name] = 0 if name == "staff" else Decimal(0)
        for name, sentence in faults(typed, today()).items():
            self.add_error(name if name in self.fields else None, sentence)
        return typed


class RequestForm(Figures):
    """A request; everything may be left for later until it is raised."""

    title = forms.CharField(label="What is it?", max_length=120, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[*CpdRequest.Kind.choices, *LISTED.items()])
    provider_name = forms.CharField(
        label="Provider", max_length=120, required=False,
        widget=forms.TextInput(attrs={"list": "providers", "autocomplete": "off"}),
    )  # fmt: skip
    audience = forms.ChoiceField(label="Who is it for?", choices=CpdRequest.Audience.choices)
    starts_on = forms.DateField(label="When does it start?", required=False)
    would_join = forms.BooleanField(label="We would join a shared purchase", required=False)
    priority = forms.ModelChoiceField(
        Priority.objects.none(), label="Priority", required=False, empty_label="No priority"
    )
    need = _words("What pupils will do that they cannot do now")
    # -- the full form
    ends_on = forms.DateField(label="When does it end?", required=False)
    mode = forms.ChoiceField(
        label="How is it held?", choices=[("", "Not said"), *CpdRequest.Mode.choices], required=False
    )  # fmt: skip
    need_evidence = _words("Evidence of the need", "Of the school or year group, never of a pupil")
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label="Indicator it speaks to", required=False, empty_label="None"
    )
    finding = forms.ModelChoiceField(
        Finding.objects.none(), label="Finding of a visit", required=False, empty_label="None"
    )
    practice_change = _words("What staff will do differently")
    success_measure = _line("How you will know")
    baseline = _line("What it is now")
    evidence_base = _line("Evidence that it works", help_text="Such as a rating of the Education Endowment Foundation")  # fmt: skip
    alternatives = _words("Alternatives looked at within the trust", rows=2)
    follow_up = _words("Sessions and follow-up over time", rows=2)
    could_join = _line("Who else could join")
    sharing_plan = _words("How it will be shared", rows=2)
    supply_rate = _pounds("Supply, £ a day")
    funding = forms.ChoiceField(label="Paid from", choices=CpdRequest.Funding.choices)
    mechanisms = forms.MultipleChoiceField(
        required=False, choices=[(k, n) for group in MECHANISMS.values() for k, n in group.items()]
    )

    def __init__(self, *args: Any, school: School, user: User, row: CpdRequest | None, rate: Decimal, **kw: Any) -> None:  # fmt: skip
        self.row, self.rate = row, rate
        kw.setdefault("initial", initial_of(row) if row else {"supply_rate": rate})
        super().__init__(*args, **kw)
        self._offer("priority", _priorities(school, row))
        self._offer("indicator", Indicator.objects.active(today()))
        self._offer("finding", _findings(school, user, row))
        if row is not None and row.finding_id and not sees_finding(user, row):
            # Linked by somebody who reads more: it is kept, and its words are not shown.
            self.fields["finding"].widget = forms.HiddenInput()
        for name, words in STANDARD.items():
            self.fields[f"standard_{name}"] = forms.ChoiceField(
                label=words, required=False, choices=[("", "Not said"), *ANSWERS.items()]
            )
        if row is not None and row.raised_at is not None:
            # How a request is raised is settled when it is raised; taken back, it can be changed.
            kind: Any = self.fields["kind"]
            kind.choices = [c for c in kind.choices if (c[0] in LISTED) == bool(row.listing)]

    def _offer(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows

    short = SHORT
    """Names of the fields of the short form."""

    @classmethod
    def of_saved(cls, row: CpdRequest, **more: Any) -> RequestForm:
        """The form of what is saved, bound, so that what is missing can be said beside its field."""
        return cls(initial_of(row), row=row, **more)

    @property
    def standards(self) -> list[forms.BoundField]:
        return [self[f"standard_{name}"] for name in STANDARD]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The mechanisms in their groups, as ticked."""
        ticked = set(self["mechanisms"].value() or [])
        return [
            {"name": group, "ticks": [(k, name, k in ticked) for k, name in members.items()]}
            for group, members in MECHANISMS.items()
        ]

    def typed(self) -> dict[str, Any]:
        """The fields of the request by name, as they are kept."""
        given = {n: v for n, v in self.cleaned_data.items() if not n.startswith("standard_")}
        kind, listing = _kind_of(given.pop("kind"), self.row)
        name = given["provider_name"].strip()
        provider = Provider.objects.filter(name__iexact=name, retired_at=None).first() if name else None  # fmt: skip
        if given["supply_rate"] is None:
            given["supply_rate"] = self.row.supply_rate if self.row else self.rate
        standard = {n: self.cleaned_data[f"standard_{n}"] for n in STANDARD}
        return {
            **given, "kind": kind, "listing": listing, "provider": provider, "provider_name": name,
            "standard": {n: a for n, a in standard.items() if a},
        }  # fmt: skip


def _kind_of(chosen: str, row: CpdRequest | None) -> tuple[str, str]:
    """Kind and listing of one choice: what is listed keeps the kind it had."""
    if chosen not in LISTED:
        return chosen, ""
    listing = chosen.removeprefix("listed:")
    if row is not None and row.listing == listing:
        return row.kind, listing
    return ("npq" if listing == "national" else "in_house"), listing


def initial_of(row: CpdRequest) -> dict[str, Any]:
    """A request's values as the form shows them; what nobody has entered is left empty."""
    names = [*RequestForm.base_fields]
    shown = {name: getattr(row, name) for name in names}
    for name in ("priority", "indicator", "finding"):
        shown[name] = getattr(row, f"{name}_id")
    for name in (*Figures.base_fields, "supply_rate"):
        shown[name] = _plain(shown[name])
    if row.listing:
        shown["kind"] = f"listed:{row.listing}"
    shown["provider_name"] = row.provider_words
    return {**shown, **{f"standard_{name}": answer for name, answer in row.standard.items()}}


def _plain(figure: Decimal | int) -> str:
    """A figure without noughts behind its point; money keeps its pence."""
    if isinstance(figure, int):
        return str(figure) if figure else ""
    whole = figure == figure.to_integral_value()
    return f"{figure:.0f}" if whole else f"{figure.normalize():f}"


def _priorities(school: School, row: CpdRequest | None) -> Any:
    """The school's and the trust's that are worked on this year, and the one chosen before."""
    day = today()
    now = Q(academic_year__starts_on__lte=day, academic_year__ends_on__gte=day)
    offered = (Q(school=school) | Q(school__isnull=True)) & now & ~Q(state__in=("met", "stopped"))
    if row is not None and row.priority_id:
        offered |= Q(pk=row.priority_id)
    return Priority.objects.filter(offered).select_related("school").order_by("-school", "number")


def _findings(school: School, user: User, row: CpdRequest | None) -> Any:
    visits = VisitRecord.objects.visible_to(user).filter(school=school).order_by("-visited_on")
    recent = list(visits.values_list("pk", flat=True)[:20])
    offered = Q(visit__in=recent, kind__in=("develop", "concern"))
    if row is not None and row.finding_id:
        offered |= Q(pk=row.finding_id)
    return Finding.objects.filter(offered).order_by("-visit__visited_on", "order")


class WithdrawForm(HouseForm):
    """Why a school withdraws a request."""

    reason = forms.CharField(label="Why the school withdraws it", max_length=300)


class DecisionForm(Figures):
    """The school's decision: its own, whatever the advice is."""

    decision = forms.ChoiceField(
        label="What does the school decide?",
        choices=[("proceed", "Proceed"), ("amended", "Proceed amended"),
                 ("despite", "Proceed despite advice"), ("withdraw", "Withdraw")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the school decides",
                        "invalid_choice": "Choose one of these"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Reason", max_length=300, required=False,
        help_text="Asked for when the school proceeds despite advice or withdraws; one sentence",
    )  # fmt: skip

    def __init__(self, *args: Any, row: CpdRequest, is_advised: bool, **kw: Any) -> None:
        self.row = row
        kw.setdefault("initial", {n: _plain(getattr(row, n)) for n in Figures.base_fields})
        super().__init__(*args, **kw)
        if not is_advised:
            field: Any = self.fields["decision"]
            field.choices = [c for c in field.choices if c[0] != "despite"]
            field.error_messages["invalid_choice"] = (
                "There is no advice on this request now: choose Proceed"
            )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        decision, reason = typed.get("decision"), (typed.get("reason") or "").strip()
        if decision == "despite" and not reason:
            self.add_error("reason", "Give the school's reason in a sentence")
        if decision == "withdraw" and not reason:
            self.add_error("reason", "Say in a few words why the school withdraws it")
        if decision == "amended" and not self.errors and not self.amended():
            self.add_error("staff", "Change the figures that are amended, or choose Proceed")
        return typed

    def amended(self) -> dict[str, Any]:
        """The figures that differ from the request's own."""
        typed = {n: self.cleaned_data[n] for n in Figures.base_fields if n in self.cleaned_data}
        return {n: v for n, v in typed.items() if v != getattr(self.row, n)}
