"""What a check found: passed, failed, or nothing, where it had no rows to judge."""

import pytest

from expectations.catalogue import SUITES
from expectations.expectation import COLUMNS_TYPE, NOT_NULL_TYPE
from expectations.results import State, state_of
from expectations.runner import Evaluation
from tests.expectations.rows import several

BETWEEN = "expect_column_values_to_be_between"
LENGTH = "expect_column_value_lengths_to_be_between"


def states_of(feed: str, **changes: str | None) -> dict[str, State]:
    """Return what each rule finds in twenty rows alike."""
    evaluation = Evaluation(SUITES[feed], as_of=None)
    evaluation.add(several(feed, 20, **changes))
    return {
        result["expectation_config"]["meta"]["rule"].removeprefix(f"{feed}:"): state_of(
            result
        )
        for result in evaluation.results()
    }


def test_a_rule_about_values_has_not_passed_where_no_row_has_one() -> None:
    states = states_of("lab_results", resulted_at=None, specimen_id="S1")

    assert states[f"{BETWEEN}:resulted_at"] is State.NOT_APPLICABLE
    assert states[f"{LENGTH}:specimen_id"] is State.PASSED


def test_a_rule_that_asks_for_a_value_applies_to_every_row() -> None:
    states = states_of("lab_results", test_code=None)

    assert states[f"{NOT_NULL_TYPE}:test_code"] is State.FAILED


@pytest.mark.parametrize(
    ("code", "state"),
    [("8310-5", State.PASSED), ("8867-4", State.NOT_APPLICABLE)],
)
def test_a_rule_about_some_rows_has_not_passed_where_there_are_none(
    code: str, state: State
) -> None:
    rule = "expect_column_values_to_not_match_regex:value_text:temperature"
    assert states_of("vital_signs", observation_code=code, value_text="37")[rule] is (
        state
    )


def test_a_rule_about_the_shape_of_a_load_always_applies() -> None:
    rules = [rule for rule in states_of("lab_results") if rule.startswith(COLUMNS_TYPE)]
    states = states_of("lab_results")

    assert [states[rule] for rule in rules] == [State.PASSED]


def test_a_check_without_rows_holds_no_load() -> None:
    evaluation = Evaluation(SUITES["lab_results"], as_of=None)
    evaluation.add(several("lab_results", 1).clear())

    assert not evaluation.is_held
    assert State.PASSED not in {
        state_of(result)
        for result in evaluation.results()
        if "element_count" in result["result"]
    }
