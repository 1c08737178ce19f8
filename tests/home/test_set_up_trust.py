"""One act sets up a trust: profile, calendars and every app's defaults."""

import pytest
from django.apps import apps
from django.db import connection

from evidence.models import Indicator
from home.actions import set_up_trust
from meetings.models import MeetingKind
from ratings.models import Band, BoardPolicy, LevelOfSupport
from trust.access import Conflict
from trust.models import AuditEvent, HalfTerm, TrustProfile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_at_all(db: None) -> None:
    """Not a row of ours, as on the day of installation."""
    ours = [model._meta.db_table for model in apps.get_models() if model._meta.managed]
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    names = ", ".join(connection.ops.quote_name(table) for table in ours if table not in kept)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")


def test_set_up_trust_puts_in_every_apps_defaults():
    profile = set_up_trust(name="Marlfen Learning Trust", preset="light")
    assert (profile.name, profile.step("papers")) == ("Marlfen Learning Trust", False)
    assert list(Band.objects.values_list("name", "boards_per_year", "also_allowed")) == [
        ("Green", 3, None), ("Amber", 6, 3), ("Red", 6, None),
    ]  # fmt: skip
    assert list(LevelOfSupport.objects.values_list("name", flat=True)) == [
        "Universal", "Targeted", "Intensive",
    ]  # fmt: skip
    assert BoardPolicy.current().not_rated == 3
    assert Indicator.objects.filter(is_seeded=True).count() == 4
    assert MeetingKind.objects.filter(slug="progress-board").exists()
    assert HalfTerm.objects.count() == 12


def test_set_up_trust_twice_keeps_what_the_trust_changed():
    set_up_trust(name="Marlfen Learning Trust", preset="full")
    Band.objects.filter(position=2).update(name="Watch", boards_per_year=3)
    set_up_trust(name="Another name", preset="light")
    assert TrustProfile.current().name == "Marlfen Learning Trust"
    assert TrustProfile.current().step("papers") is True
    assert Band.objects.get(position=2).name == "Watch"
    assert AuditEvent.objects.filter(verb="set_up_trust").count() == 1


def test_set_up_trust_with_an_unknown_preset_does_nothing():
    with pytest.raises(Conflict, match="Light or Full"):
        set_up_trust(name="Marlfen Learning Trust", preset="heavy")
    assert not TrustProfile.objects.exists()


# -- the command -----------------------------------------------------------------------------------


def test_command_begins_a_trust_whose_administrator_can_sign_in(db, client, capsys):
    from django.core.management import call_command

    call_command("set_up_trust", name="Marlfen", steps="light", administrator="a@marlfen.example")
    said = capsys.readouterr().out
    password = said.split(" with ")[1].split()[0]
    answer = client.post("/accounts/login/", {"login": "a@marlfen.example", "password": password})
    assert answer.status_code == 302
    assert client.get("/people/").status_code == 200
    assert TrustProfile.current().step("papers") is False


def test_command_a_second_time_names_no_second_administrator(db, capsys):
    from django.core.management import CommandError, call_command

    call_command("set_up_trust", name="Marlfen", administrator="a@marlfen.example")
    with pytest.raises(CommandError, match="has an administrator already"):
        call_command("set_up_trust", name="Other", administrator="b@marlfen.example")
    assert TrustProfile.current().name == "Marlfen"
