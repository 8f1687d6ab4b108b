"""After every build, not only the first, people see the patients of their role."""

from collections.abc import Callable

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import PEOPLE as APPLICATION_ROLES
from pipelines.database.roles import Role
from tests.dbt.conftest import NURSE_SEES, PATIENT_SEES, PATIENTS, ThreeBuilds
from tests.dbt.mart_state import State

BUILDS = ("first", "touched", "full")
NOT_MARTS_OF_THE_LABORATORY = "fct_conditions"
NOT_FOR_PATIENTS = (
    "fct_acknowledgements",
    "fct_abnormal_findings",
    "fct_result_worklist",
)


@pytest.fixture(params=BUILDS)
def state(request: pytest.FixtureRequest, three_builds: ThreeBuilds) -> State:
    return getattr(three_builds, request.param)


@pytest.fixture(scope="module")
def marts(three_builds: ThreeBuilds) -> list[str]:
    return [name for name, _, has_patient in three_builds.full.relations if has_patient]


@pytest.fixture(scope="module")
def marts_of(three_builds: ThreeBuilds, marts) -> Callable[[Role], list[str]]:
    """Return a function: the marts with patients that a role may read."""
    readers = {(table, grantee) for table, grantee, _ in three_builds.full.grants}
    return lambda role: [mart for mart in marts if (mart, str(role)) in readers]


@pytest.fixture(scope="module")
def keys_seen(three_builds: ThreeBuilds) -> Callable[[Role, str, str], set[int]]:
    """Return a function: the patients that a login with a user id sees in a mart."""

    def see(role: Role, user_id: str, mart: str) -> set[int]:
        with connect(three_builds.settings, role) as connection:
            connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
            query = f"select distinct patient_key from marts.{mart}"  # noqa: S608 - name of a mart
            return {key for (key,) in connection.execute(query)}

    return see


def test_every_mart_with_patients_is_under_forced_security(state: State) -> None:
    open_ones = [
        name
        for name, is_forced, has_patient in state.relations
        if has_patient and not is_forced
    ]
    assert open_ones == []


def test_every_mart_with_patients_has_the_base_rule_and_a_rule_for_each_reader(
    state: State,
) -> None:
    rules = {(table, name) for table, name, *_ in state.policies}
    for mart, _, has_patient in state.relations:
        if has_patient:
            readers = {grantee for table, grantee, _ in state.grants if table == mart}
            assert readers
            for rule in {"builder", "user_required", *readers}:
                assert (mart, rule) in rules


def test_the_base_rule_is_restrictive_and_binds_every_application_role(
    state: State,
) -> None:
    for _, name, permissive, roles, _, condition in state.policies:
        if name == "user_required":
            assert permissive == "RESTRICTIVE"
            assert set(roles.split(",")) == {str(role) for role in APPLICATION_ROLES}
            assert "ehr.user_id" in condition


def test_only_the_builder_has_a_rule_that_is_always_true(state: State) -> None:
    always = {
        (table, name, roles)
        for table, name, _, roles, _, condition in state.policies
        if condition == "true" and name != "builder"
    }
    assert {
        roles
        for _, name, _, roles, _, condition in state.policies
        if name == "builder" and condition == "true"
    } == {"ehr_builder"}
    # The owner's functions count what a label withholds, and give out texts.
    assert always == {
        ("fct_labelled_facts", "ehr_owner", "ehr_owner"),
        ("fct_protected_texts", "ehr_owner", "ehr_owner"),
    }


def test_nobody_may_do_more_than_read(state: State) -> None:
    assert {privilege for _, _, privilege in state.grants} == {"SELECT"}
    assert "PUBLIC" not in {grantee for _, grantee, _ in state.grants}


def test_policies_and_grants_are_the_same_after_every_build(
    three_builds: ThreeBuilds,
) -> None:
    first, touched, full = (getattr(three_builds, build) for build in BUILDS)
    assert first.policies == touched.policies == full.policies
    assert first.grants == touched.grants == full.grants


def test_a_doctor_sees_everybody(marts_of, keys_seen) -> None:
    for mart in marts_of(Role.DOCTOR):
        if mart.startswith(("fct_lab_results", "fct_conditions", "fct_encounters")):
            assert keys_seen(Role.DOCTOR, "doctor", mart) == set(PATIENTS), mart


