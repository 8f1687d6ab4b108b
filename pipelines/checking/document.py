"""The pages about quality that are made from the catalogue: nothing in them by hand."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from expectations.expectation import Kahn
from expectations.marts.contracts import read_marts
from pipelines.checking.catalogue import Check, catalogue
from pipelines.checking.dashboard_types import ANSWERS
from pipelines.settings import PROJECT

PAGE = PROJECT / "docs" / "quality.md"
LIST = PROJECT / "docs" / "checks.csv"
CELLS = ["/".join(part for part in cell.value if part) for cell in Kahn]
LEVELS = ("row", "load", "series", "mart", "conservation")
HEAD = """# Checks

This page and [checks.csv](checks.csv) are made by `python -m pipelines.checking` from
the suites of the feeds (`expectations/`), the checks of the marts
(`expectations/marts/`) and dbt's yml. A test compares them with what the code says.

## What one check is

One question about one column or one relation between columns, of one feed or mart, that
can fail while every other is kept. It is one check however many sources it is asked of;
results are kept for each source. An analyte, a vital sign in its unit, and a group of
diagnoses of one sex each have limits of their own, so each is a check. What PostgreSQL
enforces while a mart is built ({required} columns that are never null, keys, lists of
values) and dbt's own tests are not counted. That a load has rows is listed and not
counted among the checks that ran: a feed without rows is not judged. For each check a
test plants a fault of its own and sees it fail, a row that keeps it, and no row at all.

## What a check finds

| state | meaning |
|---|---|
| passed | there were rows to judge, and no more broke it than its limit allows |
| failed | more of them broke it |
| not applicable | no row, no value, or too few rows for a share; never called passed |

A limit is *standard* (of the field, OHDSI or the contract), *observed* (learned from
MIMIC-IV's demonstration, Synthea and the simulated hospital: half of the least share
seen) or *signed off* by a person of the site. Those that a site signs stand in its own
database and are not listed here: limits of laboratory values, and thresholds, which
share of the rows may break a check of a mart. How both are decided, and judged at once,
is told in [limits](limits.md).

Feeds are judged while they land: a critical rule refuses the row or holds the load.
Each load is also compared with those of its source before it, by control charts: what
is measured of it (rows, filled columns, codes, units, quantiles of numbers, delays; no
share or quantile of fewer than 20 rows or 5 patients) is in
`quality.series_measurement`, what the charts say in `quality.series_check_result`.
Nothing is judged before 10 loads. A feed of a live source is late by the rhythm of its
own loads; every whole build and `ehr status` look. What comes as it happens (HL7 v2,
uploads, the record itself) has no chart: some seconds of it are no measure of the next.

The marts are judged after every whole build, by `ehr run` and in Dagster, in one scan
per relation, for each source; what people write in the record is judged by the next.
A fact that was delivered and stands in no mart is found, too, with its line: entries
whose key no mart has are looked for first, and only of their patients is asked which
fact is current. What landed since the build began is for the next one. Each sort of a
scan may use 256 MB of memory, each hash table twice that; two scans run at once.
Charts and scans block nothing. Counts are kept in `quality.expectation_result` and
`quality.mart_check_result`, what each check says in `quality.check_definition`;
`ehr status --json` has under `quality.checks` how many had something to judge, and what
they found: of the demo 1,459; of MIMIC-IV, FHIR and three exports of Synthea as one
site, each in twelve deliveries, 1,225, of which 238 are limits learned there and signed
(`tests/checking/test_three_sources.py`). No result holds a value of a row. Each night
it is also counted whether anything got lost on the
[way from bytes to marts](conservation.md). Which faults all of this finds is told in
[planted faults](planted_faults.md).
"""


def page() -> str:
    """Return the page about the checks."""
    checks = catalogue()
    marts = read_marts().values()
    head = HEAD.format(
        required=sum(len(mart.required) for mart in marts),
    )
    parts = (head, _cells(checks), _types(checks), _subjects(checks))
    return "\n".join(part.rstrip() + "\n" for part in parts)


def list_of_checks() -> str:
    """Return every check as a line of a csv file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Check))
    for check in catalogue():
        values = [getattr(check, field.name) for field in fields(Check)]
        writer.writerow([*values[:-1], " ".join(check.dashboard_types)])
    return text.getvalue()


def write(page_file: Path = PAGE, list_file: Path = LIST) -> None:
    """Write both files anew."""
    page_file.write_text(page(), encoding="utf-8")
    list_file.write_text(list_of_checks(), encoding="utf-8")


def _cells(checks: Sequence[Check]) -> str:
    counts = Counter((check.kahn_category, check.level) for check in checks)
    rows = [
        [cell, *(counts[cell, level] for level in LEVELS), _sum_of(counts, cell)]
        for cell in CELLS
    ]
    totals = [sum(counts[cell, level] for cell in CELLS) for level in LEVELS]
    rows.append(["**all**", *totals, sum(totals)])
    told = _table(
        (
            *("cell", "of a row", "of a load", "of a series", "of a mart"),
            *("of the whole way", "all"),
        ),
        rows,
    )
    return f"## By cell of Kahn's framework\n\n{told}"


def _sum_of(counts: Counter[tuple[str, str]], cell: str) -> int:
    return sum(counts[cell, level] for level in LEVELS)


def _types(checks: Sequence[Check]) -> str:
    counts = Counter(name for check in checks for name in check.dashboard_types)
    rows = [
        [f"`{name}`", counts[name], answer.counterpart, answer.better]
        for name, answer in ANSWERS.items()
    ]
    own = sum(not check.dashboard_types for check in checks)
    told = _table(("check type", "checks", "what answers it", "what is better"), rows)
    return (
        "## By check type of OHDSI's DataQualityDashboard 2.8.4\n\n"
        "A check may answer two types. "
        f"{own} checks answer none: they ask what the dashboard does not (identifiers "
        "in clinical columns, facts told twice, facts lost between delivery and mart, "
        "numbers worked out again, loads mostly refused, drift from load to load)."
        "\n\n" + told
    )


def _subjects(checks: Sequence[Check]) -> str:
    counts = Counter((check.subject, check.kahn_category) for check in checks)
    rows = [
        [f"`{subject}`", *(counts[subject, cell] or "-" for cell in CELLS)]
        for subject in dict.fromkeys(check.subject for check in checks)
    ]
    names = [cell.rpartition("/")[2].lower() for cell in CELLS]
    told = _table(("feed or relation", *names), rows)
    return f"## By feed and relation\n\n{told}"


def _table(names: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    head = list(names)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"
