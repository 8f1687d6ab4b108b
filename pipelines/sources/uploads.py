"""Uploaded results about patients whom only the operational record knows.

The laboratory names them by their numbers, as every system does; only the source is
the record's own. It is in no catalogue of formats: nobody but the upload page may speak
in that name, and what lands is looked up among the uploads first.
"""

from pipelines.feeds.laboratory import LAB_RESULTS
from pipelines.sources.adapter import Adapter
from pipelines.sources.csv_feeds import build_table

ADAPTER = Adapter(
    name="upload",
    revision=1,
    is_historical=False,
    is_stream=True,
    tables=(build_table(LAB_RESULTS),),
    speaks_for_record=True,
)
