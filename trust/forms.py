"""The house's forms: labels above, help between label and field, optional fields marked, errors said twice."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

_DATE_HINT = "Enter a date, for example 3 December 2026"


class IdempotencyField(forms.UUIDField):
    """A hidden key made with the page: the action that gets it twice does nothing the second time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.HiddenInput,
            initial=uuid.uuid4,
            error_messages={"required": "Open this page again"},
            **kwargs,
        )


class DayInput(forms.DateInput):
    """A date as the browser's own picker, which needs ISO dates."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A time as the browser's own picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


def house_helper(
    submit: str = "", *, form_tag: bool = True, layout: Layout | None = None
) -> FormHelper:
    """The one FormHelper: submit is the button's words ("Send to the Chair"), empty for no button."""
    helper = FormHelper()
    helper.form_tag = form_tag
    helper.attrs = {"novalidate": True}
    helper.include_media = False
    if layout is not None:
        helper.layout = layout
    if submit:
        helper.add_input(Submit("", submit))
    return helper


def _first_lower(words: str) -> str:
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


def _speak_plainly(field: forms.Field, label: str) -> None:
    """Replace Django's own words where the form's author left them: say what to do."""
    standard = type(field).default_error_messages
    verb = (
        "Choose"
        if isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField)
        else "Enter"
    )
    asked = f"an answer to “{label}”" if label.endswith("?") else _first_lower(label)
    said = {"required": f"{verb} {asked}"}
    if isinstance(field, forms.DateField | forms.DateTimeField):
        said["invalid"] = _DATE_HINT
    elif isinstance(field, forms.TimeField):
        said["invalid"] = "Enter a time, for example 9:30am or 09:30"
    elif isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        said["invalid_choice"] = "Choose one of the answers listed"
    for code, words in said.items():
        inherited = standard.get(code, forms.Field.default_error_messages.get(code))
        if field.error_messages.get(code) == inherited:
            field.error_messages[code] = words


class HouseFormMixin(forms.BaseForm):
    """Gives any form the house's widgets, words and helper; set submit to the button's words."""

    submit = ""
    form_tag = True
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self._dress(field)
            _speak_plainly(field, str(field.label or name.replace("_", " ").capitalize()))

    @property
    def helper(self) -> FormHelper:
        """What `{% crispy form %}` asks for."""
        return house_helper(self.submit, form_tag=self.form_tag)

    def _dress(self, field: forms.Field) -> None:
        widget = field.widget
        if type(widget) is forms.DateInput:
            field.widget = DayInput(attrs=widget.attrs)
        elif type(widget) is forms.TimeInput:
            field.widget = ClockInput(attrs=widget.attrs)
        elif isinstance(widget, forms.Textarea):
            widget.attrs.pop("cols", None)
            if widget.attrs.get("rows") in (None, "10"):
                widget.attrs["rows"] = "3"
        elif isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            widget.attrs.setdefault("class", "form-check-input")


class HouseForm(HouseFormMixin, forms.Form):
    """A plain form of the house."""


class HouseModelForm(HouseFormMixin, forms.ModelForm):
    """A form over a model; its save() is not used: an action writes."""


def status_of(form: forms.BaseForm | None) -> int:
    """The status of a page with a form: 422 when it comes back with its errors, else 200."""
    return 422 if form is not None and form.errors else 200
