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
        self._gather_the_group()

    def _gather_the_group(self) -> None:
        from cpd import documents
        from cpd.actions.group import propose_due_agenda, seal_advice
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
