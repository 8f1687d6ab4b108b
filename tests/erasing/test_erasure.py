"""An erased patient is nowhere, and nobody else has lost anything."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg import sql
from typer.testing import CliRunner

from pipelines.access.audit_verification import find_unfinished
from pipelines.access.encryption import load_keyring, search_terms
from pipelines.access.erasure import reapply
from pipelines.access.ties import FULL_NAME, SURNAME, terms_of_patient
from pipelines.cli import app
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.dbt_program import DBT_PROJECT
from pipelines.erasing.erasing import erase
from pipelines.erasing.patient import ErasureError
from pipelines.erasing.register import Order
from pipelines.landing.examining import examine_results
from pipelines.landing.identities import NAMES, NUMBERS
from pipelines.landing.loading import load
from pipelines.lists_of_texts import LISTS_OF_TEXTS
from pipelines.settings import PROJECT, Settings
from tests.erasing.conftest import (
    CANARY,
    OTHER_ID,
    PATIENT_ID,
    SOURCE,
    Hospital,
    key_of,
    write,
    write_planted,
    write_record,
)
from tests.erasing.traces import traces
from tests.landing.state import faults

ADDRESS = ("address_line", "postal_code")
ORDER = Order("request 12", "d.officer", "operator:test")
# Counts of all patients are less by the erased one's.
MARTS = """
    select relation.oid::regclass::text
    from pg_class as relation
    where relation.relnamespace = 'marts'::regnamespace and relation.relkind = 'r'
        and not starts_with(relation.relname, 'agg_')
    order by 1
"""


# When it was computed, and where it came from: not what it says.
NOT_FACTS = re.compile("as_of|known_from|delivery_id|file_id|line_number|.*hours.*")


def facts_of_others(settings: Settings, patient_key: int) -> dict[str, list[dict]]:
    """Return every mart's rows but the patient's own."""
    facts = {}
    with connect(settings, Role.BUILDER) as builder:
        for (mart,) in builder.execute(MARTS).fetchall():
            rows = builder.execute(
                sql.SQL(
                    "select to_jsonb(t) from {} as t where to_jsonb(t)->>'patient_key' "
                    "is distinct from %s"
                ).format(sql.SQL(mart)),
                (str(patient_key),),
            )
            facts[mart] = sorted((_facts(row) for (row,) in rows), key=str)
    return facts


def _facts(row: dict[str, object]) -> dict[str, object]:
    return {name: row[name] for name in row if not NOT_FACTS.fullmatch(name)}


def wrong_books(settings: Settings) -> list[str]:
    """Return where books, rows and archive disagree; the builds have all been done."""
    return [each for each in faults(settings) if "no build knows" not in each]


def counts_of_files(settings: Settings) -> list[tuple]:
    """Return what the books say of each delivery of each file."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(
            "select table_name, records, mapped, excluded, refused from "
            "raw.delivery_file order by file_id"
        ).fetchall()


def tokens_of_the_patient(settings: Settings) -> set[int]:
    """Return who is found by the patient's names, numbers and address."""
    keyring = load_keyring(settings.keys_folder)
    row = {name: f"{CANARY}{name}" for name in (*NAMES, *NUMBERS, *ADDRESS)}
    terms = search_terms([row[name] for name in NAMES], [PATIENT_ID], None)
    tokens = [
        keyring.search_token(kind, term) for kind, term in terms + terms_of_patient(row)
    ]
    assert {kind for kind, _ in terms_of_patient(row)} == {
        SURNAME,
        FULL_NAME,
        "address",
    }
    with connect(settings, Role.OWNER) as owner:
        found = owner.execute(
            "select patient_key from identity.search_token where token = any(%s)",
            (tokens,),
        )
        return {key for (key,) in found}


