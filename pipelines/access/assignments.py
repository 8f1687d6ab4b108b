"""Who is responsible for which patient: by hand, and by the care teams delivered."""

import psycopg

ASSIGN = """
    insert into access.assignment (user_id, patient_key, reason) values (%s, %s, %s)
"""
END_ASSIGNMENT = """
    update access.assignment
    set valid_to = now()
    where user_id = %s and patient_key = %s and (valid_to is null or valid_to > now())
"""
# The current version of a fact: the highest by source version time, then adapter, then
# open before closed, then content.
CURRENT_CARE_TEAM = """
    insert into access.care_team
    select source_system, practitioner_id, patient_key, started_at, ended_at
    from (
        select
            member.*,
            row_number() over (
                partition by source_system, record_id
                order by version_at desc, adapter_revision desc, is_closed,
                    content_hash desc
            ) as version_rank
        from raw.care_team as member
    ) as ranked
    where version_rank = 1 and not is_closed and practitioner_id is not null
"""


def assign_patient(
    connection: psycopg.Connection, user_id: str, patient_key: int, reason: str
) -> None:
    """Give a patient to a person from now on, as the owner."""
    connection.execute(ASSIGN, (user_id, patient_key, reason))


def end_assignment(
    connection: psycopg.Connection, user_id: str, patient_key: int
) -> None:
    """Take a patient from a person from now on, as the owner."""
    connection.execute(END_ASSIGNMENT, (user_id, patient_key))


def refresh_care_team(connection: psycopg.Connection) -> int:
    """Renew ``access.care_team`` from the current facts, as the builder or the owner.

    Readers see the old teams until the transaction commits, then the new ones.

    Returns:
        How many memberships there are now.
    """
    with connection.transaction():
        connection.execute("delete from access.care_team")
        return connection.execute(CURRENT_CARE_TEAM).rowcount
