# ruff: noqa: S608 - SQL written here by hand, of nothing that anybody types
"""Every figure of the demo year's annual report, against SQL that imports nothing of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import psycopg2
import pytest

from tests.sites import Site

pytestmark = pytest.mark.long

Ask = Callable[..., list[tuple[Any, ...]]]
Facts = dict[str, Any]

CUT = "date '2026-07-31'"
LONDON = "AT TIME ZONE 'Europe/London'"
WITH = f"""
WITH y AS (SELECT * FROM trust_academicyear WHERE name = '2025 to 2026'),
seat AS (
  SELECT * FROM meetings_seat WHERE attendance IN ('present', 'online', 'late', 'left')
),
days AS (
  SELECT s.id AS school, d::date AS day, row_number() OVER (PARTITION BY s.id ORDER BY d) AS n
  FROM schools_school s CROSS JOIN trust_halfterm h JOIN trust_term t ON t.id = h.term_id
  JOIN y ON y.id = t.academic_year_id
  LEFT JOIN schools_schoolhalfterm o ON o.half_term_id = h.id AND o.school_id = s.id
  CROSS JOIN LATERAL generate_series(
    coalesce(o.starts_on, h.starts_on), coalesce(o.ends_on, h.ends_on), interval '1 day') d
  WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (
    SELECT 1 FROM schools_nonschoolday x
    WHERE x.day = d::date AND (x.school_id IS NULL OR x.school_id = s.id))
),
b1 AS (
  SELECT p.id, p.school_id, s.name AS school, p.evaluation_validated AS holds, m.id AS meeting,
    m.state, m.entered_later, m.postponed_reason, m.kind_id, t."order" AS term, h."order" AS half,
    h.name AS half_name, h.starts_on AS half_on,
    (m.starts_at {LONDON})::date AS day, (m.issued_at {LONDON})::date AS issued_on,
    (m.finalised_at {LONDON})::date AS final_on,
    (m.deadlines ->> 'issued')::date AS issue_by, (m.deadlines ->> 'pack')::date AS pack_by,
    (SELECT min(d.done_at {LONDON})::date FROM trust_document d WHERE d.kind = 'pack'
      AND d.subject_type = 'progress_boards.progressboard' AND d.subject_id = p.id) AS pack_on
  FROM progress_boards_progressboard p JOIN y ON y.id = p.academic_year_id
  JOIN meetings_meeting m ON m.id = p.meeting_id JOIN schools_school s ON s.id = p.school_id
  JOIN trust_halfterm h ON h.id = p.half_term_id JOIN trust_term t ON t.id = h.term_id
),
b2 AS (
  SELECT *, state IN ('held', 'with_chair', 'accuracy_check', 'final') AND day <= {CUT} AS is_held
  FROM b1
),
b3 AS (
  SELECT *, is_held AND state = 'final' AND (entered_later OR final_on <= {CUT}) AS is_final FROM b2
),
b AS (
  SELECT b3.*, is_final AND NOT entered_later AS is_timed,
    NOT EXISTS (
      SELECT 1 FROM meetings_meetingkind k, jsonb_array_elements_text(k.required_roles) AS role
      WHERE k.id = kind_id AND NOT EXISTS (
        SELECT 1 FROM seat WHERE meeting_id = meeting AND seat.role = role.value)) AS all_present,
    EXISTS (SELECT 1 FROM seat WHERE meeting_id = meeting AND role = 'chair' AND is_external_chair)
      AS external,
    (SELECT count(*) FROM days WHERE days.school = school_id AND days.day > b3.day
      AND days.day <= final_on) AS took,
    coalesce(
      (SELECT days.day FROM days WHERE days.school = school_id AND n = 15 + (
        SELECT max(n) FROM days WHERE days.school = school_id AND days.day <= b3.day)),
      (SELECT days.day FROM days WHERE days.school = school_id AND n = 10 + (
        SELECT max(n) FROM days WHERE days.school = school_id AND days.day <= b3.day))) AS final_by
  FROM b3
),
item AS (SELECT i.*, b.term, b.id AS board, b.is_final FROM b
  JOIN meetings_agendaitem i ON i.meeting_id = b.meeting WHERE b.is_held),
