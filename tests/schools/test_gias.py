"""The register's files are read as they really are: each quirk on its real row, or on a row built under the true header."""

import datetime as dt
from collections import Counter

import pytest

from schools import gias
from schools.tabular import Refusal, open_table
from tests.schools.register_files import (
    GROUPS,
    HEADER_2025,
    HEADER_2026,
    LINKS,
    OF_2017,
    SCHOOLS,
    SEARCH,
    built,
    groups,
    header_of,
    links,
    opened,
    read_built,
    rows_of,
    school_in,
    value_built,
)


def find(urn: int, linked: int) -> gias.LinkRow:
    return next(k for k in links() if (k.urn, k.linked_urn) == (urn, linked))


# -- encoding ------------------------------------------------------------------------------------


def test_open_links_in_cp1252_reads_accents() -> None:
    assert open_table(opened(LINKS), LINKS, gias.LINK_COLUMNS).encoding == "cp1252"
    assert find(108299, 138950).linked_name == (
        "St Thomas à Becket Catholic Secondary School, A Voluntary Academy"
    )
    assert find(109401, 148296).linked_name == "North Star 82°"
    assert find(400978, 402323).linked_name == "Awel Y Môr Primary School"


def test_read_school_with_replacement_character_refuses_the_real_row() -> None:
    rows = rows_of(SCHOOLS, gias.SCHOOL_COLUMNS)
    row = next(r for r in rows if r.get("URN") == "138950")
    school, refusals = gias.read_school(row, SCHOOLS)
    assert school is None
    assert refusals == (
        Refusal(
            SCHOOLS,
            1122,
            "EstablishmentName",
            "St Thomas \ufffd Becket Catholic Secondary School, A Voluntary Academy",
            "a name that can be read: the file was saved again with the wrong encoding",
        ),
    )


def test_read_group_with_replacement_character_marks_the_real_row() -> None:
    marked = {g.uid for g in groups() if g.has_damaged_name}
    assert {"5622", "16691", "5188"} <= marked
    assert len(groups()) == 7176


def test_open_built_utf8_with_byte_order_mark_reads_header_and_name() -> None:
    content = b"\xef\xbb\xbf" + built(
        {"EstablishmentName": "Zoë Ångström Primary"}, encoding="utf-8"
    )
    school, _ = read_built(content)
    assert school is not None
    assert (school.urn, school.values["name"]) == (900001, "Zoë Ångström Primary")


# -- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rows", "missing"),
    [
        (OF_2017, 9, ()),
        (SEARCH, 1096, ("Trusts (code)",)),
        (
            SCHOOLS,
            1924,
            (
                "Diocese (name)",
                "PercentageFSM",
                "CensusDate",
                "OpenDate",
                "CloseDate",
                "LastChangedDate",
            ),
        ),
    ],
)
def test_read_schools_of_each_shape_finds_columns_by_name(
    name: str, rows: int, missing: tuple[str, ...]
) -> None:
    table = open_table(opened(name), name, gias.SCHOOL_COLUMNS)
    assert sum(1 for _ in table.rows) == table.read == rows
    assert table.missing == missing


@pytest.mark.parametrize(("header", "columns"), [(HEADER_2025, 140), (HEADER_2026, 135)])
def test_read_built_row_under_each_true_header_reads_the_same(header: str, columns: int) -> None:
    assert len(header_of(header)) == columns
    school, refusals = read_built(built({"NumberOfPupils": "417"}, header=header))
    assert refusals == ()
    assert school is not None
    assert school.values["pupils"] == 417
    assert school.values["laestab"] == "9262001"
    assert school.trust_uid == "16635"


def test_read_school_of_2017_reads_every_field_of_the_real_row() -> None:
    school = school_in(OF_2017, 100008)
    assert school.values["name"] == "Argyle Primary School"
    assert school.values["ukprn"] == ""
    assert school.values["laestab"] == "2022019"
    assert (school.values["low_age"], school.values["high_age"]) == (3, 11)
    assert school.values["has_nursery"] is True
    assert school.values["has_sixth_form"] is False
    assert (school.values["capacity"], school.values["pupils"]) == (432, 396)
    assert str(school.values["percentage_fsm"]) == "28.3"
    assert school.values["census_on"] == dt.date(2017, 1, 19)
    assert school.values["register_changed_on"] == dt.date(2017, 9, 16)
    assert school.values["diocese"] == ""
    assert school.values["telephone"] == "02078374590"
    assert (school.values["easting"], school.values["northing"]) == (530238, 182761)


