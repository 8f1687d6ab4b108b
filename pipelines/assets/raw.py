"""Raw layer: the feeds, each a table of versions, landed one delivery at a time.

A delivery is landed or held as a whole. Metadata and check results hold counts, never a
value of a patient.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from expectations.results import State, state_of
from pipelines.assets.failures import without_values
from pipelines.feeds.catalogue import DELIVERED
from pipelines.feeds.contract import Feed
from pipelines.landing.discovery import DeliveryError
from pipelines.landing.loading import load
from pipelines.landing.report import FeedCounts, LoadReport
from pipelines.record.actions.handing_over import is_upload, remove_landed_upload
from pipelines.settings import Settings
from pipelines.sources.uploads import ADAPTER as UPLOAD

LAND_STEP = "land_delivery"
CHECK = "expectations"
NOT_APPLICABLE = "Not applicable: the delivery holds no new rows of this feed."
BROKEN_RULE_COLUMNS = [
    dg.TableColumn("rule", "string"),
    dg.TableColumn("severity", "string"),
    dg.TableColumn("rows that break it", "int"),
    dg.TableColumn("rows", "int"),
]


class Delivery(dg.Config):
    """What to land: a folder or a file, its format (guessed when empty), its source.

    An empty source is called like the format.
    """

    path: str
    format: str = ""
    source: str = ""


def key_of(feed: Feed) -> dg.AssetKey:
    """Return the key of a feed, which is the name of its table."""
    schema = "identity" if feed.is_identity_only else "raw"
    return dg.AssetKey([schema, feed.name])


def spec_of(feed: Feed) -> dg.AssetSpec:
    """Return a feed as an asset, described by its contract."""
    columns = [
        dg.TableColumn(
            column.name,
            column.type.value,
            f"{column.meaning} {column.unit or ''}".strip(),
        )
        for column in (
            feed.direct_columns if feed.is_identity_only else feed.raw_columns
        )
    ]
    return dg.AssetSpec(
        key_of(feed),
        description=feed.meaning,
        group_name="raw",
        kinds={"polars", "postgres"},
        metadata={"dagster/column_schema": dg.TableSchema(columns)},
    )


def check_spec_of(feed: Feed) -> dg.AssetCheckSpec:
    """Return a feed's suite as a check."""
    return dg.AssetCheckSpec(
        CHECK,
        asset=key_of(feed),
        blocking=True,
        description="Great Expectations suite of the feed, judged on every load.",
    )


@dg.multi_asset(
    name=LAND_STEP,
    description="Lands one delivery: archive, expectations, quarantine, versions.",
    specs=[spec_of(feed) for feed in DELIVERED.values()],
    check_specs=[check_spec_of(feed) for feed in DELIVERED.values()],
)
def raw_feeds(
    context: dg.AssetExecutionContext,
    config: Delivery,
    settings: dg.ResourceParam[Settings],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Land one delivery and tell, feed by feed, what became of its rows."""
    with without_values():
        report = _load(settings, config)
    yield from tell(context, report, DELIVERED.values())  # raises if it is held
    remove_landed_upload(settings, Path(config.path))


def _load(settings: Settings, config: Delivery) -> LoadReport:
    """Load a delivery; what claims to be an upload for the record must be one."""
    path = Path(config.path)
    if config.format != UPLOAD.name:
        format_name, source = config.format or None, config.source or None
        return load(settings, path, format_name=format_name, source_system=source)
    if not is_upload(settings, path):
        msg = "nobody submitted this on the upload page: nothing landed"
        raise DeliveryError(msg)
    return load(settings, path, adapter=UPLOAD, source_system=config.source)


def tell(
    context: dg.AssetExecutionContext, report: LoadReport, feeds: Iterable[Feed]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Tell, feed by feed, what became of the rows of a load.

    A feed that the load does not hold is reported too, with no rows: Dagster skips
    every model downstream of an asset that was not reported.
    """
    _log_files(context, report)
    for feed in feeds:
        yield check_result(feed, report.suites.get(feed.name))
    if report.held_because:
        description = f"delivery {report.delivery_id} is held: {report.held_because}"
        raise dg.Failure(description, allow_retries=False)
    for feed in feeds:
        yield dg.MaterializeResult(key_of(feed), metadata=counts_of(feed, report))


def counts_of(feed: Feed, report: LoadReport) -> dict[str, Any]:
    """Return what became of a feed's rows in one load."""
    counts = report.feeds.get(feed.name, FeedCounts())
    return {
        "delivery": report.delivery_id,
        "source": report.source_system,
        "rows made": counts.made,
        "rows landed": counts.landed,
        "rows unchanged": counts.unchanged,
        "rows refused": counts.refused,
    }


def check_result(feed: Feed, result: Mapping[str, Any] | None) -> dg.AssetCheckResult:
    """Return a suite's result as a check: an error only if it holds the delivery.

    Rules that single rows break are warnings here: those rows wait in quarantine.
    """
    if result is None:
        return dg.AssetCheckResult(
            asset_key=key_of(feed),
            check_name=CHECK,
            passed=True,  # Dagster knows two states only, and the other would warn
            description=NOT_APPLICABLE,
            metadata={"rules judged": 0},
        )
    is_held = result["meta"]["is_held"]
    statistics = result["statistics"]
    states = [state_of(each) for each in result["results"]]
    unjudged = states.count(State.NOT_APPLICABLE)
    broken = [each for each in result["results"] if not each["success"]]
    return dg.AssetCheckResult(
        asset_key=key_of(feed),
        check_name=CHECK,
        passed=result["success"],
        severity=dg.AssetCheckSeverity.ERROR if is_held else dg.AssetCheckSeverity.WARN,
        metadata={
            "rules judged": statistics["evaluated_expectations"] - unjudged,
            "rules not applicable": unjudged,
            "rules broken": statistics["unsuccessful_expectations"],
            "broken rules": dg.TableMetadataValue(
                records=[_broken_rule(each) for each in broken],
                schema=dg.TableSchema(BROKEN_RULE_COLUMNS),
            ),
        },
    )


def _broken_rule(result: Mapping[str, Any]) -> dg.TableRecord:
    configuration, counts = result["expectation_config"], result["result"]
    columns = BROKEN_RULE_COLUMNS
    return dg.TableRecord(
        {
            columns[0].name: configuration["meta"]["rule"],
            columns[1].name: configuration["severity"],
            columns[2].name: counts.get("unexpected_count", 0),
            columns[3].name: counts.get("element_count", 0),
        }
    )


def _log_files(context: dg.AssetExecutionContext, report: LoadReport) -> None:
    """Log the books by table; a file's name could name a patient."""
    books: dict[str, Counter[str]] = {}
    for counts in report.files.values():
        book = books.setdefault(counts.table or "unknown tables", Counter())
        book.update(
            files=1,
            records=counts.records,
            mapped=counts.mapped,
            excluded=counts.excluded,
            refused=counts.refused,
        )
    for table, book in sorted(books.items()):
        told = ", ".join(f"{what} {number:,}" for what, number in book.items())
        context.log.info("delivery %s, %s: %s", report.delivery_id, table, told)
