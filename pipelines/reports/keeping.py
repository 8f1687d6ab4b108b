"""Where reports are kept: EHR_HOME/reports, for the installation's own user alone."""

import os
from pathlib import Path

from pipelines.reports.document import Document, html_of
from pipelines.settings import Settings


def delivery_file(settings: Settings, delivery_id: int) -> Path:
    """Return where the report of a delivery is kept."""
    return settings.reports_folder / "deliveries" / f"delivery-{delivery_id}.html"


def month_file(settings: Settings, name: str) -> Path:
    """Return where the report of a month is kept."""
    return settings.reports_folder / "months" / f"month-{name}.html"


def keep(document: Document, path: Path) -> Path:
    """Write a report whole or not at all; return where."""
    for folder in reversed(path.parents):  # the mode is of the last one made alone
        folder.mkdir(exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(html_of(document))
    unfinished.replace(path)
    return path
