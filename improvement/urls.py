"""Addresses of this app."""

from django.urls import path

from improvement import views

app_name = "improvement"
urlpatterns = [
    path("", views.priority_list, name="priority-list"),
    path("new/", views.priority_new, name="priority-new"),
    path("<int:pk>/", views.priority_detail, name="priority"),
    path("<int:pk>/edit/", views.priority_edit, name="priority-edit"),
    path("<int:pk>/report/", views.priority_report, name="priority-report"),
    path("<int:pk>/move/", views.priority_move, name="priority-move"),
]
