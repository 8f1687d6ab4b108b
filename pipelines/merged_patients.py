"""Which patient keys are one person now, and what a merge or un-merge has to rebuild.

A merge says that a key goes on under another one; an un-merge takes that back. The
last decision about a key counts, chains are followed to their end, and a circle ends at
its smallest key. Facts never move: views (schema ``persons``) show them under the key
of the person, so that an un-merge gives back what was there before.
"""

import psycopg

NEW_MAPPING = """
    create temp table new_merged_patients on commit drop as
    with recursive

    versions as (
        select
            link.*,
            row_number() over (
                partition by link.source_system, link.record_id
                order by
                    link.version_at desc,
                    link.adapter_revision desc,
                    link.is_closed,
                    link.content_hash desc
            ) as version_rank
        from raw.patient_links as link
    ),

    decisions as (
        select
            versions.*,
            row_number() over (
                partition by versions.patient_key
                order by
                    versions.linked_at desc,
                    versions.version_at desc,
                    versions.source_system collate "C" desc,
                    versions.record_id collate "C" desc
            ) as decision_rank
        from versions
        where versions.version_rank = 1 and not versions.is_closed
    ),

    merges as (
        select
            decisions.patient_key,
            decisions.surviving_patient_key
        from decisions
        where decisions.decision_rank = 1
            and decisions.link_type_code = 'merge'
            and decisions.surviving_patient_key <> decisions.patient_key
    ),

    followed as (
        select
            merges.patient_key,
            merges.surviving_patient_key as person_key,
            array[merges.patient_key, merges.surviving_patient_key] as way
        from merges
        union all
        select
            followed.patient_key,
            merges.surviving_patient_key,
            followed.way || merges.surviving_patient_key
        from followed
        inner join merges on followed.person_key = merges.patient_key
        where not merges.surviving_patient_key = any(followed.way)
    ),

    ends as (
        select distinct on (followed.patient_key)
            followed.patient_key,
            followed.person_key,
            followed.way
        from followed
        order by followed.patient_key, cardinality(followed.way) desc
    ),

    -- Where the way ends at a key that is merged itself, it has come round.
    settled as (
        select
            ends.patient_key,
            case
                when exists (
                    select from merges where merges.patient_key = ends.person_key
                )
                    then (select min(key) from unnest(ends.way) as stop (key))
                else ends.person_key
            end as surviving_patient_key
        from ends
    )

    select settled.*
    from settled
    where settled.patient_key <> settled.surviving_patient_key
"""
CHANGED = """
    create temp table changed_merges on commit drop as
    select
        patient_key,
        before.surviving_patient_key as survivor_before,
        now_merged.surviving_patient_key as survivor_now
    from raw.merged_patients as before
    full join new_merged_patients as now_merged using (patient_key)
    where before.surviving_patient_key
        is distinct from now_merged.surviving_patient_key
"""
IS_ANY_CHANGED = "select exists (select from changed_merges)"
# No delivery has number 0: nobody said which feeds changed, so every mart is built.
TOUCH_CHANGED = """
    insert into raw.touched_patients (patient_key, delivery_id)
    select distinct touched.patient_key, 0
    from changed_merges
    cross join lateral (
        values
        (changed_merges.patient_key),
        (changed_merges.survivor_before),
        (changed_merges.survivor_now)
    ) as touched (patient_key)
    where touched.patient_key is not null
"""
REPLACE = (
    "delete from raw.merged_patients",
    "insert into raw.merged_patients select * from new_merged_patients",
)
# Who is rebuilt is rebuilt as a person: with every key that is one with theirs.
ADD_PERSONS = """
    insert into raw.building_patients (patient_key)
    with

    persons as (
        select
            coalesce(
                merged.surviving_patient_key, building.patient_key
            ) as person_key
        from raw.building_patients as building
        left join raw.merged_patients as merged
            on building.patient_key = merged.patient_key
    ),

    members as (
        select persons.person_key as patient_key from persons
        union
        select merged.patient_key
        from persons
        inner join raw.merged_patients as merged
            on persons.person_key = merged.surviving_patient_key
    )

    select members.patient_key
    from members
    where not exists (
        select
        from raw.building_patients as present
        where present.patient_key = members.patient_key
    )
"""
MARTS = """
    select relation.relnamespace::regnamespace::text || '.' || relation.relname
    from pg_class as relation
    inner join pg_attribute as attribute on relation.oid = attribute.attrelid
    where relation.relkind = 'r'
        and relation.relnamespace::regnamespace::text in ('marts', 'ml')
        and attribute.attname = 'patient_key'
        and not attribute.attisdropped
        and has_table_privilege(relation.oid, 'select')
    order by 1
"""
ENTER_BEFORE = """
    insert into quality.merge_change
    select
        %(build_id)s,
        changed.patient_key,
        coalesce(changed.survivor_now, changed.survivor_before),
        case when changed.survivor_now is null then 'unmerge' else 'merge' end,
        %(mart)s,
        (select count(*) from {mart} where patient_key = changed.patient_key),
        (
            select count(*) from {mart}
            where patient_key
                = coalesce(changed.survivor_now, changed.survivor_before)
        )
    from changed_merges as changed
"""
ENTER_AFTER = """
    update quality.merge_change as change
    set
        rows_of_patient_after
        = (select count(*) from {mart} where patient_key = change.patient_key),
        rows_of_survivor_after = (
            select count(*) from {mart}
            where patient_key = change.surviving_patient_key
        )
    where change.mart = %(mart)s and change.rows_of_patient_after is null
"""
OPEN_MARTS = """
    select distinct mart from quality.merge_change
    where rows_of_patient_after is null
    order by mart
"""


def renew_merged_patients(connection: psycopg.Connection) -> bool:
    """Fix who is one person for the build that begins; return whether that changed.

    Whoever is merged or parted now enters the list of touched patients, and leaves it
    when a build has succeeded. In a transaction of the builder.
    """
    connection.execute(NEW_MAPPING)
    connection.execute(CHANGED)
    is_changed = connection.execute(IS_ANY_CHANGED).fetchone()[0]
    if is_changed:
        connection.execute(TOUCH_CHANGED)
        for statement in REPLACE:
            connection.execute(statement)
    return is_changed


def add_whole_persons(connection: psycopg.Connection) -> None:
    """Let the build that begins rebuild persons, not single keys of them."""
    connection.execute(ADD_PERSONS)


def count_before(connection: psycopg.Connection, build_id: int) -> None:
    """Enter how many rows each mart has of whom a merge or un-merge is about."""
    for mart in _marts(connection):
        values = {"build_id": build_id, "mart": mart}
        connection.execute(_about(ENTER_BEFORE, mart), values)


def count_after(connection: psycopg.Connection) -> None:
    """Enter how many rows the marts have of them now."""
    present = set(_marts(connection))
    for (mart,) in connection.execute(OPEN_MARTS).fetchall():
        if mart in present:
            connection.execute(_about(ENTER_AFTER, mart), {"mart": mart})


def _marts(connection: psycopg.Connection) -> list[str]:
    return [mart for (mart,) in connection.execute(MARTS).fetchall()]


def _about(statement: str, mart: str) -> psycopg.sql.Composed:
    return psycopg.sql.SQL(statement).format(
        mart=psycopg.sql.Identifier(*mart.split("."))
    )
