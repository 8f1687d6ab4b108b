"""How MIMIC-IV's results are judged, why some are not, and mixed units, by the files.

The files are read here line by line, with the ``csv`` module alone. What stands in them
decides the reasons: whether there is a value, a number, a limit, a flag; whether a
microbiology line names a germ or an antibiotic, and whether the germ is "CANCELLED".
"""

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.dbt.conftest import Built

pytestmark = pytest.mark.shared_data

NO_VALUE = {"", "___", "-"}
INTERVAL = re.compile(r"[<>]=?\s*(\d+(?:\.\d+)?)")
SPAN = re.compile(r"\d+\s*-\s*\d+")
REASONS = """
    select reason_code, cast(sum(results_count) as bigint)
    from marts.agg_lab_judgements
    where source_system = 'mimic' and displayed_flag = 'INDETERMINATE'
    group by reason_code
"""
TOTALS = """
    select
        source_system,
        cast(sum(results_count) as bigint),
        cast(sum(case when displayed_flag = 'INDETERMINATE' then results_count end)
            as bigint),
        count(*),
        count(distinct (analyte_code, displayed_flag, displayed_flag_source,
            range_source_code, reason_code))
    from marts.agg_lab_judgements
    group by source_system
"""
RESULTS = """
    select
        source_system,
        count(*),
        count(*) filter (where displayed_flag = 'INDETERMINATE')
    from marts.fct_lab_results
    group by source_system
"""
UNEXPLAINED = """
    select count(*) from marts.agg_lab_judgements
    where (displayed_flag = 'INDETERMINATE') <> (reason_code is not null)
"""
NUMBERS = """
    select
        analyte_code,
        cast(sum(numbers_count) as bigint),
        cast(sum(numbers_without_range_count) as bigint)
    from marts.agg_lab_judgements
    where source_system = 'mimic'
    group by analyte_code
    having sum(numbers_count) > 0
"""
ANALYTES = """
    select distinct test_code, analyte_code
    from marts.fct_lab_results
    where source_system = 'mimic' and category_name is not null
"""
UNIT_MIXES = """
    select source_system, test_code, unit, lower_count, upper_count, factor
    from marts.agg_lab_unit_mixes
"""


@pytest.fixture(scope="module")
def marts(at_once: Built) -> Iterator[psycopg.Connection]:
    """Yield a connection to marts built from a real load."""
    with connect(at_once.settings, Role.BUILDER) as connection:
        yield connection


def lines_of(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Yield the lines of one of MIMIC's files."""
    path = folder / "mimic_iv_demo/hosp" / f"{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def has_limit(line: dict[str, str]) -> bool:
    return bool(line["ref_range_lower"] or line["ref_range_upper"])


def is_number(line: dict[str, str]) -> bool:
    """Return whether a line of the laboratory has a number or an interval."""
    return bool(line["valuenum"] or INTERVAL.fullmatch(line["value"].strip()))


def is_decided(line: dict[str, str]) -> bool:
    """Return whether its limits say of an interval on which side it is.

    The file's intervals with limits all lie above something: `>50` where 5 is the upper
    limit is above it, and `>=1.035` where 1.035 is may be at it.
    """
    value = line["value"].strip()
    bound = INTERVAL.fullmatch(value)
    if line["valuenum"] or not bound:
        return True
    assert value.startswith(">"), value
    number, upper = float(bound[1]), float(line["ref_range_upper"])
    return number > upper or (number == upper and not value.startswith(">="))


def reason_of(line: dict[str, str]) -> str | None:
    """Return why a line of the laboratory is not judged."""
    value = line["value"].strip()
    if is_number(line) and has_limit(line) and is_decided(line):
        return None
    if line["flag"] == "abnormal":
        return None
    if is_number(line):
        return "comparator_straddles_limit" if has_limit(line) else "no_default_range"
    if value in NO_VALUE:
        return "no_value"
    return "range_of_values" if SPAN.fullmatch(value) else "not_a_number"


def reason_of_culture(line: dict[str, str]) -> str:
    """Return why a line of microbiology is not judged; none of them is."""
    if line["org_name"] == "CANCELLED":
        return "withdrawn"
    if line["ab_name"]:
        return "susceptibility"
    return "organism" if line["org_name"] else "no_value"


def test_every_result_is_counted_once_and_every_unjudged_one_has_a_reason(
    marts: psycopg.Connection,
) -> None:
    counted = marts.execute(TOTALS).fetchall()
    results = marts.execute(RESULTS).fetchall()

    assert sorted(row[:3] for row in counted) == sorted(results)
    assert [row[3] for row in counted] == [row[4] for row in counted]
    assert marts.execute(UNEXPLAINED).fetchone() == (0,)


def test_the_reasons_are_those_that_the_files_give(
    marts: psycopg.Connection, shared_data: Path
) -> None:
    of_results = [reason_of(line) for line in lines_of(shared_data, "labevents")]
    of_cultures = [
        reason_of_culture(line) for line in lines_of(shared_data, "microbiologyevents")
    ]
    expected = Counter(of_results + of_cultures)
    judged = expected.pop(None)

    assert dict(marts.execute(REASONS).fetchall()) == dict(expected)
    # As ``zcat FILE | wc -l`` counts the lines of both files, less a header each.
    assert judged + expected.total() == 107_727 + 2_899


def test_numbers_without_a_range_are_those_without_limits_in_the_file(
    marts: psycopg.Connection, shared_data: Path
) -> None:
    analyte_of = dict(marts.execute(ANALYTES).fetchall())
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines_of(shared_data, "labevents"):
        if is_number(line):
            counts = expected[analyte_of[line["itemid"]]]
            counts[0] += 1
            counts[1] += not has_limit(line)
    found = {code: counts for code, *counts in marts.execute(NUMBERS).fetchall()}

    # No default range applies to what MIMIC delivers without limits.
    assert found == expected
    assert sum(without for _, without in found.values()) > 7_000


def test_units_are_mixed_up_in_protein_of_synthea_and_nowhere_else(
    marts: psycopg.Connection,
) -> None:
    # Lines of observations.csv with code 2885-2, all of them "g/dL": 46 below 9, and 44
    # above 60. Nobody has 60 g/dL of protein in serum: these are g/L.
    assert marts.execute(UNIT_MIXES).fetchall() == [
        ("synthea", "2885-2", "g/dL", 46, 44, 10)
    ]
