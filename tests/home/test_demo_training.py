"""The training of the demo trust as seeded, asked for in SQL that imports nothing of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import psycopg2
import pytest

from tests.sites import Site

pytestmark = pytest.mark.long

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(demo: Site) -> Iterator[Ask]:
    """Rows of a query in the demo trust's database."""
    connection = psycopg2.connect(demo.environment["DATABASE_URL"])

    def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    yield rows
    connection.close()


REQUESTS = """
SELECT r.number, s.code, r.title, r.staff, r.total, r.state, r.decision,
       coalesce((SELECT a.advice FROM cpd_advice a WHERE a.request_id = r.id), ''), r.listing
FROM cpd_cpdrequest r JOIN schools_school s ON s.id = r.school_id
WHERE r.number = ANY(%s) ORDER BY r.number
"""


def test_seed_requests_the_story_tells_stand_as_told(ask: Ask) -> None:
    told = [14, 16, 19, 21, 23, 27, 30, 31]
    assert ask(REQUESTS, told) == [
        (14, "ALD", "Maths fluency programme", 16, Decimal("2410.00"), "going_ahead", "proceed", "support", ""),
        (16, "GOR", "Sensory circuits workshop", 8, Decimal("360.00"), "withdrawn", "withdraw", "more", ""),
        (19, "DUN", "Writing programme", 9, Decimal("1200.00"), "raised", "", "", ""),
        (21, "BRJ", "Writing programme", 9, Decimal("1200.00"), "raised", "", "", ""),
        (23, "CRE", "De-escalation training", 20, Decimal("1160.00"), "going_ahead", "amended", "alternative", ""),
        (27, "FAL", "NPQ for one middle leader", 1, Decimal("400.00"), "listed", "", "", "national"),
        (30, "EAS", "National conference, two days", 2, Decimal("1380.00"), "going_ahead", "despite", "against", ""),
        (31, "BRI", "Spelling subscription", 2, Decimal("220.00"), "raised", "", "", ""),
    ]  # fmt: skip


def test_seed_maths_fluency_costs_fee_and_cover(ask: Ask) -> None:
    costs = "SELECT fee, supply_days * supply_rate FROM cpd_cpdrequest WHERE number = 14"
    assert ask(costs) == [(Decimal("1450.00"), Decimal("960.000"))]


def test_seed_amended_request_keeps_what_was_advised_on(ask: Ask) -> None:
    first = """
        SELECT v.content ->> 'staff', v.total, a.request_version, r.version > v.number
        FROM cpd_advice a JOIN cpd_cpdrequest r ON r.id = a.request_id
        JOIN cpd_requestversion v ON v.request_id = r.id AND v.number = a.request_version
        WHERE r.number = 23
    """
    assert ask(first) == [("71", Decimal("2900.00"), 1, True)]


def test_seed_numbers_are_without_gap_and_thirteen_belong_to_last_year(ask: Ask) -> None:
    numbers = [n for (n,) in ask("SELECT number FROM cpd_cpdrequest ORDER BY number")]
    assert numbers == list(range(1, 33))
    last_year = "SELECT count(*) FROM cpd_cpdrequest WHERE raised_at < '2026-09-01'"
    assert ask(last_year) == [(13,)]


def test_seed_three_requests_wait_for_the_group_and_drafts_for_their_school(ask: Ask) -> None:
    waiting = """
        SELECT number FROM cpd_cpdrequest r WHERE state IN ('raised', 'going_ahead') AND listing = ''
        AND NOT EXISTS (SELECT 1 FROM cpd_advice a WHERE a.request_id = r.id) ORDER BY number
    """
    assert [n for (n,) in ask(waiting)] == [19, 21, 31]
    drafts = "SELECT number, raised_at FROM cpd_cpdrequest WHERE state = 'draft' ORDER BY number"
    assert ask(drafts) == [(29, None), (32, None)]


