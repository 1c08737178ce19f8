"""A trust is set up from the real register, previewed first, done once, and never loses a school."""

import datetime as dt
import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from schools.actions import apply_import, discard_import, preview_import
from schools.imports import read_files
from schools.models import ImportRun, Post, School, SchoolLink
from schools.queries import import_plan, predecessors_of
from schools.register import Handed, read_register
from tests.schools.makers import LONG_AGO, TODAY, make_person, make_post, make_user
from tests.schools.register_files import FOLDER, GROUPS, LINKS, SCHOOLS, SEARCH, built, opened
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import AuditEvent, TrustProfile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_house")]
UNITED = "5143"


def command(
    trust: str = UNITED, schools: str = SCHOOLS, *, links: bool = True, **options: object
) -> str:
    out = io.StringIO()
    call_command(
        "import_register",
        trust=trust,
        schools=FOLDER / schools,
        groups=FOLDER / GROUPS,
        links=FOLDER / LINKS if links else None,
        stdout=out,
        **options,
    )
    return out.getvalue()


def preview(
    content: bytes, trust: str = "16635", by: object = None, name: str = "a.csv"
) -> ImportRun:
    schools = Handed(name, io.BytesIO(content))
    return read_files(schools, Handed(GROUPS, opened(GROUPS)), None, wanted=trust, by=by)


def bring_in(content: bytes, **options: object) -> ImportRun:
    return apply_import(preview(content, **options), by=None)


