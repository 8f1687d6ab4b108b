"""A small hospital of which one patient, full of canaries, is to be erased."""

import csv
import gzip
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from pipelines.access import audit
from pipelines.access.drafts import keep_draft
from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.access.people import Person, create_person
from pipelines.backup.key_files import new_holder
from pipelines.backup.making import Wanted, make_backup
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.loading import load
from pipelines.record.simulator.simulation import simulate
from pipelines.record.tables import content_columns, place_of, recorded_feeds, table_of
from pipelines.settings import Settings
from tests.conftest import installation_with_marts

SOURCE = "hospital"
PATIENT_ID = "QX-77331155"
OTHER_ID = "QX-11223344"
CANARY = "Qanarienvogel"
BOTH = (PATIENT_ID, OTHER_ID)
AT = "2026-02-01T10:00:00Z"
PASSPHRASE = "a long passphrase of the holder"  # noqa: S105 - of a test
SPOOLED = "a chart while the trail was away"
LABEL = """
    insert into access.fact_label (
        kind_code, fact_key, patient_key, label_code, set_by, reason, lifted_at,
        lifted_by
    )
    select
        'lab_results', %s, %s, min(label_code), 'own.doctor', 'asked for', now(),
        'own.doctor'
    from access.sensitivity_label
"""
SHOWN_ALERTS = (
    "insert into access.alert_look values ('own.doctor', %s, 7)",
    "insert into access.shown_alert (user_id, patient_key, alert_code, severity_code) "
    "values ('own.doctor', %s, 'qt:first+second', 'contraindicated')",
)

REPORT = """
    insert into quality.value_report (
        report_id, feed, fact_key, patient_key, source_system, fault_code, sealed_words,
        reported_by
    )
    values (%s, 'lab_results', %s, %s, %s, 'value', %s, 'own.doctor')
"""
ANSWER = """
    insert into quality.report_answer (
        answer_id, feed, fact_key, patient_key, answer_code, sealed_words, answered_by
    )
    values (%s, 'lab_results', %s, %s, 'corrected', %s, 'own.doctor')
"""


@dataclass(frozen=True)
class Hospital:
    """The installation, and whom it is about."""

    settings: Settings
    patient_key: int
    # From before anybody was erased.
    backup_id: str
    holder_file: Path


def key_of(settings: Settings, patient_id: str) -> int:
    keyring = load_keyring(settings.keys_folder)
    return patient_key_of(keyring.patient_digest(SOURCE, patient_id))


@pytest.fixture(scope="package")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """Yield a hospital of some patients and two planted ones, built and backed up."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for made in installation_with_marts(tmp_path_factory.mktemp("erasing")):
        backups = elsewhere / "backups"
        settings = made.model_copy(update={"backup_folder": backups})
        folder = settings.root / "simulated"
        until = datetime.now(UTC).date()
        simulate(patients=12, years=1, seed=1, until=until, folder=folder)
        load(settings, folder, format_name="csv", source_system=SOURCE)
        planted = settings.deliveries_folder / "csv" / "planted"
        write_planted(planted)
        load(settings, planted, format_name="csv", source_system=SOURCE)
        patient_key = key_of(settings, PATIENT_ID)
        write_record(settings, patient_key)
        with connect(settings, Role.OWNER) as owner:
            person = Person("own.patient", CANARY, "patient", patient_key=patient_key)
            create_person(owner, person, "a long password")
            doctor = Person("own.doctor", "Doctor", "doctor")
            create_person(owner, doctor, "a long password")
            label(owner, patient_key, key_of(settings, OTHER_ID))
            for statement in SHOWN_ALERTS:
                owner.execute(statement, (patient_key,))
            for each in BOTH:
                report_value_of(owner, settings, each)
        for form, text in ((f"note|{patient_key}", CANARY), ("note|1", "another's")):
            keep_draft(settings, doctor, form, {"note_text": text})
        build_marts(settings)
        add_to_spool(settings)
        new_holder(settings.keys_folder, elsewhere / "holder.json", PASSPHRASE)
        backup = make_backup(settings, Wanted(backups), lambda _: None)
        yield Hospital(
            settings, patient_key, backup.backup_id, elsewhere / "holder.json"
        )


def label(owner: psycopg.Connection, patient_key: int, other_key: int) -> None:
    """Label a fact of each patient under the other's key, as after a merge."""
    for fact_of, under in ((PATIENT_ID, other_key), (OTHER_ID, patient_key)):
        owner.execute(LABEL, (f"{SOURCE}:{fact_of}-R1", under))


