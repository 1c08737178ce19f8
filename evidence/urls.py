"""Addresses of this app."""

from django.urls import path

from evidence.views import documents, record, visits

app_name = "evidence"
urlpatterns = [
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/new/", visits.visit_new, name="visit-new"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit-page"),
    path("visits/<int:pk>/edit/", record.visit_edit, name="visit-edit"),
    path("visits/<int:pk>/autosave/", record.visit_autosave, name="visit-autosave"),
    path("visits/<int:pk>/both-texts/", record.visit_both_texts, name="visit-both-texts"),
    path("visits/<int:pk>/facts/", visits.visit_facts, name="visit-facts"),
    path("visits/<int:pk>/delete/", visits.visit_delete, name="visit-delete"),
    path("visits/<int:pk>/reply/", visits.visit_reply, name="visit-reply"),
    path("visits/<int:pk>/open/", visits.visit_open, name="visit-open"),
    path("visits/<int:pk>/files/", visits.visit_attach, name="visit-attach"),
    path("visits/<int:pk>/files/<int:file_pk>/", visits.visit_file, name="visit-file"),
    path("visits/<int:pk>/files/<int:file_pk>/remove/", visits.visit_file_remove, name="visit-file-remove"),
    path("documents/", documents.document_list, name="document-list"),
    path("documents/new/", documents.document_new, name="document-new"),
    path("documents/<int:pk>/", documents.document_detail, name="document-page"),
    path("documents/<int:pk>/file/", documents.document_file, name="document-file"),
    path("documents/<int:pk>/passages/", documents.passage_mark, name="passage-mark"),
    path("documents/<int:pk>/judgements/", documents.judgement_enter, name="judgement-enter"),
    path("passages/<int:pk>/unmark/", documents.passage_unmark, name="passage-unmark"),
]  # fmt: skip
