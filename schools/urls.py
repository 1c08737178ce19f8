"""Addresses of the register, the posts and the term dates."""

from django.urls import path

from schools.views import calendar, posts, register

app_name = "schools"
urlpatterns = [
    path("", register.school_list, name="school-list"),
    path("<int:pk>/register/", register.school_page, name="school-register"),
    path("<int:pk>/code/", register.school_code, name="school-code"),
    path("<int:pk>/membership/", register.school_membership, name="school-membership"),
    path("register/", register.import_list, name="import-list"),
    path("register/bring-in/", register.import_upload, name="import-upload"),
    path("register/<int:pk>/", register.import_preview, name="import-preview"),
    path("register/<int:pk>/confirm/", register.import_apply, name="import-apply"),
    path("register/<int:pk>/leave/", register.import_discard, name="import-discard"),
    path("posts/", posts.post_list, name="post-list"),
    path("posts/appoint/", posts.post_appoint, name="post-appoint"),
    path("posts/<int:pk>/end/", posts.post_end, name="post-end"),
    path("posts/<int:pk>/delegate/", posts.post_delegate, name="post-delegate"),
    path("term-dates/", calendar.calendar_list, name="calendar-list"),
    path("term-dates/bring-in/", calendar.calendar_import, name="calendar-import"),
    path("term-dates/closed-days/add/", calendar.calendar_day_add, name="calendar-day-add"),
    path(
        "term-dates/closed-days/<int:pk>/remove/",
        calendar.calendar_day_remove,
        name="calendar-day-remove",
    ),
    path("term-dates/<int:year>/", calendar.calendar_year, name="calendar-year"),
    path("term-dates/<int:year>/enter/", calendar.calendar_enter, name="calendar-enter"),
    path("term-dates/<int:year>/ordinary/", calendar.calendar_default, name="calendar-default"),
    path("term-dates/<int:year>/change/", calendar.calendar_edit, name="calendar-edit"),
    path(
        "term-dates/<int:year>/schools/<int:pk>/", calendar.calendar_school, name="calendar-school"
    ),
    path(
        "term-dates/<int:year>/schools/<int:pk>/change/",
        calendar.calendar_school_edit,
        name="calendar-school-edit",
    ),
]