def everything() -> list[object]:
    """Every row an import may write but its own record."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (School, SchoolLink, TrustProfile)
    ]


# -- the real register of August 2026 ------------------------------------------------------------


def test_import_register_of_august_2026_sets_up_a_trust_of_33_schools() -> None:
    said = command()
    assert School.objects.count() == 33
    profile = TrustProfile.current()
    assert (profile.name, profile.group_uid, profile.group_id) == (
        "United Learning Trust",
        "5143",
        "TR02343",
    )
    assert profile.companies_house_number == "04439859"
    assert "33 new, 0 changed, 0 left, 0 refused" in said
    school = School.objects.order_by("urn").first()
    assert school is not None
    assert school.laestab.isdigit()
    assert len(school.laestab) == 7
    assert school.joined_on is None
    codes = list(School.objects.values_list("code", flat=True))
    assert len(set(codes)) == len(codes) == 33


def test_import_register_a_second_time_changes_nothing() -> None:
    command()
    before = everything()
    said = command()
    assert everything() == before
    assert "0 new, 0 changed, 0 left, 0 refused, 33 unchanged, 0 links" in said
    assert "Nothing had to be changed" in said


def test_import_register_records_files_with_hash_date_and_counts() -> None:
    command()
    run = ImportRun.objects.get()
    assert [(f["kind"], f["name"], f["rows"]) for f in run.files] == [
        ("schools", SCHOOLS, 1924),
        ("groups", GROUPS, 7176),
        ("links", LINKS, 33801),
    ]
    import hashlib

    assert run.files[0]["sha256"] == hashlib.sha256((FOLDER / SCHOOLS).read_bytes()).hexdigest()
    assert run.files[2]["dated"] == "2025-04-22"
    assert run.applied_at is not None
    assert (run.counts["new"], run.counts["links"]) == (33, SchoolLink.objects.count())


def test_import_register_keeps_predecessors() -> None:
    command()
    assert SchoolLink.objects.count() == 50
    link = SchoolLink.objects.filter(kind="Predecessor").order_by("urn").first()
    assert link is not None
    assert link.urn in (link.school.urn, *(k.linked_urn for k in link.school.links.all()))
    assert predecessors_of(link.school)


def test_import_register_dry_run_changes_nothing_at_all() -> None:
    audited = AuditEvent.objects.count()
    said = command(dry_run=True)
    assert "33 new" in said
    assert "Dry run: nothing was changed" in said
    assert (School.objects.count(), ImportRun.objects.count()) == (0, 0)
    assert AuditEvent.objects.count() == audited


def test_import_register_of_a_twin_name_lists_candidates_with_uid_and_type() -> None:
    with pytest.raises(CommandError) as refused:
        command("Inclusive Schools Trust")
    assert "UID 16891, Inclusive Schools Trust, School sponsor" in str(refused.value)
    assert "UID 16635, INCLUSIVE SCHOOLS TRUST, Multi-academy trust" in str(refused.value)
    assert School.objects.count() == 0


def test_import_register_of_an_unknown_trust_says_so() -> None:
    with pytest.raises(CommandError, match="has no trust with the UID"):
        command("TR99999")


def test_import_register_of_a_file_that_is_not_there_says_so() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
        command(schools="nowhere.csv")


def test_import_register_with_files_in_the_wrong_places_is_refused() -> None:
    with pytest.raises(
        CommandError, match=r"allgroups_202608\.csv\.gz, row 1.*expected the schools of"
    ) as refused:
        command(schools=GROUPS)
    assert str(refused.value).endswith("Nothing was changed")
    assert ImportRun.objects.count() == 0


def test_import_search_download_matches_the_trusts_name() -> None:
    assert search_of("GLF SCHOOLS").counts["new"] == 20
    assert School.objects.filter(left_on=None).count() == 20


def search_of(name: str) -> ImportRun:
    from tests.schools.register_files import groups

    uid = next(g.uid for g in groups() if g.name == name and g.is_trust)
    run = read_files(
        Handed(SEARCH, opened(SEARCH)), Handed(GROUPS, opened(GROUPS)), None, wanted=uid, by=None
    )
    return apply_import(run, by=None)


def test_import_refuses_the_real_row_with_a_damaged_name_and_takes_the_others() -> None:
    run = apply_import(
        read_files(
            Handed(SCHOOLS, opened(SCHOOLS)),
            Handed(GROUPS, opened(GROUPS)),
            None,
            wanted="2332",
            by=None,
        ),
        by=None,
    )
    assert run.counts["refused"] == 1
    assert run.refused[0]["row"] == 1122
    assert not School.objects.filter(urn=138950).exists()
    assert School.objects.count() == run.counts["new"] > 0


def test_import_of_a_trust_whose_own_name_is_damaged_is_refused() -> None:
    with pytest.raises(CommandError, match=r"column Group Name.*expected a name that can be read"):
        command("5622")


# -- new, changed, left, refused, unchanged ------------------------------------------------------


def test_import_changed_school_keeps_what_the_file_lacks() -> None:
    bring_in(built({"NumberOfPupils": "412", "Diocese (name)": "Diocese of Norwich"}))
    School.objects.update(percentage_fsm="28.3")
    changed = built({"NumberOfPupils": "417", "Diocese (name)": "Diocese of Norwich"})
    changed = changed.replace(b"PercentageFSM", b"Something else", 1)
    run = preview(changed)
    (change,) = import_plan(run).changed
    assert [(v.label, v.old, v.new) for v in change.values] == [("Pupils", "412", "417")]
    apply_import(run, by=None)
    school = School.objects.get()
    assert (school.pupils, str(school.percentage_fsm)) == (417, "28.3")


def test_import_of_a_school_gone_from_the_file_marks_it_left_and_ends_its_posts() -> None:
    bring_in(built({}, {}))
    stays, goes = School.objects.order_by("urn")
    heads = [make_post(make_person(), Capacity.HEAD, school) for school in (stays, goes)]
    chair = make_post(make_person(), Capacity.CHAIR, goes)
    run = bring_in(built({}), name="edubasealldata20261116.csv")
    goes.refresh_from_db()
    assert goes.left_on == dt.date(2026, 11, 16)
    assert run.counts["left"] == 1
    assert run.rows["plan"]["left"][0]["reason"] == "no longer in the file"
    ends = [Post.objects.get(pk=post.pk).ends_on for post in (*heads, chair)]
    assert ends == [None, dt.date(2026, 12, 16), None]
    assert set(School.objects.in_trust(TODAY)) == {stays}


def test_import_of_a_school_under_another_trust_says_where_it_is() -> None:
    bring_in(built({}, {}))
    other = {"URN": "900002", "Trusts (code)": "3539", "Trusts (name)": "INFINITY ACADEMIES TRUST"}
    plan = import_plan(preview(built({}, other)))
    assert [(left.urn, left.reason) for left in plan.left] == [
        (900002, "now INFINITY ACADEMIES TRUST")
    ]


def test_import_of_a_school_that_closed_takes_its_last_day() -> None:
    bring_in(built({}, {}))
    closed = {"URN": "900002", "EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2026"}
    bring_in(built({}, closed))
    school = School.objects.get(urn=900002)
    assert (school.left_on, school.status) == (dt.date(2026, 8, 31), "Closed")
    before = everything()
    bring_in(built({}, closed))
    assert everything() == before


def test_import_of_a_school_that_comes_back_clears_the_day_it_left() -> None:
    bring_in(built({}, {}))
    bring_in(built({}))
    bring_in(built({}, {}))
    assert School.objects.get(urn=900002).left_on is None


def test_import_of_a_closed_school_never_held_does_not_add_it() -> None:
    run = bring_in(built({}, {"EstablishmentStatus (name)": "Closed"}))
    assert run.counts["new"] == 1


def test_import_of_a_refused_row_leaves_the_school_as_it_is() -> None:
    bring_in(built({"NumberOfPupils": "412"}, {}))
    run = bring_in(built({"NumberOfPupils": "20S"}, {}))
    assert run.counts == {
        "new": 0,
        "changed": 0,
        "values": 0,
        "left": 0,
        "unchanged": 1,
        "refused": 1,
        "links": 0,
    }
    school = School.objects.get(urn=900001)
    assert (school.pupils, school.left_on) == (412, None)


def test_import_of_a_later_new_school_joins_on_the_files_date() -> None:
    bring_in(built({}))
    bring_in(built({}, {}), name="edubasealldata20261116.csv")
    joined = list(School.objects.order_by("urn").values_list("joined_on", flat=True))
    assert joined == [None, dt.date(2026, 11, 16)]


def test_import_with_built_member_file_takes_the_joined_date() -> None:
    header = "URN,Group UID,Group ID,Group Name,Companies House Number,Group Type (code),Group Type,Closed Date,Open date,Incorporated on (open date),Group Status (code),Group Status,Joined date,EstablishmentName,TypeOfEstablishment (code),TypeOfEstablishment (name),PhaseOfEducation (code),PhaseOfEducation (name),LA (code),LA (name)"
    line = "900001,16635,TR03556,INCLUSIVE SCHOOLS TRUST,10607038,06,Multi-academy trust,,,07/02/2017,OPEN,Open,01/04/2017,Built School 0,34,Academy converter,2,Primary,926,Norfolk"
    reading = read_register(
        Handed("s.csv", io.BytesIO(built({}))),
        Handed("members.csv", io.BytesIO(f"{header}\r\n{line}\r\n".encode())),
        wanted="TR03556",
    )
    apply_import(preview_import(reading, by=None), by=None)
    assert School.objects.get().joined_on == dt.date(2017, 4, 1)


def test_import_of_built_rows_twice_over_takes_each_urn_once() -> None:
    run = bring_in(built({}, {"URN": "900001", "EstablishmentName": "Built School 0"}))
    assert run.counts["new"] == 1


def test_import_of_built_rows_with_one_urn_and_two_names_refuses_the_second() -> None:
    run = preview(built({}, {"URN": "900001", "EstablishmentName": "Another"}))
    assert [(r["row"], r["column"], r["found"]) for r in run.refused] == [(3, "URN", "900001")]


def test_import_of_a_file_without_the_trusts_schools_is_refused() -> None:
    from schools.tabular import FileRefused

    with pytest.raises(FileRefused, match="no school of Infinity Academies Trust, UID 3539"):
        preview(built({}), trust="3539")


def test_import_of_another_trust_than_this_one_is_refused_and_changes_nothing() -> None:
    bring_in(built({}))
    before = everything()
    other = built({"URN": "900009", "Trusts (code)": "3539"})
    with pytest.raises(Conflict, match="This is the service of Inclusive Schools Trust, UID 16635"):
        bring_in(other, trust="3539")
    assert everything() == before


def test_import_of_a_trust_that_became_another_kind_follows_its_new_uid() -> None:
    TrustProfile.objects.create(pk=1, name="Dales", group_uid="2107", group_id="TR00044")
    bring_in(built({"Trusts (code)": "16867"}), trust="TR00044")
    profile = TrustProfile.current()
    assert (profile.name, profile.group_uid) == ("Dales", "16867")


# -- preview, confirmation, second click ---------------------------------------------------------


def test_preview_changes_no_school_and_the_same_files_give_the_same_preview() -> None:
    admin = make_user((Capacity.ADMINISTRATOR, None))
    first = preview(built({}), by=admin)
    again = preview(built({}), by=admin)
    assert first.pk == again.pk
    assert School.objects.count() == 0


def test_apply_twice_does_it_once() -> None:
    run = preview(built({}))
    done = apply_import(run, by=None)
    again = apply_import(run, by=None)
    assert done.applied_at == again.applied_at
    assert School.objects.count() == 1
    assert AuditEvent.objects.filter(verb="apply_import").count() == 1


def test_apply_after_somebody_changed_a_school_is_a_conflict() -> None:
    bring_in(built({"NumberOfPupils": "412"}))
    run = preview(built({"NumberOfPupils": "417"}))
    key = import_plan(run).key
    School.objects.update(pupils=413)
    with pytest.raises(Conflict, match="Look again"):
        apply_import(run, by=None, key=key)
    assert School.objects.get().pupils == 413


@pytest.mark.parametrize(
    ("capacity", "allowed"),
    [
        (Capacity.ADMINISTRATOR, True),
        (Capacity.DSI, True),
        (Capacity.CEO, True),
        (Capacity.CLERK, False),
        (Capacity.TRUSTEE, False),
        (Capacity.CFO, False),
    ],
)
def test_preview_by_each_capacity(capacity: Capacity, allowed: bool) -> None:
    user = make_user((capacity, None))
    if allowed:
        assert preview(built({}), by=user).made_by_id == user.pk
    else:
        with pytest.raises(NotAllowed):
            preview(built({}), by=user)


def test_discard_removes_a_preview_but_never_an_import() -> None:
    admin = make_user((Capacity.ADMINISTRATOR, None))
    discard_import(preview(built({}), by=admin), by=admin)
    assert ImportRun.objects.count() == 0
    run = bring_in(built({}))
    with pytest.raises(Conflict):
        discard_import(run, by=admin)


@pytest.mark.parametrize("schools", [1, 3, 40])
def test_plan_takes_two_queries_whatever_the_number_of_schools(
    schools: int, django_assert_num_queries: object
) -> None:
    bring_in(built(*[{} for _ in range(schools)]))
    run = preview(built(*[{"NumberOfPupils": "5"} for _ in range(schools)]))
    with django_assert_num_queries(2):
        assert len(import_plan(run).changed) == schools


def test_posts_made_long_ago_are_the_only_ones_that_end(django_assert_num_queries: object) -> None:
    bring_in(built({}, {}))
    goes = School.objects.get(urn=900002)
    ended = make_post(
        make_person(), Capacity.LEADER, goes, starts_on=LONG_AGO, ends_on=dt.date(2021, 7, 31)
    )
    bring_in(built({}))
    assert Post.objects.get(pk=ended.pk).ends_on == dt.date(2021, 7, 31)


# -- size ----------------------------------------------------------------------------------------

MEASURE = """
import gzip, io, re, sys
from schools.register import Handed, read_register
folder = sys.argv[1]
with gzip.open(f"{folder}/establishments_1924_202608.csv.gz") as real:
    header, body = real.readline(), real.read()
