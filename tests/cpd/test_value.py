"""What the Group sees: every figure beside plain SQL, who reads which totals, filters, chart and export."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpd.models import CpdRequest, ImpactReview, PurchaseSchool, SharedPurchase
from cpd.queries.value import Asked, spend_of, value_page
from schools.models import School
from schools.queries.posts import with_posts
from tests.factories import CpdRequestFactory, PriorityFactory, SchoolFactory, UserFactory
from trust.calendar import now, today
from trust.models import AcademicYear
from trust.people.models import User

pytestmark = pytest.mark.django_db
YEAR = ("2026-09-01", "2027-08-31")
WRITING = Decimal("450.01") + Decimal("35.50") + Decimal("80.01")
"""A bought share, and beside it the travel and the half day of cover that stay with the school."""

# The spend of one request, in SQL alone: its bought shares, else fee and materials; travel and cover always.
SPEND = """
    COALESCE(
        (SELECT SUM(p.share) FROM cpd_purchaseschool p WHERE p.request_id = r.id),
        r.fee + r.materials
    ) + r.travel + ROUND(r.supply_days * r.supply_rate, 2)
"""
SPENT = f"""
    FROM (
        SELECT r.id, s.name AS school, r.kind, r.staff, r.listing, r.verdict, r.state,
               {SPEND} AS amount
        FROM cpd_cpdrequest r JOIN schools_school s ON s.id = r.school_id
        WHERE r.state IN ('going_ahead', 'evaluated', 'listed')
          AND r.starts_on BETWEEN '{YEAR[0]}' AND '{YEAR[1]}'
    ) spent
"""  # noqa: S608 - no value of anybody's is in it
EVIDENCE = """
    EXISTS (SELECT 1 FROM cpd_impactreview v WHERE v.request_id = spent.id
            AND v.level IN (4, 5) AND v.outcome IN ('met', 'partly', 'not'))
"""


def sql(text: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def review(request: CpdRequest, level: int, outcome: str, due: dt.date | None = None) -> None:
    done = {"reviewed_at": now(), "reviewed_by": request.created_by} if outcome else {}
    ImpactReview.objects.create(
        request=request, level=level, outcome=outcome, evidence="Seen" if outcome else "",
        due_on=due or dt.date(2026, 11, level), **done,
    )  # fmt: skip


def bought(lead: School, cost: str, shares: dict[CpdRequest | School, str]) -> SharedPurchase:
    by = UserFactory()
    purchase = SharedPurchase.objects.create(
        title="Writing, bought once", lead_school=lead, state="bought", cost=Decimal(cost),
        bought_at=now(), bought_by=by, created_by=by, created_at=now(), provider_name="Quill",
    )  # fmt: skip
    for who, share in shares.items():
        request = who if isinstance(who, CpdRequest) else None
        PurchaseSchool.objects.create(
            purchase=purchase, school=request.school if request else who, request=request,
            staff=3, answer="joined", answered_at=now(), answered_by=by, share=Decimal(share),
        )  # fmt: skip
    return purchase


@pytest.fixture
def story(school: School, other_school: School) -> dict[str, Any]:
    """Two schools' training of the year, with what must not count beside it."""
    trust_wide = PriorityFactory(school=None, title="Writing everywhere")
    theirs = PriorityFactory(school=other_school, title="CANARY own writing", parent=trust_wide)
    alone = PriorityFactory(school=school, title="CANARY fluent maths")
    start = dt.date(2026, 10, 5)
    common: dict[str, Any] = {"going_ahead": True, "starts_on": start}
    maths = CpdRequestFactory(
        school=school, kind="coaching", provider_name="Marsh Maths", staff=16, fee=1450,
        supply_days=6, priority=alone, **common,
    )  # fmt: skip
    review(maths, 1, "met")
    review(maths, 4, "met")
    review(maths, 5, "", today())  # due today, so not late
    writing = CpdRequestFactory(
        school=other_school, kind="course", provider_name="Quill", staff=9, fee=1200, travel=Decimal("35.50"),
        supply_days=Decimal("0.5"), supply_rate=Decimal("160.01"), priority=theirs, **common,
    )  # fmt: skip
    review(writing, 5, "", dt.date(2026, 11, 6))
    review(writing, 4, "early", dt.date(2026, 11, 5))
    conference = CpdRequestFactory(
        school=other_school, kind="conference", provider_name="", staff=2, fee="1380.55",
        supply_days=0, verdict="scale", priority=trust_wide,
        **{**common, "state": "evaluated", "evaluated_at": now()}, would_use_again=True,
    )  # fmt: skip
    review(conference, 5, "partly")
    CpdRequestFactory(school=school, listing="national", raised=True, state="listed", fee=0,
                      supply_days="2.5", staff=1, kind="npq", starts_on=start)  # fmt: skip
    bought(school, "900.01", {writing: "450.01", school: "450.00"})
    # Not spent: a draft, one only raised, one withdrawn, one of last year.
    CpdRequestFactory(school=school, starts_on=start)
    CpdRequestFactory(school=school, raised=True, starts_on=start)
    CpdRequestFactory(school=school, raised=True, state="withdrawn", starts_on=start)
    CpdRequestFactory(school=school, going_ahead=True, starts_on=dt.date(2026, 7, 1))
    return {"maths": maths, "writing": writing, "conference": conference}


