"""What is done outside of the record: access, evidence, trail, Dagster, research."""

import asyncio
import json
import secrets
from typing import Any
from uuid import UUID, uuid4

import psycopg

from dashboards.compliance.statements import DISCLOSURES, EVENTS
from dashboards.own_record.statements import LOOKS
from pipelines.access.break_glass import break_glass
from pipelines.access.compliance import certify, review_glass
from pipelines.access.confirming import Proof
from pipelines.access.encryption import load_keyring
from pipelines.access.explaining import explain, grant
from pipelines.access.people import Person, create_person
from pipelines.access.reading import Query, Reader
from pipelines.access.refused_decisions import (
    SourceCorrection,
    correct_source,
    discard_refused,
    release_refused,
    replay_refused,
)
from pipelines.access.refused_row import Choice
from pipelines.access.refused_rows import read_refused_rows, read_whole_line
from pipelines.access.research import make_sql_login, revoke_sql_login
from pipelines.access.sessions import cookie_name
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.access.take_over import take_over
from pipelines.database.connections import server_address
from pipelines.landing.quarantine import PLACE
from pipelines.record.actions.own_copy import own_copy
from pipelines.supervision.dagster_gate import DagsterGate
from tests.clock import ago, ahead
from tests.permissions.action_book.deed import Deed, NothingShownError
from tests.permissions.hospital import PASSWORD, Hospital

A_REFUSED_ROW = "select min(row_id) from quarantine.row where line_number > 0"
# A line that is no record: it can be decided about, and changes nothing else.
A_WAITING_ROW = """
    insert into quarantine.row (
        address, source_system, table_name, rules, reason, original_text, delivery_id,
        file_id, line_number
    )
    select
        %s, 'hospital', 'acting', 'record', 'no record', %s, delivery_id, file_id, 1
    from raw.delivery_file
    where table_name = 'lab_results'
    order by file_id
    limit 1
    returning row_id
"""
GLASS = """
    insert into access.break_glass (
        user_id, patient_key, reason_code, reason_text, opened_at, ends_at
    )
    values (
        'doctor', %s, 'emergency', 'brought in unconscious',
        now() - interval '2 hours', now() - interval '1 hour'
    )
    returning break_glass_id
"""
COHORT = "select count(*) from research.patients where sex_code = 'F'"
EXPORT = "copy (select * from research.lab_results limit 100) to stdout (format csv)"
MUTATION = json.dumps({"query": "mutation { setNuxSeen }"}).encode()
REFUSED = 400
TEMPORARY = "temporary"  # how the user ids of accounts begin that are made here


class RefusedByGateError(Exception):
    """Dagster's gate let nothing through."""


