"""Two at one moment at the agenda, the live hour, Part B and the report: one wins, and nothing is doubled."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import (
    AgendaItem,
    AgendaVersion,
    Erratum,
    Meeting,
    PartB,
    PartBCorrection,
    PartBGrant,
    PartBKept,
    Seat,
)
from meetings.tasks import close_round
from progress_boards.models import AnnualReport, ProgressBoard
from tests import factories
from tests.at_once import at_once, posting, while_unfinished
from tests.progress_boards.lives import Table, board_at
from trust.access import Capacity, Conflict
from trust.calendar import now
from trust.models import AuditEvent
from trust.pages import new_key
from trust.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table(transactional_db: None) -> Table:
    factories.lay_down_trust()
    school = factories.SchoolFactory(name="Alderfen Primary Academy", code="ALD")
    at_school = {
        role.value: factories.user_with((role, school))
        for role in (Capacity.CHAIR, Capacity.HEAD, Capacity.LINK_TRUSTEE)
    }
    for_all = {
        role.value: factories.user_with((role, None)) for role in (Capacity.CEO, Capacity.CLERK)
    }
    return Table(school=school, **at_school, **for_all)


def with_items(board: ProgressBoard, *lengths: tuple[str, int]) -> list[AgendaItem]:
    lengths = lengths or (("welcome", 2), ("enquiry", 23), ("enquiry", 30), ("close", 5))
    return [
        factories.AgendaItemFactory(meeting=board.meeting, order=n, type=kind, minutes=minutes)
        for n, (kind, minutes) in enumerate(lengths, 1)
    ]


def second_clerk(table: Table, board: ProgressBoard) -> User:
    other = factories.user_with((Capacity.CLERK, None))
    factories.seat(board.meeting, other.person, Capacity.CLERK)
    return other


def test_two_clerks_begin_two_items_and_one_clock_runs(table: Table) -> None:
    board = board_at(table, state="held", meeting__started_at=now())
    items = with_items(board)
    other = second_clerk(table, board)
    urls = [reverse("meetings:item-begin", kwargs={"pk": item.pk}) for item in items[1:3]]
    statuses = at_once(posting(table.clerk, urls[0], {}), posting(other, urls[1], {}))
    assert max(statuses) < 500
    assert AgendaItem.objects.filter(begun_at__isnull=False).count() == 1


def test_amend_twice_at_once_is_one_version_and_the_other_is_told(table: Table) -> None:
    board = board_at(table, state="issued", meeting__agenda_version=1)
    items = with_items(board)
    url = reverse("progress_boards:agenda-item-edit", kwargs={"pk": board.pk, "item": items[1].pk})
    page = Client()
    page.force_login(table.ceo)
    initial = page.get(url).context["form"].initial
    words = {name: value for name, value in initial.items() if value is not None}
    clicks = [
        posting(table.ceo, url, words | {"title": title, "version": "1"})
        for title in ("By Ann", "By Ben")
    ]
    statuses = at_once(*clicks)
    assert max(statuses) < 500
    meeting = Meeting.objects.get(pk=board.meeting_id)
    assert meeting.agenda_version == 2
    assert AgendaVersion.objects.filter(meeting=meeting).count() == 1
    assert AgendaItem.objects.get(pk=items[1].pk).title in ("By Ann", "By Ben")


def test_recall_while_an_amendment_is_unfinished_leaves_one_whole_state(table: Table) -> None:
    board = board_at(
        table, state="issued", meeting__agenda_version=1, meeting__issued_at=now(),
        meeting__deadlines={"recall": "2027-01-01"},
    )  # fmt: skip
    items = with_items(board)
    recall = posting(
        table.ceo, reverse("progress_boards:agenda-recall", kwargs={"pk": board.pk}), {}
    )
    amend = posting(
        table.ceo,
        reverse("progress_boards:agenda-late", kwargs={"pk": board.pk}),
        {"type": "enquiry", "title": "Late", "question": "Why?", "minutes": "5",
         "taken_from": str(items[2].pk), "idempotency_key": new_key()},
    )  # fmt: skip
    statuses = at_once(recall, amend)
    assert max(statuses) < 500
    meeting = Meeting.objects.get(pk=board.meeting_id)
    assert meeting.state == "agenda_draft"
    assert sum(item.minutes for item in meeting.items.all()) == 60
    late = meeting.items.filter(title="Late").count()
    assert AgendaVersion.objects.filter(meeting=meeting).count() == late
    assert meeting.agenda_version == 1 + late


def test_part_b_saved_while_the_chair_signs_is_in_the_signed_text_or_refused(table: Table) -> None:
    board = board_at(
        table, state="with_chair", steps={"accuracy_check": True}, meeting__minutes_sent_at=now()
    )
    Seat.objects.filter(meeting=board.meeting).update(attendance="present")
    item = with_items(board)[1]
    PartB.objects.create(item=item, text="Before")
    sign = posting(
        table.chair, reverse("progress_boards:chair-sign", kwargs={"pk": board.pk}),
        {"closing_statement": "Calmer", "evaluation": "yes", "version": "1", "do": "sign",
         "typed_name": str(table.chair.person)},
    )  # fmt: skip
    save = posting(
        table.chair, reverse("meetings:part-b-save", kwargs={"pk": item.pk}),
        {"text": "After", "version": "1"},
    )  # fmt: skip
    statuses = at_once(sign, save)
    assert max(statuses) < 500
    signed = AuditEvent.objects.get(verb="sign").pk
    saved = AuditEvent.objects.filter(verb="save_part_b").first()
    text = PartB.objects.get().text
    assert text == ("After" if saved else "Before")
    assert saved is None or saved.pk < signed


def test_part_b_saved_by_two_at_once_keeps_both_texts(table: Table) -> None:
    board = board_at(table, state="held")
    item = with_items(board)[1]
    other = second_clerk(table, board)
    url = reverse("meetings:part-b-save", kwargs={"pk": item.pk})
    statuses = at_once(
        posting(table.clerk, url, {"text": "Ann's words", "version": "1"}),
        posting(other, url, {"text": "Ben's words", "version": "1"}),
    )
    assert statuses == [302, 409]
    assert {PartB.objects.get().text, PartBKept.objects.get().text} == {
        "Ann's words", "Ben's words",
    }  # fmt: skip


def test_stayed_ticked_twice_at_once_is_one_tick(table: Table) -> None:
    board = board_at(table, state="held")
    Seat.objects.filter(meeting=board.meeting).update(attendance="present")
    item = with_items(board)[1]
    url = reverse("meetings:part-b-stayed", kwargs={"pk": item.pk})
    who = str(table.head.person_id)
    statuses = at_once(
        *[posting(table.clerk, url, {"stayed": who, "shown": who}) for _ in range(2)]
    )
    assert statuses == [302, 302]
    assert item.stayed_for_b.count() == 1


def test_reader_named_by_two_clicks_at_once_is_named_once(table: Table) -> None:
    board = board_at(table, state="accuracy_check", meeting__signed_at=now(),
                     meeting__signed_by=table.chair, meeting__signed_name="Chair")  # fmt: skip
    part = PartB.objects.create(item=with_items(board)[1], text="Few know")
    url = reverse("meetings:part-b-readers", kwargs={"pk": part.pk})
    form = {"person": str(table.head.person_id), "reason": "Asked"}
    statuses = at_once(
        *[posting(table.ceo, url, form | {"idempotency_key": new_key()}) for _ in range(2)]
    )
    assert max(statuses) < 500
    assert PartBGrant.objects.count() == 1


def test_errata_recorded_at_once_have_numbers_of_their_own(table: Table) -> None:
    board = board_at(table, state="final", meeting__signed_at=now(), meeting__signed_by=table.chair,
                     meeting__signed_name="Chair", meeting__finalised_at=now())  # fmt: skip
    with_items(board)
    url = reverse("meetings:errata", kwargs={"pk": board.meeting_id})
    clicks = [
        posting(by, url, {"item": "", "text": words, "reason": "Read out", "idempotency_key": new_key()})
        for by, words in ((table.clerk, "38 is 83"), (table.chair, "Ann is Anne"), (table.clerk, "38 is 83"))
    ]  # fmt: skip
    statuses = at_once(*clicks)
    assert statuses == [302, 302, 302]
    assert sorted(Erratum.objects.values_list("number", flat=True)) == [1, 2]


# -- the report ------------------------------------------------------------------------------------


def report_of(table: Table, state: str, **fields: object) -> AnnualReport:
    signed = state in ("signed", "presented")
    year = factories.make_year(2025)
    more: dict[str, object] = (
        {"signed_at": now(), "signed_by": table.chair, "signed_name": "Chair"} if signed else {}
    )
    return AnnualReport.objects.create(
        academic_year=year, lead=table.chair.person, state=state, cut_off_on=dt.date(2026, 7, 1),
        facts={"schools": [], "trust": "T", "year": year.name}, created_at=now(), **more | fields,
    )  # fmt: skip


def test_report_listed_by_two_clicks_at_once_is_listed_once(table: Table) -> None:
    report = report_of(table, "signed", submitted_at=now(), submitted_by=table.chair)
    url = reverse("progress_boards:report-present", kwargs={"pk": report.pk})
    other = factories.user_with((Capacity.CLERK, None))
    statuses = at_once(posting(table.clerk, url, {}), posting(other, url, {}))
    assert statuses == [302, 409]
    assert AuditEvent.objects.filter(verb="present").count() == 1


def test_report_submitted_while_the_signature_is_taken_back_is_one_of_the_two(table: Table) -> None:
    report = report_of(table, "signed")
    urls = [
        reverse(f"progress_boards:{name}", kwargs={"pk": report.pk})
        for name in ("report-submit", "report-take-back")
    ]
    statuses = at_once(*[posting(table.chair, url, {}) for url in urls])
    assert max(statuses) < 500
    row = AnnualReport.objects.get(pk=report.pk)
    assert (row.state, row.submitted_at) == ("draft", None)


def test_responses_saved_at_once_lose_no_words(table: Table) -> None:
    report = report_of(table, "signed")
    url = reverse("progress_boards:report-response", kwargs={"pk": report.pk})
    other = factories.user_with((Capacity.CEO, None))
    statuses = at_once(
        posting(table.ceo, url, {"text": "Ann accepts", "version": "1"}),
        posting(other, url, {"text": "Ben accepts", "version": "1"}),
    )
    assert statuses == [302, 409]
    assert AnnualReport.objects.get(pk=report.pk).response in ("Ann accepts", "Ben accepts")


def test_minutes_are_final_only_after_each_part_b_correction_is_answered(table: Table) -> None:
    """Closing and answering at one moment: the answer is taken, and the seal comes after it."""
    board = board_at(
        table, state="accuracy_check", meeting__signed_at=now(), meeting__signed_by=table.chair,
        meeting__signed_name="Chair", meeting__deadlines={"corrections": "2026-11-01"},
        steps={"accuracy_check": True},
    )  # fmt: skip
    Seat.objects.filter(meeting=board.meeting).update(attendance="present")
    part = PartB.objects.create(item=with_items(board)[1], text="Few know")
    correction = PartBCorrection.objects.create(
        part=part, person=table.ceo.person, role="ceo", saved_by=table.ceo, text="Fewer", at=now()
    )

    def close() -> None:
        with suppress(Conflict):
            close_round(board.meeting_id)

    form = {
        "answer": "accepted", "text": "Fewer know", "version": "1",
        "typed_name": str(table.chair.person),
    }  # fmt: skip
    url = reverse("meetings:part-b-answer", kwargs={"pk": correction.pk})
    assert while_unfinished(close, posting(table.chair, url, form)).status_code == 302
    correction.refresh_from_db()
    assert (PartB.objects.get().text, correction.answer) == ("Fewer know", "accepted")
    close_round(board.meeting_id)
    assert Meeting.objects.get(pk=board.meeting_id).state == "final"
    assert PartB.objects.get().sealed_at is not None
