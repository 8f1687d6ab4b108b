"""FHIR R4 in files of lines, as bulk exports have it, one kind of resource a file."""

from pipelines.sources.adapter import Adapter
from pipelines.sources.fhir import (
    agreements,
    billing,
    documents,
    history,
    medicines,
    observations,
    orders,
    people,
    reports,
    untaken,
    visits,
)

_TAKEN = (
    *people.TABLES,
    *visits.TABLES,
    *history.TABLES,
    *observations.TABLES,
    *reports.TABLES,
    *medicines.TABLES,
    *orders.TABLES,
    *documents.TABLES,
    *agreements.TABLES,
    *billing.TABLES,
)

ADAPTER = Adapter(
    name="fhir",
    revision=3,
    is_historical=False,
    tables=(*_TAKEN, *untaken.TABLES),
)