def page_for(user: User, **asked: Any) -> Any:
    year = AcademicYear.objects.get(starts_on__year=2026)
    return value_page(with_posts(user, today()), Asked(year, **asked), today())


def rows_of(page: Any, key: str) -> dict[str, Any]:
    found = next(each for each in page.breakdowns if each.key == key)
    return {row.label: row for row in found.rows}


# -- every figure beside SQL -----------------------------------------------------------------------


def test_spend_equals_sql(story: dict[str, Any], ceo: User) -> None:
    page = page_for(ceo)
    [[total, count]] = sql(f"SELECT SUM(amount), COUNT(*) {SPENT}")
    [[joined]] = sql("SELECT SUM(share) FROM cpd_purchaseschool WHERE request_id IS NULL")
    assert sum(row.spend for row in rows_of(page, "school").values()) == total + joined
    assert page.count == count + 1
    assert page.stats[0]["value"] == f"£{total + joined:,.2f}"
    assert total + joined == Decimal("2410") + WRITING + Decimal("1380.55") + 400 + 450


def test_spend_by_school_and_kind_equals_sql(story: dict[str, Any], ceo: User) -> None:
    page = page_for(ceo)
    by_school = dict(sql(f"SELECT school, SUM(amount) {SPENT} GROUP BY school"))
    by_school["Alderfen Primary Academy"] += Decimal("450.00")
    assert {label: row.spend for label, row in rows_of(page, "school").items()} == by_school
    labels = dict(CpdRequest.Kind.choices)
    by_kind = {labels[k]: n for k, n in sql(f"SELECT kind, SUM(amount) {SPENT} GROUP BY kind")}
    by_kind["Shared purchase"] = Decimal("450.00")
    assert {label: row.spend for label, row in rows_of(page, "kind").items()} == by_kind


def test_spend_by_provider_equals_sql(story: dict[str, Any], ceo: User) -> None:
    found = dict(
        sql(f"""SELECT COALESCE(NULLIF(q.provider_name, ''), 'No provider given'), SUM(amount)
                {SPENT} JOIN cpd_cpdrequest q ON q.id = spent.id GROUP BY 1""")
    )
    found["Quill"] += Decimal("450.00")
    assert {n: r.spend for n, r in rows_of(page_for(ceo), "provider").items()} == found