def _take_over(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return take_over(hospital.settings, person, patient, "The ward is short of staff")


def _break_glass(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return break_glass(
        hospital.settings,
        person,
        patient,
        reason_code="emergency",
        reason_text="brought in unconscious",
        proof=Proof(PASSWORD),
    )


def _download(hospital: Hospital, person: Person, _: int, __: object) -> object:
    return own_copy(hospital.settings, person, "fhir")


def _looks(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    """Read who looked; nobody's own record shows nobody's looks."""
    asked = {"looks": Query(LOOKS, {})}
    reading = Reader(hospital.settings, person).read("own record", asked, [patient])
    if reading.frames["looks"].empty or patient not in reading.identities:
        raise NothingShownError
    return reading


def _triage(hospital: Hospital, person: Person, _: int, __: object) -> object:
    return read_refused_rows(hospital.settings, person, Choice())


def _refused_row(hospital: Hospital, _: Person, __: int) -> int:
    with hospital.owner() as owner:
        return owner.execute(A_REFUSED_ROW).fetchone()[0]


def _unmask(hospital: Hospital, person: Person, _: int, row_id: int) -> object:
    why = "The laboratory asks which result this was"
    return read_whole_line(hospital.settings, person, row_id, why)


def _waiting_row(hospital: Hospital, _: Person, __: int) -> Choice:
    address, keyring = uuid4(), load_keyring(hospital.settings.keys_folder)
    with hospital.owner() as owner:
        values = (address, keyring.encrypt("no record", PLACE + address.hex))
        return Choice(row_ids=owner.execute(A_WAITING_ROW, values).fetchone())


def _replay(hospital: Hospital, person: Person, _: int, row: Choice) -> object:
    return replay_refused(hospital.settings, person, row, "its header was mended")


def _release(hospital: Hospital, person: Person, _: int, row: Choice) -> object:
    return release_refused(hospital.settings, person, row, "the ward confirmed it")


def _discard(hospital: Hospital, person: Person, _: int, row: Choice) -> object:
    return discard_refused(hospital.settings, person, row, "sent by mistake")


def _correct(hospital: Hospital, person: Person, _: int, __: object) -> object:
    unit = SourceCorrection("hospital", "lab_results", "unit", "mmol per l", "mmol/L")
    return correct_source(hospital.settings, person, unit, "their new spelling")


def _trail(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    values = {
        "since": ago(days=1),
        "until": ahead(days=1),
        "user_id": None,
        "action": None,
        "result": None,
        "asked_key": patient,
        "most": 50,
        "offset": 0,
    }
    asked = {"events": Query(EVENTS, values)}
    return Reader(hospital.settings, person).read("audit search", asked)


def _disclosures(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    asked = {"disclosures": Query(DISCLOSURES, {"asked_key": patient})}
    page = "accounting of disclosures"
    return Reader(hospital.settings, person).read(page, asked, [patient])


def _broken(hospital: Hospital, _: Person, patient: int) -> UUID:
    """Return a glass that the doctor broke two hours ago."""
    with hospital.owner() as owner:
        return owner.execute(GLASS, (patient,)).fetchone()[0]


def _review(hospital: Hospital, person: Person, patient: int, glass: UUID) -> object:
    return review_glass(
        hospital.settings, person, (glass, patient), "justified", "It was an emergency"
    )


def _colleague(hospital: Hospital, _: Person, __: int) -> str:
    """Return the account of somebody who came this quarter."""
    user_id = f"{TEMPORARY}.{secrets.token_hex(4)}"
    with hospital.owner() as owner:
        create_person(owner, Person(user_id, "Temporary", "quality"), PASSWORD)
    return user_id


def _certify(hospital: Hospital, person: Person, _: int, user_id: str) -> object:
    return certify(hospital.settings, person, user_id, "kept", "Still needed")


def _explain(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return explain(hospital.settings, person, "nurse", patient)


def _clinician(hospital: Hospital, _: Person, __: int) -> str:
    """Return the account of a nurse who has nobody."""
    user_id = f"{TEMPORARY}.{secrets.token_hex(4)}"
    with hospital.owner() as owner:
        create_person(owner, Person(user_id, "Temporary", "nurse"), PASSWORD)
    return user_id


def _grant(hospital: Hospital, person: Person, patient: int, user_id: str) -> object:
    return grant(
        hospital.settings,
        person,
        user_id,
        patient,
        valid_to=ahead(days=1),
        reason="ticket 7",
    )


def _run(hospital: Hospital, person: Person, _: int, __: object) -> object:
    """Ask Dagster through its gate, with the person's cookie, to change something."""
    token = sign_in_as_persona(hospital.settings, person.user_id).token
    written = {
        "host": "127.0.0.1:3000",
        "cookie": f"{cookie_name(hospital.settings)}={token}",
        "content-type": "application/json",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in written.items()],
    }
    status = asyncio.run(_status(hospital, scope))
    if status >= REFUSED:
        raise RefusedByGateError
    return status


async def _status(hospital: Hospital, scope: dict[str, Any]) -> int:
    """Return the status of a request; what passes the gate is answered with 200."""
    sent: list[dict[str, Any]] = []

    async def dagster(_: object, __: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": MUTATION, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await DagsterGate(dagster, hospital.settings)(scope, receive, send)
    return sent[0]["status"]


def _by_own_login(statement: str) -> Deed:
    """Return what a researcher does in SQL, by the login that is made for them."""

    def do(hospital: Hospital, person: Person, _: int, __: object) -> object:
        login = make_sql_login(hospital.settings, person.user_id, days=1)
        way = {**server_address(hospital.settings), "dbname": "warehouse"}
        try:
            with (
                psycopg.connect(
                    **way, user=login.name, password=login.password
                ) as connection,
                connection.cursor() as cursor,
            ):
                if not statement.startswith("copy"):
                    return cursor.execute(statement).fetchall()
                with cursor.copy(statement) as copy:
                    return b"".join(copy)
        finally:
            revoke_sql_login(hospital.settings, person.user_id)

    return Deed(do)


DEEDS = {
    "take over patient": Deed(_take_over),
    "break the glass": Deed(_break_glass),
    "download own record": Deed(_download),
    "see who looked": Deed(_looks),
    "triage refused rows": Deed(_triage),
    "unmask refused row": Deed(_unmask, _refused_row),
    "replay refused rows": Deed(_replay, _waiting_row),
    "release refused rows": Deed(_release, _waiting_row),
    "discard refused rows": Deed(_discard, _waiting_row),
    "correct refused values": Deed(_correct),
    "define cohort": _by_own_login(COHORT),
    "export research": _by_own_login(EXPORT),
    "search audit": Deed(_trail),
    "review broken glass": Deed(_review, _broken),
    "export disclosures": Deed(_disclosures),
    "certify grants": Deed(_certify, _colleague),
    "run pipeline": Deed(_run),
    "explain access": Deed(_explain),
    "mend access": Deed(_grant, _clinician),
}
