"""Setting up a trust: its profile and every app's defaults, by one act."""

from __future__ import annotations

from secrets import token_urlsafe

from django.db import transaction

from cpd.actions import lay_down_defaults as lay_down_training
from evidence.actions import lay_down_defaults as lay_down_evidence
from progress_boards.actions.defaults import lay_down_defaults as lay_down_boards
from ratings.actions import lay_down_defaults as lay_down_ratings
from schools.actions import lay_down_default_calendar
from schools.models import Post
from trust.access import Actor, Capacity, Conflict
from trust.audit import record
from trust.calendar import today
from trust.conflicts import refusals_as_conflicts
from trust.models import PRESETS, TrustProfile
from trust.people.models import Person, User
from trust.term_dates import ENGLISH_YEARS


@transaction.atomic
def set_up_trust(*, name: str, preset: str = "full", by: Actor | None = None) -> TrustProfile:
    """Name the trust, choose its steps and put in the defaults; a second time nothing a trust changed is lost.

    Raises Conflict for a preset that is neither Light nor Full.
    """
    if preset not in PRESETS:
        raise Conflict("Choose Light or Full")
    profile = TrustProfile.objects.select_for_update().first()
    if profile is None:
        profile = TrustProfile.objects.create(pk=1, name=name, steps=dict(PRESETS[preset]))
        record("set_up_trust", profile, by=by, preset=preset)
    elif not profile.steps:  # named by the register before its steps were chosen
        profile.steps = dict(PRESETS[preset])
        profile.save(update_fields=["steps"])
        record("set_up_trust", profile, by=by, preset=preset)
    for year in ENGLISH_YEARS:
        lay_down_default_calendar(year, by=by)
    lay_down_evidence()
    lay_down_ratings()
    lay_down_training()
    lay_down_boards()
    return profile


@transaction.atomic
def appoint_first_administrator(*, name: str, email: str) -> str:
    """Name the first trust administrator, who appoints everybody else; returns a password to be used once and changed.

    Raises Conflict when the trust has an administrator already: then that one appoints.
    """
    held = Post.objects.current(today()).filter(capacity=Capacity.ADMINISTRATOR)
    if held.exists():
        raise Conflict("The trust has an administrator already, who appoints others on screen")
    password = token_urlsafe(15)
    with refusals_as_conflicts():
        person = Person.objects.create(name=name, email=email.lower())
        User.objects.create_user(email, password, person=person)
        post = Post.objects.create(
            person=person, capacity=Capacity.ADMINISTRATOR, starts_on=today()
        )
        record("appoint_person", post, by=None)
    return password
