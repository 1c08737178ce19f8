"""Addresses of this app."""

from django.urls import path

from ratings import views

app_name = "ratings"
urlpatterns = [
    path("how-schools-are-rated/", views.how, name="how-rated"),
    path("<int:pk>/", views.rating_detail, name="rating-detail"),
    path("<int:pk>/comment/", views.comment, name="comment"),
    path("<int:pk>/actions/add/", views.raise_action, name="action-raise"),
    path("schools/<int:school>/", views.history, name="school-history"),
    path("schools/<int:school>/own-view/", views.own_view, name="own-view"),
    path("schools/<int:school>/own-view/ask/", views.ask_own_view, name="ask-own-view"),
    path("schools/<int:school>/earlier/", views.record_earlier, name="record-earlier"),
    path("schools/<int:school>/draft/throw-away/", views.delete_draft, name="delete-draft"),
]
