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
from pipelines.landing.report import LoadReport
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
        report = land_record(settings)
    yield from tell(context, report or _nothing(), WRITTEN)


def _nothing() -> LoadReport:
    return LoadReport(None, ADAPTER.name, ADAPTER.name)
