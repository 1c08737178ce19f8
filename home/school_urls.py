"""The page of one school, named without a namespace: every floor may link to it and none need know who draws it."""

from django.urls import path

from home import views

urlpatterns = [
    path("<int:pk>/", views.school, name="school"),
]