def report_value_of(
    owner: psycopg.Connection, settings: Settings, patient_id: str
) -> None:
    """Report a value of a patient, and answer; the words tell whose it is."""
    keyring = load_keyring(settings.keys_folder)
    words = f"not of {CANARY if patient_id == PATIENT_ID else 'another'}"
    fact, key = f"{SOURCE}:{patient_id}-R1", key_of(settings, patient_id)
    report, answer = uuid.uuid4(), uuid.uuid4()
    sealed = keyring.encrypt(words, f"quality.value_report|sealed_words|{report}")
    owner.execute(REPORT, (report, fact, key, SOURCE, sealed))
    sealed = keyring.encrypt(words, f"quality.report_answer|sealed_words|{answer}")
    owner.execute(ANSWER, (answer, fact, key, sealed))


def add_to_spool(settings: Settings) -> None:
    """Leave an event where events wait while the trail is away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "_tried", lambda *_: None)
        patch.setattr(audit, "_is_away", lambda _: True)
        audit.append(settings, audit.Event("own.doctor", "doctor", "look", SPOOLED))


def write_planted(folder: Path) -> None:
    """Write two patients' facts: good, refused, unreadable, and what no feed takes."""
    folder.mkdir(parents=True)
    names = [column.name for column in FEEDS["patients"].direct_columns]
    patients = [
        {"source_patient_id": each, "birth_date": "1970-01-02", "sex": "F"}
        | {name: f"{CANARY}{name}" if each == PATIENT_ID else "plain" for name in names}
        for each in BOTH
    ]
    write(folder / "patients.csv", patients)
    results = [
        {
            "record_id": f"{each}-R{number}",
            "source_patient_id": each,
            "test_code": "2823-3",
            "test_name": "Potassium",
            "value_text": "4.1" if number else f"{text} by mouth",
            "unit": "mmol/L",
            "collected_at": AT,
            "resulted_at": AT if number != 2 else text,
            "status_code": "final",
        }
        for each, text in ((PATIENT_ID, CANARY), (OTHER_ID, "plain"))
        for number in range(4)
    ]
    write(folder / "lab_results.csv.gz", results)
    with (folder / "patients.csv").open("a") as file:
        file.write(f"{PATIENT_ID},half a line of {CANARY}\n")
        file.write(f"{OTHER_ID},half a line\n")
    notes = [
        {
            "record_id": f"{each}-N",
            "source_patient_id": each,
            "note_text": f"{CANARY if each == PATIENT_ID else 'a plain note'}\nwritten "
            f"on two lines",
            "written_at": AT,
        }
        for each in BOTH
    ]
    write(folder / "notes.csv", notes)
    write(folder / "prescriptions.csv", [prescription_of(each) for each in BOTH])
    unknown = [{"who": PATIENT_ID, "what": CANARY}, {"who": OTHER_ID, "what": "plain"}]
    write(folder / "odd_table.csv", unknown)


def prescription_of(patient_id: str) -> dict[str, str]:
    """Return a prescription of which nobody else has the texts."""
    text = CANARY if patient_id == PATIENT_ID else "plain"
    return {
        "record_id": f"{patient_id}-M",
        "source_patient_id": patient_id,
        "drug_name": f"mixture {text}",
        "frequency_text": f"once {text}",
        "reason_name": f"wish {text}",
        "started_at": AT,
    }


def write(path: Path, rows: list[dict[str, str]]) -> None:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_record(settings: Settings, patient_key: int) -> None:
    """Write an entry of the patient into every table of the record."""
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.OWNER, RECORD) as record:
        for feed in recorded_feeds():
            if not feed.has_patient:
                continue
            version_id = uuid.uuid4()
            values = {
                "version_id": version_id,
                "record_id": f"{version_id}",
                "patient_key": patient_key,
                "changed_by_user_id": "owner",
                "changed_by_name": "Owner",
                "changed_by_role_code": "owner",
                "change_reason_text": CANARY,
            }
            direct = {column.name for column in feed.direct_columns}
            for name, kind in content_columns(feed):
                if name in direct:
                    place = place_of(feed, name, version_id)
                    values[name] = keyring.encrypt(CANARY, place)
                elif kind == "text":
                    values[name] = CANARY
            record.execute(
                sql.SQL("insert into {} ({}) values ({})").format(
                    table_of(feed),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join(sql.Placeholder() * len(values)),
                ),
                list(values.values()),
            )
