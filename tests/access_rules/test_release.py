"""When a patient reads a result: rules of release, to the microsecond."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.access_rules.differences import as_person
from tests.access_rules.mutants import DEFINITIONS, EXCHANGES, exchanged
from tests.access_rules.worlds import OWN_PATIENT

HOLD = """
    insert into access.release_rule (
        kind_code, matched_by, matched_value, hours, valid_from, valid_to, set_by,
        ended_by, reason
    )
    values (
        %(kind)s, %(matched_by)s, %(value)s, %(hours)s,
        now() - interval '72 hours' + %(begins)s * interval '1 us',
        now() + %(ends)s::bigint * interval '1 us',
        'compliance',
        case when %(ends)s::bigint is not null then 'compliance' end,
        'the site'
    )
"""
RESULTS = """
    update marts.own_results
    set released_counted_from = now() - interval '72 hours'
            + %(late)s::bigint * interval '1 us',
        released_known_from = case
            when not %(is_unknown)s then now() - interval '72 hours'
        end,
        first_acknowledged_at = now() + %(acknowledged)s::bigint * interval '1 us',
        category_name = %(category)s,
        loinc_code = '22637-3',
        test_key = 'own-analyte',
        sensitivity = %(labels)s
    where patient_key = %(patient)s
"""
RESULT = {
    "late": 0,
    "is_unknown": False,
    "acknowledged": None,
    "category": " Pathology ",
    "labels": 4,
    "patient": OWN_PATIENT,
}
RULE = {
    "kind": "result",
    "matched_by": "all",
    "value": None,
    "hours": 72,
    "begins": -1,
    "ends": None,
}
HOUR = 3_600_000_000
LATE = {"late": 1}
BY_CATEGORY = {"matched_by": "category", "value": "pathology"}
BY_TEST = {"matched_by": "test", "value": "22637-3"}
BY_LABEL = {"matched_by": "label", "value": "hiv"}
# What holds: of a result and the rules of the site, whether its patient reads it. Times
# are microseconds from the edge of the 72 hours, of the rule, of the acknowledgement.
CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], bool]] = {
    "at once without a rule": ({"late": 72 * HOUR}, [], True),
    "when the hours are over": ({}, [{}], True),
    "not a microsecond before": (LATE, [{}], False),
    "not an hour before": ({"late": HOUR}, [{}], False),
    "when acknowledged": (LATE | {"acknowledged": 0}, [{}], True),
    "not before it is acknowledged": (LATE | {"acknowledged": 1}, [{}], False),
    "held by its category": (LATE, [BY_CATEGORY], False),
    "of another category": (LATE, [BY_CATEGORY | {"value": "chemistry"}], True),
    "without a category": (LATE | {"category": None}, [BY_CATEGORY], True),
    "held by its code": (LATE, [BY_TEST], False),
    "held by its analyte": (LATE, [BY_TEST | {"value": "own-analyte"}], False),
    "of another test": (LATE, [BY_TEST | {"value": "22637-4"}], True),
    "held by its label": (LATE, [BY_LABEL], False),
    "of another label": (LATE, [BY_LABEL | {"value": "mental_health"}], True),
    "without a label": (LATE | {"labels": 0}, [BY_LABEL], True),
    "a rule of reports": (LATE, [{"kind": "report"}], True),
    "the longer of two": ({}, [{"hours": 24}, BY_TEST | {"hours": 73}], False),
    "both of two over": ({}, [{"hours": 24}, BY_TEST], True),
    "known when the rule began": (LATE, [{"begins": 0}], False),
    "known before the rule began": (LATE, [{"begins": 1}], True),
    "known before a rule to come": (LATE, [{"begins": 80 * HOUR}], True),
    "the rule ends in a moment": (LATE, [{"ends": 1}], False),
    "the rule has ended": (LATE, [{"ends": 0}], True),
    # Another rule is in force, so that each row is asked.
    "one of two has ended": (
        LATE,
        [{"ends": 0}, BY_CATEGORY | {"value": "chemistry"}],
        True,
    ),
    "not known since when": ({"late": None}, [{}], False),
    "not known when learnt": (LATE | {"is_unknown": True}, [{}], False),
}
REPORTS = """
    update marts.{} as report
    set released_counted_from = now() - interval '72 hours' + %s * interval '1 us',
        released_known_from = now() - interval '72 hours'
    where patient_key = %s
"""
SEEN = "select count(*) from marts.own_results"
TEXTS = "select count(*) from access.readable_facts('imaging_reports', array[1])"
JUDGES = ("is_released",)
HOLDS_NOTHING = """
    create or replace function access.holds_results() returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as 'select false'
