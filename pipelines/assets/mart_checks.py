"""The checks of the marts as checks of their assets: one per relation, with counts.

They block nothing: the marts are already there, and a page that lacks a mart helps
nobody. What failed is told here and to quality staff.
"""

from collections.abc import Iterable, Iterator

import dagster as dg

from expectations.expectation import Severity
from expectations.marts.catalogue import mart_checks
from expectations.results import State
from pipelines.checking.marts import Found
from pipelines.checking.scan import schema_of

CHECK = "checks"
NOT_APPLICABLE = "Not applicable: there are no rows to judge."
FAILED_COLUMNS = [
    dg.TableColumn("check", "string"),
    dg.TableColumn("source", "string"),
    dg.TableColumn("severity", "string"),
    dg.TableColumn("rows that break it", "int"),
    dg.TableColumn("rows", "int"),
]


def mart_check_specs() -> list[dg.AssetCheckSpec]:
    """Return a check per relation that is judged after a build."""
    return [
        dg.AssetCheckSpec(
            CHECK,
            asset=key_of(relation),
            description=f"{len(checks)} checks, judged in one scan after a build.",
        )
        for relation, checks in mart_checks().items()
    ]


def key_of(relation: str) -> dg.AssetKey:
    """Return the key of a relation, which is its name in the database."""
    return dg.AssetKey([schema_of(relation), relation])


def mart_check_results(
    context: dg.AssetExecutionContext, found: Iterable[Found]
) -> Iterator[dg.AssetCheckResult]:
    """Yield the result of every relation that the run asks for."""
    of_relation: dict[str, list[Found]] = {}
    for each in found:
        of_relation.setdefault(each.check.relation, []).append(each)
    for relation, results in of_relation.items():
        key = dg.AssetCheckKey(key_of(relation), CHECK)
        if key in context.selected_asset_check_keys:
            yield check_result(relation, results)


def check_result(relation: str, found: list[Found]) -> dg.AssetCheckResult:
    """Return what was found in a relation; an error where something grave failed."""
    failed = [each for each in found if each.state is State.FAILED]
    judged = [each for each in found if each.state is not State.NOT_APPLICABLE]
    is_grave = any(each.check.severity is Severity.CRITICAL for each in failed)
    return dg.AssetCheckResult(
        asset_key=key_of(relation),
        check_name=CHECK,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR
        if is_grave
        else dg.AssetCheckSeverity.WARN,
        description=None if judged else NOT_APPLICABLE,
        metadata={
            "checks judged": len({each.check.check_id for each in judged}),
            "checks failed": len({each.check.check_id for each in failed}),
            "failed checks": dg.TableMetadataValue(
                records=[_record(each) for each in failed],
                schema=dg.TableSchema(FAILED_COLUMNS),
            ),
        },
    )


def _record(found: Found) -> dg.TableRecord:
    values = (
        found.check.words.sentence,
        found.source_system,
        found.check.severity.value,
        found.broken_count,
        found.applicable_count,
    )
    names = (column.name for column in FAILED_COLUMNS)
    return dg.TableRecord(dict(zip(names, values, strict=True)))