def test_read_school_leaves_out_columns_the_file_lacks() -> None:
    assert "percentage_fsm" not in school_in(SCHOOLS, 100025).values
    assert school_in(SEARCH, 115850).values["percentage_fsm"] is not None


def test_read_school_with_mixed_quoting_reads_numbers_and_strings_alike() -> None:
    school = school_in(SEARCH, 115850)  # 180 stands bare, "138" in quotation marks
    assert (school.values["capacity"], school.values["pupils"]) == (180, 138)


def test_read_ragged_rows_passes_over_the_cells_beyond_the_header() -> None:
    rows = rows_of(SEARCH, gias.SCHOOL_COLUMNS)
    width = len(header_of_search())
    ragged = [r for r in rows if len(r.cells) > width]
    assert (len(ragged), max(len(r.cells) for r in ragged) - width) == (69, 3)
    assert all(gias.read_school(r, SEARCH)[1] == () for r in ragged)
    assert school_in(SEARCH, 115961).values["name"] != ""


def header_of_search() -> list[str]:
    import csv
    import gzip
    import io

    return next(
        csv.reader(io.TextIOWrapper(gzip.open(opened(SEARCH)), encoding="utf-8", newline=""))
    )


def test_read_search_download_has_only_the_trusts_name() -> None:
    row = next(r for r in rows_of(SEARCH, gias.SCHOOL_COLUMNS) if r.get("Trusts (name)"))
    uid, name = gias.trust_of(row)
    assert uid == ""
    assert name == "Voice Education Trust"


# -- what Excel does -----------------------------------------------------------------------------


def test_read_built_row_saved_by_excel_regains_leading_zeros() -> None:
    assert value_built("TelephoneNum", "2072831147", "telephone") == "02072831147"
    assert value_built("EstablishmentNumber", "61", "laestab") == "9260061"


def test_read_built_group_saved_by_excel_regains_leading_zeros() -> None:
    line = (
        "16635,TR03556,INCLUSIVE SCHOOLS TRUST,7318714,6,Multi-academy trust,,,,OPEN,Open,,,,,,,,,,"
    )
    header = ",".join(rows_header_groups())
    table = open_table(opened_text(f"{header}\n{line}\n"), "g.csv", gias.GROUP_COLUMNS)
    group = gias.read_group(next(table.rows))
    assert group is not None
    assert (group.companies_house_number, group.type_code) == ("07318714", "06")


def rows_header_groups() -> list[str]:
    import csv
    import gzip
    import io

    return next(
        csv.reader(io.TextIOWrapper(gzip.open(opened(GROUPS)), encoding="utf-8", newline=""))
    )


def opened_text(text: str):
    import io

    return io.BytesIO(text.encode())


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("31-03-2017", dt.date(2017, 3, 31)),
        ("31/03/2017", dt.date(2017, 3, 31)),
        ("2017-03-31", dt.date(2017, 3, 31)),
        ("20170331", dt.date(2017, 3, 31)),
        ("42825", dt.date(2017, 3, 31)),
        ("42825.0", dt.date(2017, 3, 31)),
        ("31/03/2017 00:00", dt.date(2017, 3, 31)),
        ("01/01/1900", None),
        ("", None),
    ],
)
def test_read_built_date_in_every_style_gives_the_day(cell: str, expected: dt.date | None) -> None:
    assert value_built("OpenDate", cell, "opened_on") == expected


@pytest.mark.parametrize("cell", ["31-31-2017", "yesterday", "99999", "03-2017"])
def test_read_built_date_that_is_none_is_refused(cell: str) -> None:
    school, refusals = read_built(built({"OpenDate": cell}))
    assert school is None
    assert refusals == (Refusal("built.csv", 2, "OpenDate", cell, "a date, such as 31-03-2017"),)


