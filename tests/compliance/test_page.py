"""The page of compliance: a rule is proved only by tests that ran and passed."""

from pathlib import Path

import pytest
import yaml

from tests.compliance.__main__ import PAGE, RULES, page, proof_of

PASSED = {"passed": 3, "failed": 0, "skipped": 0, "on": "2026-01-02"}
HERE = "tests/compliance/test_page.py"


def test_what_ran_and_passed_proves() -> None:
    proof = proof_of([HERE], {HERE: PASSED})

    assert (proof.passed, proof.problems, proof.day) == (3, [], "2026-01-02")


@pytest.mark.parametrize(
    ("outcomes", "problem"),
    [
        ({}, "did not run"),
        ({HERE: {**PASSED, "failed": 1}}, "1 failed"),
        ({HERE: {**PASSED, "skipped": 2}}, "2 skipped"),
    ],
    ids=["not run", "failed", "skipped"],
)
def test_what_failed_was_skipped_or_did_not_run_proves_nothing(
    outcomes: dict[str, dict], problem: str
) -> None:
    proof = proof_of([HERE], outcomes)

    assert problem in "".join(proof.problems)
    assert "not proved" in str(proof)


def test_a_test_that_is_not_there_proves_nothing() -> None:
    assert proof_of(["tests/nowhere.py"], {}).problems


def test_every_rule_names_tests_that_exist() -> None:
    for rule in yaml.safe_load(RULES.read_text()):
        assert all((Path(RULES).parents[2] / each).exists() for each in rule["tests"])


def test_the_page_has_every_rule_and_was_made_when_all_were_proved() -> None:
    written = PAGE.read_text()

    for rule in yaml.safe_load(RULES.read_text()):
        assert f"| {rule['place']} |" in written
    assert "not proved" not in written
    assert page([], {}).splitlines()[0] in written
