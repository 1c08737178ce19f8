"""Addresses of the settings."""

from django.urls import path

from trust.preferences import views

app_name = "settings"
urlpatterns = [
    path("", views.part_list, name="part-list"),
    path("<slug:slug>/", views.part_edit, name="part-edit"),
]
