"""The year's plan, the agenda from evidence, the Chair's signature and report."""

from django.apps import AppConfig


class ProgressBoardsConfig(AppConfig):
    name = "progress_boards"
    label = "progress_boards"
