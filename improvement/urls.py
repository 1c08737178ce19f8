"""Addresses of this app."""

from django.urls import URLPattern

app_name = "improvement"
urlpatterns: list[URLPattern] = []
