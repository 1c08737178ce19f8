"""Every address of the house, one include() per app."""

from django.urls import URLPattern, URLResolver, include, path

from trust import document_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("home.urls")),
    path("schools/", include("schools.urls")),
    path("evidence/", include("evidence.urls")),
    path("meetings/", include("meetings.urls")),
    path("ratings/", include("ratings.urls")),
    path("progress-boards/", include("progress_boards.urls")),
    path("components/", views.components, name="components"),
    path("documents/<int:pk>/", document_views.document_progress, name="document-progress"),
    path("documents/<int:pk>/download/", document_views.document_download, name="document-download"),
    path("documents/<int:pk>/try-again/", document_views.document_try_again, name="document-try-again"),
    path("healthz", document_views.healthz, name="healthz"),
    path("readyz", document_views.readyz, name="readyz"),
]
