"""How fresh what an upload is compared with is."""

from dashboards import session
from dashboards.freshness import show_freshness
from dashboards.statements import FRESHNESS_OF_SOURCES
from pipelines.access.reading import Query

PAGE = "upload"


def show_upload_freshness() -> None:
    """Say when each source last delivered and when the charts were prepared."""
    query = Query(FRESHNESS_OF_SOURCES, {})
    reading = session.reader().read(PAGE, {"freshness": query})
    show_freshness(reading.frames["freshness"])
