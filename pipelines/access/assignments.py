"""Who is responsible for which patient by hand; delivered_rules has the care teams."""

import psycopg

ASSIGN = """
    insert into access.assignment (user_id, patient_key, reason) values (%s, %s, %s)
"""
END_ASSIGNMENT = """
    update access.assignment
    set valid_to = now()
    where user_id = %s and patient_key = %s and (valid_to is null or valid_to > now())
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
