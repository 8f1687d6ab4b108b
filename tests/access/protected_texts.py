"""A hospital whose notes, wishes and contacts were delivered, landed and built."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from pipelines.access.assignments import assign_patient
from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.access.protected_text import texts_of
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.loading import load
from pipelines.settings import Settings

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
SOURCE = "hospital"
# P1 is the nurse's, P2 is nobody's, P3 is restricted, P4 is the patient who signs in.
PATIENTS = ("P1", "P2", "P3", "P4")
TEXT_FEEDS = tuple(
    name
    for name, feed in FEEDS.items()
    if feed.direct_columns and name not in {"patients", "identity_statements"}
)
# note: its type, status and heading
NOTES = {
    "visit": ("visit", "final", "Visit"),
    "progress": ("progress", "final", "Progress"),
    "unfinished": ("discharge", "preliminary", "Discharge"),
    "labelled": ("visit", "final", "Methadone clinic"),
}
LABELLED = "labelled"


def text_of(feed: str, column: str, patient: str, name: str = "") -> str:
    """Return the text that is delivered, alike nowhere else."""
    return f"{feed} {column} of {patient} {name} said".replace("  ", " ")


def key_of(settings: Settings, patient: str) -> int:
    """Return a patient's key."""
    digest = load_keyring(settings.keys_folder).patient_digest(SOURCE, patient)
    return patient_key_of(digest)


def row_of(feed: str, patient: str, name: str = "", **changes: str) -> dict[str, str]:
    """Return a row of our csv: the contract's examples, and a text of its own."""
    contract = FEEDS[feed]
    row = {column.name: column.example for column in contract.columns}
    row |= {
        column.name: text_of(feed, column.name, patient, name)
        for column in contract.direct_columns
    }
    row |= {"record_id": f"{feed}-{patient}{name}", "source_patient_id": patient}
    return row | changes


def rows() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every row of the delivery with its feed."""
    for patient in PATIENTS:
        for feed in TEXT_FEEDS:
            if feed not in {"notes", "correction_requests"}:
                yield feed, row_of(feed, patient)
        for name, (kind, status, title) in NOTES.items():
            stated = {"note_type_code": kind, "status_code": status, "title": title}
            yield "notes", row_of("notes", patient, name, **stated)


def deliver(
    settings: Settings, folder: Path, delivered: list[tuple[str, dict[str, str]]]
) -> None:
    """Write the rows as our csv and load them."""
    folder.mkdir()
    for feed in {feed for feed, _ in delivered}:
        columns = FEEDS[feed].delivered_columns
        with (folder / f"{feed}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for of, row in delivered if of == feed)
    load(settings, folder, format_name="csv", source_system=SOURCE)


def furnish(settings: Settings, folder: Path) -> None:
    """Deliver, build, and make a person of every role; P3 is restricted."""
    deliver(settings, folder / "first", list(rows()))
    build_marts(settings)
    with connect(settings, Role.OWNER) as owner:
        for role in PersonRole:
            own = key_of(settings, "P4") if role is PersonRole.PATIENT else None
            create_person(
                owner, Person(role, role.title, role, patient_key=own), PASSWORD
            )
        assign_patient(owner, "nurse", key_of(settings, "P1"), "covers the ward")
        owner.execute(
            "insert into access.restriction (patient_key, label_code, set_by, reason) "
            "values (%s, 'vip', 'owner', 'asked for')",
            (key_of(settings, "P3"),),
        )


def read_as(
    settings: Settings, role: PersonRole, feed: str, user_id: str | None = None
) -> dict[str, dict[str, str]]:
    """Return the texts of all patients that a person reads, by key and column."""
    keyring = load_keyring(settings.keys_folder)
    keys = [key_of(settings, patient) for patient in PATIENTS]
    with connect(settings, role.login) as connection:
        asking = role if user_id is None else user_id
        connection.execute("select set_config('ehr.user_id', %s, true)", (asking,))
        return dict(texts_of(connection, keyring, feed, keys).by_fact)


def patients_read(settings: Settings, role: PersonRole, feed: str) -> set[str] | None:
    """Return of whom a role reads texts of a feed; nothing where it is refused."""
    try:
        texts = read_as(settings, role, feed)
    except psycopg.errors.InsufficientPrivilege:
        return None
    return {key.removeprefix(f"{SOURCE}:{feed}-")[:2] for key in texts}


def now() -> str:
    """Return this moment as our csv writes it."""
    return datetime.now(UTC).isoformat()
