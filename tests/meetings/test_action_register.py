"""The register of actions across boards: filtered, sorted, exported, counted, and raised from what was seen."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evidence.models import Finding, Indicator
from meetings.actions import follow_up
from meetings.models import Action
from meetings.queries.register import counts
from ratings.models import ActionOfRating
from schools.models import School
from tests import factories
from trust.calendar import clock_at
from trust.pages import new_key
from trust.people.models import User

LIST = reverse("meetings:action-list")
EXPORT = reverse("meetings:action-export")


@pytest.fixture
def made(school: School, other_school: School, ceo: User, leader: User) -> dict[str, Action]:
    """Three actions of two schools, of different owners; one carried twice."""
    of = {"by": ceo, "due_on": dt.date(2026, 12, 18)}
    made = {
        "timetable": follow_up.raise_action(
            school=school, text="Timetable", owner_role="Reading lead", owner=leader.person,
            by=ceo, due_on=dt.date(2026, 11, 13),
        ),
        "clinic": follow_up.raise_action(
            school=other_school, text="Clinic", owner_role="Assistant head", **of
        ),
        "cover": follow_up.raise_action(
            school=school, text="Cover", owner_role="Maths director", **of
        ),
    }  # fmt: skip
    Action.objects.filter(pk=made["cover"].pk).update(times_carried=2)
    return made


def shown(client: Client, **asked: str) -> list[str]:
    """Which actions the page lists, in order."""
    groups = client.get(LIST, asked).context["groups"]
    return [row.action.text for group in groups for row in group.rows]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["Timetable", "Clinic", "Cover"]),
        ({"owner": "Maths director"}, ["Cover"]),
        ({"carried": "twice"}, ["Cover"]),
        ({"source": "ratings"}, []),
        ({"source": "other"}, ["Timetable", "Clinic", "Cover"]),
        ({"sort": "school"}, ["Timetable", "Cover", "Clinic"]),
        ({"sort": "owner"}, ["Clinic", "Cover", "Timetable"]),
        ({"sort": "carried"}, ["Cover", "Timetable", "Clinic"]),
        ({"sort": "nonsense", "source": "nonsense"}, ["Timetable", "Clinic", "Cover"]),
    ],
)
def test_list_actions_as_the_address_asks(
    made: dict[str, Action], ceo: User, client_for: object, asked: dict[str, str], expected: list[str]
) -> None:  # fmt: skip
    assert shown(client_for(ceo), **asked) == expected  # type: ignore[operator]


def test_list_actions_offers_each_owner_and_marks_the_order(
    made: dict[str, Action], ceo: User, client_for: object
) -> None:
    page = client_for(ceo).get(LIST, {"sort": "owner"}).content.decode()  # type: ignore[operator]
    for role in ("Assistant head", "Maths director", "Reading lead"):
        assert f'<option value="{role}">' in page
    assert 'aria-sort="ascending"><a href="?sort=owner">Owner' in page
    assert "By owner <span" in page


def test_export_actions_is_the_list_with_formulae_as_words(
    made: dict[str, Action], ceo: User, client_for: object
) -> None:
    Action.objects.filter(pk=made["cover"].pk).update(text="=HYPERLINK(1)")
    answer = client_for(ceo).get(EXPORT, {"owner": "Maths director"})  # type: ignore[operator]
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Action"], row["Times carried"], row["Due"]) for row in rows] == [
        ("'=HYPERLINK(1)", "2", "2026-12-18")
    ]


def test_export_actions_holds_only_what_its_reader_sees(
    made: dict[str, Action], head: User, chair: User, leader: User, client_for: object
) -> None:
    text = client_for(head).get(EXPORT).content.decode()  # type: ignore[operator]
    assert "Timetable" in text
    assert "Clinic" not in text
    for user in (chair, leader):
        assert client_for(user).get(EXPORT).status_code == 403  # type: ignore[operator]


def test_median_days_to_close_are_counted_of_this_year(
    school: School, ceo: User, dsi: User, client_for: object
) -> None:
    for noted, closed in ((1, 5), (1, 11), (2, 22)):
        with clock_at(dt.date(2026, 10, noted)):
            action = follow_up.raise_action(
                school=school, text="Do it", owner_role="Head", due_on=dt.date(2026, 10, 12), by=ceo
            )
        with clock_at(dt.date(2026, 10, closed)):
            follow_up.close_action(action, by=dsi)
    found = counts(ceo, factories.TODAY)
    assert (found.median_days, found.closed_by_due, found.share_by_due) == ("10 days", 2, "67%")
    assert "Median time to close" in client_for(ceo).get(LIST).content.decode()  # type: ignore[operator]


# -- raised from what was seen ---------------------------------------------------------------------


@pytest.fixture
def seen(school: School) -> Finding:
    visit = factories.VisitRecordFactory(school=school, state="filed", sent_at=factories.at(dt.date(2026, 11, 5)))  # fmt: skip
    return Finding.objects.create(visit=visit, kind="develop", text="Adjustments are uneven",
                                  indicator=Indicator.objects.get(slug="standards"))  # fmt: skip


def test_raise_from_a_finding_points_back_to_the_visit_and_is_raised_once(
    seen: Finding, ceo: User, head: User, client_for: object
) -> None:
    client: Client = client_for(ceo)  # type: ignore[operator]
    visit = reverse("evidence:visit-page", args=[seen.visit_id])
    raising = reverse("meetings:action-raise") + f"?finding={seen.pk}"
    assert raising in client.get(visit).content.decode()
    assert "Adjustments are uneven" in client.get(raising).content.decode()
    data = {"text": "Agree adjustments", "owner_role": "SENDCo", "idempotency_key": new_key()}
    for _ in range(2):
        assert client.post(raising, data).status_code == 302
    action = Action.objects.get()
    assert (action.finding, action.school, action.indicator) == (
        seen, seen.visit.school, seen.indicator,
    )  # fmt: skip
    link = reverse("meetings:action", args=[action.pk])
    assert client.get(raising)["Location"] == link
    assert f"Action {action.ref}" in client_for(head).get(visit).content.decode()  # type: ignore[operator]
    assert shown(client, source="visits") == ["Agree adjustments"]


def test_raise_from_a_draft_visit_is_not_found_and_by_a_head_refused(
    seen: Finding, ceo: User, head: User, client_for: object
) -> None:
    draft = Finding.objects.create(
        visit=factories.VisitRecordFactory(school=seen.visit.school, state="draft"),
        kind="develop", text="Not yet sent",
    )  # fmt: skip
    raising = reverse("meetings:action-raise")
    assert client_for(ceo).get(raising, {"finding": draft.pk}).status_code == 404  # type: ignore[operator]
    assert client_for(head).get(raising, {"finding": seen.pk}).status_code == 403  # type: ignore[operator]


def test_raise_from_a_rating_points_back_without_saying_its_colour(
    school: School, ceo: User, leader: User, client_for: object
) -> None:
    rating = factories.RatingAssessmentFactory(school=school, shared=True, position=3)
    url = reverse("ratings:action-raise", args=[rating.pk])
    client: Client = client_for(ceo)  # type: ignore[operator]
    data = {"text": "Plan with named groups", "owner_role": "Maths director",
            "owner": str(leader.person_id), "indicator": "", "idempotency_key": new_key()}  # fmt: skip
    for _ in range(2):
        assert client.post(url, data).status_code == 302
    action = Action.objects.get()
    assert ActionOfRating.objects.get().rating == rating
    page = client.get(reverse("ratings:rating-detail", args=[rating.pk])).content.decode()
    assert action.ref in page
    assert shown(client, source="ratings") == ["Plan with named groups"]
    owners = client_for(leader).get(reverse("meetings:action", args=[action.pk])).content.decode()  # type: ignore[operator]
    assert "Rating" in owners
    assert "Red" not in owners


def test_raise_for_the_trust_as_a_whole_is_of_no_school(
    ceo: User, dsi: User, client_for: object
) -> None:
    client: Client = client_for(ceo)  # type: ignore[operator]
    client.post(
        reverse("meetings:action-raise"),
        {"school": "", "text": "One calendar for all", "owner_role": "DSI", "due_on": "2026-12-18"},
    )
    action = Action.objects.get()
    assert (action.school, action.state) == (None, "open")
    follow_up.close_action(action, by=dsi)
    assert Action.objects.get().state == "closed"


def test_list_actions_asks_few_queries_however_many_there_are(
    school: School, ceo: User, client_for: object
) -> None:
    client: Client = client_for(ceo)  # type: ignore[operator]
    asked, made = [], 0
    for wanted in (1, 3, 40):
        for _ in range(wanted - made):
            follow_up.raise_action(school=school, text="Do it", owner_role="Head", by=ceo)
        made = wanted
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        asked.append(len(queries))
    assert len(set(asked)) == 1
    assert asked[0] <= 8, [q["sql"][:120] for q in queries]
