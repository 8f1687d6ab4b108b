"""From a trained model to the risk that a person sees, and who that is."""

from pathlib import Path

import pandas as pd
import psycopg
import pytest

from models.features import shaped
from models.readmission import NAME, TooLittleToLearnError, Trained, predict, train
from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import PEOPLE, Role
from pipelines.risk import artefacts
from pipelines.risk.scoring import Scored, score_stays
from pipelines.risk.training import enter, is_due, newest_model, train_model
from pipelines.settings import Settings
from tests.models.made_up import USUAL, hospital
from tests.risk.ward import PATIENT, STAY

RISKS = "select stay_key, status_code, risk, is_current from ml.risk_score"
DESCRIPTION = {"data_digest": "0", "code_digest": "0"}
SECRET = "correct horse battery staple"  # noqa: S105 - of made-up people


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(*hospital())


@pytest.fixture(scope="module")
def scored(built: Settings, trained: Trained) -> Settings:
    """Return the installation with a model that is shown, and people."""
    with connect(built, Role.OWNER) as connection:
        for person in (
            Person("doctor", "Doctor", "doctor"),
            Person("nurse", "Nurse", "nurse"),
            Person("other_nurse", "Nurse", "nurse"),
            Person("patient", "Patient", "patient", patient_key=PATIENT),
        ):
            create_person(connection, person, SECRET)
        assign_patient(connection, "nurse", PATIENT, "covers the ward")
    with connect(built, Role.BUILDER) as connection:
        enter(built, connection, trained, "first", DESCRIPTION)
    assert score_stays(built) == Scored(stays=5, new=5, retired=0)
    return built


def rows(settings: Settings, statement: str = RISKS, *values: object) -> list[tuple]:
    with connect(settings, Role.BUILDER) as connection:
        return connection.execute(statement, values or None).fetchall()


def seen(settings: Settings, role: Role, user_id: str) -> set[str]:
    with connect(settings, role) as connection:
        connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        return {key for key, *_ in connection.execute(RISKS)}


def test_a_live_stay_has_a_risk_and_a_closed_collection_has_none(
    scored: Settings,
) -> None:
    found = {key: (status, risk) for key, status, risk, _ in rows(scored)}

    status, risk = found[STAY]
    assert status == "scored"
    assert 0 < risk < 1
    assert found["ward:next"][0] in {"scored", "not_enough_data"}
    assert not any(key.startswith("golden:") for key in found)


def test_scoring_again_says_nothing_new(scored: Settings) -> None:
    assert score_stays(scored) == Scored(stays=5, new=0, retired=0)


def test_who_sees_a_risk(scored: Settings) -> None:
    assert STAY in seen(scored, Role.DOCTOR, "doctor")
    assert STAY in seen(scored, Role.NURSE, "nurse")
    assert seen(scored, Role.NURSE, "other_nurse") == set()
    for user_id in ("", "nobody", "nurse"):
        assert seen(scored, Role.DOCTOR, user_id) == set()


@pytest.mark.parametrize("role", sorted(set(PEOPLE) - {Role.DOCTOR, Role.NURSE}))
def test_nobody_else_reads_risks_cohort_or_features(
    scored: Settings, role: Role
) -> None:
    for table in ("risk_score", "readmission_cohort", "readmission_features"):
        with connect(scored, role) as connection:
            connection.execute("select set_config('ehr.user_id', 'patient', true)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select 1 from ml.{table}")  # noqa: S608 - names


def test_every_table_of_the_schema_with_patients_is_under_forced_security(
    scored: Settings,
) -> None:
    found = rows(
        scored,
        "select relation.relname, relation.relforcerowsecurity, array_agg(policyname) "
        "from pg_class as relation inner join pg_attribute as attribute "
        "on attribute.attrelid = relation.oid and attname = 'patient_key' "
        "left join pg_policies on schemaname = 'ml' and tablename = relname "
        "where relnamespace = 'ml'::regnamespace and relkind in ('r', 'v', 'm') "
        "group by 1, 2",
    )

    assert {name for name, *_ in found} == {
        "risk_score",
        "readmission_cohort",
        "readmission_features",
    }
    for _, is_forced, policies in found:
        assert is_forced
        assert {"builder", "user_required", "ehr_doctor", "ehr_nurse"} == set(policies)


