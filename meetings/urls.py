"""Addresses of the meeting engine."""

from django.urls import URLPattern, path

from meetings.views import (
    agenda,
    dating,
    documents,
    follow_up,
    live,
    minutes,
    noted,
    register,
    review,
    seats,
    sign,
    versions,
)

from meetings.urls_part_b import urlpatterns as part_b_urls

app_name = "meetings"
urlpatterns: list[URLPattern] = [
    path("<int:pk>/agenda/", agenda.meeting_agenda, name="agenda"),
    path("<int:pk>/agenda/add/", agenda.item_add, name="agenda-item-add"),
    path("<int:pk>/agenda/restore/", agenda.item_restore, name="agenda-item-restore"),
    path("<int:pk>/agenda/in-hand/", agenda.fill, name="agenda-fill"),
    path("<int:pk>/agenda/issue/", agenda.issue, name="agenda-issue"),
    path("<int:pk>/agenda/recall/", agenda.recall, name="agenda-recall"),
    path("<int:pk>/agenda/pdf/", documents.agenda_pdf, name="agenda-pdf"),
    path("<int:pk>/agenda/versions/", versions.agenda_versions, name="agenda-versions"),
    path(
        "<int:pk>/agenda/versions/<int:number>/", versions.agenda_version, name="agenda-version"
    ),
    path("items/<int:pk>/edit/", agenda.item_edit, name="agenda-item-edit"),
    path("items/<int:pk>/minutes/", agenda.item_minutes, name="agenda-item-minutes"),
    path("items/<int:pk>/move/", agenda.item_move, name="agenda-item-move"),
    path("items/<int:pk>/remove/", agenda.item_remove, name="agenda-item-remove"),
    path("<int:pk>/date/", dating.meeting_date, name="meeting-date"),
    path("<int:pk>/postpone/", dating.meeting_postpone, name="meeting-postpone"),
    path("<int:pk>/cancel/", dating.meeting_cancel, name="meeting-cancel"),
    path("<int:pk>/minutes/edit/", minutes.minutes_edit, name="minutes-edit"),
    path("<int:pk>/start/", minutes.meeting_start, name="meeting-start"),
    path("<int:pk>/finish/", minutes.meeting_finish, name="meeting-finish"),
    path("<int:pk>/attendance/", minutes.attendance_save, name="attendance-save"),
    path("<int:pk>/attendees/", minutes.attendee_add, name="attendee-add"),
    path("<int:pk>/minutes/send/", minutes.minutes_send, name="minutes-send"),
    path("<int:pk>/minutes/take-back/", minutes.minutes_take_back, name="minutes-take-back"),
    path("items/<int:pk>/minute/", minutes.minute_save, name="minute-save"),
    path("kept-texts/<int:pk>/", minutes.minute_merge, name="minute-merge"),
    path("items/<int:pk>/lines/", live.line_add, name="line-add"),
    path("items/<int:pk>/begin/", live.item_begin, name="item-begin"),
    path("<int:pk>/minutes/paste/", live.paste_clean, name="paste-clean"),
    path("items/<int:pk>/actions/", noted.action_add, name="action-add"),
    path("items/<int:pk>/challenges/", noted.challenge_add, name="challenge-add"),
    path("items/<int:pk>/evidence/", noted.evidence_add, name="evidence-add"),
    path("challenges/<int:pk>/", noted.challenge_edit, name="challenge-edit"),
    path("evidence/<int:pk>/", noted.evidence_edit, name="evidence-edit"),
    path("actions/<int:pk>/edit/", noted.action_edit, name="action-edit"),
    path(
        "<int:pk>/former-actions/<int:action_pk>/",
        noted.former_action_mark,
        name="former-action-mark",
    ),
    path("<int:pk>/minutes/", review.minutes, name="minutes"),
    path(
        "<int:pk>/minutes/nothing-to-correct/", review.nothing_to_correct, name="nothing-to-correct"
    ),
    path("<int:pk>/minutes/corrections/", review.correction_propose, name="correction-propose"),
    path("<int:pk>/minutes/school-note/", review.school_note, name="school-note"),
    path("<int:pk>/minutes/pdf/", documents.minutes_pdf, name="minutes-pdf"),
    *part_b_urls,
    path("<int:pk>/sign/", sign.minutes_sign, name="minutes-sign"),
    path("<int:pk>/sign/return/", sign.minutes_return, name="minutes-return"),
    path("<int:pk>/sign/take-back/", sign.signature_take_back, name="sign-take-back"),
    path("corrections/<int:pk>/answer/", sign.correction_answer, name="correction-answer"),
    path("actions/", register.action_list, name="action-list"),
    path("actions/export.csv", register.action_export, name="action-export"),
    path("actions/add/", follow_up.action_raise, name="action-raise"),
    path("actions/<int:pk>/", follow_up.action, name="action"),
    path("actions/<int:pk>/update/", follow_up.action_update, name="action-update"),
    path("actions/<int:pk>/done/", follow_up.action_done, name="action-done"),
    path("actions/<int:pk>/close/", follow_up.action_close, name="action-close"),
    path("actions/<int:pk>/drop/", follow_up.action_drop, name="action-drop"),
    path("actions/<int:pk>/reopen/", follow_up.action_reopen, name="action-reopen"),
    path("actions/<int:pk>/files/<int:update_pk>/", follow_up.action_file, name="action-file"),
    path("seats/<int:pk>/reply/", seats.seat_reply, name="seat-reply"),
]
