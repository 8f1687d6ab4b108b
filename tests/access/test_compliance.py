"""What a compliance officer reads and decides, and that nobody else does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from pipelines.access import audit
from pipelines.access.acting import RuleError
from pipelines.access.audit import AuditError, Event, append
from pipelines.access.audit_reviews import monday_of, prepare_reviews
from pipelines.access.compliance import (
    certify,
    patients_of_number,
    review_glass,
    sign_week,
    staff_tokens,
)
from pipelines.access.disclosures import Disclosure, disclose
from pipelines.access.people import Person, create_person
from pipelines.access.staff_addresses import keep_staff_address
from pipelines.access.ties import terms_of_patient, terms_of_staff
from pipelines.database.connections import connect
from pipelines.database.roles import PEOPLE, Role
from pipelines.settings import Settings
from tests.access.audit_away import trail_away
from tests.conftest import running_installation
from tests.dashboards.conftest import PASSWORD, furnish

OFFICER = Person("officer", "Officer", "compliance")
OTHER = Person("other", "Other Officer", "compliance")
MEYER = Person("dr.meyer", "Dr. Ada Meyer", "doctor", "hospital", "D7")
FIND = """
    select user_id, patient_key, has_care_relation, is_same_surname, is_same_address,
        is_own_name, staff_id, labels, looks
    from audit.find_snooping(
        now() - interval '1 day', now() + interval '1 day', %s, %s::uuid[], %s::uuid[]
    )
    order by user_id, patient_key
