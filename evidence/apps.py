"""What people saw and wrote, and the indicators it speaks to."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "evidence"
    label = "evidence"