def test_nobody_who_reads_risks_may_write_them(scored: Settings) -> None:
    for role in (Role.DOCTOR, Role.NURSE):
        for change in ("delete from", "update", "truncate"):
            rest = " set is_current = false" if change == "update" else ""
            with (
                connect(scored, role) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(f"{change} ml.risk_score{rest}")


def test_a_new_model_replaces_what_is_seen_and_keeps_what_was(
    scored: Settings, trained: Trained
) -> None:
    with connect(scored, Role.BUILDER) as connection:
        enter(scored, connection, trained, "second", DESCRIPTION)

    assert score_stays(scored) == Scored(stays=5, new=5, retired=5)
    assert len(rows(scored)) == 10
    assert len(seen(scored, Role.DOCTOR, "doctor")) == 5
    with connect(scored, Role.DOCTOR) as connection:
        connection.execute("select set_config('ehr.user_id', 'doctor', true)")
        versions = connection.execute("select model_version from ml.risk_score")
        assert {version for (version,) in versions} == {"second"}


def test_a_withdrawn_stay_has_no_current_word(scored: Settings) -> None:
    with connect(scored, Role.BUILDER) as connection:
        connection.execute(
            "update ml.readmission_cohort set is_predicted = false where stay_key = %s",
            (STAY,),
        )

    assert score_stays(scored).retired == 1
    assert STAY not in seen(scored, Role.DOCTOR, "doctor")
    with connect(scored, Role.BUILDER) as connection:
        connection.execute(
            "update ml.readmission_cohort set is_predicted = true where stay_key = %s",
            (STAY,),
        )
    assert score_stays(scored).new == 1


def test_the_database_shows_no_model_of_fewer_than_two_hundred_events(
    scored: Settings,
) -> None:
    statement = (
        "insert into ml.model select model_name, 'try', trained_at, cutoff_at, "
        "training_stays, %s, test_stays, test_events, base_rate, scorecard, is_shown, "
        "why_not_shown, artefact_digest, description from ml.model "
        "where model_version = 'first'"
    )
    with connect(scored, Role.BUILDER) as connection:
        connection.execute(statement, (200,))
        connection.rollback()
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(statement, (199,))


def test_no_risk_stands_without_a_model_that_is_shown(scored: Settings) -> None:
    for change in (
        "is_model_shown = false",
        "training_events = 1",
        "risk = null",
        "status_code = 'model_not_shown'",
        "features_known_until = predicted_at + interval '1 second'",
    ):
        with connect(scored, Role.OWNER) as connection:
            connection.execute("alter table ml.risk_score disable row level security")
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(
                    f"update ml.risk_score set {change} "  # noqa: S608 - literals above
                    "where status_code = 'scored'"
                )
            connection.rollback()


def test_too_few_stays_are_no_model(scored: Settings) -> None:
    with pytest.raises(TooLittleToLearnError):
        train_model(scored)


def test_a_model_is_due_after_a_week(scored: Settings) -> None:
    with connect(scored, Role.BUILDER) as connection:
        model = newest_model(connection)

    assert model is not None
    assert is_due(None)
    assert not is_due(model)


def test_a_saved_model_says_the_same_and_only_its_owner_reads_it(
    tmp_path: Path, trained: Trained
) -> None:
    usual = shaped(pd.DataFrame([USUAL]))
    before = predict(trained.model, usual)
    folder = tmp_path / "models" / NAME / "1"

    digest = artefacts.save(folder, trained.model, {})

    assert predict(artefacts.load(folder, digest), usual).tobytes() == before.tobytes()
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_changed_or_is_missing_is_not_loaded(
    tmp_path: Path, trained: Trained
) -> None:
    digest = artefacts.save(tmp_path / "a", trained.model, {})
    path = tmp_path / "a" / artefacts.MODEL_FILE
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(artefacts.ArtefactError, match="not the file"):
        artefacts.load(tmp_path / "a", digest)
    path.unlink()
    with pytest.raises(artefacts.ArtefactError, match="missing"):
        artefacts.load(tmp_path / "a", digest)


def test_objects_of_other_kinds_are_not_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    digest = artefacts.save(folder, Stranger(), {})

    with pytest.raises(artefacts.ArtefactError, match="no model of ours"):
        artefacts.load(folder, digest)


class Stranger:
    """No model of ours."""

    def set_params(self, **_: object) -> None:
        """Accept what a model does."""
