"""The two documents that any kind of meeting has: its agenda and its minutes."""

from __future__ import annotations

from meetings.documents.parts import document_parts_of, register_document_parts

__all__ = ["document_parts_of", "register_document_parts"]