def test_a_nurse_sees_the_assigned_patients_and_nobody_else(
    marts_of, keys_seen
) -> None:
    for mart in marts_of(Role.NURSE):
        everybody = keys_seen(Role.BUILDER, "", mart)
        seen = keys_seen(Role.NURSE, "nurse", mart)
        assert seen == everybody & set(NURSE_SEES), mart
    assert keys_seen(Role.NURSE, "nurse", "fct_conditions") == set(NURSE_SEES)


def test_a_patient_sees_oneself(marts_of, keys_seen) -> None:
    assert len(marts_of(Role.PATIENT)) > 1
    for mart in marts_of(Role.PATIENT):
        everybody = keys_seen(Role.BUILDER, "", mart)
        seen = keys_seen(Role.PATIENT, "patient", mart)
        assert seen == everybody & {PATIENT_SEES}, mart


@pytest.mark.parametrize("user_id", ["", "nobody", "nurse"])
def test_no_user_an_unknown_user_or_one_of_another_role_sees_nobody(
    marts_of, keys_seen, user_id: str
) -> None:
    for role in (Role.DOCTOR, Role.PATIENT):
        for mart in marts_of(role):
            assert keys_seen(role, user_id, mart) == set(), (role, mart)


@pytest.mark.parametrize("mart", NOT_FOR_PATIENTS)
def test_a_patient_reads_nothing_of_the_staff_s_work(keys_seen, mart: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        keys_seen(Role.PATIENT, "patient", mart)


def test_a_laboratory_technician_reads_results_but_no_diagnoses(keys_seen) -> None:
    seen = keys_seen(Role.LAB_TECHNICIAN, "technician", "fct_lab_results")
    assert seen == set(PATIENTS)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        keys_seen(Role.LAB_TECHNICIAN, "technician", NOT_MARTS_OF_THE_LABORATORY)


def test_a_registrar_reads_who_somebody_is_and_nothing_clinical(marts_of) -> None:
    assert set(marts_of(Role.REGISTRAR)) == {
        "dim_contacts",
        "dim_coverages",
        "dim_patients",
        "fct_appointments",
        "fct_consents",
    }


def test_billing_reads_what_is_billed_and_no_note_or_result(marts_of) -> None:
    assert set(marts_of(Role.BILLING)) == {
        "dim_coverages",
        "fct_claims",
        "fct_conditions",
        "fct_encounters",
        "fct_payments",
        "fct_procedures",
    }


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BILLING])
def test_who_registers_or_bills_is_a_person_of_that_role(
    role: Role, marts_of, keys_seen
) -> None:
    own = role.removeprefix("ehr_")
    for mart in marts_of(role):
        assert keys_seen(role, own, mart) == keys_seen(Role.BUILDER, "", mart), mart
        for other in ("", "nobody", "doctor"):
            assert keys_seen(role, other, mart) == set(), (mart, other)


@pytest.mark.parametrize("role", [Role.QUALITY, Role.RESEARCHER, Role.SUPPORT])
def test_other_roles_read_no_mart(role: Role, marts, keys_seen) -> None:
    for mart in marts:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            keys_seen(role, "doctor", mart)


@pytest.mark.parametrize("schema", ["staging", "intermediate", "raw"])
def test_nobody_reads_around_the_marts(three_builds: ThreeBuilds, schema: str) -> None:
    with connect(three_builds.settings, Role.OWNER) as connection:
        readable = connection.execute(
            "select relation.relname, role.rolname "
            "from pg_class as relation cross join pg_roles as role "
            "where relation.relnamespace = %s::regnamespace "
            "and relation.relkind in ('r', 'v') and role.rolname = any(%s) "
            "and exists (select 1 from pg_attribute as attribute "
            "where attribute.attrelid = relation.oid "
            "and attribute.attname = 'patient_key') "
            "and has_table_privilege(role.oid, relation.oid, 'select')",
            (schema, [str(role) for role in APPLICATION_ROLES]),
        ).fetchall()
    assert readable == []
