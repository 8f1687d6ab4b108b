"""The catalogue: every check that runs, as a person is told of it.

Nothing is decided here. A feed's rule is read from its suite, its words are those of
the pages, and a check of a mart brings its own; what follows from where a rule stands
(whose it is, what a breach may not exceed) is put beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from expectations.catalogue import SUITES
from expectations.expectation import Severity
from expectations.marts.catalogue import mart_checks
from expectations.marts.contracts import read_marts
from expectations.marts.mart_check import MartCheck
from expectations.thresholds import Origin
from pipelines.checking.owners import OWNER_OF, OWNER_OF_LOADS
from pipelines.checking.scan import schema_of
from pipelines.checking.series_checks import series_checks
from pipelines.checking.suite_rules import (
    dashboard_types_of,
    origin_of,
    sentence_of,
    threshold_of,
)
from pipelines.conserving.steps import STEPS
from pipelines.feeds.catalogue import DOMAIN_OF


@dataclass(frozen=True)
class Check:
    """One check: what it says, how grave a breach is, where its limit comes from.

    ``subject`` is the feed or the relation; ``level`` is row, load, series, mart or
    conservation. ``dashboard_types`` are the check types of OHDSI's dashboard that it
    answers.
    """

    check_id: str
    subject: str
    level: str
    sentence: str
    severity: str
    threshold: str
    threshold_origin: str
    owner: str
    reason: str
    kahn_category: str
    dashboard_types: tuple[str, ...]


@cache
def catalogue() -> tuple[Check, ...]:
    """Return every check of feeds, series, staging and marts, and of conservation."""
    return (*_of_feeds(), *_of_series(), *_of_marts(), *_of_conservation())


def _of_feeds() -> Iterable[Check]:
    for feed, suite in SUITES.items():
        for rule in suite.expectations:
            yield Check(
                suite.name_of(rule),
                feed,
                "row" if rule.is_row_level else "load",
                sentence_of(suite, rule),
                rule.severity.value,
                threshold_of(rule),
                origin_of(rule).value,
                OWNER_OF_LOADS if rule.is_about_table else OWNER_OF[DOMAIN_OF[feed]],
                rule.notes,
                "/".join(part for part in rule.kahn.value if part),
                dashboard_types_of(rule),
            )


def _of_series() -> Iterable[Check]:
    for check in series_checks():
        yield Check(
            check.check_id,
            check.feed,
            "series",
            check.sentence,
            check.severity.value,
            check.threshold,
            check.origin.value,
            OWNER_OF_LOADS,
            check.reason,
            "/".join(part for part in check.kahn.value if part),
            (),
        )


def _of_marts() -> Iterable[Check]:
    for relation, checks in mart_checks().items():
        for check in checks:
            yield Check(
                check.check_id,
                _subject(relation),
                "mart",
                check.words.sentence,
                check.severity.value,
                _told_limit(check),
                check.limit.origin.value,
                _owner_of(relation),
                check.words.reason,
                "/".join(part for part in check.kahn.value if part),
                check.dashboard_types,
            )


def _of_conservation() -> Iterable[Check]:
    for step in STEPS:
        yield Check(
            step.check_id,
            "conservation",
            "conservation",
            step.sentence,
            Severity.CRITICAL.value,
            "nothing is missing without a reason, and nothing is too much",
            Origin.STANDARD.value,
            OWNER_OF_LOADS,
            step.reason,
            "/".join(part for part in step.kahn.value if part),
            (),
        )


def _subject(relation: str) -> str:
    """Return a relation's name; some of research are called as feeds are."""
    is_feeds = relation in SUITES
    return f"{schema_of(relation)}.{relation}" if is_feeds else relation


def _told_limit(check: MartCheck) -> str:
    share = check.limit.share
    least = check.limit.least_rows
    told = f"at most {share:.0%} of rows break it" if share else "no row breaks it"
    return f"{told}, of {least} or more" if least > 1 else told


def _owner_of(relation: str) -> str:
    """Return whose a relation is; staging is the engineers'."""
    mart = read_marts().get(relation)
    return OWNER_OF[mart.domain] if mart else OWNER_OF_LOADS