# -- dates of the real files ---------------------------------------------------------------------


def test_read_dates_of_both_real_styles() -> None:
    assert find(120955, 144146).linked_on == dt.date(2017, 3, 31)  # dd-mm-yyyy
    row = next(r for r in rows_of(GROUPS, gias.GROUP_COLUMNS) if r.get("Group UID") == "16635")
    assert row.get("Incorporated on (open date)") == "07/02/2017"  # dd/mm/yyyy
    from schools import cells

    assert cells.date(row.get("Incorporated on (open date)")) == dt.date(2017, 2, 7)


def test_read_placeholder_date_of_a_real_school_is_unknown() -> None:
    row = next(r for r in rows_of(SEARCH, gias.SCHOOL_COLUMNS) if r.get("URN") == "115993")
    assert row.get("OpenDate") == "01-01-1900"
    assert school_in(SEARCH, 115993).values["opened_on"] is None


def test_read_links_without_a_date_leaves_it_unknown() -> None:
    assert Counter(link.linked_on is None for link in links())[True] == 8253


def test_read_link_dates_off_by_a_day_keeps_both_as_given() -> None:
    assert find(144146, 120955).linked_on == dt.date(2017, 4, 1)
    assert find(120593, 147447).linked_on == dt.date(2019, 9, 1)
    assert find(147447, 120593).linked_on == dt.date(2019, 8, 31)


# -- links ---------------------------------------------------------------------------------------


def test_read_links_of_all_seventeen_kinds() -> None:
    kinds = Counter(link.kind for link in links())
    assert len(kinds) == 17
    assert kinds["Successor"] == 16451
    assert kinds["Merged - expansion in school capacity and changer in age range"] == 9
    assert sum(kinds.values()) == 33801


def test_history_of_a_conversion_names_the_maintained_school() -> None:
    (link,) = gias.history_of([144146], links())[144146]
    assert (link.linked_urn, link.linked_name) == (120955, "Lionwood Junior School")


def test_history_of_a_chain_follows_merger_and_conversion() -> None:
    found = gias.history_of([144144], links())[144144]
    assert [(k.urn, k.linked_urn) for k in found] == [
        (134956, 120950),
        (134956, 120952),
        (144144, 134956),
    ]


def test_history_of_a_circle_ends() -> None:
    circle = [
        gias.LinkRow(1, 2, "Two", "Predecessor", None),
        gias.LinkRow(2, 1, "One", "Predecessor", None),
    ]
    assert len(gias.history_of([1], circle)[1]) == 2


def test_history_of_built_successor_without_its_mirror_counts_backwards() -> None:
    lone = gias.LinkRow(120955, 144146, "Lionwood Junior School", "Successor", None)
    assert gias.history_of([144146], [lone])[144146] == (lone,)


# -- groups --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["16635", "TR03556", "tr03556", "10607038"])
def test_find_trust_by_each_number_gives_the_trust_in_the_sponsors_casing(wanted: str) -> None:
    found = gias.find_trust(groups(), wanted)
    assert found.trust is not None
    assert found.trust.uid == "16635"
    assert found.display_name == "Inclusive Schools Trust"


def test_find_trust_by_a_twin_name_lists_candidates_with_uid_and_type() -> None:
    found = gias.find_trust(groups(), "inclusive  schools trust")
    assert found.trust is None
    assert [str(c) for c in found.candidates] == [
        "UID 16891, Inclusive Schools Trust, School sponsor, SP01854",
        "UID 16635, INCLUSIVE SCHOOLS TRUST, Multi-academy trust, TR03556, Companies House 10607038",
    ]


def test_find_trust_by_a_sponsors_uid_is_no_trust() -> None:
    found = gias.find_trust(groups(), "16891")
    assert found.trust is None
    assert {c.uid for c in found.candidates} == {"16635", "16891"}


