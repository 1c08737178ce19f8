"""Bring in the register: a preview first, then all of it in one transaction; and who joined and left."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q

from schools.gias import same_name
from schools.models import ImportRun, Post, School, SchoolLink
from schools.plan import ImportPlan
from schools.queries.register import file_schools, import_plan, plan_told
from schools.register import Reading
from schools.rules import may_edit_school, may_import_register, may_mark_membership
from trust.access import Actor, Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.models import TrustProfile

AFTER_LEAVING = dt.timedelta(days=30)
"""Access of head, leaders and Link Trustee ends 30 days after a school leaves."""
ENDS_WITH_SCHOOL = (Capacity.HEAD, Capacity.LEADER, Capacity.LINK_TRUSTEE)
LITTLE_WORDS = {"the", "st", "saint", "saints", "church", "of", "a", "and", "our", "lady"}


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


@transaction.atomic
def preview_import(reading: Reading, *, by: Actor | None) -> ImportRun:
    """Keep what the files say, so that it can be looked at and then done; nothing else changes.

    The same files handed in again by the same person give the same preview. Raises Conflict when
    the files are of another trust than this one: nobody is shown what could not be confirmed.
    """
    if by is not None:
        require(may_import_register(by, None))
    trust = reading.trust
    run = ImportRun(
        made_at=now(),
        made_by_id=by.pk if by else None,
        files=_plain([vars(file) for file in reading.files]),
        trust_row={
            "uid": trust.uid,
            "group_id": trust.group_id,
            "name": reading.trust_name,
            "companies_house_number": trust.companies_house_number,
            "type": trust.type_name,
            "ukprn": trust.ukprn,
        },
        rows=_plain(
            {
                "schools": [
                    {"urn": school.urn, "values": school.values, "is_open": school.is_open}
                    for school in reading.schools
                ],
                "elsewhere": reading.elsewhere,
                "refused_urns": sorted(reading.refused_urns),
                "joined": reading.joined,
                "links": {
                    urn: [[k.urn, k.linked_urn, k.linked_name, k.kind, k.linked_on] for k in links]
                    for urn, links in reading.links.items()
                },
                "day": reading.dated or today(),
            }
        ),
        counts={},
        refused=[vars(refusal) for refusal in reading.refused],
    )
    refuse_another_trust(run)
    earlier = ImportRun.objects.filter(
        applied_at=None, made_by_id=run.made_by_id, files=run.files, trust_row=run.trust_row
    ).first()
    if earlier:
        run.pk = earlier.pk
    run.counts = import_plan(run).counts
    run.save()
    if not earlier:
        record("preview_import", run, by=by, counts=run.counts)
    return run


@transaction.atomic
def apply_import(run: ImportRun, *, by: Actor | None, key: str = "") -> ImportRun:
    """Do what the preview showed, all or nothing; a second time does nothing.

    `key` is that of the plan which was looked at. Raises Conflict when a school was changed since,
    or when the files are of another trust than this one.
    """
    if by is not None:
        require(may_import_register(by, None))
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.applied_at:
        return run
    plan = import_plan(run, lock=True)
    if key and key != plan.key:
        raise Conflict("A school was changed since you looked. Look again, then confirm")
    _settle_trust(run, by=by)
    _write_schools(run, plan, by=by)
    for each in plan.left:
        school = School.objects.get(urn=each.urn)
        _leave(school, each.left_on, by=by, reason=each.reason)
    _write_links(plan)
    run.rows = {**run.rows, "plan": _plain(plan_told(plan))}
    run.counts, run.applied_at = plan.counts, now()
    run.save(update_fields=["rows", "counts", "applied_at"])
    record("apply_import", run, by=by, counts=run.counts)
    return run


@transaction.atomic
def discard_import(run: ImportRun, *, by: Actor) -> None:
    """Leave everything as it is: the preview goes; one already applied stays."""
    require(may_import_register(by, None))
    if run.applied_at:
        raise Conflict("This file has already been brought in")
    record("discard_import", run, by=by)
    run.delete()


def _settle_trust(run: ImportRun, *, by: Actor | None) -> None:
    """Make or complete the trust's profile from its row; another trust's file is refused."""
    refuse_another_trust(run)
    row, trust = run.trust_row, TrustProfile.current()
    is_new = not TrustProfile.objects.exists()
    wanted = {
        "group_uid": row["uid"],
        "group_id": row["group_id"],
        "companies_house_number": row["companies_house_number"],
        "ukprn": row["ukprn"],
    }
    if is_new:
        wanted["name"] = row["name"]
    if is_new or any(getattr(trust, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(trust, name, value)
        trust.save()
        record("settle_trust", trust, by=by, uid=row["uid"])


def refuse_another_trust(run: ImportRun) -> None:
    """Raise Conflict when the files are of another trust than this one."""
    row, trust = run.trust_row, TrustProfile.current()
    if not _is_same_trust(trust, row):
        uid = f", UID {trust.group_uid}" if trust.group_uid else ""
        raise Conflict(
            f"This is the service of {trust.name}{uid}; "
            f"the files are of {row['name']}, UID {row['uid']}"
        )


def _is_same_trust(trust: TrustProfile, row: dict[str, str]) -> bool:
    """By UID or TR number; a trust without either is set up by its first file, before it has schools."""
    if trust.group_uid or trust.group_id:
        return row["uid"] == trust.group_uid or (
            trust.group_id != "" and row["group_id"] == trust.group_id
        )
    return same_name(trust.name) == same_name(row["name"]) or not School.objects.exists()


def _write_schools(run: ImportRun, plan: ImportPlan, *, by: Actor | None) -> None:
    file = file_schools(run.rows)
    codes = set(School.objects.values_list("code", flat=True))
    for new in plan.new:
        code = _code_for(new.name, codes)
        codes.add(code)
        values = dict(file[new.urn].values)
        school = School.objects.create(urn=new.urn, code=code, joined_on=new.joined_on, **values)
        record("add_school", school, by=by, urn=new.urn)
    for change in plan.changed:
        school = School.objects.get(urn=change.urn)
        fields = [value.field for value in change.values]
        for name in fields:
            setattr(school, name, file[change.urn].values.get(name))
        school.save(update_fields=fields)
        record("change_school", school, by=by, fields=fields)


def _write_links(plan: ImportPlan) -> None:
    """Keep each link once per pair and kind; a link that left the file stays."""
    schools = dict(School.objects.values_list("urn", "pk"))
    SchoolLink.objects.bulk_create(
        [
            SchoolLink(
                school_id=schools[school],
                urn=urn,
                linked_urn=linked,
                linked_name=name,
                kind=kind,
                linked_on=on,
            )
            for school, (urn, linked, name, kind, on) in plan.links
        ],
        update_conflicts=True,
        unique_fields=["school", "urn", "linked_urn", "kind"],
        update_fields=["linked_name", "linked_on"],
    )


def _code_for(name: str, taken: set[str]) -> str:
    """A short code such as ALD, from the first telling word; with a figure when it is taken."""
    words = re.findall(r"[A-Za-z]+", name.replace("'", "").replace("’", ""))
    telling = (
        [w for w in words if w.lower() not in LITTLE_WORDS and len(w) > 2] or words or ["School"]
    )
    base = "".join(telling)[:3].upper().ljust(3, "X")
    tries = (base, *(f"{base}{number}" for number in range(2, 100)))
    return next(code for code in tries if code not in taken)


# -- joining and leaving -------------------------------------------------------------------------


@transaction.atomic
def mark_school_joined(school: School, *, by: Actor, on: dt.date) -> School:
    """Record the day on which a school joined the trust, or came back to it."""
    require(may_mark_membership(by, school))
    school = School.objects.select_for_update().get(pk=school.pk)
    if school.left_on and school.left_on > on:
        raise Conflict("The day of joining is after the day of leaving")
    school.joined_on, school.left_on = on, None
    school.save(update_fields=["joined_on", "left_on"])
    record("mark_school_joined", school, by=by, on=on.isoformat())
    return school


@transaction.atomic
def mark_school_left(school: School, *, by: Actor, on: dt.date, reason: str = "") -> School:
    """Record that a school leaves; it is never deleted, and its people's access ends 30 days later."""
    require(may_mark_membership(by, school))
    school = School.objects.select_for_update().get(pk=school.pk)
    if school.joined_on and on < school.joined_on:
        raise Conflict("A school cannot leave before it joined")
    return _leave(school, on, by=by, reason=reason)


def _leave(school: School, on: dt.date, *, by: Actor | None, reason: str) -> School:
    school.left_on = on
    school.save(update_fields=["left_on"])
    last = on + AFTER_LEAVING
    posts = Post.objects.filter(school=school, capacity__in=ENDS_WITH_SCHOOL, starts_on__lte=last)
    posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last)).update(ends_on=last)
    record("mark_school_left", school, by=by, on=on.isoformat(), reason=reason)
    return school


@transaction.atomic
def set_school_code(school: School, *, by: Actor, code: str) -> School:
    """Change the short code that stands in references such as ALD-26-A2-03."""
    require(may_edit_school(by, school))
    code = code.strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{2,5}", code):
        raise Conflict("Use two to five letters or figures, such as ALD")
    if School.objects.exclude(pk=school.pk).filter(code=code).exists():
        raise Conflict(f"Another school has the code {code}")
    school = School.objects.select_for_update().get(pk=school.pk)
    if school.code != code:
        school.code = code
        school.save(update_fields=["code"])
        record("set_school_code", school, by=by, code=code)
    return school
