"""The register: schools, who holds which post where, term dates."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    label = "schools"

    def ready(self) -> None:
        from schools.models.register import KEEP_THE_REGISTER
        from schools.queries.posts import posts_in_words, posts_of
        from trust.access import Capacity
        from trust.pages import EVERYBODY, register_menu
        from trust.people.queries import register_post_lines, register_posts

        register_post_lines(posts_in_words)
        register_posts(posts_of)
        readers = EVERYBODY - {Capacity.PROVIDER}
        office = frozenset(KEEP_THE_REGISTER)
        register_menu("Schools", "schools:school-list", "school", order=30)
        register_menu(
            "Register", "schools:import-list", "cloud-upload", order=75, capacities=office
        )
        register_menu("Posts", "schools:post-list", "id-card", order=82, capacities=readers)
        register_menu(
            "Terms and dates",
            "schools:calendar-list",
            "calendar-days",
            order=84,
            capacities=readers,
        )
