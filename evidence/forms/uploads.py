"""A file field whose value has passed the house's check."""

from __future__ import annotations

from typing import Any

from django import forms

from trust.uploads import ACCEPT, CleanUpload, check_upload


class UploadField(forms.FileField):
    """A file that passed the house's check; its value is a CleanUpload."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> CleanUpload | None:
        file = super().clean(data, initial)
        return check_upload(file) if file else None
