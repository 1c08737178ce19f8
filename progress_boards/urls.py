"""Addresses of this app."""

from django.urls import URLPattern, path

from progress_boards.views import calendar, dating, past, planning, rating

app_name = "progress_boards"
urlpatterns: list[URLPattern] = [
    # the year's plan
    path("", calendar.board_list, name="board-list"),
    path("plan/", planning.year_plan, name="year-plan"),
    path("plan/dates/", planning.year_dates, name="year-dates"),
    path("plan/schools/<int:school_pk>/", planning.school_year, name="school-year"),
    path(
        "plan/schools/<int:school_pk>/half-terms/<int:half_term_pk>/",
        planning.board_plan,
        name="board-plan",
    ),
    path("<int:pk>/date/", dating.board_date, name="board-date"),
    path("<int:pk>/rebook/", dating.board_rebook, name="board-rebook"),
    path("<int:pk>/postpone/", dating.board_postpone, name="board-postpone"),
    path("<int:pk>/cancel/", dating.board_cancel, name="board-cancel"),
    path("<int:pk>/remove/", dating.board_remove, name="board-remove"),
    path("seats/<int:pk>/substitute/", dating.seat_substitute, name="seat-substitute"),
    path("past/", past.past_board_record, name="past-board-record"),
    # rating and sharing
    path("ratings/", rating.schools, name="schools-to-rate"),
    path("ratings/schools/<int:school>/", rating.rate, name="rate"),
    path("ratings/schools/<int:school>/preview/", rating.preview, name="rate-preview"),
    path("ratings/schools/<int:school>/confirm/", rating.confirm, name="confirm-rating"),
    path("ratings/schools/<int:school>/take-back-date/", rating.take_back, name="take-back-date"),
    path("ratings/<int:pk>/withdraw/", rating.withdraw, name="withdraw-rating"),
]
