# ruff: noqa: S608 - the only SQL of the house, written here by hand
"""The figures of the year, against SQL that knows nothing of our code, and against counting by hand."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection

from evidence.models import VisitRecord
from improvement.models import Priority
from progress_boards.queries.report import compile_facts
from tests.factories import at
from tests.progress_boards.records import board_on, item_of, person, writer
from tests.progress_boards.report_year import CUT_OFF, D, SmallYear, small_year
from trust.models import Document

HELD = "m.state in ('held','with_chair','accuracy_check','final') and m.starts_at < '2026-08-01'"
BOARDS = "progress_boards_progressboard b join meetings_meeting m on m.id = b.meeting_id"
OF_YEAR = f"{BOARDS} where b.academic_year_id = %(year)s and {HELD}"
FINAL = f"{OF_YEAR} and m.state = 'final' and (m.entered_later or m.finalised_at < '2026-08-01')"
PRESENT = "('present','online','late')"


@pytest.fixture
def made(school, other_school) -> SmallYear:
    return small_year(school, other_school)


@pytest.fixture
def facts(made) -> dict[str, Any]:
    return compile_facts(made.year, CUT_OFF)


def rows(facts: dict[str, Any]) -> dict[str, Any]:
    found = {row["key"]: row for group in facts["groups"] for row in group["rows"]}
    return found | {row["key"]: row for row in facts["actions"]}


def sql(text: str, made: SmallYear) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"select {text}", {"year": made.year.pk})
        return cursor.fetchone()[0]


def present(role: str) -> str:
    return (
        "exists (select 1 from meetings_seat s where s.meeting_id = m.id "
        f"and s.role = '{role}' and s.attendance in {PRESENT})"
    )


EXTERNAL = (
    "exists (select 1 from meetings_seat s where s.meeting_id = m.id and s.role = 'chair' "
    f"and s.is_external_chair and s.attendance in {PRESENT})"
)
ALL_PRESENT = " and ".join(present(r) for r in ("chair", "ceo", "link_trustee", "head"))
ACTIONS = (
    "meetings_action a join meetings_meeting m on m.id = a.meeting_id "
    f"join progress_boards_progressboard b on b.meeting_id = m.id where b.academic_year_id = %(year)s and {HELD} "
    "and a.state <> 'draft'"
)
COUNTS = {
    "by_policy": "sum(by_policy) from progress_boards_schoolyear where academic_year_id = %(year)s",
    "agreed": "sum(agreed) from progress_boards_schoolyear where academic_year_id = %(year)s",
    "held": f"count(*) from {OF_YEAR}",
    "not_final": f"(select count(*) from {OF_YEAR}) - (select count(*) from {FINAL})",
    "all_present": f"count(*) from {OF_YEAR} and {ALL_PRESENT}",
    "no_external_chair": f"count(*) from {OF_YEAR} and not {EXTERNAL}",
    "postponed": f"count(*) from {BOARDS} where b.academic_year_id = %(year)s and m.postponed_reason <> ''",
    "cancelled": f"count(*) from {BOARDS} where b.academic_year_id = %(year)s and m.state = 'cancelled'",
    "holds_yes": f"count(*) from {FINAL} and {EXTERNAL} and b.evaluation_validated = 'yes'",
    "holds_in_part": f"count(*) from {FINAL} and {EXTERNAL} and b.evaluation_validated = 'in_part'",
    "holds_no": f"count(*) from {FINAL} and {EXTERNAL} and b.evaluation_validated = 'no'",
    "present_head": f"count(*) from {OF_YEAR} and {present('head')}",
    "present_ceo": f"count(*) from {OF_YEAR} and {present('ceo')}",
    "present_link_trustee": f"count(*) from {OF_YEAR} and {present('link_trustee')}",
    "actions_raised": f"count(*) from {ACTIONS}",
    "actions_closed": f"count(*) from {ACTIONS} and a.state = 'closed' and a.closed_at < '2026-08-01'",
    "actions_dropped": f"count(*) from {ACTIONS} and a.state = 'dropped' and a.closed_at < '2026-08-01'",
    "actions_carried": f"count(distinct a.id) from {ACTIONS.replace('meetings_action a join', 'meetings_action a join meetings_actionmark k on k.action_id = a.id join')}"
    " and k.mark = 'carried' and k.at < '2026-08-01'",
    "actions_overdue": f"count(*) from {ACTIONS} and (a.closed_at is null or a.closed_at >= '2026-08-01') and a.due_on < '2026-07-31'",
    "too_early": f"count(*) from progress_boards_itemjudgement j join meetings_agendaitem i on i.id = j.item_id join {BOARDS} on m.id = i.meeting_id"
    .replace("join progress_boards_progressboard b join meetings_meeting m on m.id = b.meeting_id on m.id = i.meeting_id",
             "join meetings_meeting m on m.id = i.meeting_id join progress_boards_progressboard b on b.meeting_id = m.id")
    + f" where b.academic_year_id = %(year)s and {HELD} and m.state = 'final' and (m.entered_later or m.finalised_at < '2026-08-01') and j.value = 'too_early'",
}  # fmt: skip


def number(row: dict[str, Any]) -> int:
    return int(row["n"]) if row.get("n") is not None else int(row["year"])


@pytest.mark.parametrize("key", COUNTS)
def test_figure_equals_what_the_database_counts(key, facts, made):
    assert number(rows(facts)[key]) == sql(COUNTS[key], made)


def test_figures_are_those_counted_by_hand(facts):
    said = {key: row["year"] for key, row in rows(facts).items()}
    assert said == said | {
        "by_policy": "6", "agreed": "7", "planned": "7", "held": "6", "pack_on_time": "–", "not_final": "2", "all_present": "5 of 6",
        "no_external_chair": "1", "postponed": "1", "cancelled": "1", "holds_yes": "1 of 3",
        "holds_in_part": "1 of 3", "holds_no": "1 of 3", "not_answered": "1",
        "present_head": "5 of 6", "agenda_on_time": "1 of 2", "minutes_on_time": "2 of 3",
        "days_to_final": "15 school days", "too_early": "1", "actions_raised": "5",
        "actions_closed": "1 (20%)", "actions_carried": "1", "actions_dropped": "1",
        "actions_overdue": "2", "actions_days": "30 days",
    }  # fmt: skip
    assert rows(facts)["held"]["by_term"] == ["3", "2", "1"]
    assert rows(facts)["all_present"]["share"] == "83%"


def test_judgements_count_final_minutes_only_and_say_how_carried_items_moved(facts):
    groups = {g["title"]: g["rows"] for g in facts["groups"]}
    judged = {r["label"]: r["year"] for r in groups["The Chair’s judgements of items"]}
    assert judged == {"Green": "0", "Amber": "1", "Red": "1", "Too early to judge": "1"}
    assert {m["key"]: m["n"] for m in facts["movement"]} == {"better": 1, "same": 0, "worse": 0}


def test_items_and_minutes_by_indicator_count_every_held_board(facts):
    row = facts["indicators"][0]
    assert (row["items"], row["minutes"], len(row["boards"])) == (3, 41, 3)


def test_minutes_spent_are_those_of_the_clerks_timer_and_a_dash_without_it(made):
    item = made.first.meeting.items.get(title="Early reading")
    type(item).objects.filter(pk=item.pk).update(seconds_spent=829)
    row = compile_facts(made.year, CUT_OFF)["indicators"][0]
    assert (row["minutes"], row["spent"]) == (41, "14")
    type(item).objects.filter(pk=item.pk).update(seconds_spent=0)
    assert compile_facts(made.year, CUT_OFF)["indicators"][0]["spent"] == "–"


def test_pack_is_on_time_by_its_deadline_and_a_board_without_one_is_said(made):
    def pack(board: Any, day: str, name: str) -> None:
        moment = at(D(day))
        Document.objects.create(
            kind="pack", subject_type="progress_boards.progressboard", subject_id=board.pk, title="Pack",
            snapshot={}, content_hash=name, state="done", sha256=name, done_at=moment, created_at=moment,
        )  # fmt: skip

    for board, due in ((made.first, "2025-09-25"), (made.second, "2025-11-13")):
        board.meeting.deadlines["pack"] = due
        board.meeting.save()
    pack(made.first, "2025-09-25", "a")
    pack(made.first, "2025-09-30", "b")  # made anew for a late paper: the first one counts
    row = rows(compile_facts(made.year, CUT_OFF))["pack_on_time"]
    assert (row["year"], row["note"]) == ("1 of 1", "no pack for 1")
    pack(made.second, "2025-11-14", "c")
    row = rows(compile_facts(made.year, CUT_OFF))["pack_on_time"]
    assert (row["year"], row["share"], row["note"]) == ("1 of 2", "50%", "")


def test_days_and_cost_of_visits_are_those_of_the_records(made):
    VisitRecord.objects.filter(is_external=True).update(days="1.5", cost="1200")
    told = compile_facts(made.year, CUT_OFF)["visits"]["support"]
    assert {row["key"]: row["year"] for row in told} == {
        "visit_days_internal": "1", "visit_days_external": "1.5", "visit_cost_external": "£1,200",
    }  # fmt: skip
    assert told[1]["schools"] == [{"name": "Alderfen Primary Academy", "words": "1.5"}]


def test_priorities_of_the_year_by_how_they_stand(made):
    assert compile_facts(made.year, CUT_OFF)["priorities"] == []
    for number, school, state in ((1, None, "met"), (1, made.alderfen, "met"), (2, made.alderfen, "at_risk")):  # fmt: skip
        Priority.objects.create(
            academic_year=made.year, school=school, number=number, title="Reading", outcome="More read",
            state=state, created_by=writer(), created_at=at(D("2025-09-10")),
        )  # fmt: skip
    told = compile_facts(made.year, CUT_OFF)["priorities"]
    counts = {r["name"]: (r["trust"], r["of_schools"], r["year"]) for r in told}
    assert counts == {
        "Not started": (0, 0, "0"), "On track": (0, 0, "0"), "At risk": (0, 1, "1"),
        "Off track": (0, 0, "0"), "Met": (1, 1, "2"), "Stopped": (0, 0, "0"),
    }  # fmt: skip


def test_open_actions_of_a_school_are_named_by_their_references(facts):
    page = next(s for s in facts["schools"] if s["name"] == "Alderfen Primary Academy")
    assert page["open"] == ["ALD-25-A1-02", "ALD-25-A1-03", "ALD-25-A2-02"]


def test_each_figure_cites_its_boards(facts, made):
    cited = rows(facts)["holds_yes"]["boards"]
    assert cited == [made.first.pk]
    labels = {b["id"]: b["label"] for b in facts["boards"]}
    assert labels[made.first.pk] == "Alderfen Primary Academy, Autumn 1"


def test_leaders_who_answered_before_this_year_are_not_counted_as_first(school, made):
    board = board_on(school, D("2026-10-08"), 1, year=2026)
    item_of(board, 1, "Again", answered=person("Hanna Birk"))
    item_of(board, 2, "New", answered=person("Rosa Quill"))
    this, following = (compile_facts(y, c)["leaders"] for y, c in (
        (made.year, CUT_OFF), (board.academic_year, D("2027-07-31"))
    ))  # fmt: skip
    assert (this["n"], this["first_time"]) == (2, 2)
    assert (following["n"], following["first_time"]) == (2, 1)


def test_visits_are_counted_by_kind_with_their_ratio(facts):
    assert facts["visits"]["ratio"] == "2 to 1"
    assert [k["all"] for k in facts["visits"]["kinds"]] == [3]


def test_compile_facts_within_the_year_tells_no_rating_of_a_day_to_come(made):
    facts = compile_facts(made.year, D("2025-11-21"))
    assert [c["label"] for c in facts["ratings"]] == ["1 September 2025", "21 November 2025"]
    points = {p["label"] for school in facts["schools"] for p in school["points"]}
    assert points == {"Autumn 1", "Autumn 2"}


def test_ratings_are_read_as_at_each_date(facts):
    columns = {c["label"]: {(b["band"] or {"name": "Not rated"})["name"]: b["count"] for b in c["bands"]}
               for c in facts["ratings"]}  # fmt: skip
    assert columns["1 September 2025"] == {"Not rated": 1, "Red": 1, "Amber": 0, "Green": 0}
    assert columns["End of Autumn 2"] == {"Red": 1, "Amber": 0, "Green": 1}
    assert columns["31 July 2026"] == {"Red": 0, "Amber": 1, "Green": 1}


def test_half_page_of_a_school_holds_its_own_record(facts):
    page = next(s for s in facts["schools"] if s["name"] == "Alderfen Primary Academy")
    assert (page["start"]["name"], page["end"]["name"], page["held"]) == ("Red", "Amber", "3 of 4")
    assert (page["validated"], page["raised"], page["closed"], page["not_final"]) == (
        "1 of 2",
        5,
        1,
        1,
    )
    assert [c["text"] for c in page["closings"]] == ["Leaders know their school.", "Reading moves."]
    assert [e["words"] for e in page["enquiries"]] == [
        "Red, improving", "Too early to judge, improving", "Amber, improving",
    ]  # fmt: skip


def test_board_held_too_late_for_its_year_belongs_to_the_next_report(school, made):
    late = board_on(school, D("2026-07-15"), 5, final_on=D("2026-09-20"))
    this = {b["id"] for b in compile_facts(made.year, CUT_OFF)["boards"]}
    following = compile_facts(late.academic_year.__class__.objects.get(starts_on=D("2026-09-01")),
                              dt.date(2027, 7, 31))  # fmt: skip
    assert late.pk not in this
    assert late.pk in {b["id"] for b in following["boards"]}
    assert rows(following)["held"]["year"] == "1"


def test_facts_are_plain_json_and_name_nobody(facts):
    assert json.loads(json.dumps(facts)) == facts
    assert "Hanna Birk" not in json.dumps(facts)
    assert "Martin Yeo" not in json.dumps(facts)
