"""Addresses of people and their accounts."""

from django.urls import path

from trust.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="people"),
    path("add/", views.add, name="person-add"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/change/", views.change, name="person-change"),
    path("<int:pk>/invite/", views.invite, name="person-invite"),
    path("<int:pk>/withdraw-invitation/", views.withdraw, name="invitation-withdraw"),
    path("<int:pk>/close-account/", views.close_account, name="account-close"),
    path("invitation/<str:token>/", views.accept_invitation, name="accept-invitation"),
    path("demo-sign-in/", views.demo_sign_in, name="demo-sign-in"),
]