judged AS (
  SELECT item.id, item.term, item.board, item.carried_from_id, j.value, j.band_id, g.position, g.name
  FROM item JOIN progress_boards_itemjudgement j ON j.item_id = item.id
  LEFT JOIN ratings_band g ON g.id = j.band_id WHERE item.is_final
),
action AS (
  SELECT a.*, b.id AS board, b.day AS agreed_on, (a.closed_at {LONDON})::date AS closed_on,
    (a.closed_at {LONDON})::date <= {CUT} AS has_ended
  FROM meetings_action a JOIN b ON b.meeting = a.meeting_id
  WHERE b.is_held AND a.state <> 'draft'
    AND ((a.created_at {LONDON})::date <= {CUT} OR b.entered_later)
),
rating AS (
  SELECT r.*, g.name AS band, l.name AS level_name FROM ratings_ratingassessment r
  JOIN ratings_band g ON g.id = r.overall_id LEFT JOIN ratings_levelofsupport l ON l.id = r.level_id
  WHERE r.state IN ('shared', 'superseded')
    AND (r.entered_later OR (r.shared_at {LONDON})::date <= {CUT})
),
visit AS (
  SELECT v.*, k.name AS kind, k."order" AS place, s.name AS school
  FROM evidence_visitrecord v JOIN evidence_visitkind k ON k.id = v.kind_id
  JOIN schools_school s ON s.id = v.school_id JOIN y ON v.visited_on >= y.starts_on
  WHERE v.state <> 'draft' AND v.visited_on <= {CUT} AND NOT v.is_restricted
),
raised AS (
  SELECT r.*, s.name AS school,
    CASE WHEN r.state = 'withdrawn' AND (r.withdrawn_at {LONDON})::date <= {CUT} THEN 'withdrawn'
         WHEN (r.decided_at {LONDON})::date <= {CUT} THEN r.decision ELSE '' END AS stood
  FROM cpd_cpdrequest r JOIN schools_school s ON s.id = r.school_id
  JOIN y ON r.starts_on BETWEEN y.starts_on AND y.ends_on
  WHERE r.raised_at IS NOT NULL AND (r.raised_at {LONDON})::date <= {CUT} AND r.listing = ''
)
"""


@pytest.fixture(scope="module")
def ask(demo: Site) -> Iterator[Ask]:
    """Rows of a query in the demo trust's database, which sees the CTEs above."""
    connection = psycopg2.connect(demo.environment["DATABASE_URL"])

    def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(WITH + query, values or None)
            return cursor.fetchall()

    yield rows
    connection.close()


@pytest.fixture(scope="module")
def facts(ask: Ask) -> Facts:
    """What the presented report holds."""
    found = ask("""
        SELECT r.facts, r.state FROM progress_boards_annualreport r
        JOIN y ON y.id = r.academic_year_id
    """)
    assert [state for _, state in found] == ["presented"]
    facts: Facts = found[0][0]
    return facts


@pytest.fixture(scope="module")
def rows(facts: Facts) -> dict[str, Facts]:
    return {row["key"]: row for group in facts["groups"] for row in group["rows"]}


def share(part: int, whole: int) -> str:
    """Per cent, half up."""
    exact = Decimal(100 * part) / whole
    return f"{int(exact.to_integral_value(ROUND_HALF_UP))}%"


def pounds(amount: Decimal | None) -> str:
    """Whole pounds without pennies, others with both."""
    if amount is None:
        return "–"
    return f"£{amount:,.0f}" if amount == int(amount) else f"£{amount:,.2f}"


# -- boards, attendance, evaluation, time ----------------------------------------------------------

ANSWERED = "is_final AND external AND holds <> ''"
COUNTED = {
    "planned": ("true", ""),
    "held": ("is_held", ""),
    "not_final": ("is_held AND NOT is_final", ""),
    "all_present": ("all_present", "is_held"),
    "no_external_chair": ("is_held AND NOT external", ""),
    "postponed": ("postponed_reason <> ''", ""),
    "cancelled": ("state = 'cancelled'", ""),
    "holds_yes": ("holds = 'yes'", ANSWERED),
    "holds_in_part": ("holds = 'in_part'", ANSWERED),
    "holds_no": ("holds = 'no'", ANSWERED),
    "holds_not_enough": ("holds = 'not_enough'", ANSWERED),
    "not_answered": (f"is_final AND NOT ({ANSWERED})", ""),
    **{
        f"present_{role}": (
            "EXISTS (SELECT 1 FROM seat WHERE meeting_id = meeting "
            f"AND role = '{role}' AND for_person_id IS NULL)",
            "is_held",
        )
        for role in ("ceo", "link_trustee", "head")
    },
    "agenda_on_time": (
        "issued_on <= issue_by",
        "is_held AND NOT entered_later AND issued_on IS NOT NULL AND issue_by IS NOT NULL",
    ),
    "pack_on_time": (
        "pack_on <= pack_by",
        "is_held AND NOT entered_later AND pack_on IS NOT NULL AND pack_by IS NOT NULL",
    ),
    "minutes_on_time": ("final_on <= final_by", "is_timed"),
}


