"""The catalogue lists every check with all that a person needs; the pages tell it."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from expectations.catalogue import SUITES
from expectations.expectation import Kahn, Severity
from expectations.marts.catalogue import mart_checks
from expectations.marts.contracts import read_marts
from expectations.marts.filled import COLUMNS
from expectations.marts.kept import MART_OF
from expectations.marts.mart_check import MartCheck
from expectations.thresholds import Origin
from pipelines.checking.catalogue import catalogue
from pipelines.checking.dashboard_types import ANSWERS
from pipelines.checking.document import LIST, PAGE, list_of_checks, page
from pipelines.checking.series_checks import series_checks
from pipelines.conserving.steps import STEPS
from pipelines.feeds.catalogue import FEEDS

MART_CHECKS = [check for checks in mart_checks().values() for check in checks]
COLUMN_OF_FACT = re.compile(r"\bfact\.([a-z_0-9]+)")
DELIVERED = FEEDS.keys() - {"identity_statements"}
# Delivered, and in no mart of its own: what is told of it, and where.
WITHOUT_MART = {
    "care_team": "who may see whom: access.assignment",
    "imaging_studies": "several rows of a feed are one study",
    "local_codes": "names and codes of other feeds",
    "medication_reconciliations": "decisions that are read from the record itself",
    "patient_links": "which patients are one person",
}


def test_every_check_has_all_that_a_person_needs() -> None:
    for check in catalogue():
        assert all(
            (
                *(check.sentence, check.threshold, check.owner, check.reason),
                *(check.subject, check.kahn_category),
            )
        ), check.check_id
        assert check.sentence.endswith("."), check.check_id
        assert "expect_" not in check.sentence, check.check_id
        assert check.severity in set(Severity), check.check_id
        assert check.threshold_origin in set(Origin), check.check_id
        assert set(check.dashboard_types) <= ANSWERS.keys(), check.check_id


def test_no_two_checks_have_one_name_or_say_the_same() -> None:
    names = Counter(check.check_id for check in catalogue())
    said = Counter((check.subject, check.sentence) for check in catalogue())

    assert max(names.values()) == max(said.values()) == 1


def test_every_rule_and_every_check_of_marts_series_and_conservation_is_listed() -> (
    None
):
    rules = {
        suite.name_of(rule) for suite in SUITES.values() for rule in suite.expectations
    }

    assert {check.check_id for check in catalogue()} == rules | {
        check.check_id for check in (*MART_CHECKS, *series_checks(), *STEPS)
    }


def test_every_check_type_of_the_dashboard_is_answered() -> None:
    answered = {name for check in catalogue() for name in check.dashboard_types}

    assert len(ANSWERS) == 27
    assert answered == ANSWERS.keys()


@pytest.mark.shared_data
def test_the_check_types_are_those_of_the_dashboard(shared_clinical: Path) -> None:
    with (shared_clinical / "data" / "dqd_check_types.csv").open() as lines:
        assert {row["check"] for row in csv.DictReader(lines)} == ANSWERS.keys()


def test_every_cell_of_the_framework_is_covered() -> None:
    covered = {check.kahn_category for check in catalogue()}

    assert covered == {"/".join(filter(None, cell.value)) for cell in Kahn}


def test_every_mart_with_a_patient_is_checked() -> None:
    marts = {
        mart.name
        for mart in read_marts().values()
        if "patient_key" in mart.columns and mart.name != "dim_patients"
    }
    checked = {
        check.relation for check in MART_CHECKS if check.name == "patient_key:exists"
    }

    assert checked == marts


def test_every_feed_is_looked_for_in_its_mart() -> None:
    assert MART_OF.keys() | WITHOUT_MART.keys() == DELIVERED


@pytest.mark.parametrize("check", MART_CHECKS, ids=[c.check_id for c in MART_CHECKS])
def test_a_check_of_a_mart_names_columns_of_its_contract(check: MartCheck) -> None:
    mart = read_marts().get(check.relation)
    named = set(COLUMN_OF_FACT.findall(check.condition))

    if mart:
        assert named <= mart.columns.keys() | check.windows.keys()


def test_no_column_that_is_never_empty_is_judged_by_its_share() -> None:
    with COLUMNS.open(newline="") as lines:
        rows = list(csv.DictReader(lines))

    marts = read_marts()
    kept = [row for row in rows if row["column"] in marts[row["relation"]].required]
    assert kept == []
    assert all(0 < int(row["least_percent"]) < 100 for row in rows)


def test_the_pages_are_those_of_the_catalogue() -> None:
    assert PAGE.read_text() == page(), "run: python -m pipelines.checking"
    assert LIST.read_text() == list_of_checks(), "run: python -m pipelines.checking"
