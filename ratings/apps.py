"""RAG ratings by indicator and the level of support."""

from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "ratings"
    label = "ratings"

    def ready(self) -> None:
        import ratings.rules  # noqa: F401 - registers the rules of the transition table
        from meetings.queries.sources import register_source
        from ratings import work
        from ratings.actions.prompting import chief_executives_to_prompt, prompt_of_stale_ratings
        from ratings.queries.raised import origin_of
        from trust.conflicts import register_sentences
        from trust.work import register_due, register_work

        register_work(work.work_for)
        register_due("ratings.stale", find=chief_executives_to_prompt, run=prompt_of_stale_ratings)
        register_source(
            "ratings", "Ratings", relation="raised_by_rating", reads="raised_by_rating__rating",
            origin=origin_of,
        )  # fmt: skip
        register_sentences(
            {
                "one_shared_rating_per_school": "The school has another rating shared meanwhile",
                "one_draft_rating_per_school": "The school has a draft rating already",
                "one_band_per_indicator": "This indicator is rated already",
                "rating_gives_one_to_six_boards": "A school has 1 to 6 boards a year",
                "differing_judgement_has_its_reason": "Enter why your judgement differs from the suggestion",
            }
        )
