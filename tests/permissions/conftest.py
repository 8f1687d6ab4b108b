"""The hospital of the simulation, in which people act; afterwards it is as before."""

from collections.abc import Iterator

import psycopg
import pytest

from pipelines.access.passwords import hash_of
from pipelines.access.people import PersonRole, find_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.permissions.action_book.outside import TEMPORARY
from tests.permissions.hospital import PASSWORD, Hospital, emptied

WITH_RESULTS = "select distinct patient_key from marts.fct_lab_results"
# Of some patients those whom neither doctor nor nurse of the demonstration has.
NOBODYS = """
    select patient_key from unnest(%s::bigint[]) as patient (patient_key)
    where patient_key not in (
            select patient_key from access.care_team
            where practitioner_id in ('D0001', 'N0001')
        )
        and patient_key not in (select patient_key from access.assignment)
        and patient_key not in (select patient_key from access.restriction)
        and patient_key not in (
            select patient_key from access.consent
            where scope_code = 'treating_team_only'
        )
        and patient_key not in (select patient_key from access.ward_stay)
        and patient_key not in (
            select patient_key from access.person where patient_key is not null
        )
    order by patient_key
"""
# Of some patients one of whom a label keeps something from the doctor: it is for that
# that the glass is broken where nothing else is closed.
WITH_HIDDEN_FACTS = """
    select patient_key from unnest(%s::bigint[]) as patient (patient_key)
    where exists (select 1 from access.hidden_facts(patient.patient_key))
    order by patient_key
    limit 1
"""
BEGIN = """
    insert into access.assignment (user_id, patient_key, reason)
    values ('doctor', %(entrusted)s, 'acting'), ('nurse', %(entrusted)s, 'acting');
    insert into access.ward_stay
    values ('hospital', 'Ward of actions', %(lying)s, now() - interval '1 day', null);
    insert into access.ward_member (user_id, source_system, ward_name)
    values ('nurse', 'hospital', 'Ward of actions');
    insert into access.restriction (patient_key, label_code, set_by, reason)
    values (%(restricted)s, 'vip', 'test', 'acting');
"""
END = f"""
    delete from access.take_over;
    delete from access.assignment
    where reason in ('acting', 'prepares', 'The ward is short of staff', 'ticket 7');
    delete from access.restriction where reason = 'acting';
    delete from access.ward_stay where ward_name = 'Ward of actions';
    delete from access.ward_member where ward_name = 'Ward of actions';
    delete from access.break_glass;
    delete from access.consent where recorded_by = 'patient';
    delete from access.certification where user_id like '{TEMPORARY}.%%';
    delete from access.person where user_id like '{TEMPORARY}.%%';
    delete from access.upload where user_id = 'lab_technician';
    delete from quarantine.row where table_name = 'acting';
    delete from quarantine.decision where decided_by = 'quality';
    delete from quality.source_mapping where made_by = 'quality';
    delete from quality.incident_decision;
    delete from quality.limit_decision;
    delete from quality.threshold_decision;
    delete from quality.limit_proposal;
    delete from quality.incident_measure where check_id = 'book:of_actions';
    delete from quality.report_answer;
    delete from quality.value_report;
"""  # noqa: S608 - a constant of this module's
HASHES = "select user_id, password_hash from access.person"
SET_HASH = "update access.person set password_hash = %s where user_id = %s"


@pytest.fixture(scope="package")
def hospital(simulated_hospital: Settings) -> Iterator[Hospital]:
    """Yield the built hospital with patients of every relation; its record is empty."""
    with connect(simulated_hospital, Role.BUILDER) as builder:
        some = [key for (key,) in builder.execute(WITH_RESULTS)]
    with connect(simulated_hospital, Role.OWNER) as owner:
        people = {role: find_person(owner, role.value) for role in PersonRole}
        hashes = owner.execute(HASHES).fetchall()
        known = hash_of(PASSWORD)
        for user_id, _ in hashes:
            owner.execute(SET_HASH, (known, user_id))
        nobodys = [key for (key,) in owner.execute(NOBODYS, (some,))]
        with connect(simulated_hospital, Role.DOCTOR) as doctor:
            doctor.execute("select set_config('ehr.user_id', 'doctor', true)")
            (stranger,) = doctor.execute(WITH_HIDDEN_FACTS, (nobodys,)).fetchone()
        lying, restricted, *_ = (key for key in nobodys if key != stranger)
        entrusted = people[PersonRole.PATIENT].patient_key
        made = Hospital(
            simulated_hospital, people, entrusted, stranger, lying, restricted
        )
        each_statement(owner, BEGIN, made.patients)
    yield made
    emptied(simulated_hospital)
    with connect(simulated_hospital, Role.OWNER) as owner:
        each_statement(owner, END, {})
        for user_id, before in hashes:
            owner.execute(SET_HASH, (before, user_id))


def each_statement(
    owner: psycopg.Connection, statements: str, values: dict[str, int]
) -> None:
    """Run statements one by one: only one at a time takes values."""
    for statement in filter(str.strip, statements.split(";")):
        owner.execute(statement, values)