def test_seed_reviews_due_are_the_three_the_group_asks_for(ask: Ask) -> None:
    due = """
        SELECT r.title, s.code, v.level, v.due_on::text
        FROM cpd_impactreview v JOIN cpd_cpdrequest r ON r.id = v.request_id
        JOIN schools_school s ON s.id = r.school_id
        WHERE v.outcome = '' AND v.due_on <= '2026-12-08' ORDER BY v.due_on
    """
    assert ask(due) == [
        ("Behaviour scripts", "DUN", 3, "2026-11-06"),
        ("Maths fluency programme", "ALD", 4, "2026-11-30"),
        ("Coaching for leaders", "FAL", 4, "2026-12-04"),
    ]


def test_seed_maths_fluency_is_reviewed_at_two_six_and_twelve_weeks_and_two_terms(ask: Ask) -> None:
    reviews = """
        SELECT v.level, v.due_on::text, v.outcome FROM cpd_impactreview v
        JOIN cpd_cpdrequest r ON r.id = v.request_id WHERE r.number = 14 ORDER BY v.due_on
    """
    assert ask(reviews) == [
        (2, "2026-09-21", "met"), (3, "2026-10-19", "partly"), (4, "2026-11-30", ""),
        (5, "2027-07-21", ""),
    ]  # fmt: skip


def test_seed_conference_despite_advice_is_reviewed_in_eight_weeks(ask: Ask) -> None:
    sooner = """
        SELECT v.due_on - r.starts_on FROM cpd_impactreview v
        JOIN cpd_cpdrequest r ON r.id = v.request_id
        WHERE r.number = 30 AND v.level = 4 AND v.outcome = ''
    """
    assert ask(sooner) == [(8 * 7,)]


def test_seed_writing_bundle_is_open_and_nobody_has_answered_for_another(ask: Ask) -> None:
    bundle = """
        SELECT p.quote, lead.code, p.state,
               array_agg(s.code || ':' || coalesce(r.number::text, '') || ':' || w.answer ORDER BY s.code),
               sum(r.total) - p.quote
        FROM cpd_sharedpurchase p JOIN schools_school lead ON lead.id = p.lead_school_id
        JOIN cpd_purchaseschool w ON w.purchase_id = p.id JOIN schools_school s ON s.id = w.school_id
        LEFT JOIN cpd_cpdrequest r ON r.id = w.request_id
        WHERE p.state <> 'bought' GROUP BY p.id, lead.code
    """
    assert ask(bundle) == [
        (Decimal("1650.00"), "BRJ", "open", ["ALD::", "BRJ:21:", "DUN:19:"], Decimal("750.00"))
    ]


def test_seed_shared_purchase_of_last_year_is_recharged_to_the_penny(ask: Ask) -> None:
    bought = """
        SELECT p.cost, sum(w.share), array_agg(s.code || ' ' || w.share ORDER BY s.code),
               sum(w.remainder)
        FROM cpd_sharedpurchase p JOIN cpd_purchaseschool w ON w.purchase_id = p.id
        JOIN schools_school s ON s.id = w.school_id WHERE p.state = 'bought' GROUP BY p.id
    """
    [(cost, shared, shares, remainder)] = ask(bought)
    assert cost == shared == Decimal("1000.00")
    assert shares == ["ALD 470.60", "BRI 235.29", "DUN 294.11"]
    assert remainder == Decimal("0.02")


def test_seed_central_fund_is_used_by_what_was_agreed(ask: Ask) -> None:
    fund = """
        SELECT y.name, f.amount, sum(p.amount) FILTER (WHERE p.state = 'agreed'),
               count(*) FILTER (WHERE p.state = 'asked'), count(*) FILTER (WHERE p.state = 'declined')
        FROM cpd_centralfund f JOIN trust_academicyear y ON y.id = f.academic_year_id
        JOIN cpd_centralpart p ON p.academic_year_id = y.id GROUP BY y.name, f.amount ORDER BY y.name
    """
    assert ask(fund) == [
        ("2025 to 2026", Decimal("5000.00"), Decimal("1900.00"), 0, 1),
        ("2026 to 2027", Decimal("6000.00"), Decimal("2150.00"), 1, 0),
    ]


