"""Every rule of every suite is broken by a load that is made to break it."""

import pytest

from expectations.catalogue import SUITES
from expectations.expectation import Expectation, Severity
from expectations.results import State, state_of
from expectations.runner import Evaluation
from tests.checking.suite_faults import AS_OF, break_rule, sides_of, sound_rows

# Rules that hold a load where most of it breaks them, whatever single rows may do.
SOUND_CHANGES = {"patient_links", "imaging_studies", "identity_statements"}
CASES = [
    (suite.feed, rule, side)
    for suite in SUITES.values()
    for rule in suite.expectations
    for side in sides_of(rule)
]


def states_of(evaluation: Evaluation) -> dict[str, State]:
    """Return what each rule found."""
    return {
        result["expectation_config"]["meta"]["rule"]: state_of(result)
        for result in evaluation.results()
    }


@pytest.mark.parametrize(
    ("feed", "rule", "side"),
    CASES,
    ids=[f"{feed}:{rule.rule}:{side}".rstrip(":") for feed, rule, side in CASES],
)
def test_the_rule_fails_on_a_fault_of_its_own(
    feed: str, rule: Expectation, side: str
) -> None:
    evaluation = Evaluation(SUITES[feed], as_of=AS_OF)

    refusing = break_rule(evaluation, rule, side)

    name = SUITES[feed].name_of(rule)
    assert states_of(evaluation)[name] is State.FAILED
    is_refusing = rule.is_row_level and rule.severity is Severity.CRITICAL
    assert (name in refusing) is is_refusing


@pytest.mark.parametrize("feed", sorted(SUITES.keys() - SOUND_CHANGES))
def test_no_rule_fails_on_sound_rows(feed: str) -> None:
    evaluation = Evaluation(SUITES[feed], as_of=AS_OF)

    evaluation.add(sound_rows(feed))

    failed = [
        name for name, state in states_of(evaluation).items() if state is State.FAILED
    ]
    # Shares are of columns that the contract's example leaves empty, too.
    shares = {
        SUITES[feed].name_of(rule)
        for rule in SUITES[feed].expectations
        if "mostly" in rule.kwargs
    }
    assert set(failed) <= shares


@pytest.mark.parametrize("feed", sorted(SUITES))
def test_no_two_rules_of_a_suite_say_the_same(feed: str) -> None:
    said = [
        str({**rule.definition(), "rule": "", "notes": "", "severity": ""})
        + str(rule.columns)
        + rule.type
        for rule in SUITES[feed].expectations
    ]

    assert len(said) == len(set(said))