"""
FAULTS = (
    *EXCHANGES,
    (r",\s+true\b", ", false"),
    (r", false\)", ", true)"),
    (r" \+ make_interval", " - make_interval"),
    (r"lower\(", "upper("),
    (r"when 'all' then true", "when 'all' then false"),
    (r"= rule\.matched_value", "<> rule.matched_value"),
    (r"rule\.kind_code = is_released\.kind_code", "true"),
    (r"\bhours => rule\.hours", "days => rule.hours"),
    (r"not exists", "exists"),
)


def read(
    admin: psycopg.Connection,
    result: dict[str, Any],
    rules: list[dict[str, Any]],
) -> bool:
    """Return whether the patient reads such a result under these rules."""
    with admin.transaction(force_rollback=True):
        admin.execute(RESULTS, RESULT | result)
        for rule in rules:
            hold(admin, **rule)
        with as_person(admin, "patient", "patient"):
            return admin.execute(SEEN).fetchone()[0] > 0


def hold(admin: psycopg.Connection, **rule: Any) -> None:
    admin.execute(HOLD, RULE | rule)


def differing(admin: psycopg.Connection) -> Iterator[str]:
    """Yield the cases that are not as they should be."""
    for name, (result, rules, expected) in CASES.items():
        if read(admin, result, rules) is not expected:
            yield name


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns"])
def test_a_result_is_read_when_it_is_released_and_not_before(
    admin: psycopg.Connection, zone: str
) -> None:
    admin.execute("select set_config('timezone', %s, true)", (zone,))

    assert list(differing(admin)) == []


def test_every_fault_in_the_rule_is_found_by_these_cases(
    admin: psycopg.Connection,
) -> None:
    definitions = admin.execute(DEFINITIONS, (list(JUDGES),)).fetchall()
    faults = [
        (f"{name}: {place}", changed)
        for name, definition in definitions
        for place, changed in exchanged(definition, FAULTS)
    ]
    unseen = [name for name, changed in faults if not is_found(admin, changed)]

    assert unseen == []
    assert len(faults) > 20
    assert is_found(admin, HOLDS_NOTHING)


def is_found(admin: psycopg.Connection, statement: str) -> bool:
    """Return whether a fault changes a case, or PostgreSQL does not take it."""
    try:
        with admin.transaction(force_rollback=True):
            admin.execute(statement)
            return any(differing(admin))
    except psycopg.Error:
        return True


def test_an_hour_is_an_hour_when_the_clocks_change(admin: psycopg.Connection) -> None:
    """A day of the calendar is an hour short over the change of March 2026."""
    admin.execute("select set_config('timezone', 'Europe/Berlin', true)")
    ends = admin.execute(
        "select timestamptz '2026-03-28 12:00+01' + make_interval(hours => 72)"
    ).fetchone()[0]

    assert ends.isoformat() == "2026-03-31T13:00:00+02:00"


def test_a_report_and_its_text_are_held_and_released_together(
    admin: psycopg.Connection,
) -> None:
    admin.execute("update marts.fct_protected_texts set is_for_patient = true")
    hold(admin, matched_by="category", value="mr", kind="report")
    found = []
    for modality, early in (("MR", 1), ("MR", 0), ("CT", 1)):
        for table in ("own_reports", "fct_protected_texts"):
            admin.execute(REPORTS.format(table), (early, OWN_PATIENT))
        admin.execute("update marts.own_reports set modality_code = %s", (modality,))
        admin.execute(
            "update marts.fct_protected_texts set category_name = %s", (modality,)
        )
        with as_person(admin, "patient", "patient"):
            reports = admin.execute("select count(*) from marts.own_reports").fetchone()
            texts = admin.execute(
                "select count(*) from access.protected_texts('imaging_reports', "
                "array[1])"
            )
            texts = len(texts.fetchall())
        found.append((reports[0] > 0, texts))

    assert [each for each, _ in found] == [False, True, True]


def test_the_text_of_a_report_is_readable_by_the_same_rule(
    admin: psycopg.Connection,
) -> None:
    """Asked of the function that decides; the example's text itself is not sealed."""
    admin.execute(
        "update marts.fct_protected_texts set is_for_patient = true, sensitivity = 0"
    )
    hold(admin, matched_by="category", value="mr", kind="report")
    admin.execute("update marts.fct_protected_texts set category_name = 'MR'")
    admin.execute("grant execute on function access.readable_facts to ehr_patient")
    admin.execute("grant execute on function access.readable_facts to ehr_doctor")

    def readable(role: str, user_id: str) -> bool:
        with as_person(admin, role, user_id):
            return admin.execute(TEXTS).fetchone()[0] > 0

    admin.execute(REPORTS.format("fct_protected_texts"), (1, OWN_PATIENT))
    held = readable("patient", "patient"), readable("doctor", "doctor.one")
    admin.execute(REPORTS.format("fct_protected_texts"), (0, OWN_PATIENT))

    assert held == (False, True)
    assert readable("patient", "patient")


def test_only_compliance_decides_and_never_backwards(
    admin: psycopg.Connection,
) -> None:
    setting = "select access.set_release_rule('result', 'label', %s, 48, 'why', %s)"
    with as_person(admin, "compliance", "compliance"):
        for label, at in (("hiv", "2020-01-01"), ("no-such", "2999-01-01")):
            with (
                pytest.raises(psycopg.errors.InvalidParameterValue),
                admin.transaction(),
            ):
                admin.execute(setting, (label, at))
        rule = admin.execute(setting, ("hiv", "2999-01-01")).fetchone()[0]
        ended = "select access.end_release_rule(%s)"
        assert admin.execute(ended, (rule,)).fetchone() == (True,)
        assert admin.execute(ended, (rule,)).fetchone() == (False,)
    for role in ("doctor", "patient", "support"):
        with (
            as_person(admin, role, role if role != "doctor" else "doctor.one"),
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            admin.transaction(),
        ):
            admin.execute(setting, ("hiv", "2999-01-01"))


def test_clinicians_read_on(admin: psycopg.Connection) -> None:
    admin.execute(RESULTS, RESULT | LATE)
    hold(admin)

    with as_person(admin, "lab_technician", "lab"):
        count = admin.execute(
            "select count(*) from marts.fct_lab_results where patient_key = %s",
            (OWN_PATIENT,),
        ).fetchone()[0]
    assert count > 0
