"""The year's plan, the agenda from evidence, the Chair's signature and report."""

from django.apps import AppConfig

SENTENCES = {
    "one_board_per_school_and_half_term": "The school has a board in that half term already",
    "one_number_of_boards_per_school_and_year": "The number of this school's boards was agreed a moment ago. Open the page again",
}


class ProgressBoardsConfig(AppConfig):
    name = "progress_boards"
    label = "progress_boards"

    def ready(self) -> None:
        """Register what this app adds to the house."""
        from trust.conflicts import register_sentences

        register_sentences(SENTENCES)
        self._plan_the_year()
        self._share_ratings()
        self._make_documents()

    def _plan_the_year(self) -> None:
        from progress_boards.actions.planning import leave_school, schools_to_leave
        from progress_boards.defaults import ACTS
        from trust.pages import register_menu
        from trust.work import register_due

        register_menu(
            "Progress Boards", "progress_boards:board-list", "users", order=40,
            capacities=frozenset(ACTS["read_schedule"]),
        )  # fmt: skip
        register_due("school_left", find=schools_to_leave, run=leave_school)

    def _share_ratings(self) -> None:
        from progress_boards.actions.sharing import ratings_due, share_due
        from trust.work import register_due

        register_due("ratings.share", find=ratings_due, run=share_due)

    def _make_documents(self) -> None:
        from meetings.sealing import register_sealer
        from progress_boards import documents

        documents.register()
        register_sealer(documents.ring_for_final_minutes)
