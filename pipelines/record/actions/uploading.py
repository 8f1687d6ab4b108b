"""A laboratory technician's upload: a verdict for each row, then a delivery.

Nothing is written before it is submitted. Submitting announces itself to the audit,
writes a complete folder of deliveries at once, and tells how it ended.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import class_row

from pipelines.access.people import Person
from pipelines.database.databases import WAREHOUSE
from pipelines.record.actions.announcing import announce
from pipelines.record.actions.examination import Examination, examination_of
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.handing_over import folder_for, write_delivery
from pipelines.record.actions.in_record import as_person
from pipelines.record.actions.permissions import require
from pipelines.settings import Settings
from pipelines.sources.naming import may_be_uploaded_for

MOST_BYTES = 20 << 20
# The trial holds the source's lock: so many rows take some seconds.
MOST_LINES = 50_000
LISTED_DAYS = 7
SOURCES = """
    select source.source_system
    from raw.source as source
    left join raw.delivery as delivery
        on source.source_system = delivery.source_system
    where not source.is_historical
        and (source.source_system <> 'operational' or access.record_has_patients())
    group by source.source_system
    order by min(delivery.delivery_id), source.source_system
"""
ENTER = "select access.enter_upload(%s, %s, %s, %s)"
NOT_DELIVERED = "the file could not be handed over: nothing was submitted; try again"
OWN_UPLOADS = "select * from access.own_uploads(%s)"


@dataclass(frozen=True)
class Upload:
    """One file that was submitted."""

    upload_id: UUID
    source_system: str
    submitted_at: datetime


@dataclass(frozen=True)
class UploadStatus:
    """What became of an upload; counts mean nothing before it landed."""

    upload_id: UUID
    source_system: str
    submitted_at: datetime
    records: int
    delivery_id: int | None
    delivery_status: str | None
    held_because: str | None
    landed_at: datetime | None
    landed_rows: int | None
    unchanged_rows: int | None
    refused_rows: int | None
    is_on_chart: bool

    @property
    def stage(self) -> str:
        """Return how far it has come: waiting, held, preparing or on_chart."""
        if self.delivery_id is None:
            return "waiting"
        if self.delivery_status == "held":
            return "held"
        return "on_chart" if self.is_on_chart else "preparing"


def upload_sources(settings: Settings, person: Person) -> list[str]:
    """Return the live sources that results can be uploaded for, the oldest first."""
    with as_person(settings, person, WAREHOUSE) as connection:
        found = [name for (name,) in connection.execute(SOURCES)]
    return [name for name in found if may_be_uploaded_for(name)]


def examine(
    settings: Settings,
    person: Person,
    file_name: str,
    content: bytes,
    source_system: str,
) -> Examination:
    """Return what would become of each row of a file; nothing is kept.

    The read of the patients in it is audited before this returns.

    Raises:
        ActionError: the file is too large or empty, the source is none, or a delivery
            of the source is being landed at the moment.
        AuditError: the trail cannot be written; nothing is shown.
    """
    require(settings, person, "upload")
    if source_system not in upload_sources(settings, person):
        msg = "results cannot be uploaded for this source: choose one of the list"
        raise ActionError(msg)
    _check_size(content)
    try:
        return examination_of(settings, person, file_name, content, source_system)
    except psycopg.errors.LockNotAvailable:
        msg = "another delivery of this source is being landed: try again in a minute"
        raise ActionError(msg) from None


def submit(settings: Settings, person: Person, examination: Examination) -> Upload:
    """Write the delivery that the warehouse picks up; return the upload.

    Raises:
        ActionError: nothing was submitted: nothing in the file would change anything,
            it would be held, or neither delivery nor audit can be written.
    """
    require(settings, person, "upload")
    if examination.cannot_be_submitted_because:
        raise ActionError(examination.cannot_be_submitted_because)
    upload_id = uuid4()
    announcement = announce(
        settings,
        person,
        "upload",
        f"upload {upload_id}",
        examination.patient_keys,
        examination.records,
    )
    try:
        submitted_at = _deliver(settings, person, upload_id, examination)
    except (OSError, psycopg.Error):
        announcement.tell("error")
        raise ActionError(NOT_DELIVERED) from None
    announcement.tell("ok", examination.records)
    return Upload(upload_id, examination.source_system, submitted_at)


def own_uploads(
    settings: Settings, person: Person, days: int = LISTED_DAYS
) -> list[UploadStatus]:
    """Return what became of the person's uploads of the last days, newest first."""
    since = datetime.now(UTC) - timedelta(days=days)
    with as_person(settings, person, WAREHOUSE) as connection:
        cursor = connection.cursor(row_factory=class_row(UploadStatus))
        return cursor.execute(OWN_UPLOADS, (since,)).fetchall()


def _check_size(content: bytes) -> None:
    from pipelines.landing.uploaded import line_count, plain_size  # noqa: PLC0415 - polars' import costs a second

    if not content:
        msg = "the file is empty: export it again"
        raise ActionError(msg)
    if max(len(content), plain_size(content, MOST_BYTES)) > MOST_BYTES:
        msg = f"the file is larger than {MOST_BYTES >> 20} MB: split it"
        raise ActionError(msg)
    if line_count(content) > MOST_LINES:
        msg = f"the file is longer than {MOST_LINES:,} lines: split it"
        raise ActionError(msg)


def _deliver(
    settings: Settings, person: Person, upload_id: UUID, examination: Examination
) -> datetime:
    """Enter the upload and write its delivery, both or neither; return when."""
    folder = settings.deliveries_folder / folder_for(examination.source_system)
    values = (
        upload_id,
        examination.source_system,
        examination.address,
        examination.records,
    )
    with as_person(settings, person, WAREHOUSE) as connection:
        submitted_at = connection.execute(ENTER, values).fetchone()[0]
        write_delivery(folder, str(upload_id), examination.content)
    return submitted_at
