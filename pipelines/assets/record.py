"""The operational record: its tables, and their way back as feeds.

Nobody delivers these feeds; a step of their own lands them, so that each feed has one
maker and the lineage begins where people write.
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.failures import without_values
from pipelines.assets.raw import check_spec_of, spec_of, tell
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.report import FeedCounts, LoadReport
from pipelines.other_record import land_other_record
from pipelines.own_code import described
from pipelines.settings import Settings
from pipelines.sources.operational import ADAPTER
from pipelines.write_back import land_record

WRITE_BACK_STEP = "land_record"
LAYER = "record"
WRITTEN = tuple(feed for feed in FEEDS.values() if feed.is_of_record)


def written_key(feed: Feed) -> dg.AssetKey:
    """Return the key of the table of ``record`` that a feed comes from."""
    return dg.AssetKey([LAYER, feed.name])


def build_written_specs() -> list[dg.AssetSpec]:
    """Return the tables that people write into through the pages."""
    return [
        dg.AssetSpec(
            written_key(feed),
            description=f"{feed.meaning} Written by people, through the pages.",
            group_name=LAYER,
            kinds={"postgres"},
        )
        for feed in WRITTEN
    ]


@dg.multi_asset(
    name=WRITE_BACK_STEP,
    description="Lands what people wrote in the record since the last time.",
    specs=[
        spec_of(feed).replace_attributes(deps=[written_key(feed)]) for feed in WRITTEN
    ],
    check_specs=[check_spec_of(feed) for feed in WRITTEN],
)
def record_feeds(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Land what is new in the record and tell what became of its rows."""
    with without_values():
        report = land_record(settings) or _nothing()
    _add_other_record(context, settings, report)
    yield from tell(context, report, WRITTEN)


def _add_other_record(
    context: dg.AssetExecutionContext, settings: Settings, report: LoadReport
) -> None:
    """Land what is new in the record of another system, if this site reads one.

    That it is away, or holds something wrong, must not keep from the marts what was
    written here.
    """
    try:
        other = land_other_record(settings)
    except Exception as problem:  # noqa: BLE001 - made safe to show
        context.log.error(f"EHR_RECORD_URL was not read: {described(problem)}")  # noqa: TRY400 - its traceback may quote a row
        return
    if other is None:
        return
    if other.held_because:
        held = f"delivery {other.delivery_id} of it is held: {other.held_because}"
        context.log.error(f"EHR_RECORD_URL: {held}")
        return
    for name, counts in other.files.items():
        report.add_file(f"{other.source_system}: {name}", counts, {})
    for feed, rows in other.feeds.items():
        report.feeds.setdefault(feed, FeedCounts()).add(rows)


def _nothing() -> LoadReport:
    return LoadReport(None, ADAPTER.name, ADAPTER.name)
