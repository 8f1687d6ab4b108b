"""Two sources deliver the same bytes: an erasure in one leaves the other its own."""

from pathlib import Path

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.erasing.erasing import erase
from pipelines.landing.archive import Archive
from pipelines.landing.loading import load
from pipelines.landing.unpacking import unpack
from pipelines.settings import Settings
from tests.erasing.conftest import SOURCE, Hospital, write
from tests.erasing.test_erasure import ORDER, wrong_books

TWIN = "QX-55667788"
LAST_FILE = """
    select file.archive_address
    from raw.delivery_file as file
    inner join raw.delivery as delivery
        on file.delivery_id = delivery.delivery_id
    where delivery.source_system = %s
    order by file.file_id desc
    limit 1
"""


def test_bytes_that_another_source_delivered_too_stay_for_it(
    hospital: Hospital, tmp_path: Path
) -> None:
    settings = hospital.settings
    rows = [
        {"source_patient_id": each, "birth_date": "1980-01-01"}
        for each in (TWIN, "QX-1")
    ]
    write(tmp_path / "patients.csv", rows)
    for source in (SOURCE, "neighbour"):
        load(settings, tmp_path, format_name="csv", source_system=source)

    erase(settings, f"{SOURCE}:{TWIN}", ORDER)

    of_both = content_of_files(settings, ("neighbour", SOURCE))
    assert [TWIN in content for content in of_both] == [True, False]
    assert all("QX-1" in content for content in of_both)
    assert wrong_books(settings) == []


def content_of_files(settings: Settings, sources: tuple[str, ...]) -> list[str]:
    """Return what the archive holds of the last file of each source."""
    archive = Archive(settings.archive_folder, load_keyring(settings.keys_folder))
    with connect(settings, Role.OWNER) as owner:
        addresses = [
            owner.execute(LAST_FILE, (source,)).fetchone()[0] for source in sources
        ]
    return [b"".join(unpack(archive.read(each))).decode() for each in addresses]
