"""Addresses of this app."""

from django.urls import URLPattern

app_name = "progress_boards"
urlpatterns: list[URLPattern] = []
