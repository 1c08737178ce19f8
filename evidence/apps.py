"""What people saw and wrote, and the indicators it speaks to."""

from django.apps import AppConfig

SENTENCES = {
    "document_valid_until_after_from": "A document holds until a day after it began to hold",
    "one_judgement_per_document_and_indicator": "Somebody entered this judgement a moment ago. Open the page again",
}


class EvidenceConfig(AppConfig):
    name = "evidence"
    label = "evidence"

    def ready(self) -> None:
        """Register what this app adds to the house."""
        from evidence import rules, work
        from evidence.actions import file_due, visits_to_file
        from trust.access import Capacity
        from trust.conflicts import register_sentences
        from trust.pages import register_menu
        from trust.work import register_due, register_work

        register_sentences(SENTENCES)
        register_due("evidence.file", find=visits_to_file, run=file_due)
        register_work(work.work_for)
        visits = frozenset(
            {
                *rules.READERS,
                *rules.OWN_KINDS,
                Capacity.HEAD,
                Capacity.LEADER,
                Capacity.CHAIR,
                Capacity.PROVIDER,
                Capacity.CLERK,
            }
        )
        documents = rules.DOCUMENT_READERS
        register_menu("Visits", "evidence:visit-list", "notebook-text", order=50, capacities=visits)
        register_menu(
            "Documents", "evidence:document-list", "file-text", order=55, capacities=documents
        )
