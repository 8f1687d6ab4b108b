"""Database ``record``: it only grows, and everybody writes in their own name alone."""

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege, RaiseException

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.settings import Settings

PEOPLE_INSIDE = (Role.DOCTOR, Role.NURSE, Role.LAB_TECHNICIAN)
AS_PERSON = "select set_config('ehr.user_id', %s, false)"
INSERT = """
    insert into laboratory.acknowledgements (
        patient_key, lab_result_key, reading_hash, user_id, person_name{more}
    )
    values (1, %s, repeat('a', 32), %s, 'Dr. One'{values})
"""
OF_KEYS = "select user_id from laboratory.acknowledgements_of(%s)"


def write(  # noqa: PLR0913 - one row, and who says so
    settings: Settings,
    role: Role = Role.DOCTOR,
    *,
    person: str = "doctor",
    user_id: str = "doctor",
    key: str = "hospital:L1",
    more: str = "",
    values: str = "",
) -> None:
    """Write a row as a login that says who is asking."""
    with connect(settings, role, RECORD) as connection:
        connection.execute(AS_PERSON, (person,))
        connection.execute(INSERT.format(more=more, values=values), (key, user_id))


def test_a_doctor_writes_in_their_own_name_only(ward: Settings) -> None:
    write(ward)

    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        write(ward, person="doctor", user_id="other.doctor")
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        write(ward, person="", user_id="doctor")


@pytest.mark.parametrize("role", [Role.NURSE, Role.LAB_TECHNICIAN, Role.EXTRACTOR])
def test_nobody_else_writes(ward: Settings, role: Role) -> None:
    with pytest.raises(InsufficientPrivilege):
        write(ward, role, person="nurse", user_id="nurse")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("role_code", "'doctor'"),
        ("acknowledged_at", "'2020-01-01'"),
        ("changed_by", "'3'"),
        ("acknowledgement_id", "gen_random_uuid()"),
    ],
)
def test_role_time_and_transaction_are_not_for_the_writer_to_say(
    ward: Settings, column: str, value: str
) -> None:
    with pytest.raises(InsufficientPrivilege):
        write(ward, more=f", {column}", values=f", {value}")


@pytest.mark.parametrize(
    "change",
    [
        "update laboratory.acknowledgements set comment_text = 'x'",
        "delete from laboratory.acknowledgements",
        "truncate laboratory.acknowledgements",
    ],
)
def test_nothing_is_ever_changed_or_removed(ward: Settings, change: str) -> None:
    write(ward)

    with (
        connect(ward, Role.OWNER, RECORD) as owner,
        pytest.raises(RaiseException, match="only grows"),
    ):
        owner.execute(change)
    for role in (*PEOPLE_INSIDE, Role.EXTRACTOR):
        with (
            connect(ward, role, RECORD) as connection,
            pytest.raises(InsufficientPrivilege),
        ):
            connection.execute(change)


@pytest.mark.parametrize(
    ("column", "value"),
    [("comment_text", "E'two\\nlines'"), ("comment_text", "repeat('x', 2001)")],
)
def test_what_a_delivery_could_not_hold_is_refused(
    ward: Settings, column: str, value: str
) -> None:
    with pytest.raises(CheckViolation):
        write(ward, more=f", {column}", values=f", {value}")


def test_a_key_without_a_source_is_refused(ward: Settings) -> None:
    with pytest.raises(CheckViolation):
        write(ward, key="L1")


@pytest.mark.parametrize("role", PEOPLE_INSIDE, ids=str)
def test_people_read_only_of_the_keys_they_name_and_only_as_somebody(
    ward: Settings, role: Role
) -> None:
    write(ward, key="hospital:L1")
    write(ward, key="hospital:L2")

    with connect(ward, role, RECORD, autocommit=True) as connection:
        with pytest.raises(InsufficientPrivilege):
            connection.execute("select * from laboratory.acknowledgements")
        assert connection.execute(OF_KEYS, (["hospital:L1"],)).fetchall() == []
        connection.execute(AS_PERSON, ("somebody",))
        assert len(connection.execute(OF_KEYS, (["hospital:L1"],)).fetchall()) == 1


def test_only_people_inside_may_ask_for_acknowledgements(ward: Settings) -> None:
    with (
        connect(ward, Role.EXTRACTOR, RECORD) as connection,
        pytest.raises(InsufficientPrivilege),
    ):
        connection.execute(OF_KEYS, (["hospital:L1"],))


@pytest.mark.parametrize("role", [*PEOPLE_INSIDE, Role.EXTRACTOR], ids=str)
def test_nobody_makes_a_table_that_could_shadow_another(
    ward: Settings, role: Role
) -> None:
    for statement in (
        "create temp table acknowledgements ()",
        "create table public.acknowledgements ()",
        "create table laboratory.other ()",
    ):
        with (
            connect(ward, role, RECORD) as connection,
            pytest.raises(InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_functions_with_the_owners_rights_look_in_no_schema_of_the_caller(
    ward: Settings,
) -> None:
    with connect(ward, Role.OWNER, RECORD) as owner:
        paths = owner.execute(
            "select proname, proconfig from pg_proc where prosecdef "
            "and pronamespace = 'laboratory'::regnamespace"
        ).fetchall()
        open_to_all = owner.execute(
            "select relname from pg_class, aclexplode(relacl) as entry "
            "where entry.grantee = 0 and relnamespace = 'laboratory'::regnamespace "
            "union all select proname from pg_proc, aclexplode(coalesce(proacl, "
            "acldefault('f', proowner))) as entry "
            "where entry.grantee = 0 and pronamespace = 'laboratory'::regnamespace"
        ).fetchall()

    assert [path for _, path in paths] == [["search_path=pg_catalog, pg_temp"]]
    assert open_to_all == []


def test_the_extractor_reads_everything(ward: Settings) -> None:
    write(ward)

    with connect(ward, Role.EXTRACTOR, RECORD) as connection:
        counted = connection.execute(
            "select count(*) from laboratory.acknowledgements"
        ).fetchone()
    assert counted == (1,)