file = io.BytesIO()
file.write(header)
while file.tell() < 60 * 1024 * 1024:
    file.write(body)
groups = Handed("groups.csv.gz", open(f"{folder}/allgroups_202608.csv.gz", "rb"))
links = Handed("links.csv.gz", open(f"{folder}/links_edubasealldata20250422.csv.gz", "rb"))
reading = read_register(Handed("edubasealldata20260801.csv", file), groups, links, wanted="5143")
# Linux hands a forked parent's own peak down in getrusage; this one begins with the program.
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print(len(reading.schools), reading.files[0].size, peak)
"""


def test_read_60_megabytes_of_repeated_real_lines_within_200_megabytes_of_memory() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(FOLDER)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    schools, size, peak_kilobytes = (int(part) for part in done.stdout.split())
    assert schools == 33
    assert size >= 60 * 1024 * 1024
    assert peak_kilobytes < 200 * 1024  # the file itself lies in it


def test_import_into_a_trust_that_has_schools_and_no_number_is_refused() -> None:
    TrustProfile.objects.create(pk=1, name="Marlfen Learning Trust")
    run = preview(built({}))
    School.objects.create(urn=910001, name="Alderfen Primary Academy")
    with pytest.raises(Conflict, match="This is the service of Marlfen Learning Trust; the files"):
        apply_import(run, by=None)
    assert School.objects.count() == 1
