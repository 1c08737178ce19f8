"""Addresses of this app."""

from django.urls import URLPattern, path

from cpd.views import group

app_name = "cpd"
urlpatterns: list[URLPattern] = []

# -- the Strategy Group ----------------------------------------------------------------------------

urlpatterns += [
    path("group/", group.group_list, name="group-list"),
    path("group/plan/", group.group_plan, name="group-plan"),
    path("group/<int:pk>/", group.group_meeting, name="group-meeting"),
    path("group/<int:pk>/propose/", group.group_propose, name="group-propose"),
    path("group/<int:pk>/items/", group.group_item_add, name="group-item-add"),
    path("group/<int:pk>/scores/", group.group_score, name="group-score"),
    path("group/<int:pk>/advice/", group.group_advise, name="group-advise"),
    path(
        "group/<int:pk>/advice/take-back/",
        group.group_advice_take_back,
        name="group-advice-take-back",
    ),
    path("group/<int:pk>/papers/", group.group_papers, name="group-papers"),
]
