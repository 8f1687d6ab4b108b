"""The operational record as a source: what people write, back into the warehouse.

``extract`` reads what is new in database ``record``; the adapter takes it as our own
CSV, but that patients come by the warehouse's own keys. It is in no catalogue of
formats: a file in this format could be forged, and would take results off worklists.
"""

from pipelines.feeds.catalogue import FEEDS
from pipelines.record.tables import recorded_feeds
from pipelines.sources.adapter import Adapter
from pipelines.sources.csv_feeds import build_table
from pipelines.sources.naming import RECORD

ADAPTER = Adapter(
    name=RECORD,
    revision=1,
    is_historical=False,
    is_stream=True,
    tables=tuple(
        build_table(feed) for feed in (FEEDS["acknowledgements"], *recorded_feeds())
    ),
    gives_patient_keys=True,
)