def test_an_erased_patient_is_nowhere_and_others_lose_nothing(
    hospital: Hospital,
) -> None:
    settings, key = hospital.settings, hospital.patient_key
    signs = (CANARY, PATIENT_ID, str(key))
    before = traces(settings, signs)
    others = facts_of_others(settings, key)
    assert len(before) > 40, before
    assert {f"warehouse: intermediate.{name}" for name in LISTS_OF_TEXTS} <= before
    assert tokens_of_the_patient(settings) == {key}

    removed = erase(settings, str(key), ORDER)

    assert traces(settings, signs) == set()
    left = facts_of_others(settings, key)
    assert [mart for mart in others if left[mart] != others[mart]] == []
    assert wrong_books(settings) == []
    assert removed["archive entries"] == 5
    assert removed["raw.lab_results"] >= 2
    assert removed["access.draft"] == removed["access.person"] == 1
    assert removed["quality.value_report"] == removed["quality.report_answer"] == 1
    assert removed["access.alert_look"] == removed["access.shown_alert"] == 1
    assert tokens_of_the_patient(settings) == set()


def test_a_label_goes_with_its_fact_and_stays_with_anothers(hospital: Hospital) -> None:
    with connect(hospital.settings, Role.OWNER) as owner:
        labels = owner.execute(
            "select fact_key, patient_key from access.fact_label"
        ).fetchall()

    other = key_of(hospital.settings, OTHER_ID)
    assert labels == [(f"{SOURCE}:{OTHER_ID}-R1", other)]


def test_who_erased_when_and_why_is_kept_and_not_whom(hospital: Hospital) -> None:
    with connect(hospital.settings, Role.COMPLIANCE) as compliance:
        found = compliance.execute(
            "select ordered_by, reason_text, done_by, ended_at is not null, "
            "rows_removed from access.erasure"
        ).fetchall()
        audited = compliance.execute(
            "select result, purpose, patient_keys from audit.event "
            "where action = 'erase' order by event_id"
        ).fetchall()

        assert find_unfinished(compliance, seconds=0) == []
    ((ordered_by, reason, done_by, is_ended, removed),) = found
    assert (ordered_by, reason, done_by) == ("d.officer", "request 12", "operator:test")
    assert is_ended
    assert str(hospital.patient_key) not in json.dumps(removed)
    assert [result for result, _, _ in audited] == ["intended", "ok"]
    assert audited[0][1:] == (
        "request 12; ordered by d.officer",
        [hospital.patient_key],
    )


def test_the_same_bytes_delivered_again_bring_nothing_back(
    hospital: Hospital, tmp_path: Path
) -> None:
    settings = hospital.settings
    write_planted(tmp_path / "again")
    before = counts_of_files(settings)

    report = load(settings, tmp_path / "again", format_name="csv", source_system=SOURCE)

    assert traces(settings, (CANARY, PATIENT_ID)) == set()
    assert {
        feed: counts.landed for feed, counts in report.feeds.items()
    } == dict.fromkeys(report.feeds, 0)
    again = counts_of_files(settings)[len(before) :]
    assert sorted(again, key=str) == sorted(before[-len(again) :], key=str)
    assert report.files["patients"].reasons["erased"] == 2
    assert wrong_books(settings) == []


def test_another_delivery_of_the_patient_is_left_out_and_of_others_lands(
    hospital: Hospital, tmp_path: Path
) -> None:
    settings = hospital.settings
    rows = [
        {
            "record_id": f"{each}-late",
            "source_patient_id": each,
            "test_code": "2823-3",
            "value_text": CANARY if each == PATIENT_ID else "4.4",
            "collected_at": "2026-03-01",
        }
        for each in (PATIENT_ID, OTHER_ID)
    ]
    write(tmp_path / "lab_results.csv", rows)

    report = load(settings, tmp_path, format_name="csv", source_system=SOURCE)

    assert report.files["lab_results"].reasons == {"erased": 1}
    assert report.feeds["lab_results"].landed == 1
    assert traces(settings, (CANARY, PATIENT_ID)) == set()
    assert wrong_books(settings) == []


def test_a_trial_tells_that_rows_of_an_erased_patient_would_not_be_taken(
    hospital: Hospital,
) -> None:
    content = (
        "record_id,source_patient_id,test_code,value_text,collected_at\n"
        f"T1,{PATIENT_ID},2823-3,4.4,2026-03-02\n"
        f"T2,{OTHER_ID},2823-3,4.5,2026-03-02\n"
    )

    examined = examine_results(hospital.settings, content.encode(), SOURCE)

    assert examined.rows["rules"].to_list() == ["source_patient_id:erased", None]