def test_spend_by_priority_goes_through_the_trusts_own(story: dict[str, Any], ceo: User) -> None:
    found = {label: row.spend for label, row in rows_of(page_for(ceo), "priority").items()}
    assert found == {
        "A school’s own priority": Decimal("2410"),
        "Writing everywhere": WRITING + Decimal("1380.55"),
        "No priority given": Decimal("850"),
    }
    [[linked]] = sql(f"""
        SELECT SUM(amount) {SPENT} JOIN cpd_cpdrequest q ON q.id = spent.id
        JOIN improvement_priority p ON p.id = q.priority_id
        JOIN improvement_priority t ON t.id = COALESCE(p.parent_id, p.id) AND t.school_id IS NULL
    """)
    assert found["Writing everywhere"] == linked


def test_share_with_evidence_equals_sql(story: dict[str, Any], ceo: User) -> None:
    evidence = page_for(ceo).evidence
    [[proved, n]] = sql(f"SELECT SUM(amount), COUNT(*) {SPENT} WHERE listing = '' AND {EVIDENCE}")
    [[whole, of]] = sql(f"SELECT SUM(amount), COUNT(*) {SPENT} WHERE listing = ''")
    assert (evidence.spend, evidence.of, evidence.trainings, evidence.of_trainings) == (
        proved, whole, n, of,
    )  # fmt: skip
    [[percent]] = sql(f"SELECT ROUND(100 * {proved} / {whole})")
    assert evidence.percent == percent


def test_cost_a_head_and_its_median_equal_sql(story: dict[str, Any], ceo: User) -> None:
    heads = f"""
        SELECT amount, staff {SPENT} WHERE staff > 0
        UNION ALL SELECT share, staff FROM cpd_purchaseschool WHERE request_id IS NULL AND staff > 0
    """  # noqa: S608
    [[mean, typical]] = sql(f"""
        SELECT ROUND(ROUND(SUM(amount) / SUM(staff), 2)),
               ROUND(ROUND(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount / staff)::numeric, 2))
        FROM ({heads}) heads
    """)  # noqa: S608
    stat = page_for(ceo).stats[1]
    assert stat["value"] == f"£{mean:,}"
    assert Decimal(stat["small"].removeprefix("median £").replace(",", "")) == typical


def test_late_reviews_and_verdicts_equal_sql(story: dict[str, Any], ceo: User) -> None:
    page = page_for(ceo)
    [[late]] = sql(
        "SELECT COUNT(*) FROM cpd_impactreview WHERE outcome = '' AND due_on < '2026-11-21'"
    )
    assert page.late == late == 1
    counted = dict(sql(f"SELECT verdict, COUNT(*) {SPENT} WHERE verdict <> '' GROUP BY verdict"))
    labels = dict(CpdRequest.Verdict.choices)
    assert dict(page.verdicts) == {labels[v]: counted.get(v, 0) for v in labels if v}


def test_providers_by_impact_count_reviews(story: dict[str, Any], ceo: User) -> None:
    found = {p.label: (p.met, p.partly, p.not_met) for p in page_for(ceo).providers}
    assert found == {"Marsh Maths": (1, 0, 0), "Quill": (0, 0, 0), "Fenland Spelling": (0, 0, 0)}


def test_spend_of_is_the_share_once_it_is_bought(story: dict[str, Any]) -> None:
    assert spend_of(story["writing"]) == WRITING
    assert spend_of(story["maths"]) == Decimal("2410")
    before = dt.date(2026, 11, 20)
    assert spend_of(story["writing"], before) == Decimal("1200") + Decimal("115.51")


# -- who reads what --------------------------------------------------------------------------------


def test_local_committee_reads_its_own_schools_totals(
    story: dict[str, Any], local_committee: User, other_school: School, client_for: Any
) -> None:
    assert set(rows_of(page_for(local_committee), "school")) == {"Alderfen Primary Academy"}
    page = client_for(local_committee).get("/cpd/value/")
    words = page.content.decode()
    assert page.status_code == 200
    assert "Cressmere" not in words
    assert "Quill" in words  # its own joined purchase
    hidden = client_for(local_committee).get(f"/cpd/value/?school={other_school.pk}")
    assert hidden.status_code == 404


