"""A trust of any size and age, sown by INSERT … SELECT: the same rows each time, with varied names and text.

Numbers are known beforehand: school n is row n, its head is person 1000 + n; `PEOPLE` names the others.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from cpd.models import CpdRequest
from evidence.models import Finding, VisitRecord
from improvement.models import Priority
from meetings.models import (
    Action,
    AgendaItem,
    Challenge,
    EvidenceSeen,
    ItemSource,
    Meeting,
    Minute,
    Seat,
)
from progress_boards.models import ItemJudgement, ProgressBoard, SchoolYear
from ratings.models import IndicatorRating, RatingAssessment
from schools.models import Post, School
from trust.models import AcademicYear, AuditEvent, Document, HalfTerm, Mail, Term
from trust.people.models import Person, User

TODAY = "2026-11-21"
LAST_BOARD = "2027-09-01"
"""Boards are dated up to here."""
CEO, DSI, CLERK, TRUSTEE, ADMINISTRATOR = 1, 2, 3, 4, 5
CHAIRS, LINK_TRUSTEES = 3, 10
PEOPLE = {
    CEO: "ceo",
    DSI: "dsi",
    CLERK: "clerk",
    TRUSTEE: "trustee",
    ADMINISTRATOR: "administrator",
}
HEAD = 1000
"""School n is led by person HEAD + n, chaired by one of CHAIRS, linked to one of LINK_TRUSTEES."""
FULL_SCHOOL = 1
"""Its boards have ten items and fifteen actions; all others six and four."""

FIRST = ["Ada", "Bram", "Cleo", "Dinah", "Esme", "Felix", "Gwen", "Hugh", "Iris", "Jonah", "Kezia", "Lewis", "Maud", "Nils", "Orla", "Percy", "Quill", "Rosa", "Silas", "Thea", "Una", "Vera", "Wilf", "Xenia", "Yusuf", "Zara"]  # fmt: skip
LAST = ["Abbott", "Birch", "Crane", "Drake", "Ellis", "Frost", "Gale", "Hart", "Inman", "Judd", "Kerr", "Lowe", "Marsh", "Nash", "Orme", "Pike", "Quinn", "Reed", "Stone", "Thorne", "Usher", "Vale", "Wren", "York"]  # fmt: skip
PLACES = ["Alderfen", "Brackmere", "Cressmere", "Dunwater", "Elmscott", "Fenholt", "Gorsefield", "Hollowby", "Inglemere", "Jaywick", "Kelling", "Lapwater", "Marlfen", "Norfield", "Oxholme", "Pinderby", "Queensfen", "Rushmere", "Saltby", "Thornmere"]  # fmt: skip
SENTENCES = (
    "Leaders showed the half-termly checks for every class and where pupils had fallen behind",
    "The reading lead visits each group weekly and moves pupils as soon as they are ready",
    "Attendance of the youngest pupils had risen, and the reasons for the rest were known by name",
    "Books from three classes were seen in the room and matched what leaders had said",
    "Staff turnover had fallen, but two classes had been taught by supply since the autumn",
    "Pupils could say what they had learnt last week and how it joined to what came before",
    "The plan for the lowest attaining pupils had been written and not yet begun",
    "Behaviour at lunchtime was calmer since the change of routines, as the walk in October found",
    "Governors had asked the same question and had been given the same figures",
    "Leaders agreed that the evaluation was ahead of the evidence for writing in Year 4",
    "The curriculum for history had been rewritten and was taught in two year groups of four",
    "Checks of phonics showed 78 of 90 pupils at the expected point, nine more than a year before",
)  # fmt: skip
TITLES = (
    "Early reading: the lowest attaining pupils", "Attendance of disadvantaged pupils",
    "Writing in key stage 2", "Safeguarding review and its actions", "Mathematics in Year 4",
    "Curriculum in the foundation subjects", "Behaviour and suspensions", "Leadership of inclusion",
)  # fmt: skip


# -- writing SQL ---------------------------------------------------------------------------------


def one_of(words: tuple[str, ...] | list[str], key: str) -> str:
    """SQL: one of the words, always the same for the same key."""
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    return f"(ARRAY[{listed}])[1 + abs(hashtext(({key})::text) % {len(words)})]"


def prose(key: str, sentences: int) -> str:
    """SQL: so many sentences, chosen by the key."""
    parts = [one_of(SENTENCES, f"({key}) * 31 + {n}") for n in range(sentences)]
    return " || '. ' || ".join(parts) + " || '.'"


def put(model: type[models.Model], source: str, **columns: str) -> None:
    """INSERT … SELECT the columns, given as SQL, from a source; every other column gets its default."""
    values: dict[str, str] = {}
    literals: list[Any] = []
    for field in model._meta.concrete_fields:
        if field.attname in columns:
            values[field.column] = columns.pop(field.attname).replace("%", "%%")
        elif not (field.primary_key or field.null or field.generated or field.has_db_default()):
            values[field.column] = f"%s::{field.db_type(connection).partition(' GENERATED')[0]}"
            literals.append(field.get_db_prep_save(field.get_default(), connection))
    assert not columns, f"{model.__name__} has no {', '.join(columns)}"
    names = ", ".join(f'"{name}"' for name in values)
    chosen, source = ", ".join(values.values()), source.replace("%", "%%")
    run(f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {chosen} FROM {source}', literals)


def run(statement: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# -- what is sown --------------------------------------------------------------------------------


@transaction.atomic
def sow(schools: int, years: int, until: str = LAST_BOARD) -> None:
    """Sow so many schools (at most 100) with the records of so many years up to today, and boards up to a day."""
    _years(years)
    _people(schools)
    _schools(schools)
    _slots(schools, years, until)
    _boards()
    _ratings()
    _visits(schools)
    _plans(schools)
    _traces()
    _set_sequences()
    run("ANALYZE " + ", ".join(f'"{name}"' for name in connection.introspection.table_names()))


def _years(years: int) -> None:
    """The years before the first one known, each like it, a year earlier."""
    year, term, half = (m._meta.db_table for m in (AcademicYear, Term, HalfTerm))
    before = f"generate_series(1, {max(years - 1, 1)}) n"
    put(AcademicYear, before,
        name="format('%s to %s', 2025 - n, 2026 - n)",
        starts_on="make_date(2025 - n, 9, 1)", ends_on="make_date(2026 - n, 8, 31)")  # fmt: skip
    put(Term, f"{before} JOIN {year} y ON y.starts_on = make_date(2025 - n, 9, 1)"
        f" JOIN {term} t ON true JOIN {year} y0 ON y0.id = t.academic_year_id AND y0.starts_on = '2025-09-01'",
        academic_year_id="y.id", name="t.name", order='t."order"')  # fmt: skip
    put(HalfTerm, f"{before} JOIN {year} y ON y.starts_on = make_date(2025 - n, 9, 1)"
        f" JOIN {term} t ON t.academic_year_id = y.id"
        f" JOIN {year} y0 ON y0.starts_on = '2025-09-01'"
        f' JOIN {term} t0 ON t0.academic_year_id = y0.id AND t0."order" = t."order"'
        f" JOIN {half} h ON h.term_id = t0.id",
        term_id="t.id", name="h.name", order='h."order"',
        starts_on="(h.starts_on - make_interval(years => n))::date",
        ends_on="(h.ends_on - make_interval(years => n))::date")  # fmt: skip


def _people(schools: int) -> None:
    run(
        f"CREATE TEMP TABLE cast_of ON COMMIT DROP AS SELECT n AS id FROM generate_series(1, 10 + {CHAIRS}) n"
        f" UNION SELECT 20 + n FROM generate_series(1, {LINK_TRUSTEES}) n"
        f" UNION SELECT {HEAD} + n FROM generate_series(1, {schools}) n"
        f" UNION SELECT 10000 + n * 10 + k FROM generate_series(1, {schools}) n, generate_series(1, 3) k"
    )
    put(Person, "cast_of", id="id",
        name=f"{one_of(FIRST, 'id * 7')} || ' ' || {one_of(LAST, 'id * 13')} || ' ' || id",
        email="format('person%s@marlfen.example', id)")  # fmt: skip
    put(User, "cast_of", id="id", person_id="id", password="'!'", is_active="true",
        email="format('person%s@marlfen.example', id)", date_joined="'2005-09-01'")  # fmt: skip


def _schools(schools: int) -> None:
    put(School, f"generate_series(1, {schools}) n", id="n", urn="900000 + n",
        name=f"{one_of(PLACES, 'n')} || ' ' || (ARRAY['Primary Academy', 'High', 'Church of England Primary'])[1 + n % 3] || ' ' || n",
        code="'S' || n", phase="(ARRAY['Primary', 'Secondary'])[1 + n % 2]", status="'Open'",
        low_age="3", high_age="11", pupils="180 + n * 7 % 400", joined_on="'2005-09-01'")  # fmt: skip
    for person, capacity in PEOPLE.items():
        put(Post, "(SELECT 1) one", person_id=str(person), capacity=f"'{capacity}'",
            starts_on="'2005-09-01'")  # fmt: skip
    everywhere = f"generate_series(1, {schools}) n"
    for capacity, person in (("head", f"{HEAD} + n"), ("chair", f"11 + n % {CHAIRS}"),
                             ("link_trustee", f"21 + n % {LINK_TRUSTEES}")):  # fmt: skip
        put(Post, everywhere, person_id=person, capacity=f"'{capacity}'", school_id="n",
            starts_on="'2005-09-01'")  # fmt: skip
    put(Post, f"{everywhere}, generate_series(1, 3) k", person_id="10000 + n * 10 + k",
        capacity="'leader'", school_id="n", starts_on="'2005-09-01'",
        title="(ARRAY['Reading lead', 'Attendance lead', 'SENDCo'])[k]")  # fmt: skip


def _slots(schools: int, years: int, until: str) -> None:
    """Every board with its time: each third school six a year, the others three; one board at a time, Tuesday to Friday."""
    half, term = HalfTerm._meta.db_table, Term._meta.db_table
    run(
        f"""CREATE TEMP TABLE slot ON COMMIT DROP AS
        WITH every AS (
          SELECT n, h.id AS half_term_id, t.academic_year_id AS year_id, h."order" AS place,
            h.starts_on AS first_day, ((n - 1) * 100 / {schools})::int AS p
          FROM generate_series(1, {schools}) n, {half} h JOIN {term} t ON t.id = h.term_id
          WHERE h.starts_on >= date '{TODAY}' - {years} * 365 AND h.starts_on < '{until}'
            AND (n % 3 = 0 OR h."order" % 2 = 0)),
        dated AS (
          SELECT every.*, (date_trunc('week', first_day + 7)::date + (p / 7) / 4 * 7 + 1 + (p / 7) % 4) AS day
          FROM every)
        SELECT row_number() OVER (ORDER BY day, n) AS id, dated.*,
          (day + time '08:30' + (p % 7) * interval '65 minutes') AT TIME ZONE 'Europe/London' AS at,
          to_char(day, 'YY') || '-' || (ARRAY['A1', 'A2', 'P1', 'P2', 'U1', 'U2'])[place] AS code,
          CASE WHEN day > date '{TODAY}' + 14 THEN 'scheduled' WHEN day > '{TODAY}' THEN 'issued'
               WHEN day > date '{TODAY}' - 4 THEN 'held' ELSE 'final' END AS state
        FROM dated"""
    )


def _boards() -> None:
    hour = "tstzrange(s.at, s.at + interval '1 hour')"
    final = "s.state = 'final'"
    deadlines = (
        "jsonb_build_object('corrections', (s.day + 14)::text, 'agenda', (s.day - 21)::text)"
    )
    put(Meeting, "slot s JOIN meetings_meetingkind k ON k.has_external_chair",
        id="s.id", kind_id="k.id", school_id="s.n", academic_year_id="s.year_id",
        title="'Progress Board of school ' || s.n", code="s.code", state="s.state",
        starts_at="s.at", during=hour, deadlines=deadlines, agenda_version="1",
        issued_at="CASE WHEN s.state <> 'scheduled' THEN s.at - interval '21 days' END", issued_by_id=str(CEO),
        started_at="CASE WHEN s.state IN ('held', 'final') THEN s.at END",
        finished_at="CASE WHEN s.state IN ('held', 'final') THEN s.at + interval '1 hour' END",
        minutes_sent_at=f"CASE WHEN {final} THEN s.at + interval '3 days' END",
        signed_at=f"CASE WHEN {final} THEN s.at + interval '6 days' END",
        signed_by_id=f"CASE WHEN {final} THEN 11 + s.n % {CHAIRS} END",
        signed_name=f"CASE WHEN {final} THEN 'The Chair' ELSE '' END",
        finalised_at=f"CASE WHEN {final} THEN s.at + interval '16 days' END",
        created_at="s.at - interval '90 days'")  # fmt: skip
    sealed = f"CASE WHEN {final} THEN s.at + interval '16 days' END"
    put(ProgressBoard, "slot s", id="s.id", meeting_id="s.id", school_id="s.n",
        academic_year_id="s.year_id", half_term_id="s.half_term_id", sealed_at=sealed,
        closing_statement=f"CASE WHEN {final} THEN {prose('s.id', 4)} ELSE '' END",
        evaluation_validated=f"CASE WHEN {final} THEN 'yes' ELSE '' END")  # fmt: skip
    roles = ("ceo", str(CEO)), ("chair", f"11 + s.n % {CHAIRS}"), ("clerk", str(CLERK)), (
        "link_trustee", f"21 + s.n % {LINK_TRUSTEES}"), ("head", f"{HEAD} + s.n")  # fmt: skip
    for role, person in roles:
        put(Seat, "slot s", meeting_id="s.id", role=f"'{role}'", person_id=person, during=hour,
            is_required="true", reply="'coming'", sealed_at=sealed,
            attendance="CASE WHEN s.state IN ('held', 'final') THEN 'present' ELSE '' END")  # fmt: skip
    put(SchoolYear, "(SELECT n, year_id, count(*) AS boards FROM slot GROUP BY n, year_id) s",
        school_id="s.n", academic_year_id="s.year_id", by_policy="s.boards", agreed="s.boards")  # fmt: skip
    _items(sealed)
    _actions()


def _items(sealed: str) -> None:
    run(
        f"""CREATE TEMP TABLE item ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY s.id, o) AS item_id, s.*, o,
          CASE WHEN s.n = {FULL_SCHOOL} THEN 10 ELSE 6 END AS last
        FROM slot s, generate_series(1, 10) o
        WHERE s.state <> 'scheduled' AND (o <= 6 OR s.n = {FULL_SCHOOL})"""
    )
    kind = "CASE WHEN s.o = 1 THEN 'welcome' WHEN s.o = 2 THEN 'actions' WHEN s.o = s.last THEN 'close' ELSE 'enquiry' END"
    enquiry = "item s WHERE s.o > 2 AND s.o < s.last"
    title = one_of(list(TITLES), "s.item_id")
    indicators = "(SELECT array_agg(id ORDER BY id) FROM evidence_indicator)"
    put(AgendaItem, "item s", id="s.item_id", meeting_id="s.id", order="s.o", type=kind,
        title=f"CASE {kind} WHEN 'enquiry' THEN {title} WHEN 'actions' THEN 'Earlier actions' WHEN 'close' THEN 'Close' ELSE 'Welcome' END",
        question=f"CASE {kind} WHEN 'enquiry' THEN {prose('s.item_id + 5', 1)} ELSE '' END",
        minutes="CASE WHEN s.last = 10 THEN 6 ELSE 10 END",
        indicator_id=f"CASE {kind} WHEN 'enquiry' THEN {indicators}[1 + s.o % 6] END",
        answered_by_id=f"CASE {kind} WHEN 'enquiry' THEN 10001 + s.n * 10 + s.o % 3 END",
        answered_by_role=f"CASE {kind} WHEN 'enquiry' THEN 'Reading lead' ELSE '' END",
        assigned_at="s.at - interval '10 days'", assigned_by_id=f"{HEAD} + s.n",
        is_ready="true", sealed_at=sealed)  # fmt: skip
    put(ItemSource, enquiry, item_id="s.item_id", label="'Learning walk'", seen_on="s.day - 30",
        reason=prose("s.item_id + 9", 1))  # fmt: skip
    minuted = "item s WHERE s.state IN ('held', 'final')"
    put(Minute, minuted, id="s.item_id", item_id="s.item_id", discussion=prose("s.item_id", 5),
        updated_by_id=str(CLERK), updated_at="s.at", sealed_at=sealed)  # fmt: skip
    put(Challenge, f"{enquiry} AND s.state IN ('held', 'final')", minute_id="s.item_id",
        asked_by="'External Chair'", question=prose("s.item_id + 2", 1), answered_by="'Reading lead'",
        response=prose("s.item_id + 3", 2), sealed_at=sealed)  # fmt: skip
    put(EvidenceSeen, f"{enquiry} AND s.state IN ('held', 'final')", minute_id="s.item_id",
        what="'Half-termly checks'", how="'in_room'", sealed_at=sealed)  # fmt: skip
    put(ItemJudgement, f"{enquiry} AND s.state = 'final'", item_id="s.item_id", value="'band'",
        band_id="(SELECT array_agg(id ORDER BY id) FROM ratings_band)[1 + s.item_id % 3]",
        direction="'improving'", reason=prose("s.item_id + 4", 1), judged_by_id=f"11 + s.n % {CHAIRS}",
        judged_at="s.at", sealed_at=sealed)  # fmt: skip


def _actions() -> None:
    """Fifteen or four at each board; closed but for those of the last months."""
    source = (
        f"(SELECT s.*, k, s.day + 42 AS due, (s.day + 42 < date '{TODAY}' - 60 OR (s.n + k) % 3 > 0 AND s.day + 42 < '{TODAY}') AS over"
        f" FROM slot s, generate_series(1, 15) k WHERE s.state IN ('held', 'final') AND (k <= 4 OR s.n = {FULL_SCHOOL})) s"
        " JOIN item i ON i.id = s.id AND i.o = 3 + s.k % (CASE WHEN s.n = 1 THEN 7 ELSE 3 END)"
    )
    put(Action, source, ref="'S' || s.n || '-' || s.code || '-' || lpad(s.k::text, 2, '0')",
        school_id="s.n", meeting_id="s.id", item_id="i.item_id", text=prose("s.id * 20 + s.k", 1),
        owner_id=f"{HEAD} + s.n", owner_role="'Headteacher'", due_on="s.due",
        state="CASE WHEN s.over THEN 'closed' ELSE 'open' END",
        closed_at="CASE WHEN s.over THEN s.due::timestamptz END",
        created_by_id=str(CLERK), created_at="s.at")  # fmt: skip


def _ratings() -> None:
    """Each school once a term, at the end of its second half; the newest one stands."""
    source = f"""(SELECT s.*, row_number() OVER (PARTITION BY n ORDER BY day DESC) AS back, 1 + (n + place / 2 * (n % 4)) % 3 AS b
        FROM (SELECT DISTINCT ON (n, half_term_id) n, half_term_id, year_id, place, first_day + 5 AS day,
              n * 10000 + half_term_id AS id FROM slot) s
        WHERE place % 2 = 0 AND day < '{TODAY}') s
        JOIN ratings_band b ON b.position = s.b"""
    put(RatingAssessment, source, id="s.id", school_id="s.n", academic_year_id="s.year_id",
        half_term_id="s.half_term_id", effective_on="s.day", overall_id="b.id", suggested_id="b.id",
        level_id="b.level_id", boards_per_year="b.boards_per_year",
        state="CASE WHEN s.back = 1 THEN 'shared' ELSE 'superseded' END", summary=prose("s.id", 1),
        rated_by_id=str(CEO), rated_as="'ceo'", confirmed_at="s.day::timestamptz", confirmed_by_id=str(CEO),
        shared_at="s.day::timestamptz", created_at="s.day::timestamptz")  # fmt: skip
    put(IndicatorRating, "ratings_ratingassessment r, evidence_indicator i, ratings_band b"
        " WHERE b.position = 1 + (r.id + i.id * 7) % 3",
        assessment_id="r.id", indicator_id="i.id", band_id="b.id", rationale=prose("r.id + i.id", 1),
        confidence="'high'", sealed_at="r.shared_at")  # fmt: skip


def _visits(schools: int) -> None:
    """Two records of visit a half term and school, with three findings each."""
    source = f"""(SELECT row_number() OVER (ORDER BY h.starts_on, n, k) AS id, n, k, h.starts_on + 10 + k * 7 AS day
        FROM generate_series(1, {schools}) n, generate_series(1, 2) k, trust_halfterm h
        WHERE h.starts_on >= (SELECT min(first_day) FROM slot) AND h.starts_on < '{TODAY}') s
        JOIN evidence_visitkind v ON v.id = (SELECT array_agg(id ORDER BY id) FROM evidence_visitkind)[1 + (s.n + s.k) % 3]"""
    put(VisitRecord, source, id="s.id", school_id="s.n", kind_id="v.id", visited_on="s.day",
        visitor_id=str(DSI), focus=prose("s.id", 1), overall=prose("s.id", 2), state="'filed'",
        sent_at="s.day::timestamptz", sent_by_id=str(DSI), filed_at="s.day::timestamptz + interval '10 days'",
        created_by_id=str(DSI), created_at="s.day::timestamptz")  # fmt: skip
    put(Finding, "evidence_visitrecord v, generate_series(1, 3) k", visit_id="v.id", order="k",
        kind="(ARRAY['strength', 'develop', 'concern'])[k]", text=prose("v.id * 3 + k", 1),
        indicator_id="(SELECT array_agg(id ORDER BY id) FROM evidence_indicator)[1 + k]",
        take_to_board="k = 2", sealed_at="v.filed_at")  # fmt: skip


def _plans(schools: int) -> None:
    """Three priorities and two requests for training a school and year."""
    years = "(SELECT y.*, row_number() OVER (ORDER BY starts_on DESC) AS back FROM trust_academicyear y WHERE id IN (SELECT year_id FROM slot)) y"
    put(Priority, f"{years}, generate_series(1, {schools}) n, generate_series(1, 3) k", school_id="n",
        academic_year_id="y.id", number="k", title=one_of(list(TITLES), "n * 100 + k"),
        outcome=prose("n + k", 1), lead_role="'Reading lead'", created_by_id=f"{HEAD} + n",
        state="CASE WHEN y.starts_on = '2026-09-01' THEN 'on_track' ELSE 'met' END",
        created_at="y.starts_on::timestamptz")  # fmt: skip
    put(CpdRequest, f"{years}, generate_series(1, {schools}) n, generate_series(1, 2) k",
        number="(y.back * 1000 + n) * 2 + k", school_id="n", requester_id=f"{HEAD} + n",
        created_by_id=f"{HEAD} + n", raised_by_id=f"{HEAD} + n", raised_at="y.starts_on::timestamptz",
        state="'going_ahead'", decision="'proceed'", decided_by_id=str(CEO), decided_at="y.starts_on::timestamptz",
        title="'Spelling subscription ' || n", kind="'subscription'", provider_name="'Fenland Spelling'",
        staff="4", hours_each="3", starts_on="y.starts_on + 100", need=prose("n * k", 1), fee="220",
        supply_days="1", supply_rate="160", saved_at="y.starts_on::timestamptz",
        created_at="y.starts_on::timestamptz")  # fmt: skip


def _traces() -> None:
    """What every year leaves behind: twelve audit rows, three mails and one document a board."""
    put(AuditEvent, "slot s, generate_series(1, 12) k", at="s.at + k * interval '1 day'", user_id=str(CEO),
        person_id=str(CEO), acted_as="'ceo'", object_type="'meetings.meeting'", object_id="s.id", school_id="s.n",
        verb="(ARRAY['schedule', 'issue', 'start', 'sign'])[1 + k % 4]", detail="""'{"state": "final"}'::jsonb""")  # fmt: skip
    put(Mail, "slot s, generate_series(1, 3) k WHERE s.state = 'final'", key="'mail-' || s.id || '-' || k",
        to="format('person%s@marlfen.example', 1000 + s.n)", subject="'Agenda'", text=prose("s.id", 6),
        html=prose("s.id", 9), state="'done'", created_at="s.at", done_at="s.at")  # fmt: skip
    snapshot = json.dumps({"is_draft": False, "state": "final", "title": "Minutes"})
    put(Document, "slot s WHERE s.state = 'final'", kind="'board-minutes'",
        subject_type="'progress_boards.progressboard'", subject_id="s.id", title="'Minutes'",
        snapshot=f"jsonb_build_object('words', {prose('s.id', 20)}) || '{snapshot}'::jsonb",
        content_hash="md5(s.id::text) || md5(s.id::text)", sha256="md5(s.id::text) || md5(s.id::text)", size="18000",
        state="'done'", created_at="s.at", done_at="s.at")  # fmt: skip


def _set_sequences() -> None:
    sown = [
        School,
        Person,
        User,
        Meeting,
        ProgressBoard,
        AgendaItem,
        Minute,
        RatingAssessment,
        VisitRecord,
    ]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), sown):
            cursor.execute(statement)
