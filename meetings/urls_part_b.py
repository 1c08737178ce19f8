"""Addresses of Part B, and of what is stated beside final minutes."""

from django.urls import URLPattern, path

from meetings.views import errata, part_b

urlpatterns: list[URLPattern] = [
    path("<int:pk>/part-b/", part_b.part_b, name="part-b"),
    path("items/<int:pk>/part-b/", part_b.part_b_save, name="part-b-save"),
    path("items/<int:pk>/part-b/stayed/", part_b.part_b_stayed, name="part-b-stayed"),
    path("part-b/kept/<int:pk>/", part_b.part_b_merge, name="part-b-merge"),
    path("part-b/<int:pk>/corrections/", part_b.part_b_correct, name="part-b-correct"),
    path("part-b/<int:pk>/nothing-to-correct/", part_b.part_b_nothing, name="part-b-nothing"),
    path(
        "part-b/<int:pk>/nothing-to-correct/take-back/",
        part_b.part_b_nothing_take_back,
        name="part-b-nothing-take-back",
    ),
    path("part-b/corrections/<int:pk>/answer/", part_b.part_b_answer, name="part-b-answer"),
    path("part-b/<int:pk>/readers/", part_b.part_b_readers, name="part-b-readers"),
    path("part-b/readers/<int:pk>/end/", part_b.part_b_grant_end, name="part-b-grant-end"),
    path("part-b/<int:pk>/pdf/", part_b.part_b_pdf, name="part-b-pdf"),
    path("<int:pk>/errata/", errata.errata, name="errata"),
    path("<int:pk>/redacted/", errata.redacted, name="redacted"),
    path("<int:pk>/redacted/inspectable/", errata.inspectable, name="minutes-inspectable"),
]