@pytest.mark.parametrize("key", COUNTED)
def test_count_of_boards_by_term_and_year_equals_the_database(
    key: str, ask: Ask, rows: dict[str, Facts]
) -> None:
    test, of = COUNTED[key]
    n, m, told = [], [], rows[key]
    for term in ("term = 1", "term = 2", "term = 3", "true"):
        base = f"{of or 'true'} AND {term}"
        found = ask(f"SELECT count(*) FILTER (WHERE {test}), count(*) FROM b WHERE {base}")
        n.append(found[0][0])
        m.append(found[0][1])
    said = [f"{a} of {b}" if b else "–" for a, b in zip(n, m, strict=True)] if of else map(str, n)
    assert [*told["by_term"], told["year"]] == list(said)
    assert told["share"] == (share(n[3], m[3]) if of and m[3] else "")
    boards = ask(f"SELECT id FROM b WHERE {test} AND ({of or 'true'}) ORDER BY half_on, school, id")
    assert told["boards"] == [pk for (pk,) in boards]


def test_every_row_of_boards_is_asked_for(rows: dict[str, Facts], ask: Ask) -> None:
    judged = {f"judged_{pk}" for (pk,) in ask("SELECT id FROM ratings_band")}
    others = {"by_policy", "agreed", "days_to_final", "too_early"}
    assert set(rows) == set(COUNTED) | judged | others


def test_boards_by_policy_and_agreed_are_those_of_each_school(
    ask: Ask, rows: dict[str, Facts]
) -> None:
    found = ask("""
        SELECT sum(by_policy), sum(agreed) FROM progress_boards_schoolyear n
        JOIN y ON y.id = n.academic_year_id
    """)
    assert (rows["by_policy"]["year"], rows["agreed"]["year"]) == tuple(map(str, found[0]))


def test_no_board_of_the_year_before_counts_in_this_one(ask: Ask) -> None:
    earlier = """
        SELECT count(*) FROM progress_boards_progressboard p
        JOIN trust_academicyear a ON a.id = p.academic_year_id JOIN y ON a.starts_on < y.starts_on
    """
    assert ask(earlier) == [(0,)]
    safe = """
        SELECT count(*) FROM b JOIN days ON days.school = b.school_id
        AND n = (SELECT max(n) - 10 FROM days d WHERE d.school = b.school_id)
        WHERE is_held AND NOT entered_later AND b.day > days.day
    """
    assert ask(safe) == [(0,)]


def test_median_time_to_final_minutes(ask: Ask, rows: dict[str, Facts]) -> None:
    typical = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FROM b WHERE is_timed"
    assert rows["days_to_final"]["year"] == f"{ask(typical)[0][0]:g} school days"


def test_offsets_of_the_demo_trust_are_the_defaults_asked_for_here(ask: Ask) -> None:
    assert ask("SELECT offsets FROM trust_trustprofile") == [({},)]


# -- items -----------------------------------------------------------------------------------------


def test_judgements_by_band_and_term(ask: Ask, rows: dict[str, Facts], facts: Facts) -> None:
    terms = ", ".join(f"count(j.id) FILTER (WHERE j.term = {t})" for t in (1, 2, 3))
    bands = ask(f"""
        SELECT 'judged_' || g.id, {terms}, count(j.id) FROM ratings_band g
        LEFT JOIN judged j ON j.band_id = g.id GROUP BY g.id
    """)
    early = ask(f"SELECT 'too_early', {terms}, count(*) FROM judged j WHERE value = 'too_early'")
    for key, *counts in [*bands, *early]:
        assert [*rows[key]["by_term"], rows[key]["year"]] == [str(n) for n in counts], key
    drawn = {
        (column["label"], each["band"]["name"]): each["count"]
        for column in facts["judged"]
        for each in column["bands"]
    }
    told = ask("""
        SELECT replace(t.name, ' term', ''), g.name, count(j.id) FROM trust_term t
        JOIN y ON y.id = t.academic_year_id CROSS JOIN ratings_band g
        LEFT JOIN judged j ON j.band_id = g.id AND j.term = t."order" GROUP BY 1, 2
    """)
    assert drawn == {(term, band): n for term, band, n in told}