def test_find_trust_that_grew_from_a_single_academy_trust_knows_both_uids() -> None:
    found = gias.find_trust(groups(), "TR00044")
    assert found.trust is not None
    assert (found.trust.uid, found.trust.type_name) == ("16867", "Multi-academy trust")
    assert found.uids == {"2107", "16867"}


def test_find_trust_unknown_finds_nothing() -> None:
    assert gias.find_trust(groups(), "Nobody's Trust") == gias.TrustSearch(None)


def test_read_schools_trust_codes_all_resolve_to_groups() -> None:
    kinds = {g.uid: g.type_code for g in groups()}
    uids = [gias.trust_of(row)[0] for row in rows_of(SCHOOLS, gias.SCHOOL_COLUMNS)]
    assert Counter(kinds[uid] for uid in uids if uid) == {"06": 1274, "10": 163, "02": 28}


def test_read_school_of_a_foundation_trust_is_no_academy() -> None:
    school = school_in(SCHOOLS, 103080)
    assert school.trust_uid == "1123"
    assert not school.is_academy


def test_read_school_proposed_to_close_is_open_and_closed_is_not() -> None:
    assert school_in(SCHOOLS, 138414).is_open
    statuses = Counter(
        r.get("EstablishmentStatus (name)") for r in rows_of(SEARCH, gias.SCHOOL_COLUMNS)
    )
    assert statuses == {"Open": 726, "Closed": 368, "Open, but proposed to close": 2}


def test_read_built_school_proposed_to_open_is_not_open() -> None:
    school, _ = read_built(built({"EstablishmentStatus (name)": "Proposed to open"}))
    assert school is not None
    assert not school.is_open


# -- words for nothing, websites, formulae -------------------------------------------------------


def test_read_placeholder_words_of_real_rows_as_empty() -> None:
    assert school_in(SEARCH, 115850).values["diocese"] == ""  # Not applicable
    assert school_in(SCHOOLS, 100025).values["religious_character"] == ""  # Does not apply


@pytest.mark.parametrize(
    "cell",
    ["Not applicable", "Not recorded", "Not-applicable", "Not collected", "None", "", "0000", ".."],
)
def test_read_built_placeholder_is_empty(cell: str) -> None:
    assert value_built("Town", cell, "town") == ""


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("www.gospeloak.camden.sch.uk", "https://www.gospeloak.camden.sch.uk"),
        ("http://www.haverstock.camden.sch.uk/", "http://www.haverstock.camden.sch.uk/"),
        ("http:/fallowgate.sch.uk  ", "https://fallowgate.sch.uk"),
        ("HTTPS://Example.sch.uk/a?b=c", "https://Example.sch.uk/a?b=c"),
        ("javascript:alert(1)", ""),
        ("http://javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("head@school.sch.uk", ""),
        ("no website", ""),
    ],
)
def test_read_built_website_gives_a_safe_address_or_none(cell: str, expected: str) -> None:
    assert value_built("SchoolWebsite", cell, "website") == expected


def test_read_website_without_scheme_of_a_real_school_gains_one() -> None:
    assert school_in(SCHOOLS, 100025).values["website"] == "https://www.gospeloak.camden.sch.uk"


@pytest.mark.parametrize("name", ["=SUM(A1)", "+1 Academy", "-Minus Academy", "@School"])
def test_read_built_name_that_starts_like_a_formula_is_kept(name: str) -> None:
    assert value_built("EstablishmentName", name, "name") == name


# -- refused cells -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("NumberOfPupils", "20S", "a whole number, such as 205"),
        ("StatutoryLowAge", "300", "an age in years, such as 11"),
        ("PercentageFSM", "130", "a percentage, such as 28.3"),
        ("URN", "ABC", "a URN of six digits, such as 144146"),
        ("EstablishmentName", "", "a value"),
        ("Postcode", "NR1 4AN and more", "at most 10 characters"),
    ],
)
def test_read_built_cell_that_cannot_be_is_refused_by_row_and_column(
    column: str, cell: str, expected: str
) -> None:
    school, refusals = read_built(built({column: cell}))
    assert school is None
    assert refusals == (Refusal("built.csv", 2, column, cell, expected),)
