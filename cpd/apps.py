"""Training, the Strategy Group, and joint practice development."""

from django.apps import AppConfig

SENTENCES = {
    "cpd_costs_not_negative": "Enter costs of £0 or more",
    "training_ends_after_start": "The training ends before it starts: change one of the dates",
    "one_advice_per_request_and_meeting": "The Group's advice on this request was recorded a moment ago. Open the page again",
    "one_score_per_member": "You scored this request a moment ago. Open the page again",
    "one_place_per_school_and_purchase": "This school is asked already",
    "one_place_per_school_and_project": "This school is in the project already",
    "one_training_budget_per_school_and_year": "This school's budget was entered a moment ago. Open the page again",
    "cpd_cpdrequest_number_key": "Somebody began a request at the same moment. Try again",
    "cpd_provider_name_key": "The directory has a provider of that name",
    "cpd_centralpart_request_id_key": "The central fund is asked for this request already",
    "cpd_practicecard_finding_id_key": "There is a practice card for this finding already",
    "one_review_per_level_and_day": "A review of this level is due on that day already. Give another day",
    "project_ends_after_start": "The project ends before it starts: change one of the dates",
    "provider_contract_ends_after_start": "The contract ends before it starts: change one of the dates",
}


class CpdConfig(AppConfig):
    name = "cpd"
    label = "cpd"

    def ready(self) -> None:
        """Register what this app adds to the house."""
        from cpd import rules  # noqa: F401 - registers the rules of the machines
        from trust.conflicts import register_sentences

        register_sentences(SENTENCES)
        self._ask_for_training()
        self._buy_once()
        self._impact_and_value()
        self._gather_the_group()
        self._gather_practice()

    def _ask_for_training(self) -> None:
        """Requests, and the directory of providers."""
        from cpd.queries.tabs import register_tab
        from cpd.rules import OF_SCHOOL, READ_RAISED
        from cpd.work.requests import work_for
        from trust.access import Capacity
        from trust.pages import register_menu
        from trust.work import register_work

        readers = frozenset((*READ_RAISED, *OF_SCHOOL, Capacity.CEO_REPRESENTATIVE))
        school, trust = frozenset(OF_SCHOOL), readers - frozenset(OF_SCHOOL)
        at, icon = "cpd:request-list", "graduation-cap"
        register_menu("CPD requests", at, icon, order=55, capacities=school)
        register_menu("CPD and strategy", at, icon, order=55, capacities=trust)
        register_tab("Requests", at, order=10, capacities=readers)
        register_tab("Providers", "cpd:provider-list", order=50, capacities=readers)
        register_work(work_for)

    def _gather_the_group(self) -> None:
        from cpd import documents
        from cpd.actions.advice import seal_advice
        from cpd.actions.group import propose_due_agenda
        from cpd.queries.group import due_proposals
        from cpd.queries.group_parts import document_parts_of_group, group_panel, parts_of_group
        from cpd.queries.panels import register_panel
        from cpd.queries.tabs import register_tab
        from cpd.rules import STRATEGY_READERS
        from cpd.work.group import group_work
        from meetings.documents import register_document_parts
        from meetings.queries.parts import register_parts
        from meetings.sealing import register_sealer
        from trust.work import register_due, register_work

        documents.register()
        register_due("cpd.group_agenda", find=due_proposals, run=propose_due_agenda)
        register_sealer(seal_advice)
        register_parts(parts_of_group)
        register_document_parts(document_parts_of_group)
        register_panel(group_panel, order=20)
        register_work(group_work)
        register_tab(
            "Strategy Group", "cpd:group-list", order=20, capacities=frozenset(STRATEGY_READERS)
        )

    def _impact_and_value(self) -> None:
        """Reviews of impact, and what the Group sees."""
        from cpd.actions.impact import ask_for_review, reviews_to_ask_for
        from cpd.queries.impact import impact_panel
        from cpd.queries.panels import register_panel
        from cpd.queries.tabs import register_tab
        from cpd.rules import OF_SCHOOL, READ_RAISED, READ_TOTALS
        from cpd.work.impact import work_for
        from trust.access import Capacity
        from trust.pages import register_menu
        from trust.work import register_due, register_work

        register_due("cpd.ask_for_review", find=reviews_to_ask_for, run=ask_for_review)
        register_panel(impact_panel, order=40)
        register_work(work_for)
        register_tab(
            "Impact reviews", "cpd:review-list", order=39,
            capacities=frozenset((*READ_RAISED, *OF_SCHOOL, Capacity.CEO_REPRESENTATIVE)),
        )  # fmt: skip
        register_tab("Impact and value", "cpd:value", order=40, capacities=frozenset(READ_TOTALS))
        # Those who read totals alone; everybody else comes by the requests.
        register_menu(
            "CPD value", "cpd:value", "graduation-cap", order=55,
            capacities=frozenset((Capacity.TRUSTEE, Capacity.CHAIR, Capacity.LOCAL_COMMITTEE)),
        )  # fmt: skip

    def _gather_practice(self) -> None:
        from cpd.queries.finding_links import finding_links
        from cpd.rules import READ_PRACTICE
        from cpd.work.practice import practice_work
        from evidence.finding_links import register_finding_links
        from trust.pages import register_menu
        from trust.work import register_work

        readers = frozenset(READ_PRACTICE)
        register_menu(
            "Shared practice", "cpd:practice-list", "share-2", order=57, capacities=readers
        )
        register_work(practice_work)
        register_finding_links(finding_links)

    def _buy_once(self) -> None:
        """Shared purchases, and the part the central fund pays."""
        from cpd.actions.leaving import leave_school, schools_to_leave
        from cpd.queries import funding, purchase_pages
        from cpd.queries.panels import register_panel
        from cpd.queries.tabs import register_tab
        from cpd.rules import READ_FUND, READ_RAISED
        from cpd.work.purchases import work_for
        from trust.access import Capacity
        from trust.work import register_due, register_work

        register_due("cpd.school_left", find=schools_to_leave, run=leave_school)
        register_panel(purchase_pages.panel_of, order=30)
        register_panel(funding.panel_of, order=35)
        register_work(work_for)
        register_tab(
            "Shared purchases", "cpd:purchase-list", order=30,
            capacities=frozenset((*READ_RAISED, Capacity.LEADER)),
        )  # fmt: skip
        register_tab("Central fund", "cpd:fund", order=35, capacities=frozenset(READ_FUND))