def test_seed_every_verdict_was_given_and_every_outcome_seen(ask: Ask) -> None:
    verdicts = "SELECT DISTINCT verdict FROM cpd_cpdrequest WHERE state = 'evaluated' ORDER BY 1"
    assert [v for (v,) in ask(verdicts)] == ["adapt", "repeat", "scale", "stop"]
    outcomes = "SELECT DISTINCT outcome FROM cpd_impactreview WHERE outcome <> '' ORDER BY 1"
    assert [o for (o,) in ask(outcomes)] == ["early", "met", "not", "partly"]


def test_seed_subscriptions_have_a_median_that_others_are_compared_with(ask: Ask) -> None:
    median = """
        SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY total / staff)
        FROM cpd_cpdrequest WHERE kind = 'subscription' AND raised_at IS NOT NULL
    """
    assert ask(median) == [(9, 112.0)]
    kinds = """
        SELECT kind FROM cpd_cpdrequest WHERE raised_at IS NOT NULL AND state <> 'withdrawn'
        GROUP BY kind HAVING count(*) >= 3 ORDER BY kind
    """
    assert [k for (k,) in ask(kinds)] == ["coaching", "course", "subscription"]


def test_seed_group_met_six_times_last_year_and_meets_on_24_november(ask: Ask) -> None:
    meetings = """
        SELECT (m.starts_at AT TIME ZONE 'Europe/London')::text, m.state, m.minutes_length,
               m.is_online
        FROM cpd_groupmeeting g JOIN meetings_meeting m ON m.id = g.meeting_id ORDER BY m.starts_at
    """
    found = ask(meetings)
    assert [state for _, state, *_ in found] == ["final"] * 7 + ["issued"]
    assert found[-2][0] == "2026-10-13 13:30:00"
    assert found[-1] == ("2026-11-24 13:30:00", "issued", 90, True)


def test_seed_agenda_of_24_november_proposed_itself_from_what_waits(ask: Ask) -> None:
    items = """
        SELECT i.title, i.minutes,
               array_remove(array_agg(r.number ORDER BY r.number), NULL), count(t.review_id),
               count(t.card_id)
        FROM meetings_agendaitem i JOIN cpd_groupmeeting g ON g.meeting_id = i.meeting_id
        JOIN meetings_meeting m ON m.id = g.meeting_id LEFT JOIN cpd_trainingitem t ON t.item_id = i.id
        LEFT JOIN cpd_cpdrequest r ON r.id = t.request_id
        WHERE m.state = 'issued' GROUP BY i.id ORDER BY i."order"
    """
    found = ask(items)
    assert [(numbers, reviews, cards) for _, _, numbers, reviews, cards in found[2:-1]] == [
        ([31], 0, 0), ([19, 21], 0, 0), ([], 1, 0), ([], 0, 1),
    ]  # fmt: skip
    assert sum(minutes for _, minutes, *_ in found) <= 90


def test_seed_advice_of_final_meetings_is_sealed(ask: Ask) -> None:
    unsealed = """
        SELECT count(*) FROM cpd_advice a JOIN meetings_meeting m ON m.id = a.meeting_id
        WHERE m.state = 'final' AND a.sealed_at IS NULL
    """
    assert ask(unsealed) == [(0,)]
    assert ask("SELECT count(*) FROM cpd_memberscore WHERE conflict <> ''") == [(1,)]


def test_seed_every_school_has_three_to_five_priorities_a_year_and_the_trust_three(
    ask: Ask,
) -> None:
    counts = """
        SELECT y.name, coalesce(s.code, ''), count(*) FROM improvement_priority p
        JOIN trust_academicyear y ON y.id = p.academic_year_id
        LEFT JOIN schools_school s ON s.id = p.school_id GROUP BY 1, 2
    """
    found = {(year, code): n for year, code, n in ask(counts)}
    assert len(found) == 18
    assert all(n == 3 for (_, code), n in found.items() if not code)
    assert all(3 <= n <= 5 for n in found.values())
    of_alderfen = """
        SELECT p.number, p.title FROM improvement_priority p JOIN schools_school s ON s.id = p.school_id
        JOIN trust_academicyear y ON y.id = p.academic_year_id
        WHERE s.code = 'ALD' AND y.name = '2026 to 2027' ORDER BY p.number LIMIT 3
    """
    assert ask(of_alderfen) == [
        (1, "Early reading: the lowest 20% catch up"),
        (2, "Persistent absence in Key Stage 2"),
        (3, "Maths fluency"),
    ]
    states = "SELECT DISTINCT state FROM improvement_priority ORDER BY 1"
    assert {"at_risk", "met", "off_track", "on_track", "stopped"} <= {s for (s,) in ask(states)}


