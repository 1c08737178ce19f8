"""The tabs of the training room."""

from __future__ import annotations

from typing import Any

from django import template

from cpd.queries.tabs import tabs_for

register = template.Library()


@register.inclusion_tag("cpd/_tabs.html", takes_context=True)
def training_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """Tabs to the parts of training that this person uses; nothing when there is only one."""
    request = context["request"]
    tabs = tabs_for(request.user, request.path)
    return {"tabs": tabs if len(tabs) > 1 else []}
