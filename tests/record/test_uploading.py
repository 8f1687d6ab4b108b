"""Submitting a file of results: announced, delivered whole, followed to the chart."""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import dagster as dg
import psycopg
import pytest

from pipelines.assets.raw import LAND_STEP, raw_feeds
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.deliveries import find_deliveries
from pipelines.landing.loading import load
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.handing_over import remove_landed_upload
from pipelines.record.actions.uploading import (
    Upload,
    UploadStatus,
    own_uploads,
    submit,
)
from pipelines.settings import Settings
from tests.access.audit_away import audit_away
from tests.conftest import running_installation
from tests.record.laboratory import (
    COLLEAGUE,
    DOCTOR,
    HERE,
    TECHNICIAN,
    asked,
    deliver,
    examined,
    file_of,
    furnish,
    line,
)

LAST_EVENT = """
    select user_id, action, subject, result, cardinality(patient_keys), row_count
    from audit.event order by event_id desc limit 1
"""


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with two patients and their technicians."""
    for settings in running_installation(tmp_path_factory.mktemp("laboratory")):
        furnish(settings, tmp_path_factory.mktemp("delivery"))
        yield settings


def status_of(settings: Settings, upload: Upload) -> UploadStatus:
    """Return what became of an upload, as its technician sees it."""
    found = own_uploads(settings, TECHNICIAN)
    return next(each for each in found if each.upload_id == upload.upload_id)


def submitted(settings: Settings, *lines: str) -> Upload:
    """Examine and submit a file of these lines."""
    return submit(settings, TECHNICIAN, examined(settings, file_of(*lines)))


def land(settings: Settings, folder: Path) -> bool:
    """Land a delivery as Dagster does; return whether it did."""
    config = {"path": str(folder), "format": "csv", "source": "hospital"}
    result = dg.materialize(
        [raw_feeds],
        resources={"settings": settings},
        run_config={"ops": {LAND_STEP: {"config": config}}},
        raise_on_error=False,
    )
    return result.success


def test_what_is_submitted_is_a_whole_delivery_under_its_source(
    laboratory: Settings,
) -> None:
    upload = submitted(laboratory, line("S1"))

    folder = laboratory.deliveries_folder / "csv@hospital" / str(upload.upload_id)
    found = find_deliveries(laboratory.deliveries_folder)
    assert {path.name for path in folder.iterdir()} == {"lab_results.csv", "_COMPLETE"}
    assert (folder / "lab_results.csv").read_bytes() == file_of(line("S1"))
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "lab_results.csv").stat().st_mode & 0o077 == 0
    assert [each.is_marked_complete for each in found if each.path == folder] == [True]


def test_once_landed_an_upload_leaves_no_readable_copy(
    laboratory: Settings,
) -> None:
    upload = submitted(laboratory, line("GONE1"))
    folder = laboratory.deliveries_folder / "csv@hospital" / str(upload.upload_id)
    assert land(laboratory, folder)

    assert not folder.exists()
    assert status_of(laboratory, upload).landed_rows == 1


def test_a_held_upload_stays_to_be_looked_at(laboratory: Settings) -> None:
    upload = submitted(laboratory, line("KEPT1"))
    folder = laboratory.deliveries_folder / "csv@hospital" / str(upload.upload_id)
    bad = file_of(*(line(f"KEPT{n}", code="") for n in range(20)))
    (folder / "lab_results.csv").write_bytes(bad)

    assert not land(laboratory, folder)
    assert folder.exists()


@pytest.mark.parametrize("parent", ["csv@hospital", "csv@elsewhere", "csv", "aside/a"])
def test_what_others_delivered_stays(laboratory: Settings, parent: str) -> None:
    upload = submitted(laboratory, line("OTHER1"))
    name = str(uuid4() if parent == "csv@hospital" else upload.upload_id)
    folder = laboratory.deliveries_folder / parent / name
    folder.mkdir(parents=True)
    (folder / "lab_results.csv").write_bytes(file_of(line("OTHER2")))

    remove_landed_upload(laboratory, folder)
    remove_landed_upload(laboratory, folder / "lab_results.csv")

    assert (folder / "lab_results.csv").exists()
    shutil.rmtree(folder)


def test_a_packed_file_is_delivered_under_a_name_that_says_so(
    laboratory: Settings,
) -> None:
    content = gzip.compress(file_of(line("S2")))
    upload = submit(laboratory, TECHNICIAN, examined(laboratory, content))

    folder = laboratory.deliveries_folder / "csv@hospital" / str(upload.upload_id)
    assert (folder / "lab_results.csv.gz").read_bytes() == content


def test_submitting_is_announced_and_its_outcome_told(
    laboratory: Settings,
) -> None:
    upload = submitted(laboratory, line("A1"))

    found = asked(
        laboratory,
        "select user_id, subject, result, cardinality(patient_keys), "
        "intent_id is not null from audit.event where action = 'upload' "
        "order by event_id desc limit 2",
    )
    subject = f"upload {upload.upload_id}"
    assert found == [
        ("technician", subject, "ok", 1, True),
        ("technician", subject, "intended", 1, False),
    ]


def test_without_an_audit_nothing_is_submitted(laboratory: Settings) -> None:
    found = examined(laboratory, file_of(line("A2")))
    before = own_uploads(laboratory, TECHNICIAN)
    folders = list(laboratory.deliveries_folder.glob("*/*"))

    with (
        audit_away(laboratory),
        pytest.raises(ActionError, match="audit"),
    ):
        submit(laboratory, TECHNICIAN, found)

    assert own_uploads(laboratory, TECHNICIAN) == before
    assert list(laboratory.deliveries_folder.glob("*/*")) == folders


def test_what_cannot_be_written_is_not_submitted(
    laboratory: Settings, tmp_path: Path
) -> None:
    found = examined(laboratory, file_of(line("A3")))
    before = own_uploads(laboratory, TECHNICIAN)
    folder = laboratory.deliveries_folder
    folder.mkdir(parents=True, exist_ok=True)
    folder.rename(tmp_path / "aside")
    folder.write_text("in the way")
    try:
        with pytest.raises(ActionError, match="nothing was submitted"):
            submit(laboratory, TECHNICIAN, found)
    finally:
        folder.unlink()
        (tmp_path / "aside").rename(folder)

    assert own_uploads(laboratory, TECHNICIAN) == before
    assert asked(laboratory, LAST_EVENT)[0][3] == "error"


def test_an_upload_is_followed_to_the_chart(
    laboratory: Settings, tmp_path: Path
) -> None:
    lines = (line("C1"), line("C2", code=""), HERE[1])
    upload = submitted(laboratory, *lines)
    waiting = status_of(laboratory, upload)
    deliver(laboratory, tmp_path / "lab_results.csv", file_of(*lines))
    landed = status_of(laboratory, upload)
    with connect(laboratory, Role.BUILDER) as connection:  # as a build ends
        connection.execute("delete from raw.touched_patients")
    done = status_of(laboratory, upload)

    stages = [each.stage for each in (waiting, landed, done)]
    counts = (done.landed_rows, done.unchanged_rows, done.refused_rows)
    assert stages == ["waiting", "preparing", "on_chart"]
    assert counts == (1, 1, 1)


def test_a_delivery_from_before_the_upload_is_not_taken_for_it(
    laboratory: Settings, tmp_path: Path
) -> None:
    content = file_of(line("B1"))
    found = examined(laboratory, content)
    deliver(laboratory, tmp_path / "lab_results.csv", content)
    upload = submit(laboratory, TECHNICIAN, found)

    assert status_of(laboratory, upload).stage == "waiting"


def test_the_same_file_from_another_source_is_not_taken_for_it(
    laboratory: Settings, tmp_path: Path
) -> None:
    upload = submitted(laboratory, line("B2"))
    path = tmp_path / "lab_results.csv"
    path.write_bytes(file_of(line("B2")))
    load(laboratory, path, format_name="csv", source_system="elsewhere")

    assert status_of(laboratory, upload).stage == "waiting"


def test_an_upload_that_was_held_after_all_says_so(
    laboratory: Settings, tmp_path: Path
) -> None:
    upload = submitted(laboratory, line("H1"))
    deliver(laboratory, tmp_path / "lab_results.csv", file_of(line("H1")))
    with connect(laboratory, Role.OWNER) as connection:
        connection.execute(
            "update raw.delivery set status = 'held', held_because = 'x' "
            "where delivery_id = (select max(delivery_id) from raw.delivery)"
        )

    assert status_of(laboratory, upload).stage == "held"


def test_nobody_sees_the_uploads_of_another(laboratory: Settings) -> None:
    submitted(laboratory, line("O1"))

    assert own_uploads(laboratory, COLLEAGUE) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        own_uploads(laboratory, DOCTOR)
    with connect(laboratory, Role.LAB_TECHNICIAN) as nameless:
        rows = nameless.execute("select * from access.own_uploads('-infinity')")
        assert rows.fetchall() == []


def test_uploads_of_the_last_days_only_are_listed(laboratory: Settings) -> None:
    upload = submitted(laboratory, line("O2"))
    with connect(laboratory, Role.OWNER) as connection:
        connection.execute(
            "update access.upload set submitted_at = now() - interval '8 days' "
            "where upload_id = %s",
            (upload.upload_id,),
        )

    listed = {each.upload_id for each in own_uploads(laboratory, TECHNICIAN)}

    assert upload.upload_id not in listed


def test_the_database_lets_nobody_enter_an_upload_without_a_name(
    laboratory: Settings,
) -> None:
    enter = "select access.enter_upload(gen_random_uuid(), 'hospital', 'x', 1)"
    with (
        connect(laboratory, Role.LAB_TECHNICIAN) as nameless,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        nameless.execute(enter)
    with connect(laboratory, Role.LAB_TECHNICIAN) as connection:
        connection.execute("select set_config('ehr.user_id', 'doctor', false)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(enter)


def test_a_technician_learns_who_patients_are_and_quality_staff_do_not(
    laboratory: Settings,
) -> None:
    keys = "select array_agg(patient_key) from identity.patients"
    identity = "select patient_key from access.identity_of(%s::bigint[])"
    (everybody,) = asked(laboratory, keys)[0]
    with connect(laboratory, Role.LAB_TECHNICIAN) as connection:
        nameless = connection.execute(identity, (everybody,)).fetchall()
        connection.execute("select set_config('ehr.user_id', 'technician', false)")
        named = connection.execute(identity, (everybody,)).fetchall()
    with (
        connect(laboratory, Role.QUALITY) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(identity, (everybody,))

    assert nameless == []
    assert {key for (key,) in named} == set(everybody)