"""
GLASS = """
    insert into access.break_glass (
        break_glass_id, user_id, patient_key, reason_code, reason_text, ends_at
    )
    values (%s, %s, 3, 'emergency', 'asked to in the night', now())
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with three patients, staff and two officers."""
    for settings in running_installation(tmp_path_factory.mktemp("office")):
        furnish(settings)
        with connect(settings, Role.OWNER) as connection:
            for person in (OFFICER, OTHER, MEYER):
                create_person(connection, person, PASSWORD)
        yield settings


@pytest.fixture
def owner(office: Settings) -> Iterator[psycopg.Connection]:
    """Yield the owner, each statement on its own."""
    with connect(office, Role.OWNER, autocommit=True) as connection:
        yield connection


def look(settings: Settings, user_id: str, *patient_keys: int, role: str) -> None:
    """Let somebody open patients."""
    append(settings, Event(user_id, role, "read", "chart", patient_keys, 1))


def found(settings: Settings) -> dict[tuple[str, int], tuple]:
    """Return what the report says of each person and patient."""
    tokens = staff_tokens(settings, OFFICER)
    with connect(settings, Role.COMPLIANCE) as connection:
        connection.execute("select set_config('ehr.user_id', 'officer', true)")
        values = (tokens.user_ids, tokens.surnames, tokens.full_names)
        rows = connection.execute(FIND, values).fetchall()
    return {(user_id, key): tuple(rest) for user_id, key, *rest in rows}


def test_who_opens_a_namesake_a_neighbour_or_a_colleague_is_found(
    office: Settings, owner: psycopg.Connection
) -> None:
    assert keep_staff_address(office, "nurse", "3 Mill Lane", "01103")
    owner.execute(
        "insert into identity.search_token select 2, 'address', token "
        "from access.person_address"
    )
    owner.execute(
        "insert into access.restriction (patient_key, label_code, set_by, reason) "
        "values (3, 'vip', 'officer', 'a singer')"
    )
    look(office, "dr.meyer", 1, role="doctor")
    look(office, "dr.meyer", 2, role="doctor")
    look(office, "nurse", 1, role="nurse")
    look(office, "nurse", 2, role="nurse")
    look(office, "doctor", 3, role="doctor")
    look(office, "doctor", 3, role="doctor")
    look(office, "doctor", 1, 2, role="doctor")  # a list is no look

    report = found(office)

    # care, surname, address, own name, colleague, labels, looks
    assert report == {
        ("dr.meyer", 1): (False, True, False, True, None, [], 1),
        ("dr.meyer", 2): (False, False, False, False, None, [], 1),
        ("nurse", 1): (True, False, False, False, "dr.meyer", [], 1),
        ("nurse", 2): (False, False, True, False, None, [], 1),
        ("doctor", 3): (False, False, False, False, None, ["vip"], 2),
    }


@pytest.mark.parametrize(
    ("from_days", "to_days", "is_related"),
    [(-400, -31, False), (-400, -29, True), (29, 60, True), (31, 60, False)],
)
def test_a_relation_of_care_counts_within_thirty_days(
    office: Settings,
    owner: psycopg.Connection,
    from_days: int,
    to_days: int,
    is_related: bool,  # noqa: FBT001 - an expected value
) -> None:
    look(office, "dr.meyer", 2, role="doctor")
    owner.execute(
        "insert into access.care_team values ('hospital', 'D7', 2, "
        "now() + make_interval(days => %s), now() + make_interval(days => %s))",
        (from_days, to_days),
    )
    try:
        assert found(office)["dr.meyer", 2][0] is is_related
    finally:
        owner.execute("delete from access.care_team where practitioner_id = 'D7'")


def test_names_are_compared_without_title_case_and_accent() -> None:
    staff = terms_of_staff("Dr. Chloé Meier-Lang")
    patient = {"given_name": "Chloe Anna", "family_name": "MEIER LANG",
               "address_line": "1 Mill St.", "postal_code": None}  # fmt: skip

    assert staff == ("meierlang", "chloemeierlang")
    assert terms_of_patient(patient) == [
        ("full_name", "chloeannameierlang"),
        ("full_name", "chloemeierlang"),
        ("surname", "meierlang"),
    ]
    whole = terms_of_patient({**patient, "postal_code": "01103"})
    assert ("address", "1millst01103") in whole


def test_a_patient_is_found_by_the_whole_number_and_not_by_name(
    office: Settings,
) -> None:
    assert patients_of_number(office, OFFICER, "000451-7") == [1]
    for other in ("0004", "Meyer", "000451-7 Meyer", "1956-08-03", "%", ""):
        assert patients_of_number(office, OFFICER, other) == []


FUNCTIONS = (
    "select audit.prepare_week('2026-01-05', 'UTC', 0)",
    "select audit.sign_week('2026-01-05', 'x')",
    "select * from audit.glass_to_review()",
    "select * from audit.access_grants()",
    "select * from audit.staff_names()",
    "select * from audit.find_snooping(now(), now(), '{}', '{}', '{}')",
    "select * from audit.find_patients('{}')",
    "select audit.count_patients()",
    "select access.review_glass(gen_random_uuid(), 'justified', 'x')",
    "select access.certify('nurse', 'ended', 'x')",
    "select 1 from audit.event",
    "select 1 from audit.disclosure",
    "select 1 from audit.review",
    "select 1 from audit.closed_month",
    "select audit.disclose('x', 'x', 'x', '{1}', 'x', '', 'law', 'x')",
    "select audit.figures_of(now(), now())",
)


@pytest.mark.parametrize("role", [each for each in PEOPLE if each != Role.COMPLIANCE])
@pytest.mark.parametrize("statement", FUNCTIONS)
def test_no_other_role_reads_or_decides_any_of_it(
    office: Settings, role: Role, statement: str
) -> None:
    with connect(office, role) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()


@pytest.mark.parametrize("user_id", ["", "nobody", "doctor"])
def test_the_login_alone_is_nobody(office: Settings, user_id: str) -> None:
    with connect(office, Role.COMPLIANCE) as connection:
        connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        for name in ("glass_to_review", "access_grants", "staff_names"):
            rows = connection.execute(f"select * from audit.{name}()")  # noqa: S608
            assert rows.fetchall() == []
        for statement in FUNCTIONS[1], FUNCTIONS[8], FUNCTIONS[9]:
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connection.transaction(),
            ):
                connection.execute(statement)


def test_a_week_is_prepared_once_it_is_over_and_signed_once(
    office: Settings, owner: psycopg.Connection
) -> None:
    append(office, Event("nobody", "", "sign in", "session", result="denied"))
    this_week = monday_of(datetime.now(UTC).date())
    in_a_week = datetime.now(UTC) + timedelta(days=7)
    assert prepare_reviews(office) == []
    with pytest.raises(psycopg.errors.RaiseException, match="not over"):
        prepare_reviews(office, in_a_week)
    last_week = this_week - timedelta(days=7)
    owner.execute("select audit.prepare_week(%s, 'UTC', 0)", (last_week,))

    sign_week(office, OFFICER, last_week, "nothing of note")

    with pytest.raises(RuleError, match="signed already"):
        sign_week(office, OTHER, last_week, "once more")
    with pytest.raises(RuleError, match="comment"):
        sign_week(office, OFFICER, this_week, " ")
    changed = owner.execute("select audit.prepare_week(%s, 'UTC', 9)", (last_week,))
    assert changed.fetchone() == (False,)
    kept = owner.execute(
        "select signed_by, comment, figures ->> 'breaks' from audit.review "
        "where week = %s",
        (last_week,),
    )
    assert kept.fetchone() == ("officer", "nothing of note", "0")


def test_the_figures_of_a_week_are_those_of_its_events(
    office: Settings, owner: psycopg.Connection
) -> None:
    (since,) = owner.execute("select clock_timestamp()").fetchone()
    append(office, Event("doctor", "doctor", "sign in", "session"))
    append(office, Event("(unknown)", "", "sign in", "session", result="denied"))
    append(office, Event("doctor", "doctor", "read", "chart", [1, 2], 2))
    append(office, Event("nurse", "nurse", "read", "chart", [3], result="denied"))
    append(office, Event("doctor", "doctor", "act", "x", [2], result="intended"))
    append(office, Event("quality", "quality", "unmask", "row 1"))
    with trail_away(office):
        append(office, Event("doctor", "doctor", "read", "chart", [2], result="error"))

    figures = owner.execute(
        "select audit.figures_of(%s, clock_timestamp())", (since,)
    ).fetchone()[0]

    assert figures == {
        "events": 7, "people": 3, "patients": 3, "denied": 1, "failed": 1,
        "sign_ins": 1, "failed_sign_ins": 1, "exports": 1, "unfinished": 1,
        "by_the_spool": 1, "glass_broken": 0,
    }  # fmt: skip


def test_broken_glass_is_decided_once_and_a_follow_up_again(
    office: Settings, owner: psycopg.Connection
) -> None:
    first, second = UUID(int=1), UUID(int=2)
    owner.execute(GLASS, (first, "doctor"))
    owner.execute(GLASS, (second, "officer"))

    review_glass(office, OFFICER, (first, 3), "followed_up", "asked the head of ward")
    review_glass(office, OFFICER, (first, 3), "justified", "the head of ward confirms")

    with pytest.raises(RuleError, match="decided already"):
        review_glass(office, OTHER, (first, 3), "not_justified", "I think otherwise")
    with pytest.raises(RuleError, match="your own"):
        review_glass(office, OFFICER, (second, 3), "justified", "it was right")
    with pytest.raises(RuleError, match="no such result"):
        review_glass(office, OTHER, (second, 3), "fine", "it was right")
    events = owner.execute(
        "select result, patient_keys from audit.event where action = 'review glass' "
        "and purpose like '%%head of ward%%' order by event_id"
    ).fetchall()
    assert events == [("intended", [3]), ("ok", [3])] * 2


def test_access_is_kept_or_ended_once_a_quarter_and_ending_holds_at_once(
    office: Settings, owner: psycopg.Connection
) -> None:
    owner.execute(
        "insert into access.session (token_hash, user_id, ends_at) "
        "values ('x', 'nurse', now() + interval '1 hour')"
    )
    certify(office, OFFICER, "doctor", "kept", "works on ward 3")
    certify(office, OFFICER, "nurse", "ended", "left the house")

    with pytest.raises(RuleError, match="made already"):
        certify(office, OTHER, "doctor", "ended", "no longer")
    with pytest.raises(RuleError, match="another officer"):
        certify(office, OFFICER, "officer", "kept", "still here")
    state = owner.execute(
        "select is_active, (select revoked_at is not null from access.session "
        "where user_id = 'nurse'), (select count(*) from access.assignment "
        "where user_id = 'nurse' and valid_to is null) from access.person "
        "where user_id = 'nurse'"
    )
    assert state.fetchone() == (False, True, 0)


def test_a_disclosure_is_in_the_trail_with_whom_it_names(
    office: Settings, owner: psycopg.Connection
) -> None:
    told = Disclosure("results of 2026", (2, 1), "County Court", "1 Square", "law",
                      "order 12/26")  # fmt: skip
    event_id = disclose(office, OFFICER, told)

    row = owner.execute(
        "select action, subject, patient_keys, purpose::jsonb ->> 0 from audit.event "
        "where event_id = %s",
        (event_id,),
    ).fetchone()
    assert row == ("disclose", "results of 2026", [1, 2], "County Court")
    assert audit.verify(office, owner) == []


def test_nothing_is_disclosed_that_cannot_be_written_down(office: Settings) -> None:
    told = Disclosure("results", (1,), "Court", "", "law", "order")

    with trail_away(office), pytest.raises(AuditError, match="nothing is handed over"):
        disclose(office, OFFICER, told)


def test_mondays_are_those_of_the_week() -> None:
    assert monday_of(date(2026, 11, 29)) == date(2026, 11, 23)
    assert monday_of(date(2026, 11, 23)) == date(2026, 11, 23)
