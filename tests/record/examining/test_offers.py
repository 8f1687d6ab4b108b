"""What a technician is offered: sources that deliver here, a template, a sample."""

import pytest

from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing import examining
from pipelines.record.actions import uploading
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.upload_example import (
    upload_columns,
    upload_sample,
    upload_template,
)
from pipelines.record.actions.uploading import examine, submit
from pipelines.settings import Mode, Settings
from tests.record.laboratory import DOCTOR, QUALITY, TECHNICIAN, examined, file_of, line


@pytest.mark.parametrize("person", [DOCTOR, QUALITY], ids=lambda each: each.role)
def test_only_a_technician_uploads(laboratory: Settings, person: Person) -> None:
    with pytest.raises(ActionError, match="may not upload"):
        examine(laboratory, person, "a.csv", file_of(line()), "hospital")
    with pytest.raises(ActionError, match="may not upload"):
        submit(laboratory, person, examined(laboratory, file_of(line())))


@pytest.mark.parametrize("source", ["nowhere", "../hospital", "operational", ""])
def test_only_a_source_that_delivers_here_is_taken(
    laboratory: Settings, source: str
) -> None:
    with pytest.raises(ActionError, match="choose one of the list"):
        examine(laboratory, TECHNICIAN, "a.csv", file_of(line()), source)


def test_a_historical_source_or_one_of_an_odd_name_is_not_offered(
    busy_laboratory: Settings,
) -> None:
    with connect(busy_laboratory, Role.OWNER) as connection:
        connection.execute(
            "insert into raw.source (source_system, adapter, is_historical) values "
            "('old', 'mimic', true), ('a/b', 'csv', false), ('newer', 'csv', false), "
            "('operational', 'operational', false) on conflict do nothing"
        )

    offered = uploading.upload_sources(busy_laboratory, TECHNICIAN)

    assert offered == ["hospital", "newer"]


def test_while_another_delivery_lands_a_person_is_asked_to_wait(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "LOCK_SECONDS", 1)
    with connect(laboratory, Role.LOADER) as landing:
        landing.execute("select pg_advisory_xact_lock(hashtextextended('hospital', 0))")
        with pytest.raises(ActionError, match="try again in a minute"):
            examined(laboratory, file_of(line("N1")))


def test_the_sample_of_a_demonstration_shows_what_a_technician_often_meets(
    simulated_hospital: Settings,
) -> None:
    technician = Person("lab_technician", "Technician", "lab_technician")
    content = upload_sample(simulated_hospital, technician, "hospital")
    found = examine(simulated_hospital, technician, "s.csv", content, "hospital")

    assert found.counts == {
        "new": 2,
        "change": 1,
        "patient_unknown": 1,
        "refused": 3,
        "unchanged": 1,
    }
    changed = found.rows[found.rows["verdict"] == "change"].iloc[0]["changes"]
    assert {"value", "value as a number"} <= {column for column, _, _ in changed}


def test_no_sample_is_made_where_care_is_given(laboratory: Settings) -> None:
    production = laboratory.model_copy(update={"mode": Mode.PRODUCTION})

    with pytest.raises(ActionError, match="in a demonstration only"):
        upload_sample(production, TECHNICIAN, "hospital")


def test_the_template_is_read_as_it_is(laboratory: Settings) -> None:
    found = examined(laboratory, upload_template().encode())

    assert found.counts == {"patient_unknown": 2}
    assert {column.name for column in upload_columns() if column.is_required} == {
        "source_patient_id",
        "test_code",
        "collected_at",
    }
