"""Addresses of this app."""

from django.urls import URLPattern, path

from cpd.views import (
    decisions,
    drafts,
    funding,
    group,
    impact,
    practice,
    projects,
    providers,
    purchases,
    requests,
    value,
)

app_name = "cpd"
urlpatterns: list[URLPattern] = []

# -- the Strategy Group ----------------------------------------------------------------------------

urlpatterns += [
    path("group/", group.group_list, name="group-list"),
    path("group/plan/", group.group_plan, name="group-plan"),
    path("group/<int:pk>/", group.group_meeting, name="group-meeting"),
    path("group/<int:pk>/propose/", group.group_propose, name="group-propose"),
    path("group/<int:pk>/items/", group.group_item_add, name="group-item-add"),
    path("group/<int:pk>/scores/", group.group_score, name="group-score"),
    path("group/<int:pk>/advice/", group.group_advise, name="group-advise"),
    path(
        "group/<int:pk>/advice/take-back/",
        group.group_advice_take_back,
        name="group-advice-take-back",
    ),
    path("group/<int:pk>/papers/", group.group_papers, name="group-papers"),
]

# -- impact and value ------------------------------------------------------------------------------

urlpatterns += [
    path("reviews/", impact.review_list, name="review-list"),
    path("reviews/<int:pk>/", impact.review, name="review"),
    path("reviews/files/<int:pk>/", impact.review_file, name="review-file"),
    path("<int:pk>/evaluate/", impact.request_evaluate, name="request-evaluate"),
    path("<int:pk>/look-again/", impact.request_look_again, name="request-look-again"),
    path("value/", value.value, name="value"),
    path("value/export.csv", value.value_export, name="value-export"),
]

# -- joint practice development --------------------------------------------------------------------

urlpatterns += [
    path("practice/", practice.card_list, name="practice-list"),
    path("practice/new/", practice.card_new, name="practice-new"),
    path("practice/<int:pk>/", practice.card, name="practice"),
    path("practice/<int:pk>/edit/", practice.card_edit, name="practice-edit"),
    path("practice/<int:pk>/share/", practice.card_share, name="practice-share"),
    path("practice/<int:pk>/retire/", practice.card_retire, name="practice-retire"),
    path("practice/offers-and-needs/", practice.notice_list, name="notice-list"),
    path("practice/offers-and-needs/new/", practice.notice_new, name="notice-new"),
    path("practice/offers-and-needs/<int:pk>/close/", practice.notice_close, name="notice-close"),
    path("practice/projects/", projects.project_list, name="project-list"),
    path("practice/projects/new/", projects.project_new, name="project-new"),
    path("practice/projects/<int:pk>/", projects.project, name="project"),
    path("practice/projects/<int:pk>/edit/", projects.project_edit, name="project-edit"),
    path("practice/projects/<int:pk>/ask/", projects.project_ask, name="project-ask"),
    path("practice/projects/places/<int:pk>/join/", projects.project_join, name="project-join"),
    path("practice/projects/places/<int:pk>/leave/", projects.project_leave, name="project-leave"),
    path("practice/projects/places/<int:pk>/gain/", projects.project_gain, name="project-gain"),
    path("practice/projects/<int:pk>/visits/", projects.project_visit, name="project-visit"),
    path(
        "practice/projects/<int:pk>/visits/<int:visit>/remove/",
        projects.project_visit_remove,
        name="project-visit-remove",
    ),
    path("practice/projects/<int:pk>/finish/", projects.project_finish, name="project-finish"),
    path("practice/projects/<int:pk>/stop/", projects.project_stop, name="project-stop"),
    path("practice/projects/<int:pk>/take-up/", projects.project_take_up, name="project-take-up"),
]

# -- buying once, and the central fund -------------------------------------------------------------

urlpatterns += [
    path("purchases/", purchases.purchase_list_page, name="purchase-list"),
    path("purchases/new/", purchases.purchase_new, name="purchase-new"),
    path("purchases/<int:pk>/", purchases.purchase, name="purchase"),
    path("purchases/<int:pk>/edit/", purchases.purchase_edit, name="purchase-edit"),
    path("purchases/<int:pk>/ask/", purchases.purchase_ask, name="purchase-ask"),
    path("purchases/places/<int:pk>/answer/", purchases.purchase_answer, name="purchase-answer"),
    path("purchases/places/<int:pk>/leave/", purchases.purchase_leave, name="purchase-leave"),
    path("purchases/<int:pk>/buy/", purchases.purchase_buy, name="purchase-buy"),
    path("purchases/<int:pk>/dissolve/", purchases.purchase_dissolve, name="purchase-dissolve"),
    path(
        "purchases/<int:pk>/open-again/", purchases.purchase_open_again, name="purchase-open-again"
    ),
    path("purchases/<int:pk>/recharge.csv", purchases.purchase_recharge, name="purchase-recharge"),
    path("fund/", funding.fund, name="fund"),
    path("fund/set/", funding.fund_set, name="fund-set"),
    path("budgets/<int:pk>/", funding.budget_set, name="budget-set"),
    path("<int:pk>/central/", funding.part_ask, name="part-ask"),
    path("central/<int:pk>/agree/", funding.part_agree, name="part-agree"),
    path("central/<int:pk>/decline/", funding.part_decline, name="part-decline"),
    path("central/<int:pk>/reopen/", funding.part_reopen, name="part-reopen"),
    path("central/<int:pk>/withdraw/", funding.part_withdraw, name="part-withdraw"),
]

# -- requests and providers ------------------------------------------------------------------------

urlpatterns += [
    path("", requests.request_list, name="request-list"),
    path("export.csv", requests.request_export, name="request-export"),
    path("new/", drafts.request_new, name="request-new"),
    path("earlier/", drafts.request_earlier, name="request-earlier"),
    path("alike/", drafts.request_alike, name="request-alike"),
    path("<int:pk>/", requests.request_detail, name="request"),
    path("<int:pk>/edit/", drafts.request_edit, name="request-edit"),
    path("<int:pk>/save/", drafts.request_save, name="request-save"),
    path("<int:pk>/copy/", drafts.request_copy, name="request-copy"),
    path("<int:pk>/versions/<int:number>/", requests.request_version, name="request-version"),
    path("<int:pk>/raise/", decisions.request_raise, name="request-raise"),
    path("<int:pk>/take-back/", decisions.request_take_back, name="request-take-back"),
    path("<int:pk>/book/", decisions.request_book, name="request-book"),
    path("<int:pk>/decide/", decisions.request_decide, name="request-decide"),
    path("<int:pk>/reconsider/", decisions.request_reconsider, name="request-reconsider"),
    path("<int:pk>/withdraw/", decisions.request_withdraw, name="request-withdraw"),
    path("<int:pk>/reinstate/", decisions.request_reinstate, name="request-reinstate"),
    path("providers/", providers.provider_list, name="provider-list"),
    path("providers/new/", providers.provider_new, name="provider-new"),
    path("providers/<int:pk>/", providers.provider_detail, name="provider"),
    path("providers/<int:pk>/edit/", providers.provider_edit, name="provider-edit"),
    path("providers/<int:pk>/retire/", providers.provider_retire, name="provider-retire"),
]
