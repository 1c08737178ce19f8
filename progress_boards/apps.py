"""The year's plan, the agenda from evidence, the Chair's signature and report."""

from django.apps import AppConfig

SENTENCES = {
    "one_board_per_school_and_half_term": "The school has a board in that half term already",
    "progress_boards_annualreport_academic_year_id_key": "This year has a report already",
    "away_days_once": "These days are in the diary already",
    "trust_board_day_once": "This day is entered already",
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
        self._hold_boards()
        self._keep_standing_items()
        self._set()

    def _keep_standing_items(self) -> None:
        from meetings.queries.standing import register_what_is_left
        from progress_boards.defaults import PROGRESS_BOARD
        from progress_boards.queries.standing import left_of_the_hour

        register_what_is_left(PROGRESS_BOARD, left_of_the_hour)

    def _set(self) -> None:
        from progress_boards.preferences import report_part, scores_part
        from trust.preferences.parts import register_parts

        register_parts("agenda-scores", scores_part, order=40)
        register_parts("annual-report", report_part, order=50)

    def _plan_the_year(self) -> None:
        from progress_boards.actions.dating import boards_with_closed_deadlines, reopen_deadlines
        from progress_boards.actions.planning import leave_school, schools_to_leave
        from progress_boards.defaults import ACTS
        from trust.pages import register_menu
        from trust.work import register_due

        register_menu(
            "Progress Boards", "progress_boards:board-list", "users", order=40,
            capacities=frozenset(ACTS["read_schedule"]),
        )  # fmt: skip
        register_due("school_left", find=schools_to_leave, run=leave_school)
        register_due("boards.closed_days", find=boards_with_closed_deadlines, run=reopen_deadlines)

    def _share_ratings(self) -> None:
        from progress_boards.actions.sharing import ratings_due, share_due
        from trust.work import register_due

        register_due("ratings.share", find=ratings_due, run=share_due)

    def _make_documents(self) -> None:
        from meetings.sealing import register_sealer
        from progress_boards import documents
        from progress_boards.actions.report import compile_at_cut_off, reports_past_cut_off
        from progress_boards.documents import packs, sheet
        from progress_boards.queries.report_pages import READERS
        from progress_boards.queries.report_work import report_work
        from trust.pages import register_menu
        from trust.work import register_due, register_work

        documents.register()
        packs.register()
        sheet.register()
        register_menu(
            "Annual report",
            "progress_boards:report-list",
            "file-text",
            order=60,
            capacities=READERS,
        )
        register_due("report-facts", find=reports_past_cut_off, run=compile_at_cut_off)
        register_sealer(documents.ring_for_final_minutes)
        register_work(report_work)

    def _hold_boards(self) -> None:
        from evidence.finding_links import register_finding_links
        from improvement.queries.parts import register_part
        from meetings.queries.pages import register_own_documents, register_own_pages
        from meetings.queries.parts import register_parts
        from meetings.sealing import register_sealer
        from progress_boards.actions import notices as tells
        from progress_boards.actions import signing
        from progress_boards.actions.proposing import OPEN_DRAFT, open_due_draft
        from progress_boards.actions.telling import tell_chosen
        from progress_boards.queries import due, notices
        from progress_boards.queries.cannot_come import replies_work
        from progress_boards.queries.finding_thread import thread_links
        from progress_boards.queries.parts import meetings_of_boards, pages_of, parts_of
        from progress_boards.queries.priority_part import boards_about
        from progress_boards.work import work_for
        from trust.work import register_due, register_work

        register_due(OPEN_DRAFT, find=due.boards_to_open, run=open_due_draft)
        register_due("boards.tell_chosen", find=due.boards_with_chosen_to_tell, run=tell_chosen)
        register_due("boards.tell_chair", find=due.minutes_to_tell, run=signing.tell_chair)
        register_due("boards.tell_clerk", find=due.returned_to_tell, run=signing.tell_returned)
        register_due(
            "boards.tell_corrections", find=due.corrections_to_tell, run=signing.tell_corrections
        )
        register_due("boards.tell_draft", find=notices.drafts_to_tell, run=tells.tell_of_draft)
        register_due(
            "boards.tell_outstanding", find=notices.schools_outstanding, run=tells.tell_outstanding
        )
        register_due("boards.tell_to_write", find=notices.boards_to_write, run=tells.tell_to_write)
        register_due(
            "boards.tell_trustees", find=notices.trustees_to_tell, run=tells.tell_trustee_of_week
        )
        register_sealer(signing.seal_board)
        register_sealer(tells.tell_final)
        register_parts(parts_of)
        register_own_pages(pages_of)
        register_own_documents(meetings_of_boards)
        register_part("boards", boards_about)
        register_finding_links(thread_links)
        register_work(work_for)
        register_work(replies_work)
