"""Rows of two patients in every table that names patients, with values to recognise.

What the contracts' examples and the build leave empty is filled here, from the types of
the columns; afterwards every text of the stranger's rows bears a mark. No error that a
role gets may hold the mark or the stranger's number.
"""

import psycopg
from psycopg import sql

ENTRUSTED, STRANGER = 5_120_773_091, 7_316_904_128_855
MARK = "Qvx7Zorrinas"
SCHEMAS = ("raw", "identity", "quarantine", "marts", "ml", "quality", "access")
# Who they are decides what is seen: it stays as the tests made it.
LEFT_ALONE = frozenset({"access.person", "raw.merged_patients"})
TABLES = """
    select relation.oid::regclass::text
    from pg_class as relation
    inner join pg_attribute as attribute
        on attribute.attrelid = relation.oid and attribute.attname = 'patient_key'
    where relation.relnamespace::regnamespace::text = any(%s) and relation.relkind = 'r'
        and relation.oid::regclass::text <> all(%s)
    order by 1
"""
COLUMNS = """
    select
        attribute.attname,
        format_type(attribute.atttypid, attribute.atttypmod),
        attribute.attnotnull and not attribute.atthasdef and attribute.attidentity = '',
        attribute.attgenerated <> '' or attribute.attidentity <> ''
    from pg_attribute as attribute
    where attribute.attrelid = %s::regclass and attribute.attnum > 0
        and not attribute.attisdropped
    order by attribute.attnum
"""
OF_TYPE = {
    "text": MARK,
    "bigint": 7,
    "bigint[]": [7],
    "integer": 0,
    "smallint": 0,
    "numeric": 0.5,
    "double precision": 0.5,
    "boolean": True,
    "timestamp with time zone": "2026-02-01T12:00:00Z",
    "date": "2026-02-01",
    "jsonb": "{}",
    "bytea": b"7",
}
# What a constraint asks of a column.
ASKED: dict[str, dict[str, object]] = {
    "access.consent": {"scope_code": "sharing", "decision_code": "permit"},
    "access.restriction": {"label_code": "vip"},
    "access.break_glass": {
        "reason_code": "other",
        "opened_at": "2026-02-01T12:00:00Z",
        "ends_at": "2026-02-01T12:30:00Z",
    },
    "ml.risk_score": {
        "status_code": "scored",
        "risk": 0.5,
        "is_model_shown": True,
        "window_ends_at": "2026-03-01T12:00:00Z",
    },
    "quality.merge_change": {"change_code": "merge"},
    "quality.value_report": {"feed": "lab_results", "fault_code": "value"},
    "quality.report_answer": {"answer_code": "corrected"},
    "access.shown_alert": {
        "alert_code": "qt:first+second",
        "severity_code": "contraindicated",
    },
}
QUARANTINED = """
    insert into quarantine.row (
        address, source_system, table_name, rules, reason, original_text, delivery_id,
        file_id, line_number
    )
    values (gen_random_uuid(), %(m)s, %(m)s, %(m)s, %(m)s, %(m)s, 1, 1, 1)
"""
TRAIL = """
    select audit.append(
        'doctor', 'ehr_doctor', 'read', %(m)s, %(keys)s, 1, %(m)s, 'ok'
    );
"""
DISCLOSED = """
    insert into audit.disclosure
    values (1, now(), 'doctor', %(m)s, %(m)s, 'other', %(m)s, %(m)s, %(keys)s)
"""


def plant(admin: psycopg.Connection) -> list[str]:
    """Fill and mark every table that names patients; return the names of the tables."""
    admin.execute("set local session_replication_role = replica")
    tables = [
        name for (name,) in admin.execute(TABLES, (list(SCHEMAS), list(LEFT_ALONE)))
    ]
    for table in tables:
        columns = admin.execute(COLUMNS, (table,)).fetchall()
        for patient in (ENTRUSTED, STRANGER):
            _fill(admin, table, columns, patient)
        for name, kind, _, is_made in columns:
            if kind == "text" and not is_made:
                _mark(admin, table, name)
    values = {"m": MARK, "keys": [ENTRUSTED, STRANGER]}
    for statement in (QUARANTINED, TRAIL, DISCLOSED):
        admin.execute(statement, values)
    return tables


def _fill(
    admin: psycopg.Connection, table: str, columns: list[tuple], patient: int
) -> None:
    """Insert the least row of a patient where there is none."""
    named = sql.SQL(table)  # the server's own text
    present = sql.SQL("select 1 from {} where patient_key = %s limit 1").format(named)
    if admin.execute(present, (patient,)).fetchone():
        return
    row: dict[str, object] = {"patient_key": patient}
    for name, kind, is_needed, _ in columns:
        if is_needed and name != "patient_key":
            row[name] = _value(name, kind, patient)
    row |= ASKED.get(table, {})
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        named,
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    admin.execute(statement, list(row.values()))


def _value(name: str, kind: str, patient: int) -> object:
    """Return something of a type; sensitivity stays plain, keys tell patients apart."""
    if kind == "uuid":
        return f"00000000-0000-0000-0000-{patient:012d}"[:36]
    if kind == "text":
        return f"{MARK}-{patient}-{name}"
    if kind == "bytea":
        return str(patient).encode()
    return OF_TYPE[kind.partition("(")[0]]


def _mark(admin: psycopg.Connection, table: str, column: str) -> None:
    """Put the mark into a text of the stranger's, unless a constraint forbids it."""
    statement = sql.SQL(
        "update {} set {column} = %s || coalesce({column}, '') where patient_key = %s"
    ).format(sql.SQL(table), column=sql.Identifier(column))
    try:
        with admin.transaction():
            admin.execute(statement, (MARK, STRANGER))
    except psycopg.errors.IntegrityError:
        return