def test_seed_practice_is_shared_and_two_schools_gained_from_each_other(ask: Ask) -> None:
    card = """
        SELECT s.code, c.seen_on::text, f.id IS NOT NULL FROM cpd_practicecard c
        JOIN schools_school s ON s.id = c.school_id LEFT JOIN evidence_finding f ON f.id = c.finding_id
        WHERE c.title = 'Oral rehearsal before writing' AND c.shared_at IS NOT NULL
    """
    assert ask(card) == [("EAS", "2026-10-13", True)]
    projects = """
        SELECT p.state, array_agg(s.code ORDER BY s.code), bool_and(w.gained <> ''),
               (SELECT count(DISTINCT v.visitor_id) FROM cpd_projectvisit v WHERE v.project_id = p.id)
        FROM cpd_jointproject p JOIN cpd_projectschool w ON w.project_id = p.id
        JOIN schools_school s ON s.id = w.school_id GROUP BY p.id ORDER BY p.id
    """
    assert ask(projects) == [
        ("finished", ["BRI", "BRJ"], True, 2),
        ("active", ["CRE", "GOR"], False, 1),
    ]


def test_seed_providers_have_rates_checks_and_one_conflict(ask: Ask) -> None:
    told = """
        SELECT count(*), count(day_rate), count(checks_seen_on), count(*) FILTER (WHERE conflicts <> '')
        FROM cpd_provider
    """
    assert ask(told) == [(8, 5, 5, 1)]


def test_seed_agendas_of_progress_boards_stay_as_the_story_tells_them(ask: Ask) -> None:
    """An off-track priority and a claimed impact are candidates; what was told has not moved for them."""
    drafts = """
        SELECT s.code, m.state, array_agg(i.title ORDER BY i."order") FROM meetings_meeting m
        JOIN schools_school s ON s.id = m.school_id JOIN meetings_agendaitem i ON i.meeting_id = m.id
        WHERE m.starts_at > '2026-11-21' AND s.code IN ('ALD', 'DUN', 'FAL') GROUP BY 1, 2
    """
    found = {code: (state, titles) for code, state, titles in ask(drafts)}
    assert found["ALD"][1][2:6] == [
        "Early reading: are the lowest 20% catching up?",
        "Persistent absence in Key Stage 2 (19.8%)",
        "Adaptive teaching for pupils with SEND",
        "Impact of maths fluency training",
    ]
    assert found["DUN"][0] == "agenda_with_chair"
    assert found["DUN"][1][2:5] == [
        "Persistent absence (24%): what moves it", "Writing in Year 4",
        "A first year of headship: capacity and support",
    ]  # fmt: skip
    assert found["FAL"][1][2:5] == [
        "Sixth form at half term", "Affordability of the Year 9 option model",
        "Ready for the next monitoring visit",
    ]  # fmt: skip


def test_seed_value_page_of_both_years_has_evidence_that_practice_or_pupils_changed(
    ask: Ask,
) -> None:
    evidence = """
        SELECT y.name, count(DISTINCT r.id) FILTER (WHERE v.outcome IN ('met', 'partly', 'not')),
               count(DISTINCT r.id) FROM cpd_cpdrequest r
        JOIN trust_academicyear y ON r.starts_on BETWEEN y.starts_on AND y.ends_on
        LEFT JOIN cpd_impactreview v ON v.request_id = r.id AND v.level >= 4
        WHERE r.state IN ('going_ahead', 'evaluated') GROUP BY y.name ORDER BY y.name
    """
    assert ask(evidence) == [("2025 to 2026", 10, 11), ("2026 to 2027", 2, 10)]