def test_a_file_without_records_that_names_an_erased_patient_is_not_taken(
    hospital: Hospital, tmp_path: Path
) -> None:
    text = f"record_id,source_patient_id\nX,{PATIENT_ID}\n"
    (tmp_path / "conditions.csv").write_bytes(text.encode("utf-16"))

    report = load(hospital.settings, tmp_path, format_name="csv", source_system=SOURCE)

    assert report.files["conditions"].verdict == "not opened"
    assert "erased" in report.files["conditions"].problem
    assert traces(hospital.settings, (CANARY, PATIENT_ID)) == set()


def test_an_erasure_comes_back_with_a_restored_database(hospital: Hospital) -> None:
    """What a backup brings back, the file of erasures takes away again."""
    settings = hospital.settings
    with connect(settings, Role.OWNER) as owner:
        owner.execute("delete from access.erased_entry")
        owner.execute("delete from access.erased_patient")
        owner.execute("delete from access.erasure")
    restored = settings.deliveries_folder / "csv" / "restored"
    restored.mkdir()
    names = ((PATIENT_ID, CANARY), (OTHER_ID, "plain"))
    people = [{"source_patient_id": each, "family_name": name} for each, name in names]
    write(restored / "patients.csv", people)
    load(settings, restored, format_name="csv", source_system=SOURCE)
    write_record(settings, hospital.patient_key)
    assert traces(settings, (CANARY,))

    assert reapply(settings) == 1

    assert traces(settings, (CANARY, PATIENT_ID)) == set()
    assert wrong_books(settings) == []
    assert reapply(settings) == 0


def test_an_erasure_that_was_killed_is_ended_by_the_next_try(
    hospital: Hospital,
) -> None:
    settings = hospital.settings
    other = str(key_of(settings, OTHER_ID))
    for failpoint in (
        "erasure.entered:1",
        "erasure.entry:2",
        "erasure.rows_removed:1",
        "erasure.key_destroyed:1",
    ):
        killed = subprocess.run(
            [sys.executable, "-m", "tests.erasing.killed_erasure", other],
            cwd=PROJECT,
            env=os.environ
            | {
                "EHR_HOME": str(settings.root),
                "EHR_MODE": "test",
                "EHR_DATABASE_URL": "",
                "EHR_FAILPOINT": failpoint,
            },
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL, failpoint

    assert reapply(settings) > 0

    assert traces(settings, (OTHER_ID, other)) == set()
    assert wrong_books(settings) == []
    assert reapply(settings) == 0


def test_an_unknown_patient_is_told_without_the_id(hospital: Hospital) -> None:
    for named in ("123", f"{SOURCE}:nobody", "nobody"):
        with pytest.raises(ErasureError, match="no patient of that key") as caught:
            erase(hospital.settings, named, ORDER)
        assert "nobody" not in str(caught.value)


def test_a_confirmation_that_differs_erases_nothing(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = hospital.settings
    monkeypatch.setenv("EHR_HOME", str(settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    with connect(settings, Role.OWNER) as owner:
        (key,) = owner.execute(
            "select patient_key from identity.patient_key order by 1 limit 1"
        ).fetchone()
    command = ["erase", str(key), "--reason", "a request", "--ordered-by", "d.officer"]

    for typed in ("1\nerase\n", f"{key}\nyes\n"):
        result = CliRunner().invoke(app, command, input=typed)
        assert result.exit_code == 2
    with connect(settings, Role.OWNER) as owner:
        found = owner.execute(
            "select 1 from identity.patient_key where patient_key = %s", (key,)
        )
        assert found.fetchone()


def test_every_list_that_goes_on_from_earlier_texts_is_emptied() -> None:
    going_on = {
        path.stem
        for path in (DBT_PROJECT / "models").rglob("*.sql")
        if "of_texts_not_read()" in path.read_text()
    }
    assert going_on
    assert going_on <= set(LISTS_OF_TEXTS)