@pytest.mark.parametrize("reader", ["ceo", "dsi", "head", "cfo", "clerk", "trustee", "chair"])
def test_totals_never_name_a_request_or_a_schools_priority(
    story: dict[str, Any], reader: str, client_for: Any, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(reader)
    for address in ("/cpd/value/", "/cpd/value/export.csv"):
        page = client_for(user).get(address)
        assert page.status_code == 200
        words = page.content.decode()
        assert "CANARY" not in words
        assert "CPD-0" not in words
        assert story["maths"].title not in words


@pytest.mark.parametrize("reader", ["leader", "link_trustee", "provider"])
def test_totals_are_refused_with_their_reason(
    trust_set_up: Any, reader: str, client_for: Any, request: pytest.FixtureRequest
) -> None:
    page = client_for(request.getfixturevalue(reader)).get("/cpd/value/")
    assert page.status_code == 403
    assert "not for your post" in page.content.decode()


def test_another_schools_spend_is_never_shown_by_priority(
    story: dict[str, Any], head: User, ceo: User, school: School, other_school: School
) -> None:
    def keys(user: User, **asked: Any) -> bool:
        return "priority" in {each.key for each in page_for(user, **asked).breakdowns}

    assert keys(head)
    assert keys(head, school=school)
    assert not keys(head, school=other_school)
    assert not keys(head, provider="Quill")
    assert keys(ceo, school=other_school)


# -- the page --------------------------------------------------------------------------------------


def test_filters_stand_in_the_address(
    story: dict[str, Any], ceo: User, school: School, client_for: Any
) -> None:
    page = client_for(ceo).get(f"/cpd/value/?school={school.pk}&kind=Coaching")
    words = page.content.decode()
    assert "£2,410" in words
    assert f"£{WRITING}" not in words
    assert f"export.csv?school={school.pk}&amp;kind=Coaching" in words
    for odd in ("?year=x", "?year=99999999999", "?provider=%F0%9F%8E%93", "?school=x"):
        assert client_for(ceo).get(f"/cpd/value/{odd}").status_code == 200
    assert client_for(ceo).get("/cpd/value/?school=999999").status_code == 404


def test_charts_are_drawn_with_words_and_without_style(
    story: dict[str, Any], ceo: User, client_for: Any
) -> None:
    words = client_for(ceo).get("/cpd/value/").content.decode()
    assert words.count('role="img"') == 7
    assert 'aria-label="Spend by school: ' in words
    assert "style=" not in words
    for rating in ("#b42318", "#f2b63c", "#0b7a5e"):
        assert rating not in words


def test_export_holds_the_tables(story: dict[str, Any], ceo: User, client_for: Any) -> None:
    answer = client_for(ceo).get("/cpd/value/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_school = {r["Name"]: Decimal(r["Spend"]) for r in rows if r["By"] == "School"}
    assert by_school == {
        "Alderfen Primary Academy": Decimal("3260"),
        "Cressmere High": WRITING + Decimal("1380.55"),
    }
    assert Decimal(rows[-1]["Spend"]) == sum(by_school.values())


@pytest.mark.parametrize("address", ["/cpd/value/", "/cpd/value/export.csv", "/cpd/reviews/"])
def test_queries_do_not_grow_with_the_rows(
    school: School, head: User, client_for: Any, address: str
) -> None:
    client: Client = client_for(head)
    counts = []
    for more in (1, 2, 37):
        for n in range(more):
            each = CpdRequestFactory(
                school=SchoolFactory() if n % 9 == 0 else school, going_ahead=True,
                starts_on=dt.date(2026, 10, 5), priority=PriorityFactory(school=None),
            )  # fmt: skip
            review(each, 4, "", dt.date(2026, 11, 25))
        client.get(address)
        with CaptureQueriesContext(connection) as context:
            client.get(address)
        counts.append(len(context))
    assert counts[0] == counts[1] == counts[2]


def test_page_with_nothing_to_count_says_so(trust_set_up: Any, ceo: User, client_for: Any) -> None:
    assert "Nothing to count" in client_for(ceo).get("/cpd/value/").content.decode()
