"""Labels that people gave to single facts, when the patient of a fact goes.

A label stands under the key that the person went on under when it was given, which is
another than the fact's own after a merge. So labels are found by the facts.
"""

from collections.abc import Iterator

import psycopg
from psycopg import sql

from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.known_versions import table_of

KINDS = "select distinct kind_code from access.fact_label order by kind_code"
# A label that hides another patient's fact holds on, under that patient's own key.
HAND_OVER = """
    update access.fact_label as label
    set patient_key = fact.patient_key
    from (
        select source_system || ':' || record_id as fact_key, min(patient_key)
            as patient_key
        from {facts}
        where patient_key <> %(key)s
        group by source_system, record_id
    ) as fact
    where label.kind_code = %(kind)s
        and label.patient_key = %(key)s
        and label.fact_key = fact.fact_key
        and not exists (
            select from access.fact_label as other
            where other.patient_key = fact.patient_key
                and other.kind_code = label.kind_code
                and other.fact_key = label.fact_key
                and other.label_code = label.label_code
                and other.lifted_at is null
        )
"""
REMOVE = """
    delete from access.fact_label
    where kind_code = %(kind)s
        and fact_key in (
            select source_system || ':' || record_id
            from {facts}
            group by source_system, record_id
            having bool_and(patient_key = %(key)s)
        )
"""


def remove_labels(owner: psycopg.Connection, patient_key: int) -> int:
    """Remove the labels of a patient's facts, under whatever key; return how many.

    Labels of other patients' facts that stand under this key get those patients' keys.
    The facts must still be there.
    """
    removed = 0
    for kind, facts in _kinds(owner):
        values = {"kind": kind, "key": patient_key}
        removed += owner.execute(sql.SQL(REMOVE).format(facts=facts), values).rowcount
        owner.execute(sql.SQL(HAND_OVER).format(facts=facts), values)
    return removed


def _kinds(owner: psycopg.Connection) -> Iterator[tuple[str, sql.Composable]]:
    """Yield the kinds of labelled facts that patients have, and where these are."""
    for (kind,) in owner.execute(KINDS).fetchall():
        feed = FEEDS.get(kind)
        if feed and feed.has_patient:
            yield kind, table_of(feed)