def test_movement_of_carried_items(ask: Ask, facts: Facts) -> None:
    moved = ask("""
        SELECT count(*) FILTER (WHERE g.position > j.position),
               count(*) FILTER (WHERE g.position = j.position),
               count(*) FILTER (WHERE g.position < j.position)
        FROM judged j JOIN progress_boards_itemjudgement f ON f.item_id = j.carried_from_id
        JOIN ratings_band g ON g.id = f.band_id WHERE j.band_id IS NOT NULL
    """)
    assert tuple(row["n"] for row in facts["movement"]) == moved[0]


def test_items_and_minutes_by_indicator(ask: Ask, facts: Facts) -> None:
    found = ask("""
        SELECT n.name, count(*), sum(i.minutes), sum(i.seconds_spent),
               array_agg(DISTINCT i.board ORDER BY i.board)
        FROM item i JOIN evidence_indicator n ON n.id = i.indicator_id
        GROUP BY n.name ORDER BY 3 DESC, 1
    """)
    spent = {name: str((s + 30) // 60) if s else "–" for name, _, _, s, _ in found}
    told = [
        (r["name"], r["items"], r["minutes"], r["spent"], sorted(r["boards"]))
        for r in facts["indicators"]
    ]
    assert told == [(name, n, m, spent[name], boards) for name, n, m, _, boards in found]


def test_leaders_who_answered_and_for_the_first_time(ask: Ask, facts: Facts) -> None:
    found = ask("""
        , who AS (
          SELECT DISTINCT p FROM item CROSS JOIN LATERAL (VALUES (answered_by_id), (second_id)) v(p)
          WHERE p IS NOT NULL AND type NOT IN ('welcome', 'business', 'close', 'in_hand')),
        before AS (
          SELECT p FROM meetings_agendaitem i JOIN meetings_meeting m ON m.id = i.meeting_id
          JOIN progress_boards_progressboard b ON b.meeting_id = m.id JOIN y ON m.starts_at < y.starts_on
          CROSS JOIN LATERAL (VALUES (i.answered_by_id), (i.second_id)) v(p)
          WHERE m.state IN ('held', 'with_chair', 'accuracy_check', 'final'))
        SELECT count(*), count(*) FILTER (WHERE p NOT IN (
          SELECT p FROM before WHERE p IS NOT NULL)) FROM who
    """)
    assert (facts["leaders"]["n"], facts["leaders"]["first_time"]) == found[0]


# -- actions ---------------------------------------------------------------------------------------

ACTIONS = {
    "actions_raised": "true",
    "actions_closed": "state = 'closed' AND has_ended",
    "actions_carried": f"""EXISTS (SELECT 1 FROM meetings_actionmark k WHERE k.action_id = action.id
        AND k.mark = 'carried' AND (k.at {LONDON})::date <= {CUT})""",
    "actions_dropped": "state = 'dropped' AND has_ended",
    "actions_overdue": f"has_ended IS NOT TRUE AND due_on < {CUT}",
}


@pytest.mark.parametrize("key", ACTIONS)
def test_count_of_actions_equals_the_database(key: str, ask: Ask, facts: Facts) -> None:
    told = next(row for row in facts["actions"] if row["key"] == key)
    found = ask(f"""
        SELECT count(*) FILTER (WHERE {ACTIONS[key]}), count(*),
          array_agg(DISTINCT board ORDER BY board) FILTER (WHERE {ACTIONS[key]}) FROM action
    """)
    n, whole, boards = found[0]
    percent = f" ({share(n, whole)})" if key == "actions_closed" else ""
    assert (told["n"], told["year"]) == (n, f"{n}{percent}")
    assert sorted(told["boards"]) == (boards or [])


def test_median_time_from_agreed_to_closed(ask: Ask, facts: Facts) -> None:
    told = next(row for row in facts["actions"] if row["key"] == "actions_days")
    typical = ask(f"""
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_on - agreed_on)
        FROM action WHERE {ACTIONS["actions_closed"]}
    """)
    assert told["year"] == f"{typical[0][0]:g} days"
    assert [row["key"] for row in facts["actions"]] == [*ACTIONS, "actions_days"]


# -- ratings ---------------------------------------------------------------------------------------

DATES = """, dates AS (
  SELECT starts_on AS day FROM y UNION ALL
  SELECT h.ends_on FROM trust_halfterm h JOIN trust_term t ON t.id = h.term_id
  JOIN y ON y.id = t.academic_year_id WHERE h."order" IN (2, 4, 6) AND h.ends_on < date '2026-07-31'
  UNION ALL SELECT date '2026-07-31'
)"""
AS_AT = """(SELECT r.band FROM rating r WHERE r.school_id = s.id AND r.effective_on <= {day}
  ORDER BY r.effective_on DESC, r.shared_at DESC, r.id DESC LIMIT 1)"""


def test_ratings_as_at_each_date(ask: Ask, facts: Facts) -> None:
    found = ask(f"""{DATES}
        SELECT day, coalesce({AS_AT.format(day="dates.day")}, '-') AS band, count(*)
        FROM dates CROSS JOIN schools_school s GROUP BY 1, 2 ORDER BY 1
    """)
    days = sorted({day for day, _, _ in found})
    counts = {(day, band): n for day, band, n in found}
    assert len(facts["ratings"]) == len(days)
    for column, day in zip(facts["ratings"], days, strict=True):
        for each in column["bands"]:
            name = each["band"]["name"] if each["band"] else "-"
            assert each["count"] == counts.get((day, name), 0), (column["label"], name)


def test_overrides_of_the_suggestion(ask: Ask, facts: Facts) -> None:
    found = ask(f"""
        SELECT count(*) FILTER (WHERE overall_id <> suggested_id), count(*) FROM rating r
        JOIN y ON r.effective_on >= y.starts_on
        WHERE r.effective_on <= {CUT} AND r.suggested_id IS NOT NULL
    """)
    assert (facts["overrides"]["n"], facts["overrides"]["of"]) == found[0]


# -- visits and priorities -------------------------------------------------------------------------


def test_visits_by_kind_their_ratio_days_and_cost(ask: Ask, facts: Facts) -> None:
    kinds = ask("""
        SELECT kind, count(*) FILTER (WHERE NOT is_external), count(*) FILTER (WHERE is_external),
        count(*) FROM visit GROUP BY kind, place ORDER BY place
    """)
    visits = facts["visits"]
    told = [(k["name"], k["internal"], k["external"], k["all"]) for k in visits["kinds"]]
    assert told == kinds
    found = ask("""
        SELECT count(*) FILTER (WHERE NOT is_external), count(*) FILTER (WHERE is_external),
          sum(days) FILTER (WHERE NOT is_external), sum(days) FILTER (WHERE is_external),
          coalesce(sum(cost) FILTER (WHERE is_external), 0) FROM visit
    """)
    inside, outside, days_in, days_out, cost = found[0]
    assert visits["ratio"] == f"{inside} to {outside}"
    said = {row["key"]: row["year"] for row in visits["support"]}
    assert said == {
        "visit_days_internal": f"{(days_in or Decimal(0)).normalize():f}",
        "visit_days_external": f"{(days_out or Decimal(0)).normalize():f}",
        "visit_cost_external": pounds(cost),
    }
    by_school = ask("""
        SELECT is_external, school, sum(days) FROM visit GROUP BY 1, 2 ORDER BY 1, 2
    """)
    told_days = [
        (row["key"] == "visit_days_external", s["name"], Decimal(s["words"]))
        for row in visits["support"][:2]
        for s in row["schools"]
    ]
    assert told_days == by_school


def test_priorities_by_how_they_stand(ask: Ask, facts: Facts) -> None:
    found = ask("""
        SELECT state, count(*) FILTER (WHERE school_id IS NULL),
          count(*) FILTER (WHERE school_id IS NOT NULL) FROM improvement_priority p
        JOIN y ON y.id = p.academic_year_id GROUP BY state
    """)
    told = [
        (row["key"].removeprefix("priority_").replace("-", "_"), row["trust"], row["of_schools"])
        for row in facts["priorities"]
        if row["trust"] or row["of_schools"]
    ]
    assert sorted(told) == sorted(found)


def test_follow_up_has_nothing_where_there_was_no_report_before(ask: Ask, facts: Facts) -> None:
    earlier = """
        SELECT count(*) FROM progress_boards_annualreport r
        JOIN trust_academicyear a ON a.id = r.academic_year_id JOIN y ON a.starts_on < y.starts_on
    """
    assert ask(earlier) == [(0,)]
    assert facts["follow_up"] == []


# -- school by school ------------------------------------------------------------------------------


def test_half_page_of_each_school(ask: Ask, facts: Facts) -> None:
    start, end = AS_AT.format(day="date '2025-09-01'"), AS_AT.format(day=CUT)
    found = ask(f"""
        SELECT s.name, {start}, {end}, {end.replace("r.band", "r.level_name")},
          (SELECT count(*) FILTER (WHERE is_held) FROM b WHERE b.school_id = s.id)
            || ' of ' || n.agreed,
          n.by_policy,
          (SELECT count(*) FROM b WHERE b.school_id = s.id AND is_held AND NOT is_final),
          (SELECT array_agg(id ORDER BY half_on, id) FROM b WHERE b.school_id = s.id AND is_held),
          (SELECT count(*) FILTER (WHERE holds = 'yes') || ' of ' || count(*) FROM b
            WHERE b.school_id = s.id AND {ANSWERED}),
          (SELECT count(*) FROM action WHERE action.school_id = s.id),
          (SELECT count(*) FROM action WHERE action.school_id = s.id AND state = 'closed' AND has_ended),
          (SELECT array_agg(ref ORDER BY id) FROM action
            WHERE action.school_id = s.id AND has_ended IS NOT TRUE)
        FROM schools_school s JOIN progress_boards_schoolyear n ON n.school_id = s.id
        JOIN y ON y.id = n.academic_year_id ORDER BY lower(s.name)
    """)
    told = [
        (
            p["name"], p["start"] and p["start"]["name"], p["end"] and p["end"]["name"], p["level"],
            p["held"], p["by_policy"], p["not_final"], p["boards"], p["validated"], p["raised"],
            p["closed"], p["open"] or None,
        )
        for p in facts["schools"]
    ]  # fmt: skip
    assert told == found


def test_lines_of_enquiry_and_judgements_of_each_school(ask: Ask, facts: Facts) -> None:
    lines = ask("""
        SELECT b.school, b.half_name, i.title,
          CASE WHEN j.id IS NULL THEN 'Not judged' ELSE coalesce(g.name, 'Too early to judge')
            || CASE WHEN d.direction <> '' THEN ', ' || d.direction ELSE '' END END
        FROM b JOIN meetings_agendaitem i ON i.meeting_id = b.meeting
        LEFT JOIN judged j ON j.id = i.id LEFT JOIN ratings_band g ON g.id = j.band_id
        LEFT JOIN progress_boards_itemjudgement d ON d.item_id = i.id
        WHERE b.is_held AND i.type = 'enquiry' ORDER BY lower(b.school), b.half_on, i."order"
    """)
    told = [
        (p["name"], e["half_term"], e["title"], e["words"])
        for p in facts["schools"]
        for e in p["enquiries"]
    ]
    assert told == lines
    counts = ask("""
        SELECT b.school, coalesce(j.name, 'Too early to judge'), count(*)
        FROM judged j JOIN b ON b.id = j.board GROUP BY 1, 2
    """)
    said = [(p["name"], j["words"], j["count"]) for p in facts["schools"] for j in p["judgements"]]
    assert sorted(said) == sorted(counts)


def test_closing_statements_stand_word_for_word(ask: Ask, facts: Facts) -> None:
    found = ask("""
        SELECT b.id, trim(E' \\n' FROM p.closing_statement) FROM b
        JOIN progress_boards_progressboard p ON p.id = b.id
        WHERE b.is_final AND trim(E' \\n' FROM p.closing_statement) <> ''
        ORDER BY lower(b.school), b.half_on
    """)
    told = [(c["board"], c["text"]) for p in facts["schools"] for c in p["closings"]]
    assert told == found


def test_history_of_each_school_by_half_term(ask: Ask, facts: Facts) -> None:
    found = ask(f"""
        SELECT s.name, h.name, {AS_AT.format(day="least(h.ends_on, date '2026-07-31')")}
        FROM schools_school s CROSS JOIN trust_halfterm h JOIN trust_term t ON t.id = h.term_id
        JOIN y ON y.id = t.academic_year_id ORDER BY lower(s.name), h."order"
    """)
    told = [
        (p["name"], point["label"], point["band"] and point["band"]["name"])
        for p in facts["schools"]
        for point in p["points"]
    ]
    assert told == found


# -- training --------------------------------------------------------------------------------------

SPEND = f"""
, share AS (
  SELECT p.request_id, sum(p.share) AS share FROM cpd_purchaseschool p
  JOIN cpd_sharedpurchase u ON u.id = p.purchase_id
  WHERE p.share IS NOT NULL AND (u.bought_at {LONDON})::date <= {CUT} GROUP BY p.request_id
),
review AS (SELECT * FROM cpd_impactreview WHERE (reviewed_at {LONDON})::date <= {CUT}),
asked AS (
  SELECT s.name AS school, r.kind, r.staff, r.listing, r.id,
    coalesce(h.share + r.travel + round(r.supply_days * r.supply_rate, 2), r.total) AS amount,
    EXISTS (SELECT 1 FROM review v WHERE v.request_id = r.id AND v.level >= 4
      AND v.outcome IN ('met', 'partly', 'not')) AS has_evidence,
    CASE WHEN (r.evaluated_at {LONDON})::date <= {CUT} THEN r.verdict ELSE '' END AS verdict,
    (SELECT count(*) FROM cpd_impactreview v WHERE v.request_id = r.id AND r.listing = ''
      AND v.due_on < {CUT} AND ((v.reviewed_at {LONDON})::date > {CUT} OR v.reviewed_at IS NULL)) AS late
  FROM cpd_cpdrequest r JOIN schools_school s ON s.id = r.school_id
  JOIN y ON r.starts_on BETWEEN y.starts_on AND y.ends_on LEFT JOIN share h ON h.request_id = r.id
  WHERE (r.state IN ('going_ahead', 'evaluated', 'listed') OR (r.state = 'withdrawn'
      AND r.state_left IN ('going_ahead', 'evaluated', 'listed')
      AND (r.withdrawn_at {LONDON})::date > {CUT}))
    AND ((r.decided_at {LONDON})::date <= {CUT}
      OR (r.listing <> '' AND (r.raised_at {LONDON})::date <= {CUT}))
),
joined AS (
  SELECT s.name AS school, p.share AS amount, p.staff FROM cpd_purchaseschool p
  JOIN cpd_sharedpurchase u ON u.id = p.purchase_id JOIN schools_school s ON s.id = p.school_id
  JOIN y ON (u.bought_at {LONDON})::date BETWEEN y.starts_on AND y.ends_on
  WHERE p.request_id IS NULL AND p.share IS NOT NULL AND (u.bought_at {LONDON})::date <= {CUT}
),
training AS (
  SELECT school, kind, staff, amount, listing = '' AS is_reviewed, has_evidence, late, verdict FROM asked
  UNION ALL SELECT school, 'shared', staff, amount, false, false, 0, '' FROM joined
)
"""
GOING = "('proceed', 'amended', 'join', 'despite')"


@pytest.fixture(scope="module")
def training(facts: Facts) -> dict[str, Facts]:
    return {row["key"]: row for row in facts["training"]["rows"]}


def test_training_raised_going_ahead_and_listed(ask: Ask, training: dict[str, Facts]) -> None:
    found = ask(f"SELECT count(*), count(*) FILTER (WHERE stood IN {GOING}) FROM raised")
    listed = ask(f"{SPEND} SELECT count(*) FROM asked WHERE listing <> ''")
    said = [training[f"training_{key}"]["year"] for key in ("raised", "going", "listed")]
    assert said == [str(n) for n in (*found[0], *listed[0])]
    by_school = ask("SELECT school, count(*)::text FROM raised GROUP BY school ORDER BY school")
    assert [(s["name"], s["words"]) for s in training["training_raised"]["schools"]] == by_school


def penny(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_training_spend_head_evidence_and_lateness(ask: Ask, training: dict[str, Facts]) -> None:
    found = ask(f"""{SPEND}
        SELECT sum(amount), sum(amount) FILTER (WHERE staff > 0), sum(staff) FILTER (WHERE staff > 0),
          percentile_cont(0.5) WITHIN GROUP (ORDER BY amount / nullif(staff, 0)),
          sum(amount) FILTER (WHERE has_evidence AND is_reviewed), sum(amount) FILTER (WHERE is_reviewed),
          sum(late) FROM training
    """)
    spend, counted, staff, typical, evidence, reviewed, late = found[0]
    assert training["training_spend"]["year"] == pounds(spend)
    median = penny(Decimal(str(round(typical, 6))))
    head = f"{pounds(penny(counted / staff))} (median {pounds(median)})"
    assert training["training_head"]["year"] == head
    percent = int((evidence * 100 / reviewed).to_integral_value(ROUND_HALF_UP))
    words = f"{percent}% ({pounds(evidence)} of {pounds(reviewed)})"
    assert training["training_evidence"]["year"] == words
    assert training["training_late"]["year"] == str(late)


def test_training_by_school(ask: Ask, facts: Facts) -> None:
    found = ask(f"""{SPEND}
        SELECT school, count(*), sum(amount), round(sum(amount) FILTER (WHERE staff > 0)
          / nullif(sum(staff) FILTER (WHERE staff > 0), 0), 2),
          coalesce(sum(amount) FILTER (WHERE has_evidence AND is_reviewed), 0)
        FROM training GROUP BY school ORDER BY sum(amount) DESC, school
    """)
    told = [
        (r["name"], r["trainings"], r["spend"], r["a_head"], r["evidence"])
        for r in facts["training"]["schools"]
    ]
    assert told == [
        (name, n, pounds(spend), pounds(head), pounds(evidence))
        for name, n, spend, head, evidence in found
    ]
    percents = [int(r["share"].rstrip("%")) for r in facts["training"]["schools"]]
    whole = sum(spend for _, _, spend, _, _ in found)
    assert sum(percents) == 100
    for percent, (_, _, spend, _, _) in zip(percents, found, strict=True):
        assert abs(percent - spend * 100 / whole) < 1


def test_training_by_kind(ask: Ask, facts: Facts) -> None:
    found = ask(f"""{SPEND}
        SELECT count(*), sum(amount), coalesce(sum(amount) FILTER (WHERE has_evidence AND is_reviewed), 0)
        FROM training GROUP BY kind ORDER BY 2 DESC
    """)
    told = [(r["trainings"], r["spend"], r["evidence"]) for r in facts["training"]["kinds"]]
    assert told == [(n, pounds(spend), pounds(evidence)) for n, spend, evidence in found]


def test_advice_beside_what_schools_decided(ask: Ask, facts: Facts) -> None:
    found = ask(f"""
        SELECT count(*), count(*) FILTER (WHERE stood IN {GOING}),
          count(*) FILTER (WHERE stood = 'amended'), count(*) FILTER (WHERE stood = 'withdrawn'),
          count(*) FILTER (WHERE stood = '')
        FROM (SELECT raised.stood, (SELECT a.advice FROM cpd_advice a WHERE a.request_id = raised.id
          AND (a.recorded_at {LONDON})::date <= {CUT} ORDER BY a.recorded_at DESC, a.id DESC LIMIT 1) AS word
          FROM raised) each GROUP BY word
    """)
    told = [
        (r["n"], r["going"], r["amended"], r["withdrawn"], r["open"])
        for r in facts["training"]["advice"]
    ]
    assert sorted(told) == sorted(found)


def test_verdicts_of_schools(ask: Ask, facts: Facts) -> None:
    found = ask(f"{SPEND} SELECT count(*) FROM training WHERE verdict <> '' GROUP BY verdict")
    assert sorted(r["n"] for r in facts["training"]["verdicts"]) == sorted(n for (n,) in found)


def test_joint_practice_of_the_year(ask: Ask, training: dict[str, Facts]) -> None:
    found = ask(f"""
        SELECT (SELECT count(*) FROM cpd_projectvisit v JOIN y ON v.visited_on >= y.starts_on
                WHERE v.visited_on <= {CUT}),
               (SELECT count(*) FROM cpd_practicecard c JOIN y ON (c.shared_at {LONDON})::date >= y.starts_on
                WHERE (c.shared_at {LONDON})::date <= {CUT})
    """)
    visits, cards = found[0]
    words = training["training_practice"]["year"]
    assert f"{cards} practice card" in words
    assert f"{visits} visit" in words
