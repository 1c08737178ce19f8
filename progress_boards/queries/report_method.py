"""How the year's figures are counted, in the words that stand at the end of the report."""

from __future__ import annotations

METHOD: tuple[tuple[str, str], ...] = (
    ("Cut-off", "Every figure is as at {cut_off}. What happened later belongs to the next report. The figures are frozen: a later change in the software changes nothing here"),
    ("The year’s boards", "The boards of the academic year, and those of the year before that were held too late for their minutes to become final in it, or after its cut-off"),
    ("Planned, agreed, by policy", "Planned: every board of the year in the calendar, held or not. By policy: what the rating asks for. Agreed: what the chief executive agreed for each school"),
    ("Held", "Took place by the cut-off. Minutes that were not final on that day count as held; their judgements are not counted"),
    ("All required present", "A person or a named substitute was there for each role that the board needs: present, online, late or leaving early"),
    ("Leaders’ own evaluation", "The external Chair’s answer in final minutes. A board at which a trustee took the chair counts as not externally validated"),
    ("On time", "Against the days that the trust has set, in school days of each school’s own calendar. Boards that were recorded afterwards have no deadlines and are left out"),
    ("Judgements and their movement", "The Chair’s judgement of each item in final minutes. Movement compares an item with the one it was carried from, where both were judged"),
    ("Minutes by indicator", "Given: what the agenda gave the item. Spent: what the clerk’s timer showed, where it was used"),
    ("Actions", "Agreed at the year’s boards and read back there. Closed, carried and dropped by the cut-off; overdue: open, with a due date before it"),
    ("Ratings", "Shared ratings as they stood on each day; a withdrawn one counts nowhere"),
    ("Leaders", "People of the schools who answered an item, counted once; first time: at no board before the year"),
    ("Visits", "Sent records of visit. External: made by a provider, a school improvement partner, Ofsted or the external Chair; internal: by the trust, its peers or a local committee"),
    ("What is left out", "The confidential part of minutes, concerns, reasons about people, and the names of staff"),
)  # fmt: skip


def method(cut_off: str) -> list[dict[str, str]]:
    """Each term with what it means, for figures as at a day."""
    return [{"term": term, "words": words.format(cut_off=cut_off)} for term, words in METHOD]
